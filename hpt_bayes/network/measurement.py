"""What a laboratory number says about the level behind it.

A reading scatters around the usual level by the variation of the method and of the person from day to day. The level
is known in steps and taken as uniform inside each (on its own scale, the outer steps up to the support), so the
likelihood of a number is the *average* of the normal kernel over each step, and that of a bound or range the averaged
probability. All are closed forms in the normal cumulative. The spread is that of the middle of the step, so each step
has a proper distribution over readings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.analytes import Analyte
from hpt_bayes.network.probit import (
    Curve,
    masses,
    normal_cdf,
    normal_cdf_integral,
    normal_density,
    share_curve,
)
from hpt_bayes.network.variables import Variable

Array = NDArray[np.float64]

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Kernel:
    """How readings scatter around each step of a level, on the level's scale (logarithms on a log scale).

    Attributes:
        low: lower ends of the steps, shape (steps,).
        high: upper ends, shape (steps,).
        sd: spread of a reading at the middle of each step, shape (steps,).
    """

    low: Array
    high: Array
    sd: Array

    def density(self, y: ArrayLike) -> Array:
        """Average over each step of the density at `y`: shape (...) -> (..., steps)."""
        at = np.asarray(y, dtype=float)[..., None]
        from_low, from_high = (at - self.low) / self.sd, (at - self.high) / self.sd
        right = from_high > 0.0
        mass = np.where(right, normal_cdf(-from_high), normal_cdf(from_low))
        mass = mass - np.where(right, normal_cdf(-from_low), normal_cdf(from_high))
        return np.maximum(mass, 0.0) / (self.high - self.low)

    def below(self, y: ArrayLike) -> Array:
        """Average over each step of P(reading < y): shape (...) -> (..., steps)."""
        at = np.asarray(y, dtype=float)[..., None]
        return self._average((at - self.high) / self.sd, (at - self.low) / self.sd)

    def above(self, y: ArrayLike) -> Array:
        """Average over each step of P(reading > y): shape (...) -> (..., steps)."""
        at = np.asarray(y, dtype=float)[..., None]
        return self._average((self.low - at) / self.sd, (self.high - at) / self.sd)

    def between(self, lower: ArrayLike, upper: ArrayLike) -> Array:
        """Average over each step of P(lower < reading < upper), either bound may be infinite: (...) -> (..., steps)."""
        middle = 0.5 * (self.low + self.high)
        right = np.asarray(lower, dtype=float)[..., None] > middle
        inside = np.where(right, self.above(lower) - self.above(upper), self.below(upper) - self.below(lower))
        return np.maximum(inside, 0.0)

    def _average(self, first: Array, last: Array) -> Array:
        """Average of Phi over [first, last]; infinite ends stay 0 or 1."""
        with np.errstate(invalid="ignore"):
            mean = (normal_cdf_integral(last) - normal_cdf_integral(first)) * self.sd / (self.high - self.low)
        return np.where(np.isinf(last), (last > 0.0).astype(float), np.clip(mean, 0.0, 1.0))


def kernel_of(level: Variable, analyte: Analyte) -> Kernel:
    """The kernel of an analyte over the steps of its level.

    Args:
        level: numeric, with steps and support.
        analyte: with coefficients of variation in the analyte's unit.

    Raises:
        ModelFileError: the level has no support, or the analyte no variation.
    """
    if level.edges is None or level.support is None:
        raise level.place.error(f"expected support: [low, high] of the level {level.name}, found none")
    if analyte.cv <= 0.0 and (analyte.extra_sd is None or analyte.extra_sd.value <= 0.0):
        raise analyte.at.error(f"expected a coefficient of variation of {analyte.name} above 0, found none")
    bounds = level.bounds
    log = level.scale == "log"
    if log and bounds[0] <= 0.0:
        raise level.place.error(f"expected support above 0 on a log scale, found {bounds[0]:g}")
    ends = np.log(bounds) if log else bounds
    middle = 0.5 * (ends[:-1] + ends[1:])
    middle = np.exp(middle) if log else middle
    reading, slope = _reading_at(analyte, middle)
    extra = 0.0 if analyte.extra_sd is None else analyte.extra_sd.value
    sd = np.hypot(analyte.cv * reading, extra) * slope
    return Kernel(ends[:-1], ends[1:], np.sqrt(np.log1p((sd / middle) ** 2)) if log else sd)


def measurement_table(level: Variable, analyte: Analyte, corrupting: Variable | None = None) -> Array:
    """P(step of the reading | step of the level[, state of the corrupting variable]).

    Args:
        level: numeric, with steps and support; the reading has the same steps.
        analyte: as read.
        corrupting: the variable that may corrupt the reading, when the analyte names one.

    Returns:
        shape (steps, steps), or (steps, states of `corrupting`, steps); rows sum to one.

    Raises:
        ModelFileError: see `kernel_of`; or fewer than two edges or an empty bin in `corrupted_by`.
    """
    kernel = kernel_of(level, analyte)
    log = level.scale == "log"
    edges = np.asarray(level.edges, dtype=float)
    ends = np.concatenate([[-np.inf], np.log(edges) if log else edges, [np.inf]])
    table = kernel.between(ends[:-1], ends[1:]).T
    table = np.asarray(table / table.sum(axis=1, keepdims=True))
    if corrupting is None or analyte.corrupted_by is None:
        return table
    corrupted = masses(_corrupted_curve(analyte, log)(ends[1:-1]))
    full = np.repeat(table[:, None, :], corrupting.size, axis=1)
    full[:, corrupting.states.index(analyte.corrupted_by.state)] = corrupted
    return full


def reading_likelihood(
    level: Variable,
    analyte: Analyte,
    value: ArrayLike | None = None,
    *,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    upper_limit: float | str | None = None,
    multiple: bool = False,
    corrupting: Variable | None = None,
) -> Array:
    """Likelihood of a number, a bound or a range over the steps of a level, up to a factor.

    Args:
        level: the analyte's level.
        analyte: as read.
        value: the number in the analyte's unit, shape (...); or None with a bound.
        lower: bound of `>lower` or of a range; None when open.
        upper: bound of `<upper` or of a range; None when open.
        upper_limit: the laboratory's upper limit in the analyte's unit; "unknown" averages over the analyte's limits.
        multiple: whether the figures are multiples of the upper limit already.
        corrupting: the variable that may corrupt the reading, when the analyte names one.

    Returns:
        shape (..., steps), or (..., steps, states of `corrupting`).

    Raises:
        EvidenceError: no figure at all, or a limit that is needed is missing.
        ModelFileError: see `kernel_of`.
    """
    if value is None and lower is None and upper is None:
        raise EvidenceError(f"{analyte.name}: expected a number, a bound or a range, found none")
    kernel = kernel_of(level, analyte)
    log = level.scale == "log"
    curve = None
    if corrupting is not None and analyte.corrupted_by is not None:
        curve = _corrupted_curve(analyte, log)
    total: Array | float = 0.0
    for factor, weight in _factors(analyte, upper_limit, multiple):
        part: Array
        if value is not None:
            at = _position(analyte, value, factor, log)
            # Densities are per unit of the reading: on a linear scale the factor is the Jacobian.
            jacobian = 1.0 if log else factor
            part = kernel.density(at) * jacobian
            wrong = None if curve is None else normal_density(curve(at[..., None])) * curve.derivative(at[..., None])
            wrong = None if wrong is None else wrong * jacobian
        else:
            first = np.asarray(-np.inf) if lower is None else _position(analyte, lower, factor, log)
            last = np.asarray(np.inf) if upper is None else _position(analyte, upper, factor, log)
            part = kernel.between(first, last)
            wrong = None if curve is None else _curve_between(curve, first, last)
        if wrong is not None and corrupting is not None and analyte.corrupted_by is not None:
            state = corrupting.states.index(analyte.corrupted_by.state)
            part = np.repeat(part[..., None], corrupting.size, axis=-1)
            part[..., state] = wrong
        total = total + weight * part
    return np.asarray(total)


def _reading_at(analyte: Analyte, level: Array) -> tuple[Array, Array]:
    """The reading that stands for a level, and how fast the level changes with it."""
    if analyte.points is None:
        return level, np.ones_like(level)
    x, y = _points(analyte)
    left = np.clip(np.searchsorted(y, level, side="right") - 1, 0, y.size - 2)
    slope = (y[left + 1] - y[left]) / (x[left + 1] - x[left])
    return x[left] + (level - y[left]) / slope, slope


def _position(analyte: Analyte, figure: ArrayLike, factor: float, log: bool) -> Array:
    """Where a figure stands on the level's scale, shape as given."""
    at = np.asarray(figure, dtype=float) * factor
    if analyte.points is not None:
        x, y = _points(analyte)
        left = np.clip(np.searchsorted(x, at, side="right") - 1, 0, x.size - 2)
        at = y[left] + (at - x[left]) * (y[left + 1] - y[left]) / (x[left + 1] - x[left])
    if not log:
        return at
    with np.errstate(divide="ignore"):
        return np.log(np.maximum(at, 0.0))


