"""Means with intervals that allow for patients of one version of the numbers."""

from __future__ import annotations

import numpy as np
import pytest

from hpt_bayes.errors import EvidenceError
from hpt_bayes.policies.estimates import Estimate, estimate, independent


def test_a_share_of_independent_patients_has_the_interval_of_wilson() -> None:
    values = np.repeat([1.0, 0.0], [15, 5])
    found = estimate(values, np.arange(20), share=True)
    # scipy.stats.binomtest(15, 20).proportion_ci(method="wilson") is 0.5313, 0.8881; one degree of freedom is spent
    assert found.mean == 0.75
    assert found.low == pytest.approx(0.5313, abs=0.01)
    assert found.high == pytest.approx(0.8881, abs=0.01)


def test_a_share_of_one_is_not_certain() -> None:
    found = estimate(np.ones(50), np.arange(50), share=True)
    assert found.high == 1.0
    assert found.low == pytest.approx(1 / (1 + 1.959963984540054**2 / 50), abs=1e-12)
    assert found.low < estimate(np.ones(500), np.arange(500), share=True).low  # type: ignore[operator]


def test_a_mean_of_independent_patients_has_the_usual_interval() -> None:
    values = np.array([1.0, 2.0, 4.0, 9.0])
    half = 1.959963984540054 * values.std(ddof=1) / 2
    found = estimate(values, np.arange(4))
    assert (found.mean, found.low, found.high) == pytest.approx((4.0, 4.0 - half, 4.0 + half))


@pytest.mark.parametrize("share", [False, True])
def test_copies_of_a_patient_tell_nothing_new(share: bool) -> None:
    values = np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    once = estimate(values, np.arange(5), share=share)
    often = estimate(np.repeat(values, 7), np.repeat(np.arange(5), 7), share=share)
    assert (often.low, often.high) == pytest.approx((once.low, once.high), abs=1e-12)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        chance = random.beta(6, 2, 40)
        groups = np.repeat(np.arange(40), 5)
        found = estimate((random.random(200) < chance[groups]).astype(float), groups, share=True)
        held += found.low <= 0.75 <= found.high  # type: ignore[operator]
    assert 0.91 <= held / 400 <= 0.99


def test_one_group_has_no_interval() -> None:
    assert estimate(np.array([1.0, 0.0]), np.array([3, 3])) == Estimate(0.5, None, None)


def test_drawn_patients_go_together_and_those_of_the_model_do_not() -> None:
    version = np.array([0, 1, 0])
    assert independent(version, True).tolist() == [0, 1, 0]
    assert independent(version, False).tolist() == [0, 1, 2]


@pytest.mark.parametrize("groups", [0, 3])
def test_patients_without_groups_are_refused(groups: int) -> None:
    with pytest.raises(EvidenceError, match="expected patients with a group each"):
        estimate(np.zeros(0 if groups == 0 else 2), np.zeros(groups, dtype=np.int64))
