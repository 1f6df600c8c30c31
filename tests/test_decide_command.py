"""`hpt-bayes decide`: words, JSON, changed utilities and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from small_management import write_small_management

from hpt_bayes.case import read_case
from hpt_bayes.cli import main
from hpt_bayes.network.load import load_network
from hpt_bayes.reasoning.believing.worked_up import worked_up

CASE = """\
case: A
setting: persistent
findings:
- {finding: scan, result: focus, site: left_inferior}
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_management(tmp_path_factory.mktemp("model") / "small")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def data(*arguments: object) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_words(model: Path, case: Path) -> None:
    result = run("decide", case, "--model", model)
    assert result.exit_code == 0
    assert result.stdout.startswith("Advice: ")
    assert "Actions by expected utility" in result.stdout


def test_json_is_the_result(model: Path, case: Path) -> None:
    found = data("decide", case, "--model", model)
    assert found == json.loads(json.dumps(read_case(case, load_network(model)).decide().to_dict()))
    assert found["model"]["id"] == "small"


def test_utilities_are_changed(model: Path, case: Path) -> None:
    found = data("decide", case, "--model", model, "--utility", "harm.neck.again=0.9", "--utility", "loss.needless=0")
    assert found["changed_utilities"] == {"harm.neck.again": 0.9, "loss.needless": 0.0}
    assert found["advice"] in {"observe", "ask_family"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("harm.neck.again", "expected a utility as NAME=VALUE"),
        ("harm.neck.agian=0.1", "nearest valid name: 'harm.neck.again'"),
        ("harm.neck.again=7", "expected a number between 0 and 1"),
    ],
)
def test_refusals(model: Path, case: Path, text: str, says: str) -> None:
    result = run("decide", case, "--model", model, "--utility", text)
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert says in result.stderr


def test_all_lists_every_action() -> None:
    short = run("decide", "fhh-trap").stdout
    long = run("decide", "fhh-trap", "--all").stdout
    assert "further actions are worth less; --all lists them." in short
    assert "further actions" not in long
    assert len(long.splitlines()) > len(short.splitlines())


def test_help_has_examples() -> None:
    assert "hpt-bayes decide fhh-trap" in run("decide", "--help").stdout


def test_the_demo_shows_the_advice() -> None:
    assert "Advice: " in run("demo").stdout


def test_a_case_worked_up_without_asking_for_advice(model: Path, case: Path) -> None:
    found = read_case(case, load_network(model))
    without = worked_up("", found.evidence, found.posterior(), found.next_studies())
    assert "decide" not in without.to_dict()
    assert not any(block.title.startswith("Advice") for block in without.blocks())
    with_it = worked_up("", found.evidence, found.posterior(), found.next_studies(), found.decide())
    assert with_it.to_dict()["decide"] == found.decide().to_dict()
    assert any(block.title.startswith("Advice") for block in with_it.blocks())
