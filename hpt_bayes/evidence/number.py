"""Numbers at the door: the unit from the finding's closed list, the plausible range, the laboratory's upper limit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral, Real
from reprlib import repr as brief

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.finding import Finding
from hpt_bayes.evidence.text_form import UNKNOWN, Reading, plain
from hpt_bayes.network.analytes import Analyte

MULTIPLE = "xULN"
"""Unit of a number given as a multiple of the laboratory's upper limit."""

DIMENSIONLESS = ("", "1", "ratio", "fraction", MULTIPLE)
_AT_MOST = {"%": 100.0, "percent": 100.0, "years": 130.0}
"""Units of numbers that are not measured by a laboratory; a bare number can only be meant in them."""


@dataclass(frozen=True)
class Amount:
    """A number, bound or range as entered, its unit in the finding's own spelling; all figures in `unit`.

    Attributes:
        unit: one of the finding's units.
        value: the number, or None for a bound or range.
        lower: lower bound, or None when open.
        upper: upper bound, or None when open.
        upper_limit: the laboratory's upper limit, "unknown", or None.
        notes: what is recorded and not used.
        assumed: what had to be assumed, or "".
    """

    unit: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    upper_limit: float | str | None = None
    notes: tuple[str, ...] = ()
    assumed: str = ""


def amount(finding: Finding, reading: Reading) -> Amount:
    """Check a numeric reading of a finding.

    Args:
        finding: one that takes numbers.
        reading: a number, bound or range, its unit and upper limit as entered.

    Returns:
        The same in the finding's own unit spelling.

    Raises:
        EvidenceError: the finding takes no number; the unit is unknown or missing; a figure is not a positive finite
            number or is implausible; the upper limit is missing, or is not a positive number.
    """
    analyte = finding.analyte
    if not finding.numeric:
        valid = ", ".join(finding.words)
        raise EvidenceError(f"{finding.name} takes no number, found {_shown(reading)}; valid: {valid}")
    bounds = [each for each in (reading.value, reading.lower, reading.upper) if each is not None]
    for figure in bounds:
        checked_number(finding.name, figure)
    unit = _unit(finding, reading)
    low, high = _plausible(finding, unit)
    for figure in bounds:
        vacuous = figure == 0 and reading.lower == 0 and reading.upper is not None
        if not vacuous and not low <= figure <= high:
            raise EvidenceError(_implausible(finding, figure, unit, low, high))
    if analyte is None or unit == MULTIPLE or finding.kind == "input":
        said = () if reading.upper_limit is None else (f"{finding.name}: the upper limit is not used",)
        return Amount(unit, reading.value, reading.lower, reading.upper, None, said)
    limit, notes, assumed = _upper_limit(finding, analyte, reading, unit)
    return Amount(unit, reading.value, reading.lower, reading.upper, limit, notes, assumed)


def checked_number(name: str, figure: object) -> float:
    """Return a figure as a float.

    Args:
        name: of the finding, for the message.
        figure: what was entered.

    Raises:
        EvidenceError: it is no number, a boolean, not finite, or negative.
    """
    if isinstance(figure, bool) or not isinstance(figure, Real):
        raise EvidenceError(f"{name}: expected a number, found {figure!r}")
    number = as_float(figure)
    if not math.isfinite(number):
        raise EvidenceError(f"{name}: expected a finite number, found {number}")
    if number < 0:
        raise EvidenceError(f"{name}: expected a number that is not negative, found {number:g}")
    return number


def checked_whole(name: str, figure: object, least: int | None = None, most: int | None = None) -> int:
    """Return a count or a seed as an int.

    Args:
        name: of what is counted, for the message.
        figure: what was given.
        least: the smallest that will do; None for any.
        most: the largest; None for any.

    Raises:
        EvidenceError: it is no whole number, a boolean, less than `least` or more than `most`.
    """
    if isinstance(figure, bool) or not isinstance(figure, Integral) or (least is not None and figure < least):
        wanted = "a whole number" if least is None else f"a whole number of {least} or more"
        raise EvidenceError(f"{name}: expected {wanted}, found {brief(figure)}")
    if most is not None and int(figure) > most:
        raise EvidenceError(f"{name}: expected at most {most:,}, found {brief(figure)}")
    return int(figure)


def as_float(figure: Real | float) -> float:
    """Return a figure as a float; infinity for a whole number that is too large to be one.

    Args:
        figure: any real number.
    """
    try:
        return float(figure)
    except OverflowError:
        return math.inf


def in_analyte_unit(analyte: Analyte, figure: float, unit: str) -> float:
    """Convert a figure to the analyte's own unit.

    Args:
        analyte: with its closed list of units.
        figure: in `unit`.
        unit: one of `analyte.units`.

    Returns:
        The figure in `analyte.unit`.
    """
    return figure * analyte.units[unit]


