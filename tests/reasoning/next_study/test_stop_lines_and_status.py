"""What must be settled first, and which studies can be done now; both speak of what was entered, never of beliefs."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_model import small_network, write_small_model

import hpt_bayes as hpt
from hpt_bayes.case import Case
from hpt_bayes.reasoning.next_study.ranking import Ranking, StudyRow
from hpt_bayes.reasoning.studies.study_status import why_premature

NETWORK = small_network()
NORMAL, SUPPRESSED, YOUNG = "The calcium is normal.", "PTH is suppressed.", "A child; test the gene first."
NOTHING_WRONG = "Nothing is wrong."


def persistent(**more: object) -> Case:
    return Case(NETWORK, "persistent", **more)


def first_time() -> Case:
    return Case(NETWORK, "first_time")


@pytest.mark.parametrize(
    ("case", "lines"),
    [
        (persistent(), ()),
        (persistent().observe("adjusted_calcium", 11.2, "mg/dL"), ()),
        (persistent().observe("adjusted_calcium", 9.8, "mg/dL"), (NORMAL,)),
        (persistent().observe("adjusted_calcium", 2.4, "mmol/L"), (NORMAL,)),
        (persistent().observe("adjusted_calcium", "normal"), (NORMAL,)),
        (persistent().observe("adjusted_calcium", any_of=["normal", "high"]), ()),
        (first_time().observe("adjusted_calcium", 9.8, "mg/dL"), ()),
        (Case(NETWORK, ["first_time", "persistent"]).observe("adjusted_calcium", 9.8, "mg/dL"), ()),
        (persistent().observe("pth", 10, "pg/mL", upper_limit=65), (SUPPRESSED,)),
        (persistent().observe("pth", 1.0, "pmol/L", upper_limit=6.9), (SUPPRESSED,)),
        (persistent().observe("pth", "<12", "pg/mL", upper_limit=65), (SUPPRESSED,)),
        (persistent().observe("pth", "suppressed"), (SUPPRESSED,)),
        (persistent().observe("pth", 95, "pg/mL", upper_limit=65), ()),
        (persistent().observe("pth", 10, "pg/mL", upper_limit="unknown"), (SUPPRESSED,)),
        (first_time().observe("age", 12).observe("pth", 10, "pg/mL", upper_limit=65), (SUPPRESSED, YOUNG)),
        (Case(NETWORK, ["first_time", "persistent"]).observe("age", "child"), (YOUNG,)),
        (first_time().observe("age", any_of=["below_18", "18_to_40"]), ()),
        (first_time().observe("age", 12).observe("gene", "pathogenic"), ()),
        (first_time().observe("age", 12).observe("years_to_recurrence", 3, "years"), ()),
        (first_time().observe("adjusted_calcium", 9.8, "mg/dL").observe("gene", "vus"), (NOTHING_WRONG,)),
        (first_time().observe("adjusted_calcium", 9.8, "mg/dL").observe("gene", "pathogenic"), ()),
    ],
)
def test_a_stop_line_is_said_when_the_entries_show_it(case: Case, lines: tuple[str, ...]) -> None:
    assert case.posterior().stop_lines == lines


def row(ranking: Ranking, name: str) -> StudyRow:
    return next(each for each in ranking.studies if each.study == name)


def status(case: Case, study: str) -> tuple[str, tuple[str, ...]]:
    found = row(case.next_studies(), study)
    assert found.feasible == (found.status == "available")
    return found.status, found.reasons


LIKELY = persistent().observe("adjusted_calcium", 11.8, "mg/dL", upper_limit=10.4)
SEEN = LIKELY.observe("scan", "focus", site="left_inferior")
DONE = ("already entered; enter a repeat as a further reading",)


def test_a_study_is_available_when_nothing_speaks_against_it() -> None:
    assert status(LIKELY, "scan") == ("available", ())


def test_imaging_is_premature_until_the_first_question_is_settled() -> None:
    unclear = first_time().observe("family_history", "known_syndrome").observe("adjusted_calcium", 9.6, "mg/dL")
    answer = unclear.posterior()
    assert answer.gate["gland"] < 0.8
    rival = max(("fhh", "none"), key=lambda name: answer.gate[name])
    label = {"fhh": "FHH", "none": "None"}[rival]
    reason = f"imaging does not make the diagnosis: first settle 'Gland disease' against '{label}'"
    assert status(unclear, "scan") == ("premature", (reason,))
    assert status(unclear, "slides")[0] == "available"


def test_imaging_is_not_premature_in_a_model_that_sets_no_limit(tmp_path: Path) -> None:
    folder = write_small_model(tmp_path / "small")
    manifest = folder / "network.yaml"
    lines = manifest.read_text(encoding="utf-8").splitlines(keepends=True)
    manifest.write_text("".join(line for line in lines if not line.startswith("gate_clear")), encoding="utf-8")
    network = hpt.load_network(folder)
    case = Case(network, "first_time").observe("adjusted_calcium", 9.6, "mg/dL")
    assert status(case, "scan") == ("available", ())
    assert why_premature(network, case.evidence, {"gland": 0.1, "fhh": 0.9}) is None


@pytest.mark.parametrize("entry", [{"value": "negative"}, {"any_of": ["negative", "equivocal"]}])
def test_a_study_is_done_when_all_it_reveals_was_entered(entry: dict[str, object]) -> None:
    assert status(LIKELY.observe("scan", **entry), "scan") == ("done", DONE)


def test_a_study_is_done_only_with_its_last_finding() -> None:
    part = LIKELY.observe("pth", 95, "pg/mL", upper_limit=65)
    assert status(part, "blood_panel")[0] == "available"
    assert status(part.observe("family_history", "none"), "blood_panel") == ("done", DONE)


def test_a_listed_constraint_excludes_a_study_with_its_reason() -> None:
    assert status(persistent(constraints=["pregnancy"]), "scan") == ("excluded", ("radiation",))
    assert status(persistent(constraints=["anticoagulation"]), "scan")[0] == "available"


def test_an_entry_excludes_a_study_or_asks_for_caution() -> None:
    known = persistent().observe("family_history", "known_syndrome")
    assert status(known, "gene") == ("excluded", ("the family variant is known",))
    child = persistent().observe("age", 12).observe("adjusted_calcium", "high")
    assert status(child, "scan") == ("available", ("caution: dose",))


def test_a_study_the_centre_does_not_have_is_excluded() -> None:
    assert status(persistent(unavailable=["gene"]), "gene") == ("excluded", ("not available at this centre",))


def test_a_study_is_offered_only_when_it_is_needed() -> None:
    assert status(first_time(), "washout") == ("excluded", ("offered only when setting: persistent",))


def test_a_needle_needs_a_place_that_was_seen() -> None:
    assert status(LIKELY, "cytology") == ("excluded", ("no target has been seen that could be punctured",))
    assert status(SEEN, "cytology") == ("available", ())
    assert status(LIKELY.observe("scan", "equivocal", site="left_inferior"), "cytology")[0] == "excluded"


def test_the_needle_goes_to_the_most_probable_place_that_was_seen() -> None:
    two = SEEN.observe("scan", "focus", site="mediastinum").observe("scan", "focus", site="left_inferior")
    site = two.posterior().gland_site
    assert site["mediastinum"] > site["left_inferior"], "a focus in the chest is rarely a false one"
    assert max(site.values()) > site["mediastinum"], "a place that was not seen may be likelier"
    assert {each.result for each in row(two.next_studies(), "cytology").results} == {
        "parathyroid@mediastinum",
        "thyroid@mediastinum",
    }


def test_a_needle_at_a_place_the_setting_rules_out_finds_nothing(tmp_path: Path) -> None:
    folder = write_small_model(tmp_path / "small")
    causes = folder / "causes.yaml"
    text = causes.read_text(encoding="utf-8")
    start = text.index("- name: gland_site")
    site = text[start:].replace("0.25, 0.1, 0, 0]", "0.35, 0, 0, 0]").replace("0.1, 0.5, 0]", "0, 0.6, 0]")
    causes.write_text(text[:start] + site, encoding="utf-8")
    case = Case(hpt.load_network(folder), "persistent").observe("scan", "focus", site="mediastinum")
    assert case.posterior().gland_site["mediastinum"] == 0.0
    found = row(case.next_studies(), "cytology")
    assert found.information_bits == pytest.approx(0.0, abs=1e-12)
    assert found.results[0].result == "thyroid@mediastinum"


@pytest.mark.parametrize(
    "case",
    [LIKELY, SEEN, first_time(), persistent(constraints=["pregnancy"]), SEEN.observe("gene", "vus")],
)
def test_the_most_informative_study_can_be_done(case: Case) -> None:
    ranking = case.next_studies()
    feasible = [each for each in ranking.studies if each.feasible]
    assert ranking.most_informative == feasible[0].study
    assert feasible[0].information_bits == max(each.information_bits for each in feasible)
    order = ["available", "premature", "done", "excluded"]
    keys = [(order.index(each.status), -each.information_bits) for each in ranking.studies]
    assert keys == sorted(keys)


def test_nothing_is_most_informative_when_nothing_can_be_done() -> None:
    ranking = persistent(unavailable=list(NETWORK.studies)).next_studies()
    assert ranking.most_informative is None
    assert {each.status for each in ranking.studies} == {"excluded"}
