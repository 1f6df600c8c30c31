"""Means over simulated patients with 95 % intervals; patients of one version of the numbers are dependent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import EvidenceError

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval, both ends None where a single group gives no interval."""

    mean: float
    low: float | None
    high: float | None

    def to_dict(self) -> dict[str, float | None]:
        """Unrounded."""
        return {"mean": self.mean, "low": self.low, "high": self.high}


def estimate(values: NDArray[np.float64], groups: NDArray[np.int64], *, share: bool = False) -> Estimate:
    """The mean of some patients.

    Args:
        values: one a patient, (patients,).
        groups: patients of one group are dependent, (patients,); one patient each makes them independent.
        share: whether the values are 0 or 1; the interval is then Wilson's at the effective number of patients.

    Returns:
        The estimate.

    Raises:
        EvidenceError: no patients, or another number of groups.

    Source:
        Cluster-robust variance of a mean: Liang & Zeger 1986. Interval of a share: Wilson 1927.
    """
    if not len(values) or len(values) != len(groups):
        raise EvidenceError(f"expected patients with a group each, found {len(values)} and {len(groups)} groups")
    mean = float(values.mean())
    _, number = np.unique(groups, return_inverse=True)
    sums = np.bincount(number, weights=values - mean)
    if len(sums) < 2:
        return Estimate(mean, None, None)
    variance = float((sums**2).sum()) * len(sums) / (len(sums) - 1) / len(values) ** 2
    if not share:
        half = NORMAL_95 * variance**0.5
        return Estimate(mean, mean - half, mean + half)
    effective = mean * (1.0 - mean) / variance if variance > 0 else float(len(sums))
    return Estimate(mean, *_wilson(mean, min(effective, float(len(values)))))


def _wilson(p: float, n: float) -> tuple[float, float]:
    squared = NORMAL_95**2
    middle = (p + squared / (2 * n)) / (1 + squared / n)
    half = NORMAL_95 * (p * (1 - p) / n + squared / (4 * n * n)) ** 0.5 / (1 + squared / n)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def independent(version: NDArray[np.int64], misspecified: bool) -> NDArray[np.int64]:
    """The groups of patients: those of one drawn version go together; those of the mean model are independent."""
    return version if misspecified else np.arange(len(version))
