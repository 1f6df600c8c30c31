"""How a plan is found: the best strategy of two or three steps, grown into a tree, with what is asked beside it."""

from __future__ import annotations

import numpy as np

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.beliefs import target_beliefs
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate
from hpt_bayes.reasoning.deciding.readiness import not_yet
from hpt_bayes.reasoning.deciding.utility import DecisionProblem, decision_problem
from hpt_bayes.reasoning.identity import identity
from hpt_bayes.reasoning.impossible import require_possible
from hpt_bayes.reasoning.labels import labels
from hpt_bayes.reasoning.next_study.beam import ENTERED, bound, three_steps
from hpt_bayes.reasoning.next_study.plan import Plan
from hpt_bayes.reasoning.next_study.stopping import MOST_TOLD, stopping
from hpt_bayes.reasoning.next_study.strategy import Strategy, two_steps
from hpt_bayes.reasoning.next_study.tree import tree_of
from hpt_bayes.reasoning.next_study.value import Values, study_values
from hpt_bayes.reasoning.progress import Advance, ignored
from hpt_bayes.reasoning.studies.study_status import why_premature

UNITS = {2: MOST_TOLD, 3: MOST_TOLD + ENTERED}
"""What `advance` is told in all, at most, by number of steps."""


def plan(
    model: CompiledModel, entered: EnteredEvidence, *, steps: int = 2, case: str = "", advance: Advance = ignored
) -> Plan:
    """The best plan of studies.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        steps: 2 (exact) or 3 (a beam).
        case: name of the case, for the result.
        advance: told of progress, up to `UNITS` of the steps in all.

    Returns:
        The plan; without a study when acting now is best.

    Raises:
        ImpossibleEvidence: when the findings cannot be true together.
        EvidenceError: for other steps, or a network without actions.
    """
    if type(steps) is not int or steps not in UNITS:
        raise EvidenceError(f"expected a plan of 2 or 3 steps, found {steps!r}")
    network, management = model.network, model.network.management
    problem, values = _valued(model, entered, advance)
    assert management is not None
    strategy, at_most = _best(model, entered, problem, values, steps, advance)
    root = None if strategy is None else tree_of(model, entered, problem, strategy)
    gain = 0.0 if root is None else root.acted - values.now
    visited = () if root is None else tuple(root.visited())
    burden = 0.0 if root is None else root.expected_burden
    aimed = {each.name: each for each in management.aimed}
    action = problem.actions[values.action]
    words = labels(network, entered.settings)
    done = None
    if management.stopping is not None:
        done = stopping(model, entered, case=case, values=values, advance=advance)
    return Plan(
        case=case,
        model=identity(network),
        steps=steps,
        root=root,
        action=action,
        gain=gain,
        burden=burden,
        gap=max(0.0, at_most - (gain - burden)) if steps == 3 else 0.0,
        studies=sum(p for p, _ in visited),
        cost_usd=sum(p * node.cost_usd for p, node in visited),
        dose_msv=sum(p * node.dose_msv for p, node in visited),
        not_yet=not_yet(network, entered, management).get(aimed[action].action.kind, ()),
        stopping=done,
        labels={
            "study": words.studies,
            "action": {name: each.label for name, each in aimed.items()},
            "diagnosis": words.diagnoses,
            "site": words.sites,
        },
        scope=network.scope,
    )


def _valued(model: CompiledModel, entered: EnteredEvidence, advance: Advance) -> tuple[DecisionProblem, Values]:
    """The decision and the two-step values; the propagation is let go, for all that was asked of it takes room."""
    calibrated = calibrate(model, entered)
    require_possible(model, entered, calibrated)
    problem = decision_problem(model, entered)
    if problem is None:
        raise EvidenceError(f"{model.network.id} has no actions, so there is nothing to plan for")
    premature = why_premature(model.network, entered, target_beliefs(model, calibrated).gate)
    return problem, study_values(model, entered, calibrated, problem, premature, advance)


def _best(
    model: CompiledModel,
    entered: EnteredEvidence,
    problem: DecisionProblem,
    values: Values,
    steps: int,
    advance: Advance,
) -> tuple[Strategy | None, float]:
    """The best strategy, or None for acting now, and what no strategy of as many steps exceeds in net value."""
    if not len(values.first):
        return None, 0.0
    if steps == 3:
        return three_steps(model, entered, problem, values, advance), bound(model.network, values)
    best = int(np.argmax(values.net_value))
    most = float(values.net_value[best])
    return (two_steps(values, best), most) if most > 0 else (None, 0.0)
