"""Which study to do next: information, value, burden, rating and what each result would change.

information = I(T; X_s | e) in bits, T = etiology (the vector of diagnosis indicators), place, or both (their pair).
Values are those of `value.py`: one step from the same joints, two steps on request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.beliefs import target_beliefs
from hpt_bayes.reasoning.cautions import study_cautions
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, observed_variables
from hpt_bayes.reasoning.deciding.utility import DecisionProblem, decision_problem
from hpt_bayes.reasoning.identity import identity
from hpt_bayes.reasoning.impossible import require_possible
from hpt_bayes.reasoning.labels import labels
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.next_study.decided_after import decided_after
from hpt_bayes.reasoning.next_study.leading import leading
from hpt_bayes.reasoning.next_study.question import Question, question
from hpt_bayes.reasoning.next_study.ranking import Ranking, StudyResult, StudyRow
from hpt_bayes.reasoning.next_study.ranking_order import best_first, noted, tied
from hpt_bayes.reasoning.next_study.ranking_values import by_themselves, with_values
from hpt_bayes.reasoning.next_study.value import decision_value, study_values
from hpt_bayes.reasoning.progress import Advance
from hpt_bayes.reasoning.studies.burden import burden_parts
from hpt_bayes.reasoning.studies.information import joint_with_results, mutual_information, summed
from hpt_bayes.reasoning.studies.outcomes import Outlook, outlook, outlook_of_variable, seen_target
from hpt_bayes.reasoning.studies.study_status import StudyStatus, study_status, why_premature


def next_studies(
    model: CompiledModel,
    entered: EnteredEvidence,
    *,
    target: str | None = None,
    case: str = "",
    steps: int = 1,
    advance: Advance | None = None,
) -> Ranking:
    """Rank the studies of the model.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        target: a variable to learn about; cause and place when None.
        case: name of the case, for the result.
        steps: how far to look for what a study is worth: 1 for the study by itself, or 2 for it and the best second
            one after each result, which takes seconds.
        advance: told of each of the `value.PHASES` phases that two steps take.

    Returns:
        The ranking: the studies worth doing by index, then the others by bits.

    Raises:
        ImpossibleEvidence: when the findings cannot be true together.
        EvidenceError: for an unknown target, a foreign network without one, steps other than 1 and 2, or two steps
            where nothing is decided: a network without actions, or a target.
    """
    if type(steps) is not int or steps not in (1, 2):
        raise EvidenceError(f"expected 1 or 2 steps, found {steps!r}; case.plan looks three steps ahead")
    network = model.network
    calibrated = calibrate(model, entered)
    require_possible(model, entered, calibrated)
    problem = decision_problem(model, entered)
    asked = question(model, calibrated, target, None if problem is None else problem.of_target)
    if steps == 2 and (problem is None or asked.state is None):
        reason = f"{network.id} has no actions" if problem is None else f"{target} is no decision"
        raise EvidenceError(f"two steps ahead are valued for what to do, and {reason}; leave steps at 1")
    premature = None if network.foreign else why_premature(network, entered, target_beliefs(model, calibrated).gate)
    place = seen_target(model, entered, calibrated)
    studies = list(network.studies.values()) or _variables_as_studies(network, entered, asked)
    rows = [
        _row(model, entered, asked, open_study, joint, premature, place, problem)
        for open_study, joint in _joints(model, entered, calibrated, asked, studies)
    ]
    if steps == 2 and problem is not None:
        rows = with_values(network, rows, study_values(model, entered, calibrated, problem, premature, advance))
    else:
        rows = by_themselves(rows)
    rows = best_first(rows)
    feasible = [row for row in rows if row.feasible]
    management = network.management
    ranking = Ranking(
        case=case,
        model=identity(network),
        setting=" | ".join(entered.settings),
        target=asked.ranked_by,
        studies=tuple(rows),
        most_informative=max(feasible, key=lambda row: row.information_bits).study if feasible else None,
        cautions=study_cautions(network, entered),
        labels=labels(network, entered.settings),
        scope=network.scope,
        steps=steps,
        best_value=next((row.study for row in rows if row.worth_doing), None),
        ties=tied(rows),
        actions={} if management is None else {each.name: each.label for each in management.aimed},
    )
    return replace(ranking, studies=noted(ranking))


def usual_steps(network: Network, target: str | None, draws: int) -> int:
    """How far a ranking looks when nobody says: two steps where something is decided and the numbers are not drawn."""
    return 2 if network.management is not None and target is None and not draws else 1


def _variables_as_studies(network: Network, entered: EnteredEvidence, asked: Question) -> list[str]:
    """In a foreign network every variable that is neither observed nor asked about can be looked at."""
    observed = observed_variables(entered)
    return [name for name in network.variables if name not in observed and name not in asked.names]


def _joints(
    model: CompiledModel,
    entered: EnteredEvidence,
    calibrated: Calibrated,
    asked: Question,
    studies: Sequence[Study | str],
) -> Iterator[tuple[Outlook, NDArray[np.float64]]]:
    """Each study with P(t, x | e) over the groups of target configurations, from one pass over the tree."""
    outlooks = [
        outlook_of_variable(model, each)
        if isinstance(each, str)
        else outlook(model, entered, calibrated, each, asked.names)
        for each in studies
    ]
    scopes = [
        tuple(dict.fromkeys(name for each in view.findings for name in each.parents if name not in asked.fixed))
        for view in outlooks
    ]
    distinct = tuple(dict.fromkeys(scopes))
    target = model.axes(asked.names)
    tables: Iterator[NDArray[np.float64]]
    if len(asked.names) > 1 or not model.engine.is_leaf(target[0]):
        tables = calibrated.joints_with(target, [model.axes(scope) for scope in distinct], groups=asked.groups)
    else:
        tables = (calibrated.joint((*target, *model.axes(scope)))[:, asked.groups >= 0] for scope in distinct)
    weights = {scope: table[0] for scope, table in zip(distinct, tables, strict=True)}
    for view, scope in zip(outlooks, scopes, strict=True):
        yield view, joint_with_results(asked.fixed, asked.states, weights[scope], scope, view.findings)


def _row(
    model: CompiledModel,
    entered: EnteredEvidence,
    asked: Question,
    view: Outlook,
    joint: NDArray[np.float64],
    premature: str | None,
    place: str | None,
    problem: DecisionProblem | None,
) -> StudyRow:
    network = model.network
    flat = joint.reshape(joint.shape[0], -1)
    information = {
        name: mutual_information(summed(flat, part, int(part.max()) + 1)) for name, part in asked.parts.items()
    }
    study = view.study
    status = StudyStatus("available", ())
    if study is not None:
        status = study_status(network, entered, study, premature)
        if view.impossible and status.feasible:
            status = StudyStatus("excluded", (view.impossible,))
    rating = None
    utilities = None if problem is None or asked.state is None else problem.utilities[:, asked.state]
    if study is not None:
        ratings = {study.acr.get(setting) for setting in entered.settings}
        rating = ratings.pop() if len(ratings) == 1 else None
    return StudyRow(
        study=view.name,
        information=information,
        information_bits=information[asked.ranked_by],
        burden=None if study is None else burden_parts(network, study),
        results=_results(model, entered, asked, view, flat, problem),
        acr_rating=rating,
        status=status.status,
        feasible=status.feasible,
        reasons=status.reasons,
        order_text="" if study is None else study.order_text,
        sequence=() if study is None else tuple(rule.text for rule in study.sequence),
        place=place if study is not None and any(network.variables[name].target_of for name in study.reveals) else None,
        decision_value=None if utilities is None else decision_value(utilities, flat),
    )


def _results(
    model: CompiledModel,
    entered: EnteredEvidence,
    asked: Question,
    view: Outlook,
    joint: NDArray[np.float64],
    problem: DecisionProblem | None,
) -> tuple[StudyResult, ...]:
    """What each result would change, most probable result first; results without probability are left out."""
    names, after = view.result_names, leading(model, asked, joint)
    probabilities = joint.sum(axis=0)
    actions: dict[int, str] = {}
    if problem is not None and asked.state is not None and view.study is not None:
        look = Look(view.study, None, view.findings, "available")
        for x in np.flatnonzero(probabilities).tolist():
            _, decided = decided_after(model, entered, problem, look, x)
            actions[x] = decided.actions[int((decided.utilities[:, asked.state] @ joint[:, x]).argmax())]
    return tuple(
        StudyResult(
            result=names[x],
            probability=float(probabilities[x]),
            leading_diagnosis=after[x].diagnosis,
            leading_site=after[x].site,
            diagnosis_probability=after[x].diagnosis_probability,
            site_probability=after[x].site_probability,
            action=actions.get(int(x)),
        )
        for x in np.argsort(-probabilities, kind="stable")
        if probabilities[x] > 0
    )
