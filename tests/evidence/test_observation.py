"""What can be entered, in which words, and what is refused in which words."""

from __future__ import annotations

import datetime
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.observation import Observation, observation
from hpt_bayes.network.network import Network


def refused(network: Network, *entry: Any, **more: Any) -> str:
    with pytest.raises(EvidenceError) as caught:
        observation(network, *entry, **more)
    message = str(caught.value)
    assert "\n" not in message
    return message


# numbers


def test_number_with_unit(network: Network) -> None:
    seen = observation(network, "total_calcium", 11.2, "mg/dL", date="2026-03-01")
    assert (seen.value, seen.unit, seen.text, seen.states) == (11.2, "mg/dL", "11.2 mg/dL", ())
    assert seen.date == datetime.date(2026, 3, 1)
    assert observation(network, "total_calcium", np.float64(11.2), "mg/dL").value == 11.2


@pytest.mark.parametrize("written", ["mg/dl", " MG/DL ", "mg / dL"])
def test_unit_spelling(network: Network, written: str) -> None:
    assert observation(network, "total_calcium", 11.2, written).unit == "mg/dL"


def test_text_form_in_observe(network: Network) -> None:
    seen = observation(network, "pth", "95 pg/mL upper 65")
    assert seen == observation(network, "pth", 95, "pg/mL", upper_limit=65)
    assert seen.text == "95 pg/mL upper 65"
    assert observation(network, "cccr", "<0.01").upper == 0.01
    assert observation(network, "pth", ">2000", "pg/mL", upper_limit=65).lower == 2000
    between = observation(network, "cccr", [0.006, 0.010])
    assert (between.value, between.lower, between.upper) == (None, 0.006, 0.010)
    assert observation(network, "cccr", "[0, 0.010]").lower == 0


def test_bare_numbers(network: Network) -> None:
    assert observation(network, "cccr", 0.008).unit == "ratio"
    assert observation(network, "age", 58).states == ("40_to_60",)
    message = refused(network, "total_calcium", 11.2)
    assert message == "total_calcium 11.2: give the unit, one of mg/dL, mmol/L"
    assert "give the unit, one of pg/mL" in refused(network, "iopth_final_level", 45)


def test_a_bare_number_under_another_name_needs_its_unit(network: Network) -> None:
    assert refused(network, "FECa", 0.8) == "cccr, entered as 'FECa': give the unit, one of ratio, percent"
    assert refused(network, "FECa", "<0.01").startswith("cccr, entered as 'FECa': give the unit")
    assert observation(network, "FECa", "0.8 percent").unit == "percent"
    assert observation(network, "CCCR", 0.008).unit == "ratio"


def test_unknown_unit(network: Network) -> None:
    assert refused(network, "pth", 95, "mIU/L") == "pth: unknown unit 'mIU/L'; accepted: pg/mL, ng/L, pmol/L, xULN"
    assert "expected a unit, found 5" in refused(network, "pth", 95, 5)
    assert "unknown unit 'months'; accepted: years" in refused(network, "years_to_recurrence", 5, "months")


def test_implausible_values_name_the_range_and_a_unit_that_would_fit(network: Network) -> None:
    message = refused(network, "total_calcium", 2.8, "mg/dL")
    assert message == "total_calcium: 2.8 mg/dL is implausible; expected 4 to 30 mg/dL; is it in mmol/L?"
    assert "expected 0.998 to 7.485 mmol/L" in refused(network, "total_calcium", 11.2, "mmol/L")
    assert "is implausible" in refused(network, "total_calcium", "[10, 110]", "mg/dL")
    assert "is implausible" in refused(network, "total_calcium", "<1", "mg/dL")
    assert "580 years is implausible" in refused(network, "age", 580)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, 10**400])
def test_not_finite(network: Network, wrong: float) -> None:
    assert "expected a finite number" in refused(network, "total_calcium", wrong, "mg/dL")
    assert "expected a finite number" in refused(network, "pth", 95, "pg/mL", upper_limit=wrong)


