"""The report of the real model: what it must hold, and that the committed file is what it says today."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest
from small_model import small_network, write_small_model

import hpt_bayes as hpt
from hpt_bayes.errors import EvidenceError, ModelFileError
from hpt_bayes.validation.report import Validation, validate, write_report

COMMITTED = Path(__file__).parents[2] / "models" / "hyperparathyroidism" / "VALIDATION.md"


class Report(Protocol):
    data: dict[str, Any]
    markdown: str


def test_the_committed_report_is_what_the_model_says(report: Report) -> None:
    committed = COMMITTED.read_text(encoding="utf-8").splitlines()
    today = report.markdown.splitlines()
    differing = [pair for pair in zip(committed, today, strict=False) if pair[0] != pair[1]]
    command = "run: hpt-bayes validate --write models/hyperparathyroidism/VALIDATION.md"
    assert differing == [], command
    assert len(committed) == len(today), command


def test_the_report_has_no_path_no_date_and_no_hash(report: Report) -> None:
    assert str(Path(__file__).parents[2]) not in report.markdown
    assert report.data["model"]["digest"][:8] not in report.markdown


def test_every_target_has_an_answer_and_every_miss_a_reason(report: Report) -> None:
    results = report.data["targets"]["results"]
    assert len(results) >= 80
    assert [each["number"] for each in results if each["model"] is None] == []
    assert [each["number"] for each in results if not each["met"] and not each["why"]] == []


def test_targets_are_worst_first_and_counted(report: Report) -> None:
    targets = report.data["targets"]
    off = [each["tolerances"] for each in targets["results"]]
    assert off == sorted(off, reverse=True)
    assert targets["met"] == sum(each["met"] for each in targets["results"])
    assert targets["encodable"] == len(targets["results"])


def test_every_number_of_the_two_lists_is_asked_or_explained(report: Report) -> None:
    """Section 11 of the imaging list and section 17 of the laboratory list, by number."""
    targets = report.data["targets"]
    found = {" ".join(each["number"].split()[:2]) for each in (*targets["results"], *targets["not_encodable"])}
    imaging = [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 20, 22, 23, 26, 27, 28]
    laboratory = {*range(1, 57)} - {7, 22, 25, 31, 36, 47, 50}
    assert found == {f"imaging {each}" for each in imaging} | {f"labs {each}" for each in laboratory}


def test_first_time_and_reoperated_cases_are_never_pooled(report: Report) -> None:
    cases = report.data["published_cases"]
    groups = {each["group"] for each in cases["scores"]}
    assert {"first time", "persistent or recurrent"} <= groups
    for score in cases["scores"]:
        own = [
            each
            for each in cases["cases"]
            if each["group"] == score["group"]
            and score["diagnosis"] in each["accept"]
            and (each["core"] or score["subset"] == "all")
        ]
        assert score["cases"] == len(own)
        ranks = [each["ranks"][each["accept"].index(score["diagnosis"])] for each in own]
        assert score["first"] == pytest.approx(sum(rank == 1 for rank in ranks) / len(own))
        shares = [each["probabilities"][each["accept"].index(score["diagnosis"])] for each in own]
        assert score["log_score"] == pytest.approx(-sum(map(math.log, shares)) / len(own))


def test_misleading_readings_do_not_decide(report: Report) -> None:
    cases = [each for each in report.data["published_cases"]["cases"] if each["without"] is not None]
    assert len(cases) >= 20
    assert all(0 < each["any_accepted"] < 1 for each in cases)


def test_every_disagreement_with_a_workflow_is_explained(report: Report) -> None:
    workflow = report.data["workflow"]
    assert len(workflow["results"]) >= 12
    for each in workflow["results"]:
        assert each["agrees"] == (each["first"] in each["expects"])
        assert each["agrees"] or each["why"], each["name"]


def test_simulated_patients_are_calibrated(report: Report) -> None:
    """Exact answers: with 95 % intervals at most two of nine bins may miss."""
    bins = report.data["simulated"]["bins"]
    outside = [each for each in bins if not each["interval"][0] <= each["predicted"] <= each["interval"][1]]
    assert len(outside) <= 2
    assert sum(each["answers"] for each in bins) > 4000
    for score in report.data["simulated"]["scores"]:
        assert score["brier"] == pytest.approx(score["expected_brier"], abs=0.15)


def test_the_sensitivity_counts_cases_by_setting(report: Report) -> None:
    prior = report.data["prior_sensitivity"]
    assert sum(prior["cases"].values()) == len(report.data["published_cases"]["cases"])
    assert all(each["leading"] != each["changed"] for each in prior["changed"])
    assert {each["factor"] for each in prior["changed"]} <= set(prior["factors"])


def test_a_foreign_network_has_nothing_to_be_compared_with() -> None:
    network = replace(small_network(), foreign=True)
    with pytest.raises(EvidenceError, match="has no targets to be compared with"):
        validate(network)


def test_a_model_without_targets_is_refused(tmp_path: Path) -> None:
    network = hpt.load_network(write_small_model(tmp_path / "small"))
    with pytest.raises(ModelFileError, match=r"targets\.yaml.*found none"):
        validate(network)


def test_a_report_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    class Short(Validation):
        def __init__(self) -> None:
            pass

        def to_markdown(self) -> str:
            return "# short\n"

    write_report(Short(), tmp_path / "report.md")
    assert (tmp_path / "report.md").read_text() == "# short\n"
    with pytest.raises(EvidenceError, match=r"^cannot write .*: Is a directory$"):
        write_report(Short(), tmp_path)
