"""What was published as an interval, how far off the model may be, and in what units a miss is counted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hpt_bayes.network.provenance import EvidenceRow
from hpt_bayes.network.yaml_reader import describe
from hpt_bayes.validation.targets import Target

_NORMAL_95 = 1.959963984540054
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Published:
    """What was published.

    Attributes:
        low: lower end; equal to `high` for a single value.
        high: upper end.
        tolerance: distance outside the interval that still meets it.
        unit: what a miss is counted in: the tolerance, or half the interval when the tolerance is zero.
        value: the single value an interval belongs to, or None.
    """

    low: float
    high: float
    tolerance: float
    unit: float
    value: float | None = None

    def outside(self, value: float) -> float:
        """Distance of a value from the interval."""
        return max(self.low - value, value - self.high, 0.0)

    def met_by(self, value: float) -> bool:
        """Whether a value lies inside the interval, the tolerance added."""
        return self.outside(value) <= self.tolerance + _ROUNDING

    def tolerances(self, value: float) -> float:
        """Distance of a value from the interval in units; what is allowed without a tolerance is 0."""
        return self.outside(value) / self.unit


def published_of(target: Target, rows: Mapping[str, EvidenceRow]) -> Published:
    """What a target must return.

    Args:
        target: as written.
        rows: published numbers by key.

    Raises:
        ModelFileError: no number to compare with, an interval that runs backwards, or nothing that says how far off
            the model may be.
    """
    row, given = rows[target.evidence[0]], target.published
    if isinstance(given, Sequence) and not isinstance(given, str):
        low, high = _ends(target, given)
        tolerance = target.tolerance or 0.0
        return Published(low, high, tolerance, tolerance or (high - low) / 2)
    value = row.value if given is None else given
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        place = target.place_of("published")
        raise place.error(f"expected a number or [low, high] as published, found {describe(value)}")
    if target.tolerance:
        return Published(float(value), float(value), target.tolerance, target.tolerance, float(value))
    ends = interval_of(row)
    if ends is None:
        raise target.at.error(
            f"expected a tolerance above 0, found none, and {row.key} has neither interval nor counts"
        )
    return Published(*ends, 0.0, (ends[1] - ends[0]) / 2, float(value))


def _ends(target: Target, given: Sequence[object]) -> tuple[float, float]:
    ends = [float(end) for end in given if isinstance(end, (int, float)) and not isinstance(end, bool)]
    if len(ends) != 2 or len(given) != 2 or not ends[0] < ends[1]:
        place = target.place_of("published")
        raise place.error(f"expected published: [low, high] with low below high, found {list(given)}")
    return ends[0], ends[1]


def interval_of(row: EvidenceRow) -> tuple[float, float] | None:
    """The 95 % interval of a published row: as printed, else Wilson's from its counts, else None."""
    if row.lower is not None and row.upper is not None:
        return row.lower, row.upper
    if row.n is None or row.value is None or row.unit != "proportion":
        return None
    return wilson(row.value * row.n if row.events is None else row.events, row.n)


def wilson(events: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion (J Am Stat Assoc 1927;22:209).

    Args:
        events: numerator.
        n: denominator, above 0.
    """
    z2, p = _NORMAL_95**2, events / n
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _NORMAL_95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)
