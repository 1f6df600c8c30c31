"""Probabilities as horizontal bars: the leading causes of a posterior, and the first question below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import percent, percent_range, words
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import BLACK, BLUE, HATCHES, PALE, SKY, SMALL, axes, beside, finish, percents, told
from hpt_bayes.reasoning.believing.posterior import Posterior
from hpt_bayes.reasoning.varying.uncertainty import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = 0.005


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
    causes, drawn = shown_causes(answer), answer.uncertainty
    labels, gate = answer.labels.diagnoses, answer.labels.gate
    rows = [(labels.get(name, words(name)), answer.diagnoses[name]) for name in causes]
    first = [(gate.get(name, words(name)), p) for name, p in answer.gate.items()]
    ends: list[Interval | None] = [None] * (len(rows) + len(first))
    if drawn is not None:
        ends = [*(drawn.diagnoses[name] for name in causes), *(drawn.gate[name] for name in answer.gate)]
    ax = axes(ax, 7.4, 1.0 + 0.32 * (len(rows) + 1 + len(first)))
    for number, ((_, probability), between) in enumerate(zip([*rows, *first], ends, strict=True)):
        cause = number < len(rows)
        row = number if cause else number + 1
        ax.barh(row, 1.0, color=PALE, height=0.62, zorder=1)
        ax.barh(
            row, probability, color=BLUE if cause else SKY, hatch="" if cause else HATCHES[1], edgecolor="white",
            height=0.62, zorder=2,
        )  # fmt: skip
        figure = percent(probability)
        if between is not None:
            ax.plot(between, [row] * 2, color=BLACK, lw=1.2, marker="|", ms=7, zorder=3)
            figure += f" ({percent_range(*between)})"
        beside(ax, row, figure)
    if first:
        ax.text(0.0, len(rows) + 0.1, "First question: is it gland disease?", fontsize=SMALL, va="center")
    percents(ax)
    names, figures = [name for name, _ in rows], (percent(p) for _, p in rows)
    return finish(
        ax, "Leading causes (may overlap)" + (", with 90 % intervals" if drawn is not None else ""),
        names=[*names, "", *(name for name, _ in first)], width=48,
        alt=f"Bar chart of the probability of each cause: {told(names, figures)}.",
    )  # fmt: skip


def shown_causes(answer: Posterior) -> list[str]:
    """The causes that a picture of a posterior shows, largest first.

    Args:
        answer: a posterior.

    Raises:
        HptBayesError: for a posterior without diagnoses.
    """
    if not answer.diagnoses:
        raise HptBayesError(f"{answer.model.id} declares no diagnoses, so there are no causes to draw")
    order = sorted(answer.diagnoses, key=lambda name: -answer.diagnoses[name])
    return [name for name in order if answer.diagnoses[name] >= LEAST]
