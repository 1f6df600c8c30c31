"""The look all pictures share: the Okabe-Ito colours, hatches that survive black and white, and quiet axes.

Source: Okabe & Ito 2008, Color universal design.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Literal

from hpt_bayes.errors import HptBayesError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#767676"
PALE = "#E6E6E6"

SERIES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "+++", "ooo")

SMALL = 9


def axes(ax: Axes | None, width: float, height: float, *, whole: bool = False) -> Axes:
    """The axes to draw on; new ones when none are given.

    Args:
        ax: existing axes, or None.
        width: of a new figure, inches.
        height: of a new figure, inches.
        whole: let new axes fill their figure, for a drawing without ticks.

    Raises:
        HptBayesError: when matplotlib is not installed.
    """
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise HptBayesError("pictures need matplotlib: pip install 'hpt-bayes[plot]'") from None
    figure, made = pyplot.subplots(figsize=(width, height), layout="none" if whole else "constrained")
    if whole:
        figure.subplots_adjust(0, 0, 1, 1)
    return made


def quiet(ax: Axes) -> None:
    """Take away what carries no information: the box, the ticks."""
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(GREY)
    ax.tick_params(length=0, labelsize=SMALL)


def describe(ax: Axes, text: str) -> None:
    """Set the alt text of a picture, kept as the gid of its axes and in the metadata of saved figures."""
    ax.set_gid(text)
    ax.figure.set_gid(text)


def described(ax: Axes) -> str:
    """The alt text of a picture."""
    return ax.get_gid() or ""


def rows(ax: Axes, names: Sequence[str], width: int = 36, lines: int = 2) -> None:
    """Name the rows of a horizontal chart, first on top, long names on several lines and cut after them.

    Args:
        ax: axes of the chart; row i is drawn at height i.
        names: one a row.
        width: letters a line.
        lines: at the most.
    """
    ax.set_yticks(range(len(names)), [fill(name, width, max_lines=lines, placeholder=" …") for name in names])
    ax.set_ylim(len(names) - 0.4, -0.6)


def beside(ax: Axes, row: float, text: str, at: float = 8.0) -> None:
    """Write the figures of a row to the right of the chart.

    Args:
        ax: axes of the chart.
        row: its height.
        text: figures as text.
        at: how far to the right, points.
    """
    ax.annotate(
        text, (1.0, row), (at, 0.0), xycoords=ax.get_yaxis_transform(), textcoords="offset points", va="center",
        fontsize=SMALL, annotation_clip=False,
    )  # fmt: skip


def footnote(ax: Axes, *lines: str, width: int = 86) -> None:
    """Say below a chart what its marks mean.

    Args:
        ax: axes of the chart.
        lines: sentences, each on a line of its own, broken where they are long.
        width: letters a line.
    """
    ax.set_xlabel("\n".join(fill(line, width) for line in lines), fontsize=8, loc="left")


def finish(
    ax: Axes, title: str, *notes: str, alt: str, names: Sequence[str] = (), width: int = 36, lines: int = 2
) -> Axes:
    """Give a chart its title, the names of its rows, what its marks mean, and its alt text.

    Args:
        ax: axes of the chart.
        title: above it.
        notes: below it, each on a line of its own.
        alt: what it shows, in words.
        names: of its rows, first on top; none for a chart with other axes.
        width: letters a line of a name.
        lines: of a name, at the most.

    Returns:
        The axes.
    """
    if names:
        rows(ax, names, width, lines)
    ax.set_title(title, fontsize=10, loc="left")
    if notes:
        footnote(ax, *notes)
    quiet(ax)
    describe(ax, alt)
    return ax


def told(names: Iterable[str], figures: Iterable[str], most: int = 4) -> str:
    """The first rows of a chart with their figures, for its alt text."""
    return ", ".join(f"{name} {figure}" for name, figure, _ in zip(names, figures, range(most), strict=False))


def percents(ax: Axes, side: Literal["x", "y"] = "x", low: float = 0.0, high: float = 1.0) -> None:
    """Let an axis run over probabilities, in per cent.

    Args:
        ax: axes of the chart.
        side: which axis.
        low: where it begins.
        high: where it ends.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = ax.xaxis if side == "x" else ax.yaxis
    (ax.set_xlim if side == "x" else ax.set_ylim)(low, high)
    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.3g} %"))
