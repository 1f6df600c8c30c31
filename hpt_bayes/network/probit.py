"""Curves on the probit scale: intercepts of probit-normal mixtures and monotone interpolation, vectorised.

A published proportion that depends on a latent score is written Phi(a + b_k) at score k; `mixture_intercept` finds the
`a` that returns the proportion after averaging over the score. `Curve` runs a monotone cubic through points, so that
the probit of a cumulative distribution can be read between the published cut-offs.

Source: Fritsch and Butland 1984, SIAM J Sci Stat Comput 5:300-304 (slopes inside); Fritsch and Carlson 1980, SIAM J
Numer Anal 17:238-246 (monotonicity); Moler 2004, Numerical Computing with MATLAB, section 3.4 (slopes at the ends).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtr, ndtri

Array = NDArray[np.float64]

_ROUNDS = 80
_TOLERANCE = 1e-14
_CLOSE = 1e-7
"""A step this small leaves an error of its cube."""


def normal_cdf(x: ArrayLike) -> Array:
    """Phi(x), the standard normal cumulative."""
    return np.asarray(ndtr(np.asarray(x, dtype=float)))


def normal_quantile(p: ArrayLike) -> Array:
    """The inverse of Phi; 0 gives -inf and 1 gives inf."""
    return np.asarray(ndtri(np.asarray(p, dtype=float)))


def beta_quantile(a: float, b: float, share: ArrayLike) -> Array:
    """The value below which a Beta(a, b) variable lies with a probability."""
    return np.asarray(betaincinv(a, b, np.asarray(share, dtype=float)))


def normal_density(x: ArrayLike) -> Array:
    """The standard normal density."""
    values = np.asarray(x, dtype=float)
    return np.asarray(np.exp(-0.5 * values * values) / np.sqrt(2.0 * np.pi))


def normal_cdf_integral(x: ArrayLike) -> Array:
    """The integral of Phi from minus infinity to x: x Phi(x) + phi(x)."""
    values = np.asarray(x, dtype=float)
    return np.where(values < -38.0, 0.0, values * normal_cdf(values) + normal_density(values))


def mixture_intercept(target: ArrayLike, weights: ArrayLike, offsets: ArrayLike) -> Array:
    """Solve sum_k w_k Phi(a + b_k) = F for a, by Halley's steps on log F kept inside a shrinking bracket.

    Args:
        target: F, probabilities, shape (...).
        weights: w_k, not negative, summing to one over the last axis, shape (..., K).
        offsets: b_k, shape (..., K).

    Returns:
        a, shape (...) broadcast over all three; -inf where F is 0 and inf where it is 1.

    Source: Halley 1694; the logarithm makes the steps good in the tails, where F itself is flat.
    """
    w, b = np.asarray(weights, dtype=float), np.asarray(offsets, dtype=float)
    f = np.asarray(target, dtype=float)
    shape = np.broadcast_shapes(f.shape, w.shape[:-1], b.shape[:-1])
    f = np.broadcast_to(f, shape).ravel()
    scores = np.broadcast_shapes(w.shape[-1:], b.shape[-1:])
    w, b = (np.broadcast_to(each, (*shape, *scores)).reshape(-1, *scores).T for each in (w, b))
    used = np.where(w > 0.0, b, np.nan)
    found = normal_quantile(f)
    # Beyond the median the complement is solved, so that both tails keep their digits.
    sign = np.where(f > 0.5, -1.0, 1.0)
    left = np.flatnonzero((f > 0.0) & (f < 1.0))
    goal = np.where(f > 0.5, 1.0 - f, f)[left]
    w, b = np.ascontiguousarray(w[:, left]), sign[left] * b[:, left]
    probit = sign[left] * found[left]
    ends = sign[left] * used[:, left]
    low, high = probit - np.nanmax(ends, axis=0), probit - np.nanmin(ends, axis=0)
    mean = (w * b).sum(axis=0)
    spread = (w * b * b).sum(axis=0) - mean * mean
    # Exact for a normal score, hence a good first guess for any.
    a = np.clip(probit * np.sqrt(1.0 + spread) - mean, low, high)
    for _ in range(_ROUNDS):
        at = a + b
        share = (w * normal_cdf(at)).sum(axis=0)
        density = w * normal_density(at)
        slope, bend = density.sum(axis=0), -(density * at).sum(axis=0)
        above = share >= goal
        high, low = np.where(above, a, high), np.where(above, low, a)
        with np.errstate(all="ignore"):  # a share or slope of 0 gives no step, and the bracket is halved
            first = slope / share
            second = bend / share - first * first
            excess = np.log1p((share - goal) / goal)
            step = 2.0 * excess * first / (2.0 * first * first - excess * second)
        close = np.abs(step) <= _CLOSE * (1.0 + np.abs(a))
        following = a - step
        inside = close | ((following > low) & (following < high))
        a = np.where(inside, following, 0.5 * (low + high))
        done = close | (high - low <= _TOLERANCE * (1.0 + np.abs(a)))
        if done.any():
            found[left[done]] = sign[left[done]] * a[done]
            left, goal, a, low, high = (each[~done] for each in (left, goal, a, low, high))
            w, b = w[:, ~done], b[:, ~done]
        if not left.size:
            break
    found[left] = sign[left] * a
    return found.reshape(shape)


@dataclass(frozen=True)
class Curve:
    """A monotone piecewise cubic through points, straight outside them.

    Outside the points it goes on with the slope of the outermost interval, which is never zero where the values
    rise, so that a tail never ends.

    Attributes:
        x: positions, strictly rising, shape (n,), n >= 2.
        y: values, shape (..., n).
        slopes: derivative at the points, shape (..., n).
    """

    x: Array
    y: Array
    slopes: Array

    @classmethod
    def through(cls, x: ArrayLike, y: ArrayLike) -> Curve:
        """The curve through points.

        Args:
            x: strictly rising, shape (n,), n >= 2.
            y: values, shape (..., n).

        Raises:
            ValueError: fewer than two points, or positions that do not rise.
        """
        at, values = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        if at.ndim != 1 or at.size < 2 or not (np.diff(at) > 0.0).all():
            raise ValueError(f"expected at least two rising positions, found {at.tolist()}")
        return cls(at, values, monotone_slopes(at, values))

    def __call__(self, at: ArrayLike) -> Array:
        """Values at `at`, whose shape (..., m) is broadcast against the curves: shape (..., m)."""
        return self._evaluate(at)[0]

    def __getitem__(self, index: Any) -> Curve:
        """Some of the curves, by an index of their leading axes."""
        return Curve(self.x, self.y[index], self.slopes[index])

    def derivative(self, at: ArrayLike) -> Array:
        """Slopes at `at`, shape (..., m)."""
        return self._evaluate(at)[1]

    def _evaluate(self, at: ArrayLike) -> tuple[Array, Array]:
        points = np.asarray(at, dtype=float)
        n = self.x.size
        left = np.clip(np.searchsorted(self.x, points, side="right") - 1, 0, n - 2)
        shape = np.broadcast_shapes(self.y.shape[:-1], points.shape[:-1]) + points.shape[-1:]
        index = np.broadcast_to(left, shape)
        y = np.broadcast_to(self.y, (*shape[:-1], n))
        d = np.broadcast_to(self.slopes, (*shape[:-1], n))
        y0, y1 = np.take_along_axis(y, index, -1), np.take_along_axis(y, index + 1, -1)
        d0, d1 = np.take_along_axis(d, index, -1), np.take_along_axis(d, index + 1, -1)
        h = self.x[left + 1] - self.x[left]
        t = (points - self.x[left]) / h
        secant = (y1 - y0) / h
        c2 = 3.0 * secant - 2.0 * d0 - d1
        c3 = d0 + d1 - 2.0 * secant
        value = y0 + h * t * (d0 + t * (c2 + t * c3))
        slope = d0 + t * (2.0 * c2 + 3.0 * t * c3)
        below, above = points < self.x[0], points > self.x[-1]
        value = np.where(below, y0 + h * t * secant, np.where(above, y1 + h * (t - 1.0) * secant, value))
        return value, np.where(below | above, secant, slope)


def monotone_slopes(x: Array, y: Array) -> Array:
    """Slopes of the monotone cubic of Fritsch and Butland.

    Args:
        x: strictly rising, shape (n,), n >= 2.
        y: values, shape (..., n).

    Returns:
        slopes at the points, shape (..., n).
    """
    h = np.diff(x)
    delta = np.diff(y, axis=-1) / h
    if h.size == 1:
        return np.concatenate([delta, delta], axis=-1)
    before, after = delta[..., :-1], delta[..., 1:]
    w1, w2 = 2.0 * h[1:] + h[:-1], h[1:] + 2.0 * h[:-1]
    same_sign = before * after > 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        harmonic = (w1 + w2) / (w1 / before + w2 / after)
    inner = np.where(same_sign, harmonic, 0.0)
    first = _end_slope(h[0], h[1], delta[..., 0], delta[..., 1])
    last = _end_slope(h[-1], h[-2], delta[..., -1], delta[..., -2])
    return np.concatenate([first[..., None], inner, last[..., None]], axis=-1)


def _end_slope(h0: float, h1: float, near: Array, far: Array) -> Array:
    slope = ((2.0 * h0 + h1) * near - h0 * far) / (h0 + h1)
    slope = np.where(np.sign(slope) != np.sign(near), 0.0, slope)
    steep = (np.sign(near) != np.sign(far)) & (np.abs(slope) > 3.0 * np.abs(near))
    return np.where(steep, 3.0 * near, slope)


def cumulative_probits(shares: Array) -> Array:
    """Probits of the cumulative shares at the inner edges of bins, precise in both tails.

    Args:
        shares: of the bins, summing to one over the last axis, shape (..., n).

    Returns:
        shape (..., n - 1).
    """
    below = np.cumsum(shares, axis=-1)[..., :-1]
    above = np.cumsum(shares[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    return np.where(below <= 0.5, normal_quantile(below), -normal_quantile(above))


def masses(probits: Array) -> Array:
    """Shares between neighbouring probits, the outer bins open; the inverse of `cumulative_probits`.

    Args:
        probits: rising over the last axis, shape (..., n).

    Returns:
        shares that sum to one, shape (..., n + 1).
    """
    shares = np.empty((*probits.shape[:-1], probits.shape[-1] + 1))
    tail = normal_cdf(-np.abs(probits))
    right = probits > 0.0
    below = np.where(right, 1.0 - tail, tail)
    shares[..., 0], shares[..., -1] = below[..., 0], np.where(right, tail, 1.0 - tail)[..., -1]
    # Beyond the median the tails are subtracted, so that both keep their digits.
    shares[..., 1:-1] = np.where(right[..., :-1], tail[..., :-1] - tail[..., 1:], below[..., 1:] - below[..., :-1])
    return np.maximum(shares, 0.0)


def share_curve(edges: ArrayLike, shares: Array, log: bool) -> Curve:
    """The probit of the cumulative share of published bins, as a curve.

    Args:
        edges: between the bins, rising, at least two.
        shares: positive, summing to one, shape (..., len(edges) + 1).
        log: whether positions are logarithms of the edges' unit.

    Returns:
        a curve over the unit, or its logarithm.
    """
    at = np.asarray(edges, dtype=float)
    return Curve.through(np.log(at) if log else at, cumulative_probits(shares))
