"""What each finding weighs for a diagnosis, step by step from before any finding to all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import decibans, percent, words
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import BLACK, BLUE, GREY, HATCHES, VERMILION, axes, beside, finish, told
from hpt_bayes.reasoning.explaining.explanation import Explanation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STEPS = 12
_LEAST = 0.05
"""Decibans; what weighs less is shown in one step, as long as there are two of it."""


def draw_weights(explanation: Explanation, ax: Axes | None = None) -> Axes:
    """A waterfall of Shapley shares in decibans, each with its range over the orders of the findings.

    Args:
        explanation: with at least one weighed finding.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: when no finding was weighed.
    """
    weights, names = explanation.weights, explanation.labels.diagnoses
    if not weights.findings:
        raise HptBayesError("no finding was weighed, so there is no waterfall to draw")
    order = sorted(weights.findings, key=lambda each: -abs(each.share))
    shown = order[: min(_STEPS, sum(abs(each.share) >= _LEAST for each in order))]
    shown = order if len(order) - len(shown) < 2 else shown
    steps: list[tuple[str, float, tuple[float, float] | None]] = [
        (f"{explanation.labels.variables.get(each.finding, words(each.finding))}: {words(each.text)}",
         each.share, (each.lowest, each.highest))
        for each in shown
    ]  # fmt: skip
    if len(shown) < len(order):
        steps.append(
            (f"{len(order) - len(shown)} further findings together", sum(e.share for e in order[len(shown) :]), None)
        )
    labels = [f"Before any finding: {percent(explanation.before)}"] + [step[0] for step in steps]
    labels.append(f"With all findings: {percent(explanation.after)}")
    ax = axes(ax, 8.2, 1.3 + 0.38 * len(labels))
    ax.axvline(0.0, color=GREY, lw=0.8, zorder=0)
    _total(ax, 0, weights.before)
    at = weights.before
    for position, (_, share, spread) in enumerate(steps, 1):
        supports = share >= 0.0
        ax.plot([at, at], [position - 1.31, position + 0.31], color=GREY, lw=0.7, zorder=1)
        ax.barh(
            position, share, left=at, height=0.62, color=BLUE if supports else VERMILION,
            hatch="" if supports else HATCHES[1], edgecolor="white", zorder=2,
        )  # fmt: skip
        figures = decibans(share)
        if spread is not None:
            ax.plot([at + spread[0], at + spread[1]], [position] * 2, color=BLACK, lw=1.1, marker="|", ms=7, zorder=3)
            figures += f"  ({decibans(spread[0])} to {decibans(spread[1])})"
        beside(ax, position, figures)
        at += share
    ax.plot([at, at], [len(steps) - 0.31, len(steps) + 1.31], color=GREY, lw=0.7, zorder=1)
    _total(ax, len(steps) + 1, weights.after)
    ax.use_sticky_edges = False
    ax.margins(x=0.05)
    of = names[explanation.diagnosis]
    against = "everything else" if explanation.against is None else names[explanation.against]
    figures = told((step[0] for step in steps), (decibans(step[1]) for step in steps), 5)
    return finish(
        ax, f"{of}\nagainst {against}",
        "Decibans (+10: ten times as likely). Plain bar: speaks for it; hatched bar: against it; line: range over the "
        "orders in which the findings may arrive.",
        names=labels, width=44,
        alt=f"Waterfall of the weight of each finding for {of} against {against}, from {percent(explanation.before)} "
        f"before to {percent(explanation.after)} with all findings: {figures} decibans.",
    )  # fmt: skip


def _total(ax: Axes, row: int, value: float) -> None:
    """A sum as a diamond, with its figure."""
    ax.plot(value, row, "D", color=BLACK, ms=7, zorder=4)
    beside(ax, row, decibans(value))
