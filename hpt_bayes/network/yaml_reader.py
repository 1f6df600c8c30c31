"""YAML as plain values that remember where they stood: a small, strict subset of YAML 1.2.

Mappings become `YamlMap` (a dict) and sequences `YamlList` (a list), each with the places of its parts. Keys are
always text, as written. Duplicate keys, anchors, aliases and tags are refused: a clinician should read what the
program reads. Built from parser events, so the C parser's speed is kept (about 0.1 s for 400 kB).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.model_text import decoded, read_data
from hpt_bayes.network.variables import Place

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_LONGEST = 300
_DIGITS = 30
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_NUMBER_STARTS = frozenset("-+.0123456789")


class YamlMap(dict[str, Any]):
    """A mapping read from a file: `at` is its place, `keys_at` and `values_at` the places of its parts.

    `valid` holds the keys that would have been accepted, once the mapping was read as a record.
    """

    at: Place
    keys_at: dict[str, Place]
    values_at: dict[str, Place]
    valid: list[str]

    def __init__(self, at: Place) -> None:
        super().__init__()
        self.at = at
        self.keys_at = {}
        self.values_at = {}
        self.valid = []


class YamlList(list[Any]):
    """A sequence read from a file: `places` of its items and `texts`, the scalars as written ("" for others)."""

    at: Place
    places: list[Place]
    texts: list[str]

    def __init__(self, at: Place) -> None:
        super().__init__()
        self.at = at
        self.places = []
        self.texts = []


def read_yaml(path: Path, shown: str | None = None) -> YamlMap:
    """Read one YAML file whose top level is a mapping.

    Args:
        path: of the file.
        shown: how to name the file in errors; the path when left out.

    Returns:
        The mapping, with places.

    Raises:
        ModelFileError: the file is missing, not UTF-8, empty, not YAML, has a duplicate key, an anchor, an alias or
            a tag, several documents, or no mapping at its top.
    """
    return parse_yaml(read_data(path, shown), shown or str(path))


def parse_yaml(data: bytes, name: str) -> YamlMap:
    """Read YAML text; see `read_yaml`.

    Args:
        data: UTF-8 bytes.
        name: of the file, for errors.
    """
    text = decoded(data, name)
    try:
        return _Builder(text, name).document()
    except RecursionError:
        raise ModelFileError("expected lists and mappings a few levels deep, found hundreds", name, 1, 1) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        problem = " ".join(str(part) for part in (error.problem, error.context) if part)
        raise ModelFileError(f"expected valid YAML, found: {problem}", name, line, column) from None
    except YAMLError as error:
        first = str(error).strip().splitlines()[0]
        raise ModelFileError(f"expected valid YAML, found: {first}", name, 1, 1) from None


class _Builder:
    """Turns the parser's events into values, one pass, no recursion into YAML nodes."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        reader = YAML(typ="safe")
        _, parser = reader.get_constructor_parser(text)
        self.next_event = parser.get_event

    def document(self) -> YamlMap:
        """Return the mapping at the top of the only document."""
        event: Any = None
        kind = "StreamStartEvent"
        while kind in ("StreamStartEvent", "DocumentStartEvent"):
            event = self.next_event()
            kind = type(event).__name__
        if kind == "StreamEndEvent":
            raise ModelFileError("expected a mapping, found an empty file", self.name, 1, 1)
        value, _ = self.value(event, kind)
        if not isinstance(value, YamlMap):
            if value is None:
                raise ModelFileError("expected a mapping, found an empty file", self.name, 1, 1)
            raise self.place(event).error(f"expected a mapping at the top of the file, found {describe(value)}")
        self.next_event()
        event = self.next_event()
        if type(event).__name__ != "StreamEndEvent":
            raise self.place(event).error("expected one YAML document, found a second one")
        return value

    def place(self, event: Any) -> Place:
        """Return where an event starts."""
        mark = event.start_mark
        return Place(self.name, mark.line + 1, mark.column + 1)

    def value(self, event: Any, kind: str) -> tuple[Any, str]:
        """Return the value an event starts and its text when it is a scalar."""
        if kind == "AliasEvent":
            raise self.place(event).error(f"expected plain YAML, found the alias *{event.anchor}; write the value out")
        if event.anchor is not None:
            raise self.place(event).error(
                f"expected plain YAML, found the anchor &{event.anchor}; write the value where it is needed"
            )
        tag = event.tag
        if tag is not None:
            raise self.place(event).error(f"expected plain YAML, found the tag {tag}; leave it out")
        if kind == "ScalarEvent":
            text = event.value
            return (scalar(text) if event.implicit[0] else text), text
        if kind == "MappingStartEvent":
            return self.mapping(event), ""
        return self.sequence(event), ""

    def mapping(self, start: Any) -> YamlMap:
        """Return a mapping, its keys as text."""
        found = YamlMap(self.place(start))
        next_event = self.next_event
        while True:
            event = next_event()
            kind = type(event).__name__
            if kind == "MappingEndEvent":
                return found
            at = self.place(event)
            if kind != "ScalarEvent":
                if kind != "AliasEvent":
                    raise at.error("expected a plain name as key, found a list or mapping")
                raise at.error(f"expected plain YAML, found the alias *{event.anchor}; write the value out")
            _, key = self.value(event, kind)
            if key in found:
                raise at.error(f"expected each key once, found {key!r} again; first at {found.keys_at[key]}")
            event = next_event()
            found.keys_at[key] = at
            found.values_at[key] = self.place(event)
            found[key], _ = self.value(event, type(event).__name__)

    def sequence(self, start: Any) -> YamlList:
        """Return a sequence."""
        found = YamlList(self.place(start))
        next_event = self.next_event
        while True:
            event = next_event()
            kind = type(event).__name__
            if kind == "SequenceEndEvent":
                return found
            value, text = self.value(event, kind)
            found.places.append(self.place(event))
            found.texts.append(text)
            found.append(value)


def scalar(text: str) -> Any:
    """Return the value of a plain scalar by YAML 1.2's core rules: null, true, false, a number, else text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMBER_STARTS:
        if _INTEGER.match(text):
            return int(text) if len(text) <= _LONGEST else float(text)  # beyond that, infinity: refused as a number
        if _FLOAT.match(text):
            return float(text)
    return text


def describe(value: object) -> str:
    """Return a value in words for an error message."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the word {str(value).lower()}"
    if isinstance(value, float):
        return f"the number {value:g}"
    if isinstance(value, int):
        return f"the number {value}" if abs(value) < 10**_DIGITS else f"a number of more than {_DIGITS} digits"
    if isinstance(value, str):
        short = value if len(value) <= 60 else value[:57] + "..."
        return f"the text {short!r}"
    if isinstance(value, dict):
        return f"a mapping with {', '.join(map(str, list(value)[:6]))}" if value else "an empty mapping"
    if isinstance(value, Sequence):
        return f"a list of {len(value)}"
    return type(value).__name__


def place_of(document: object, path: Sequence[int | str]) -> Place | None:
    """Return the place of a path inside a document, or of the deepest part of it that exists.

    Args:
        document: a YamlMap or YamlList.
        path: keys and positions.
    """
    at: Place | None = getattr(document, "at", None)
    for part in path:
        if isinstance(document, YamlMap) and part in document:
            at = document.values_at.get(str(part), at)
            document = document[str(part)]
        elif isinstance(document, YamlList) and isinstance(part, int) and part < len(document):
            at = document.places[part]
            document = document[part]
    return at
