"""The split of the published failure returns the published figures."""

from __future__ import annotations

import pytest
from scipy import stats

from hpt_bayes.clinical.ablation import SHARE_HIGH, ablation_outcome
from hpt_bayes.errors import EvidenceError


def odds(p: float) -> float:
    return p / (1.0 - p)


def test_both_groups_return_the_published_total_and_odds_ratio() -> None:
    low, high = ablation_outcome(1605.9).at_target.value, ablation_outcome(1606.0).at_target.value
    assert (1.0 - SHARE_HIGH) * low + SHARE_HIGH * high == pytest.approx(89 / 102, abs=1e-12)
    assert odds(1.0 - high) / odds(1.0 - low) == pytest.approx(5.1, abs=1e-9)
    assert low == pytest.approx(0.91, abs=0.005)
    assert high == pytest.approx(0.67, abs=0.01)


def test_intervals_hold_the_estimate_and_the_high_group_is_less_known() -> None:
    low, high = ablation_outcome(400.0), ablation_outcome(2500.0)
    for outcome in (low, high):
        for part in (outcome.at_target, outcome.severe_hypocalcemia, outcome.persistent_palsy):
            assert 0.0 < part.lower < part.value < part.upper < 1.0
    assert high.at_target.upper - high.at_target.lower > low.at_target.upper - low.at_target.lower
    assert (low.high_pth, high.high_pth) == (False, True)
    assert ablation_outcome(2500.0) == high, "the draws are seeded"


def test_complications_are_the_published_counts() -> None:
    outcome = ablation_outcome(800.0)
    assert outcome.severe_hypocalcemia.value == pytest.approx(0.284, abs=0.0005)
    assert outcome.persistent_palsy.value == pytest.approx(0.0098, abs=0.0001)
    jeffreys = stats.beta(29.5, 73.5)
    assert outcome.severe_hypocalcemia.lower == pytest.approx(jeffreys.ppf(0.05), abs=1e-10)
    assert outcome.severe_hypocalcemia.upper == pytest.approx(jeffreys.ppf(0.95), abs=1e-10)


def test_refusal() -> None:
    with pytest.raises(EvidenceError, match="PTH before the ablation must be a positive number in pg/mL"):
        ablation_outcome(-5.0)
