"""How the answer moves with the numbers of the model: tornado, one number, two numbers. Never with the findings."""

from __future__ import annotations

import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from hpt_bayes.display.numbers import percent, percent_range
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import (
    BLACK,
    BLUE,
    GREY,
    HATCHES,
    ORANGE,
    PALE,
    SMALL,
    axes,
    beside,
    finish,
    percents,
)
from hpt_bayes.reasoning.varying.one_number import OneWay
from hpt_bayes.reasoning.varying.sensitivity import Bar, Sensitivity
from hpt_bayes.reasoning.varying.two_way import TwoWay

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_tornado(found: Sensitivity, ax: Axes | None = None) -> Axes:
    """Bars from the answer as it is to the answer at both ends of the range of each number, largest swing on top.

    Args:
        found: with at least one number.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: when no number bears on the case.
    """
    if not found.bars:
        raise HptBayesError("no free number bears on this case, so there is no tornado to draw")
    name = found.labels.diagnoses.get(found.diagnosis, found.diagnosis)
    ax = axes(ax, 9.6, 1.4 + 0.56 * len(found.bars))
    for row, bar in enumerate(found.bars):
        for offset, end, hatch, colour in ((-0.19, bar.at_low, "", BLUE), (0.19, bar.at_high, HATCHES[1], ORANGE)):
            ax.barh(
                row + offset, end - found.probability, left=found.probability, height=0.36, color=colour, hatch=hatch,
                edgecolor="white", zorder=2,
            )  # fmt: skip
        beside(ax, row, _ends(bar))
    ax.axvline(found.probability, color=BLACK, lw=1.0, zorder=3)
    ends = [end for bar in found.bars for end in (bar.at_low, bar.at_high)] + [found.probability]
    margin = max(0.02, 0.06 * (max(ends) - min(ends)))
    percents(ax, "x", max(0.0, min(ends) - margin), min(1.0, max(ends) + margin))
    first = found.bars[0]
    moves = percent_range(*sorted((first.at_low, first.at_high)))
    return finish(
        ax, f"{name}: {percent(found.probability)}\nwhat single numbers of the model do to it",
        "Probability with the number at the lower end (plain) and the upper end (hatched) of its 90 % range. Beside "
        "each: the ends and what they give, how the number is known, its name.",
        names=[bar.means for bar in found.bars], width=50, lines=3,
        alt=f"Tornado chart of {name}, {percent(found.probability)}: the number that moves it most is {first.number} "
        f"({first.means}), to {moves}; {sum(bar.decides for bar in found.bars)} of {len(found.bars)} numbers would "
        "give another leading diagnosis within their range.",
    )  # fmt: skip


def _ends(bar: Bar) -> str:
    """The two ends of a number and what they give; where another diagnosis leads."""
    ends = [("below", bar.overturns_below), ("above", bar.overturns_above)]
    turns = " or ".join(f"{word} {value:.2g}" for word, value in ends if value is not None)
    told = f"{bar.low:.2g}: {percent(bar.at_low)};  {bar.high:.2g}: {percent(bar.at_high)}"
    told += f"; another leads {turns}" if turns else ""
    return f"{told}\n{bar.basis}, {bar.number}"


