"""Each stop line of network.yaml has a patient who must be told and near ones who must not."""

# ruff: noqa: E501  (one patient an entry, to be read as a table)

from __future__ import annotations

from functools import cache

import pytest
from packaged import network

import hpt_bayes as hpt
from hpt_bayes.reasoning.stop_lines import stop_lines

Entries = dict[str, str]
P, R, F, U = "persistent", "recurrent", "first_time", "postoperative_unclear"
S, T, RP, RR = "renal_secondary", "renal_tertiary", "renal_persistent", "renal_recurrent"

MUST: dict[str, list[tuple[str, Entries]]] = {
    "severe_hypercalcemia": [(F, {"adjusted_calcium": "14.1 mg/dL"}), (RR, {"adjusted_calcium": "3.6 mmol/L"}), (P, {"total_calcium": "13.5 mg/dL", "albumin": "3.0 g/dL"})],
    "fhh_not_addressed": [(P, {}), (P, {"prior_normal_calcium": "absent"}), (R, {"adjusted_calcium": "11.2 mg/dL", "ct_4d": "focus@left_inferior"})],
    "fhh_known_not_addressed": [(P, {"fhh_screened": "not_done"}), (R, {"fhh_screened": "not_documented"}), (R, {"fhh_screened": "not_done", "prior_normal_calcium": "absent"})],
    "normal_calcium_in_persistent_or_recurrent": [(P, {"calcium": "normal"}), (R, {"adjusted_calcium": "9.6 mg/dL"}), (P, {"total_calcium": "9.4 mg/dL"}), (P, {"adjusted_calcium": "low"})],
    "normal_ionized_calcium_in_persistent_or_recurrent": [(P, {"ionized_calcium": "1.20 mmol/L"})],
    "normal_calcium_at_first": [(F, {"calcium": "normal"}), (F, {"adjusted_calcium": "9.6 mg/dL"}), (F, {"total_calcium": "9.4 mg/dL"})],
    "normal_ionized_calcium_at_first": [(F, {"ionized_calcium": "1.20 mmol/L", "adjusted_calcium": "9.6 mg/dL"})],
    "suppressed_pth": [(F, {"pth": "8 pg/mL upper 65"}), (P, {"pth": "suppressed"})],
    "dialysis_in_primary": [(P, {"dialysis": "present"}), (F, {"kidney_status": "peritoneal"}), (U, {"kidney_status": "failed_transplant"})],
    "transplant_in_primary": [(F, {"kidney_status": "functioning_transplant"})],
    "native_kidney_in_tertiary": [(T, {"kidney_status": "native", "egfr": "85 mL/min"})],
    "no_operation_before": [(P, {"operation_extent": "none"}), (U, {"operation_extent": "none"})],
    "no_renal_operation_before": [(RP, {"operation_extent": "none"})],
    "operated_before": [(F, {"operation_extent": "focused"}), (S, {"operation_extent": "subtotal"})],
    "normal_calcium_in_tertiary": [(T, {"adjusted_calcium": "9.6 mg/dL"})],
}  # fmt: skip

MUST_NOT: dict[str, list[tuple[str, Entries]]] = {
    "severe_hypercalcemia": [(F, {"adjusted_calcium": "13.7 mg/dL"}), (P, {"symptoms": "present"})],
    "fhh_not_addressed": [(P, {"cccr": "0.02"}), (P, {"urine_calcium_24h": "250 mg/24h"}), (R, {"fhh_panel": "negative"}), (P, {"prior_normal_calcium": "present"}), (P, {"fhh_screened": "excluded"}), (U, {}), (F, {}), (RP, {})],
    "fhh_known_not_addressed": [(P, {"fhh_screened": "not_documented", "cccr": "0.02"}), (P, {"fhh_screened": "not_done", "prior_normal_calcium": "present"}), (P, {"fhh_screened": "excluded"}), (P, {}), (RR, {"fhh_screened": "not_done"})],
    "normal_calcium_in_persistent_or_recurrent": [(P, {"adjusted_calcium": "11.2 mg/dL"}), (U, {"calcium": "normal"}), (P, {"adjusted_calcium": "10.2 mg/dL", "ionized_calcium": "1.42 mmol/L"}), (RP, {"calcium": "normal"})],
    "normal_ionized_calcium_in_persistent_or_recurrent": [(P, {"ionized_calcium": "1.45 mmol/L"}), (U, {"ionized_calcium": "1.20 mmol/L"})],
    "normal_calcium_at_first": [(F, {"adjusted_calcium": "10.9 mg/dL"}), (F, {"adjusted_calcium": "10.2 mg/dL", "ionized_calcium": "1.42 mmol/L"})],
    "normal_ionized_calcium_at_first": [(F, {"ionized_calcium": "1.45 mmol/L"})],
    "suppressed_pth": [(F, {"pth": "40 pg/mL upper 65"}), (T, {"pth": "suppressed"})],
    "dialysis_in_primary": [(P, {"dialysis": "absent"}), (RP, {"dialysis": "present"}), (S, {"kidney_status": "hemodialysis"})],
    "transplant_in_primary": [(F, {"kidney_status": "native"}), (T, {"kidney_status": "functioning_transplant"})],
    "native_kidney_in_tertiary": [(T, {"kidney_status": "native", "egfr": "20 mL/min"}), (T, {"kidney_status": "functioning_transplant"})],
    "no_operation_before": [(P, {"operation_extent": "bilateral"}), (F, {"operation_extent": "none"})],
    "no_renal_operation_before": [(RP, {"operation_extent": "subtotal"})],
    "operated_before": [(F, {"operation_extent": "none"}), (P, {"operation_extent": "focused"})],
    "normal_calcium_in_tertiary": [(T, {"adjusted_calcium": "11 mg/dL"}), (S, {"adjusted_calcium": "9.6 mg/dL"})],
}  # fmt: skip


