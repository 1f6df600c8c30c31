"""FHH, carcinoma and the assay: how much each finding may move them, with the published figure beside it."""

from __future__ import annotations

from itertools import combinations

import pytest
from packaged import Entry, network, posterior

import hpt_bayes as hpt

REPLETE: tuple[Entry, ...] = (("vitamin_d_25", 35, "ng/mL"), ("egfr", 90, "mL/min/1.73 m2"))
DEFICIENT: tuple[Entry, ...] = (("vitamin_d_25", 14, "ng/mL"), ("egfr", 90, "mL/min/1.73 m2"))
NO_DRUG: tuple[Entry, ...] = (("thiazide_now", "absent"), ("lithium", "never"))
SCREENED: tuple[Entry, ...] = (
    ("phenotype", "screen_detected"), ("calcimimetic_now", "absent"), ("thyroid_nodules", "absent"), *REPLETE,
)  # fmt: skip
MACRO_PTH: tuple[Entry, ...] = (("pth", 10, "xULN"), ("pth_second_platform", "not_confirmed"))


def fhh_odds(found: hpt.Posterior) -> float:
    return found.diagnoses["fhh"] / (1 - found.diagnoses["fhh"])


@pytest.mark.parametrize("setting", ["persistent", "first_time"])
def test_a_negative_fhh_panel_leaves_the_odds_of_fhh_times_013(setting: str) -> None:
    after = posterior(setting, ("fhh_panel", "negative"))
    assert fhh_odds(after) / fhh_odds(posterior(setting)) == pytest.approx(0.13, abs=0.005)
    assert after.diagnoses["fhh"] > 0


def test_a_negative_casr_alone_leaves_the_odds_of_fhh_times_029() -> None:
    """Sequencing CASR finds .68 of FHH, so .15 of the .82 a full panel finds come back negative: .183 of them."""
    case = hpt.Case(network(), "persistent")
    casr = case.observe("fhh_panel", likelihood={"pathogenic": 0.15 / 0.82, "vus": 0, "negative": 1}).posterior()
    assert fhh_odds(casr) / fhh_odds(posterior("persistent")) == pytest.approx(0.29, abs=0.005)


def test_a_variant_of_uncertain_significance_says_nothing() -> None:
    vus = posterior("persistent", ("fhh_panel", "vus"))
    assert fhh_odds(vus) / fhh_odds(posterior("persistent")) == pytest.approx(1, abs=0.5)


@pytest.mark.parametrize(
    ("background", "ratio", "least", "most"),
    [
        # by bin: 38 replete and 6 deficient below .006, 7 and 1.3 below .010, 1.9 and 1.0 below .013, .25 below .020
        (REPLETE, "<0.006", 20, 45),
        (REPLETE, "[0.006, 0.010] ratio", 4, 9),
        (REPLETE, "[0.010, 0.013] ratio", 1.2, 2.2),
        (REPLETE, "[0.013, 0.020] ratio", 0.15, 0.5),
        (REPLETE, ">0.020", 0.01, 0.1),
        (DEFICIENT, "<0.006", 3, 7),
        (DEFICIENT, "[0.006, 0.010] ratio", 1.0, 1.8),
    ],
)
def test_the_clearance_ratio_tells_fhh_from_adenoma_by_its_published_ratios(
    background: tuple[Entry, ...], ratio: str, least: float, most: float
) -> None:
    before = posterior("first_time", *background, *NO_DRUG).diagnoses
    after = posterior("first_time", *background, *NO_DRUG, ("cccr", ratio)).diagnoses
    found = after["fhh"] / after["orthotopic_adenoma"] / (before["fhh"] / before["orthotopic_adenoma"])
    assert least < found < most


def carcinoma_ratio(*flags: Entry) -> float:
    """Likelihood ratio of red flags, carcinoma against adenoma in a usual place, in a screened population."""
    before = posterior("first_time", *SCREENED).diagnoses
    after = posterior("first_time", *SCREENED, *flags).diagnoses
    return after["carcinoma"] / after["orthotopic_adenoma"] / (before["carcinoma"] / before["orthotopic_adenoma"])


FLAGS: tuple[Entry, ...] = (
    ("adjusted_calcium", "crisis"), ("pth", "very_high"), ("alkaline_phosphatase", "very_high"),
    ("palpable_neck_mass", "present"), ("bone_disease", "present"), ("nephrolithiasis", "present"),
)  # fmt: skip


def test_all_red_flags_of_carcinoma_together_stay_near_sixty() -> None:
    """Multiplied they would reach 5 millions: they all say that the tumour is large."""
    assert 30 < carcinoma_ratio(*FLAGS) < 70
    assert 30 < carcinoma_ratio(*FLAGS[:-1]) < 70


@pytest.mark.parametrize("pair", list(combinations(FLAGS[:4], 2)), ids=lambda pair: f"{pair[0][0]} {pair[1][0]}")
def test_two_red_flags_of_carcinoma_stay_under_the_cap(pair: tuple[Entry, ...]) -> None:
    assert 10 < carcinoma_ratio(*pair) < 70


@pytest.mark.parametrize("extent", ["bilateral", "focused"])
def test_an_adequate_iopth_fall_argues_little_against_multiglandular_disease(extent: str) -> None:
    """The ratio is 1.4: a fall at an operation that failed speaks for a second gland, if for anything."""
    before = posterior("persistent", ("operation_extent", extent)).diagnoses
    after = posterior("persistent", ("operation_extent", extent), ("iopth_fall", "adequate")).diagnoses
    several = "multiglandular_disease"
    ratio = after[several] / (1 - after[several]) / (before[several] / (1 - before[several]))
    assert 0.7 < ratio < 1.6


@pytest.mark.parametrize("calcium", [9.0, 9.5])
def test_a_pth_ten_times_the_limit_with_normal_calcium_and_no_second_platform_behind_it_is_the_assay(
    calcium: float,
) -> None:
    """Also under a setting that claims a high calcium; vitamin D is not known, and half are short of it."""
    found = posterior("first_time", ("adjusted_calcium", calcium, "mg/dL"), *MACRO_PTH)
    assert found.leading_diagnosis == "assay_artefact"
    assert found.diagnoses["assay_artefact"] > 0.6
    assert found.diagnoses["assay_artefact"] > 2 * found.diagnoses["orthotopic_adenoma"]


def test_the_assay_leads_with_the_word_normal_once_the_claim_is_withdrawn_or_the_setting_fits() -> None:
    word: Entry = ("calcium", "normal")
    assert posterior("first_time", word, *MACRO_PTH, confirmed=False).leading_diagnosis == "assay_artefact"
    assert posterior("postoperative_unclear", word, *MACRO_PTH).diagnoses["assay_artefact"] > 0.7


def test_a_second_platform_often_fails_to_repeat_a_pth_just_above_the_limit() -> None:
    """Then it hardly speaks for the assay, where beside ten times the limit it nearly proves it."""

    def ratio(multiple: float) -> float:
        case = hpt.Case(network(), "postoperative_unclear").observe("pth", multiple, "xULN")
        before = case.posterior().diagnoses["assay_artefact"]
        after = case.observe("pth_second_platform", "not_confirmed").posterior().diagnoses["assay_artefact"]
        return after / (1 - after) / (before / (1 - before))

    assert 1 < ratio(1.2) < 6
    assert ratio(10) > 30
