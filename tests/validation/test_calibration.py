"""Calibration on patients whose truth is known, and drawing them from the small model."""

from __future__ import annotations

import numpy as np
import pytest
from enumerated import Enumerated
from small_model import small_network

from hpt_bayes.evidence.interpret import interpret
from hpt_bayes.reasoning.compiled import compile_model
from hpt_bayes.validation.calibration import brier, calibration, leading, reliability
from hpt_bayes.validation.simulated import SimulatedPatients, ancestral, simulate_patients
from hpt_bayes.validation.targets import Simulation

TRUTH = np.array([[True, False, True], [False, True, False], [True, False, False]])
PREDICTED = np.array([[0.6, 0.3, 0.995], [0.7, 0.2, 0.0], [0.1, 0.45, 0.3]])
PATIENTS = SimulatedPatients(
    ("a", "b", "q"), np.array([True, True, False]), ("x", "x", "y"), TRUTH, PREDICTED, np.array([0.5, 0.25, 0.125])
)
PLAN = Simulation(
    settings=("persistent", "first_time"), patients=40, seed=7, findings=("gene", "scan", "adjusted_calcium")
)


def test_the_brier_score_by_hand() -> None:
    wanted = (
        sum((p - t) ** 2 for row, true in zip(PREDICTED, TRUTH, strict=True) for p, t in zip(row, true, strict=True))
        / 3
    )
    assert brier(PREDICTED, TRUTH) == pytest.approx(wanted)


def test_a_qualifier_does_not_lead() -> None:
    assert leading(PATIENTS).tolist() == [0, 0, 1]


def test_scores_by_setting() -> None:
    found = calibration(PATIENTS, ("f",), 1)
    first, second = found.scores
    assert (first.setting, first.patients, first.right) == ("x", 2, 0.5)
    assert (second.setting, second.patients, second.right) == ("y", 1, 0.0)
    assert first.log_score == pytest.approx((np.log(2) + np.log(4)) / 2)
    assert second.expected_brier == pytest.approx(0.1 * 0.9 + 0.45 * 0.55 + 0.3 * 0.7)
    assert set(found.confusion) == {("a", "a", 1), ("a", "b", 1), ("b", "a", 1)}
    assert found.to_dict()["bins"]
    assert len(found.blocks()) == 3


def test_reliability_puts_the_ends_into_their_bins() -> None:
    found = reliability(np.array([0.0, 0.009, 0.01, 0.95, 1.0]), np.array([False, False, True, True, True]))
    assert [(each.low, each.answers) for each in found] == [(0.0, 2), (0.01, 1), (0.9, 2)]
    assert found[0].predicted == pytest.approx(0.0045)
    assert found[2].observed == 1


def test_drawn_patients_have_the_frequencies_of_the_network() -> None:
    network = small_network()
    core = compile_model(network, ("persistent",)).core
    drawn = ancestral(core, 40_000, np.random.default_rng(3))
    oracle = Enumerated.of(network, interpret(network, ("persistent",), retracted=("case_definition",)))
    for name in ("lesion", "scan", "usual_calcium", "family_history", "pth"):
        shares = np.bincount(drawn[name], minlength=core.variables[name].size) / 40_000
        assert shares == pytest.approx(oracle.joint(name)[: len(shares)], abs=0.012), name


def test_simulated_patients_are_confirmed_known_and_answered() -> None:
    told: list[int] = []
    found = simulate_patients(small_network(), PLAN, told.append)
    assert found.settings == ("persistent",) * 40 + ("first_time",) * 40
    assert found.truth.shape == found.predicted.shape == (80, 5)
    assert sum(told) == 80
    assert ((found.vectors > 0) & (found.vectors <= 1 + 1e-12)).all()
    again = simulate_patients(small_network(), PLAN)
    assert np.array_equal(found.predicted, again.predicted)
    other = simulate_patients(small_network(), PLAN.model_copy(update={"seed": 8}))
    assert not np.array_equal(found.predicted, other.predicted)


def test_exact_answers_are_calibrated() -> None:
    plan = PLAN.model_copy(update={"patients": 400})
    found = simulate_patients(small_network(), plan)
    for column, name in enumerate(found.diagnosis_names):
        off = float((found.predicted[:, column] - found.truth[:, column]).mean())
        sd = float(np.sqrt((found.predicted[:, column] * (1 - found.predicted[:, column])).sum())) / 800
        assert abs(off) < 4 * sd + 1e-9, name
