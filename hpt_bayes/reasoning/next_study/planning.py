"""How a plan is found: the exact best two steps, or three by a beam with a bound on what it may miss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.beliefs import target_beliefs
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate
from hpt_bayes.reasoning.deciding.readiness import not_yet
from hpt_bayes.reasoning.deciding.utility import DecisionProblem, decision_problem
from hpt_bayes.reasoning.identity import identity
from hpt_bayes.reasoning.impossible import require_possible
from hpt_bayes.reasoning.labels import labels
from hpt_bayes.reasoning.lookahead.lookahead import lookahead
from hpt_bayes.reasoning.lookahead.looks import Look, open_looks
from hpt_bayes.reasoning.lookahead.observing import observed
from hpt_bayes.reasoning.next_study.leading import leading
from hpt_bayes.reasoning.next_study.plan import Branch, Plan, PlanNode
from hpt_bayes.reasoning.next_study.question import Question, question
from hpt_bayes.reasoning.next_study.stopping import stopping
from hpt_bayes.reasoning.next_study.together import entered_after
from hpt_bayes.reasoning.next_study.value import PHASES, STOP, Values, extra_burdens, study_values, two_step_values
from hpt_bayes.reasoning.progress import Advance
from hpt_bayes.reasoning.studies.burden import burden_parts
from hpt_bayes.reasoning.studies.outcomes import seen_target
from hpt_bayes.reasoning.studies.study_status import why_premature

FIRST_STUDIES = 3
RESULTS_OBSERVED = 6
STUDIES_BELOW = 8
BEAM = PHASES + FIRST_STUDIES * RESULTS_OBSERVED


@dataclass(frozen=True, eq=False)
class _Situation:
    """What is known at one node: the case, or the case with results observed."""

    model: CompiledModel
    entered: EnteredEvidence
    calibrated: Calibrated
    problem: DecisionProblem
    asked: Question
    done: tuple[Study, ...]


def plan(
    model: CompiledModel, entered: EnteredEvidence, *, steps: int = 2, case: str = "", advance: Advance | None = None
) -> Plan:
    """The best plan of studies.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        steps: 2 (exact) or 3 (a beam).
        case: name of the case, for the result.
        advance: told of progress: `PHASES` for two steps, up to `BEAM` for three.

    Returns:
        The plan; without a study when acting now is best.

    Raises:
        ImpossibleEvidence: when the findings cannot be true together.
        EvidenceError: for other steps, or a network without actions.
    """
    if steps not in (2, 3):
        raise EvidenceError(f"expected a plan of 2 or 3 steps, found {steps!r}")
    calibrated = calibrate(model, entered)
    require_possible(model, entered, calibrated)
    problem = decision_problem(model, entered)
    if problem is None:
        raise EvidenceError(f"{model.network.id} has no actions, so there is nothing to plan for")
    here = _situation(model, entered, calibrated, problem, ())
    values = study_values(model, entered, calibrated, problem, _premature(here), advance)
    return _planned(here, values, steps, case, advance)


def _planned(here: _Situation, values: Values, steps: int, case: str, advance: Advance | None) -> Plan:
    """The plan that values of a case lead to."""
    network, problem = here.model.network, here.problem
    best = int(np.argmax(values.net_value)) if len(values.first) else STOP
    root, bound = None, 0.0
    if steps == 2 and best != STOP and values.net_value[best] > 0:
        root = _two_steps(here, values, best)
    if steps == 3 and best != STOP:
        root, bound = _three_steps(here, values, advance or (lambda done: None))
    gain = 0.0 if root is None else root.acted - values.now
    visited = () if root is None else tuple(root.visited())
    burden = 0.0 if root is None else root.expected_burden
    management = network.management
    assert management is not None
    aimed = {each.name: each for each in management.aimed}
    action = problem.actions[values.action]
    said = not_yet(network, here.entered, management).get(aimed[action].action.kind, ())
    words = labels(network, here.entered.settings)
    done = stopping(here.model, here.entered, case=case, values=values) if management.stopping is not None else None
    return Plan(
        case=case,
        model=identity(network),
        steps=steps,
        root=root,
        action=action,
        gain=gain,
        burden=burden,
        gap=max(0.0, bound - (gain - burden)) if steps == 3 else 0.0,
        studies=sum(p for p, _ in visited),
        cost_usd=sum(p * node.cost_usd for p, node in visited),
        dose_msv=sum(p * node.dose_msv for p, node in visited),
        not_yet=said,
        stopping=done,
        labels={
            "study": words.studies,
            "action": {name: each.label for name, each in aimed.items()},
            "diagnosis": words.diagnoses,
            "site": words.sites,
        },
        scope=network.scope,
    )


def _situation(
    model: CompiledModel,
    entered: EnteredEvidence,
    calibrated: Calibrated,
    problem: DecisionProblem,
    done: tuple[Study, ...],
) -> _Situation:
    asked = question(model, calibrated, None, problem.of_target)
    return _Situation(model, entered, calibrated, problem, asked, done)


def _premature(here: _Situation) -> str | None:
    return why_premature(here.model.network, here.entered, target_beliefs(here.model, here.calibrated).gate)


def _groups(here: _Situation, targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(group, x) from P(targets, x), (groups, results)."""
    kept = here.asked.groups >= 0
    order = here.asked.groups[kept]
    found = np.zeros((len(here.asked.indicators), len(targets)))
    np.add.at(found, order, targets[:, kept].T)
    return found


