"""A line of a learner becomes probabilities, or one clear line says what is wanted."""

from __future__ import annotations

import pytest

from hpt_bayes.errors import EvidenceError
from hpt_bayes.teaching.forecast import Forecast, probabilities, row_named

CAUSES = {
    "ectopic_adenoma": "Missed ectopic adenoma",
    "orthotopic_adenoma": "Missed orthotopic adenoma",
    "fhh": "Familial hypocalciuric hypercalcemia",
    "carcinoma": "Parathyroid carcinoma",
}


@pytest.mark.parametrize(
    "text",
    [
        "60 ectopic, 25 fhh",
        "60% ectopic; 25 % fhh",
        "ectopic 60, fhh=25",
        "60 Missed ectopic adenoma, 25 familial hypo",
        " ectopic_adenoma: 60 ,, fhh: 25 ",
        "+60 ectopic, 25. fhh",
    ],
)
def test_one_meaning_many_spellings(text: str) -> None:
    found = probabilities(text, CAUSES)
    assert dict(found) == pytest.approx(
        {"ectopic_adenoma": 0.6, "orthotopic_adenoma": 0.075, "fhh": 0.25, "carcinoma": 0.075}, abs=1e-12
    )


def test_a_short_name_means_the_row_that_is_left() -> None:
    found = probabilities("25 missed, 60 ectopic", CAUSES)
    assert found["orthotopic_adenoma"] == 0.25
    assert found["ectopic_adenoma"] == 0.6


def test_causes_may_overlap_so_they_may_exceed_100() -> None:
    found = probabilities("90 ectopic, 40 fhh", CAUSES)
    assert dict(found) == {"ectopic_adenoma": 0.9, "orthotopic_adenoma": 0.0, "fhh": 0.4, "carcinoma": 0.0}


def test_every_row_named() -> None:
    named = probabilities("10 ectopic, 10 orthotopic, 10 fhh, 10 carcinoma", CAUSES)
    assert set(named.values()) == {0.1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing is given"),
        (" , ", "nothing is given"),
        ("0.5 fhh", "write per cent"),
        ("ectopic", "'ectopic' is not understood"),
        ("60", "'60' is not understood"),
        ("60 25 ectopic", "is not understood"),
        ("60 missed", "'missed' fits Missed ectopic adenoma and Missed orthotopic adenoma"),
        ("60 carcinom, 3 parathyroid", "Parathyroid carcinoma is given twice"),
        ("101 fhh", "expected 0 to 100 per cent for fhh, found 101"),
        ("-1 fhh", "expected 0 to 100 per cent for fhh, found -1"),
        ("0.6 ectopic", "write per cent"),
        ("60 parathyroid carcinomma", "do you mean Parathyroid carcinoma"),
        ("60 zzz", "'zzz' is not a name here; expected one like Missed ectopic adenoma"),
        ("60 !!!", "is not a name here"),
    ],
)
def test_nonsense_gets_one_clear_line(text: str, said: str) -> None:
    with pytest.raises(EvidenceError, match=said) as caught:
        probabilities(text, CAUSES)
    assert "\n" not in str(caught.value)


def test_one_per_cent_is_no_fraction() -> None:
    assert probabilities("1 fhh", CAUSES)["fhh"] == 0.01


def test_probabilities_by_name_share_what_is_left() -> None:
    found = probabilities({"fhh": 0.4}, CAUSES)
    assert dict(found) == pytest.approx({**dict.fromkeys(CAUSES, 0.2), "fhh": 0.4}, abs=1e-15)
    assert probabilities(found, CAUSES) == found


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "nothing is given"),
        ({"fh": 0.4}, "unknown name 'fh'; nearest valid name: 'fhh'"),
        ({"fhh": 40}, "expected a probability between 0 and 1 for fhh, found 40"),
        ({"fhh": "x"}, "expected a probability between 0 and 1 for fhh, found 'x'"),
        ({"fhh": True}, "expected a probability between 0 and 1 for fhh, found True"),
        (5, "expected probabilities by name, found 5"),
        ({"fhh": float("nan")}, "found nan"),
    ],
)
def test_probabilities_by_name_are_checked(given: dict[str, float], said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        probabilities(given, CAUSES)


def test_a_place_is_one_place() -> None:
    regions = {"neck_left": "Neck left", "thymus": "Thymus", "none": "No gland"}
    assert dict(probabilities("50 left, 50 thymus", regions, one=True)) == {
        "neck_left": 0.5,
        "thymus": 0.5,
        "none": 0.0,
    }
    with pytest.raises(EvidenceError, match="at most 100 % in all, found 130 %"):
        probabilities("70 left, 60 thymus", regions, one=True)


def test_row_named_and_to_dict() -> None:
    assert row_named("cccr", CAUSES, {"fhh": "urine_calcium_24h cccr"}) == "fhh"
    assert row_named("CARCINOMA", CAUSES) == "carcinoma"
    assert Forecast({"a": 0.5}).to_dict() == {"causes": {"a": 0.5}, "regions": {}}