def test_other_nonsense_numbers(network: Network) -> None:
    assert "expected a number or a state, found True" in refused(network, "total_calcium", True, "mg/dL")
    assert "expected a number or a state, found" in refused(network, "total_calcium", np.bool_(True), "mg/dL")
    assert "not negative, found -2" in refused(network, "total_calcium", -2, "mg/dL")
    assert "found None" not in refused(network, "total_calcium")
    assert "expected exactly one of a value or result, any_of, likelihood; found nothing" in refused(network, "pth")
    assert "a list of 3" in refused(network, "cccr", [1, 2, 3])
    assert "low below high, found [2, 1]" in refused(network, "cccr", [2, 1])
    assert "expected a number or a state, found 'x'" in refused(network, "cccr", ["x", 1])
    assert "expected one of absent, present, found 1+2j" not in refused(network, "nephrolithiasis", {})
    assert "expected one of absent, present, found {}" in refused(network, "nephrolithiasis", {})
    assert "empty text; to take it back, retract it" in refused(network, "pth", "")


def test_given_twice(network: Network) -> None:
    assert "unit is given twice" in refused(network, "pth", "95 pg/mL", "pmol/L", upper_limit=65)
    assert "upper_limit is given twice" in refused(network, "pth", "95 pg/mL upper 65", upper_limit=70)
    assert observation(network, "pth", "95 pg/mL upper 65", "pg/mL").unit == "pg/mL"
    assert "found a value or result and any_of" in refused(network, "ct_4d", "negative", any_of=["negative"])
    assert "any_of and likelihood" in refused(network, "ct_4d", any_of=["negative"], likelihood=[1])


def test_pth_needs_its_limit(network: Network) -> None:
    message = refused(network, "pth", 95, "pg/mL")
    assert "upper_limit" in message
    assert "upper_limit: unknown" in message
    assert "result: high" in message
    unknown = observation(network, "pth", 95, "pg/mL", upper_limit="unknown")
    assert unknown.assumed == "upper limit unknown, averaged over the usual ones (65, 85 pg/mL)"
    assert observation(network, "pth", 2.1, "xULN").upper_limit is None
    assert "expected a number or `unknown` as upper_limit" in refused(network, "pth", 95, "pg/mL", upper_limit="high")
    assert "upper limit of 0.5 pg/mL is implausible" in refused(network, "pth", 95, "pg/mL", upper_limit=0.5)
    assert "20 xULN" not in refused(network, "pth", 2000, "xULN")
    assert "is implausible" in refused(network, "pth", 2000, "xULN")


def test_limits_elsewhere(network: Network) -> None:
    assert observation(network, "total_calcium", 11.2, "mg/dL", upper_limit=10.2).upper_limit == 10.2
    assert observation(network, "total_calcium", 11.2, "mg/dL", upper_limit="unknown").notes
    assert observation(network, "phosphate", 2.4, "mg/dL", upper_limit=4.5).notes == (
        "phosphate: the upper limit is not used",
    )
    assert observation(network, "albumin", 3.6, "g/dL", upper_limit=5).upper_limit is None
    assert "belongs to a number" in refused(network, "pth", "high", upper_limit=65)
    assert "belongs to a number" in refused(network, "ct_4d", "negative", "mg/dL")
    assert "unit 'pg/mL' belongs to a number, and 'nan' is none" in refused(network, "pth", "nan", "pg/mL")
    assert "belongs to a number" in refused(network, "pth", likelihood=[1] * 16, unit="pg/mL")
    assert "belongs to a number" in refused(network, "pth", any_of=["high"], unit="pg/mL")