def known_unit(finding: Finding, unit: object) -> str:
    """Return a unit in the finding's own spelling.

    Args:
        finding: one that takes numbers.
        unit: as entered; letter case, spaces and the two micro signs do not count as a difference.

    Raises:
        EvidenceError: it is none of the finding's closed list, or fits several of them.
    """
    units = _units(finding)
    if not isinstance(unit, str):
        raise EvidenceError(f"{finding.name}: expected a unit, found {unit!r}")
    if unit in units:
        return unit
    fits = [each for each in units if _plain_unit(each) == _plain_unit(unit)]
    if len(fits) == 1:
        return fits[0]
    accepted = ", ".join(each or "(none)" for each in units)
    raise EvidenceError(f"{finding.name}: unknown unit {unit!r}; accepted: {accepted}")


def implied_unit(finding: Finding) -> str | None:
    """Return the only unit a bare number can be meant in, or None where the unit has to be given.

    Args:
        finding: one that takes numbers.
    """
    own = _units(finding)[0]
    return own if own in DIMENSIONLESS or (finding.analyte is None and own in _AT_MOST) else None


def needs_unit(finding: Finding) -> str:
    """Return how to give the unit that a number of this finding lacks."""
    return f"give the unit, one of {', '.join(_units(finding))}"


def _unit(finding: Finding, reading: Reading) -> str:
    if reading.unit is not None:
        return known_unit(finding, reading.unit)
    implied = implied_unit(finding)
    if implied is None:
        raise EvidenceError(f"{finding.name} {_shown(reading)}: {needs_unit(finding)}")
    return implied


def _units(finding: Finding) -> tuple[str, ...]:
    """The closed list, own unit first."""
    analyte = finding.analyte
    if analyte is None:
        unit = finding.variable.unit if finding.variable is not None else None
        return (unit or "1",)
    units = dict.fromkeys([analyte.unit, *analyte.units] if analyte.unit in analyte.units else analyte.units)
    if analyte.multiple_of_limit:
        units[MULTIPLE] = None
    return tuple(units)


def _plain_unit(unit: str) -> str:
    return "".join(unit.split()).casefold().replace("µ", "u").replace("μ", "u")


def _plausible(finding: Finding, unit: str) -> tuple[float, float]:
    analyte = finding.analyte
    if analyte is None:
        return 0.0, _AT_MOST.get(unit, math.inf)
    low, high = analyte.plausible or (0.0, math.inf)
    if unit != MULTIPLE:
        return low / analyte.units[unit], high / analyte.units[unit]
    limits = [each.value for each in analyte.upper_limits]
    return (low / max(limits), high / min(limits)) if limits else (0.0, math.inf)


def _implausible(finding: Finding, figure: float, unit: str, low: float, high: float) -> str:
    message = f"{finding.name}: {plain(figure)} {unit} is implausible; expected {low:.4g} to {high:.4g} {unit}"
    others = []
    for other in _units(finding):
        lowest, highest = _plausible(finding, other)
        if other != unit and lowest <= figure <= highest:
            others.append(other)
    return f"{message}; is it in {' or '.join(others)}?" if others else message


def _upper_limit(
    finding: Finding, analyte: Analyte, reading: Reading, unit: str
) -> tuple[float | str | None, tuple[str, ...], str]:
    limit = reading.upper_limit
    name = finding.name
    if isinstance(limit, str) and limit != UNKNOWN:
        raise EvidenceError(f"{name}: expected a number or `unknown` as upper_limit, found {limit!r}")
    if isinstance(limit, str):
        if not analyte.multiple_of_limit:
            return None, (f"{name}: without the laboratory's upper limit the usual one is used",), ""
        usual = ", ".join(plain(each.value / analyte.units[unit]) for each in analyte.upper_limits)
        return limit, (), f"upper limit unknown, averaged over the usual ones ({usual} {unit})"
    if limit is None:
        if analyte.multiple_of_limit:
            raise EvidenceError(
                f"{name} {_shown(reading)}: the laboratory's own limit is needed: give upper_limit (in {unit}), "
                "or upper_limit: unknown, or a state such as result: high instead of the number"
            )
        return None, (), ""
    number = checked_number(name, limit)
    low, high = _plausible(finding, unit)
    if not low <= number <= high or number == 0:
        raise EvidenceError(
            f"{name}: an upper limit of {plain(number)} {unit} is implausible; it is read in the unit of the value"
        )
    used = analyte.multiple_of_limit or analyte.scaled_by_limit
    return (number, (), "") if used else (None, (f"{name}: the upper limit is not used",), "")


def _shown(reading: Reading) -> str:
    figures = [each for each in (reading.value, reading.lower, reading.upper) if each is not None]
    text = " to ".join(f"{each:g}" if isinstance(each, (int, float)) else repr(each) for each in figures)
    return f"{text} {reading.unit}" if reading.unit else text
