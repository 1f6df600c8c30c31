"""The commands that ask how sure an answer is."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from hpt_bayes.cli import main

CASE = "fhh-trap"
NUMBER = "fhh_panel:rows[0].p.pathogenic"


def run(*words: str) -> str:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_uncertainty_prints_intervals_and_json() -> None:
    assert "90 % interval" in run("uncertainty", CASE, "--draws", "5")
    found = json.loads(run("uncertainty", CASE, "--draws", "5", "--seed", "3", "--json"))
    assert (found["draws"], found["seed"], found["studies"]) == (5, 3, None)
    assert all(low <= high for low, high in found["diagnoses"].values())


def test_posterior_and_next_show_intervals_when_asked() -> None:
    assert "90 % interval" in run("posterior", CASE, "--draws", "4")
    assert "uncertainty" not in json.loads(run("posterior", CASE, "--json"))
    shares = json.loads(run("next", CASE, "--draws", "2", "--json"))["draw_shares"]
    assert sum(shares.values()) == pytest.approx(1.0)


def test_sensitivity_of_one_number() -> None:
    assert "What would change the leading diagnosis" in run("sensitivity", CASE, "--number", NUMBER)
    found = json.loads(run("sensitivity", CASE, "--number", NUMBER, "--diagnosis", "fhh", "--json"))
    assert found["function"]["diagnosis"] == "fhh"
    assert found["inverse"]["number"] == NUMBER


def test_sensitivity_of_two_numbers_at_once() -> None:
    other = "prior_normal_calcium:rows[1].p.absent"
    shown = run("sensitivity", CASE, "--number", NUMBER, "--with", other)
    assert "by two numbers" in shown and other in " ".join(shown.split())
    found = json.loads(run("sensitivity", CASE, "--number", NUMBER, "--with", other, "--diagnosis", "fhh", "--json"))
    assert (found["diagnosis"], found["numbers"]) == ("fhh", [NUMBER, other])
    assert [len(row) for row in found["probabilities"]] == [len(found["second"])] * len(found["first"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sensitivity", CASE, "--study"), "--study needs --number"),
        (("sensitivity", CASE, "--with", NUMBER), "--with needs --number"),
        (("sensitivity", CASE, "--number", NUMBER, "--with", NUMBER, "--study"), "found both"),
        (("sensitivity", CASE, "--number", NUMBER, "--with", NUMBER), "twice"),
        (("sensitivity", CASE, "--number", "fhh_panel:rows[9].p"), "has no number"),
        (("uncertainty", CASE, "--draws", "0"), "--draws"),
    ],
)
def test_refusals_are_one_line(words: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
