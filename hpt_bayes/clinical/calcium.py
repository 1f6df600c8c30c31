"""Serum calcium adjusted for albumin."""

from __future__ import annotations

import sys
from numbers import Real
from reprlib import repr as brief

from hpt_bayes.errors import EvidenceError

CALCIUM_PER_ALBUMIN_MG_PER_G = 0.8
"""Calcium bound by albumin, mg of calcium for each g of albumin; source: evidence row stpc_corr."""

REFERENCE_ALBUMIN_G_DL = 4.0
"""Albumin to which calcium is adjusted, g/dL; source: evidence row stpc_corr."""


def albumin_adjusted_calcium_mg_dl(total_calcium_mg_dl: float, albumin_g_dl: float) -> float:
    """Total calcium as it would be at an albumin of 4.0 g/dL: total + 0.8 (4.0 - albumin).

    Args:
        total_calcium_mg_dl: total serum calcium, mg/dL.
        albumin_g_dl: serum albumin of the same blood draw, g/dL.

    Returns:
        Albumin-adjusted calcium, mg/dL.

    Raises:
        EvidenceError: a value is not a positive finite number, or the adjusted calcium would not be one.

    Source:
        Evidence row `stpc_corr` (labs.csv).
    """
    require_positive("total calcium", total_calcium_mg_dl, "mg/dL")
    require_positive("albumin", albumin_g_dl, "g/dL")
    adjusted = total_calcium_mg_dl + CALCIUM_PER_ALBUMIN_MG_PER_G * (REFERENCE_ALBUMIN_G_DL - albumin_g_dl)
    if adjusted <= 0:
        raise EvidenceError(
            f"a total calcium of {total_calcium_mg_dl:g} mg/dL with an albumin of {albumin_g_dl:g} g/dL gives an "
            f"adjusted calcium of {adjusted:g} mg/dL, which cannot be; check both values and their units"
        )
    return adjusted


def require_positive(quantity: str, value: float, unit: str) -> None:
    """Refuse a value that is not a positive finite number.

    Args:
        quantity: what was measured, for the message.
        value: the number, in `unit`.
        unit: unit for the message, empty when dimensionless.

    Raises:
        EvidenceError: the value is NaN, infinite, zero, negative, a boolean or no number.
    """
    number = not isinstance(value, bool) and isinstance(value, Real)
    if not number or not 0 < value <= sys.float_info.max:
        raise EvidenceError(f"{quantity} must be a positive number{f' in {unit}' if unit else ''}, got {brief(value)}")
