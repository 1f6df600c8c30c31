"""Case files are read with the place of every fault, and written so that they read back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.case_file import CaseFile, load_case_file, parse_case, write_case
from hpt_bayes.evidence.case_text import case_text
from hpt_bayes.evidence.observation import Observation, observation
from hpt_bayes.network.network import Network

CASE = """\
case: a-name
setting: {any_of: [persistent, recurrent]}
notes: free text, never used
constraints: [pregnancy]
unavailable: [choline_pet]
retracted: [case_definition]
findings:
  - {finding: total_calcium, value: 11.2, unit: mg/dL, date: 2026-03-01}
  - {finding: pth, value: 95, unit: pg/mL, upper_limit: 65}
  - {finding: pth, value: 95, unit: pg/mL, upper_limit: unknown}
  - {finding: cccr, value: "<0.01"}
  - {finding: cccr, value: [0.006, 0.010]}
  - {finding: calcium, result: high}
  - {finding: ct_4d, result: focus, site: neck_left, field: neck_and_chest, largest_mm: 9, glands_seen: 2}
  - {finding: ct_4d, result: focus, site: [left_inferior, right_inferior]}
  - {finding: ultrasound, any_of: [negative, focus@left_inferior]}
  - {finding: ultrasound, result: equivocal, site: [left_inferior, right_inferior]}
  - {finding: ultrasound, result: nondiagnostic}
  - {finding: fna_pth_washout, result: high, site: left_intrathyroidal}
  - {finding: fna_pth_washout, likelihood: [4, 2, 1, 1], site: left_intrathyroidal}
  - {finding: fna_pth_washout, any_of: [high, intermediate], site: left_inferior}
  - {finding: previous_operations, result: 2}
  - {finding: previous_operations, result: "3+"}
  - {finding: age, value: 58}
  - {finding: age, result: under_18}
  - {finding: nephrolithiasis, likelihood: {absent: 1, present: 3}}
