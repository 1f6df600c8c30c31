"""A trial in which patients share what was computed is the same as asking for every patient alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from small_management import network_with_actions
from small_model import small_network

from hpt_bayes.case import Case
from hpt_bayes.errors import EvidenceError
from hpt_bayes.policies.builtin import everything, greedy_index, greedy_information, nothing, two_step_plan
from hpt_bayes.policies.simulate import simulate
from hpt_bayes.policies.simulated import SimulatedPatients
from hpt_bayes.policies.trial import Trial
from hpt_bayes.policies.view import View
from hpt_bayes.reasoning.deciding.utility import decision_problem
from hpt_bayes.reasoning.studies.burden import burden_together
from hpt_bayes.reasoning.studies.outcomes import distinguished, seen_target

MOST = 3


def alone(patients: SimulatedPatients, row: int) -> tuple[Case, list[str]]:
    """One patient, one case, no sharing: the most informative feasible study until there are enough."""
    network = patients.model.network
    case, done = Case(network, patients.setting), []
    while len(done) < MOST:
        rows = [each for each in case.next_studies(steps=1).studies if each.feasible and each.study not in done]
        if not rows:
            break
        best = max(rows, key=lambda each: each.information_bits)
        if best.information_bits <= 0:
            break
        done.append(best.study)
        reveals, place = network.studies[best.study].reveals, None
        if any(network.variables[name].target_of for name in reveals):
            place = seen_target(patients.model, case.evidence, _calibrated(case))
        for finding in reveals:
            variable = patients.model.core.variables[finding]
            told = network.variables[finding].target_of is not None
            at = int(patients.reveal(finding, np.array([row]), site=place if told else None)[0])
            states = [variable.states[at]]
            if variable.edges is not None:
                members = next(inside for inside in distinguished(variable)[1] if at in inside)
                states = [variable.states[each] for each in members]
            site = {"site": place} if told else {}
            case = case.observe(finding, any_of=states, **site)  # type: ignore[arg-type]
    return case, done


def _calibrated(case: Case):  # type: ignore[no-untyped-def]
    from hpt_bayes.reasoning.compiled import calibrate, compile_model

    return calibrate(compile_model(case.facts.network, case.facts.settings), case.evidence)


@pytest.fixture(scope="module")
def patients() -> SimulatedPatients:
    return simulate(25, "persistent", 2, True, network_with_actions(), versions=5)


def test_shared_computation_equals_every_patient_alone(patients: SimulatedPatients) -> None:
    model = patients.model
    found = Trial(model, "persistent", MOST).run(greedy_information, patients, limited=True)
    places = model.core.variables["gland_site"].states
    ordered: Counter[str] = Counter()
    for row in range(len(patients)):
        case, done = alone(patients, row)
        ordered.update(done)
        answer, decision = case.posterior(), case.decide()
        true = dict(zip(model.targets.diagnosis_names, patients.diagnoses[row], strict=True))
        assert answer.leading_diagnosis is not None
        assert decision.advice is not None
        values = {name: float(each[row]) for name, each in found.measures.items()}
        assert values["studies"] == len(done)
        assert values["diagnosis"] == true[answer.leading_diagnosis]
        leading = max(answer.gland_site, key=lambda name: answer.gland_site[name])
        assert values["site"] == (leading == patients.site[row])
        approach = model.network.sites[patients.site[row]].approach
        assert values["approach"] == (next(iter(answer.approaches)) == approach)
        problem = decision_problem(model, case.evidence)
        assert problem is not None
        at = tuple(patients.states[name][row] for name in model.targets.variables)
        state = problem.of_target[np.ravel_multi_index(at, model.cards(model.targets.variables))]
        worth = problem.utilities[:, state]
        got = worth[problem.actions.index(decision.advice)]
        assert values["utility"] == pytest.approx(got, abs=1e-12)
        assert values["best_action"] == (got >= worth.max() - decision.near_tie)
        burden = burden_together(model.network, [model.network.studies[name] for name in done])
        assert values["net_utility"] == pytest.approx(got - burden, abs=1e-12)
        prices = [model.network.studies[name].burden.cost_usd for name in done]
        assert values["cost_usd"] == sum(each.value for each in prices if each is not None)
    assert found.ordered == pytest.approx({name: count / len(patients) for name, count in ordered.items()})
    assert places  # the model has places


def test_a_policy_is_asked_once_for_everything_that_can_be_known(patients: SimulatedPatients) -> None:
    seen: list[View] = []

    def watched(view: View) -> str | None:
        seen.append(view)
        return everything(view)

    trial = Trial(patients.model, "persistent", MOST)
    first = trial.run(watched, patients)
    asked = len(seen)
    assert asked == len(set(seen))
    assert asked < sum(first.measures["studies"]) + len(patients)
    again = trial.run(watched, patients)
    assert len(seen) == asked
    assert all((first.measures[name] == again.measures[name]).all() for name in first.measures)


def test_nothing_orders_nothing_and_everything_orders_all_that_can_be(patients: SimulatedPatients) -> None:
    trial = Trial(patients.model, "persistent", 1)
    none, every = trial.run(nothing, patients), trial.run(everything, patients)
    assert none.measures["studies"].max() == 0
    assert none.ordered == {}
    assert (none.measures["utility"] == none.measures["net_utility"]).all()
    studies = set(patients.model.network.studies)
    assert set(every.ordered) == studies
    assert {name for name, share in every.ordered.items() if share == pytest.approx(1)} >= studies - {
        "washout", "cytology", "gene",
    }  # fmt: skip


def test_limits_hold_and_planning_policies_stop_by_themselves(patients: SimulatedPatients) -> None:
    few = patients.first(5)
    trial = Trial(patients.model, "persistent", 1)
    assert trial.run(greedy_information, few, limited=True).measures["studies"].max() == 1
    for policy in (greedy_index, two_step_plan):
        assert trial.run(policy, few).measures["studies"].max() < len(patients.model.network.studies)


def test_policies_choose_by_the_rankings_of_one_and_two_steps(patients: SimulatedPatients) -> None:
    view, case = View(patients.model, "persistent"), Case(patients.model.network, "persistent")
    ranking = case.next_studies(steps=1)
    assert greedy_information(view) == ranking.most_informative
    worth = [row for row in ranking.studies if row.feasible and row.net_value is not None and row.net_value > 0]
    assert greedy_index(view) == max(worth, key=lambda row: row.index or 0.0, default=None).study
    rows = [row for row in case.next_studies(steps=2).studies if row.feasible and (row.net_value or 0.0) > 0]
    assert two_step_plan(view) == max(rows, key=lambda row: row.net_value or 0.0).study


def test_a_model_without_actions_has_no_utility_and_its_studies_no_value() -> None:
    found = simulate(10, "persistent", 0, False, small_network())
    trial = Trial(found.model, "persistent", 2)
    assert set(trial.run(nothing, found).measures) == {
        "diagnosis",
        "site",
        "approach",
        "studies",
        "cost_usd",
        "dose_msv",
    }
    with pytest.raises(EvidenceError, match="small has no actions, so its studies have no value"):
        trial.run(greedy_index, found)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (lambda view: "scann", "the policy ordered 'scann'.*scan"),
        (lambda view: "scan", "ordered scan, which was done already"),
        (lambda view: "cytology", "ordered cytology, which cannot be ordered in this patient"),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_refused(
    patients: SimulatedPatients, order: object, message: str
) -> None:
    with pytest.raises(EvidenceError, match=message):
        Trial(patients.model, "persistent", 2).run(order, patients)  # type: ignore[arg-type]


def test_progress_counts_every_patient(patients: SimulatedPatients) -> None:
    seen: list[int] = []
    trial = Trial(patients.model, "persistent", 2)
    trial.run(nothing, patients, advance=seen.append)
    trial.run(nothing, patients, advance=seen.append)
    assert sum(seen) == 2 * len(patients)
