"""A file of patients is scored as a table is, in bounded pieces, and survives being killed at any moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import hpt_bayes as hpt
from hpt_bayes.cli import main
from hpt_bayes.cohort.files import ScoredFile, score_file
from hpt_bayes.cohort.frames import score_cohort
from hpt_bayes.errors import EvidenceError, HptBayesError

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from patients_file import UNITS, patients, write_patients  # noqa: E402
from small_model import write_small_model  # noqa: E402

ROWS = 40


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_model(tmp_path_factory.mktemp("model") / "small")


@pytest.fixture(scope="module")
def network(model: Path) -> hpt.Network:
    return hpt.load_network(model)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_patients(tmp_path / "patients.parquet", ROWS)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "answers.parquet"


def score(source: Path, target: Path, network: hpt.Network, **options: Any) -> ScoredFile:
    return score_file(
        source, target, **({"units": UNITS, "network": network, "keep": ["id"], "workers": 1, "chunk": 9} | options)
    )


def leave_unfinished(source: Path, target: Path, network: hpt.Network, parts: int = 2) -> Path:
    """A run interrupted when some parts were written."""

    class Interrupted(Exception):
        pass

    class Progress:
        left = parts

        def __enter__(self) -> Any:
            return self.advance

        def advance(self, done: int) -> None:
            self.left -= done > 0
            if not self.left:
                raise Interrupted

        def __exit__(self, *told: object) -> None:
            pass

    with pytest.raises(Interrupted):
        score(source, target, network, progress=lambda text, total: Progress())
    folder = target.with_name("answers.parquet.parts")
    assert len(list(folder.glob("*.parquet"))) == parts and not target.exists()
    return folder


def test_a_file_has_the_answers_of_the_table(source: Path, target: Path, network: hpt.Network) -> None:
    result = score(source, target, network)
    expected = score_cohort(patients(ROWS), units=UNITS, network=network, keep=["id"])
    found = pq.read_table(target).to_pandas().astype({"site": object})
    assert pq.read_schema(target).field("id").type == pa.int32()
    expected["site"] = expected["site"].fillna(np.nan)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_exact=False, rtol=1e-12, atol=1e-14)
    assert (result.rows, result.found) == (ROWS, 0)
    assert result.ok == (expected["status"] == "ok").sum() and result.invalid == (expected["status"] == "invalid").sum()
    assert 0 < result.invalid < result.ok
    assert f"{result.invalid} invalid" in str(result.blocks()) and result.to_frame()["rows"].tolist() == [ROWS]
    assert "answers.parquet" in result._repr_html_() and json.dumps(result.to_dict())
    assert sorted(each.name for each in target.parent.iterdir()) == ["answers.parquet", "patients.parquet"]


def write_csv(path: Path, rows: int = ROWS) -> Path:
    patients(rows).assign(id=[f"{number:04d}" for number in range(rows)]).to_csv(path, index=False)
    return path


def test_a_csv_file_has_the_same_answers(source: Path, target: Path, tmp_path: Path, network: hpt.Network) -> None:
    score(write_csv(tmp_path / "patients.csv"), target, network)
    score(str(source), str(tmp_path / "other.parquet"), network)
    found, expected = pq.read_table(target), pq.read_table(tmp_path / "other.parquet")
    assert found["id"].to_pylist()[:2] == ["0000", "0001"]
    assert found.drop(["id"]) == expected.drop(["id"])


def test_numbers_of_a_csv_file_need_their_unit_whatever_stands_beside_them(
    target: Path, tmp_path: Path, network: hpt.Network
) -> None:
    source = tmp_path / "patients.CSV"
    with pytest.raises(EvidenceError, match="column 'adjusted_calcium' holds numbers without a unit"):
        score(write_csv(source), target, network, units={})
    source.write_text("adjusted_calcium\n2.7 mmol/L\n>2.6\n")
    with pytest.raises(EvidenceError, match="column 'adjusted_calcium' holds numbers without a unit"):
        score(source, target, network, keep=[], setting="persistent", units={})
    source.write_text("adjusted_calcium,adjusted_calcium.upper_limit\n>2.6,2.6\n2.7,2.6 mmol/L\n2.7,unknown\n")
    score(source, target, network, keep=[], setting="persistent")
    found = pq.read_table(target).to_pydict()
    assert found["status"] == ["ok", "invalid", "ok"] and "2.6 mmol/L" in found["message"][1]


def test_equal_patients_are_answered_once(
    source: Path, target: Path, network: hpt.Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpt_bayes.cohort import scorer

    asked: list[int] = []

    def counted(model: Any, members: Any) -> Any:
        asked.append(len(members))
        return answered(model, members)

    answered = scorer.answered
    monkeypatch.setattr(scorer, "answered", counted)
    frame = patients(ROWS)
    twice = pd.concat([frame, frame.iloc[::-1]])
    found = score_cohort(twice, units=UNITS, network=network, keep=["id"])
    valid = frame[frame["setting"] != "typo"]
    assert sum(asked) == len(valid.drop(columns="id").drop_duplicates()) < len(valid)
    assert found["id"].tolist() == twice["id"].tolist() and found.index.tolist() == twice.index.tolist()
    pd.testing.assert_frame_equal(found.iloc[:ROWS], found.iloc[ROWS:].iloc[::-1])
    pd.testing.assert_frame_equal(found.iloc[:ROWS], score_cohort(frame, units=UNITS, network=network, keep=["id"]))


def test_a_file_without_patients_gives_an_answer_without_rows(
    tmp_path: Path, target: Path, network: hpt.Network
) -> None:
    result = score(write_patients(tmp_path / "none.parquet", 0), target, network)
    assert result.rows == 0 and pq.read_table(target).num_rows == 0
    assert pq.read_schema(target).names[-1] == "message"


def test_patients_of_whom_nothing_is_known_keep_their_rows(tmp_path: Path, target: Path, network: hpt.Network) -> None:
    pq.write_table(pa.table({"id": [3, 4]}), tmp_path / "ids.parquet")
    score(tmp_path / "ids.parquet", target, network, units={}, setting="persistent")
    assert pq.read_table(target).to_pydict()["status"] == ["ok", "ok"]


def test_a_run_killed_at_any_file_operation_ends_with_the_same_bytes(tmp_path: Path, source: Path, model: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    arguments = [sys.executable, str(HERE / "killed_everywhere.py"), str(model), str(source), str(work)]
    done = subprocess.run(arguments, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": _paths()})
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 30


def _paths() -> str:
    return os.pathsep.join([str(HERE.parents[1]), str(HERE.parent)])


def test_the_command_killed_with_two_processes_ends_with_the_same_bytes(tmp_path: Path, model: Path) -> None:
    source = write_patients(tmp_path / "patients.parquet", 400, 70)
    (tmp_path / "units.yaml").write_text(json.dumps(UNITS))
    command = [sys.executable, "-m", "hpt_bayes", "score", str(source), "{}", "--units", str(tmp_path / "units.yaml")]
    command += ["--keep", "id", "--chunk", "10", "--workers", "2", "--model", str(model), "--json"]

    def started(target: Path) -> subprocess.Popen[str]:
        arguments = [str(target) if each == "{}" else each for each in command]
        environment = os.environ | {"PYTHONPATH": _paths()}
        return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True)

    whole, target = tmp_path / "whole.parquet", tmp_path / "answers.parquet"
    assert started(whole).communicate() and whole.exists()
    parts = tmp_path / "answers.parquet.parts"
    for enough in (1, 12):
        with started(target) as running:
            while running.poll() is None and len(list(parts.glob("*.parquet"))) < enough:
                time.sleep(0.005)
            assert running.poll() is None
            os.killpg(running.pid, signal.SIGKILL)
    assert not target.exists()
    with started(target) as running:
        answer = json.loads(running.communicate()[0])
    assert answer["found"] >= 120 and answer["rows"] == 400
    assert target.read_bytes() == whole.read_bytes()
    assert not parts.exists()


@pytest.mark.parametrize(
    ("options", "what"),
    [({"units": {"adjusted_calcium": "mg/dL"}}, "units"), ({"chunk": 8}, "chunk"), ({"keep": ["id", "scan"]}, "keep")],
)
def test_parts_of_a_run_with_other_options_are_refused(
    source: Path, target: Path, network: hpt.Network, options: dict[str, Any], what: str
) -> None:
    folder = leave_unfinished(source, target, network)
    with pytest.raises(EvidenceError, match=rf"\(different: {what}\); delete that folder to start afresh"):
        score(source, target, network, **options)
    assert score(source, target, network).found == 18
    assert not folder.exists()


def test_parts_of_another_input_are_refused(source: Path, target: Path, network: hpt.Network) -> None:
    leave_unfinished(source, target, network)
    write_patients(source, ROWS + 1)
    with pytest.raises(EvidenceError, match=r"\(different: input\)"):
        score(source, target, network)


def test_parts_of_another_model_are_refused(source: Path, target: Path, network: hpt.Network, tmp_path: Path) -> None:
    leave_unfinished(source, target, network)
    other = write_small_model(tmp_path / "other")
    some = next(each for each in sorted(other.iterdir()) if each.suffix == ".yaml")
    some.write_text(some.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"\(different: model\)"):
        score(source, target, hpt.load_network(other))


def test_a_manifest_that_cannot_be_read_is_refused(source: Path, target: Path, network: hpt.Network) -> None:
    (leave_unfinished(source, target, network) / "manifest.json").write_text("{")
    with pytest.raises(EvidenceError, match="its manifest cannot be read"):
        score(source, target, network)


def test_an_answer_is_not_replaced_by_accident(source: Path, target: Path, network: hpt.Network) -> None:
    first = score(source, target, network)
    assert score(source, target, network) == ScoredFile(**(vars(first) | {"found": ROWS}))
    with pytest.raises(EvidenceError, match="exists and is not the answer to this question"):
        score(source, target, network, chunk=10)
    assert score(source, target, network, chunk=10, overwrite=True).found == 0
    target.write_text("mine")
    with pytest.raises(EvidenceError, match="exists and is not"):
        score(source, target, network)
    with pytest.raises(EvidenceError, match="is the file of patients"):
        score(source, source, network, overwrite=True)


def test_a_file_that_breaks_off_is_refused(source: Path, target: Path, network: hpt.Network) -> None:
    data = bytearray(source.read_bytes())
    data[4:60] = bytes(56)
    source.write_bytes(data)
    with pytest.raises(EvidenceError, match="expected a parquet or CSV file of patients"):
        score(source, target, network)


def test_an_answer_is_not_written_as_csv(source: Path, tmp_path: Path, network: hpt.Network) -> None:
    with pytest.raises(EvidenceError, match=r"not as CSV; name the file answers\.parquet"):
        score(source, tmp_path / "answers.csv", network)


def test_without_pyarrow_the_refusal_says_what_to_install(
    source: Path, target: Path, network: hpt.Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(HptBayesError, match=r"need pyarrow: pip install 'hpt-bayes\[cohort\]'"):
        score(source, target, network)


def test_a_folder_that_is_not_there_is_refused(source: Path, tmp_path: Path, network: hpt.Network) -> None:
    with pytest.raises(EvidenceError, match="cannot write"):
        score(source, tmp_path / "missing" / "answers.parquet", network)


def run(*arguments: object) -> Any:
    return CliRunner().invoke(main, ["score", *(str(each) for each in arguments)])


def test_the_command_refuses_with_one_line(source: Path, target: Path, model: Path, tmp_path: Path) -> None:
    text, units = tmp_path / "text.parquet", tmp_path / "units.yaml"
    text.write_text("id,age\n1,2\n")
    ragged, empty = tmp_path / "ragged.csv", tmp_path / "empty.csv"
    ragged.write_text("id,age\n1,2\n3\n")
    empty.write_text("")
    units.write_text("adjusted_calcium: 5\n")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("adjusted_calcium: miles\n")
    right = tmp_path / "right.yaml"
    right.write_text("adjusted_calcium: mmol/L\n")
    for arguments, message in [
        (
            (tmp_path / "no.parquet", target),
            "no.parquet: expected a parquet or CSV file of patients, found none (No such file",
        ),
        ((text, target), "text.parquet: expected a parquet or CSV file"),
        ((ragged, target), "ragged.csv: expected a parquet or CSV file of patients, found none (CSV parse error"),
        ((empty, target), "empty.csv: expected a parquet or CSV file of patients, found none (Empty CSV"),
        ((source, target, "--keep", "name"), "column 'name' is to be kept, but the table has none"),
        ((source, target, "--keep", "id"), "numbers without a unit"),
        ((source, target, "--units", right), "column 'id': unknown finding"),
        ((source, target, "--units", wrong, "--keep", "id"), "unknown unit 'miles'"),
        ((source, target, "--units", units, "--keep", "id"), "expected the unit of 'adjusted_calcium' as text, found"),
        ((source, target, "--units", tmp_path / "no.yaml"), "no.yaml: expected a file of units"),
        ((source, target, "--chunk", 0), "--chunk"),
    ]:
        result = run(*arguments, "--model", model)
        (line,) = result.stderr.splitlines()
        assert (result.exit_code, result.stdout) == (2, "")
        assert line.startswith("error: ") and message in line
    assert run(source, target, "--units", right, "--keep", "id", "--workers", 1, "--model", model).exit_code == 0
    result = run(source, target, "--units", right, "--model", model, "--keep", "id", "--chunk", 5)
    assert result.exit_code == 2 and "--overwrite" in result.stderr