@cache
def texts() -> dict[str, str]:
    return {line.name: line.text for line in network().stop_lines}


@cache
def case(setting: str, entries: tuple[tuple[str, str], ...]) -> hpt.Case:
    made = hpt.Case(network(), setting)
    for finding, text in entries:
        made = made.observe(finding, text)
    return made


def told(setting: str, entries: Entries) -> tuple[str, ...]:
    """The lines `posterior()` shows first, without asking for a posterior."""
    return stop_lines(network(), case(setting, tuple(entries.items())).evidence)


def test_every_stop_line_is_asked_about() -> None:
    assert set(texts()) == set(MUST) == set(MUST_NOT)


@pytest.mark.parametrize("name", MUST)
def test_a_stop_line_is_told_to_those_who_need_it(name: str) -> None:
    for setting, entries in MUST[name]:
        assert texts()[name] in told(setting, entries), (setting, entries)


@pytest.mark.parametrize("name", MUST_NOT)
def test_a_stop_line_is_not_told_to_others(name: str) -> None:
    for setting, entries in MUST_NOT[name]:
        assert texts()[name] not in told(setting, entries), (setting, entries)


def repeated(setting: str, *calciums: tuple[str, str]) -> tuple[str, ...]:
    """Stop lines after several calciums of one patient."""
    made = hpt.Case(network(), setting)
    for number, (finding, text) in enumerate(calciums):
        made = made.observe(finding, text, date=f"2024-0{number + 1}-01")
    return stop_lines(network(), made.evidence)


HIGH, NORMAL = ("adjusted_calcium", "11.4 mg/dL"), ("adjusted_calcium", "10.2 mg/dL")


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        (P, "normal_calcium_in_persistent_or_recurrent"),
        (F, "normal_calcium_at_first"),
        (T, "normal_calcium_in_tertiary"),
    ],
)
def test_one_normal_calcium_among_high_ones_is_no_contradiction(setting: str, line: str) -> None:
    assert texts()[line] in repeated(setting, NORMAL)
    assert texts()[line] in repeated(setting, NORMAL, NORMAL, ("adjusted_calcium", "10.7 mg/dL"))
    assert texts()[line] not in repeated(setting, HIGH, NORMAL, HIGH)
    assert texts()[line] not in repeated(setting, ("adjusted_calcium", "high"), NORMAL, HIGH)
    assert texts()[line] not in repeated(setting, HIGH, HIGH)


@pytest.mark.parametrize(
    ("setting", "line"),
    [(P, "normal_ionized_calcium_in_persistent_or_recurrent"), (F, "normal_ionized_calcium_at_first")],
)
def test_high_totals_do_not_silence_a_normal_ionized_calcium_but_high_ionized_ones_do(setting: str, line: str) -> None:
    normal, high = ("ionized_calcium", "1.22 mmol/L"), ("ionized_calcium", "1.50 mmol/L")
    assert texts()[line] in repeated(setting, HIGH, normal, HIGH)
    assert texts()[line] not in repeated(setting, high, normal, high)


def test_one_calcium_of_fourteen_among_lower_ones_is_still_told() -> None:
    assert texts()["severe_hypercalcemia"] in repeated(P, HIGH, ("adjusted_calcium", "14.2 mg/dL"), HIGH)


def test_severe_hypercalcemia_is_told_first_and_the_posterior_shows_all_of_them() -> None:
    entries = {"adjusted_calcium": "14.4 mg/dL", "operation_extent": "none"}
    said = told(P, entries)
    assert said == tuple(texts()[name] for name in ("severe_hypercalcemia", "fhh_not_addressed", "no_operation_before"))
    assert case(P, tuple(entries.items())).posterior().stop_lines[:3] == said


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("normal_calcium_in_persistent_or_recurrent", [U]),
        ("normal_ionized_calcium_in_persistent_or_recurrent", [U]),
        ("normal_calcium_at_first", [S]),
        ("normal_ionized_calcium_at_first", [S]),
        ("dialysis_in_primary", [S, RP, RR]),
        ("transplant_in_primary", [T, RP, RR]),
        ("native_kidney_in_tertiary", [F]),
        ("no_operation_before", [F]),
        ("no_renal_operation_before", [S, T]),
        ("operated_before", [P, R, U, RP, RR]),
        ("normal_calcium_in_tertiary", [S]),
    ],
)
def test_a_contradicted_setting_names_the_one_that_fits(name: str, fits: list[str]) -> None:
    assert all(setting in texts()[name] for setting in fits)
