"""The calcium-PTH curve: its ends, its midpoint, its inverse, and the two ways it moves."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.clinical.casr import PthCurve
from hpt_bayes.errors import EvidenceError

CURVE = PthCurve(150.0, 10.0, 1.15, 20.0)
calcium = st.floats(min_value=0.8, max_value=1.8)


def test_ends_and_midpoint() -> None:
    assert CURVE.pth_pg_ml(1.15) == pytest.approx(80.0, abs=1e-12)
    assert CURVE.pth_pg_ml(0.5) == pytest.approx(150.0, abs=1e-4)
    assert CURVE.pth_pg_ml(5.0) == pytest.approx(10.0, abs=1e-4)


@given(calcium, calcium)
def test_more_calcium_never_means_more_pth(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert CURVE.pth_pg_ml(high) <= CURVE.pth_pg_ml(low)


@given(calcium)
def test_read_backwards(value: float) -> None:
    assert CURVE.calcium_mmol_l(CURVE.pth_pg_ml(value)) == pytest.approx(value, rel=1e-6)


@given(calcium)
def test_a_calcimimetic_lowers_pth_and_mass_raises_it(value: float) -> None:
    assert CURVE.on_calcimimetic(0.1).pth_pg_ml(value) <= CURVE.pth_pg_ml(value)
    assert CURVE.with_gland_mass(3.0).pth_pg_ml(value) == pytest.approx(3.0 * CURVE.pth_pg_ml(value), rel=1e-12)


def test_the_shift_is_a_shift() -> None:
    shifted = CURVE.on_calcimimetic(0.1)
    assert shifted.set_point_mmol_l == pytest.approx(1.05)
    assert shifted.pth_pg_ml(1.05) == pytest.approx(CURVE.pth_pg_ml(1.15), abs=1e-12)
    assert (shifted.maximum_pg_ml, shifted.minimum_pg_ml) == (150.0, 10.0)


@pytest.mark.parametrize("position", range(4))
@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf])
def test_nonsense_curves(position: int, wrong: float) -> None:
    values = [150.0, 10.0, 1.15, 20.0]
    values[position] = wrong
    with pytest.raises(EvidenceError, match="must be a positive number"):
        PthCurve(*values)


def test_refusals() -> None:
    with pytest.raises(EvidenceError, match="maximal PTH must be above minimal PTH, got 10 and 20"):
        PthCurve(10.0, 20.0, 1.15, 20.0)
    with pytest.raises(EvidenceError, match="ionized calcium must be a positive number"):
        CURVE.pth_pg_ml(0.0)
    for pth in (10.0, 150.0, math.nan):
        with pytest.raises(EvidenceError, match="expected a PTH between 10 and 150 pg/mL"):
            CURVE.calcium_mmol_l(pth)
    with pytest.raises(EvidenceError, match="mass of the glands"):
        CURVE.with_gland_mass(-1.0)
    with pytest.raises(EvidenceError, match="left shift must be a positive number"):
        CURVE.on_calcimimetic(0.0)
    with pytest.raises(EvidenceError, match=r"expected a left shift below the set point of 1\.15"):
        CURVE.on_calcimimetic(1.2)
