"""The dialogue as a learner has it: whole patients, nonsense, undo, quitting, the end of input, the record."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import packaged
import pytest
from click.testing import CliRunner, Result

from hpt_bayes.cli import main
from hpt_bayes.teaching.traps import TRAPS

WHOLE = ("60 ectopic, 25 missed", "50 neck left, 20 thymus", "ultrasound", "", "d", "refer")


def run(lines: tuple[str, ...], *options: object) -> Result:
    """The quiz answered line by line; the network of the other tests is used again."""
    with patch("hpt_bayes.cli.quiz.network_of", lambda _: packaged.network()):
        said = "".join(f"{line}\n" for line in lines)
        return CliRunner().invoke(main, ["quiz", *map(str, options)], input=said)


def dialogue(lines: tuple[str, ...], *options: object) -> str:
    result = run(lines, *options)
    assert result.exit_code == 0, result.output
    assert result.exception is None
    assert "\x1b" not in result.stdout
    too_long = [line for line in result.stdout.splitlines() if len(line) > 80 and not line.startswith("> ")]
    assert not too_long
    return result.stdout


def flat(text: str) -> str:
    return " ".join(text.split())


PATIENT = ("--setting", "persistent", "--seed", "3")


def test_a_patient_from_the_first_findings_to_the_scores(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    said = flat(dialogue((*WHOLE, "q"), *PATIENT, "--record", path))
    for part in (
        "Patient: persistent, number 3", "How likely is each cause", "Where is the gland?", "you model points",
        "Why the model says", "What next?", "Neck ultrasound", "What it was worth", "Enter keeps your last",
        "What would you do?", "What it was", "Your probabilities", "What was spent", "Your record", "1 finished",
        "Saved in",
    ):  # fmt: skip
        assert part in said, part
    assert len(json.loads(path.read_text(encoding="utf-8"))["cases"]) == 1


def test_the_same_seed_gives_the_same_dialogue() -> None:
    assert dialogue(("q",), *PATIENT) == dialogue(("q",), *PATIENT)


def test_an_answer_of_a_megabyte_is_asked_again() -> None:
    said = dialogue(("x" * 1_000_000, WHOLE[0], "", "9" * 1_000_000, "q"), *PATIENT)
    assert flat(said).count("Expected an answer of at most 1,000 characters, found 1,000,000.") == 2
    assert len(said) < 2_020_000, "said once, by the learner"
    assert "one left open" in said


def test_nonsense_is_asked_again_with_one_line() -> None:
    nonsense = (
        "hello", "", "120 ectopic", "60 ectopic", "left or right", "90 thymus, 20 distant", "", "bananas", "999", "",
        "d", "dance", "99", "",
    )  # fmt: skip
    said = dialogue(nonsense, *PATIENT)
    for part in (
        "'hello' is not understood", "nothing is given", "found 120", "'left or right' is not understood",
        "at most 100 % in all", "'bananas' is not a name here", "expected a number from 1 to", "nothing is given",
        "'dance' is not a name here",
    ):  # fmt: skip
        assert part in flat(said), part
    assert "What it was" in said
    assert "Traceback" not in said


def test_help_patient_frequencies_and_undo() -> None:
    said = flat(
        dialogue(
            ("?", "p", "u", "60 ectopic", "?", "30 thymus", "f", "f ct_4d", "u", "50 fhh", "", "?", "d", "?", "1"),
            *PATIENT,
        )
    )
    for part in (
        "1 Missed ectopic adenoma", "There is nothing to undo.", "Of 100 patients", "in 1,000 such patients", "Undone.",
        "Choline PET/CT", "Observe and recheck", "What it was",
    ):  # fmt: skip
        assert part in said, part
    assert said.count("What is known") == 2


def test_the_end_of_input_is_polite_and_the_open_patient_waits(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    said = dialogue(WHOLE[:3], *PATIENT, "--record", path)
    assert "Saved in" in flat(said)
    assert json.loads(path.read_text(encoding="utf-8"))["open"]["steps"][1] == {"order": "ultrasound"}
    later = flat(dialogue(("", "d", "", "q"), "--record", path))
    assert "Going on with the patient you left." in later
    assert "1 finished." in later
    assert json.loads(path.read_text(encoding="utf-8"))["open"] is None


@pytest.mark.parametrize("lines", [(), ("q",)])
def test_stopping_at_once_leaves_nothing_open(tmp_path: Path, lines: tuple[str, ...]) -> None:
    path = tmp_path / "record.json"
    said = dialogue(lines, *PATIENT, "--record", path)
    assert "0 finished." in said
    assert json.loads(path.read_text(encoding="utf-8"))["open"] is None


def test_an_open_patient_of_another_model_is_given_up_and_said_so(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    dialogue(WHOLE[:2], *PATIENT, "--record", path)
    data = json.loads(path.read_text(encoding="utf-8"))
    data["open"]["digest"] = "another"
    path.write_text(json.dumps(data), encoding="utf-8")
    said = flat(dialogue(("q",), "--record", path))
    assert "another version of the model and cannot be gone on with. Here is another patient." in said
    assert json.loads(path.read_text(encoding="utf-8"))["open"] is None


def test_without_a_record_nothing_is_kept_and_it_says_so() -> None:
    assert "nothing is kept; --record FILE keeps it" in flat(dialogue(("q",), *PATIENT))


def test_a_trap_asked_for_and_a_trap_that_is_due(tmp_path: Path) -> None:
    assert "Neck ultrasound" in dialogue(("q",), "--trap", "negative_ultrasound", "--seed", "1")
    path = tmp_path / "record.json"
    due = {"format": "hpt_bayes quiz record", "version": 1, "cases": [], "open": None}
    path.write_text(json.dumps({**due, "boxes": {"negative_ultrasound": {"box": 1, "due": 1}}}), encoding="utf-8")
    said = flat(dialogue(("q",), *PATIENT, "--record", path))
    assert "Neck ultrasound negative" in said or "Neck ultrasound equivocal" in said
    path.write_text(json.dumps({**due, "boxes": {"too_soon_after_operation": {"box": 1, "due": 1}}}), encoding="utf-8")
    assert "Patient: persistent, number 3" in dialogue(("q",), *PATIENT, "--record", path), "nobody here shows it"


def test_published_cases() -> None:
    said = flat(dialogue(("70 fhh", "", "d", ""), "--cases", "published", "--setting", "first_time", "--seed", "0"))
    assert "What it was" in said
    assert "Source: " in said


def test_json_is_the_summary_of_the_record(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    dialogue(("60 ectopic", "", "d", "", "q"), *PATIENT, "--record", path)
    result = run((), "--record", path, "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["cases"] == 1
    assert set(told) >= {"log", "log_model", "brier", "regret_bits", "boxes", "sprung", "open"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--json",), "--json prints the summary of a record; name one with --record FILE"),
        (("--trap", "fh"), "unknown trap 'fh'; nearest valid name: 'fhh'"),
        (("--setting", "persistant"), "unknown setting 'persistant'; nearest valid name: 'persistent'"),
        (("--cases", "published", "--setting", "nowhere"), "unknown setting 'nowhere'"),
        (
            ("--cases", "published", "--setting", "renal_secondary", "--trap", "too_soon_after_operation"),
            "no published case fits",
        ),
        (("--cases", "mine"), "Invalid value for '--cases'"),
        (("--seed", "-1"), "Invalid value for '--seed'"),
    ],
)
def test_refusals_are_one_line(options: tuple[str, ...], said: str) -> None:
    result = run(("q",), *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_control_c_while_the_model_computes_keeps_the_record(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    with patch("hpt_bayes.teaching.session.ordered", side_effect=KeyboardInterrupt):
        said = dialogue(WHOLE, *PATIENT, "--record", path)
    assert "Saved in" in flat(said)
    assert len(json.loads(path.read_text(encoding="utf-8"))["open"]["steps"]) == 1


def test_a_step_that_is_undone_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    dialogue((*WHOLE[:2], "u"), *PATIENT, "--record", path)
    assert json.loads(path.read_text(encoding="utf-8"))["open"] is None


def test_help_names_every_trap_and_gives_examples() -> None:
    text = flat(run((), "--help").stdout)
    assert all(trap.name in text for trap in TRAPS)
    assert "hpt-bayes quiz --trap fhh --seed 7" in text


def test_a_study_is_found_by_what_it_shows() -> None:
    assert "24-hour urine calcium and clearance ratio ---" in flat(dialogue(("60 fhh", "", "cccr"), *PATIENT))


def test_a_damaged_record_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_text("not json", encoding="utf-8")
    result = run(("q",), "--record", path)
    assert result.exit_code == 2
    assert "expected a quiz record" in result.stderr
    assert path.read_text(encoding="utf-8") == "not json"