def draw_one_way(found: OneWay, ax: Axes | None = None) -> Axes:
    """A diagnosis as a function of one number, with what leads where.

    Args:
        found: the function.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.
    """
    names = found.labels.diagnoses
    name = names.get(found.diagnosis, found.diagnosis)
    ax = axes(ax, 7.0, 4.2)
    ax.plot(found.values, found.probabilities, color=BLUE, lw=2.0, zorder=3)
    now = float(np.interp(found.value, found.values, found.probabilities))
    if found.values[0] <= found.value <= found.values[-1]:
        ax.axvline(found.value, color=GREY, lw=0.9, ls=(0, (4, 3)), zorder=1)
        ax.plot(found.value, now, "o", color=BLACK, ms=7, zorder=4)
        left = found.value < 0.5 * (found.values[0] + found.values[-1])
        rising = found.probabilities[-1] > found.probabilities[0]
        below = now > 0.9 or (now > 0.1 and rising == left)
        ax.annotate(
            f"as written {found.value:.3g}: {percent(now)}", (found.value, now),
            (8 if left else -8, -14 if below else 14), textcoords="offset points", va="center",
            ha="left" if left else "right", fontsize=SMALL,
        )  # fmt: skip
    inside = [x for x in found.changes if found.values[0] < x < found.values[-1]]
    edges = [found.values[0], *inside, found.values[-1]]
    told = []
    for number, (low, high) in enumerate(pairwise(edges)):
        leader = found.leading[int(np.argmin(np.abs(np.asarray(found.values) - 0.5 * (low + high))))]
        told.append(f"{low:.3g} to {high:.3g}: {names.get(leader, leader)} leads")
        if number % 2:
            ax.axvspan(low, high, facecolor=PALE, hatch=HATCHES[2], edgecolor="white", lw=0, zorder=0)
    for x in inside:
        ax.axvline(x, color=BLACK, lw=1.0, ls=":", zorder=2)
    percents(ax, "y", 0.0, 1.02)
    ax.set_xlim(found.values[0], found.values[-1])
    ax.grid(axis="y", color=PALE, lw=0.8)
    return finish(
        ax, f"{name}\nby {textwrap.fill(found.means, 84)}", f"{found.number} ({found.how})", *told,
        alt=f"Curve of {name} by {found.number} ({found.means}), from {percent(found.probabilities[0])} at "
        f"{found.values[0]:.3g} to {percent(found.probabilities[-1])} at {found.values[-1]:.3g}; {'; '.join(told)}.",
    )  # fmt: skip


def draw_two_way(found: TwoWay, ax: Axes | None = None) -> Axes:
    """A diagnosis over two numbers as a table of shades with the per cents printed, outlined where another leads.

    Args:
        found: the surface.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.
    """
    names = found.labels.diagnoses
    name = names.get(found.diagnosis, found.diagnosis)
    values = np.asarray(found.probabilities)
    ax = axes(ax, 7.4, 5.6)
    down, across = len(found.first), len(found.second)
    ax.pcolormesh(np.arange(across + 1) - 0.5, np.arange(down + 1) - 0.5, values, cmap="Greys", vmin=0.0, vmax=2.0)
    for i in range(down):
        for j in range(across):
            ax.text(j, i, percent(values[i, j]).removesuffix(" %"), ha="center", va="center", fontsize=8)
            for other, ends in (
                ((i, j + 1), ([j + 0.5] * 2, [i - 0.5, i + 0.5])),
                ((i + 1, j), ([j - 0.5, j + 0.5], [i + 0.5] * 2)),
            ):
                if other[0] < down and other[1] < across and found.leading[i][j] != found.leading[other[0]][other[1]]:
                    ax.plot(*ends, color=ORANGE, lw=3.0, solid_capstyle="butt")
    step = max(1, (max(down, across) - 1) // 5)
    ax.set_xticks(range(0, across, step), [f"{x:.2g}" for x in found.second[::step]])
    ax.set_yticks(range(0, down, step), [f"{x:.2g}" for x in found.first[::step]])
    ax.set_xlabel(textwrap.fill(found.means[1], 80), fontsize=SMALL)
    ax.set_ylabel(textwrap.fill(found.means[0], 60), fontsize=SMALL)
    row, column = (
        np.interp(value, ends, range(len(ends)))
        for value, ends in zip(found.written, (found.first, found.second), strict=True)
    )
    ax.plot(column, row, "o", mfc="none", mec=BLACK, ms=20, mew=1.2)
    leaders = list(dict.fromkeys(leader for row in found.leading for leader in row))
    told = " / ".join(names.get(leader, leader) for leader in leaders)
    lead = f"leads everywhere: {told}" if len(leaders) == 1 else f"thick line: the leader changes ({told})"
    return finish(
        ax, "\n".join([f"{name}, per cent ({found.how}); ring: as written", *textwrap.wrap(lead, 80)]),
        alt=f"Table of shades of {name} by {found.numbers[0]} ({found.means[0]}) and {found.numbers[1]} "
        f"({found.means[1]}), from {percent(float(values.min()))} to {percent(float(values.max()))}; {lead}.",
    )  # fmt: skip