def _node(here: _Situation, look: Look, then: Callable[[int], PlanNode | None]) -> PlanNode:
    """A study with what leads and what is best after each result; `then` gives what follows a result."""
    results = np.arange(look.size)[:, None]
    chance, joint = np.zeros(look.size), np.zeros((len(here.asked.indicators), look.size))
    for start, p, targets in observed(here.model, here.entered, (look,), results):
        chance[start : start + len(p)] = p
        joint[:, start : start + len(p)] = _groups(here, targets) * p
    state = here.asked.state
    assert state is not None
    worth = here.problem.utilities[:, state] @ joint
    after, names = leading(here.model, here.asked, joint), look.result_names()
    parts = burden_parts(here.model.network, look.study)
    branches = [
        Branch(
            result=names[x],
            probability=float(chance[x]),
            leading=after[x],
            action=here.problem.actions[int(worth[:, x].argmax())],
            utility=float(worth[:, x].max() / chance[x]),
            then=then(int(x)),
        )
        for x in np.argsort(-chance, kind="stable")
        if chance[x] > 0
    ]
    return PlanNode(
        study=look.study.name,
        place=look.place,
        burden=float(extra_burdens(here.model.network, here.done, [look.study])[0]),
        cost_usd=parts.cost_usd or 0.0,
        dose_msv=parts.dose_msv or 0.0,
        branches=tuple(branches),
    )


def _two_steps(here: _Situation, values: Values, at: int) -> PlanNode:
    """The exact best policy that starts with one study."""
    first, second = values.model.looks[values.first[at]], values.second[at]

    def then(x: int) -> PlanNode | None:
        if second[x] == STOP:
            return None
        return _last(_after(here, first, x), values.model.looks[int(second[x])])

    return _node(here, first, then)


def _last(here: _Situation, look: Look) -> PlanNode:
    known = [name for study in here.done for name in study.reveals]
    left = look.without(known)
    assert left is not None
    return _node(here, left, lambda x: None)


def _after(here: _Situation, look: Look, result: int) -> _Situation:
    entered = entered_after(here.model, here.entered, look, result)
    calibrated = calibrate(here.model, entered)
    return _situation(here.model, entered, calibrated, here.problem, (*here.done, look.study))