"""


def refused(network: Network, text: str | bytes) -> str:
    with pytest.raises(EvidenceError) as caught:
        parse_case(network, text, "case.yaml")
    message = str(caught.value)
    assert "\n" not in message
    return message


def one(entry: str) -> str:
    return f"case: x\nsetting: persistent\nfindings:\n- {entry}\n"


def test_everything_at_once(network: Network) -> None:
    case = parse_case(network, CASE)
    assert (case.name, case.settings) == ("a-name", ("persistent", "recurrent"))
    assert (case.constraints, case.unavailable) == (("pregnancy",), ("choline_pet",))
    assert case.retracted == ("case_definition",)
    assert case.notes == "free text, never used"
    assert len(case.observations) == 19
    assert case.observations[0] == observation(network, "total_calcium", 11.2, "mg/dL", date="2026-03-01")
    assert case.observations[14].states == ("2",)


def silent(each: Observation) -> Observation:
    return replace(each, notes=())


def test_round_trip_through_a_file(network: Network, tmp_path: Path) -> None:
    case = parse_case(network, CASE)
    write_case(case, tmp_path / "again.yaml")
    again = load_case_file(network, tmp_path / "again.yaml")
    assert [silent(each) for each in again.observations] == [silent(each) for each in case.observations]
    assert replace(again, observations=()) == replace(case, observations=())
    write_case(again, tmp_path / "third.yaml")
    assert (tmp_path / "third.yaml").read_text() == (tmp_path / "again.yaml").read_text()


@given(st.text(), st.text())
def test_any_name_and_note_reads_back(network: Network, name: str, notes: str) -> None:
    def writable(text: str) -> bool:
        return not any("\ud800" <= char <= "\udfff" for char in text)

    if not (writable(name) and writable(notes)):
        return
    text = case_text(name, ("persistent",), (), (), notes, (), ())
    again = parse_case(network, text.encode())
    assert (again.name, again.notes) == (name, notes)


def test_small_cases(network: Network, foreign: Network, tmp_path: Path) -> None:
    assert parse_case(network, "setting: persistent\n", name="stem") == CaseFile("stem", ("persistent",))
    assert parse_case(foreign, "case: x\nfindings: [{finding: effect, result: 'yes'}]").settings == ()
    path = tmp_path / "empty.yaml"
    write_case(CaseFile("x"), path)
    assert path.read_text() == "case: x\nfindings: []\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "case.yaml:1:1: expected a mapping, found an empty file"),
        ("# only a comment\n", "found an empty file"),
        ("- a\n", "case.yaml:1:1: expected a mapping at the top of the file, found a list"),
        (b"case: \xff\n", "case.yaml:1:7: expected UTF-8 text"),
        ("case: [\n", "expected valid YAML"),
        ("case: a\ncase: b\n", "case.yaml:2:1: expected each key once, found 'case' again; first at case.yaml:1:1"),
        ("case: a\n", "case.yaml:1:1: expected a setting, found none; one of first_time, postoperative_unclear"),
        ("seting: persistent\n", "case.yaml:1:1: unknown key 'seting' of a case; nearest valid name: 'setting'; vali"),
        ("qqqqq: persistent\n", "unknown key 'qqqqq' of a case; valid names: case, setting"),
        ("setting: persistant\n", "case.yaml:1:10: unknown setting 'persistant'; nearest valid name: 'persistent'"),
        ("setting: true\n", "case.yaml:1:10: expected one setting, or any_of: [persistent, recurrent], found the wor"),
        ("setting: [persistent]\n", "expected one setting, or any_of: [persistent, recurrent], found a list of 1"),
        ("setting: {all: [persistent]}\n", "unknown key 'all' of a setting"),
        ("setting: {any_of: []}\n", "expected names under any_of, found none"),
        ("setting: {any_of: [persistant]}\n", "case.yaml:1:20: unknown setting 'persistant'"),
        ("setting: persistent\nconstraints: pregnancy\n", "2:14: expected a list under constraints, found the text"),
        ("setting: persistent\nconstraints: [pregnant]\n", "2:15: unknown constraint 'pregnant'; nearest valid name:"),
        ("setting: persistent\nconstraints: [1]\n", "expected the name of a constraint, found the number 1; if it is"),
        ("setting: persistent\nunavailable: [ct_4dd]\n", "unknown study 'ct_4dd'; nearest valid name: 'ct_4d'"),
        ("setting: persistent\nretracted: [pth]\n", "unknown retracted finding 'pth'; valid names: case_definition"),
        ("setting: persistent\ncase: 7\n", "2:7: expected text under case, found the number 7; if it is a name, put"),
        ("setting: persistent\nfindings: {pth: 3}\n", "expected a list under findings, found a mapping with pth"),
    ],
)  # fmt: skip
def test_faults_of_the_case(network: Network, text: str | bytes, message: str) -> None:
    assert message in refused(network, text)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("pth", "case.yaml:4:3: expected a finding like {finding: pth, value: 95, unit: pg/mL, upper_limit: 65}, fou"),
        ("{value: 3}", "4:3: expected the name of the finding under `finding`, found none"),
        ("{finding: pth}", "4:3: expected exactly one of value, result, any_of, likelihood, found none"),
        ("{finding: calcium, value: 3, result: high}", "4:32: expected exactly one of value, result, any_of, likelih"),
        ("{finding: calcium, reslt: high}", "4:22: unknown key 'reslt' of a finding; nearest valid name: 'result'; v"),
        ("{finding: calcum, result: high}", "4:13: unknown finding 'calcum'; nearest valid name: 'calcium'"),
        ("{finding: nephrolithiasis, result: true}", "4:38: expected a value for result, found the word true; if it"),
        ("{finding: nephrolithiasis, result: }", "expected a value for result, found nothing"),
        ("{finding: nephrolithiasis, result: yes}", "4:38: nephrolithiasis: unknown result 'yes'"),
        ("{finding: pth, result: 95}", "4:26: pth: expected a state under result, found the number 95; numbers go un"),
        ("{finding: pth, result: 9.5}", "expected a state under result, found the number 9.5; numbers go under value"),
        ("{finding: previous_operations, result: 1.5}", "expected a state under result, found the number 1.5"),
        ("{finding: pth, result: 95 pg/mL upper 65}", "expected a state under result, found '95 pg/mL upper 65'; num"),
        ("{finding: calcium, value: high}", "4:29: calcium: expected a number under value, found 'high'; states go u"),
        ("{finding: pth, value: 95, unit: pg/mL, date: 2026-13-01}", "4:48: pth: expected a date as year-month-day"),
        ("{finding: pth, value: 95, unit: pg/mL, date: 2026}", "4:48: pth: expected a date as year-month-day"),
        ("{finding: ct_4d, result: negative, field: chest}", "4:45: ct_4d: unknown field 'chest'"),
        ("{finding: ct_4d, result: focus, site: left_inferor}", "4:41: ct_4d: unknown site 'left_inferor'; nearest"),
        ("{finding: pth, value: 95, unit: furlong}", "4:35: pth: unknown unit 'furlong'; accepted: pg/mL"),
        ("{finding: ct_4d, any_of: []}", "4:28: ct_4d: expected any_of to be a list of states, found an empty list"),
        ("{finding: 7, result: high}", "4:13: expected the name of a finding, found 7"),
    ],
)  # fmt: skip
def test_faults_of_a_finding(network: Network, entry: str, message: str) -> None:
    assert message in refused(network, one(entry))


def test_setting_of_a_foreign_network(foreign: Network) -> None:
    assert "case.yaml:1:10: foreign has no settings; leave setting out" in refused(foreign, "setting: persistent\n")


def test_files_that_cannot_be_read(network: Network, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="expected a case file, found a folder"):
        load_case_file(network, tmp_path)
    with pytest.raises(EvidenceError, match="found none; or an example case, nearest valid name: 'fhh-trap'"):
        load_case_file(network, tmp_path / "fhh_trap", {"fhh-trap": None, "discordant": None})
    with pytest.raises(EvidenceError, match=r"expected a case file, found none$"):
        load_case_file(network, tmp_path / "nothing.yaml")
    file = tmp_path / "file"
    file.write_text("case: x")
    with pytest.raises(EvidenceError, match="cannot be read"):
        load_case_file(network, file / "below")
    with pytest.raises(EvidenceError, match="cannot be read"):
        load_case_file(network, "a" * 5000)
    with pytest.raises(EvidenceError, match=r"expected the name of a file, found 'a.*b', which none can have"):
        load_case_file(network, "a\0b")
    with file.open("r+b") as large:
        large.truncate(1 << 24)
    with pytest.raises(EvidenceError, match="expected a case file of at most 8 MB, found more"):
        load_case_file(network, file)
    with pytest.raises(EvidenceError, match=r"^cannot write .*: No such file or directory$"):
        write_case(CaseFile("x"), tmp_path / "no" / "folder.yaml")
