"""Patients an endocrine surgeon would recognise at once: what leads, and how clearly at least."""

# ruff: noqa: E501  (one patient a line, to be read as a table)

from __future__ import annotations

from functools import cache

import pytest
from packaged import network

import hpt_bayes as hpt

CASES: dict[str, tuple[str, dict[str, str], str, float]] = {
    # name: setting, entries, what must lead, with at least
    "a focus behind the oesophagus after a failed operation": ("persistent", {"age": "58 years", "adjusted_calcium": "11.2 mg/dL", "pth": "130 pg/mL upper 65", "vitamin_d_25": "30 ng/mL", "cccr": "0.02", "operation_extent": "bilateral", "ct_4d": "focus@left_tracheoesophageal"}, "ectopic_adenoma", 0.7),
    "mild disease found by screening": ("first_time", {"age": "62 years", "adjusted_calcium": "10.7 mg/dL", "pth": "91 pg/mL upper 65", "vitamin_d_25": "28 ng/mL", "cccr": "0.018"}, "orthotopic_adenoma", 0.6),
    "lifelong mild calcium in a family, first visit": ("first_time", {"age": "24 years", "adjusted_calcium": "10.9 mg/dL", "pth": "52 pg/mL upper 65", "vitamin_d_25": "32 ng/mL", "egfr": "100 mL/min", "family_history_hypercalcemia": "hypercalcemia", "cccr": "0.005", "prior_normal_calcium": "absent"}, "fhh", 0.7),
    "the same after an operation that changed nothing": ("persistent", {"age": "24 years", "adjusted_calcium": "10.9 mg/dL", "pth": "52 pg/mL upper 65", "vitamin_d_25": "32 ng/mL", "egfr": "100 mL/min", "family_history_hypercalcemia": "hypercalcemia", "cccr": "0.005", "prior_normal_calcium": "absent"}, "fhh", 0.85),
    "a CASR variant": ("persistent", {"age": "50 years", "adjusted_calcium": "10.9 mg/dL", "pth": "78 pg/mL upper 65", "fhh_panel": "pathogenic"}, "fhh", 0.85),
    "known cancer, suppressed PTH": ("first_time", {"age": "66 years", "adjusted_calcium": "13.2 mg/dL", "pth": "8 pg/mL upper 65", "known_malignancy": "present", "pthrp": "high"}, "pth_independent_hypercalcemia", 0.97),
    "suppressed PTH and nothing else": ("first_time", {"age": "66 years", "adjusted_calcium": "13.2 mg/dL", "pth": "8 pg/mL upper 65"}, "pth_independent_hypercalcemia", 0.9),
    "sarcoidosis": ("first_time", {"adjusted_calcium": "12 mg/dL", "pth": "6 pg/mL upper 65", "granulomatous_disease": "present", "ace": "high", "vitamin_d_125": "120 pg/mL"}, "pth_independent_hypercalcemia", 0.97),
    "too much vitamin D": ("first_time", {"adjusted_calcium": "13 mg/dL", "pth": "5 pg/mL upper 65", "vitamin_d_25": "200 ng/mL"}, "pth_independent_hypercalcemia", 0.9),
    "vitamin D deficiency unmasked by cure": ("postoperative_unclear", {"age": "63 years", "adjusted_calcium": "9.3 mg/dL", "pth": "98 pg/mL upper 65", "vitamin_d_25": "9 ng/mL", "egfr": "80 mL/min", "operation_extent": "focused"}, "vitamin_d_secondary", 0.9),
    "the same, replete": ("postoperative_unclear", {"age": "63 years", "adjusted_calcium": "9.3 mg/dL", "pth": "98 pg/mL upper 65", "vitamin_d_25": "35 ng/mL", "egfr": "80 mL/min", "operation_extent": "focused"}, "no_parathyroid_disease", 0.8),
    "cured": ("postoperative_unclear", {"adjusted_calcium": "9.4 mg/dL", "pth": "45 pg/mL upper 65", "vitamin_d_25": "32 ng/mL"}, "no_parathyroid_disease", 0.9),
    "a thiazide and a clearly raised PTH": ("first_time", {"age": "68 years", "adjusted_calcium": "10.7 mg/dL", "pth": "85 pg/mL upper 65", "thiazide_now": "present"}, "orthotopic_adenoma", 0.5),
    "lithium": ("first_time", {"age": "50 years", "adjusted_calcium": "10.9 mg/dL", "pth": "85 pg/mL upper 65", "lithium": "current"}, "orthotopic_adenoma", 0.4),
    "hemodialysis": ("renal_secondary", {"adjusted_calcium": "9.6 mg/dL", "pth": "1300 pg/mL upper 65", "kidney_status": "hemodialysis", "phosphate": "6.2 mg/dL"}, "renal_hyperplasia", 0.95),
    "after a transplant": ("renal_tertiary", {"adjusted_calcium": "11 mg/dL", "pth": "195 pg/mL upper 65", "kidney_status": "functioning_transplant", "egfr": "55 mL/min"}, "renal_hyperplasia", 0.9),
    "malabsorption": ("renal_secondary", {"secondary_cause": "malabsorption", "malabsorption": "present", "adjusted_calcium": "9 mg/dL", "pth": "195 pg/mL upper 65", "vitamin_d_25": "14 ng/mL", "egfr": "90 mL/min"}, "vitamin_d_secondary", 0.9),
    "severe disease with a mass, not cured by the first operation": ("persistent", {"age": "50 years", "adjusted_calcium": "15 mg/dL", "pth": "780 pg/mL upper 65", "palpable_neck_mass": "present"}, "carcinoma", 0.35),
    "carcinoma by the first histology": ("recurrent", {"adjusted_calcium": "13 mg/dL", "pth": "390 pg/mL upper 65", "tissue_removed": "carcinoma"}, "carcinoma", 0.9),
    "the same severity where nobody measures calcium": ("first_time", {"phenotype": "late_presenting", "adjusted_calcium": "12.5 mg/dL", "pth": "585 pg/mL upper 65", "bone_disease": "present"}, "orthotopic_adenoma", 0.6),
    "implants after a rupture": ("recurrent", {"adjusted_calcium": "11.5 mg/dL", "pth": "260 pg/mL upper 65", "capsule_rupture": "present", "years_to_recurrence": "4 years", "ultrasound": "several@operative_bed"}, "parathyromatosis", 0.7),
    "MEN1 at thirty": ("recurrent", {"age": "30 years", "adjusted_calcium": "10.9 mg/dL", "pth": "104 pg/mL upper 65", "syndromic_features": "men1_type", "family_history_hypercalcemia": "known_syndrome"}, "multiglandular_disease", 0.9),
    "MEN1 by the gene, after a subtotal operation": ("persistent", {"age": "28 years", "adjusted_calcium": "10.9 mg/dL", "pth": "91 pg/mL upper 65", "men1_gene": "pathogenic", "operation_extent": "subtotal"}, "multiglandular_disease", 0.9),
    "macro-PTH": ("postoperative_unclear", {"adjusted_calcium": "9.5 mg/dL", "pth": "650 pg/mL upper 65", "pth_second_platform": "not_confirmed"}, "assay_artefact", 0.9),
    "a graft that answers the block of its arm": ("renal_recurrent", {"operation_extent": "total_autograft", "autograft_site": "left_forearm", "kidney_status": "hemodialysis", "casanova_test": "graft"}, "autograft_recurrence", 0.95),
    "a graft that does not": ("renal_recurrent", {"operation_extent": "total_autograft", "autograft_site": "left_forearm", "kidney_status": "hemodialysis", "casanova_test": "neck"}, "renal_hyperplasia", 0.6),
}  # fmt: skip


