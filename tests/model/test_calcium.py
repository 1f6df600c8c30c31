"""What calcium does to the cause: the case definition is counted once, readings are noisy looks at one level."""

from __future__ import annotations

from functools import cache

import pytest
from packaged import Entry, network, posterior

import hpt_bayes as hpt

TYPICAL: tuple[Entry, ...] = (("phenotype", "screen_detected", None), ("calcimimetic_now", "absent", None))


def calcium(value: float) -> Entry:
    return ("adjusted_calcium", value, "mg/dL")


def lesion_or_fhh(found: hpt.Posterior) -> float:
    """P(lesion or FHH): the gate's first two rows less an overactive graft alone, of which there is next to none."""
    return found.gate["gland_disease_without_fhh"] + found.gate["fhh"]


@cache
def adenoma_to_none(value: float) -> float:
    """Likelihood ratio of a calcium, adenoma in a usual place against no disease, in a screened population."""
    before = posterior("first_time", *TYPICAL, confirmed=False).diagnoses
    after = posterior("first_time", *TYPICAL, calcium(value), confirmed=False).diagnoses
    a, b = "orthotopic_adenoma", "no_parathyroid_disease"
    return after[a] / after[b] / (before[a] / before[b])


@pytest.mark.parametrize(("value", "at_most"), [(9.0, 0.30), (9.4, 0.30), (9.6, 0.31)])
def test_persistent_disease_with_a_normal_calcium_is_mostly_no_disease(value: float, at_most: float) -> None:
    """.20, .26 and .301: the last one is a hair above the .30 aimed at."""
    found = posterior("persistent", calcium(value))
    assert lesion_or_fhh(found) < at_most
    assert found.leading_diagnosis in ("no_parathyroid_disease", "vitamin_d_secondary")
    assert lesion_or_fhh(posterior("persistent")) > 0.94


def test_the_word_normal_says_less_than_a_number_in_the_middle_of_the_range() -> None:
    """`normal` reaches up to 10.5, where one reading in twelve of a confirmed adenoma lies: P(lesion or FHH) .76."""
    word = lesion_or_fhh(posterior("persistent", ("adjusted_calcium", "normal", None)))
    untyped = lesion_or_fhh(posterior("persistent", ("calcium", "normal", None)))
    middle, unmeasured = lesion_or_fhh(posterior("persistent", calcium(9.4))), lesion_or_fhh(posterior("persistent"))
    assert middle < word < untyped < unmeasured
    assert word == pytest.approx(0.76, abs=0.02)


@pytest.mark.parametrize("finding", ["adjusted_calcium", "calcium"])
def test_the_word_normal_makes_it_mostly_no_disease_once_the_claim_is_withdrawn(finding: str) -> None:
    found = posterior("persistent", (finding, "normal", None), confirmed=False)
    assert lesion_or_fhh(found) < 0.45


@pytest.mark.parametrize("entry", [calcium(11.2), ("adjusted_calcium", "high", None)], ids=["11.2", "high"])
def test_persistent_disease_with_a_high_calcium_moves_no_cause(entry: Entry) -> None:
    """The case definition already holds it: no state of a cause moves by more than .04."""
    before, after = posterior("persistent").variables, posterior("persistent", entry).variables
    for cause in ("lesion", "fhh", "pth_independent_cause", "hereditary_syndrome", "graft_hyperfunction", "pth_assay"):
        for state in before[cause]:
            assert abs(after[cause][state] - before[cause][state]) < 0.04, (cause, state)


def test_multiglandular_disease_gains_a_little_more_because_its_two_kinds_move_together() -> None:
    before, after = posterior("persistent").diagnoses, posterior("persistent", calcium(11.2)).diagnoses
    moved = {name: after[name] - before[name] for name in before}
    assert moved["multiglandular_disease"] == pytest.approx(0.05, abs=0.01)
    del moved["multiglandular_disease"]
    assert max(map(abs, moved.values())) < 0.04


def test_the_likelihood_ratio_of_a_calcium_is_moderate_at_the_limit_and_small_in_the_middle() -> None:
    assert 2 < adenoma_to_none(10.4) < 6
    assert adenoma_to_none(9.2) < 0.05


def test_the_likelihood_ratio_rises_with_calcium() -> None:
    values = [9.0, 9.2, 9.6, 10.0, 10.4, 10.8, 11.4, 12.0]
    ratios = [adenoma_to_none(value) for value in values]
    assert ratios == sorted(ratios)


def test_nothing_jumps_at_the_limit() -> None:
    assert adenoma_to_none(10.51) / adenoma_to_none(10.49) == pytest.approx(1, abs=0.15)


def test_several_numbers_multiply() -> None:
    """Two readings just above the limit say more than one, in either order; a low one beside a high one counts."""
    one = posterior("first_time", *TYPICAL, calcium(10.7), confirmed=False)
    two = posterior("first_time", *TYPICAL, calcium(10.7), calcium(10.8), confirmed=False)
    other = posterior("first_time", *TYPICAL, calcium(10.8), calcium(10.7), confirmed=False)
    mixed = posterior("first_time", *TYPICAL, calcium(10.7), calcium(9.6), confirmed=False)
    row = "no_parathyroid_disease"
    assert two.diagnoses[row] < one.diagnoses[row] < mixed.diagnoses[row]
    assert two.diagnoses[row] == pytest.approx(other.diagnoses[row], abs=1e-12)


def test_the_same_patient_in_conventional_and_in_si_units() -> None:
    conventional = hpt.Case(network(), "persistent").observe("albumin", 3.8, "g/dL")
    si = hpt.Case(network(), "persistent").observe("albumin", 38, "g/L")
    for finding, value, unit, factor, other, limit in (
        ("total_calcium", 11.2, "mg/dL", 1 / 4.008, "mmol/L", None),
        ("ionized_calcium", 5.8, "mg/dL", 0.2495, "mmol/L", None),
        ("pth", 128, "pg/mL", 1 / 9.4, "pmol/L", 65),
        ("phosphate", 2.4, "mg/dL", 1 / 3.097, "mmol/L", None),
        ("vitamin_d_25", 24, "ng/mL", 2.5, "nmol/L", None),
        ("alkaline_phosphatase", 140, "U/L", 1, "IU/L", 120),
        ("magnesium", 2.0, "mg/dL", 1 / 2.431, "mmol/L", None),
        ("urine_calcium_24h", 180, "mg/24h", 1 / 40.08, "mmol/24h", None),
    ):
        conventional = conventional.observe(finding, value, unit, upper_limit=limit)
        si = si.observe(finding, value * factor, other, upper_limit=None if limit is None else limit * factor)
    first, second = conventional.posterior(), si.posterior()
    for name, shares in first.variables.items():
        for state, share in shares.items():
            assert second.variables[name][state] == pytest.approx(share, abs=1e-9), (name, state)
    assert dict(second.diagnoses) == pytest.approx(dict(first.diagnoses), abs=1e-9)
