"""A cohort gives each patient the answer of a single case, whatever the chunks, the order and the processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from packaged import network

import hpt_bayes as hpt
from hpt_bayes.cohort.columns import read_columns
from hpt_bayes.cohort.frames import score_cohort
from hpt_bayes.cohort.scorer import scorer_of
from hpt_bayes.errors import EvidenceError, HptBayesError

UNITS = {"total_calcium": "mg/dL", "pth": "pg/mL"}
RAIN = """network weather {}
variable rain { type discrete [ 2 ] { yes, no }; }
variable wet { type discrete [ 2 ] { yes, no }; }
probability ( rain ) { table 0.2, 0.8; }
probability ( wet | rain ) { (yes) 0.9, 0.1; (no) 0.0, 1.0; }
"""


def patients() -> pd.DataFrame:
    rows = [
        {"setting": "persistent", "total_calcium": 11.2, "pth": 95.0, "ultrasound": "negative", "age": 54},
        {"setting": "persistent", "total_calcium": 11.2, "pth": 95.0, "ultrasound": "focus@left_inferior"},
        {"setting": "first_time", "total_calcium": 10.9, "cccr": "<0.01", "ct_4d": "negative|equivocal"},
        {"setting": "persistent|recurrent", "total_calcium": np.nan, "pth": np.nan, "thiazide_now": " present "},
        {"setting": "first_time"},
        {"setting": "first_time", "total_calcium": 990.0},
        {"setting": "typo", "total_calcium": 10.9},
        {"setting": None, "total_calcium": 10.9},
        {"setting": "first_time", "ultrasound": "focus@nowhere"},
    ]
    frame = pd.DataFrame(rows, index=[f"p{number}" for number in range(len(rows))])
    return frame.assign(**{"pth.upper_limit": 65.0, "hospital": "A"})


@pytest.fixture(scope="module")
def scored() -> pd.DataFrame:
    return score_cohort(patients(), units=UNITS, network=network(), keep=["hospital"])


def alone(row: pd.Series) -> hpt.Posterior:
    case = hpt.Case(network(), row["setting"].split("|"))
    for finding in ("total_calcium", "pth", "ultrasound", "cccr", "ct_4d", "thiazide_now", "age"):
        cell = row[finding]
        if isinstance(cell, str):
            case = case.observe(finding, cell.strip())
        elif not np.isnan(cell):
            limit = {"upper_limit": row["pth.upper_limit"]} if finding == "pth" else {}
            case = case.observe(finding, cell, UNITS.get(finding), **limit)
    return case.posterior()


@pytest.mark.parametrize("name", ["p0", "p1", "p2", "p3", "p4"])
def test_each_patient_has_the_answer_of_a_single_case(scored: pd.DataFrame, name: str) -> None:
    answer, row = alone(patients().loc[name]), scored.loc[name]
    assert row["status"] == "ok" and row["message"] == ""
    for diagnosis, probability in answer.diagnoses.items():
        assert row[diagnosis] == pytest.approx(probability, abs=1e-10)
    assert row["log_evidence"] == pytest.approx(answer.log_evidence, abs=1e-10)
    best = max(answer.gland_site.values())
    assert row["site_probability"] == pytest.approx(best, abs=1e-10)
    assert answer.gland_site[row["site"]] == pytest.approx(best, abs=1e-10)


def test_no_row_is_dropped_and_each_says_what_is_wrong(scored: pd.DataFrame) -> None:
    assert list(scored.index) == list(patients().index)
    assert list(scored["hospital"]) == ["A"] * len(scored)
    assert list(scored["status"][5:]) == ["invalid"] * 4
    said = scored["message"]
    assert "column 'total_calcium'" in said["p5"] and "implausible" in said["p5"]
    assert "unknown setting 'typo'" in said["p6"]
    assert "expected one of first_time" in said["p7"]
    assert "column 'ultrasound'" in said["p8"] and "nowhere" in said["p8"]
    failed = scored.loc["p5":]
    assert failed[["site_probability", "log_evidence", "fhh"]].isna().all(axis=None) and failed["site"].isna().all()


@pytest.mark.parametrize("options", [{"chunk": 3}, {"chunk": 1}, {"workers": 2, "chunk": 4}])
def test_chunks_and_processes_change_nothing(
    scored: pd.DataFrame, options: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpt_bayes.cohort.frames.WORTH_A_PROCESS", 0)
    options = {"workers": 1} | options
    again = score_cohort(patients(), units=UNITS, network=network(), keep=["hospital"], **options)
    pd.testing.assert_frame_equal(again, scored, check_exact=False, rtol=1e-12, atol=1e-14)


def test_an_empty_table_gives_an_empty_answer(scored: pd.DataFrame) -> None:
    empty = score_cohort(patients().iloc[:0], units=UNITS, network=network(), keep=["hospital"])
    assert len(empty) == 0 and list(empty.columns) == list(scored.columns)


def test_progress_counts_every_patient() -> None:
    counted: list[int] = []

    @contextmanager
    def progress(text: str, total: int) -> Iterator[Callable[[int], object]]:
        assert total == 2
        yield counted.append

    score_cohort(patients().iloc[:2], units=UNITS, network=network(), keep=["hospital"], chunk=1, progress=progress)
    assert counted == [1, 1]


FAULTS = [
    (pd.DataFrame({1: ["x"]}), {}, "expected headings that are text"),
    (pd.DataFrame([["a", "b"]], columns=["age", "age"]), {}, "expected each column once"),
    (pd.DataFrame({"age": [50]}), {"keep": ["id"]}, "'id' is to be kept"),
    (pd.DataFrame({"age": [50]}), {"units": {"pht": "pg/mL"}}, "units names column 'pht'"),
    (pd.DataFrame({"aeg": [50]}), {}, "column 'aeg': unknown finding"),
    (pd.DataFrame({"total_calcium": [10.9]}), {}, "numbers without a unit"),
    (pd.DataFrame({"total_calcium": [10.9]}), {"units": {"total_calcium": "mg"}}, "unknown unit 'mg'"),
    (pd.DataFrame({"ultrasound": ["negative"]}), {"units": {"ultrasound": "mm"}}, "takes no number"),
    (pd.DataFrame({"pth.upper_limit": [65.0]}), {}, "the table has no such column"),
    (pd.DataFrame({"age": [50], "setting": ["persistent"]}), {}, "found both"),
    (pd.DataFrame({"age": [50]}), {"setting": None}, "found neither"),
    (pd.DataFrame({"age": [50]}), {"setting": "typo"}, "unknown setting 'typo'"),
    (pd.DataFrame({"fhh": [50]}), {"keep": ["fhh"]}, "'fhh' cannot be kept"),
    (pd.DataFrame({"age": [50]}), {"keep": "id"}, "column 'id' is to be kept, but the table has none"),
    (pd.DataFrame({"age": [50]}), {"keep": 5}, "expected the name of a column, or several, found the number 5"),
    ("patients.csv", {}, "expected a table of patients, found 'patients.csv'; score_file reads files"),
    (pd.DataFrame({"age": [50]}), {"chunk": 0}, "chunk: expected a whole number"),
    (pd.DataFrame({"age": [50]}), {"workers": True}, "workers: expected a whole number"),
]


@pytest.mark.parametrize(("frame", "options", "message"), FAULTS, ids=[fault[2] for fault in FAULTS])
def test_a_table_that_cannot_be_understood_is_refused_before_scoring(
    frame: pd.DataFrame, options: dict[str, object], message: str
) -> None:
    with pytest.raises(EvidenceError, match=message):
        score_cohort(frame, **({"setting": "persistent", "network": network()} | options))


@pytest.mark.parametrize(
    ("cell", "limit", "message"),
    [
        (True, 65.0, "expected text or a number"),
        (95.0, None, "upper_limit"),
        (95.0, "often", "expected a number or `unknown`"),
        (95.0, True, "expected a number or `unknown`"),
        (-3.0, 65.0, "not negative"),
        (float("inf"), 65.0, "finite"),
        ("95 pg/mL upper 65", 60.0, "upper_limit"),
        (["95"], 65.0, "expected"),
    ],
)
def test_a_cell_that_cannot_be_accepted_is_one_invalid_row(cell: object, limit: object, message: str) -> None:
    frame = pd.DataFrame({"pth": pd.Series([cell], dtype=object), "pth.upper_limit": pd.Series([limit], dtype=object)})
    answer = score_cohort(frame, units={"pth": "pg/mL"}, setting="persistent", network=network())
    assert answer["status"][0] == "invalid"
    assert message in answer["message"][0]


def test_settings_that_are_too_many_for_one_tree_are_invalid() -> None:
    frame = pd.DataFrame({"setting": ["|".join(network().settings)]})
    answer = score_cohort(frame, network=network())
    assert answer["status"][0] == "invalid" and "too" in answer["message"][0]


def test_a_foreign_network_is_scored_without_settings(tmp_path: Path) -> None:
    (tmp_path / "rain.bif").write_text(RAIN)
    foreign = hpt.load_network(tmp_path / "rain.bif")
    answer = score_cohort(pd.DataFrame({"wet": ["yes", None, "yes"], "rain": [None, None, "no"]}), network=foreign)
    assert answer["status"].tolist() == ["ok", "ok", "impossible"]
    assert np.exp(answer["log_evidence"][:2]).tolist() == pytest.approx([0.18, 1.0], abs=1e-12)
    assert "rain: no; wet: yes" in answer["message"][2] or "wet: yes; rain: no" in answer["message"][2]
    with pytest.raises(EvidenceError, match="has no settings"):
        score_cohort(pd.DataFrame({"wet": ["yes"]}), network=foreign, setting="persistent")


def test_a_model_that_changes_meanwhile_is_refused() -> None:
    columns = read_columns(network(), ["age"], ["age"], {}, "persistent", [])
    scorer = scorer_of(network(), columns)
    with pytest.raises(HptBayesError, match="has changed since scoring began"):
        replace(scorer, digest="0")(pd.DataFrame({"age": [50]}))


def test_a_packaged_model_is_found_wherever_the_package_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HPT_BAYES_MODEL", str(tmp_path))
    scorer = scorer_of(network(), read_columns(network(), ["age"], ["age"], {}, "persistent", []))
    assert scorer.model is None and scorer.network().path == network().path
