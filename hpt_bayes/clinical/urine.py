"""Renal handling of calcium from paired serum and urine values."""

from __future__ import annotations

from hpt_bayes.clinical.calcium import require_positive

PERCENT_PER_UNIT = 100.0


def calcium_creatinine_clearance_ratio(
    urine_calcium_mg: float,
    urine_creatinine_mg: float,
    serum_calcium_mg_dl: float,
    serum_creatinine_mg_dl: float,
) -> float:
    """Calcium-to-creatinine clearance ratio: (urine Ca x serum Cr) / (serum Ca x urine Cr).

    Args:
        urine_calcium_mg: urine calcium, as mg/dL or as mg in 24 hours.
        urine_creatinine_mg: urine creatinine, in the same of the two forms as the urine calcium.
        serum_calcium_mg_dl: total serum calcium, mg/dL.
        serum_creatinine_mg_dl: serum creatinine, mg/dL.

    Returns:
        The ratio, dimensionless (0.01 is one per cent).

    Raises:
        EvidenceError: a value is not a positive finite number.

    Source:
        The ratio of two clearances U V / P; the volume cancels, so both urine values are concentrations or both totals.
    """
    require_positive("urine calcium", urine_calcium_mg, "mg/dL or mg/24h")
    require_positive("urine creatinine", urine_creatinine_mg, "mg/dL or mg/24h")
    require_positive("serum calcium", serum_calcium_mg_dl, "mg/dL")
    require_positive("serum creatinine", serum_creatinine_mg_dl, "mg/dL")
    return (urine_calcium_mg * serum_creatinine_mg_dl) / (serum_calcium_mg_dl * urine_creatinine_mg)


def fractional_excretion_of_calcium_percent(clearance_ratio: float) -> float:
    """Fractional excretion of calcium: 100 times the calcium-to-creatinine clearance ratio.

    Args:
        clearance_ratio: calcium-to-creatinine clearance ratio, dimensionless.

    Returns:
        Fractional excretion of calcium, per cent.

    Raises:
        EvidenceError: the ratio is not a positive finite number.

    Source:
        Definition.
    """
    require_positive("the calcium-to-creatinine clearance ratio", clearance_ratio, "")
    return PERCENT_PER_UNIT * clearance_ratio
