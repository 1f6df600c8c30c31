"""A case as entered and as changed, row by row."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import percent, points, words
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import BLUE, GREY, PALE, VERMILION, axes, beside, finish, percents, told
from hpt_bayes.reasoning.believing.what_if import Contrast

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEAST = 0.005
_ROWS = 12


def draw_changed_causes(found: Contrast, ax: Axes | None = None) -> Axes:
    """The probability of each cause as entered (ring) and changed (square).

    Args:
        found: both answers, of a network with diagnoses.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: for a network without diagnoses.
    """
    return _draw(found, "Causes", found.before.diagnoses, found.after.diagnoses, found.before.labels.diagnoses, ax)


def draw_changed_places(found: Contrast, ax: Axes | None = None) -> Axes:
    """The probability of each place as entered (ring) and changed (square).

    Args:
        found: both answers, of a network with a place.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: for a network without a place.
    """
    return _draw(found, "Places", found.before.gland_site, found.after.gland_site, found.before.labels.sites, ax)


def _draw(
    found: Contrast, title: str, before: Mapping[str, float], after: Mapping[str, float], labels: Mapping[str, str],
    ax: Axes | None,
) -> Axes:  # fmt: skip
    """Two marks and a line a row, those that matter most on top."""
    best = {name: max(p, after.get(name, 0.0)) for name, p in before.items()}
    shown = sorted((name for name in best if best[name] >= _LEAST), key=lambda name: -best[name])[:_ROWS]
    if not shown:
        raise HptBayesError(f"{found.before.model.id} declares no {title.lower()}, so there is nothing to compare")
    changed = [textwrap.fill(line, 92) for line in found.told]
    ax = axes(ax, 7.6, 1.3 + 0.36 * len(shown) + 0.2 * sum(text.count("\n") + 1 for text in changed))
    for row, name in enumerate(shown):
        old, new = before[name], after.get(name, 0.0)
        ax.plot([0.0, 1.0], [row, row], color=PALE, lw=0.8, zorder=0)
        ax.plot([old, new], [row, row], color=GREY, lw=2.0, zorder=1)
        ax.plot(old, row, "o", mfc="white", mec=BLUE, mew=1.8, ms=8, zorder=3, clip_on=False)
        ax.plot(new, row, "s", color=VERMILION, ms=7, zorder=2, clip_on=False)
        beside(ax, row, f"{percent(old)} → {percent(new)}  ({points(new - old)})")
    percents(ax)
    names = [labels.get(name, words(name)) for name in shown]
    figures = told(names, (f"{percent(before[name])} to {percent(after.get(name, 0.0))}" for name in shown))
    return finish(
        ax, "\n".join([f"{title}: what if", *changed]),
        "Ring: as entered; square: changed; in brackets percentage points.", names=names,
        alt=f"{title} as entered and changed ({'; '.join(found.told)}): {figures}.",
    )  # fmt: skip
