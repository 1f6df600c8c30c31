"""A case is immutable, keeps its facts through a file, and says what is wrong with the nearest name."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from enumerated import foreign_network
from oracle import Arrays
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.case import Case, example_cases, read_case
from hpt_bayes.errors import EvidenceError
from hpt_bayes.reasoning.identity import identity

NETWORK = small_network()
FOREIGN = foreign_network(Arrays((2, 2), ((), (0,)), (np.array([0.5, 0.5]), np.array([[0.9, 0.1], [0.2, 0.8]]))))


def persistent() -> Case:
    return Case(NETWORK, "persistent", name="A")


def full() -> Case:
    case = Case(
        NETWORK,
        ["first_time", "persistent"],
        constraints=["pregnancy"],
        unavailable=["gene"],
        name='Case "7": #1',
        notes="Two\nlines; a colon: and ünïcode.",
    )
    case = case.observe("adjusted_calcium", 2.81, "mmol/L", upper_limit=2.6, date="2026-01-20")
    case = case.observe("pth", "[80, 95]", "pg/mL", upper_limit="unknown")
    case = case.observe("pth", "<200", "pg/mL", upper_limit=65)
    case = case.observe("scan", "focus", site=["left_superior", "left_inferior"])
    case = case.observe("scan", "negative", field="neck").observe("scan", "equivocal", site="mediastinum")
    case = case.observe("scan", any_of=["negative", "focus@mediastinum"])
    case = case.observe("gene", likelihood=[0.1, 1.0, 0.3]).observe("cytology", "thyroid", site="left_inferior")
    return case.observe("age", 52, "years").observe("operated", "present").observe("albumin", 3.9, "g/dL")


def test_observing_returns_a_new_case_and_leaves_the_old_one() -> None:
    old = persistent()
    before = old.posterior()
    new = old.observe("scan", "negative")
    assert new is not old
    assert old.facts.observations == ()
    assert [entry.finding for entry in new.facts.observations] == ["scan"]
    assert old.posterior() == before
    assert new.retract("scan").facts == old.facts
    assert [entry.finding for entry in new.facts.observations] == ["scan"]


def test_what_was_entered_cannot_be_changed() -> None:
    case = persistent().observe("scan", "negative")
    with pytest.raises(AttributeError):
        case.facts.name = "B"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        case.facts.observations[0].finding = "gene"  # type: ignore[misc]
    with pytest.raises(TypeError):
        case.evidence.hard["setting"] = 0  # type: ignore[index]
    with pytest.raises(AttributeError):
        case.posterior().case = "B"  # type: ignore[misc]


def test_the_same_finding_again_is_a_further_reading_and_all_are_retracted() -> None:
    case = persistent().observe("scan", "negative").observe("gene", "vus").observe("scan", "diffuse")
    assert [entry.finding for entry in case.facts.observations] == ["scan", "gene", "scan"]
    assert [entry.finding for entry in case.retract("scan").facts.observations] == ["gene"]


def test_a_finding_is_retracted_under_its_other_name_too() -> None:
    case = persistent().observe("corrected_calcium", 11.0, "mg/dL")
    assert case.retract("corrected_calcium").facts.observations == ()
    assert case.retract("adjusted_calcium").facts.observations == ()


def test_a_repr_says_who_where_and_what() -> None:
    case = persistent().observe("scan", "negative").observe("gene", "vus")
    assert repr(case) == "Case('A', setting='persistent', findings=[scan: negative; gene: vus])"
    assert repr(Case(FOREIGN)) == "Case('', setting='', findings=[])"


def test_a_network_without_a_version_is_named_without_a_gap() -> None:
    nameless = replace(identity(FOREIGN), version="")
    assert str(nameless) == f"{FOREIGN.id} ({FOREIGN.digest[:12]}, {FOREIGN.path})"


def test_one_name_needs_no_list() -> None:
    case = Case(NETWORK, "persistent", constraints="pregnancy", unavailable="gene")
    assert (case.facts.constraints, case.facts.unavailable) == (("pregnancy",), ("gene",))


def test_a_name_given_twice_counts_once() -> None:
    case = Case(NETWORK, ["persistent", "persistent"], constraints=["pregnancy", "pregnancy"])
    assert (case.facts.settings, case.facts.constraints) == (("persistent",), ("pregnancy",))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"setting": "persistant"}, "unknown setting 'persistant'; nearest valid name: 'persistent'"),
        ({"setting": ["persistent", "recurrnt"]}, "unknown setting 'recurrnt'; valid names: first_time, persistent"),
        ({}, "a setting is required: one of first_time, persistent, or several of them"),
        ({"setting": []}, "a setting is required: one of first_time, persistent, or several of them"),
        (
            {"setting": "persistent", "constraints": ["pregnant"]},
            "unknown constraint 'pregnant'; nearest valid name: 'pregnancy'",
        ),
        ({"setting": 5}, "expected the name of a setting, or several, found the number 5"),
        ({"setting": [["persistent"]]}, "expected the name of a setting, or several, found a list of 1"),
        (
            {"setting": "persistent", "constraints": 5},
            "expected the name of a constraint, or several, found the number 5",
        ),
        ({"setting": "persistent", "name": 5}, "expected text as the name of a case, found the number 5"),
        ({"setting": "persistent", "notes": {1: 2}}, "expected text as notes, found a mapping with 1"),
        ({"setting": "persistent", "unavailable": ["scn"]}, "unknown study 'scn'; nearest valid name: 'scan'"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(EvidenceError) as refused:
        Case(NETWORK, **arguments)  # type: ignore[arg-type]
    assert str(refused.value) == message


def test_a_setting_in_the_place_of_the_network_is_told_where_it_belongs() -> None:
    with pytest.raises(EvidenceError, match="expected a network, found 'persistent'; name a setting, setting='per"):
        Case("persistent")  # type: ignore[arg-type]
    with pytest.raises(EvidenceError, match="expected a network, found 'persistent'"):
        read_case("fhh-trap", "persistent")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("finding", "entry", "message"),
    [
        ("scna", {"value": "negative"}, "unknown finding 'scna'; nearest valid name: 'scan'"),
        ("scan", {"value": "negativ"}, "scan: unknown result 'negativ'; nearest valid name: 'negative'"),
        ("adjusted_calcium", {"value": 11, "unit": "mg/L"}, "mg/dL"),
        ("adjusted_calcium", {"value": 11}, "unit"),
        ("adjusted_calcium", {"value": 112, "unit": "mg/dL"}, "adjusted_calcium"),
        ("pth", {"value": 95, "unit": "pg/mL"}, "upper_limit"),
        ("scan", {"value": "focus", "site": "left_superor"}, "nearest valid name: 'left_superior'"),
        ("lesion", {"value": "adenoma"}, "lesion is inferred, it cannot be observed"),
        ("setting", {"value": "persistent"}, "the setting is not a finding"),
        ("scan", {}, "expected exactly one of"),
    ],
)
def test_an_entry_that_cannot_be_accepted_is_refused(finding: str, entry: dict[str, object], message: str) -> None:
    case = persistent()
    with pytest.raises(EvidenceError) as refused:
        case.observe(finding, **entry)  # type: ignore[arg-type]
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert case.facts.observations == ()


def test_two_values_of_one_fact_are_refused_when_entered() -> None:
    case = persistent().observe("thyroid_nodules", "present")
    with pytest.raises(EvidenceError, match="values that exclude each other: present; absent"):
        case.observe("thyroid_nodules", "absent")


@pytest.mark.parametrize(
    ("finding", "message"),
    [
        ("scan", "nothing was entered for 'scan'; "),
        ("case_definition_", "unknown finding 'case_definition_'"),
        ("setting", "the setting cannot be retracted; give another one, or any_of several"),
    ],
)
def test_what_was_not_entered_cannot_be_retracted(finding: str, message: str) -> None:
    with pytest.raises(EvidenceError) as refused:
        persistent().observe("gene", "vus").retract(finding)
    assert str(refused.value).startswith(message)


def test_the_case_definition_is_retracted_once() -> None:
    case = persistent().retract("case_definition")
    assert case.facts.retracted == ("case_definition",)
    with pytest.raises(EvidenceError, match="nothing was entered for 'case_definition'"):
        case.retract("case_definition")


def test_a_foreign_network_takes_no_setting() -> None:
    with pytest.raises(EvidenceError, match=r"^random has no settings; leave `setting` out$"):
        Case(FOREIGN, "persistent")
    assert Case(FOREIGN).observe("v1", "s1").posterior().variables["v0"]["s1"] == pytest.approx(0.8 / 0.9, abs=1e-12)
    with pytest.raises(EvidenceError, match="unknown constraint 'pregnancy'; there are no valid names here"):
        Case(FOREIGN, constraints=["pregnancy"])


def test_a_case_file_reads_back_as_the_same_case(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    case = full()
    case.save(path)
    back = read_case(path, NETWORK)
    assert back.facts == case.facts
    assert back.posterior() == case.posterior()
    back.save(tmp_path / "again.yaml")
    assert (tmp_path / "again.yaml").read_bytes() == path.read_bytes()


def test_what_was_retracted_stays_retracted_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    case = persistent().retract("case_definition")
    case.save(str(path))
    assert read_case(str(path), NETWORK).facts == case.facts


def test_a_foreign_case_reads_back(tmp_path: Path) -> None:
    case = Case(FOREIGN, name="F").observe("v1", "s0")
    case.save(tmp_path / "case.yaml")
    assert read_case(tmp_path / "case.yaml", FOREIGN).facts == case.facts


def test_a_case_without_a_name_is_named_after_its_file(tmp_path: Path) -> None:
    path = tmp_path / "someone.yaml"
    path.write_text("setting: persistent\n", encoding="utf-8")
    assert read_case(path, NETWORK).facts.name == "someone"


def test_a_text_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("as it was")
    full = OSError(errno.ENOSPC, "No space left on device")
    said = r"^cannot write .*case\.yaml: No space left on device$"
    with patch("hpt_bayes.files._force", side_effect=full), pytest.raises(EvidenceError, match=said):
        Case(NETWORK, "persistent").save(path)
    assert path.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [path]


def test_a_case_cannot_be_saved_nowhere(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="cannot write"):
        full().save(tmp_path / "no" / "case.yaml")


def test_a_missing_file_offers_the_example_cases(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="expected a case file, found none; or an example case, nearest valid name"):
        read_case(tmp_path / "fhh-trp", NETWORK)


def test_a_fault_in_a_file_is_said_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("setting: persistent\nfindings:\n- {finding: scan, result: negativ}\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"case\.yaml:3:27: scan: unknown result 'negativ'"):
        read_case(path, NETWORK)


def test_contradicting_facts_in_a_file_are_refused_when_read(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(
        "setting: persistent\nfindings:\n"
        "- {finding: thyroid_nodules, result: present}\n- {finding: thyroid_nodules, result: absent}\n",
        encoding="utf-8",
    )
    with pytest.raises(EvidenceError, match=r"case\.yaml: thyroid_nodules was entered with values that exclude"):
        read_case(path, NETWORK)


def test_example_cases_have_names() -> None:
    assert "persistent-after-failed-exploration" in example_cases()
    assert hpt.example_cases() == example_cases()
    assert all("/" not in name and not name.endswith(".yaml") for name in example_cases())
