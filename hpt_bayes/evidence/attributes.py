"""What else a report says: field of view, size, technique, date. Recorded; only the field changes what a scan means."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.field_of_view import fields_of_view
from hpt_bayes.evidence.finding import Finding, spelled
from hpt_bayes.evidence.number import checked_number
from hpt_bayes.network.nearest import hint

FIELDS = ("neck", "neck_and_chest")
LATERALITIES = ("left", "right", "both")
GRAFT_ARM = "graft_arm"
DRAWN_FROM = (GRAFT_ARM, "other_arm", "central_line", "foot", "unknown")
GLANDS_SEEN = ("0", "1", "2", "3", "4", "5+")

Attributes = tuple[tuple[str, str | float], ...]

_TEXTS = ("technique", "comment")
_CHOICES = {"field": FIELDS, "laterality": LATERALITIES, "drawn_from": DRAWN_FROM, "glands_seen": GLANDS_SEEN}
ATTRIBUTES = ("field", "largest_mm", "glands_seen", "technique", "drawn_from", "laterality", "comment")


def checked_attributes(finding: Finding, given: Mapping[str, object]) -> tuple[Attributes, tuple[str, ...]]:
    """Check the attributes of one reading.

    Args:
        finding: what was observed.
        given: attribute name -> value; None values count as not given.

    Returns:
        The attributes in a fixed order, and notes on those that are recorded but not used as evidence.

    Raises:
        EvidenceError: an unknown attribute or value, one that has no meaning for the finding, or systemic PTH drawn
            from the arm of the graft.
    """
    found: dict[str, str | float] = {}
    for name, value in given.items():
        if name not in ATTRIBUTES:
            raise EvidenceError(f"{finding.name}: unknown attribute {name!r}; {_known(name)}")
        if value is not None:
            found[name] = _checked(finding, name, value)
    if "field" in found and finding.kind != "localisation":
        raise EvidenceError(f"{finding.name}: field is for imaging that reports sites; leave it out")
    if found.get("drawn_from") == GRAFT_ARM and finding.name == "pth":
        raise EvidenceError(
            "pth drawn from the arm of the graft is not systemic PTH: enter a sample of the other arm, "
            "or both arms as bilateral_arm_pth"
        )
    used = (
        {"field"} if finding.variable is not None and found.get("field") in fields_of_view(finding.variable) else set()
    )
    notes = tuple(
        f"{finding.name}: {name} ({found[name]}) is recorded, not used as evidence"
        for name in ATTRIBUTES
        if name in found and name not in used
    )
    return tuple((name, found[name]) for name in ATTRIBUTES if name in found), notes


def checked_date(finding: str, given: object) -> datetime.date | None:
    """Return a date.

    Args:
        finding: for the message.
        given: an ISO date (2026-03-01) as text or a date; None when there is none.

    Raises:
        EvidenceError: it is not a date of the calendar written year-month-day.
    """
    if given is None:
        return None
    if isinstance(given, datetime.datetime):
        return given.date()
    if isinstance(given, datetime.date):
        return given
    if isinstance(given, str) and len(given) == len("2026-03-01"):
        try:
            return datetime.date.fromisoformat(given)
        except ValueError:
            pass
    raise EvidenceError(f"{finding}: expected a date as year-month-day, for example 2026-03-01, found {given!r}")


def _checked(finding: Finding, name: str, value: object) -> str | float:
    if name == "largest_mm":
        size = checked_number(f"{finding.name}: largest_mm", value)
        if size == 0:
            raise EvidenceError(f"{finding.name}: expected largest_mm above 0, found 0")
        return size
    if name == "glands_seen" and isinstance(value, int) and not isinstance(value, bool):
        value = "5+" if value >= 5 else "fewer than none" if value < 0 else str(value)
    if not isinstance(value, str):
        raise EvidenceError(f"{finding.name}: expected text for {name}, found {value!r}")
    if name in _TEXTS:
        return value
    choices = _CHOICES[name]
    fits = [choice for choice in choices if spelled(choice) == spelled(value)]
    if not fits:
        raise EvidenceError(f"{finding.name}: unknown {name} {value!r}; expected one of {', '.join(choices)}")
    return fits[0]


def _known(name: str) -> str:
    near = hint(name, ATTRIBUTES)
    return near if near.startswith("valid") else f"{near}; valid: {', '.join(ATTRIBUTES)}"
