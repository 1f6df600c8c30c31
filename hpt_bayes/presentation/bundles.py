"""Studies ordered together: what each bundle gains against what it burdens, the efficient ones numbered."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import gained, words
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import BLACK, BLUE, GREY, PALE, SMALL, axes, finish
from hpt_bayes.reasoning.next_study.bundles import Bundle, Bundles

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_bundles(found: Bundles, ax: Axes | None = None) -> Axes:
    """Gain and burden of every bundle as points; a bundle above the line gains more than it burdens.

    Args:
        found: with at least one bundle.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: when no study can be valued.
    """
    if not found.bundles:
        raise HptBayesError("no study can be valued here, so there are no bundles to draw")
    front = [each for each in found.front if each.studies]
    names = [fill(_named(found, each), 56) for each in front]
    lines = sum(name.count("\n") + 1 for name in names)
    ax = axes(ax, 10.5, max(4.6, 1.4 + 0.19 * lines))
    others = [each for each in found.bundles if not each.efficient]
    ax.plot([each.burden for each in others], [each.gain for each in others], ".", color=GREY, ms=6, zorder=2)
    most = max(max(each.burden, each.gain) for each in found.bundles) or 1.0
    ax.plot([0.0, 1.04 * most], [0.0, 1.04 * most], color=BLACK, lw=1.0, ls=(0, (4, 3)), zorder=1)
    for number, each in enumerate(front, 1):
        ax.plot(each.burden, each.gain, "o", color=BLUE, mec="white", ms=14, zorder=3)
        ax.text(each.burden, each.gain, str(number), color="white", fontsize=8, ha="center", va="center", zorder=4)
    listed = ["studies: gain less burden"]
    listed += [f"{number}  {name.replace(chr(10), chr(10) + '    ')}" for number, name in enumerate(names, 1)]
    ax.text(1.03, 1.0, "\n".join(listed), transform=ax.transAxes, fontsize=8, va="top", linespacing=1.35)
    ax.set_xlim(0.0, 1.05 * max(each.burden for each in found.bundles))
    ax.set_ylim(0.0, 1.12 * max(each.gain for each in found.bundles))
    ax.set_ylabel("gain in utility", fontsize=SMALL)
    ax.grid(axis="y", color=PALE, lw=0.8)
    figures = "; ".join(_named(found, each) for each in front)
    return finish(
        ax, "Studies ordered together: gain and burden",
        "Burden in utility, rightwards. Numbered: nothing gains more for less burden; grey: all others. Above the "
        "dashed line a bundle gains more than it burdens.",
        alt=f"Chart of the gain and burden of {len(found.bundles)} bundles of studies; gain less burden of those that "
        f"are efficient: {figures}.",
    )  # fmt: skip


def _named(found: Bundles, each: Bundle) -> str:
    """The studies without what stands in brackets behind their names, and the net gain."""
    studies = [found.labels.get(name, words(name)).split(" (")[0] for name in each.studies]
    return f"{' + '.join(studies)}: {gained(each.net)}"