def _three_steps(here: _Situation, values: Values, advance: Advance) -> tuple[PlanNode | None, float]:
    """The best of the beam, and an upper bound on the net value of any three-step policy."""
    best, best_net = None, 0.0
    below = _below(values)
    for at in np.argsort(-values.net_value, kind="stable")[:FIRST_STUDIES]:
        first = values.model.looks[values.first[at]]
        chance = values.model.single[:, values.model.results_of(values.first[at])].sum(axis=0)
        observed_now = set(np.argsort(-chance, kind="stable")[:RESULTS_OBSERVED].tolist())
        second = values.second[at]

        def then(
            x: int,
            first: Look = first,
            observed_now: set[int] = observed_now,
            second: NDArray[np.int64] = second,
        ) -> PlanNode | None:
            after = _after(here, first, x)
            fallback = None if second[x] == STOP else _last(after, values.model.looks[int(second[x])])
            if x not in observed_now:
                return fallback
            advance(1)
            return _better(after, _best_below(after, below), fallback)

        node = _node(here, first, then)
        net = node.acted - values.now - node.expected_burden
        if net > best_net:
            best, best_net = node, net
    return best, _bound(here.model.network, values)


def _below(values: Values) -> frozenset[str]:
    """The studies the beam looks at after a first result: second ones of the best policies, then by net value."""
    order = np.argsort(-values.net_value, kind="stable")
    looks = values.model.looks
    seconds = [looks[int(n)].study.name for at in order[:FIRST_STUDIES] for n in values.second[at] if n != STOP]
    by_gain = [looks[values.first[at]].study.name for at in np.argsort(-values.decision_value, kind="stable")]
    firsts = [looks[values.first[at]].study.name for at in order]
    return frozenset(list(dict.fromkeys([*seconds, *by_gain[: STUDIES_BELOW // 2], *firsts]))[:STUDIES_BELOW])


def _best_below(after: _Situation, names: frozenset[str]) -> PlanNode | None:
    """The exact best two steps over some studies after a result, or None for stopping."""
    model, entered = after.model, after.entered
    premature = _premature(after)
    looks = [look for look in open_looks(model, entered, after.calibrated, premature) if look.study.name in names]
    if not looks:
        return None
    ahead = lookahead(model, entered, after.calibrated, after.problem, looks)
    place = seen_target(model, entered, after.calibrated)
    values = two_step_values(
        model, entered, ahead, after.problem.actions, model.network.gate_clear, place, done=after.done
    )
    if not len(values.first) or float(values.net_value.max()) <= 0:
        return None
    return _two_steps(after, values, int(np.argmax(values.net_value)))


def _better(after: _Situation, one: PlanNode | None, other: PlanNode | None) -> PlanNode | None:
    """The continuation of larger net value, or None for stopping."""
    joint = after.calibrated.joint(after.model.axes(after.model.targets.variables))[0].reshape(-1)
    state = np.bincount(after.problem.of_target, weights=joint, minlength=after.problem.utilities.shape[1])
    stop = float((after.problem.utilities @ state).max())
    return max((None, one, other), key=lambda node: stop if node is None else node.acted - node.expected_burden)


def _bound(network: Network, values: Values) -> float:
    """What no policy of any length exceeds: every cause and place known for certain after the first result.

    Stopping after a result is worth what it is; going on costs at least the smallest burden of a further study.
    """
    ahead = values.model
    utilities = ahead.labels.utilities
    stop = (utilities @ ahead.single).max(axis=0)
    certain = utilities.max(axis=0) @ ahead.single
    chance = ahead.single.sum(axis=0)
    studies = [look.study for look in ahead.looks]
    best = 0.0
    for number in values.first:
        columns, study = ahead.results_of(number), studies[number]
        others = [each for each in studies if each.name != study.name]
        least = float(extra_burdens(network, [study], others).min()) if others else np.inf
        further = np.where(chance[columns] > 0, certain[columns] - least * chance[columns], 0.0)
        own = float(extra_burdens(network, [], [study])[0])
        best = max(best, float(np.maximum(stop[columns], further).sum()) - values.now - own)
    return best
