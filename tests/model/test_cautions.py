"""Every pitfall of cautions.yaml has a patient who must be told and a near one who must not; texts and sources hold."""

# ruff: noqa: E501  (one patient a line, to be read as a table)

from __future__ import annotations

import re
from functools import cache

import pytest
from packaged import network

import hpt_bayes as hpt
from hpt_bayes.network.cautions import LONGEST, TEXTS_CITED, Caution
from hpt_bayes.reasoning.cautions import cautions

Entries = dict[str, str]


@cache
def by_name() -> dict[str, Caution]:
    return {each.name: each for each in network().cautions}


def patient(setting: str, entries: Entries) -> hpt.Case:
    """A case with one entry a finding, in the one text form; ` in neck` after it is the field of view."""
    case = hpt.Case(network(), setting)
    for finding, text in entries.items():
        value, _, field = text.partition(" in ")
        case = case.observe(finding, value, field=field or None)
    return case


@cache
def told(setting: str, entries: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    answer = patient(setting, dict(entries)).posterior()
    return (*answer.stop_lines, *answer.cautions)


P, R, F, U = "persistent", "recurrent", "first_time", "postoperative_unclear"
S, T, RP, RR = "renal_secondary", "renal_tertiary", "renal_persistent", "renal_recurrent"
ON_DIALYSIS = {"secondary_cause": "kidney", "kidney_status": "hemodialysis"}
SEEN_LEFT = {"left_inferior_at_operation": "seen_left_in_place"}
TWO_GONE = {"left_superior_at_operation": "removed_normal", "right_superior_at_operation": "removed_abnormal"}

# name: (setting, entries) that must be told, then one that must not.
TABLE: dict[str, tuple[tuple[str, Entries], tuple[str, Entries]]] = {
    "symptomatic_hypercalcemia": ((P, {"symptoms": "present", "adjusted_calcium": "12.8 mg/dL"}), (P, {"symptoms": "present", "adjusted_calcium": "11.2 mg/dL"})),
    "severe_hypercalcemia_otherwise_measured": ((F, {"ionized_calcium": "1.95 mmol/L"}), (F, {"ionized_calcium": "1.45 mmol/L"})),
    "low_urine_calcium_fhh_open": ((P, {"cccr": "0.006", "adjusted_calcium": "11.0 mg/dL"}), (P, {"cccr": "0.024", "adjusted_calcium": "11.0 mg/dL"})),
    "urine_calcium_never_measured": ((P, {"prior_normal_calcium": "absent"}), (P, {"prior_normal_calcium": "absent", "urine_calcium_24h": "280 mg/24h"})),
    "metanephrines_first": ((R, {"ret_gene": "pathogenic"}), (R, {"ret_gene": "pathogenic", "plasma_metanephrines": "normal"})),
    "metanephrines_raised": ((R, {"plasma_metanephrines": "raised"}), (R, {"plasma_metanephrines": "normal"})),
    "mass_without_biochemistry": ((F, {"palpable_neck_mass": "present"}), (F, {"palpable_neck_mass": "present", "total_calcium": "11.2 mg/dL"})),
    "operated_before_by_history": ((F, {"prior_neck_surgery": "parathyroid"}), (F, {"prior_neck_surgery": "thyroid"})),
    "ablated_before": ((S, {"secondary_cause": "kidney", "operation_extent": "ablation"}), (RP, {"operation_extent": "ablation"})),
    "not_operated_by_history": ((P, {"prior_neck_surgery": "thyroid"}), (P, {"prior_neck_surgery": "both"})),
    "high_calcium_in_secondary": ((S, {"secondary_cause": "kidney", "adjusted_calcium": "11.4 mg/dL"}), (T, {"adjusted_calcium": "11.4 mg/dL"})),
    "before_six_weeks": ((U, {"pth": "normal"}), (P, {"pth": "normal"})),
    "vitamin_d_unmasked": ((U, {"pth": "high", "vitamin_d_25": "12 ng/mL"}), (U, {"pth": "high", "vitamin_d_25": "38 ng/mL"})),
    "vitamin_d_not_measured": ((U, {"pth": "high"}), (U, {"pth": "high", "vitamin_d_25": "38 ng/mL"})),
    "low_calcium_after_operation": ((U, {"adjusted_calcium": "7.6 mg/dL"}), (U, {"adjusted_calcium": "9.3 mg/dL"})),
    "labs_on_drugs": ((P, {"cinacalcet": "present"}), (P, {"cinacalcet": "absent"})),
    "pth_from_graft_arm": ((RR, {"autograft_site": "left_forearm"}), (RR, {"autograft_site": "sternocleidomastoid"})),
    "negative_panel": ((P, {"fhh_panel": "negative"}), (P, {"fhh_panel": "pathogenic"})),
    "urine_calcium_before_operation": ((F, {"adjusted_calcium": "11.2 mg/dL"}), (F, {"adjusted_calcium": "11.2 mg/dL", "cccr": "0.024"})),
    "operative_report_missing": ((P, {"adjusted_calcium": "11.2 mg/dL"}), (P, SEEN_LEFT)),
    "laryngoscopy_before_reoperation": ((P, {"adjusted_calcium": "11.2 mg/dL"}), (P, {"vocal_cord_palsy": "none"})),
    "last_functioning_gland": ((P, TWO_GONE | {"left_inferior_at_operation": "removed_normal"}), (P, TWO_GONE | SEEN_LEFT)),
    "suspected_carcinoma": ((P, {"adjusted_calcium": "14.6 mg/dL"}), (P, {"adjusted_calcium": "12.8 mg/dL", "palpable_neck_mass": "absent"})),
    "needle_before_reoperation_only": ((F, {"ultrasound": "focus@left_inferior", "calcium": "high"}), (F, {"ultrasound": "negative", "calcium": "high"})),
    "hungry_bone_ahead": ((S, ON_DIALYSIS), (F, {"alkaline_phosphatase": "normal"})),
    "map_not_adenoma": ((S, ON_DIALYSIS), (F, {"alkaline_phosphatase": "normal"})),
    "negative_ultrasound": ((P, {"ultrasound": "negative"}), (P, {"ultrasound": "negative", "ct_4d": "focus@left_superior"})),
    "routine_ct": ((P, {"ct_routine": "negative"}), (P, {"ct_4d": "negative"})),
    "mediastinum_in_field": ((P, {"sestamibi_spect_ct": "negative in neck"}), (P, {"sestamibi_spect_ct": "negative in neck_and_chest"})),
    "both_leading_scans_negative": ((P, {"ct_4d": "negative", "sestamibi_spect_ct": "equivocal"}), (P, {"ct_4d": "negative", "sestamibi_spect_ct": "focus@left_superior"})),
    "contrast_in_kidney_disease": ((F, {"egfr": "22 mL/min"}), (F, {"egfr": "75 mL/min"})),
    "radiation_in_children": ((F, {"age": "12 years"}), (F, {"age": "52 years"})),
    "subtraction_before_iodine": ((F, {"thyroid_nodules": "present"}), (F, {"thyroid_nodules": "present", "ct_4d": "negative"})),
    "iodine_was_given": ((P, {"ct_4d": "negative"}), (P, {"ct_4d": "negative", "sestamibi_planar": "negative in neck"})),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_a_patient_who_must_be_told_is_told(name: str) -> None:
    setting, entries = TABLE[name][0]
    assert by_name()[name].text in told(setting, tuple(entries.items()))


@pytest.mark.parametrize("name", TABLE)
def test_a_near_patient_is_not_told(name: str) -> None:
    setting, entries = TABLE[name][1]
    assert by_name()[name].text not in told(setting, tuple(entries.items()))


def test_the_table_holds_every_caution() -> None:
    assert list(TABLE) == list(by_name())


def patterns() -> list[tuple[str, int]]:
    return [(each.name, i) for each in network().cautions for i in range(len(each.when.alternatives))]


@pytest.mark.parametrize(("name", "position"), patterns())
def test_every_way_to_call_for_a_caution_can_be_entered(name: str, position: int) -> None:
    """Each alternative, condition by condition, in the first setting that fits it."""
    conditions = {each.variable: each.names for each in by_name()[name].when.alternatives[position].conditions}
    named = conditions.pop("setting", ("persistent", "renal_secondary") if "secondary_cause" in conditions else (P,))
    settings = network().variables["setting"].members(named[0]) or ()
    case = patient(settings[0], {finding: names[0] for finding, names in conditions.items()})
    said = cautions(network(), case.evidence, stop=by_name()[name].stop)
    assert by_name()[name].text in said


def test_a_case_without_entries_is_told_only_what_its_setting_calls_for() -> None:
    assert [name for name, each in by_name().items() if each.text in told(F, ())] == ["urine_calcium_before_operation"]
    assert [name for name, each in by_name().items() if each.text in told(P, ())] == [
        "operative_report_missing", "laryngoscopy_before_reoperation",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "setting", "entries"),
    [
        ("severe_hypercalcemia", P, {"adjusted_calcium": "14.6 mg/dL"}),
        ("fhh_not_addressed", P, {}),
        ("dialysis_in_primary", P, {"kidney_status": "hemodialysis"}),
        ("no_operation_before", P, {"operation_extent": "none"}),
        ("operated_before", F, {"operation_extent": "focused"}),
    ],
)
def test_pitfalls_that_are_stop_lines_of_the_model_are_said_there(line: str, setting: str, entries: Entries) -> None:
    """Why cautions.yaml does not repeat them."""
    text = next(each.text for each in network().stop_lines if each.name == line)
    assert text in told(setting, tuple(entries.items()))


def test_texts_are_one_sentence_and_differ() -> None:
    texts = [each.text for each in network().cautions]
    assert len(set(texts)) == len(texts)
    assert not {line.text for line in network().stop_lines} & set(texts)
    for text in texts:
        assert text.endswith(".")
        assert text.count(". ") == 0
        assert len(text) <= LONGEST
        assert text[0].isupper() or text.startswith("4D-CT")
        assert not re.search(r"\b[a-z]+_[a-z]+_?\b", re.sub("|".join(network().settings), "", text))


def test_sources_exist() -> None:
    for caution in network().cautions:
        assert caution.source
        for source in caution.source:
            assert source in network().evidence_rows or source in TEXTS_CITED, f"{caution.name}: {source}"


@pytest.mark.parametrize(
    ("key", "events", "n", "name"),
    [("nih_pre", 11, 163, "laryngoscopy_before_reoperation"), ("kendrick_seed", 0, 41, "needle_before_reoperation_only"), ("abl_hypoca", 29, 102, "hungry_bone_ahead")],
)  # fmt: skip
def test_counts_in_the_texts_are_the_published_ones(key: str, events: int, n: int, name: str) -> None:
    row = network().evidence_rows[key]
    assert (row.events, row.n) == (events, n)
    said = f"none of {n}" if events == 0 else f"{events} of {n}"
    assert said in by_name()[name].text


@pytest.mark.parametrize(
    ("setting", "more", "leader"),
    [
        (F, {}, "orthotopic_adenoma"),
        (P, {"sestamibi_spect_ct": "focus@mediastinal_thymus in neck_and_chest"}, "ectopic_adenoma"),
    ],
)
def test_no_operation_while_fhh_is_open_though_adenoma_leads(setting: str, more: Entries, leader: str) -> None:
    high = {"age": "62 years", "adjusted_calcium": "11.8 mg/dL", "pth": "140 pg/mL upper 65"}
    case = patient(setting, high | {"cccr": "0.008", "nephrolithiasis": "present"} | more)
    answer = case.posterior()
    assert answer.leading_diagnosis == leader
    not_yet = by_name()["low_urine_calcium_fhh_open"].text
    assert not_yet.startswith("Do not operate yet, FHH is not addressed")
    assert not_yet in answer.stop_lines
    settled = case.observe("fhh_panel", "negative").posterior()
    assert not_yet not in settled.stop_lines
    assert by_name()["negative_panel"].text in settled.cautions


def test_metanephrines_are_offered_where_they_come_first_and_silence_it_once_done() -> None:
    case = patient(R, {"syndromic_features": "medullary_or_pheo"})
    first = by_name()["metanephrines_first"].text
    ranking = case.next_studies()
    assert first in {each.text for each in ranking.cautions if "plasma_metanephrines" in each.studies}
    status = {each.study: each.status for each in ranking.studies}
    assert status["plasma_metanephrines"] == "available"
    done = case.observe("plasma_metanephrines", "raised").posterior()
    assert first not in done.stop_lines
    assert by_name()["metanephrines_raised"].text in done.stop_lines
    other = patient(R, {"syndromic_features": "men1_type"}).next_studies()
    assert {each.study: each.status for each in other.studies}["plasma_metanephrines"] == "excluded"


def test_cautions_beside_their_studies() -> None:
    ranking = patient(P, {"ct_routine": "negative in neck"}).next_studies()
    said = {each.text: each.studies for each in ranking.cautions}
    assert said[by_name()["routine_ct"].text] == ("ct_4d", "ct_routine")
    assert by_name()["laryngoscopy_before_reoperation"].text in said
