"""A case whose setting comes from a dated series, and says so."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from packaged import network
from small_model import small_network

import hpt_bayes as hpt

OPERATION = datetime.date(2024, 1, 10)


def on(day: int, calcium: float | None, pth: float | None, **more: float) -> hpt.Reading:
    return hpt.Reading(OPERATION + datetime.timedelta(days=day), calcium, pth, **more)


def case_of(*readings: hpt.Reading, renal: bool = False) -> hpt.Case:
    return hpt.Case.from_series(readings, OPERATION, network(), renal=renal, name="series")


PERSISTENT = (on(60, 10.9, 90), on(250, 11.2, 110))


def test_the_setting_is_derived_and_said() -> None:
    case = case_of(*PERSISTENT)
    assert case.facts.settings == ("persistent",)
    notes = case.posterior().notes
    assert notes[0] == "Setting persistent derived from the series after the operation of 2024-01-10: persistent."
    assert "never normal for six months" in notes[1]
    assert case.facts.notes.startswith("Setting persistent derived")


def test_the_last_reading_is_entered_and_the_earlier_ones_are_not() -> None:
    case = case_of(*PERSISTENT)
    by_hand = hpt.Case(network(), "persistent").observe("adjusted_calcium", 11.2, "mg/dL")
    by_hand = by_hand.observe("pth", 110, "pg/mL", upper_limit=65)
    assert case.posterior().diagnoses == pytest.approx(dict(by_hand.posterior().diagnoses), abs=1e-12)
    assert [each.date for each in case.facts.observations] == [PERSISTENT[1].date] * 2


def test_albumin_and_vitamin_d_go_along() -> None:
    case = case_of(on(60, 9.5, 120, albumin_g_dl=3.1, vitamin_d_25_ng_ml=8.0))
    assert case.facts.settings == ("postoperative_unclear",)
    assert [each.finding for each in case.facts.observations] == ["total_calcium", "albumin", "pth", "vitamin_d_25"]
    said = " ".join(case.posterior().notes)
    assert "Haemodilution" in said
    assert "Unmasked vitamin D deficiency" in said


@pytest.mark.parametrize(
    ("readings", "renal", "settings"),
    [
        ((on(60, 9.4, 40), on(190, 9.4, 40), on(900, 11.0, 90), on(920, 11.0, 90)), False, ("recurrent",)),
        ((on(400, 11.0, 90), on(430, 11.0, 90)), False, ("persistent", "recurrent")),
        ((on(10, 11.0, 90),), False, ("postoperative_unclear",)),
        ((on(60, 11.9, 8),), False, ("postoperative_unclear",)),
        ((on(60, None, 900), on(200, None, 900)), True, ("renal_persistent",)),
        ((on(60, None, 100), on(400, None, 900), on(430, None, 900)), True, ("renal_recurrent",)),
        ((on(400, None, 900), on(430, None, 900)), True, ("renal_persistent", "renal_recurrent")),
    ],
)
def test_states_to_settings(readings: tuple[hpt.Reading, ...], renal: bool, settings: tuple[str, ...]) -> None:
    assert case_of(*readings, renal=renal).facts.settings == settings


def test_too_early_enters_nothing() -> None:
    assert case_of(on(10, 11.0, 90)).facts.observations == ()


def test_suppressed_pth_stops() -> None:
    assert any("PTH is suppressed" in line for line in case_of(on(60, 11.9, 8)).posterior().stop_lines)


def test_saved_and_read_back(tmp_path: Path) -> None:
    case = case_of(*PERSISTENT)
    case.save(tmp_path / "case.yaml")
    read = hpt.read_case(tmp_path / "case.yaml", network())
    assert read.facts.settings == case.facts.settings
    assert read.facts.observations == case.facts.observations
    assert read.facts.notes == case.facts.notes


def test_a_series_no_setting_fits() -> None:
    with pytest.raises(hpt.EvidenceError, match="no setting of hyperparathyroidism fits this series: PTH is at"):
        case_of(on(200, None, 100), renal=True)
    with pytest.raises(hpt.EvidenceError, match="no setting of small fits"):
        hpt.Case.from_series([on(10, 11.0, 90)], OPERATION, small_network())
    with pytest.raises(hpt.EvidenceError, match="expected a reading after the operation"):
        case_of(on(-5, 11.0, 90))


FILE = """\
case: from a file
series:
  operation: 2024-01-10
  readings:
  - {date: 2024-03-10, calcium_mg_dl: 10.9, pth_pg_ml: 90}
  - {date: 2024-09-16, calcium_mg_dl: 11.2, pth_pg_ml: 110}
  - {date: 2024-10-16, calcium_mg_dl: 9.8, on: [calcimimetic]}
