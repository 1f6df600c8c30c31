"""Keys, lists and texts of a case file, each refused with its place when it is something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.variables import Place
from hpt_bayes.network.yaml_reader import YamlList, YamlMap, describe


def names_under(document: YamlMap, key: str, kind: str, valid: Iterable[str], least: int = 0) -> tuple[str, ...]:
    """Return the names listed under a key, each once.

    Args:
        document: a mapping of the file.
        key: of the list; none when it is missing.
        kind: what is named, for messages.
        valid: names that exist.
        least: how many there must be.

    Raises:
        EvidenceError: no list, too few, no text or an unknown name.
    """
    allowed = tuple(valid)
    listed = list(items_under(document, key))
    if len(listed) < least:
        raise fault(document.values_at.get(key, document.at), f"expected names under {key}, found none")
    for name, at in listed:
        if not isinstance(name, str):
            raise fault(at, f"expected the name of a {kind}, found {describe(name)}{quoting(name)}")
        if name not in allowed:
            raise fault(at, f"unknown {kind} {name!r}; {hint(name, allowed)}")
    return tuple(dict.fromkeys(name for name, _ in listed))


def items_under(document: YamlMap, key: str) -> Iterator[tuple[Any, Place]]:
    """Yield the items listed under a key with their places; none when the key is missing.

    Raises:
        EvidenceError: it holds no list.
    """
    found = document.get(key)
    if found is None:
        return
    if not isinstance(found, YamlList):
        raise fault(document.values_at[key], f"expected a list under {key}, found {describe(found)}")
    yield from zip(found, found.places, strict=True)


def text_under(document: YamlMap, key: str) -> str:
    """Return the text under a key, "" when it is missing.

    Raises:
        EvidenceError: it holds no text.
    """
    found = document.get(key)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise fault(document.values_at[key], f"expected text under {key}, found {describe(found)}{quoting(found)}")
    return found


def check_keys(document: YamlMap, valid: tuple[str, ...], what: str) -> None:
    """Check that a mapping has no other keys than these.

    Raises:
        EvidenceError: naming the key, and the nearest and all valid ones.
    """
    for key in document:
        if key not in valid:
            raise fault(document.keys_at[key], f"unknown key {key!r} of {what}; {_every(key, valid)}")


def _every(key: str, valid: tuple[str, ...]) -> str:
    near = hint(key, valid)
    return near if near.startswith("valid") else f"{near}; valid: {', '.join(valid)}"


def quoting(value: object) -> str:
    """Return what to add when something that is no text may have been meant as a name."""
    return "; if it is a name, put it in quotes" if isinstance(value, (bool, int, float)) else ""


def fault(at: Place, message: str) -> EvidenceError:
    """Return (not raise) an error that points to a place of the file."""
    return EvidenceError(f"{at}: {message}")


@contextmanager
def at_place(place: Place) -> Iterator[None]:
    """Add the place to an error that knows none."""
    try:
        yield
    except EvidenceError as error:
        raise fault(place, str(error)) from None