def test_findings_without_numbers(network: Network) -> None:
    assert "calcium takes no number, found 11.2 mg/dL; valid: low, normal, high" in refused(
        network, "calcium", "11.2 mg/dL"
    )
    assert "is not a number, found 11.2" in refused(network, "calcium", 11.2)
    assert "takes no number, found 3" in refused(network, "ct_4d", "<3")
    assert "has no site" in refused(network, "total_calcium", 11.2, "mg/dL", site="neck_left")
    assert "albumin is entered as a number with its unit, found 'low'" in refused(network, "albumin", "low")


def test_steps(network: Network) -> None:
    def states(value: object) -> tuple[str, ...]:
        return observation(network, "age", value).states

    assert states(17) == ("below_18",)
    assert states(18) == ("18_to_40",)
    assert states("<18") == ("below_18",)
    assert states(">50") == ("40_to_60", "60_or_over")
    assert states("[30, 40]") == ("18_to_40", "40_to_60")
    assert states("under 18") == ("below_18",)
    assert observation(network, "age", any_of=["below_18", "18_to_40"]).states == ("below_18", "18_to_40")


def test_counts(network: Network) -> None:
    assert observation(network, "previous_operations", 2).states == ("2",)
    assert observation(network, "previous_operations", 4).states == ("3+",)
    assert observation(network, "previous_operations", "1").states == ("1",)
    assert "is not a number, found 1.5; valid: 0, 1, 2, 3+" in refused(network, "previous_operations", 1.5)


# names


def test_finding_names(network: Network) -> None:
    told = observation(network, "corrected_calcium", 11.2, "mg/dL")
    assert told.finding == "adjusted_calcium"
    assert told.notes == ("'corrected_calcium' read as adjusted_calcium",)
    assert observation(network, "On Dialysis", "present").finding == "dialysis"
    assert refused(network, "ct4d", "negative") == "unknown finding 'ct4d'; nearest valid name: 'ct_4d'"
    assert "enter adjusted_calcium, total_calcium, calcium" in refused(network, "usual_calcium", "high")
    assert "gland_site is inferred, it cannot be observed" in refused(network, "gland_site", "none")
    assert "the setting is not a finding" in refused(network, "setting", "persistent")
    assert "can be retracted but not observed" in refused(network, "case_definition", "met")
    assert "expected the name of a finding" in refused(network, ["pth"], 3)


def test_a_name_of_two_findings_is_refused(network: Network) -> None:
    twins = {
        name: replace(network.variables["nephrolithiasis"], name=name, also=(other,))
        for name, other in (("stone_left", "kidney-stone"), ("stone_right", "Kidney stone"))
    }
    both = replace(network, variables={**network.variables, **twins})
    message = refused(both, "kidney_stone", "absent")
    assert message == "'kidney_stone' fits several findings: stone_left, stone_right; write one of them"


def test_a_name_of_two_states_is_refused(network: Network) -> None:
    stones = replace(network.variables["nephrolithiasis"], states=("Not Seen", "not-seen"))
    both = replace(network, variables={**network.variables, "nephrolithiasis": stones})
    assert "fits several results: Not Seen, not-seen" in refused(both, "nephrolithiasis", "not_seen")


def test_states_groups_and_aliases(network: Network) -> None:
    assert observation(network, "calcium", "high").states[0] == "10.5_to_11"
    assert observation(network, "pth", "suppressed").states == ("below_0.2", "0.2_to_0.3")
    told = observation(network, "ultrasound", "Thyroid nodule only")
    assert told.states == ("negative",)
    assert told.notes == ("ultrasound: 'Thyroid nodule only' read as negative",)
    message = refused(network, "ct_4d", "negativ")
    assert "nearest valid name: 'negative'; valid: negative, focus, equivocal, several, diffuse" in message
    assert "unknown result 'qqq'; valid: absent, present" in refused(network, "nephrolithiasis", "qqq")
    assert "valid: low, normal, high" in refused(network, "calcium", "10.5_to_11")


