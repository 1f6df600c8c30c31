from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.interpolate import PchipInterpolator
from scipy.stats import norm

from hpt_bayes.network.probit import (
    Curve,
    mixture_intercept,
    monotone_slopes,
    normal_cdf,
    normal_cdf_integral,
    normal_density,
    normal_quantile,
)

SEEDS = st.integers(0, 2**32 - 1)


def test_the_normal_functions_are_those_of_scipy_stats() -> None:
    x = np.linspace(-6, 6, 41)
    assert normal_cdf(x) == pytest.approx(norm.cdf(x), abs=1e-15)
    assert normal_density(x) == pytest.approx(norm.pdf(x), abs=1e-15)
    assert normal_quantile(norm.cdf(x)) == pytest.approx(norm.ppf(norm.cdf(x)), abs=1e-12)


@pytest.mark.parametrize("x", [-50.0, -39.0, -5.0, -1.0, 0.0, 2.5])
def test_the_integral_of_phi(x: float) -> None:
    assert float(normal_cdf_integral(x)) == pytest.approx(quad(norm.cdf, -60, x, epsabs=1e-14)[0], abs=1e-12)


@given(SEEDS)
def test_the_mixture_returns_its_target(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(4) * 0.4, size=(3, 5))
    weights[0, 0] = [0.0, 1.0, 0.0, 0.0]
    offsets = rng.normal(scale=3.0, size=(5, 4))
    target = rng.beta(0.3, 0.3, size=(6, 3, 5)).clip(1e-12, 1 - 1e-12)
    a = mixture_intercept(target, weights, offsets)
    assert a.shape == (6, 3, 5)
    achieved = (weights * norm.cdf(a[..., None] + offsets)).sum(-1)
    assert np.abs(achieved - target).max() < 1e-12


def test_sure_targets_have_infinite_intercepts() -> None:
    assert mixture_intercept([0.0, 1.0], [0.5, 0.5], [-1.0, 1.0]).tolist() == [-np.inf, np.inf]
    assert float(mixture_intercept(0.0, [1.0], [0.0])) == -np.inf


@given(SEEDS, st.integers(2, 9))
def test_the_curve_is_the_pchip_of_scipy_inside_its_points(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.cumsum(rng.uniform(0.1, 3.0, size=n))
    y = rng.normal(size=(4, n)) if seed % 2 else np.cumsum(rng.gamma(0.3, size=(4, n)), axis=-1)
    at = np.linspace(x[0], x[-1], 57)
    theirs = PchipInterpolator(x, y, axis=-1)
    ours = Curve.through(x, y)
    assert ours(at) == pytest.approx(theirs(at), abs=1e-11, rel=1e-9)
    assert ours.derivative(at[:-1]) == pytest.approx(theirs.derivative()(at[:-1]), abs=1e-9, rel=1e-7)


@given(SEEDS)
def test_a_rising_curve_rises_everywhere(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.cumsum(rng.uniform(0.1, 3.0, size=6))
    y = np.cumsum(rng.gamma(0.3, size=(4, 6)) + 1e-6, axis=-1)
    at = np.linspace(x[0] - 5, x[-1] + 5, 301)
    assert (np.diff(Curve.through(x, y)(at), axis=-1) >= -1e-12).all()


def test_outside_its_points_the_curve_goes_on_with_the_slope_of_the_outermost_interval() -> None:
    curve = Curve.through([0.0, 1.0, 3.0], [0.0, 2.0, 3.0])
    assert curve([-1.0, 0.0, 3.0, 5.0]).tolist() == [-2.0, 0.0, 3.0, 4.0]
    assert curve.derivative([-1.0, 5.0]).tolist() == [2.0, 0.5]


def test_points_of_evaluation_broadcast_against_the_curves() -> None:
    curve = Curve.through([0.0, 1.0], [[[0.0, 1.0]], [[0.0, 2.0]]])
    assert curve(np.array([[0.5], [0.25], [0.0]])).shape == (2, 3, 1)
    assert monotone_slopes(np.array([0.0, 1.0]), np.array([0.0, 2.0])).tolist() == [2.0, 2.0]


@pytest.mark.parametrize("x", [[1.0], [1.0, 1.0], [2.0, 1.0]])
def test_positions_must_rise(x: list[float]) -> None:
    with pytest.raises(ValueError, match="expected at least two rising positions"):
        Curve.through(x, [0.0] * len(x))
