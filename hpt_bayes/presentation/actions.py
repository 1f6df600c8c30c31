"""What to do now: the expected utility of every action, with its interval, what is too close to call and what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import share
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import BLACK, BLUE, GREY, HATCHES, PALE, axes, beside, finish, told
from hpt_bayes.reasoning.deciding.decision import Decision

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROWS = 10


def draw_actions(decision: Decision, ax: Axes | None = None) -> Axes:
    """Actions by expected utility; a band marks what cannot be told from the advice, a cross what must wait.

    Args:
        decision: with actions.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: for a network without actions.
    """
    if not decision.actions:
        raise HptBayesError(f"{decision.model.id} declares no actions, so there are none to draw")
    shown = decision.actions[:_ROWS]
    ax = axes(ax, 8.0, 1.5 + 0.4 * len(shown))
    ends = [each.expected_utility for each in shown]
    for row, each in enumerate(shown):
        if each.interval is not None:
            ax.plot(each.interval, [row, row], color=GREY, lw=2.2, marker="|", ms=9, zorder=2)
            ends += each.interval
        waits, advised = bool(each.not_yet), each.action == decision.advice
        ax.plot(
            each.expected_utility, row, "X" if waits else "D" if advised else "o", zorder=3,
            ms=10 if advised else 8, color=BLACK if waits else BLUE, mfc=BLUE if advised else "white", mew=1.6,
        )  # fmt: skip
        figures = share(each.expected_utility)
        if each.interval is not None:
            figures += f" ({share(each.interval[0])} to {share(each.interval[1])})"
        beside(ax, row, figures + ("  advice" if advised else "  not yet" if waits else ""))
    margin = max(0.005, 0.08 * (max(ends) - min(ends)))
    if decision.advice is not None:
        worth = decision.row(decision.advice).expected_utility
        ax.axvspan(
            worth - decision.near_tie, worth + decision.near_tie, facecolor=PALE, hatch=HATCHES[2], edgecolor="white",
            lw=0, zorder=0,
        )  # fmt: skip
        ends += [worth - decision.near_tie, worth + decision.near_tie]
    ax.set_xlim(max(0.0, min(ends) - margin), min(1.0, max(ends)) + margin)
    left = len(decision.actions) - len(shown)
    more = f"; {left} actions worth less left out" if left else ""
    advice = "nothing may be done yet" if decision.advice is None else f"advice {decision.row(decision.advice).label}"
    names = [each.label for each in shown]
    figures = told(names, (share(each.expected_utility) for each in shown), 3)
    return finish(
        ax, "Actions by expected utility (0 death, 1 as well as without the disease)",
        f"Filled diamond: advice; cross: not yet; dotted band: within {share(decision.near_tie)} of the advice, too "
        f"close to call{more}.",
        names=names, width=40, alt=f"Chart of actions by expected utility: {figures}; {advice}.",
    )  # fmt: skip
