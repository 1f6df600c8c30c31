"""YAML as plain values with places."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.yaml_reader import describe, parse_yaml, place_of, read_yaml, scalar


def test_values_and_places() -> None:
    text = "a: 1\nb:\n- {yes: no, x: 1.50}\n- 'null'\n- ''\n- null\n- 1e-3\n- 3+\n"
    found = parse_yaml(text.encode(), "f.yaml")
    assert found == {"a": 1, "b": [{"yes": "no", "x": 1.5}, "null", "", None, 0.001, "3+"]}
    assert tuple(found.values_at["a"]) == ("f.yaml", 1, 4)
    assert found["b"].texts == ["", "null", "", "null", "1e-3", "3+"]
    assert tuple(found["b"][0].values_at["x"]) == ("f.yaml", 3, 16)
    place = place_of(found, ["b", 0, "x"])
    assert place is not None
    assert place.line == 3
    assert place_of(found, ["b", 7, "x"]) == found.values_at["b"]


def test_byte_order_mark() -> None:
    assert parse_yaml(b"\xef\xbb\xbfa: 1\n", "f.yaml") == {"a": 1}


def test_whole_numbers_too_long_to_be_one_are_infinite() -> None:
    assert scalar("9" * 300) == int("9" * 300)
    assert scalar("9" * 5000) == float("inf")
    assert scalar("-" + "9" * 5000) == float("-inf")


@pytest.mark.parametrize("opening", ["[", "- ", "{a: "])
def test_nested_without_end(opening: str) -> None:
    with pytest.raises(ModelFileError, match="expected lists and mappings a few levels deep, found hundreds"):
        parse_yaml((opening * 3000 + "x").encode(), "deep.yaml")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="expected a readable model file, found none"):
        read_yaml(tmp_path / "no.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("~", None),
        ("on", "on"),
        ("012", 12),
        ("-.5", -0.5),
        ("1_000", "1_000"),
        ("1e5", 1e5),
        ("0x10", "0x10"),
        ("1.2.3", "1.2.3"),
        ("+", "+"),
        (".inf", ".inf"),
    ],
)
def test_scalars(text: str, value: object) -> None:
    found = scalar(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "the word true"),
        (3, "the number 3"),
        (0.5, "the number 0.5"),
        ("x" * 80, "the text"),
        ({}, "an empty mapping"),
        ({"a": 1}, "a mapping with a"),
        ([1], "a list of 1"),
        (b"", "a list of 0"),
        ({1}, "set"),
    ],
)
def test_describe(value: object, words: str) -> None:
    assert describe(value).startswith(words)
