"""What would be concluded from a view: leading diagnosis, place, approach, and the action that is advised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.policies.view import View
from hpt_bayes.reasoning.beliefs import by_approach
from hpt_bayes.reasoning.deciding.readiness import not_yet
from hpt_bayes.reasoning.deciding.utility import DecisionProblem, decision_problem


@dataclass(frozen=True, eq=False)
class Advice:
    """An action and what it achieves in every state.

    Attributes:
        action: advised: the best one that nothing forbids for now.
        worth: its utility in each state, (states,).
        best: the largest utility of any action in each state, (states,).
        of_target: state of each configuration of the targets, (configurations,).
    """

    action: str
    worth: NDArray[np.float64]
    best: NDArray[np.float64]
    of_target: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Verdict:
    """The conclusion from one view.

    Attributes:
        diagnosis: number of the leading diagnosis, in the order of the model file.
        site: number of the most probable place, in the order of `model.core`; -1 without a place.
        approach: most probable approach, "" without a place.
        advice: None for a model without actions, or where every action is forbidden for now.
    """

    diagnosis: int
    site: int
    approach: str
    advice: Advice | None


def verdict_of(view: View) -> Verdict:
    """The conclusion from a view, by the mean model.

    Args:
        view: what is known.
    """
    model, groups, belief = view.model, view.joints.groups, view.belief
    network = model.network
    diagnosis = int(np.argmax(np.where(model.targets.leaders, belief @ groups.diagnoses, -1.0)))
    site, approach = -1, ""
    if model.targets.site is not None:
        states = model.core.variables[model.targets.site].states
        places = np.bincount(groups.site, belief, minlength=len(states))
        site = int(places.argmax())
        approach = next(iter(by_approach(network, dict(zip(states, places.tolist(), strict=True)))))
    return Verdict(diagnosis, site, approach, _advice(view))


def _advice(view: View) -> Advice | None:
    network = view.model.network
    problem = decision_problem(view.model, view.evidence)
    if problem is None or network.management is None:
        return None
    posterior = np.bincount(view.joints.groups.state, view.belief, minlength=len(problem.states))
    stopped = not_yet(network, view.evidence, network.management)
    kind = {each.name: each.action.kind for each in network.management.aimed}
    allowed = np.array([kind[action] not in stopped for action in problem.actions])
    if not allowed.any():
        return None
    worth = np.where(allowed, problem.utilities @ posterior, -np.inf)
    return _advised(problem, int(worth.argmax()))


def _advised(problem: DecisionProblem, action: int) -> Advice:
    utilities = problem.utilities
    return Advice(problem.actions[action], utilities[action], utilities.max(axis=0), problem.of_target)
