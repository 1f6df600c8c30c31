"""The clearance ratio against hand arithmetic, and that units cancel."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.clinical.urine import calcium_creatinine_clearance_ratio, fractional_excretion_of_calcium_percent
from hpt_bayes.errors import EvidenceError

positive = st.floats(min_value=0.01, max_value=1e4)


def test_hand_value() -> None:
    ratio = calcium_creatinine_clearance_ratio(100.0, 1000.0, 10.0, 0.8)
    assert ratio == pytest.approx(0.008, abs=1e-15)
    assert fractional_excretion_of_calcium_percent(ratio) == pytest.approx(0.8, abs=1e-12)


@given(positive, positive, positive, positive, st.floats(min_value=0.1, max_value=50))
def test_volume_cancels(
    calcium: float, creatinine: float, serum: float, serum_creatinine: float, volume: float
) -> None:
    concentrations = calcium_creatinine_clearance_ratio(calcium, creatinine, serum, serum_creatinine)
    totals = calcium_creatinine_clearance_ratio(calcium * volume, creatinine * volume, serum, serum_creatinine)
    assert totals == pytest.approx(concentrations, rel=1e-12)


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf, True])
@pytest.mark.parametrize(
    ("position", "name"), list(enumerate(["urine calcium", "urine creatinine", "serum calcium", "serum creatinine"]))
)
def test_nonsense_is_refused(position: int, name: str, wrong: float) -> None:
    values = [100.0, 1000.0, 10.0, 0.8]
    values[position] = wrong
    with pytest.raises(EvidenceError, match=f"{name} must be a positive number"):
        calcium_creatinine_clearance_ratio(*values)


def test_fractional_excretion_refuses_nonsense() -> None:
    with pytest.raises(EvidenceError, match="clearance ratio must be a positive number"):
        fractional_excretion_of_calcium_percent(0.0)