@cache
def answer(name: str) -> hpt.Posterior:
    setting, entries, _, _ = CASES[name]
    case = hpt.Case(network(), setting)
    for finding, text in entries.items():
        case = case.observe(finding, text)
    return case.posterior()


@pytest.mark.parametrize("name", CASES)
def test_what_leads_is_what_an_expert_would_say(name: str) -> None:
    _, _, leader, least = CASES[name]
    found = answer(name)
    assert found.leading_diagnosis == leader
    assert found.diagnoses[leader] > least


def test_severe_values_do_not_prove_carcinoma_where_disease_is_found_late() -> None:
    assert answer("the same severity where nobody measures calcium").diagnoses["carcinoma"] < 0.05


def test_lithium_raises_multiglandular_disease() -> None:
    usual = answer("mild disease found by screening").diagnoses["multiglandular_disease"]
    assert answer("lithium").diagnoses["multiglandular_disease"] > 1.5 * usual


def test_severe_disease_with_a_mass_is_no_more_than_suspected_carcinoma_at_a_first_visit() -> None:
    """Base rate .006 and a joint ratio near 60 leave it below adenoma, far above the base rate."""
    case = hpt.Case(network(), "first_time").observe("adjusted_calcium", "15 mg/dL").observe("pth", 12, "xULN")
    found = case.observe("palpable_neck_mass", "present").posterior().diagnoses
    assert 0.05 < found["carcinoma"] < 0.35


def test_a_low_or_normal_pth_leaves_fhh_open_after_a_failed_operation() -> None:
    case = hpt.Case(network(), "persistent").observe("adjusted_calcium", "11.2 mg/dL")
    found = case.observe("pth", any_of=["low", "normal"]).posterior()
    assert found.diagnoses["fhh"] > 4 * 0.034
    assert found.gate["pth_independent_drug_vitamin_d_or_assay"] > 0.08