def test_any_of(network: Network) -> None:
    seen = observation(network, "ct_4d", any_of=["focus@neck_left", "negative"])
    assert seen.states == (
        "negative",
        "focus@left_superior",
        "focus@left_inferior",
        "focus@left_intrathyroidal",
    )
    assert seen.any_of == ("focus@neck_left", "negative")
    assert observation(network, "ct_4d", "negative|focus@neck_left").states == seen.states
    assert observation(network, "ct_4d", any_of=["negative"]).result == "negative"
    with_site = observation(network, "ct_4d", any_of=["negative", "focus"], site="left_inferior")
    assert with_site.states == ("negative", "focus@left_inferior")
    assert "found an empty list" in refused(network, "ct_4d", any_of=[])
    assert "found 'negative'" in refused(network, "ct_4d", any_of="negative")
    assert "found 5" in refused(network, "ct_4d", any_of=5)
    assert "cannot be one of several results" in refused(network, "ct_4d", any_of=["negative", "nondiagnostic"])


# sites


def test_focus_and_sites(network: Network) -> None:
    one = observation(network, "ct_4d", "focus", site="left_inferior")
    assert (one.states, one.sites, one.text) == (("focus@left_inferior",), ("left_inferior",), "focus@left_inferior")
    anywhere = observation(network, "ct_4d", "focus")
    assert len(anywhere.states) == 7
    assert "no site given" in anywhere.assumed
    assert observation(network, "ct_4d", "focus", site=["left_inferior", "right_inferior"]).states == (
        "focus@left_inferior",
        "focus@right_inferior",
    )
    told = observation(network, "ct_4d", "focus@Left Lower")
    assert told.sites == ("left_inferior",)
    assert told.notes == ("ct_4d: site 'Left Lower' read as left_inferior",)


def test_sites_refused(network: Network) -> None:
    assert "unknown site 'left_inferor'; nearest valid name: 'left_inferior'" in refused(
        network, "ct_4d", "focus", site="left_inferor"
    )
    several = refused(network, "ct_4d", "focus", site="intrathyroid")
    assert "fits several: left_intrathyroidal, right_intrathyroidal; write one, or a list" in several
    outside = refused(network, "ultrasound", "focus", site="anterior_mediastinum")
    assert (
        "cannot report a focus at anterior_mediastinum, which is outside its field; it can report left_sup" in outside
    )
    assert "cannot report" in refused(network, "ultrasound", "focus", site="none")
    assert "negative has no site" in refused(network, "ct_4d", "negative", site="left_inferior")
    assert "site is given twice" in refused(network, "ct_4d", "focus@left_inferior", site="left_inferior")
    assert "has no site" in refused(network, "nephrolithiasis", "present", site="left_inferior")
    assert "found an empty list" in refused(network, "ct_4d", "focus", site=[])
    assert "expected the name of a site, found 3" in refused(network, "ct_4d", "focus", site=[3])
    assert "expected the name of a site, found 3" in refused(network, "ct_4d", "focus", site=3)


def test_partly_reportable_group_keeps_what_can_be_reported(network: Network) -> None:
    assert len(observation(network, "ultrasound", "focus", site=["neck", "mediastinum"]).states) == 6


def test_equivocal_several_nondiagnostic(network: Network) -> None:
    seen = observation(network, "ultrasound", "equivocal", site="left_inferior")
    assert seen.states == ("equivocal", "focus@left_inferior")
    assert "read as equivocal or a focus there" in seen.assumed
    assert observation(network, "ultrasound", "equivocal").states == ("equivocal",)
    several = observation(network, "ultrasound", "several", site=["left_inferior", "right_inferior"])
    assert several.states == ("several",)
    assert "recorded, not used as evidence" in several.notes[0]
    nothing = observation(network, "ultrasound", "nondiagnostic")
    assert nothing.states == ()
    assert "no evidence" in nothing.notes[0]


