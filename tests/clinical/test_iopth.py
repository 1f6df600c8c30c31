"""Courses of PTH against their closed forms and an ODE solver; fits against known half-lives and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.stats import t as student

from hpt_bayes.clinical.iopth import (
    PUBLISHED_HALF_LIVES_MIN,
    Removal,
    fit_half_life,
    minutes_to_fall,
    pth_course,
    renal_half_life_min,
)
from hpt_bayes.errors import EvidenceError

half_lives = st.floats(min_value=0.5, max_value=30.0)


def test_halves_every_half_life() -> None:
    assert pth_course([0, 3, 6, 9], 200.0, 3.0) == pytest.approx([200.0, 100.0, 50.0, 25.0])


def test_a_stairstep_against_the_equation_it_solves() -> None:
    removals = [Removal(0.0, 0.5), Removal(12.0, 0.3)]
    minutes = np.linspace(0.0, 40.0, 21)
    rate = math.log(2.0) / 4.0

    def secretion(minute: float) -> float:
        return 300.0 * rate * (1.0 - sum(each.share for each in removals if minute >= each.minute))

    solved = solve_ivp(lambda t, c: secretion(t) - rate * c, (0, 40), [300.0], t_eval=minutes, max_step=0.05,
                       rtol=1e-10, atol=1e-10)  # fmt: skip
    assert pth_course(minutes.tolist(), 300.0, 4.0, removals) == pytest.approx(solved.y[0], rel=1e-3)
    assert pth_course([1000.0], 300.0, 4.0, removals)[0] == pytest.approx(60.0), "what goes on secreting stays"


@given(half_lives, st.floats(1, 99))
def test_minutes_to_fall(half_life: float, percent: float) -> None:
    minutes = minutes_to_fall(percent, half_life)
    assert pth_course([minutes], 100.0, half_life)[0] == pytest.approx(100.0 - percent, rel=1e-9)


def test_ten_minutes_are_generous() -> None:
    for half_life in PUBLISHED_HALF_LIVES_MIN.values():
        assert minutes_to_fall(50.0, half_life) == pytest.approx(half_life)
        assert minutes_to_fall(50.0, half_life) < 10.0


def test_renal_half_life_is_longer_and_fits_the_shares() -> None:
    assert renal_half_life_min(3.0) == pytest.approx(3.53, abs=0.005)
    assert renal_half_life_min(6.0) == pytest.approx(2.0 * renal_half_life_min(3.0))
    with pytest.raises(EvidenceError, match="half-life must be a positive number"):
        renal_half_life_min(0.0)


@given(half_lives, st.floats(50, 3000))
def test_an_exact_fall_gives_its_half_life_back(half_life: float, initial: float) -> None:
    minutes = [0.0, 2.0, 5.0, 10.0, 15.0]
    fit = fit_half_life(minutes, pth_course(minutes, initial, half_life).tolist())
    assert fit.half_life_min == pytest.approx(half_life, rel=1e-6)
    assert fit.initial_pg_ml == pytest.approx(initial, rel=1e-6)
    assert fit.lower_min <= fit.half_life_min <= fit.upper_min


def test_against_the_regression_line() -> None:
    minutes, pth = np.array([0.0, 2.0, 5.0, 10.0, 15.0]), np.array([300.0, 210.0, 110.0, 45.0, 20.0])
    fit = fit_half_life(minutes.tolist(), pth.tolist(), level=0.95)
    (slope, start), covariance = np.polyfit(minutes, np.log(pth), 1, cov=True)
    assert fit.half_life_min == pytest.approx(-math.log(2.0) / slope, rel=1e-8)
    assert fit.initial_pg_ml == pytest.approx(math.exp(start), rel=1e-8)
    width = student.ppf(0.975, 3) * math.sqrt(covariance[0, 0]) / -slope  # delta method on the log
    assert math.log(fit.upper_min / fit.half_life_min) == pytest.approx(width, rel=1e-5)
    assert math.log(fit.half_life_min / fit.lower_min) == pytest.approx(width, rel=1e-5)


def test_a_plateau_is_found() -> None:
    minutes = [0.0, 1.0, 2.0, 4.0, 7.0, 10.0, 20.0, 30.0]
    fit = fit_half_life(minutes, pth_course(minutes, 400.0, 2.5, [Removal(0, 0.8)]).tolist(), plateau=True)
    assert fit.half_life_min == pytest.approx(2.5, rel=1e-5)
    assert fit.plateau_pg_ml == pytest.approx(80.0, rel=1e-5)


def test_coverage_of_the_interval() -> None:
    rng = np.random.default_rng(7)
    minutes = [0.0, 2.0, 5.0, 8.0, 10.0, 15.0]
    truth = pth_course(minutes, 250.0, 3.5)
    fits = [fit_half_life(minutes, (truth * np.exp(0.1 * rng.standard_normal(6))).tolist()) for _ in range(400)]
    inside = np.mean([fit.lower_min <= 3.5 <= fit.upper_min for fit in fits])
    assert 0.86 < inside < 0.94


def test_a_fall_lost_in_scatter_has_no_bounds() -> None:
    fit = fit_half_life([0.0, 1.0, 2.0], [100.0, 1e-3, 99.9])
    assert (fit.lower_min, fit.upper_min) == (0.0, math.inf)


def test_refusals() -> None:
    with pytest.raises(EvidenceError, match="initial PTH must"):
        pth_course([0.0], 0.0, 3.0)
    with pytest.raises(EvidenceError, match="the half-life must"):
        pth_course([0.0], 100.0, -1.0)
    with pytest.raises(EvidenceError, match="expected a list of minutes of 0 or more"):
        pth_course([-1.0], 100.0, 3.0)
    for removal in (Removal(0, 1.2), Removal(0, 0.0), Removal(math.nan, 0.5)):
        with pytest.raises(EvidenceError, match="expected a removal at a minute"):
            pth_course([0.0], 100.0, 3.0, [removal])
    with pytest.raises(EvidenceError, match=r"found shares that sum to 1\.2"):
        pth_course([0.0], 100.0, 3.0, [Removal(0, 0.6), Removal(5, 0.6)])
    for percent in (0.0, 100.0, math.nan):
        with pytest.raises(EvidenceError, match="expected a fall above 0 and below 100 per cent"):
            minutes_to_fall(percent, 3.0)
    with pytest.raises(EvidenceError, match="the half-life must"):
        minutes_to_fall(50.0, 0.0)
    with pytest.raises(EvidenceError, match="expected a level between 0 and 1"):
        fit_half_life([0, 1, 2], [3, 2, 1], level=1.0)
    with pytest.raises(EvidenceError, match="found 3 times and 2 values"):
        fit_half_life([0, 1, 2], [3, 2])
    with pytest.raises(EvidenceError, match="PTH must be a positive number"):
        fit_half_life([0, 1, 2], [3, 2, 0])
    with pytest.raises(EvidenceError, match="expected at least 3 samples at 2 or more times, found 2"):
        fit_half_life([0, 1], [3, 2])
    with pytest.raises(EvidenceError, match="expected at least 4 samples"):
        fit_half_life([0, 1, 2], [3, 2, 1], plateau=True)
    with pytest.raises(EvidenceError, match="PTH does not fall"):
        fit_half_life([0, 1, 2], [1, 2, 3])
