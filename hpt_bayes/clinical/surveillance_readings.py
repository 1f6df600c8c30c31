"""Readings after a parathyroid operation, dated, with the limits they are held against."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hpt_bayes.clinical.calcium import require_positive
from hpt_bayes.errors import EvidenceError

EARLIEST_DAY = 42
"""Readings before six weeks decide nothing."""

CURE_DAY = 182
"""Six months: normal calcium from here on is cure, calcium high again afterwards is recurrence."""

Drug = Literal["calcimimetic", "calcium", "calcitriol", "thiazide"]
DRUGS: tuple[Drug, ...] = ("calcimimetic", "calcium", "calcitriol", "thiazide")


@dataclass(frozen=True)
class Limits:
    """Limits the readings are held against; give the laboratory's own where they differ.

    Args:
        calcium_low_mg_dl: lower limit of calcium, mg/dL.
        calcium_high_mg_dl: upper limit of calcium, mg/dL.
        pth_high_pg_ml: upper limit of PTH, pg/mL.
        pth_suppressed_pg_ml: PTH below it is suppressed, pg/mL.

    Raises:
        EvidenceError: a limit is not a positive finite number, or low and high are the wrong way round.

    Source:
        Calcium bins of labs.md section 2 (8.5 and 10.5); PTH 15-65 pg/mL and 20 pg/mL (0.3 of the limit) for
        PTH-independent disease, labs.md section 3.
    """

    calcium_low_mg_dl: float = 8.5
    calcium_high_mg_dl: float = 10.5
    pth_high_pg_ml: float = 65.0
    pth_suppressed_pg_ml: float = 20.0

    def __post_init__(self) -> None:
        require_positive("the lower limit of calcium", self.calcium_low_mg_dl, "mg/dL")
        require_positive("the upper limit of calcium", self.calcium_high_mg_dl, "mg/dL")
        require_positive("the upper limit of PTH", self.pth_high_pg_ml, "pg/mL")
        require_positive("the limit of suppressed PTH", self.pth_suppressed_pg_ml, "pg/mL")
        if self.calcium_low_mg_dl >= self.calcium_high_mg_dl or self.pth_suppressed_pg_ml >= self.pth_high_pg_ml:
            raise EvidenceError(f"expected low limits below high ones, found {self}")


@dataclass(frozen=True)
class Reading:
    """Blood taken on one day.

    Args:
        date: of the draw.
        calcium_mg_dl: adjusted (or total) calcium, mg/dL; None when not measured.
        pth_pg_ml: intact PTH, pg/mL; None when not measured.
        on: drugs that move calcium or PTH and were taken then.
        albumin_g_dl: albumin, g/dL, when the calcium is an unadjusted total; used to name a trap only.
        vitamin_d_25_ng_ml: 25-hydroxyvitamin D, ng/mL; likewise.

    Raises:
        EvidenceError: no date, nothing was measured, a value is not a positive finite number, or an unknown drug.
    """

    date: datetime.date
    calcium_mg_dl: float | None = None
    pth_pg_ml: float | None = None
    on: frozenset[Drug] = frozenset()
    albumin_g_dl: float | None = None
    vitamin_d_25_ng_ml: float | None = None

    def __post_init__(self) -> None:
        _require_date("a reading", self.date)
        if self.calcium_mg_dl is None and self.pth_pg_ml is None:
            raise EvidenceError(f"{self.date}: expected a calcium or a PTH, found neither")
        for what, value, unit in (
            ("calcium", self.calcium_mg_dl, "mg/dL"),
            ("PTH", self.pth_pg_ml, "pg/mL"),
            ("albumin", self.albumin_g_dl, "g/dL"),
            ("25-hydroxyvitamin D", self.vitamin_d_25_ng_ml, "ng/mL"),
        ):
            if value is not None:
                require_positive(f"{what} of {self.date}", value, unit)
        unknown = sorted(set(self.on) - set(DRUGS))
        if unknown:
            raise EvidenceError(f"{self.date}: unknown drug {unknown[0]!r}; valid names: {', '.join(DRUGS)}")


def since_operation(readings: Sequence[Reading], operation: datetime.date) -> tuple[Reading, ...]:
    """Return the readings from the day of the operation on, by date.

    Args:
        readings: in any order.
        operation: date of the operation.

    Raises:
        EvidenceError: there is none, or something else than dated readings.
    """
    _require_date("an operation", operation)
    for each in readings:
        if not isinstance(each, Reading):
            raise EvidenceError(f"expected a Reading, found {each!r}")
    after = tuple(sorted((each for each in readings if each.date >= operation), key=lambda each: each.date))
    if not after:
        raise EvidenceError(f"expected a reading after the operation of {operation}, found none")
    return after


def _require_date(what: str, date: object) -> None:
    """A date without a time of day, which would not compare with one."""
    if isinstance(date, datetime.datetime) or not isinstance(date, datetime.date):
        raise EvidenceError(f"expected the date of {what}, a datetime.date, found {date!r}")
