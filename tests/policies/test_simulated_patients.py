"""Simulated patients: the model's own probabilities, and findings that follow their tables given the hidden state."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from small_management import network_with_actions

from hpt_bayes.case import Case
from hpt_bayes.engine import propagate
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.categorical import reading_correlation
from hpt_bayes.network.repeated import predictive_table
from hpt_bayes.policies.simulate import simulate
from hpt_bayes.policies.simulated import SimulatedPatients
from hpt_bayes.reasoning.compiled import engine_evidence
from hpt_bayes.reasoning.varying.drawn_models import drawn_models
from hpt_bayes.reasoning.varying.draws import draw_numbers

N = 20_000
SURE = 5.0
"""Standard errors a frequency may be off: one of a thousand right ones fails with a chance below one in a thousand."""


def close(found: NDArray[np.float64], expected: NDArray[np.float64], n: float) -> None:
    allowed = SURE * np.sqrt(expected * (1 - expected) / n) + 1e-9
    assert (np.abs(found - expected) <= allowed).all(), (found, expected)


@pytest.fixture(scope="module")
def patients() -> SimulatedPatients:
    return simulate(N, "persistent", 3, False, network_with_actions())


def test_frequencies_are_the_exact_probabilities_given_setting_and_case_definition(
    patients: SimulatedPatients,
) -> None:
    case = Case(network_with_actions(), "persistent")
    answer = case.posterior()
    core = patients.model.core
    for name in core.variables:
        states = core.variables[name].states
        found = np.bincount(patients.states[name], minlength=len(states)) / N
        close(found, np.array([answer.variables[name][state] for state in states]), N)
    close(patients.diagnoses.mean(axis=0), np.array(list(answer.diagnoses.values())), N)
    assert (patients.states["calcium_case_definition"] == 0).all()


def test_cause_and_place_go_together_as_in_the_model(patients: SimulatedPatients) -> None:
    model = patients.model
    joint = propagate(model.engine, engine_evidence(model, Case(model.network, "persistent").evidence))
    names = ("lesion", "gland_site")
    expected = joint.joint(model.axes(names))[0].reshape(-1)
    at = np.ravel_multi_index(tuple(patients.states[name] for name in names), model.cards(names))
    close(np.bincount(at, minlength=len(expected)) / N, expected, N)


def test_a_setting_without_case_definition_does_not_meet_one() -> None:
    found = simulate(2000, "first_time", 0, False, network_with_actions())
    assert 0 < (found.states["calcium_case_definition"] == 1).mean() < 1


def test_patients_of_one_version_follow_that_version_of_the_numbers() -> None:
    network = network_with_actions()
    found = simulate(N, "persistent", 5, True, network, versions=1)
    case = Case(network, "persistent")
    values = draw_numbers(network, network.variables, 1, 5)
    ((drawn, entered),) = drawn_models(found.model, case.evidence, values)
    calibrated = propagate(drawn.engine, engine_evidence(drawn, entered))
    for name in ("lesion", "gland_site", "usual_calcium", "scan", "gene"):
        expected = calibrated.marginal(drawn.axis[name])[0]
        close(np.bincount(found.states[name], minlength=len(expected)) / N, expected, N)
        mean = np.array(list(case.posterior().variables[name].values()))
        assert np.abs(mean - expected).max() > 1e-4
    table = drawn.network.target_tables["cytology"]
    place = found.model.kept["gland_site"][found.states["gland_site"]]
    np.testing.assert_allclose(found.at_places["cytology"], table[:, place].transpose(1, 0, 2), atol=1e-12)


def test_each_patient_has_a_version_of_its_own_unless_told_otherwise() -> None:
    network = network_with_actions()
    assert len(set(simulate(30, "persistent", 0, True, network).version.tolist())) == 30
    assert np.bincount(simulate(30, "persistent", 0, True, network, versions=7).version).tolist() == [
        5,
        5,
        4,
        4,
        4,
        4,
        4,
    ]
    assert simulate(5, "persistent", 0, False, network).version.tolist() == [0] * 5


def rows_in_one_state(patients: SimulatedPatients, finding: str) -> NDArray[np.int64]:
    """Patients in the most frequent configuration of the parents."""
    core = patients.model.core
    parents = core.variables[finding].parents
    at = np.ravel_multi_index(
        tuple(patients.states[name] for name in parents), [core.variables[n].size for n in parents]
    )
    return np.flatnonzero(at == np.bincount(at).argmax())


@pytest.mark.parametrize("finding", ["scan", "gene", "adjusted_calcium", "pth"])
def test_a_second_reading_follows_the_model_of_repeated_readings(patients: SimulatedPatients, finding: str) -> None:
    rows = rows_in_one_state(patients, finding)
    variable = patients.model.core.variables[finding]
    table = patients.chances[finding][rows[0]]
    first, second = patients.reveal(finding, rows), patients.reveal(finding, rows, reading=2)
    close(np.bincount(first, minlength=variable.size) / len(rows), table, len(rows))
    likely = int(table.argmax())
    there = second[first == likely]
    rho = reading_correlation(variable) or 0.0
    expected = predictive_table(table, [np.eye(variable.size)[likely]], rho)
    close(np.bincount(there, minlength=variable.size) / len(there), expected, len(there))


def test_aspirates_are_correlated_at_one_place_and_independent_between_places(patients: SimulatedPatients) -> None:
    network = patients.model.network
    places = network.variables["gland_site"].states
    rows = np.flatnonzero(patients.states["gland_site"] == places.index("left_inferior"))
    table = network.target_tables["cytology"][places.index("left_inferior"), places.index("left_inferior")]
    first = patients.reveal("cytology", rows, site="left_inferior")
    close(np.bincount(first, minlength=2) / len(rows), table, len(rows))
    rho = reading_correlation(network.variables["cytology"]) or 0.0
    again = patients.reveal("cytology", rows, reading=2, site="left_inferior")[first == 0]
    close(
        np.bincount(again, minlength=2) / len(again), predictive_table(table, [np.array([1.0, 0.0])], rho), len(again)
    )
    other = patients.reveal("cytology", rows, site="left_superior")[first == 0]
    away = network.target_tables["cytology"][places.index("left_superior"), places.index("left_inferior")]
    close(np.bincount(other, minlength=2) / len(other), away, len(other))


def test_facts_never_change_and_the_same_question_has_the_same_answer(patients: SimulatedPatients) -> None:
    for finding in ("age", "histology", "thyroid_nodules"):
        assert (patients.reveal(finding) == patients.reveal(finding, reading=2)).all()
        assert (patients.reveal(finding) == patients.states[finding]).all()
    some = np.array([5, 17, 400])
    whole = patients.reveal("scan", reading=2)
    patients.reveal("gene")
    assert (patients.reveal("scan", some, reading=2) == whole[some]).all()
    assert (patients.first(500).reveal("scan", some, reading=1) == patients.first(500).reveal("scan")[some]).all()


def test_the_first_patients_show_what_they_show_among_all(patients: SimulatedPatients) -> None:
    few = patients.first(40)
    assert len(few) == 40
    assert (few.reveal("scan") == patients.reveal("scan")[:40]).all()


def test_the_seed_decides() -> None:
    network = network_with_actions()
    one, same, other = (simulate(200, "persistent", seed, True, network, versions=4) for seed in (1, 1, 2))
    assert all((one.states[name] == same.states[name]).all() for name in one.states)
    assert any((one.states[name] != other.states[name]).any() for name in one.states)
    assert (one.reveal("scan", reading=2) == same.reveal("scan", reading=2)).all()


def test_the_truth_is_shown_and_read_only(patients: SimulatedPatients) -> None:
    few = patients.first(3)
    told = json.loads(json.dumps(few.to_dict()))
    assert [each["gland_site"] for each in told["patients"]] == list(few.site)
    assert few.to_frame().shape == (3, 2 + len(few.model.targets.diagnosis_names))
    assert "simulated patients" in few.blocks()[0].title
    assert "<table" in few._repr_html_()
    with pytest.raises(ValueError, match="read-only"):
        patients.states["lesion"][0] = 1


def test_progress_counts_every_patient() -> None:
    seen: list[int] = []
    simulate(50, "persistent", 0, True, network_with_actions(), versions=45, advance=seen.append)
    assert sum(seen) == 50
    assert len(seen) > 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 0}, "n: expected a whole number of 1 or more, found 0"),
        ({"n": 2.5}, "n: expected a whole number of 1 or more, found 2.5"),
        ({"n": 10**9}, "n: expected at most 1,000,000, found 1000000000"),
        ({"seed": -1}, "seed: expected a whole number of 0 or more, found -1"),
        ({"versions": 0}, "versions: expected a whole number of 1 or more, found 0"),
        ({"setting": "persistant"}, "unknown setting 'persistant'.*persistent"),
    ],
)
def test_what_cannot_be_simulated_is_refused(change: dict[str, object], message: str) -> None:
    asked = {"n": 5, "setting": "persistent", "network": network_with_actions(), **change}
    with pytest.raises(EvidenceError, match=message):
        simulate(**asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"finding": "scann"}, "unknown finding 'scann'.*scan"),
        ({"finding": "scan", "reading": 0}, "a reading from 1, found 0"),
        ({"finding": "scan", "site": "left_inferior"}, "not about one place"),
        ({"finding": "cytology"}, "cytology needs the punctured site"),
        ({"finding": "cytology", "site": "left_inferiour"}, "left_inferior"),
    ],
)
def test_what_cannot_be_revealed_is_refused(
    patients: SimulatedPatients, asked: dict[str, object], message: str
) -> None:
    with pytest.raises(EvidenceError, match=message):
        patients.reveal(**asked)  # type: ignore[arg-type]


def test_a_case_definition_that_nobody_meets_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hpt_bayes.policies.simulate._ROUNDS", 1)
    with pytest.raises(EvidenceError, match="no patient of persistent met the case definition in 1 draws"):
        simulate(500, "persistent", 0, False, network_with_actions())


def test_a_network_without_settings_has_no_patients() -> None:
    foreign = replace(network_with_actions(), settings={})
    with pytest.raises(EvidenceError, match="has no settings, so no patients"):
        simulate(5, "persistent", 0, False, foreign)
