"""The nearest valid name, in the words every error of the package ends with."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHOWN = 12


def nearest(name: object, valid: Iterable[str]) -> str | None:
    """Return the valid name most like `name`, or None when nothing is like it.

    Args:
        name: what was found.
        valid: the names that would have been accepted.

    Returns:
        The nearest name; letter case, spaces and hyphens do not count as a difference.
    """
    plain = {_plain(candidate): candidate for candidate in valid}
    wanted = _plain(str(name))
    found = difflib.get_close_matches(wanted, plain, n=4, cutoff=0.55)
    if not found:
        return None
    return plain[max(found, key=lambda each: _likeness(wanted, each))]


def hint(name: object, valid: Iterable[str]) -> str:
    """Return the end of an error message: the nearest valid name, else the list of valid names.

    Args:
        name: what was found.
        valid: the names that would have been accepted, in the order to show them.

    Returns:
        "nearest valid name: 'x'", or "valid names: a, b, ..." when nothing is near.
    """
    names = list(dict.fromkeys(valid))
    if not names:
        return "there are no valid names here"
    close = nearest(name, names)
    if close is not None:
        return f"nearest valid name: {close!r}"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"valid names: {', '.join(names[:_SHOWN])}{more}"


def _likeness(wanted: str, candidate: str) -> tuple[float, bool, int]:
    """Share of letters in common; at a tie swapped letters are likelier than others, then a common start."""
    start = next((at for at, (a, b) in enumerate(zip(wanted, candidate, strict=False)) if a != b), len(wanted))
    ratio = difflib.SequenceMatcher(None, candidate, wanted).ratio()
    return ratio, sorted(wanted) == sorted(candidate), start


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")