def test_washout_is_about_one_place(network: Network) -> None:
    seen = observation(network, "fna_pth_washout", "high", site="left_intrathyroidal")
    assert (seen.states, seen.sites) == (("high",), ("left_intrathyroidal",))
    assert seen.text == "high@left_intrathyroidal"
    assert observation(network, "fna_pth_washout", "high@left_intrathyroidal") == seen
    assert "one place only: give its site" in refused(network, "fna_pth_washout", "high")
    assert "write one of left_intrathyroidal, right_intrathyroidal" in refused(
        network, "fna_pth_washout", "high", site="intrathyroidal"
    )
    either = observation(network, "fna_pth_washout", any_of=["high", "intermediate"], site="left_inferior")
    assert (either.states, either.sites) == (("high", "intermediate"), ("left_inferior",))
    assert "each place as its own reading" in refused(
        network, "fna_pth_washout", any_of=["high@left_inferior", "low@right_inferior"]
    )
    assert "none is not a place; give the place" in refused(network, "fna_pth_washout", "high", site="none")
    weighed = observation(network, "fna_pth_washout", likelihood=[4, 2, 1, 1], site="left_inferior")
    assert weighed.sites == ("left_inferior",)
    assert "one place only" in refused(network, "fna_pth_washout", likelihood=[4, 2, 1, 1])


# likelihoods


def test_likelihoods(network: Network) -> None:
    assert observation(network, "nephrolithiasis", likelihood=[1, 4]).likelihood == (0.25, 1.0)
    assert observation(network, "nephrolithiasis", likelihood=np.array([1, 4])).likelihood == (0.25, 1.0)
    assert observation(network, "nephrolithiasis", likelihood={"present": 4, "absent": 1}).likelihood == (0.25, 1.0)
    assert observation(network, "nephrolithiasis", likelihood=[1, 4]).text == "likelihood (0.25, 1)"
    grouped = observation(network, "fna_pth_washout", likelihood=[0, 0, 0, 1], site="left_inferior")
    assert grouped.likelihood == (0, 0, 0, 1)
    low_or_not = {"low": 1, "normal": 2, "high": 3}
    assert observation(network, "calcium", likelihood=low_or_not).likelihood[0] == pytest.approx(1 / 3)  # type: ignore[index]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1], "expected 2 weights, one for each of absent, present; found 1"),
        ([1, -1], "not negative"),
        ([0, 0], "found all zero"),
        ([1, math.nan], "finite"),
        ([1, True], "found True"),
        ("1,2", "expected a list of weights"),
        (3, "expected a list of weights"),
        ({"present": 1}, "the likelihood of absent is missing"),
        ({"present": 1, "absnt": 1}, "unknown state 'absnt'; nearest valid name: 'absent'"),
    ],
)
def test_likelihoods_refused(network: Network, given: Any, message: str) -> None:
    assert message in refused(network, "nephrolithiasis", likelihood=given)


def test_likelihoods_refused_elsewhere(network: Network) -> None:
    twice = {"low": 1, "normal": 2, "high": 3, "10.5_to_11": 1}
    assert "is given twice, again by" in refused(network, "calcium", likelihood=twice)
    assert "albumin has no states to weigh" in refused(network, "albumin", likelihood=[1, 2])
    assert "16 weights, one for each of below_0.2" in refused(network, "pth", likelihood=[1, 2])
    assert "nephrolithiasis has no site" in refused(network, "nephrolithiasis", likelihood=[1, 2], site="left_inferior")


# dates and attributes


def test_dates(network: Network) -> None:
    assert observation(network, "age", 30, date=datetime.datetime(2026, 3, 1, 8)).date == datetime.date(2026, 3, 1)
    assert observation(network, "age", 30, date=datetime.date(2026, 3, 1)).date == datetime.date(2026, 3, 1)
    for wrong in ("1.3.2026", "2026-13-01", "20260301", 2026, ""):
        assert "year-month-day" in refused(network, "age", 30, date=wrong)


