"""The same question after an operation for kidney disease: there PTH decides, against a target, not calcium."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from hpt_bayes.clinical.calcium import require_positive
from hpt_bayes.clinical.surveillance import State, Surveillance
from hpt_bayes.clinical.surveillance_readings import CURE_DAY, EARLIEST_DAY, Limits, Reading, since_operation
from hpt_bayes.clinical.surveillance_traps import traps

TARGET_PTH_PG_ML = 300.0
"""PTH at or below it is at target (evidence row `abl_target`). Another source uses 477 (`peng_1y`)."""


def classify_renal(
    readings: Sequence[Reading],
    operation: datetime.date,
    *,
    target_pth_pg_ml: float = TARGET_PTH_PG_ML,
    limits: Limits | None = None,
) -> Surveillance:
    """Classify the PTH after an operation or ablation for secondary or tertiary hyperparathyroidism.

    PTH that never reached its target within six months is persistent disease, PTH that was at target and left it is
    recurrent; both on two dates. Calcium decides nothing, and values on a calcimimetic or calcitriol are not counted.

    Args:
        readings: in any order, at least one after the operation.
        operation: date of the operation.
        target_pth_pg_ml: PTH aimed at, pg/mL.
        limits: the laboratory's, for the traps.

    Returns:
        One of too_early, normal_so_far, cured, persistent, recurrent and persistent_or_recurrent.

    Raises:
        EvidenceError: no reading from the day of the operation on, or a target that is not a positive number.

    Source:
        Recurrent when the target is lost, persistent when it is never reached in six months; target: evidence row
        `abl_target`.
    """
    require_positive("the target of PTH", target_pth_pg_ml, "pg/mL")
    after = since_operation(readings, operation)
    left_out = []
    counted = []
    for each in after:
        day = (each.date - operation).days
        drugs = sorted(set(each.on) & {"calcimimetic", "calcitriol"})
        if drugs:
            left_out.append(f"{each.date} is not counted: taken on {', '.join(drugs)}.")
        elif each.pth_pg_ml is None:
            left_out.append(f"{each.date} is not counted: calcium without PTH.")
        elif day < EARLIEST_DAY:
            left_out.append(f"{each.date} is not counted: day {day}, before six weeks.")
        else:
            counted.append((each.date, each.pth_pg_ml))
    named = traps(after, operation, Limits() if limits is None else limits)
    if not counted:
        why = "Too early to tell: no PTH from six weeks on that counts."
        return Surveillance("too_early", True, None, why, tuple(left_out), named)
    state, provisional, why = _state(counted, operation, target_pth_pg_ml)
    return Surveillance(state, provisional, (counted[-1][0] - operation).days, why, tuple(left_out), named)


def _state(
    counted: Sequence[tuple[datetime.date, float]], operation: datetime.date, target: float
) -> tuple[State, bool, str]:
    day = (counted[-1][0] - operation).days
    reached = [date for date, pth in counted if pth <= target]
    if counted[-1][1] <= target:
        if day >= CURE_DAY:
            return "cured", False, f"PTH is at its target of {target:g} pg/mL on day {day}."
        return "normal_so_far", True, f"PTH is at its target of {target:g} pg/mL on day {day}; six months decide."
    above = {date for date, pth in counted if pth > target and (not reached or date > reached[-1])}
    confirmed = len(above) >= 2
    said = "on two dates" if confirmed else "on one date only; confirm it"
    if reached:
        why = f"PTH was at its target of {target:g} pg/mL and is above it again {said}."
        return "recurrent", not confirmed, why
    if (counted[0][0] - operation).days < CURE_DAY:
        why = f"PTH is above its target of {target:g} pg/mL {said} and never reached it."
        return "persistent", not confirmed or day < CURE_DAY, why
    why = f"PTH is above its target of {target:g} pg/mL {said}; the first six months are not in the series."
    return "persistent_or_recurrent", not confirmed, why
