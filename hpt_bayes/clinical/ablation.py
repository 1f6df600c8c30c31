"""What thermal ablation of recurrent or persistent renal hyperparathyroidism achieves, by the PTH before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, ndtri

from hpt_bayes.clinical.calcium import require_positive

TREATED = 102
AT_TARGET = 89
TARGET_PTH_PG_ML = 300.0
"""PTH at the end of follow-up (median 30 months) that counts as success, pg/mL; evidence row abl_target."""

HIGH_PTH_PG_ML = 1606.0
FAILURE_ODDS_RATIO, FAILURE_ODDS_RATIO_LOWER, FAILURE_ODDS_RATIO_UPPER = 5.1, 1.1, 23.1
"""Odds ratio of failure from that PTH on, with its 95 % interval; evidence row abl_or1606."""

SHARE_HIGH = 0.15
"""Share of patients from that PTH on; the abstract does not give it, judged (labs.md, section 11)."""

SEVERE_HYPOCALCEMIA = 29
PERSISTENT_PALSY = 1
"""Of the 102; evidence rows abl_hypoca and abl_vcp."""

_DRAWS = 20_000


@dataclass(frozen=True)
class Proportion:
    """A probability with a 90 % interval."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class AblationOutcome:
    """What to expect.

    Attributes:
        at_target: PTH of 300 pg/mL or less at the end of follow-up.
        severe_hypocalcemia: after the ablation; not split by PTH in the source.
        persistent_palsy: of the laryngeal nerve; likewise.
        high_pth: whether the PTH before is 1606 pg/mL or more.
    """

    at_target: Proportion
    severe_hypocalcemia: Proportion
    persistent_palsy: Proportion
    high_pth: bool


def ablation_outcome(baseline_pth_pg_ml: float) -> AblationOutcome:
    """Success and complications of ultrasound-guided ablation in recurrent or persistent secondary disease.

    The overall failure of 13 in 102 is split so that the odds ratio between the two groups is the published one. The
    interval carries the uncertainty of both (drawn with a fixed seed), not that of the judged share of high PTH.

    Args:
        baseline_pth_pg_ml: intact PTH before the ablation, pg/mL.

    Returns:
        Probabilities with 90 % intervals.

    Raises:
        EvidenceError: the PTH is not a positive finite number.

    Source:
        Multicentre series of 102 patients, 2014 to 2023 (evidence rows `abl_target`, `abl_or1606`,
        `abl_hypoca`, `abl_vcp`).
    """
    require_positive("PTH before the ablation", baseline_pth_pg_ml, "pg/mL")
    high = baseline_pth_pg_ml >= HIGH_PTH_PG_ML
    rng = np.random.default_rng(0)
    failed = rng.beta(TREATED - AT_TARGET + 0.5, AT_TARGET + 0.5, _DRAWS)
    sd = np.log(FAILURE_ODDS_RATIO_UPPER / FAILURE_ODDS_RATIO_LOWER) / (2.0 * ndtri(0.975))
    ratio = FAILURE_ODDS_RATIO * np.exp(sd * rng.standard_normal(_DRAWS))
    success = 1.0 - _failure(failed, ratio, high)
    value = 1.0 - _failure(np.array([1.0 - AT_TARGET / TREATED]), np.array([FAILURE_ODDS_RATIO]), high)
    lower, upper = np.quantile(success, [0.05, 0.95])
    return AblationOutcome(
        Proportion(float(value[0]), float(lower), float(upper)),
        _counted(SEVERE_HYPOCALCEMIA, TREATED),
        _counted(PERSISTENT_PALSY, TREATED),
        high,
    )


def _failure(
    overall: np.ndarray[tuple[int], np.dtype[np.float64]],
    ratio: np.ndarray[tuple[int], np.dtype[np.float64]],
    high: bool,
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """P(failure) in one group, from P(failure) overall and the odds ratio: the root of a quadratic."""
    # With f = P(failure | low PTH): (1 - q) f + q ratio f / (1 - f + ratio f) = overall.
    q = SHARE_HIGH
    a = (1.0 - q) * (ratio - 1.0)
    b = (1.0 - q) + q * ratio - overall * (ratio - 1.0)
    # The root in a form that stays right when the ratio is 1 and the equation linear.
    low = 2.0 * overall / (b + np.sqrt(b**2 + 4.0 * a * overall))
    return np.asarray(ratio * low / (1.0 - low + ratio * low) if high else low)


def _counted(events: int, n: int) -> Proportion:
    """A share with its Jeffreys interval."""
    lower, upper = (float(betaincinv(events + 0.5, n - events + 0.5, level)) for level in (0.05, 0.95))
    return Proportion(events / n, lower, upper)
