"""Numbers as people read them: whole per cent, and never a false certainty."""

from __future__ import annotations

import math

import pytest

from hpt_bayes.display.numbers import amount, bits, gained, in_sentence, of_people, people, percent, words


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.0, "0 %"),
        (-0.0, "0 %"),
        (5e-324, "<1 %"),
        (0.005, "<1 %"),
        (0.00999, "<1 %"),
        (0.01, "1 %"),
        (0.424, "42 %"),
        (0.99, "99 %"),
        (0.9901, ">99 %"),
        (0.995, ">99 %"),
        (1 - 1e-16, ">99 %"),
        (1.0, "100 %"),
        (1.0000000000000002, "100 %"),
        (math.nan, "-"),
        (None, "-"),
    ],
)
def test_percent(probability: float | None, text: str) -> None:
    assert percent(probability) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (0.0, "0.00"), (-1e-17, "0.00"), (-0.0, "0.00"), (1.005, "1.00")]
)
def test_bits(value: float | None, text: str) -> None:
    assert bits(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "USD", "-"),
        (1234.5, "USD", "1,234 USD"),
        (500, "USD", "500 USD"),
        (5, "mSv", "5 mSv"),
        (0.05, "mSv", "0.05 mSv"),
        (1.25, "", "1.2"),
        (0, "mSv", "0 mSv"),
    ],
)
def test_amount(value: float | None, unit: str, text: str) -> None:
    assert amount(value, unit) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (0.00034, "0.0003"), (-0.00161, "-0.0016"), (-3e-5, "0.0000"), (0.25, "0.2500")]
)
def test_gained(value: float | None, text: str) -> None:
    assert gained(value) == text


def test_names_become_words() -> None:
    assert words("focus@left_inferior") == "focus: left inferior"


@pytest.mark.parametrize(
    ("label", "text"), [("Kidney function", "kidney function"), ("PTH assay", "PTH assay"), ("X", "x"), ("", "")]
)
def test_a_label_inside_a_sentence_starts_small_unless_it_is_an_acronym(label: str, text: str) -> None:
    assert in_sentence(label) == text


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.0, "none"),
        (0.00001, "fewer than 1 of 10,000"),
        (0.0004, "about 4 of 10,000"),
        (0.003, "about 3 of 1,000"),
        (0.62, "about 62 of 100"),
        (0.9999, "more than 99 of 100"),
        (1.0, "all"),
    ],
)
def test_natural_frequencies_never_claim_certainty(probability: float, text: str) -> None:
    assert of_people(probability) == text


@pytest.mark.parametrize(
    ("probability", "of", "text"),
    [(0.0, 100, "0"), (0.004, 100, "<1"), (0.244, 1000, "244"), (0.9999, 100, "100"), (1.0, 10_000, "10,000")],
)
def test_whole_people(probability: float, of: int, text: str) -> None:
    assert people(probability, of) == text
