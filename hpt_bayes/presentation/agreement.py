"""Do the findings agree? The conflict of all of them, without each, and of each pair."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import BLACK, BLUE, GREY, HATCHES, VERMILION, axes, beside, finish
from hpt_bayes.reasoning.explaining.conflict import Conflict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROWS = 14
_LARGEST = 14


def draw_conflict(found: Conflict, ax: Axes | None = None) -> Axes:
    """The conflict of all findings, and what it is when one of them is left out.

    Args:
        found: with two or more findings.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: for fewer than two findings.
    """
    _require_pairs(found)
    order = sorted(found.without, key=lambda name: -abs(found.without[name] - found.total))[:_ROWS]
    values = [found.total, *(found.without[name] for name in order)]
    ax = axes(ax, 7.6, 1.5 + 0.36 * len(values))
    for row, value in enumerate(values):
        disagree = value > 0.0
        ax.barh(
            row, value, height=0.6, color=VERMILION if disagree else BLUE, hatch=HATCHES[1] if disagree else "",
            edgecolor="white",
        )  # fmt: skip
        beside(ax, row, f"{value:+.2f}")
    ax.axvline(0.0, color=GREY, lw=0.8)
    ax.axvline(found.total, color=BLACK, lw=0.9, ls=(0, (4, 3)))
    return finish(
        ax, textwrap.fill(found.sentence, 84),
        "Conflict, natural log; above 0 (hatched): the findings disagree. Dashed line: all findings.",
        names=["All findings", *(f"without {found.texts[name]}" for name in order)], width=40,
        alt=f"Bar chart of the conflict of the findings, all and without each of them. {found.sentence}",
    )  # fmt: skip


def draw_pairs(found: Conflict, ax: Axes | None = None) -> Axes:
    """The conflict of each pair of findings as a triangle of figures; a frame marks those that disagree.

    Args:
        found: with two or more findings.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: for fewer than two findings.
    """
    _require_pairs(found)
    largest = {name: max(abs(value) for pair, value in found.pairs.items() if name in pair) for name in found.without}
    kept = set(sorted(largest, key=lambda name: -largest[name])[:_LARGEST])
    names = [name for name in found.without if name in kept]
    table = np.full((len(names), len(names)), np.nan)
    for (a, b), value in found.pairs.items():
        if a in kept and b in kept:
            i, j = sorted((names.index(a), names.index(b)), reverse=True)
            table[i, j] = value
    ax = axes(ax, 4.2 + 0.5 * len(names), 1.6 + 0.42 * len(names))
    scale = max(1.0, float(np.nanmax(np.abs(table))))
    edges = np.arange(len(names) + 1) - 0.5
    ax.pcolormesh(edges, edges, np.ma.masked_invalid(np.abs(table)), cmap="Greys", vmin=0.0, vmax=2.5 * scale)
    corners = 0.46 * np.array([[-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1]])
    for i, j in zip(*np.nonzero(np.isfinite(table)), strict=True):
        shown = round(float(table[i, j]), 1)
        disagree = shown > 0.0
        text, weight = f"{shown:+.1f}" if shown else "0", "bold" if disagree else "normal"
        ax.text(j, i, text, ha="center", va="center", fontsize=8, weight=weight, color=BLACK if shown else GREY)
        if disagree:
            ax.plot(j + corners[0], i + corners[1], color=VERMILION, lw=2.0)
    ax.set_xticks(range(len(names)), [str(number) for number in range(1, len(names) + 1)])
    left = f" (of {len(largest)} findings those {len(names)} with most)" if len(names) < len(largest) else ""
    ax.set_xlim(-0.5, len(names) - 1.5)
    worst = max(found.pairs, key=lambda pair: found.pairs[pair])
    return finish(
        ax, f"Conflict of each pair of findings{left}", "Natural log; bold in a frame: the two disagree.",
        names=[f"{number}  {found.texts[name]}" for number, name in enumerate(names, 1)], width=40,
        alt=f"Triangle of the conflict of each pair of findings; largest {found.pairs[worst]:+.2f} between "
        f"{found.texts[worst[0]]} and {found.texts[worst[1]]}.",
    )  # fmt: skip


def _require_pairs(found: Conflict) -> None:
    if not found.pairs:
        raise HptBayesError("conflict needs two or more findings, so there is none to draw")
