"""How sure the answer is: the interval of every cause and place, and how often each study tells most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import percent, percent_range, words
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import BLACK, BLUE, HATCHES, PALE, SKY, axes, beside, finish, percents, told
from hpt_bayes.reasoning.varying.uncertainty import Interval, Uncertainty

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEAST = 0.005
_ROWS = 14


def draw_cause_intervals(drawn: Uncertainty, ax: Axes | None = None) -> Axes:
    """The probability of each cause with its 90 % interval over draws of the numbers.

    Args:
        drawn: intervals of a network with diagnoses.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: for a network without diagnoses.
    """
    return _draw(drawn, "Causes (may overlap)", "diagnosis", drawn.diagnoses, drawn.labels.diagnoses, ax)


def draw_place_intervals(drawn: Uncertainty, ax: Axes | None = None) -> Axes:
    """The probability of each place with its 90 % interval over draws of the numbers.

    Args:
        drawn: intervals of a network with a place.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: for a network without a place.
    """
    return _draw(drawn, "Place of the gland to be found", "site", drawn.gland_site, drawn.labels.sites, ax)


def draw_study_shares(drawn: Uncertainty, ax: Axes | None = None) -> Axes:
    """The share of the draws in which each study tells most, in bits.

    Args:
        drawn: with study draws.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: when the studies were not ranked on the draws.
    """
    if not drawn.studies:
        raise HptBayesError("the studies were not ranked on the draws: ask for uncertainty with study_draws=200")
    shares = sorted(((p, name) for name, p in drawn.studies.items() if p > 0.0), reverse=True)
    names = [drawn.labels.studies.get(name, words(name)) for _, name in shares]
    ax = axes(ax, 7.0, 1.0 + 0.36 * len(names))
    for row, (p, _) in enumerate(shares):
        ax.barh(row, p, height=0.6, color=SKY, hatch=HATCHES[1], edgecolor="white")
        beside(ax, row, percent(p))
    percents(ax)
    figures = told(names, (percent(p) for p, _ in shares))
    return finish(
        ax, f"Tells most, in bits, in this share of {drawn.study_draws:,} draws", names=names,
        alt=f"Bar chart of the share of {drawn.study_draws:,} draws in which each study tells most: {figures}.",
    )  # fmt: skip


def _draw(
    drawn: Uncertainty, title: str, kind: str, ends: Mapping[str, Interval], labels: Mapping[str, str], ax: Axes | None
) -> Axes:
    """A dot and a line a row, largest first; what never reaches half a per cent is left out."""
    point = drawn.point[kind]
    listed = sorted((name for name in ends if ends[name][1] >= _LEAST), key=lambda name: -point[name])
    if not listed:
        raise HptBayesError(f"{drawn.model.id} declares none of this, so there are no intervals to draw")
    shown = listed[:_ROWS]
    ax = axes(ax, 7.4, 1.2 + 0.36 * len(shown))
    for row, name in enumerate(shown):
        ax.plot([0.0, 1.0], [row, row], color=PALE, lw=0.8, zorder=0)
        ax.plot(ends[name], [row, row], color=BLUE, lw=3.0, solid_capstyle="butt", marker="|", ms=10, mew=1.4, zorder=2)
        ax.plot(point[name], row, "D", color=BLACK, mec="white", ms=7, zorder=3, clip_on=False)
        beside(ax, row, f"{percent(point[name])} ({percent_range(*ends[name])})")
    percents(ax)
    names = [labels.get(name, words(name)) for name in shown]
    left = f"; {len(listed) - len(shown)} less probable rows left out" if len(shown) < len(listed) else ""
    figures = told(names, (f"{percent(point[name])} ({percent_range(*ends[name])})" for name in shown))
    return finish(
        ax, f"{title}, with 90 % intervals",
        f"Diamond: with the numbers as written; line: 5 to 95 % of {drawn.draws:,} draws of them{left}.",
        names=names, alt=f"{title} with 90 % intervals over {drawn.draws:,} draws: {figures}.",
    )  # fmt: skip
