"""Where the answer turns: the values of one number, and whether further studies would change the action."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import percent
from hpt_bayes.presentation.style import BLACK, BLUE, GREY, HATCHES, PALE, SMALL, axes, beside, finish, percents

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from hpt_bayes.reasoning.next_study.stopping import Stopping
    from hpt_bayes.reasoning.varying.inverse import Inverse


def draw_inverse(found: Inverse, ax: Axes | None = None) -> Axes:
    """The values of a number in one row: where the answer is what it is now, and where it would be another.

    Args:
        found: the inverse question answered.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.
    """
    names = {**found.labels.diagnoses, **found.labels.studies}
    turns = [(found.below, found.then_below), (found.above, found.then_above)]
    known = [value for value, _ in turns if value is not None]
    share = all(0.0 <= value <= 1.0 for value in (*known, found.value))
    spread = max((abs(value - found.value) for value in known), default=abs(found.value) or 1.0)
    low, high = (0.0, 1.0) if share else (found.value - 1.5 * spread, found.value + 1.5 * spread)
    start = low if found.below is None else found.below
    end = high if found.above is None else found.above
    parts = [(start, end, found.now, BLUE, "")]
    if found.below is not None and found.then_below is not None:
        parts.insert(0, (low, start, found.then_below, PALE, HATCHES[1]))
    if found.above is not None and found.then_above is not None:
        parts.append((end, high, found.then_above, PALE, HATCHES[1]))
    ax = axes(ax, 7.6, 2.4)
    told = []
    for left, right, answer, colour, hatch in parts:
        ax.barh(0.0, right - left, left=left, height=0.5, color=colour, hatch=hatch, edgecolor="white", zorder=1)
        told.append(f"{left:.3g} to {right:.3g}: {names.get(answer, answer)}")
    ax.plot(found.value, 0.0, "D", color=BLACK, ms=9, mec="white", zorder=3)
    ax.annotate(
        f"as written {found.value:.3g}", (found.value, 0.3), (0, 4), textcoords="offset points", ha="center",
        fontsize=SMALL,
    )  # fmt: skip
    ax.set_yticks([])
    ax.set_ylim(-0.35, 0.7)
    ax.set_xlim(low, high)
    return finish(
        ax, f"What would change the {found.what}\n{textwrap.fill(found.means, 84)}",
        f"{found.number} ({found.how})", *told,
        alt=f"Values of {found.number} ({found.means}), written as {found.value:.3g}. {'; '.join(told)}.",
    )  # fmt: skip


def draw_stopping(found: Stopping, ax: Axes | None = None) -> Axes:
    """The probability that the action stays the same, against what it must reach, with the regret of stopping beside.

    Args:
        found: whether to stop.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.
    """
    ax = axes(ax, 7.6, 2.2)
    same = found.same_decision
    ax.barh(0, same, height=0.5, color=BLUE, zorder=1)
    if found.same_decision_interval is not None:
        ax.plot(found.same_decision_interval, [0, 0], color=BLACK, lw=2.0, marker="|", ms=9, zorder=3)
    ax.axvline(found.least_same_decision, color=GREY, lw=1.4, ls=(0, (4, 3)), zorder=2)
    beside(ax, 0, percent(same))
    percents(ax)
    action = found.labels.get("action", {}).get(found.action, found.action)
    verdict = "further studies may stop" if found.stop else "not done yet"
    notes = (
        f"Dashed: {percent(found.least_same_decision)}, from which studies may stop if the regret allows it.",
        f"Regret of stopping: {found.regret:.4f} of utility; at most {found.most_regret:g} is allowed.",
    )
    return finish(
        ax, f"Are we done? {verdict[0].upper()}{verdict[1:]}\nBest now: {textwrap.fill(action, 80)}", *notes,
        names=["the action stays the same"],
        alt=f"Bar of {percent(same)}, the probability that {action} stays best after further studies, against a "
        f"threshold of {percent(found.least_same_decision)}: {verdict}. {notes[1]}",
    )  # fmt: skip
