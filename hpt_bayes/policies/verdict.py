"""What would be concluded from a view: leading diagnosis, place, approach, and the action that is advised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.policies.joints import ViewJoints
from hpt_bayes.policies.view import View
from hpt_bayes.reasoning.beliefs import by_approach
from hpt_bayes.reasoning.compiled import CompiledModel
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


def verdicts(joints: ViewJoints, views: Sequence[View]) -> Iterator[tuple[View, Verdict]]:
    """The conclusion of each view, by the mean model.

    Args:
        joints: of the setting of the views.
        views: in any order.

    Yields:
        Each view once with its verdict.
    """
    for view, joint in joints.of(views):
        yield view, _verdict(joints.model, view, joint)


def _verdict(model: CompiledModel, view: View, joint: NDArray[np.float64]) -> Verdict:
    targets, network = model.targets, model.network
    by_cause = joint.reshape(len(targets.etiology), -1)
    diagnoses = targets.diagnoses(by_cause.sum(axis=1))
    diagnosis = int(np.argmax(np.where(targets.leaders, diagnoses, -1.0)))
    site, approach = -1, ""
    if targets.site is not None:
        places = by_cause.sum(axis=0)
        site = int(places.argmax())
        named = dict(zip(model.core.variables[targets.site].states, places.tolist(), strict=True))
        approach = next(iter(by_approach(network, named)))
    return Verdict(diagnosis, site, approach, _advice(model, view, joint))


def _advice(model: CompiledModel, view: View, joint: NDArray[np.float64]) -> Advice | None:
    network = model.network
    problem = decision_problem(model, view.evidence)
    if problem is None or network.management is None:
        return None
    posterior = np.bincount(problem.of_target, weights=joint, minlength=len(problem.states))
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