def test_attributes(network: Network) -> None:
    seen = observation(
        network, "ct_4d", "negative", field="Neck and chest", largest_mm=9, glands_seen=7, technique="two phases",
        laterality="left", drawn_from=None, comment="moved",
    )  # fmt: skip
    assert seen.attribute("field") == "neck_and_chest"
    assert seen.attribute("glands_seen") == "5+"
    assert seen.attribute("drawn_from") is None
    assert "ct_4d: largest_mm (9.0) is recorded, not used as evidence" in seen.notes
    assert "ct_4d: field (neck_and_chest) is recorded, not used as evidence" in seen.notes


@pytest.mark.parametrize(
    ("finding", "attributes", "message"),
    [
        (
            "ct_4d",
            {"feild": "neck"},
            "unknown attribute 'feild'; nearest valid name: 'field'; valid: field, largest_mm",
        ),
        ("ct_4d", {"zzzzzz": 1}, "unknown attribute 'zzzzzz'; valid names: field"),
        ("ct_4d", {"field": "chest"}, "unknown field 'chest'; expected one of neck, neck_and_chest"),
        ("ct_4d", {"field": 3}, "expected text for field, found 3"),
        ("ct_4d", {"largest_mm": "big"}, "expected a number, found 'big'"),
        ("ct_4d", {"largest_mm": 0}, "expected largest_mm above 0"),
        ("ct_4d", {"glands_seen": -1}, "unknown glands_seen"),
        ("ct_4d", {"technique": 5}, "expected text for technique"),
        ("nephrolithiasis", {"field": "neck"}, "field is for imaging"),
        ("pth", {"drawn_from": "graft arm"}, "is not systemic PTH: enter a sample of the other arm"),
        ("pth", {"drawn_from": "left_leg"}, "unknown drawn_from 'left_leg'"),
    ],
)
def test_attributes_refused(network: Network, finding: str, attributes: dict[str, Any], message: str) -> None:
    value = {"ct_4d": "negative", "nephrolithiasis": "absent", "pth": "high"}[finding]
    assert message in refused(network, finding, value, **attributes)


# foreign networks and the round trip


def test_foreign_states_are_taken_as_written(foreign: Network) -> None:
    assert observation(foreign, "effect", "<10 mm").states == ("<10 mm",)
    assert observation(foreign, "effect", "a|b").states == ("a|b",)
    assert "effect has no site" in refused(foreign, "effect", "yes", site="x")


def test_network_without_sites(network: Network) -> None:
    bare = replace(network, sites={}, site_groups={})
    assert "has no sites" in refused(bare, "ct_4d", "focus", site="left_inferior")


ENTRIES = [
    ("ct_4d", "negative"),
    ("ct_4d", "focus@neck_left"),
    ("ct_4d", "focus"),
    ("ct_4d", "negative|equivocal"),
    ("ct_4d", "negative|focus@left_inferior|several"),
    ("ultrasound", "equivocal@left_inferior"),
    ("ultrasound", "equivocal@left_inferior|equivocal@right_inferior"),
    ("ultrasound", "nondiagnostic"),
    ("pth", "95 pg/mL upper 65"),
    ("pth", ">2000 pmol/L upper unknown"),
    ("pth", "high"),
    ("cccr", "<0.01 ratio"),
    ("cccr", "[0.006, 0.01] ratio"),
    ("age", "58 years"),
    ("fna_pth_washout", "high@left_inferior"),
    ("previous_operations", "3+"),
]


@pytest.mark.parametrize(("finding", "text"), ENTRIES)
def test_text_of_an_observation_enters_it_again(network: Network, finding: str, text: str) -> None:
    if finding == "pth" and "pmol" in text:
        text = text.replace("2000", "200")
    first = observation(network, finding, text)
    assert observation(network, finding, first.text) == first


@given(st.text(max_size=12), st.sampled_from(["pth", "ct_4d", "age", "nephrolithiasis", "albumin"]))
def test_any_text_is_accepted_or_refused_in_one_line(network: Network, text: str, finding: str) -> None:
    try:
        assert isinstance(observation(network, finding, text), Observation)
    except EvidenceError as error:
        assert str(error)
