"""The example cases: eight situations of the source documents; each loads by name and keeps its first line's word."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import hpt_bayes as hpt

FOLDER = Path(__file__).parents[2] / "models" / "cases"
PATHS = sorted(FOLDER.glob("*.yaml"))
NAMES = [path.stem for path in PATHS]
ROUNDING = 1e-12
DEMO = "persistent-after-failed-exploration"


@cache
def document(name: str) -> dict[str, Any]:
    loaded = YAML(typ="safe").load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@cache
def case(name: str) -> hpt.Case:
    return hpt.read_case(name)


@cache
def posterior(name: str) -> hpt.Posterior:
    return case(name).posterior()


def entered(name: str) -> set[str]:
    return {entry["finding"] for entry in document(name)["findings"]}


def test_there_are_eight_and_they_are_found_by_name() -> None:
    assert len(NAMES) == 8
    assert set(hpt.example_cases()) == set(NAMES)


def test_the_settings_of_the_source_documents_are_covered() -> None:
    covered = {document(name)["setting"] for name in NAMES}
    assert {"persistent", "recurrent", "postoperative_unclear", "renal_secondary", "renal_recurrent"} <= covered


def test_the_hard_constraints_appear() -> None:
    used = {constraint for name in NAMES for constraint in document(name).get("constraints", [])}
    assert {"pregnancy", "iodinated_contrast_allergy", "gadolinium_contraindicated", "anticoagulated"} <= used


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_says_what_the_case_is_about(name: str) -> None:
    first, second = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[:2]
    assert first.startswith("# ")
    assert len(first) > 40
    assert second == f"case: {name}"
    assert document(name)["notes"].strip()


@pytest.mark.parametrize("name", NAMES)
def test_only_names_of_the_network_are_used(name: str) -> None:
    network = hpt.load_network()
    assert entered(name) <= {finding.name for finding in network.findings()}
    assert document(name)["setting"] in network.settings
    assert set(document(name).get("constraints", [])) <= set(network.constraints)


@pytest.mark.parametrize("name", NAMES)
def test_every_case_has_a_sound_posterior(name: str) -> None:
    found = posterior(name)
    assert found.diagnoses
    assert math.isfinite(found.log_evidence)
    for shares in (found.gate, found.gland_site):
        assert sum(shares.values()) == pytest.approx(1, abs=1e-9)
    for shares in (found.diagnoses, found.gate, found.gland_site, *found.variables.values()):
        assert all(-ROUNDING <= share <= 1 + ROUNDING for share in shares.values())
    assert max(found.diagnoses.values()) < 1


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_case_reads_back_to_the_same_answer(name: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    case(name).save(copy)
    again = hpt.read_case(copy).posterior()
    assert again.diagnoses == pytest.approx(dict(posterior(name).diagnoses), abs=1e-12)


# ---------------------------------------------------------------- what each case is for


def test_the_demo_is_rich_and_leaves_fhh_to_be_asked() -> None:
    assert {
        "total_calcium", "albumin", "pth", "vitamin_d_25", "ultrasound", "sestamibi_planar",
        "left_superior_at_operation", "right_superior_at_operation",
        "left_inferior_at_operation", "right_inferior_at_operation",
    } <= entered(DEMO)  # fmt: skip
    assert not {"cccr", "urine_calcium", "urine_calcium_24h", "fhh_screened", "fhh_panel"} & entered(DEMO)
    assert len(document(DEMO)["findings"]) >= 20


def test_the_fhh_trap_is_fhh() -> None:
    found = posterior("fhh-trap").diagnoses
    assert max(found, key=lambda each: found[each]) == "fhh"


def test_the_washout_settles_the_place() -> None:
    before = case("intrathyroidal-washout").retract("fna_pth_washout").posterior().gland_site
    after = posterior("intrathyroidal-washout").gland_site
    assert after["right_intrathyroidal"] > before["right_intrathyroidal"]
    assert max(after, key=lambda each: after[each]) == "right_intrathyroidal"


def test_the_ruptured_gland_raises_parathyromatosis() -> None:
    full = posterior("recurrent-parathyromatosis").diagnoses["parathyromatosis"]
    intact = case("recurrent-parathyromatosis").retract("capsule_rupture").posterior().diagnoses["parathyromatosis"]
    assert full > intact


def test_the_arm_gradient_points_to_the_graft() -> None:
    found = posterior("graft-recurrence").diagnoses
    assert found["autograft_recurrence"] > 0.5


def test_normal_calcium_with_vitamin_d_deficiency_is_no_failed_operation() -> None:
    found = posterior("postoperative-unclear").diagnoses
    lesions = ("orthotopic_adenoma", "ectopic_adenoma", "multiglandular_disease", "carcinoma", "parathyromatosis")
    assert found["vitamin_d_secondary"] > max(found[each] for each in lesions)


def test_renal_secondary_disease_is_renal_hyperplasia() -> None:
    found = posterior("renal-secondary-first-imaging").diagnoses
    assert max(found, key=lambda each: found[each]) == "renal_hyperplasia"


def test_two_negative_rounds_lower_the_neck_but_not_to_nothing() -> None:
    found = posterior("persistent-all-negative").gland_site
    orthotopic = sum(found[each] for each in hpt.load_network().site_groups["orthotopic"])
    assert 0 < orthotopic < 0.9
