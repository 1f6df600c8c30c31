"""The one text form of a reading, shared by the command line, what-if and the cells of a cohort.

negative   focus@left_inferior   negative|equivocal      a state, a state at a site, one of several
95 pg/mL   95 pg/mL upper 65   2.1 mmol/L upper unknown   a number, its unit, the laboratory's upper limit
<0.01   >2000 pg/mL   [0.006, 0.010]                      below, above, between
(empty)                                                   the finding is retracted
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from hpt_bayes.errors import EvidenceError

UNKNOWN = "unknown"
"""Said in place of an upper limit that the report does not give."""

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_TAIL = r"(?:\s*(?P<unit>(?!upper\b)[A-Za-z%µμ°][^|@<>\[\]]*?))?(?:\s+upper\s+(?P<upper_limit>\S+))?"
_POINT = re.compile(rf"(?P<sign>[<>≤≥]=?)?\s*(?P<value>{_NUMBER}){_TAIL}")
_RANGE = re.compile(rf"\[\s*(?P<lower>{_NUMBER})\s*,\s*(?P<upper>{_NUMBER})\s*\]{_TAIL}")
_STATE = re.compile(r"[^\s|@<>\[\]](?:[^|@<>\[\]]*[^\s|@<>\[\]])?(?:@[^\s|@<>\[\]](?:[^|@<>\[\]]*[^\s|@<>\[\]])?)?")
_DECIMAL_COMMA = re.compile(r"[<>]?\s*\d+,\d+\b.*")
_FORMS = "expected a state (negative), several (negative|equivocal), a number (95 pg/mL upper 65, <0.01) or [low, high]"


@dataclass(frozen=True)
class Reading:
    """One reading as text says it, before any finding gives it a meaning.

    Attributes:
        states: states or groups as written, `state@site` kept whole; several mean "one of these"; empty for a number.
        value: the number, in `unit`.
        lower: lower bound of a censored value or a range, in `unit`; None when open.
        upper: upper bound, likewise.
        unit: as written, or None.
        upper_limit: the laboratory's upper limit in `unit`, "unknown", or None.
    """

    states: tuple[str, ...] = ()
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    unit: str | None = None
    upper_limit: float | str | None = None

    @property
    def retracts(self) -> bool:
        """Whether the text was empty: the finding is taken back."""
        return not self.states and not self.numeric

    @property
    def numeric(self) -> bool:
        """Whether the reading is a number, a bound or a range."""
        return self.value is not None or self.lower is not None or self.upper is not None


def parse(text: str) -> Reading:
    """Read the text form.

    Args:
        text: one reading.

    Returns:
        What it says; empty text gives a reading that retracts.

    Raises:
        EvidenceError: the text is none of the forms, a range runs backwards, or a number is too large.
    """
    stripped = text.strip()
    if not stripped:
        return Reading()
    if found := _RANGE.fullmatch(stripped):
        lower, upper = _number(found["lower"], text), _number(found["upper"], text)
        if not lower < upper:
            raise EvidenceError(f"{text!r}: expected [low, high] with low below high")
        return Reading(lower=lower, upper=upper, unit=found["unit"], upper_limit=_limit(found["upper_limit"], text))
    if found := _POINT.fullmatch(stripped):
        value, unit, limit = _number(found["value"], text), found["unit"], _limit(found["upper_limit"], text)
        if not found["sign"]:
            return Reading(value=value, unit=unit, upper_limit=limit)
        if found["sign"][0] in "<≤":
            return Reading(upper=value, unit=unit, upper_limit=limit)
        return Reading(lower=value, unit=unit, upper_limit=limit)
    if _DECIMAL_COMMA.fullmatch(stripped):
        raise EvidenceError(f"{text!r}: write the decimal with a point, for example {stripped.replace(',', '.', 1)!r}")
    states = tuple(part.strip() for part in stripped.split("|"))
    for state in states:
        if not _STATE.fullmatch(state):
            raise EvidenceError(f"{text!r} is not a reading: {_FORMS}")
    return Reading(states=states)


def render(reading: Reading) -> str:
    """Write the text form; `parse(render(reading)) == reading`.

    Args:
        reading: as `parse` returns it.

    Returns:
        The text, with every digit of its numbers.
    """
    if reading.states:
        return "|".join(reading.states)
    if reading.value is not None:
        text = plain(reading.value)
    elif reading.lower is not None and reading.upper is not None:
        text = f"[{plain(reading.lower)}, {plain(reading.upper)}]"
    elif reading.upper is not None:
        text = f"<{plain(reading.upper)}"
    elif reading.lower is not None:
        text = f">{plain(reading.lower)}"
    else:
        return ""
    if reading.unit is not None:
        text += f" {reading.unit}"
    if reading.upper_limit is not None:
        limit = reading.upper_limit
        text += f" upper {limit if isinstance(limit, str) else plain(limit)}"
    return text


def plain(number: float) -> str:
    """Return a number with all its digits and without a needless `.0`: 95.0 reads `95`."""
    text = repr(float(number))
    return text.removesuffix(".0")


def _number(text: str, whole: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise EvidenceError(f"{whole!r}: {text} is too large to be a measurement")
    return value


def _limit(text: str | None, whole: str) -> float | str | None:
    if text is None or text == UNKNOWN:
        return text
    if re.fullmatch(_NUMBER, text):
        return _number(text, whole)
    raise EvidenceError(f"{whole!r}: expected a number or `unknown` after `upper`, found {text!r}")
