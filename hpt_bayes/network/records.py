"""From plain values with places to records: every complaint of pydantic becomes a fault with file, line and column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.nearest import hint, nearest
from hpt_bayes.network.variables import NOWHERE, Place
from hpt_bayes.network.yaml_reader import YamlList, YamlMap, describe, place_of

R = TypeVar("R", bound=BaseModel)

_EXPECTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "text",
    "string_too_short": "text",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "finite_number": "a finite number",
}
_BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "of at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "of at most"),
}


def read_record(model: type[R], data: object, faults: Faults) -> R | None:
    """Return a record, or None when it has faults.

    Args:
        model: of the record.
        data: as read.
        faults: takes what is wrong, each with its place.

    Raises:
        ModelFileError: the first fault (through `faults`).
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            if not _follows(dict(detail), data):
                faults(_fault(dict(detail), data))
        return None


def _follows(detail: Mapping[str, Any], document: object) -> bool:
    """Whether a complaint only follows from another: a key is missing where it stands misspelt, an item is no item."""
    path, found = list(detail["loc"]), detail.get("input")
    if detail["type"] == "missing":
        part = _part(document, path[:-1])
        unknown = set(part) - set(part.valid) if isinstance(part, YamlMap) else set()
        return any(nearest(key, part.valid) == path[-1] for key in unknown if isinstance(part, YamlMap))
    if detail["type"] == "too_short":
        return isinstance(found, (list, tuple)) and len(found) >= detail["ctx"]["min_length"]
    return False


def _fault(detail: Mapping[str, Any], document: object) -> ModelFileError:
    kind, path, context = detail["type"], list(detail["loc"]), detail.get("ctx", {})
    if kind == "model_file":
        path += context["path"]
        at = _key_place(document, path) if context["key"] else place_of(document, path)
        return (at or NOWHERE).error(context["message"])
    at = place_of(document, path) or NOWHERE
    name, found = path[-1] if path else "", describe(detail.get("input"))
    if kind == "missing":
        inside = _inside(document, path[:-1])
        there = f"; keys here: {', '.join(inside)}" if inside else ""
        return at.error(f"expected the key {name!r}, found none{there}")
    if kind == "extra_forbidden":
        valid = getattr(_part(document, path[:-1]), "valid", [])
        place = _key_place(document, path) or at
        comma = "; a comma inside { } ends a text without quotes" if " " in str(name) else ""
        return place.error(f"expected a known key, found {name!r}; {hint(name, valid)}{comma}")
    if kind == "literal_error":
        at = _default_of(document, path) or at
        options = re.findall(r"'([^']*)'", context["expected"])
        if len(options) == 1:
            return at.error(f"expected {options[0]!r} for {name}, found {found}")
        return at.error(
            f"expected one of {', '.join(options)} for {name}, found {found}; {hint(detail['input'], options)}"
        )
    at = _default_of(document, path) or at
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return at.error(f"expected a number {words} {context[key]:g} for {name}, found {found}")
    if kind in ("too_short", "too_long"):
        bound = context.get("min_length", context.get("max_length"))
        return at.error(
            f"expected {'at least' if kind == 'too_short' else 'at most'} {bound} entries in {name}, found {found}"
        )
    return at.error(f"expected {_EXPECTED.get(kind, detail['msg'])} for {name}, found {found}")


def _default_of(document: object, path: list[int | str]) -> Place | None:
    """The place of a value that a record takes from the table around it, so that its fault is said once, there."""
    for depth in range(len(path) - 1, -1, -1):
        part = _part(document, path[:depth])
        if isinstance(part, YamlMap) and path[-1] in part:
            return part.values_at[str(path[-1])] if depth < len(path) - 1 else None
    return None


def _part(document: object, path: list[int | str]) -> object:
    for part in path:
        if isinstance(document, YamlMap) and part in document:
            document = document[str(part)]
        elif isinstance(document, YamlList) and isinstance(part, int) and part < len(document):
            document = document[part]
    return document


def _inside(document: object, path: list[int | str]) -> list[str]:
    part = _part(document, path)
    return list(part) if isinstance(part, YamlMap) else []


def _key_place(document: object, path: list[int | str]) -> Place | None:
    part = _part(document, path[:-1])
    return part.keys_at.get(str(path[-1])) if isinstance(part, YamlMap) else None
