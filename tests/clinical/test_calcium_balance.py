"""The balance of calcium: it rests where it is in balance, nothing is lost, and it moves the right way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import simpson

from hpt_bayes.clinical.calcium_balance import CalciumBalance
from hpt_bayes.errors import EvidenceError

HEALTHY = CalciumBalance()


def with_mass(times: float) -> CalciumBalance:
    """Glands of several times the mass, everything else as in health."""
    return replace(HEALTHY, curve=HEALTHY.curve.with_gland_mass(times), reference_pth_pg_ml=HEALTHY.reference_pth)


def test_the_reference_state_is_in_balance() -> None:
    assert HEALTHY.fluxes(1.20).net_mmol_h == pytest.approx(0.0, abs=1e-12)
    assert HEALTHY.steady_state_mmol_l() == pytest.approx(1.20, abs=1e-10)
    assert HEALTHY.course_mmol_l([0.0, 10.0, 100.0], 1.20) == pytest.approx([1.2, 1.2, 1.2], abs=1e-9)
    assert HEALTHY.fluxes(1.20).pth_pg_ml == pytest.approx(HEALTHY.reference_pth)


def test_round_figures_in_their_own_units() -> None:
    unit = pint.UnitRegistry()
    calcium = 40.08 * unit.gram / unit.mole
    assert HEALTHY.gut_mmol_h == pytest.approx((200 * unit.mg / unit.day / calcium).to("mmol/hour").magnitude)
    assert HEALTHY.resorption_mmol_h == pytest.approx((500 * unit.mg / unit.day / calcium).to("mmol/hour").magnitude)
    assert HEALTHY.filtration_l_h == pytest.approx((170 * unit.liter / unit.day).to("liter/hour").magnitude)


def test_nothing_is_lost() -> None:
    hours = np.linspace(0.0, 48.0, 4001)
    course = with_mass(5.0).course_mmol_l(hours.tolist(), 1.20)
    net = [with_mass(5.0).fluxes(float(each)).net_mmol_h for each in course]
    assert simpson(net, x=hours) == pytest.approx(HEALTHY.volume_l * (course[-1] - course[0]), rel=1e-5)


@given(st.floats(min_value=1.0, max_value=10.0), st.floats(min_value=1.05, max_value=3.0))
@settings(max_examples=25, deadline=None)
def test_more_gland_more_calcium_and_a_calcimimetic_less(mass: float, times: float) -> None:
    smaller, larger = with_mass(mass), with_mass(mass * times)
    treated = replace(larger, curve=larger.curve.on_calcimimetic(0.05))
    assert larger.steady_state_mmol_l() > smaller.steady_state_mmol_l()
    assert treated.steady_state_mmol_l() < larger.steady_state_mmol_l()


def test_an_adenoma_raises_calcium_with_pth_not_suppressed_and_its_removal_lowers_it() -> None:
    ill = with_mass(8.0)
    high = ill.steady_state_mmol_l()
    assert high > 1.30
    assert ill.fluxes(high).pth_pg_ml > HEALTHY.reference_pth
    course = HEALTHY.course_mmol_l([0.0, 6.0, 24.0, 200.0], high)
    assert course[0] == pytest.approx(high)
    assert course[0] > course[1] > course[2]
    assert course[-1] == pytest.approx(1.20, abs=1e-3)


def test_the_course_ends_at_the_steady_state() -> None:
    ill = with_mass(3.0)
    assert ill.course_mmol_l([2000.0], 1.0)[0] == pytest.approx(ill.steady_state_mmol_l(), abs=1e-6)
    assert ill.course_mmol_l([0.0], 1.0) == pytest.approx([1.0])


def test_refusals() -> None:
    with pytest.raises(EvidenceError, match="volume_l must be a positive number"):
        replace(HEALTHY, volume_l=0.0)
    with pytest.raises(EvidenceError, match="reference_pth_pg_ml must be a positive number"):
        replace(HEALTHY, reference_pth_pg_ml=-1.0)
    with pytest.raises(EvidenceError, match="expected gut and bone resorption to bring more calcium"):
        replace(HEALTHY, formation_mmol_h=2.0)
    with pytest.raises(EvidenceError, match="ionized calcium must"):
        HEALTHY.fluxes(0.0)
    with pytest.raises(EvidenceError, match="ionized calcium at the start must"):
        HEALTHY.course_mmol_l([0.0], 0.0)
    for hours in ([], [2.0, 1.0], [-1.0], [0.0, float("nan")]):
        with pytest.raises(EvidenceError, match="expected hours that rise from 0 on"):
            HEALTHY.course_mmol_l(hours, 1.2)
    with pytest.raises(EvidenceError, match="balance at no ionized calcium"):
        replace(HEALTHY, reference_mmol_l=30.0, reference_pth_pg_ml=40.0).steady_state_mmol_l()
