"""`next --steps`, `plan`, `bundles` and `stopping` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_management import MANAGEMENT, write_small_management

from hpt_bayes.cli import main

STOPPING = """\
stopping:
  same_decision: {value: 0.9, range: [0.8, 0.95], why: for the test}
  regret: {value: 0.005, range: [0.002, 0.01], why: for the test}
"""
PATIENT = """\
case: a-patient
setting: first_time
findings:
- {finding: scan, result: focus, site: left_superior}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("plans")
    write_small_management(place / "model", MANAGEMENT + STOPPING)
    (place / "patient.yaml").write_text(PATIENT, encoding="utf-8")
    return place


def run(folder: Path, command: str, *options: str) -> Result:
    line = [command, str(folder / "patient.yaml"), "--model", str(folder / "model"), *options]
    return CliRunner().invoke(main, line, env={"COLUMNS": "80"})


@pytest.mark.parametrize(
    ("command", "options", "opening"),
    [
        ("next", (), "Next study: FNA cytology, Left superior\n"),
        ("next", ("--steps", "2"), "Next study: FNA cytology, Left superior\n"),
        ("plan", (), "Plan: first review of slides\n"),
        ("plan", ("--steps", "3"), "Plan: first "),
        ("bundles", (), "Worth a choice"),
        ("stopping", (), "Are we done? Not yet\n"),
        ("stopping", ("--study", "gene"), "Are we done? Not yet\n"),
    ],
)
def test_a_command_answers_people_and_programs(
    folder: Path, command: str, options: tuple[str, ...], opening: str
) -> None:
    told = run(folder, command, *options)
    assert told.exit_code == 0, told.output
    assert told.output.startswith(opening), told.output
    asked = run(folder, command, *options, "--json")
    data = json.loads(asked.output)
    assert (data["case"], data["model"]["id"]) == ("a-patient", "small")


def test_next_says_how_far_it_looks(folder: Path) -> None:
    near, far = (json.loads(run(folder, "next", "--steps", n, "--json").output) for n in ("1", "2"))
    assert (near["steps"], far["steps"]) == (1, 2)
    values = [next(row for row in data["studies"] if row["study"] == "slides") for data in (near, far)]
    assert values[0]["decision_value"] == values[1]["decision_value"] == 0.0
    assert values[0]["net_value"] < 0 < values[1]["net_value"]
    assert "--steps 2 adds the best second study" in " ".join(run(folder, "next", "--steps", "1").output.split())
    assert json.loads(run(folder, "next", "--json").output) == far
    assert json.loads(run(folder, "next", "--target", "lesion", "--json").output)["steps"] == 1
    assert json.loads(run(folder, "next", "--draws", "2", "--json").output)["steps"] == 1


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("next", ("--steps", "3"), "3 is not in the range 1<=x<=2"),
        ("plan", ("--steps", "1"), "1 is not in the range 2<=x<=3"),
        ("next", ("--steps", "2", "--target", "lesion"), "lesion is no decision; leave steps at 1"),
        ("stopping", ("--study", "scna"), "unknown study 'scna'; nearest valid name: 'scan'"),
    ],
)
def test_what_cannot_be_asked_is_one_line(folder: Path, command: str, options: tuple[str, ...], said: str) -> None:
    result = run(folder, command, *options)
    assert result.exit_code == 2
    assert said in result.output
    assert result.output.count("\n") == 1
