"""Probabilities as horizontal bars: leading causes of one posterior, and how they moved while findings arrived."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import percent, words
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import (
    BLUE,
    GREY,
    HATCHES,
    MARKERS,
    PALE,
    SERIES,
    SKY,
    SMALL,
    axes,
    describe,
    quiet,
)
from hpt_bayes.reasoning.posterior import Posterior

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = 0.005
FOLLOWED = 5


def draw_causes(answer: Posterior, ax: Axes | None = None) -> Axes:
    """Bars of the leading causes, largest on top, with the gate below them in the same scale.

    Args:
        answer: a posterior; of a foreign network its variables are too many to draw.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: for a posterior without diagnoses.
    """
    rows = _shown(answer)
    gate = [(answer.labels.gate.get(name, words(name)), p) for name, p in answer.gate.items()]
    ax = axes(ax, 7.0, 0.9 + 0.32 * (len(rows) + len(gate)))
    drawn: list[tuple[str, float | None]] = [*rows, ("", None), *gate]
    for position, (_, probability) in enumerate(drawn):
        if probability is None:
            continue
        cause = position < len(rows)
        ax.barh(position, 1.0, color=PALE, height=0.62, zorder=1)
        ax.barh(
            position, probability, color=BLUE if cause else SKY, hatch="" if cause else HATCHES[1],
            edgecolor="white", height=0.62, zorder=2,
        )  # fmt: skip
        ax.text(1.02, position, percent(probability), va="center", fontsize=SMALL)
    ax.set_yticks(range(len(drawn)), [name for name, _ in drawn])
    ax.set_ylim(len(drawn) - 0.4, -0.6)
    ax.set_xlim(0, 1.12)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    ax.set_title("Leading causes (may overlap), then the first question", fontsize=10, loc="left")
    quiet(ax)
    told = ", ".join(f"{name} {percent(p)}" for name, p in rows[:4])
    describe(ax, f"Bar chart of the probability of each cause: {told}.")
    return ax


def draw_course(answers: Sequence[Posterior], steps: Sequence[str], ax: Axes | None = None) -> Axes:
    """Lines of the leading causes over the steps in which findings arrived.

    Args:
        answers: posteriors in order.
        steps: what arrived at each, for the axis, same length.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: for fewer than two posteriors, other lengths, or a posterior without diagnoses.
    """
    if len(answers) < 2 or len(answers) != len(steps):
        raise HptBayesError(
            f"expected two or more posteriors and a step for each, found {len(answers)} and {len(steps)}"
        )
    peaks: dict[str, float] = {}
    for answer in answers:
        _shown(answer)
        for name, p in answer.diagnoses.items():
            peaks[name] = max(p, peaks.get(name, 0.0))
    followed = sorted(peaks, key=lambda name: -peaks[name])[:FOLLOWED]
    ax = axes(ax, max(6.0, 1.3 * len(steps) + 3.0), 3.8)
    ends = []
    for number, name in enumerate(followed):
        values = [answer.diagnoses[name] for answer in answers]
        colour = SERIES[number % len(SERIES)]
        ax.plot(range(len(steps)), values, color=colour, marker=MARKERS[number % len(MARKERS)], lw=1.8, ms=6)
        label = answers[-1].labels.diagnoses.get(name, words(name))
        ends.append((values[-1], f"{label} {percent(values[-1])}", colour))
    for height, (value, text, colour) in zip(_apart([end[0] for end in ends], 0.075), ends, strict=True):
        ax.annotate(
            text, (len(steps) - 1, value), (len(steps) - 0.82, height), color=colour, fontsize=SMALL, va="center",
            annotation_clip=False, arrowprops={"arrowstyle": "-", "color": GREY, "lw": 0.5},
        )  # fmt: skip
    ax.set_xticks(range(len(steps)), [textwrap.fill(step, 16) for step in steps])
    ax.set_ylim(-0.03, 1.03)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    ax.set_xlim(-0.2, len(steps) - 0.75)
    quiet(ax)
    ax.grid(axis="y", color=PALE, lw=0.8)
    told = "; ".join(text for _, text, _ in ends)
    describe(ax, f"Line chart of the probability of each cause as findings arrive, ending at {told}.")
    return ax


def _shown(answer: Posterior) -> list[tuple[str, float]]:
    if not answer.diagnoses:
        raise HptBayesError(f"{answer.model.id} declares no diagnoses, so there are no causes to draw")
    rows = sorted(answer.diagnoses.items(), key=lambda item: -item[1])
    return [(answer.labels.diagnoses.get(name, words(name)), p) for name, p in rows if p >= LEAST]


def _apart(values: Sequence[float], least: float) -> list[float]:
    """The same order of heights with at least `least` between neighbours, so that labels do not overlap."""
    heights, ceiling = list(values), float("inf")
    for position in sorted(range(len(values)), key=lambda i: -values[i]):
        heights[position] = min(values[position], ceiling)
        ceiling = heights[position] - least
    raised = max(0.0, -min(heights))
    return [height + raised for height in heights]