def _points(analyte: Analyte) -> tuple[Array, Array]:
    assert analyte.points is not None
    pairs = np.array(analyte.points.pairs, dtype=float)
    x, y = pairs[:, 0], pairs[:, 1]
    if (np.diff(x) <= 0.0).any() or (np.diff(y) <= 0.0).any():
        raise analyte.place_of("points").error(f"expected rising points of {analyte.name}, found some that do not rise")
    return x, y


def _factors(analyte: Analyte, upper_limit: float | str | None, multiple: bool) -> list[tuple[float, float]]:
    """Factors from the analyte's unit to the level's, each with its weight."""
    if multiple:
        reference = None if analyte.reference is None else analyte.reference.high
        if analyte.multiple_of_limit:
            return [(1.0, 1.0)]
        if reference is None:
            raise EvidenceError(f"{analyte.name}: cannot be entered as a multiple of the upper limit; give its unit")
        return [(reference, 1.0)]
    known = None if isinstance(upper_limit, str) or upper_limit is None else float(upper_limit)
    if analyte.multiple_of_limit:
        if known is not None:
            return [(1.0 / known, 1.0)]
        if upper_limit is None or not analyte.upper_limits:
            raise EvidenceError(
                f"{analyte.name}: expected upper_limit, the laboratory's upper limit of normal, found none; "
                "without it enter a state such as result: high"
            )
        total = sum(each.weight for each in analyte.upper_limits)
        return [(1.0 / each.value, each.weight / total) for each in analyte.upper_limits]
    high = None if analyte.reference is None else analyte.reference.high
    if analyte.scaled_by_limit and known is not None and high is not None:
        return [(high / known, 1.0)]
    return [(1.0, 1.0)]


def _corrupted_curve(analyte: Analyte, log: bool) -> Curve:
    """The distribution of corrupted readings as a curve over the level's scale; its edges are in the level's unit."""
    corruption = analyte.corrupted_by
    assert corruption is not None
    if len(corruption.edges) < 2 or (np.diff(corruption.edges) <= 0.0).any() or min(corruption.p) <= 0.0:
        raise corruption.at.error("expected at least two rising edges and no empty bin in corrupted_by")
    return share_curve(corruption.edges, np.asarray(corruption.p) / sum(corruption.p), log)


def _curve_between(curve: Curve, lower: Array, upper: Array) -> Array:
    """Share of a curve's distribution between two positions, shape (..., 1)."""

    def below(at: Array) -> Array:
        finite = np.where(np.isfinite(at), at, 0.0)[..., None]
        return np.where(np.isfinite(at)[..., None], normal_cdf(curve(finite)), (at > 0.0)[..., None])

    return np.maximum(below(upper) - below(lower), 0.0)
