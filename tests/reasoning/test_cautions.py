"""Cautions of a small model: when one applies, what silences it, where it is shown, and every fault of its file."""

# ruff: noqa: E501  (one case a line, to be read as a table)

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_model import write_small_model

import hpt_bayes as hpt
from hpt_bayes.case import Case
from hpt_bayes.display.rows import to_text
from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.check import check_network
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.believing.worked_up import worked_up

CAUTIONS = """\
cautions:
- name: blind_chest
  when: [{scan: [negative, equivocal]}]
  unless: [washout, albumin, operated]
  unless_field: neck_and_chest
  studies: [scan, gene]
  text: The scan may have left the chest out.
  source: [series_a, acr_workflow_persistent]
- name: child
  when: {setting: [first_time, persistent], age: child}
  text: This is a child.
  source: common_practice
- name: known_gene
  when: {gene: pathogenic}
  studies: [cytology, gene]
  text: The gene is known, no needle.
  source: reoperative_review
  stop: true
"""
CHEST, CHILD, GENE = "The scan may have left the chest out.", "This is a child.", "The gene is known, no needle."


def written(folder: Path, cautions: str = CAUTIONS) -> Path:
    (write_small_model(folder) / "cautions.yaml").write_text(cautions, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return hpt.load_network(written(tmp_path_factory.mktemp("cautions") / "small"))


@pytest.fixture
def case(network: Network) -> Case:
    return Case(network, "persistent", name="A")


def test_nothing_entered_calls_for_no_caution(case: Case) -> None:
    answer = case.posterior()
    assert (answer.cautions, answer.stop_lines) == ((), ())
    assert "Mind" not in to_text(answer.blocks(), 80)


def test_cautions_stand_in_the_order_of_the_file(case: Case) -> None:
    found = case.observe("age", 12).observe("scan", "negative").posterior()
    assert found.cautions == (CHEST, CHILD)
    assert found.to_dict()["cautions"] == [CHEST, CHILD]


def test_a_caution_that_is_a_stop_line_is_said_first_and_once(case: Case) -> None:
    found = case.observe("gene", "pathogenic").observe("adjusted_calcium", 9.8, "mg/dL").posterior()
    assert found.stop_lines == ("The calcium is normal.", GENE)
    assert found.cautions == ()


@pytest.mark.parametrize(
    ("finding", "value", "silent"),
    [("albumin", "4 g/dL", True), ("operated", "present", True), ("gene", "vus", False)],
)
def test_an_entered_finding_silences_it_under_any_kind_of_name(
    case: Case, finding: str, value: str, silent: bool
) -> None:
    found = case.observe("scan", "negative").observe(finding, value).posterior()
    assert (CHEST in found.cautions) is not silent


def test_a_finding_at_a_place_silences_it(case: Case) -> None:
    assert case.observe("scan", "negative").observe("washout", "high", site="mediastinum").posterior().cautions == ()


def test_a_nondiagnostic_scan_neither_calls_for_nor_silences_a_caution(case: Case) -> None:
    assert case.observe("scan", "nondiagnostic").posterior().cautions == ()


def test_a_set_that_may_be_something_else_does_not_call_for_it(case: Case) -> None:
    assert case.observe("scan", any_of=["negative", "diffuse"]).posterior().cautions == ()
    assert case.observe("scan", any_of=["negative", "equivocal"]).posterior().cautions == (CHEST,)


@pytest.mark.parametrize(
    ("fields", "called"),
    [([None], True), (["neck"], True), (["neck_and_chest"], False), (["neck_and_chest", "neck"], True)],
)
def test_a_scan_with_the_field_of_view_does_not_count(case: Case, fields: list[str | None], called: bool) -> None:
    for field in fields:
        case = case.observe("scan", "negative", field=field)
    assert (CHEST in case.posterior().cautions) is called


def test_what_to_mind_stands_between_place_and_assumptions(case: Case) -> None:
    seen = case.observe("scan", "negative")
    answer = seen.posterior()
    heads = ["Where it probably is", "Mind\n", CHEST, "Assumed\n"]
    for text in (
        to_text(answer.blocks(), 80),
        to_text(worked_up("", seen.evidence, answer, seen.next_studies()).blocks(), 80),
    ):
        places = [text.index(head) for head in heads]
        assert places == sorted(places)


def test_a_caution_is_shown_with_the_studies_it_concerns(case: Case) -> None:
    ranking = case.observe("age", 12).observe("gene", "pathogenic").observe("scan", "negative").next_studies()
    data = json.loads(json.dumps(ranking.to_dict(), allow_nan=False))
    assert data["cautions"] == [
        {"caution": CHEST, "studies": ["scan", "gene"]},
        {"caution": GENE, "studies": ["cytology", "gene"]},
    ]
    text = " ".join(to_text(ranking.blocks(everything=True), 200).split())
    assert f"Scan of neck and chest, Gene test: {CHEST}" in text
    assert f"FNA cytology: {GENE}" in text or f"Gene test, FNA cytology: {GENE}" in text
    assert CHILD not in text
    assert GENE not in to_text(ranking.blocks(), 200), "studies that are not listed are not minded"


def test_a_caution_stands_with_the_next_study(network: Network) -> None:
    others = [name for name in network.studies if name not in ("gene", "blood_panel")]
    case = Case(network, "persistent", unavailable=others).observe("scan", "negative")
    ranking = case.next_studies()
    assert ranking.most_informative is not None
    opening = to_text(ranking.opening_blocks(), 200)
    assert (f"- {CHEST}" in opening) is (ranking.most_informative == "gene")
    assert to_text(ranking.blocks(), 200).count(CHEST) == 1


def test_a_model_without_the_file_has_no_cautions(tmp_path: Path) -> None:
    network = hpt.load_network(write_small_model(tmp_path / "small"))
    answer = Case(network, "persistent").observe("scan", "negative")
    assert network.cautions == answer.posterior().cautions == answer.next_studies().cautions == ()


def test_the_file_is_part_of_the_identity_of_the_model(tmp_path: Path) -> None:
    without = hpt.load_network(write_small_model(tmp_path / "without"))
    assert hpt.load_network(written(tmp_path / "with")).digest != without.digest


FAULTS = [
    ("unknown finding", "{gene: pathogenic}", "{gnee: pathogenic}", "gnee", "expected a variable in this event, found 'gnee'; nearest valid name: 'gene'"),
    ("unknown state", "{gene: pathogenic}", "{gene: pathogenc}", "pathogenc", "nearest valid name: 'pathogenic'"),
    ("not enterable", "{gene: pathogenic}", "{gland_site: none}", "gland_site", "expected something that can be entered, found 'gland_site'"),
    ("no condition", "  when: {gene: pathogenic}\n", "", "name: known_gene", "expected the key 'when', found none"),
    ("empty condition", "{gene: pathogenic}", "[]", "[]", "expected an event, found an empty list"),
    ("unknown silencer", "[washout, albumin", "[wahsout, albumin", "[wahsout", "expected a finding, found 'wahsout'; nearest valid name: 'washout'"),
    ("unknown field", "unless_field: neck_and_chest", "unless_field: neck_and_chst", "neck_and_chst", "nearest valid name: 'neck_and_chest'"),
    ("unknown study", "[cytology, gene]", "[cytlogy, gene]", "[cytlogy", "expected a study, found 'cytlogy'; nearest valid name: 'cytology'"),
    ("unknown evidence", "[series_a, acr", "[serie_a, acr", "[serie_a", "expected an evidence key or a text, found 'serie_a'; nearest valid name: 'series_a'"),
    ("unknown text", "source: reoperative_review", "source: reoperative_reveiw", "reoperative_reveiw", "nearest valid name: 'reoperative_review'"),
    ("no source", "  source: common_practice\n", "", "name: child", "expected the key 'source', found none"),
    ("empty source", "source: common_practice", "source: []", "[]", "expected at least 1 entries in source"),
    ("no text", "  text: This is a child.\n", "", "name: child", "expected the key 'text', found none"),
    ("number for a text", "text: This is a child.", "text: 3", "3\n", "expected text for text, found the number 3"),
    ("no full stop", "text: This is a child.", "text: This is a child", "This is a child\n", "ends with a full stop, found 'This is a child' at its end"),
    ("two sentences", "text: This is a child.", "text: A child. Mind it.", "A child. Mind", "expected one sentence, found several"),
    ("too long", "text: This is a child.", f"text: {'a' * 240}.", "aaa", "expected at most 240 characters, found 241"),
    ("unknown key", "  studies: [cytology", "  studys: [cytology", "studys", "found 'studys'; nearest valid name: 'studies'"),
    ("stop as a word", "stop: true", "stop: urgent", "urgent", "expected true or false for stop, found the text 'urgent'"),
    ("caution twice", "- name: known_gene", "- name: child", "child\n  when: {gene", "expected each caution once, found 'child' again; first at"),
    ("no list", CAUTIONS, "cautions: none\n", "none", "expected a list for cautions"),
    ("another key", "cautions:", "pitfalls:", "pitfalls", "expected the key 'cautions', found none; keys here: pitfalls"),
    ("empty file", CAUTIONS, "# none\n", "# none", "expected a mapping, found an empty file"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "needle", "says"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS]
)
def test_a_fault_is_found_at_its_place(tmp_path: Path, old: str, new: str, needle: str, says: str) -> None:
    assert CAUTIONS.count(old) == 1
    text = CAUTIONS.replace(old, new)
    folder = written(tmp_path / "small", text)
    with pytest.raises(ModelFileError) as caught:
        hpt.load_network(folder)
    at = text.index(needle)
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    assert says in caught.value.message
    assert str(caught.value).startswith(f"{folder / 'cautions.yaml'}:{line}:{column}: expected")
    assert str(caught.value) in {str(fault) for fault in check_network(folder)}


def test_check_finds_the_faults_of_all_cautions(tmp_path: Path) -> None:
    text = CAUTIONS.replace("[washout,", "[wahsout,").replace("source: common_practice", "source: []")
    found = check_network(written(tmp_path / "small", text.replace("{gene: pathogenic}", "{gnee: pathogenic}")))
    assert [(fault.line, fault.column) for fault in found] == [(4, 11), (12, 11), (14, 10)]


def test_a_fault_of_the_studies_is_reported_once(tmp_path: Path) -> None:
    folder = written(tmp_path / "small")
    studies = folder / "studies.yaml"
    studies.write_text(studies.read_text().replace("- name: cytology\n  label", "- name: cytology\n  lable"))
    assert {Path(fault.file or "").name for fault in check_network(folder)} == {"studies.yaml"}


def test_a_finding_with_a_fault_of_its_own_is_not_reported_again(tmp_path: Path) -> None:
    folder = written(tmp_path / "small", CAUTIONS.replace("albumin, operated", "gene"))
    findings = folder / "findings.yaml"
    findings.write_text(findings.read_text().replace("- name: gene\n  role: finding", "- name: gene\n  role: fnding"))
    assert not [fault for fault in check_network(folder) if Path(fault.file or "").name == "cautions.yaml"]
