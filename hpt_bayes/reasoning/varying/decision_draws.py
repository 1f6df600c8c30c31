"""A decision with what draws of the numbers say: how far each action's worth moves, and how often it is the best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.deciding.decision import ActionRow, Decision
from hpt_bayes.reasoning.deciding.utility import DecisionProblem, decision_problem
from hpt_bayes.reasoning.progress import Advance, ignored
from hpt_bayes.reasoning.relevant import relevant
from hpt_bayes.reasoning.varying.drawn_beliefs import drawn_groups
from hpt_bayes.reasoning.varying.draws import LEVELS, draw_numbers


def with_intervals(
    model: CompiledModel,
    entered: EnteredEvidence,
    decision: Decision,
    *,
    draws: int,
    seed: int = 0,
    advance: Advance = ignored,
) -> Decision:
    """The decision with intervals over draws of the network's numbers; utilities stay as they are.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        decision: of the same case.
        draws: how many versions of the numbers; those in which the findings cannot be true together are left out.
        seed: of the draws.
        advance: told how many versions were done since it was last called.

    Returns:
        As `with_draws`; unchanged without actions.

    Raises:
        EvidenceError: fewer than one draw, or none in which the findings can be true together.
    """
    problem = decision_problem(model, entered, decision.changed)
    if problem is None:
        return decision
    values = draw_numbers(model.network, relevant(model, entered), draws, seed)
    return with_draws(decision, problem, drawn_groups(model, entered, values, problem.of_target, advance))


def with_draws(decision: Decision, problem: DecisionProblem, posteriors: NDArray[np.float64]) -> Decision:
    """The decision with the intervals that draws of the parameters give.

    Args:
        decision: of a case.
        problem: of the same case, with the same utilities.
        posteriors: P(state | e) in each draw, states in the order of `problem.states`, (draws, states).

    Returns:
        The decision; each action has its 5 % and 95 % quantiles and the share of draws in which it is the best.

    Raises:
        EvidenceError: when the draws are none, or not over the states of the problem.
    """
    if posteriors.ndim != 2 or posteriors.shape[0] == 0 or posteriors.shape[1] != len(problem.states):
        expected = f"(draws, {len(problem.states)})"
        raise EvidenceError(f"expected posteriors of shape {expected}, found {posteriors.shape}")
    worth = posteriors @ problem.utilities.T
    low, high = np.quantile(worth, LEVELS, axis=0)
    share = np.bincount(worth.argmax(axis=1), minlength=len(problem.actions)) / len(worth)
    position = {name: number for number, name in enumerate(problem.actions)}

    def drawn(row: ActionRow) -> ActionRow:
        at = position[row.action]
        return replace(row, interval=(float(low[at]), float(high[at])), best_share=float(share[at]))

    return replace(decision, actions=tuple(drawn(row) for row in decision.actions))
