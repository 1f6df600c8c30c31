"""Results about the model as data frames: one row for what is listed, unrounded, under the names of `to_dict`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import packaged
import pytest
from small_model import write_small_model

import hpt_bayes as hpt
from hpt_bayes.display.result import Result
from hpt_bayes.network.check import check_report
from hpt_bayes.reasoning.believing.worked_up import worked_up
from hpt_bayes.reasoning.knowledge.catalogue import KINDS, catalogue
from hpt_bayes.reasoning.knowledge.exported import export_network
from hpt_bayes.reasoning.knowledge.unused import unused_evidence
from hpt_bayes.validation.calibration import Calibration, SettingScore
from hpt_bayes.validation.expectation_results import ExpectationResult, ExpectationResults
from hpt_bayes.validation.prior_sensitivity import ChangedLeader, PriorSensitivity
from hpt_bayes.validation.published_cases import CaseResult, CaseResults
from hpt_bayes.validation.size_fit import SizeFit, SizeResidual
from hpt_bayes.validation.target_results import TargetResult, TargetResults
from hpt_bayes.validation.tolerance import Published
from hpt_bayes.validation.workflow import DecisionResult, WorkflowResults


@cache
def case() -> hpt.Case:
    return hpt.read_case("fhh-trap", packaged.network())


def shown(result: Result) -> None:
    """It shows itself too, as text and in a notebook."""
    assert repr(result).count("\n") > 1
    assert result._repr_html_().startswith("<div")


def test_check_of_a_sound_model(tmp_path: Path) -> None:
    report = check_report(write_small_model(tmp_path / "small"))
    frame = report.to_frame()
    assert list(frame["file"]) == [each.file for each in report.known]
    assert frame.iloc[-1]["judged_numbers"] == report.known[-1].numbers[2]
    assert frame.iloc[-1]["measured_rows"] == report.known[-1].rows[0]
    shown(report)


def test_check_of_a_model_with_faults(tmp_path: Path) -> None:
    folder = write_small_model(tmp_path / "small")
    (folder / "network.yaml").write_text("- a list\n")
    report = check_report(folder)
    frame = report.to_frame()
    assert list(frame.columns) == ["file", "line", "column", "message"]
    assert len(frame) == len(report.faults) == 1
    shown(report)


@pytest.mark.parametrize("kind", KINDS)
def test_catalogue(kind: str) -> None:
    listing = catalogue(packaged.network(), kind)
    frame = listing.to_frame()
    assert list(frame["name"]) == list(listing.entries)
    first = next(iter(listing.entries.values()))
    assert list(frame.columns)[1:] == list(dict.fromkeys(key for each in listing.entries.values() for key in each))
    assert frame.iloc[0][next(iter(first))] == next(iter(first.values()))
    shown(listing)


def test_exported(tmp_path: Path) -> None:
    network = hpt.load_network(write_small_model(tmp_path / "small"))
    written = export_network(network, "json", tmp_path / "net.json")
    (row,) = written.to_frame().to_dict("records")
    assert row == {
        "model": str(written.model),
        "format": "json",
        "path": str(tmp_path / "net.json"),
        "variables": len(network.variables),
    }
    shown(written)


def test_unused() -> None:
    idle = unused_evidence(packaged.network())
    frame = idle.to_frame()
    assert list(frame["key"]) == [row.key for row in idle.rows]
    assert list(frame["file"]) == sorted(frame["file"])
    shown(idle)


def test_worked_up() -> None:
    answer = case().posterior()
    result = worked_up("", case().evidence, answer, case().next_studies())
    assert result.to_frame().equals(answer.to_frame())
    shown(result)


def test_targets() -> None:
    met = TargetResult(
        "1", "share", "persistent", Published(0.1, 0.3, 0.05, 0.05, 0.2), 0.25, True, 0.0, True, ("a",), ""
    )
    missing = TargetResult(
        "2", "other", "", Published(0.5, 0.5, 0.1, 0.1), float("nan"), False, float("nan"), False, (), "x"
    )
    results = TargetResults((met, missing), ())
    frame = results.to_frame()
    assert list(frame["published_low"]) == [0.1, 0.5]
    assert list(frame["published_value"].isna()) == [False, True]
    assert list(frame["model"].isna()) == [False, True]
    assert "published" in met.to_dict(), "a frame leaves the dictionary as it is"
    shown(results)


def test_published_cases() -> None:
    result = CaseResult("one", "first time", True, ("fhh",), (0.7,), (1,), 0.7, "fhh", (), None, None)
    results = CaseResults((result,))
    (row,) = results.to_frame().to_dict("records")
    assert (row["case"], row["any_accepted"], row["leading"]) == ("one", 0.7, "fhh")
    shown(results)


def test_workflow() -> None:
    results = WorkflowResults((DecisionResult("first", "acr", ("ct_4d",), "ct_4d", 0.5, 0.5, True, "ct_4d", ""),))
    (row,) = results.to_frame().to_dict("records")
    assert (row["name"], row["bits"], row["agrees"]) == ("first", 0.5, True)
    shown(results)


def test_expectations() -> None:
    results = ExpectationResults((ExpectationResult("first", None, "ct_4d", False, ("gain 0.1",), "why"),))
    (row,) = results.to_frame().to_dict("records")
    assert (row["name"], row["says"], row["agrees"]) == ("first", "ct_4d", False)
    shown(results)


def test_size_fit() -> None:
    results = SizeFit((SizeResidual("calcium", "single", (("age", "adult"),), (0.25, 0.75), (0.5, 0.5)),))
    (row,) = results.to_frame().to_dict("records")
    assert (row["variable"], row["residual"]) == ("calcium", 0.25)
    shown(results)


def test_prior_sensitivity() -> None:
    changed = ChangedLeader("one", "persistent", "prior", 2.0, "fhh", "carcinoma")
    results = PriorSensitivity((("persistent", 1),), (0.5, 2.0), ("prior",), (changed,))
    (row,) = results.to_frame().to_dict("records")
    assert (row["case"], row["factor"], row["changed"]) == ("one", 2.0, "carcinoma")
    shown(results)


def test_calibration() -> None:
    score = SettingScore("persistent", 10, 0.5, 0.25, 0.2, 1.5)
    results = Calibration(("pth",), 1, (score,), (), (("fhh", "fhh", 5),))
    (row,) = results.to_frame().to_dict("records")
    assert (row["setting"], row["brier"], row["expected_brier"]) == ("persistent", 0.25, 0.2)
    shown(results)
