"""Scores of committed probabilities against hand calculations; an honest report has the best expected score."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.errors import EvidenceError
from hpt_bayes.teaching.scoring import LEAST, score


def test_scores_by_hand() -> None:
    found = score({"a": 0.8, "b": 0.3}, {"a"})
    assert found.log == pytest.approx(-(math.log(0.8) + math.log(0.7)) / 2, abs=1e-15)
    assert found.brier == pytest.approx((0.04 + 0.09) / 2, abs=1e-15)
    assert found.to_dict() == {"log": found.log, "brier": found.brier}


def test_even_odds_on_every_row_score_ln_2_and_a_quarter() -> None:
    found = score(dict.fromkeys("abcd", 0.5), {"b", "not asked about"})
    assert (found.log, found.brier) == pytest.approx((math.log(2), 0.25), abs=1e-15)


def test_a_wrong_certainty_costs_much_but_not_without_end() -> None:
    found = score({"a": 1.0}, ())
    assert found.log == pytest.approx(-math.log(LEAST), abs=1e-12)
    assert found.brier == pytest.approx((1 - LEAST) ** 2, abs=1e-12)
    assert score({"a": 0.0}, ()).log == pytest.approx(-math.log(1 - LEAST), abs=1e-12)


@given(honest=st.floats(0, 1), told=st.floats(0, 1), other=st.floats(0, 1))
def test_honesty_has_the_best_expected_score(honest: float, told: float, other: float) -> None:
    def expected(report: float) -> tuple[float, float]:
        true, false = (score({"a": report, "b": other}, rows) for rows in ({"a"}, ()))
        return (
            honest * true.log + (1 - honest) * false.log,
            honest * true.brier + (1 - honest) * false.brier,
        )

    for best, any_other in zip(expected(honest), expected(told), strict=True):
        assert best <= any_other + 1e-12


@given(honest=st.floats(LEAST, 1 - LEAST), told=st.floats(LEAST, 1 - LEAST))
def test_dishonesty_costs(honest: float, told: float) -> None:
    """The Brier score of a report r where q is honest is q(1 - q) + (r - q)^2."""
    brier = [
        honest * score({"a": each}, {"a"}).brier + (1 - honest) * score({"a": each}, ()).brier
        for each in (honest, told)
    ]
    assert brier[1] - brier[0] == pytest.approx((told - honest) ** 2, abs=1e-12)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan])
def test_refuses_what_is_no_probability(wrong: float) -> None:
    with pytest.raises(EvidenceError, match="expected a probability between 0 and 1 for a, found"):
        score({"a": wrong}, ())


def test_refuses_nothing() -> None:
    with pytest.raises(EvidenceError, match="at least one probability"):
        score({}, ())
