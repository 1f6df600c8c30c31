"""The text form reads what it writes and refuses what it cannot mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.text_form import Reading, parse, plain, render


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("negative", Reading(states=("negative",))),
        (" focus@left_inferior ", Reading(states=("focus@left_inferior",))),
        ("negative|equivocal", Reading(states=("negative", "equivocal"))),
        ("negative | focus@neck_left", Reading(states=("negative", "focus@neck_left"))),
        ("level VI", Reading(states=("level VI",))),
        ("95 pg/mL upper 65", Reading(value=95, unit="pg/mL", upper_limit=65)),
        ("95pg/mL", Reading(value=95, unit="pg/mL")),
        ("9.1 pmol/L upper unknown", Reading(value=9.1, unit="pmol/L", upper_limit="unknown")),
        ("11.2 upper 10.5", Reading(value=11.2, upper_limit=10.5)),
        ("0.008", Reading(value=0.008)),
        ("<0.01", Reading(upper=0.01)),
        ("<= 0.01", Reading(upper=0.01)),
        (">2000 pg/mL", Reading(lower=2000, unit="pg/mL")),
        ("[0.006, 0.010]", Reading(lower=0.006, upper=0.01)),
        ("[10.5, 11] mg/dL upper 10.2", Reading(lower=10.5, upper=11, unit="mg/dL", upper_limit=10.2)),
        ("45 mL/min/1.73 m2", Reading(value=45, unit="mL/min/1.73 m2")),
        ("60 %", Reading(value=60, unit="%")),
        ("3+", Reading(states=("3+",))),
        ("15_to_30", Reading(states=("15_to_30",))),
        ("-3", Reading(value=-3)),
        ("", Reading()),
        ("   ", Reading()),
    ],
)
def test_every_form(text: str, reading: Reading) -> None:
    assert parse(text) == reading
    assert parse(render(reading)) == reading


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("negative|", "is not a reading"),
        ("|", "is not a reading"),
        ("focus@", "is not a reading"),
        ("focus@left@right", "is not a reading"),
        ("<", "is not a reading"),
        ("[1, 2", "is not a reading"),
        ("[2, 1]", "low below high"),
        ("[2, 2]", "low below high"),
        ("11,2 mg/dL", "decimal with a point, for example '11.2 mg/dL'"),
        ("95 pg/mL upper high", "expected a number or `unknown` after `upper`, found 'high'"),
        ("1e999", "too large"),
        ("95 upper 1e999", "too large"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(EvidenceError, match=r"^[^\n]*$") as caught:
        parse(text)
    assert message in str(caught.value)


def test_empty_text_retracts() -> None:
    assert parse("").retracts
    assert not parse("negative").retracts
    assert not parse("0").retracts
    assert parse("<3").numeric
    assert render(Reading()) == ""


finite = st.floats(allow_nan=False, allow_infinity=False)
words = st.from_regex(r"[a-z][a-z0-9_]{0,12}(@[a-z][a-z_]{0,12})?", fullmatch=True)
units = st.sampled_from([None, "mg/dL", "pg/mL", "mmol/24h", "mL/min/1.73 m2", "%", "µmol/L"])
limits = st.one_of(st.none(), st.just("unknown"), finite)
numbers = st.one_of(
    st.builds(Reading, value=finite, unit=units, upper_limit=limits),
    st.builds(Reading, upper=finite, unit=units, upper_limit=limits),
    st.builds(Reading, lower=finite, unit=units, upper_limit=limits),
    st.tuples(finite, finite)
    .filter(lambda pair: pair[0] != pair[1])
    .flatmap(lambda pair: st.builds(Reading, lower=st.just(min(pair)), upper=st.just(max(pair)), unit=units)),
)


@given(st.one_of(numbers, st.lists(words, min_size=1, max_size=4).map(lambda found: Reading(states=tuple(found)))))
def test_round_trip(reading: Reading) -> None:
    assert parse(render(reading)) == reading


@given(st.text())
def test_any_text_is_read_or_refused_and_reads_back(text: str) -> None:
    try:
        reading = parse(text)
    except EvidenceError:
        return
    assert parse(render(reading)) == reading


def test_plain_keeps_every_digit() -> None:
    assert plain(95.0) == "95"
    assert plain(0.1 + 0.2) == "0.30000000000000004"
