"""What two studies would show together equals observing both results in the ordinary engine, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from packaged import network as packaged_network
from small_model import small_network

from hpt_bayes.case import Case, read_case
from hpt_bayes.engine import propagate
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, compile_model, engine_evidence
from hpt_bayes.reasoning.deciding.utility import DecisionProblem
from hpt_bayes.reasoning.lookahead.lookahead import Lookahead, decision_labels, lookahead
from hpt_bayes.reasoning.lookahead.looks import open_looks, result_factors
from hpt_bayes.reasoning.lookahead.observing import all_results, observed
from hpt_bayes.reasoning.studies.information import results_given

CLOSE = 1e-10


def problem(model: CompiledModel, states: int = 5, actions: int = 4) -> DecisionProblem:
    """Utilities and states at random, over all configurations of the targets."""
    random = np.random.default_rng(7)
    size = int(np.prod(model.cards(model.targets.variables)))
    names = tuple(f"action {i}" for i in range(actions)), tuple(f"state {i}" for i in range(states))
    return DecisionProblem(
        *names, random.random((actions, states)), random.integers(0, states, size), indication="met", risk="first"
    )


def ahead_of(case: Case) -> tuple[CompiledModel, Lookahead]:
    model = compile_model(case.facts.network, case.facts.settings)
    calibrated = calibrate(model, case.evidence)
    looks = open_looks(model, case.evidence, calibrated, None)
    labels = decision_labels(model, calibrated, problem(model))
    return model, lookahead(model, case.evidence, calibrated, labels, looks)


def observed_pair(model: CompiledModel, case: Case, ahead: Lookahead, first: int, second: int) -> NDArray[np.float64]:
    """P(u, x, y | e) by entering x as evidence, one result after the other."""
    one = ahead.looks[first]
    other = ahead.looks[second].without(one.reveals)
    base = engine_evidence(model, case.evidence)
    now = propagate(model.engine, base).log_evidence[0]
    labels = ahead.labels.of_target
    found = np.zeros((len(ahead.labels), one.size, 1 if other is None else other.size))
    for x in range(one.size):
        after = replace(base, factors=(*base.factors, *result_factors(model, one, x)))
        told = propagate(model.engine, after)
        if np.isneginf(told.log_evidence[0]):
            continue
        for y in range(found.shape[2]):
            extra = () if other is None else result_factors(model, other, y)
            twice = propagate(model.engine, replace(after, factors=(*after.factors, *extra)))
            share = np.exp(twice.log_evidence[0] - now)
            joint = twice.joint(model.axes(model.targets.variables))[0].reshape(-1)
            found[:, x, y] = share * np.bincount(labels[labels >= 0], joint[labels >= 0], minlength=len(found))
    return found


SMALL: dict[str, Callable[[], Case]] = {
    "nothing known": lambda: Case(small_network(), "first_time"),
    "after an operation": lambda: Case(small_network(), "persistent").observe("pth", "high"),
    "a scan done": lambda: Case(small_network(), "persistent").observe("scan", "negative"),
}


@pytest.fixture(params=list(SMALL))
def small(request: pytest.FixtureRequest) -> Case:
    return SMALL[request.param]()


def test_every_pair_of_the_small_model_is_what_observing_it_gives(small: Case) -> None:
    model, ahead = ahead_of(small)
    for first in range(len(ahead.looks)):
        for second in range(len(ahead.looks)):
            if first != second:
                expected = observed_pair(model, small, ahead, first, second)
                assert ahead.pair(first, second) == pytest.approx(expected, abs=CLOSE)


def test_single_results_and_the_present_are_margins_of_the_pairs(small: Case) -> None:
    _, ahead = ahead_of(small)
    assert ahead.now.sum() == pytest.approx(1.0, abs=CLOSE)
    for number in range(len(ahead.looks)):
        single = ahead.single[:, ahead.results_of(number)]
        assert single.sum(axis=1) == pytest.approx(ahead.now, abs=CLOSE)
        other = (number + 1) % len(ahead.looks)
        assert ahead.pair(number, other).sum(axis=2) == pytest.approx(single, abs=CLOSE)


def test_the_best_after_pairs_is_the_best_of_each_pair(small: Case) -> None:
    _, ahead = ahead_of(small)
    worth = ahead.best_after_pairs()
    for first in range(len(ahead.looks)):
        for second in range(len(ahead.looks)):
            joint = ahead.single[:, ahead.results_of(first), None] if first == second else ahead.pair(first, second)
            best = np.einsum("au,uxy->axy", ahead.labels.utilities, joint).max(axis=0).sum(axis=1)
            assert worth[ahead.results_of(first), second] == pytest.approx(best, abs=CLOSE)


PAIRS = {
    "persistent-after-failed-exploration": [
        ("ct_4d", "ionized_calcium"),
        ("ionized_calcium", "alkaline_phosphatase"),
        ("fhh_panel", "urine_collection_24h"),
        ("palpable_neck_mass", "vitamin_d_125"),
        ("men1_gene", "hereditary_panel"),
        ("family_history_hypercalcemia", "relatives_calcium"),
    ],
    "renal-secondary-first-imaging": [
        ("symptoms", "ultrasound"),
        ("nephrolithiasis", "vitamin_d_125"),
        ("magnesium", "egfr"),
        ("nephrolithiasis", "urine_collection_24h"),
    ],
}


@pytest.mark.parametrize("name", PAIRS)
def test_sampled_pairs_of_the_packaged_model_are_what_observing_them_gives(name: str) -> None:
    case = read_case(name, packaged_network())
    model, ahead = ahead_of(case)
    for one, other in PAIRS[name]:
        first, second = ahead.position(one), ahead.position(other)
        found = ahead.pair(first, second)
        assert found == pytest.approx(observed_pair(model, case, ahead, first, second), abs=CLOSE), (one, other)


TOGETHER = {
    "persistent-after-failed-exploration": [
        "ct_4d",
        "mri_contrast",
        "ionized_calcium",
        "alkaline_phosphatase",
        "men1_gene",
    ],
    "renal-secondary-first-imaging": ["ultrasound", "symptoms", "nephrolithiasis", "egfr", "sestamibi_spect_ct"],
}


@pytest.mark.parametrize("name", TOGETHER)
def test_joint_results_of_many_studies_are_what_observing_them_gives(name: str) -> None:
    case = read_case(name, packaged_network())
    model, ahead = ahead_of(case)
    numbers = [ahead.position(each) for each in TOGETHER[name]]
    looks = [ahead.looks[number] for number in numbers]
    some = np.random.default_rng(1).integers(0, [look.size for look in looks], (30, len(looks)))
    found = ahead.chosen(numbers, some)
    labels = np.maximum(ahead.labels.of_target, 0)
    for start, chance, targets in observed(model, case.evidence, looks, some):
        joint = np.array([np.bincount(labels, row, minlength=len(found)) for row in chance[:, None] * targets])
        np.testing.assert_allclose(found[:, start : start + len(chance)], joint.T, rtol=0, atol=CLOSE)


def test_all_joint_results_are_the_chosen_ones_in_order(small: Case) -> None:
    _, ahead = ahead_of(small)
    numbers = [number for number in range(len(ahead.looks)) if ahead.looks[number].size < 20][:3]
    looks = [ahead.looks[number] for number in numbers]
    whole = ahead.joint(numbers)
    np.testing.assert_allclose(
        whole, ahead.chosen(numbers, all_results([look.size for look in looks])), rtol=0, atol=CLOSE
    )
    np.testing.assert_allclose(whole.sum(axis=1), ahead.now, rtol=0, atol=CLOSE)
    assert ahead.joint([]) == pytest.approx(ahead.now[:, None], abs=CLOSE)
    back = ahead.joint(numbers[::-1]).reshape(-1, *(look.size for look in reversed(looks)))
    np.testing.assert_allclose(back.transpose(0, 3, 2, 1).reshape(whole.shape), whole, rtol=0, atol=CLOSE)


def test_a_look_without_its_findings_is_nothing() -> None:
    _, ahead = ahead_of(Case(small_network(), "first_time"))
    look = ahead.looks[0]
    assert look.without(look.study.reveals) is None


def test_a_look_forgets_findings_one_after_the_other() -> None:
    _, ahead = ahead_of(Case(small_network(), "first_time"))
    look = next(each for each in ahead.looks if len(each.reveals) > 1)
    first, *others = look.reveals
    left = look.without([first])
    assert left is not None
    assert (left.reveals, left.findings) == (tuple(others), look.findings[1:])
    assert left.without([first]) is not None
    assert left.without(others) is None


def test_no_finding_has_one_result() -> None:
    assert results_given({}, (), (), ()).shape == (1, 1)
