"""The leading causes after each finding: a column of bars for each cause, time running down."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import percent, words
from hpt_bayes.presentation.bars import shown_causes
from hpt_bayes.presentation.style import BLUE, HATCHES, PALE, SKY, axes, finish, told
from hpt_bayes.reasoning.believing.course import Course

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FOLLOWED = 5
_COLUMN = 1.7
"""From one column of bars to the next, where a whole bar is 1."""


def draw_course(course: Course, ax: Axes | None = None) -> Axes:
    """Bars of the causes that were ever most probable, one row a step; the leading one of each step is plain.

    Args:
        course: of a network with diagnoses.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: for a network without diagnoses.
    """
    last = course.answers[-1]
    shown_causes(last)
    peak = {name: max(answer.diagnoses[name] for answer in course.answers) for name in last.diagnoses}
    kept = sorted(peak, key=lambda name: -peak[name])[:_FOLLOWED]
    kept.sort(key=lambda name: -last.diagnoses[name])
    names = [last.labels.diagnoses.get(name, words(name)) for name in kept]
    ax = axes(ax, 3.4 + 1.35 * len(kept), 1.4 + 0.34 * len(course.steps))
    for row, answer in enumerate(course.answers):
        for column, name in enumerate(kept):
            start, p, leads = _COLUMN * column, answer.diagnoses[name], name == answer.leading_diagnosis
            ax.barh(row, 1.0, left=start, height=0.62, color=PALE, zorder=1)
            ax.barh(
                row, p, left=start, height=0.62, color=BLUE if leads else SKY, hatch="" if leads else HATCHES[1],
                edgecolor="white", zorder=2,
            )  # fmt: skip
            weight = "bold" if leads else "normal"
            ax.text(start + 1.06, row, percent(p), va="center", fontsize=8, weight=weight)
    for column, name in enumerate(names):
        ax.text(_COLUMN * column, -0.7, fill(name, 18), va="bottom", fontsize=8)
    ax.set_xlim(0.0, _COLUMN * len(kept) - 0.15)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    figures = told(names, (percent(last.diagnoses[name]) for name in kept))
    lines = max(fill(name, 18).count("\n") for name in names) + 1
    return finish(
        ax, "Causes after each finding (may overlap)" + "\n" * lines, "Plain and bold: the leading cause of the step.",
        names=course.steps, width=44,
        alt=f"Table of bars of the probability of each cause over {len(course.steps)} steps, ending at {figures}.",
    )  # fmt: skip
