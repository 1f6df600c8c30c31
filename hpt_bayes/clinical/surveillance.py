"""What a dated series of calcium and PTH after a parathyroid operation amounts to: one of eight states."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hpt_bayes.clinical.surveillance_readings import CURE_DAY, EARLIEST_DAY, Limits, Reading, since_operation
from hpt_bayes.clinical.surveillance_traps import not_counted, traps

State = Literal[
    "too_early",
    "normal_so_far",
    "cured",
    "persistent",
    "recurrent",
    "normocalcemic_raised_pth",
    "pth_suppressed",
    "persistent_or_recurrent",
]


@dataclass(frozen=True)
class Surveillance:
    """The state a series amounts to.

    Attributes:
        state: one of the eight.
        provisional: a later or a second reading may still change it.
        days: from the operation to the last reading that counts; None when none does.
        why: one sentence.
        not_counted: why a reading was left out, one sentence each.
        traps: pitfalls the readings call for, one sentence each.
    """

    state: State
    provisional: bool
    days: int | None
    why: str
    not_counted: tuple[str, ...]
    traps: tuple[str, ...]


def classify(readings: Sequence[Reading], operation: datetime.date, limits: Limits | None = None) -> Surveillance:
    """Classify the calcium and PTH after an operation for primary hyperparathyroidism.

    Readings from six weeks on count, unless a drug that moves them was taken. Calcium above the limit with PTH not
    suppressed on two dates is failure: recurrent after documented normal calcium for six months, persistent when it
    was high before six months were over and never normal that long, persistent_or_recurrent when the series does not
    tell. Without failure the last calcium decides.

    Args:
        readings: in any order, at least one after the operation.
        operation: date of the operation.
        limits: the laboratory's.

    Returns:
        The state, with what was left out and the traps.

    Raises:
        EvidenceError: no reading from the day of the operation on.

    Source:
        Persistent within six months, recurrent after six months of normal calcium: Wilhelm SM et al., JAMA Surg
        2016;151:959-968. Raised PTH with normal calcium is rarely failure: evidence row `yen_high6m`.
    """
    limits = Limits() if limits is None else limits
    after = since_operation(readings, operation)
    left_out = not_counted(after, operation)
    named = traps(after, operation, limits)
    counted = [
        each
        for each in after
        if each.calcium_mg_dl is not None and not each.on and (each.date - operation).days >= EARLIEST_DAY
    ]
    if not counted:
        last = (after[-1].date - operation).days
        early = last < EARLIEST_DAY
        why = f"the last reading is of day {last}" if early else "no calcium from six weeks on was free of drugs"
        return Surveillance("too_early", True, None, f"Too early to tell: {why}.", left_out, named)
    days = (counted[-1].date - operation).days
    state, provisional, why = _state(counted, operation, limits)
    return Surveillance(state, provisional, days, why, left_out, named)


def _state(counted: Sequence[Reading], operation: datetime.date, limits: Limits) -> tuple[State, bool, str]:
    last = counted[-1]
    last_day = (last.date - operation).days
    high = [each for each in counted if (each.calcium_mg_dl or 0.0) > limits.calcium_high_mg_dl]
    suppressed = [each for each in high if each.pth_pg_ml is not None and each.pth_pg_ml < limits.pth_suppressed_pg_ml]
    if last in suppressed:
        why = f"Calcium is high with PTH suppressed on {last.date}: this is not hyperparathyroidism."
        return "pth_suppressed", False, why
    failures = [each for each in high if each not in suppressed]
    if last in failures:
        return _failed(counted, failures, operation, limits)
    raised = last.pth_pg_ml is not None and last.pth_pg_ml > limits.pth_high_pg_ml
    if raised:
        why = f"Calcium is not high and PTH is raised on day {last_day}; mostly not failure."
        return "normocalcemic_raised_pth", last_day < CURE_DAY, why
    if last_day >= CURE_DAY:
        why = f"Calcium is not high on day {last_day}, six months or more after the operation."
        return "cured", bool(failures), why
    return "normal_so_far", True, f"Calcium is not high on day {last_day}; cure is decided at six months."


def _failed(
    counted: Sequence[Reading], failures: Sequence[Reading], operation: datetime.date, limits: Limits
) -> tuple[State, bool, str]:
    """Persistent, recurrent, or not to be told; the last calcium is high."""
    latest = failures[-1].date
    run_ends = _normal_for_six_months(counted, failures, operation, limits)
    since = [each for each in failures if run_ends is None or each.date > run_ends]
    confirmed = len({each.date for each in since}) >= 2
    said = "on two dates" if confirmed else f"on {latest} only (confirm on a second date)"
    if all(each.pth_pg_ml is None for each in since):
        said, confirmed = f"{said}, PTH not measured with it", False
    if run_ends is not None:
        why = f"Calcium was normal for six months, until {run_ends} at least, and is high {said}."
        return "recurrent", not confirmed, why
    early = (failures[0].date - operation).days < CURE_DAY
    if early:
        within = (latest - operation).days < CURE_DAY
        why = f"Calcium is high {said}, was so within six months, and was never normal for six months."
        return "persistent", not confirmed or within, why
    why = f"Calcium is high {said}; the series does not show six months of normal calcium, nor high calcium before."
    return "persistent_or_recurrent", not confirmed, why


def _normal_for_six_months(
    counted: Sequence[Reading], failures: Sequence[Reading], operation: datetime.date, limits: Limits
) -> datetime.date | None:
    """The last date of the latest documented stretch of 182 days without high calcium, or None.

    A stretch runs from the operation while calcium was never high, later from the first reading that is normal again.
    High calcium with PTH suppressed has another cause: it neither ends a stretch nor documents normal calcium.
    """
    start: datetime.date | None = operation
    found = None
    for each in counted:
        if each in failures:
            start = None
        if (each.calcium_mg_dl or 0.0) > limits.calcium_high_mg_dl:
            continue
        start = each.date if start is None else start
        if (each.date - start).days >= CURE_DAY:
            found = each.date
    return found
