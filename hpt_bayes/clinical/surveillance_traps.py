"""What misleads in the calcium after a parathyroid operation, named where the readings call for it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from hpt_bayes.clinical.surveillance_readings import EARLIEST_DAY, Limits, Reading

DILUTED_DAYS = 3
"""Days after an operation in which fluids dilute albumin and calcium with it; judged."""

LOW_ALBUMIN_G_DL = 3.5
"""Below it the adjustment of calcium is itself uncertain; labs.md section 2."""

DEFICIENT_NG_ML = 20.0
"""25-hydroxyvitamin D below it is deficiency; evidence row ref_25d_def."""


def not_counted(after: Sequence[Reading], operation: datetime.date) -> tuple[str, ...]:
    """Why readings were left out, one sentence each.

    Args:
        after: readings since the operation, by date.
        operation: its date.
    """
    said = []
    for each in after:
        day = (each.date - operation).days
        if each.on:
            said.append(f"{each.date} is not counted: taken on {', '.join(sorted(each.on))}.")
        elif day < EARLIEST_DAY:
            said.append(f"{each.date} is not counted: day {day}, before six weeks.")
        elif each.calcium_mg_dl is None:
            said.append(f"{each.date} is not counted: PTH without calcium.")
    return tuple(said)


def traps(after: Sequence[Reading], operation: datetime.date, limits: Limits) -> tuple[str, ...]:
    """Hungry bone, haemodilution and unmasked vitamin D deficiency, where the readings look like them.

    Args:
        after: readings since the operation, by date.
        operation: its date.
        limits: the laboratory's.

    Source:
        labs.md section 8 (evidence rows `nohbs_inc`, `vdsup_13_no`, `yen_high1w`).
    """
    named = []
    for each in after:
        low = each.calcium_mg_dl is not None and each.calcium_mg_dl < limits.calcium_low_mg_dl
        raised = each.pth_pg_ml is not None and each.pth_pg_ml > limits.pth_high_pg_ml
        early = (each.date - operation).days < DILUTED_DAYS
        deficient = each.vitamin_d_25_ng_ml is not None and each.vitamin_d_25_ng_ml < DEFICIENT_NG_ML
        not_high = each.calcium_mg_dl is not None and each.calcium_mg_dl <= limits.calcium_high_mg_dl
        if low and raised:
            named.append(
                f"Hungry bone: low calcium with raised PTH on {each.date}; bone takes up calcium and PTH answers, "
                "so the raised PTH is no sign of a gland left."
            )
        if not_high and (early or (each.albumin_g_dl is not None and each.albumin_g_dl < LOW_ALBUMIN_G_DL)):
            named.append(
                f"Haemodilution: the calcium of {each.date} may be low because albumin is; adjust it or measure "
                "ionized calcium before calling it normal."
            )
        if not_high and deficient:
            says = "explains the raised PTH and may hide high calcium" if raised else "may hide high calcium"
            named.append(
                f"Unmasked vitamin D deficiency: 25-hydroxyvitamin D is low on {each.date}, which {says}; "
                "replete and measure again."
            )
    return tuple(named)
