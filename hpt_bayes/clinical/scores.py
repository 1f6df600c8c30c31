"""Published scores for single-gland against multigland disease: comparators for the network, not parts of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hpt_bayes.clinical.calcium import require_positive
from hpt_bayes.errors import EvidenceError

CAPTHUS_CALCIUM_MG_DL = 12.0
CAPTHUS_PTH_TIMES_LIMIT = 2.0
CAPTHUS_POSITIVE = 3
"""A score from here on is read as single-gland disease."""

WISCONSIN_LOW, WISCONSIN_HIGH = 800.0, 1600.0
"""Category edges, mg/dL x pg/mL."""


@dataclass(frozen=True)
class Capthus:
    """A CaPTHUS score with its items.

    Attributes:
        items: name -> whether it counts, five of them.
        score: how many do, 0 to 5.
        single_gland: whether the score reads as single-gland disease (3 or more).
    """

    items: dict[str, bool]
    score: int
    single_gland: bool


def capthus(
    calcium_mg_dl: float,
    pth_pg_ml: float,
    pth_upper_limit_pg_ml: float,
    *,
    glands_on_ultrasound: int,
    glands_on_sestamibi: int,
    concordant: bool,
) -> Capthus:
    """CaPTHUS: one point each for high calcium, high PTH, one gland on ultrasound, one on sestamibi, and agreement.

    Args:
        calcium_mg_dl: total serum calcium before the operation, mg/dL.
        pth_pg_ml: intact PTH, pg/mL.
        pth_upper_limit_pg_ml: the laboratory's upper limit, pg/mL.
        glands_on_ultrasound: enlarged glands seen, 0 or more.
        glands_on_sestamibi: foci seen, 0 or more.
        concordant: whether both show one gland in the same place.

    Returns:
        The score.

    Raises:
        EvidenceError: a value is no positive number, a count is no count, or scans are called concordant that do not
            both show one gland.

    Source:
        Kebebew E et al., Arch Surg 2006;141:777-782 (evidence row `keb_ppv`).
    """
    require_positive("calcium", calcium_mg_dl, "mg/dL")
    require_positive("PTH", pth_pg_ml, "pg/mL")
    require_positive("the upper limit of PTH", pth_upper_limit_pg_ml, "pg/mL")
    for scan, glands in (("ultrasound", glands_on_ultrasound), ("sestamibi", glands_on_sestamibi)):
        if isinstance(glands, bool) or not isinstance(glands, int) or glands < 0:
            raise EvidenceError(f"glands on {scan} must be a whole number of 0 or more, got {glands!r}")
    if concordant and not glands_on_ultrasound == glands_on_sestamibi == 1:
        raise EvidenceError(
            "scans are concordant for CaPTHUS when both show one gland in the same place, "
            f"found {glands_on_ultrasound} on ultrasound and {glands_on_sestamibi} on sestamibi"
        )
    items = {
        "calcium": calcium_mg_dl >= CAPTHUS_CALCIUM_MG_DL,
        "pth": pth_pg_ml >= CAPTHUS_PTH_TIMES_LIMIT * pth_upper_limit_pg_ml,
        "ultrasound": glands_on_ultrasound == 1,
        "sestamibi": glands_on_sestamibi == 1,
        "concordance": concordant,
    }
    score = sum(items.values())
    return Capthus(items, score, score >= CAPTHUS_POSITIVE)


@dataclass(frozen=True)
class WisconsinIndex:
    """Calcium times PTH.

    Attributes:
        value: mg/dL x pg/mL.
        category: low (to 800), middle (to 1600) or high; a low one goes with small glands and multigland disease.
    """

    value: float
    category: Literal["low", "middle", "high"]


def wisconsin_index(calcium_mg_dl: float, pth_pg_ml: float) -> WisconsinIndex:
    """Wisconsin index: serum calcium times PTH before the operation.

    Args:
        calcium_mg_dl: total serum calcium, mg/dL.
        pth_pg_ml: intact PTH, pg/mL.

    Returns:
        The index and its category.

    Raises:
        EvidenceError: a value is not a positive finite number.

    Source:
        Mazeh H et al., Ann Surg 2013;257:138-141 (evidence row `win_mean`; gland weights `win_w_low`, `win_w_mid`,
        `win_w_hi`).
    """
    require_positive("calcium", calcium_mg_dl, "mg/dL")
    require_positive("PTH", pth_pg_ml, "pg/mL")
    value = calcium_mg_dl * pth_pg_ml
    return WisconsinIndex(value, "low" if value <= WISCONSIN_LOW else "middle" if value <= WISCONSIN_HIGH else "high")
