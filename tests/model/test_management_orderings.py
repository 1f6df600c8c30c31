"""The packaged actions: common sense as orderings of utilities, and what cases are advised."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from packaged import network as packaged_network

import hpt_bayes as hpt
from hpt_bayes.network.management import Management
from hpt_bayes.network.utilities import expand_utilities
from hpt_bayes.reasoning.deciding.decision import Decision

SIDES = ("left_neck", "right_neck")
GLANDS = ("single_gland", "multigland")
KNIVES = ("operation", "ablation")


def management() -> Management:
    found = packaged_network().management
    assert found is not None
    return found


@cache
def table() -> np.ndarray:
    return expand_utilities(management(), management().numbers)


def worth(action: str, cause: str, region: str, indication: str, risk: str) -> float:
    file = management()
    lists = (file.aimed, file.classes, file.regions, file.indications, file.risks)
    names = (action, cause, region, indication, risk)
    at = tuple([each.name for each in part].index(name) for part, name in zip(lists, names, strict=True))
    return float(table()[at])


def names(records: tuple) -> list[str]:  # type: ignore[type-arg]
    return [each.name for each in records]


@pytest.mark.parametrize("risk", ["first", "reoperative", "cord_palsied"])
@pytest.mark.parametrize("indication", ["urgent", "met"])  # mild disease in the chest is not worth the chest
def test_the_right_focused_operation_beats_the_wrong_one(indication: str, risk: str) -> None:
    aimed = {
        "focused_exploration@left_neck": "left_neck",
        "focused_exploration@right_neck": "right_neck",
        "hemithyroidectomy@left_thyroid": "left_thyroid",
        "hemithyroidectomy@right_thyroid": "right_thyroid",
        "transcervical_thymectomy": "thymus",
        "chest_operation": "mediastinum",
    }
    # With several glands a first operation is widened, so what it was aimed at matters less.
    for cause in ("single_gland",) if risk == "first" else GLANDS:
        for action, region in aimed.items():
            right = worth(action, cause, region, indication, risk)
            for other, elsewhere in aimed.items():
                if other == action:
                    continue
                assert right > worth(action, cause, elsewhere, indication, risk)
                assert right > worth(other, cause, region, indication, risk)


@pytest.mark.parametrize("risk", ["first", "reoperative", "cord_palsied"])
@pytest.mark.parametrize("indication", ["met", "not_met"])
def test_no_operation_where_it_cannot_help(indication: str, risk: str) -> None:
    best = {
        "fhh": "confirm_fhh",
        "none": "observe",
        "pth_independent": "workup_pth_independent",
        "drug": "stop_drug",
        "assay": "repeat_pth",
    }
    for cause, action in best.items():
        good = worth(action, cause, "none", indication, risk)
        for other in management().aimed:
            if other.name != action:
                assert good > worth(other.name, cause, "none", indication, risk)
            if other.action.kind in KNIVES:
                assert worth("observe", cause, "none", indication, risk) - 0.05 > worth(
                    other.name, cause, "none", indication, risk
                )


def test_a_mild_single_gland_is_operated_or_observed_within_a_near_tie() -> None:
    for side in SIDES:
        operated = worth(f"focused_exploration@{side}", "single_gland", side, "not_met", "first")
        observed = worth("observe", "single_gland", side, "not_met", "first")
        assert abs(operated - observed) <= management().near_tie.value
        again = worth(f"focused_exploration@{side}", "single_gland", side, "not_met", "reoperative")
        assert worth("observe", "single_gland", side, "not_met", "reoperative") > again


@pytest.mark.parametrize("risk", ["first", "reoperative", "cord_palsied"])
def test_a_found_gland_with_an_indication_is_operated_unless_a_cord_is_palsied(risk: str) -> None:
    for side in SIDES:
        operated = worth(f"focused_exploration@{side}", "single_gland", side, "met", risk)
        others = ("observe", "cinacalcet", "refer", "control_calcium")
        assert all(operated > worth(each, "single_gland", side, "met", risk) for each in others) is (
            risk != "cord_palsied"
        )


@pytest.mark.parametrize("risk", ["first", "reoperative", "cord_palsied"])
def test_carcinoma_is_resected_en_bloc(risk: str) -> None:
    """Beside a palsied cord the one other choice is to send the patient where it is done often."""
    spared = {"en_bloc_resection"} | ({"refer"} if risk == "cord_palsied" else set())
    for region in (*SIDES, "left_thyroid", "right_thyroid", "operative_bed"):
        en_bloc = worth("en_bloc_resection", "carcinoma", region, "met", risk)
        for other in management().aimed:
            if other.name not in spared:
                assert en_bloc > worth(other.name, "carcinoma", region, "met", risk)


def test_an_urgent_case_is_controlled_first() -> None:
    for cause in (*GLANDS, "carcinoma", "parathyromatosis", "renal"):
        for region in SIDES:
            first = worth("control_calcium", cause, region, "urgent", "first")
            for other in management().aimed:
                if other.name != "control_calcium":
                    assert first > worth(other.name, cause, region, "urgent", "first")


def test_left_and_right_mirror_each_other() -> None:
    regions, aimed = names(management().regions), names(management().aimed)

    def mirrored(name: str) -> str:
        return name.replace("left_", "#").replace("right_", "left_").replace("#", "right_")

    swapped = table()[[aimed.index(mirrored(name)) for name in aimed]]
    swapped = swapped[:, :, [regions.index(mirrored(name)) for name in regions]]
    np.testing.assert_array_equal(swapped, table())


def test_more_danger_never_makes_an_operation_worth_more() -> None:
    risks = names(management().risks)
    order = [risks.index(name) for name in ("first", "reoperative", "cord_palsied")]
    for position, each in enumerate(management().aimed):
        # Reoperations in several glands and first ones are different operations, so the right target is compared.
        if each.action.kind == "operation" and each.target is not None:
            causes, regions = names(management().classes), names(management().regions)
            cell = table()[position, causes.index("single_gland"), regions.index(each.target)][:, order]
            assert (np.diff(cell, axis=1) <= 0).all()


def test_every_setting_can_observe_and_refer() -> None:
    for name in packaged_network().settings:
        decision = hpt.Case(packaged_network(), name).decide()
        assert {"observe", "refer"} <= {row.action for row in decision.actions}
        cutting = [row.action for row in decision.actions if row.kind in KNIVES]
        assert bool(cutting) is (name != "postoperative_unclear")


def advised(setting: str, **findings: object) -> Decision:
    case = hpt.Case(packaged_network(), setting)
    for finding, value in findings.items():
        parts = value if isinstance(value, tuple) else (value,)
        if finding == "pth" and len(parts) == 2:
            case = case.observe("pth", parts[0], parts[1], upper_limit=65)
        elif isinstance(value, str) and "@" in value:
            state, site = value.split("@")
            case = case.observe(finding, state, site=site)
        else:
            case = case.observe(finding, *parts)
    return case.decide()


SCANS = {"ct_4d": "focus@left_tracheoesophageal", "sestamibi_spect_ct": "focus@left_tracheoesophageal"}


def test_fhh_all_but_certain_is_confirmed() -> None:
    decision = advised("persistent", cccr="low", fhh_panel="pathogenic")
    assert decision.best == decision.advice == "confirm_fhh"


def test_suppressed_pth_is_worked_up() -> None:
    decision = advised("first_time", adjusted_calcium=(12, "mg/dL"), pth="suppressed")
    assert decision.advice == "workup_pth_independent"
    assert all(row.not_yet for row in decision.actions if row.kind in KNIVES)


@pytest.mark.parametrize(
    "findings", [{"adjusted_calcium": (14.6, "mg/dL")}, {"adjusted_calcium": (12.3, "mg/dL"), "symptoms": "present"}]
)
def test_a_crisis_is_treated_first(findings: dict[str, object]) -> None:
    decision = advised("first_time", pth=(300, "pg/mL"), **findings)
    assert decision.indication == "urgent"
    assert decision.advice == "control_calcium"


def test_carcinoma_flags_call_for_en_bloc_resection() -> None:
    flags = {"palpable_neck_mass": "present", "ultrasound_invasion": "present", "cccr": "high"}
    assert advised("first_time", adjusted_calcium=(13.8, "mg/dL"), pth=(900, "pg/mL"), **flags).advice == (
        "en_bloc_resection"
    )


def test_mild_disease_without_an_indication_may_be_observed() -> None:
    absent = dict.fromkeys(("symptoms", "nephrolithiasis", "bone_disease"), "absent")
    mild = {"adjusted_calcium": (10.9, "mg/dL"), "pth": (80, "pg/mL"), "age": (66, "years"), "cccr": "high"}
    decision = advised("first_time", **mild, **absent)
    assert decision.indication == "not_met"
    assert "observe" in decision.ties


def test_a_graft_with_a_gradient_is_excised() -> None:
    decision = advised(
        "renal_recurrent", autograft_site="left_forearm", bilateral_arm_pth="gradient", pth=(900, "pg/mL")
    )
    assert decision.advice == "autograft_excision"


def test_no_graft_no_excision() -> None:
    decision = advised("renal_recurrent", autograft_site="none")
    assert {each.action for each in decision.contraindicated} == {"autograft_excision"}


def test_early_after_an_operation_nothing_is_cut() -> None:
    decision = advised("postoperative_unclear", adjusted_calcium=(9.6, "mg/dL"), pth=(90, "pg/mL"))
    assert decision.advice in {"observe", "replete_vitamin_d"}


def test_concordant_scans_before_a_reoperation() -> None:
    labs = {"adjusted_calcium": (11.3, "mg/dL"), "pth": (140, "pg/mL"), "nephrolithiasis": "present"}
    decision = advised("persistent", fhh_screened="excluded", **labs, **SCANS)
    assert decision.advice == decision.best == "focused_exploration@left_neck"
    assert len(decision.row("focused_exploration@left_neck").missing) == 4
    open_question = advised("persistent", **labs, **SCANS)
    assert open_question.best == "focused_exploration@left_neck"
    assert open_question.advice is not None
    assert open_question.row(open_question.advice).kind not in KNIVES
    assert open_question.row("focused_exploration@left_neck").not_yet == ("FHH not addressed",)


def test_nothing_is_cut_blind_at_a_reoperation() -> None:
    decision = advised("persistent", fhh_screened="excluded", ultrasound="negative", ct_4d="negative")
    assert decision.row(str(decision.advice)).kind not in KNIVES


def test_a_palsied_cord_raises_the_risk() -> None:
    assert advised("persistent", vocal_cord_palsy="left").risk == "cord_palsied"
    assert advised("persistent", vocal_cord_palsy="none").risk == "reoperative"
    assert advised("first_time").risk == "first"
