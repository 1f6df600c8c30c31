"""A measured number on its way to the network, entered or computed from others, in the analyte's unit."""

from __future__ import annotations

from dataclasses import dataclass

from hpt_bayes.evidence.number import MULTIPLE, in_analyte_unit
from hpt_bayes.evidence.observed import Observation
from hpt_bayes.network.analytes import Analyte


@dataclass(frozen=True)
class Measured:
    """One number, bound or range of one analyte.

    Attributes:
        analyte: name of the measurement it is a reading of.
        value: in the analyte's unit (a multiple of the upper limit when `multiple`), or None.
        lower: bound, likewise, None when open.
        upper: bound, likewise, None when open.
        upper_limit: the laboratory's, in the analyte's unit, "unknown", or None.
        multiple: whether the figures already are multiples of the upper limit.
        text: for people.
    """

    analyte: str
    value: float | None
    lower: float | None
    upper: float | None
    upper_limit: float | str | None
    multiple: bool
    text: str


def measured(analyte: Analyte, reading: Observation) -> Measured:
    """Return a numeric observation in the analyte's unit.

    Args:
        analyte: of the finding.
        reading: with a number, a bound or a range.

    Returns:
        The same in `analyte.unit`.
    """
    unit = reading.unit or analyte.unit
    multiple = unit == MULTIPLE

    def figure(entered: float | None) -> float | None:
        return entered if entered is None or multiple else in_analyte_unit(analyte, entered, unit)

    limit = reading.upper_limit
    return Measured(
        analyte.name,
        figure(reading.value),
        figure(reading.lower),
        figure(reading.upper),
        limit if isinstance(limit, str) else figure(limit),
        multiple,
        reading.text,
    )