findings:
- {finding: symptoms, result: absent}
"""


def read(tmp_path: Path, text: str) -> hpt.Case:
    path = tmp_path / "case.yaml"
    path.write_text(text)
    return hpt.read_case(path, network())


def test_a_series_in_a_case_file(tmp_path: Path) -> None:
    case = read(tmp_path, FILE)
    assert case.facts.settings == ("persistent",)
    assert [each.finding for each in case.facts.observations] == ["adjusted_calcium", "pth", "symptoms"]
    said = case.posterior().notes
    assert said[0].startswith("Setting persistent derived from the series")
    assert "2024-10-16 is not counted: taken on calcimimetic." in said
    case.save(tmp_path / "saved.yaml")
    saved = hpt.read_case(tmp_path / "saved.yaml", network())
    assert saved.posterior().diagnoses == pytest.approx(dict(case.posterior().diagnoses), abs=1e-12)
    assert saved.facts.notes.startswith("Setting persistent derived from the series")


def test_limits_and_kidney_in_a_case_file(tmp_path: Path) -> None:
    text = FILE.replace("  readings:", "  limits: {calcium_high_mg_dl: 11.5}\n  readings:")
    assert read(tmp_path, text).facts.settings == ("postoperative_unclear",)
    text = FILE.replace("  readings:", "  renal: true\n  readings:").replace("pth_pg_ml: ", "pth_pg_ml: 9")
    assert read(tmp_path, text).facts.settings == ("renal_persistent",)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("series:", "setting: persistent\nseries:", "case.yaml:2:1: expected either a setting or a series"),
        ("operation:", "operatoin:", "unknown key 'operatoin' of a series; nearest valid name: 'operation'"),
        ("operation: 2024-01-10", "renal: false", "case.yaml:3:3: expected operation, a date, in a series, found none"),
        ("operation: 2024-01-10", "operation: soon", "case.yaml:3:14: "),
        ("  readings:", "  renal: kidney\n  readings:", "expected renal: true or false, found the text 'kidney'"),
        ("{date: 2024-03-10, calcium_mg_dl: 10.9, pth_pg_ml: 90}", "high", "expected a reading like {date: 2026-03-01"),
        (
            "calcium_mg_dl: 10.9",
            "calcium: 10.9",
            "of a reading; nearest valid name: 'calcium_mg_dl'",
        ),
        ("calcium_mg_dl: 10.9", "calcium_mg_dl: high", "expected a number for calcium_mg_dl, found the text 'high'"),
        ("calcium_mg_dl: 10.9", "calcium_mg_dl: -1", "calcium of 2024-03-10 must be a positive number in mg/dL"),
        ("[calcimimetic]", "[cinacalcet]", "unknown drug 'cinacalcet'; valid names: calcimimetic"),
        (
            "  readings:",
            "  limits: high\n  readings:",
            "expected limits like {calcium_high_mg_dl: 10.2}, found",
        ),
        ("operation: 2024-01-10", "operation: 2025-01-10", "case.yaml:3:3: expected a reading after the operation"),
    ],
)
def test_faults_of_a_series_have_their_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in FILE
    with pytest.raises(hpt.EvidenceError) as caught:
        read(tmp_path, FILE.replace(old, new, 1))
    assert says in str(caught.value)
    assert "case.yaml:" in str(caught.value)


def test_a_series_is_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(hpt.EvidenceError, match=r"case\.yaml:1:9: expected a series with operation: a date"):
        read(tmp_path, "series: [1]\n")
