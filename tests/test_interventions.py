"""A drug stopped or vitamin D repleted, and blood and urine taken again: cases, case files and the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from packaged import network
from small_model import small_network, write_small_model

import hpt_bayes as hpt
from hpt_bayes.cli import main

STATES = ("gland_disease_without_fhh", "fhh", "pth_independent_drug_vitamin_d_or_assay", "no_disease_or_cured")


def on_thiazide() -> hpt.Case:
    """Mild hypercalcemia on a thiazide."""
    case = hpt.Case(network(), "first_time", name="on a thiazide").observe("thiazide_now", "present")
    case = case.observe("total_calcium", 10.8, "mg/dL").observe("albumin", 4.0, "g/dL")
    return case.observe("pth", 70, "pg/mL", upper_limit=65)


def off_it() -> hpt.Case:
    """The same patient, normal off it."""
    case = on_thiazide().intervene(thiazide_now="absent").observe("total_calcium", 9.6, "mg/dL")
    return case.observe("albumin", 4.0, "g/dL").observe("pth", 50, "pg/mL", upper_limit=65)


def gland(case: hpt.Case) -> float:
    return case.posterior().gate[STATES[0]]


def test_a_normal_calcium_off_the_thiazide_speaks_for_the_thiazide() -> None:
    before, after = on_thiazide(), off_it()
    pooled = on_thiazide().observe("total_calcium", 9.6, "mg/dL").observe("pth", 50, "pg/mL", upper_limit=65)
    assert after.posterior().leading_diagnosis == "drug_induced"
    assert gland(after) < 0.5 * gland(pooled), "one slice takes both readings for one level"
    assert gland(after) < 0.5 * gland(before)


def test_a_calcium_that_stays_high_off_the_thiazide_speaks_against_it() -> None:
    case = on_thiazide().intervene(thiazide_now="absent").observe("total_calcium", 11.0, "mg/dL")
    before, after = on_thiazide().posterior(), case.observe("albumin", 4.0, "g/dL").posterior()
    assert after.diagnoses["drug_induced"] < 0.2 * before.diagnoses["drug_induced"]


def test_intervening_alone_moves_nothing() -> None:
    before, after = on_thiazide().posterior(), on_thiazide().intervene(thiazide_now="absent").posterior()
    for name, states in before.variables.items():
        assert after.variables[name] == pytest.approx(states, abs=1e-10)
    assert after.log_evidence == pytest.approx(before.log_evidence, abs=1e-10)


def test_the_order_of_the_two_calls_matters() -> None:
    start = hpt.Case(network(), "first_time").observe("thiazide_now", "present")
    before = start.observe("total_calcium", 9.6, "mg/dL").intervene(thiazide_now="absent")
    after = start.intervene(thiazide_now="absent").observe("total_calcium", 9.6, "mg/dL")
    assert [each.finding for each in before.facts.observations] == ["thiazide_now", "total_calcium"]
    assert [each.finding for each in after.facts.observations] == ["thiazide_now", "after.total_calcium"]
    assert before.posterior().variables["usual_calcium"] != pytest.approx(after.posterior().variables["usual_calcium"])


def test_earlier_readings_keep_their_context() -> None:
    posterior = off_it().posterior()
    assert posterior.variables["thiazide_now"]["present"] == 1.0
    assert posterior.variables["after.thiazide_now"] == pytest.approx({"absent": 1.0, "present": 0.0})
    assert posterior.notes == (
        "readings named after.* were taken after a change (thiazide_now: absent), the others before it",
    )
    assert "thiazide_now" not in posterior.assumed


def test_what_is_not_measured_in_blood_or_urine_is_shared() -> None:
    case = on_thiazide().intervene(thiazide_now="absent").observe("ct_4d", "negative").observe("age", 60, "years")
    assert [each.finding for each in case.facts.observations][-2:] == ["ct_4d", "age"]


def test_vitamin_d_is_repleted() -> None:
    case = hpt.Case(network(), "postoperative_unclear").observe("vitamin_d_25", 8, "ng/mL")
    case = case.observe("adjusted_calcium", 9.6, "mg/dL").observe("pth", 110, "pg/mL", upper_limit=65)
    before = case.posterior()
    case = case.intervene(vitamin_d_25="normal")
    fell = case.observe("pth", 50, "pg/mL", upper_limit=65).observe("vitamin_d_25", 35, "ng/mL").posterior()
    stayed = case.observe("pth", 115, "pg/mL", upper_limit=65).observe("vitamin_d_25", 35, "ng/mL").posterior()
    assert fell.diagnoses["vitamin_d_secondary"] > before.diagnoses["vitamin_d_secondary"]
    assert stayed.diagnoses["vitamin_d_secondary"] < before.diagnoses["vitamin_d_secondary"]
    level = fell.variables["after.usual_vitamin_d_25"]
    low = network().variables["usual_vitamin_d_25"].groups["low"]
    assert sum(level[state] for state in low) == 0.0
    assert before.variables["usual_vitamin_d_25"] != pytest.approx(level)


def test_several_changes_at_once() -> None:
    case = on_thiazide().observe("calcimimetic_now", "present")
    case = case.intervene(thiazide_now="absent", calcimimetic_now="absent").observe("total_calcium", 11.4, "mg/dL")
    assert case.posterior().notes[0].count("absent") == 2
    assert "after.calcimimetic_now" in case.facts.network.variables


def test_other_names_and_derived_quantities_of_the_second_slice() -> None:
    case = (
        on_thiazide()
        .intervene(thiazide="absent")
        .observe("serum_calcium", 9.0, "mg/dL")
        .observe("albumin", 3.0, "g/dL")
    )
    assert [each.finding for each in case.facts.observations][-2:] == ["after.total_calcium", "after.albumin"]
    evidence = case.evidence
    assert evidence.texts["after.adjusted_calcium"].startswith("9.8 mg/dL (from after.total_calcium 9 mg/dL")
    assert evidence.texts["adjusted_calcium"].startswith("10.8 mg/dL (from total_calcium 10.8 mg/dL")
    urine = case.observe("urine_calcium", 20, "mg/dL").observe("urine_creatinine", 100, "mg/dL")
    urine = urine.observe("serum_creatinine", 0.9, "mg/dL")
    assert urine.evidence.texts["after.cccr"].startswith("0.02 (from after.urine_calcium 20 mg/dL")
    assert "cccr" not in urine.evidence.texts
    alone = on_thiazide().intervene(thiazide_now="absent").observe("total_calcium", 9.6, "mg/dL")
    assert "widened" in alone.evidence.assumed["after.total_calcium"]


def test_a_ratio_after_a_change_is_new_evidence_beside_an_earlier_screening() -> None:
    case = hpt.Case(network(), "persistent").observe("fhh_screened", "excluded")
    with pytest.raises(hpt.EvidenceError, match="the same evidence twice"):
        case.observe("cccr", 0.02)
    assert "after.cccr" in case.intervene(thiazide_now="absent").observe("cccr", 0.02).evidence.texts


def test_retracting_names_the_slice() -> None:
    case = off_it().retract("after.total_calcium")
    assert "total_calcium" in [each.finding for each in case.facts.observations]
    assert "after.total_calcium" not in [each.finding for each in case.facts.observations]


def test_studies_are_of_the_patient_as_now() -> None:
    rows = {row.study: row for row in on_thiazide().intervene(thiazide_now="absent").next_studies().studies}
    assert rows["pth"].status == "available", "PTH was measured before, not after"
    assert rows["pth"].information_bits > 0.0
    rows = {row.study: row for row in off_it().next_studies().studies}
    assert rows["pth"].status == "done"


def test_rules_of_the_model_see_readings_after_a_change() -> None:
    case = hpt.Case(network(), "persistent").intervene(thiazide_now="absent")
    assert any("FHH has not been excluded" in line for line in case.posterior().stop_lines)
    case = case.observe("cccr", 0.02).observe("adjusted_calcium", 9.4, "mg/dL")
    lines = case.posterior().stop_lines
    assert not any("FHH has not been excluded" in line for line in lines)
    assert any("Calcium is not high" in line for line in lines)


def test_calcium_that_is_high_on_the_thiazide_and_normal_off_it_is_not_high() -> None:
    assert not any("Calcium is not high" in line for line in on_thiazide().posterior().stop_lines)
    assert any("Calcium is not high" in line for line in off_it().posterior().stop_lines)
    back = on_thiazide().intervene(thiazide_now="absent").observe("adjusted_calcium", 11.2, "mg/dL")
    assert not any("Calcium is not high" in line for line in back.posterior().stop_lines)


def test_round_trip(tmp_path: Path) -> None:
    case = off_it()
    case.save(tmp_path / "case.yaml")
    text = (tmp_path / "case.yaml").read_text()
    assert "after: {thiazide_now: absent}\n" in text
    assert "- {finding: after.total_calcium, value: 9.6, unit: mg/dL}\n" in text
    read = hpt.read_case(tmp_path / "case.yaml", network())
    assert read.facts == case.facts
    assert read.posterior().to_dict() == case.posterior().to_dict()
    read.save(tmp_path / "again.yaml")
    assert (tmp_path / "again.yaml").read_text() == text


def test_on_the_command_line(tmp_path: Path) -> None:
    off_it().save(tmp_path / "case.yaml")
    result = CliRunner().invoke(main, ["posterior", str(tmp_path / "case.yaml"), "--json"])
    assert result.exit_code == 0, result.output
    answer = json.loads(result.output)
    assert answer["diagnoses"] == pytest.approx(dict(off_it().posterior().diagnoses), abs=1e-12)
    result = CliRunner().invoke(main, ["next", str(tmp_path / "case.yaml"), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["studies"]


@pytest.mark.parametrize(
    ("line", "says", "place"),
    [
        ("after: {thiazide_now: gone}", "thiazide_now: expected a state to set it to, found 'gone'", "3:23"),
        ("after: {thiazide_nw: absent}", "unknown finding 'thiazide_nw'; nearest valid name: 'thiazide_now'", "3:22"),
        ("after: {age: child}", "age cannot be changed before measuring again", "3:14"),
        ("after: stopped", "expected what was changed, like {thiazide_now: absent}, found the text 'stopped'", "3:8"),
        ("after: {}", "expected what was changed and to which state, found nothing", "3:8"),
        ("after: {thiazide_now: absent, thiazide: absent}", "thiazide_now is changed twice", "3:8"),
    ],
)
def test_faults_of_a_case_file_have_their_place(tmp_path: Path, line: str, says: str, place: str) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(f"case: x\nsetting: first_time\n{line}\nfindings: []\n")
    with pytest.raises(hpt.EvidenceError) as caught:
        hpt.read_case(path, network())
    assert says in str(caught.value)
    assert f"case.yaml:{place}" in str(caught.value)


def test_a_reading_after_needs_the_change(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("case: x\nsetting: first_time\nfindings:\n- {finding: after.pth, result: high}\n")
    with pytest.raises(hpt.EvidenceError, match=r"unknown finding 'after\.pth'"):
        hpt.read_case(path, network())


def test_refusals() -> None:
    case = on_thiazide()
    changed = case.intervene(thiazide_now="absent")
    with pytest.raises(hpt.EvidenceError, match=r"found a second one after thiazide_now: absent; name everything"):
        changed.intervene(calcimimetic_now="absent")
    with pytest.raises(hpt.EvidenceError, match="expected what was changed and to which state, found nothing"):
        case.intervene()
    with pytest.raises(hpt.EvidenceError, match="age cannot be changed before measuring again; valid names: thia"):
        case.intervene(age="child")
    with pytest.raises(hpt.EvidenceError, match="expected a state to set it to, found 1; "):
        case.intervene(thiazide_now=1)  # type: ignore[arg-type]
    with pytest.raises(hpt.EvidenceError, match="vitamin_d_25: expected a state to set it to, found 'hi'; valid"):
        case.intervene(vitamin_d_25="hi")
    with pytest.raises(hpt.EvidenceError, match="thiazide_now was set when the patient was changed"):
        changed.observe("thiazide", "present")
    with pytest.raises(hpt.EvidenceError, match="unknown finding 'calcum'"):
        changed.observe("calcum", 9.0)


def test_a_model_without_interventions() -> None:
    with pytest.raises(hpt.EvidenceError, match="small names nothing that can be changed"):
        hpt.Case(small_network(), "first_time").intervene(thyroid_nodules="absent")


def test_an_intervention_on_something_else_does_not_load(tmp_path: Path) -> None:
    folder = write_small_model(tmp_path / "small")
    path = folder / "network.yaml"
    kept = path.read_text()
    path.write_text(kept + "interventions:\n- {finding: lesion, text: Take it out.}\n")
    with pytest.raises(hpt.ModelFileError, match="expected a context or a measurement to change, found 'lesion'"):
        hpt.load_network(folder)
    path.write_text(kept + "interventions:\n- {finding: pth, text: Lower it.}\n")
    changed = hpt.Case(hpt.load_network(folder), "first_time").intervene(pth="normal")
    assert changed.observe("pth", 40, "pg/mL", upper_limit=65).posterior().notes


def test_what_can_be_changed_is_written_down() -> None:
    assert set(network().interventions) == {"thiazide_now", "lithium", "calcimimetic_now", "vitamin_d_25"}
    assert all(each.text.endswith(".") for each in network().interventions.values())
