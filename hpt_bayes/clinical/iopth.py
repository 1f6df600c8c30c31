"""PTH while glands are taken out: its course, how long the fall takes, and the half-life of a measured fall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import ndtri, stdtrit

from hpt_bayes.clinical.calcium import require_positive
from hpt_bayes.errors import EvidenceError

PUBLISHED_HALF_LIVES_MIN = {"lib_t12": 1.68, "aga_t12": 2.57, "bie_t12_dpc": 3.7, "bie_t12_roche": 4.3, "inv_t12": 5.2}
"""Mean half-life of intact PTH in minutes, by evidence row."""

HALF_BY_5_MIN, HALF_BY_5_MIN_RENAL = 0.77, 0.66
"""Share of patients whose PTH had halved by 5 minutes, kidney function normal and impaired; rows sohn_5n, sohn_5cri."""

SPREAD_OF_LOG_HALF_LIFE = 0.5
"""Standard deviation of the log half-life between patients; judged (labs.md, section 7)."""


@dataclass(frozen=True)
class Removal:
    """One gland taken out.

    Args:
        minute: when, from the start of the course.
        share: of the PTH secretion before the operation that went with it, 0 to 1.
    """

    minute: float
    share: float


def pth_course(
    minutes: Sequence[float], initial_pg_ml: float, half_life_min: float, removals: Sequence[Removal] = (Removal(0, 1),)
) -> NDArray[np.float64]:
    """PTH over time when glands are removed one after another: each removal adds a fall of its own (a stairstep).

    C(t) = C0 (1 - sum over removals of share (1 - 2^(-(t - minute) / half-life))), removals still to come left out;
    with one removal of everything at 0 it is C0 2^(-t / half-life).

    Args:
        minutes: times asked about, shape (n,).
        initial_pg_ml: PTH before the first removal, pg/mL.
        half_life_min: of PTH in blood, minutes.
        removals: of at most all secretion together.

    Returns:
        PTH in pg/mL, shape (n,).

    Raises:
        EvidenceError: a value is no number of its kind, or more than all secretion is removed.

    Source:
        First-order elimination; half-lives in `PUBLISHED_HALF_LIVES_MIN`.
    """
    require_positive("initial PTH", initial_pg_ml, "pg/mL")
    require_positive("the half-life", half_life_min, "minutes")
    times = _times(minutes)
    for removal in removals:
        if not (math.isfinite(removal.minute) and 0.0 < removal.share <= 1.0):
            raise EvidenceError(f"expected a removal at a minute, of a share between 0 and 1, found {removal}")
    total = sum(removal.share for removal in removals)
    if total > 1.0 + 1e-12:
        raise EvidenceError(f"expected removals of at most all secretion together, found shares that sum to {total:g}")
    left = np.ones_like(times)
    for removal in removals:
        since = np.maximum(times - removal.minute, 0.0)
        left -= removal.share * -np.expm1(-math.log(2.0) * since / half_life_min)
    return initial_pg_ml * left


def minutes_to_fall(percent: float, half_life_min: float) -> float:
    """Minutes until PTH has fallen by so many per cent, all hyperfunctioning tissue removed.

    Args:
        percent: above 0 and below 100.
        half_life_min: minutes.

    Raises:
        EvidenceError: a value is out of range.

    Source:
        First-order elimination.
    """
    require_positive("the half-life", half_life_min, "minutes")
    if not 0.0 < percent < 100.0:
        raise EvidenceError(f"expected a fall above 0 and below 100 per cent, found {percent!r}")
    return -half_life_min * math.log2(1.0 - percent / 100.0)


def renal_half_life_min(half_life_min: float) -> float:
    """Half-life of PTH with impaired kidney function, from that with normal function: about 1.2 times as long.

    Args:
        half_life_min: with normal kidney function, minutes.

    Raises:
        EvidenceError: the half-life is not a positive finite number.

    Source:
        Derived: half-lives log-normal between patients with the same spread; PTH had halved by 5 minutes in 77 % with
        normal and 66 % with impaired function (evidence rows `sohn_5n`, `sohn_5cri`). No half-life on dialysis was
        read; it is longer still.
    """
    require_positive("the half-life", half_life_min, "minutes")
    later = float(ndtri(HALF_BY_5_MIN) - ndtri(HALF_BY_5_MIN_RENAL))
    return half_life_min * math.exp(SPREAD_OF_LOG_HALF_LIFE * later)


@dataclass(frozen=True)
class HalfLife:
    """Half-life of a measured fall.

    Attributes:
        half_life_min: estimate, minutes.
        lower_min: lower end of the interval, minutes; 0 when the fall is too scattered to bound it.
        upper_min: upper end, minutes; infinite likewise.
        level: of the interval.
        initial_pg_ml: fitted PTH at minute 0, pg/mL.
        plateau_pg_ml: fitted PTH the fall ends at, pg/mL; 0 when none was fitted.
        residual_sd: of log PTH.
    """

    half_life_min: float
    lower_min: float
    upper_min: float
    level: float
    initial_pg_ml: float
    plateau_pg_ml: float
    residual_sd: float


def fit_half_life(
    minutes: Sequence[float], pth_pg_ml: Sequence[float], *, plateau: bool = False, level: float = 0.9
) -> HalfLife:
    """Fit a half-life to samples taken after a removal.

    Least squares on log PTH, so scatter is taken as proportional; interval from the curvature and Student's t on the
    log of the half-life.

    Args:
        minutes: since the removal, shape (n,), n above the number of fitted parameters (2, with a plateau 3).
        pth_pg_ml: PTH then, pg/mL, shape (n,).
        plateau: fit a level the fall ends at, as when other glands go on secreting.
        level: of the interval.

    Returns:
        The fit.

    Raises:
        EvidenceError: too few or unequal samples, a value out of range, or PTH that does not fall.

    Source:
        C(t) = plateau + (C0 - plateau) 2^(-t / half-life); Libutti SK et al., Surgery 1999;126:1145-1151 (`lib_t12`).
    """
    times = _times(minutes)
    values = np.asarray(pth_pg_ml, dtype=float)
    wanted = 3 if plateau else 2
    if not 0.0 < level < 1.0:
        raise EvidenceError(f"expected a level between 0 and 1, found {level!r}")
    if times.shape != values.shape:
        raise EvidenceError(f"expected one PTH for each time, found {times.size} times and {values.size} values")
    for value in values:
        require_positive("PTH", float(value), "pg/mL")
    if times.size <= wanted or np.unique(times).size < wanted:
        raise EvidenceError(f"expected at least {wanted + 1} samples at {wanted} or more times, found {times.size}")
    logs = np.log(values)
    slope, start = np.polyfit(times, logs, 1)
    if slope >= 0.0:
        raise EvidenceError("PTH does not fall over these samples, so it has no half-life")

    def curve(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        decay = np.exp(-math.log(2.0) * times / math.exp(parameters[1]))
        rest = 1.0 / (1.0 + math.exp(-parameters[2])) if plateau else 0.0
        return np.asarray(parameters[0] + np.log(rest + (1.0 - rest) * decay) - logs)

    first = [start, math.log(-math.log(2.0) / slope), -3.0][:wanted]
    fit = least_squares(curve, first, x_scale="jac", xtol=1e-14, ftol=1e-14, gtol=1e-14, max_nfev=2000)
    freedom = times.size - wanted
    variance = float(fit.fun @ fit.fun) / freedom
    half_life = math.exp(fit.x[1])
    spread = variance * np.linalg.pinv(fit.jac.T @ fit.jac)[1, 1]
    width = float(stdtrit(freedom, 0.5 + level / 2.0)) * math.sqrt(max(spread, 0.0))
    rest = 1.0 / (1.0 + math.exp(-fit.x[2])) if plateau else 0.0
    far = width > 700.0  # beyond the range of exp
    return HalfLife(
        half_life,
        0.0 if far else half_life * math.exp(-width),
        math.inf if far else half_life * math.exp(width),
        level,
        math.exp(fit.x[0]),
        rest * math.exp(fit.x[0]),
        math.sqrt(variance),
    )


def _times(minutes: Sequence[float]) -> NDArray[np.float64]:
    times = np.asarray(minutes, dtype=float)
    if times.ndim != 1 or not np.isfinite(times).all() or (times < 0.0).any():
        raise EvidenceError(f"expected a list of minutes of 0 or more, found {list(np.atleast_1d(times))}")
    return times
