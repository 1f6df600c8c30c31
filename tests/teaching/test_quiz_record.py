"""A record saved is the record read; an open case is gone on with; a damaged or foreign file gives one clear error."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import packaged
import pytest

from hpt_bayes.errors import EvidenceError
from hpt_bayes.teaching.patient import Origin
from hpt_bayes.teaching.progress import Placed
from hpt_bayes.teaching.record import FORMAT, Record, read_record
from hpt_bayes.teaching.session import Session
from hpt_bayes.teaching.teach import teach, teach_published


@cache
def ordered() -> Session:
    session = teach("persistent", seed=3, network=packaged.network())
    session = session.commit(session.standing.forecast.causes).order("ultrasound")
    return session.commit("40 ectopic", "30 thymus")


@cache
def full() -> Record:
    """A finished case, and another one left open."""
    record = Record().finished(ordered().decide("refer"))
    other = teach("recurrent", seed=4, network=packaged.network())
    return record.left(other.commit("40 autograft"))


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    full().save(path)
    assert read_record(path).to_dict() == full().to_dict()
    assert read_record(path) == full()
    assert [each.name for each in tmp_path.iterdir()] == ["record.json"]
    read_record(path).save(path)
    assert read_record(path) == full()


def test_a_file_that_does_not_exist_is_an_empty_record(tmp_path: Path) -> None:
    assert read_record(tmp_path / "new.json") == Record()


def test_an_open_case_is_gone_on_with_where_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    Record().left(ordered()).save(path)
    session = read_record(path).resumed(packaged.network())
    assert session == ordered()


def test_finishing_another_case_keeps_the_open_one() -> None:
    finished = full().finished(ordered().decide())
    assert finished.open == full().open
    assert Record().left(ordered()).finished(ordered().decide()).open is None


def test_boxes_follow_what_was_faced_and_sprung() -> None:
    ended = ordered().decide()
    before = {
        "wrong_ct": Placed(1, 1),
        "carcinoma_needle": Placed(2, 1),
        **{name: Placed(2, 1) for name in ended.faced},
    }
    record = Record(boxes=before).finished(ended)
    sprung = ended.summary().sprung
    assert ended.faced
    for name in ended.faced:
        assert record.boxes[name] == (Placed(1, 2) if name in sprung else Placed(3, 5))
    assert record.boxes["wrong_ct"] == Placed(2, 3), "every case faces a trap that is always open"
    assert record.boxes["carcinoma_needle"] == Placed(2, 1)
    assert record.due == ("carcinoma_needle", *(name for name, each in record.boxes.items() if each == Placed(1, 2)))


def test_a_published_case_is_gone_on_with_too() -> None:
    session = teach_published("fhh1_almost_operated_38m", packaged.network()).commit("60 fhh")
    assert Record().left(session).resumed(packaged.network()) == session


def test_progress_is_means_over_cases() -> None:
    record = full().finished(ordered().decide())
    told = record.progress()
    assert told.cases == 2
    assert told.open
    assert told.log == record.cases[0]["forecasts"][-1]["causes"]["log"]
    assert told.regret_bits == record.cases[0]["regret_bits"]
    assert json.loads(json.dumps(told.to_dict(), allow_nan=False))["cases"] == 2
    assert "2 finished, one left open." in told.blocks()[0].cells[0][0]
    assert told._repr_html_().startswith("<div")
    empty = Record().progress()
    assert (empty.cases, empty.log, empty.boxes, Record().due) == (0, None, {}, ())
    assert len(empty.blocks()) == 1


def test_resuming_needs_an_open_case_of_the_same_model() -> None:
    with pytest.raises(EvidenceError, match="no open case"):
        Record().resumed(packaged.network())
    left = full().open
    assert left is not None
    with pytest.raises(EvidenceError, match="another version of the model"):
        replace(full(), open=replace(left, digest="x")).resumed(packaged.network())


def test_a_forecast_with_something_else_than_numbers_cannot_be_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    data = Record().left(ordered()).to_dict()
    for wrong in ("x", None, [1]):
        data["open"]["steps"][0]["causes"]["fhh"] = wrong  # type: ignore[index]
        path.write_text(json.dumps(data), encoding="utf-8")
        with pytest.raises(EvidenceError, match="expected a probability between 0 and 1 for fhh, found"):
            read_record(path).resumed(packaged.network())


def test_only_a_finished_case_counts() -> None:
    with pytest.raises(EvidenceError, match="has not ended"):
        Record().finished(ordered())
    gone = replace(
        Record().left(ordered()).open, origin=Origin("simulated", "persistent", 1, "too_soon_after_operation")
    )
    with pytest.raises(EvidenceError, match="nobody drawn in the setting persistent shows the trap"):
        Record(open=gone).resumed(packaged.network())


def case_with(regret: object) -> str:
    """A finished case with another figure in it."""
    return json.dumps({**full().cases[0], "regret_bits": regret})


def _damaged(**changes: Any) -> str:
    return json.dumps({**full().to_dict(), **changes})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found a file that is no JSON"),
        ("{", "found a file that is no JSON"),
        ('{"format": NaN}', "NaN is no number"),
        ("[" * 100_000, "found a file that is no JSON"),
        ("[]", "found another file"),
        ('{"name": "package"}', "found another file"),
        (json.dumps({"format": FORMAT, "version": 2}), "expected a quiz record of version 1, found version 2"),
        (json.dumps({"format": FORMAT}), "found version None"),
        (json.dumps({"format": FORMAT, "version": 1}), "damaged .'boxes' is missing"),
        ("cases={}", "cases are not a list"),
        ("cases=[{}]", "damaged .'forecasts' is missing"),
        ('cases=[{"forecasts": []}]', "damaged"),
        ('boxes={"fhh": {"box": 9, "due": 1}}', "damaged .expected a box from 1 to 5"),
        ('boxes={"fhh": {"box": true, "due": 1}}', "expected a whole number, found True"),
        ('boxes={"nothing": {"box": 1, "due": 1}}', "damaged .unknown trap 'nothing'"),
        ("boxes=[]", "damaged"),
        *((f"cases=[{text}]", "damaged .expected a number, found ") for text in (case_with("NaN"), case_with(10**400))),
        ("open=7", "damaged"),
        ('open={"origin": {"kind": "simulated", "name": "x", "seed": "1", "trap": ""}}', "expected a whole number"),
        (
            'open={"origin": {"kind": "simulated", "name": "x", "seed": 1, "trap": ""}, "digest": "d", '
            '"steps": [{"causes": [], "regions": {}}]}',
            "a step is neither a forecast nor an order",
        ),
    ],
)
def test_a_file_that_is_no_record_gives_one_error_and_stays(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "record.json"
    key, found, value = text.partition("=")
    written = _damaged(**{key: json.loads(value)}) if found else text
    path.write_text(written, encoding="utf-8")
    with pytest.raises(EvidenceError, match=said) as caught:
        read_record(path)
    assert "record.json" in str(caught.value)
    assert path.read_text(encoding="utf-8") == written


def test_a_file_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="the record cannot be read"):
        read_record(tmp_path)
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EvidenceError, match="the record cannot be read"):
        read_record(binary)
    with pytest.raises(EvidenceError, match="cannot write"):
        Record().save(tmp_path / "nowhere" / "record.json")
    folder = tmp_path / "folder"
    (folder / "inside").mkdir(parents=True)
    with pytest.raises(EvidenceError, match="cannot write"):
        Record().save(folder)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["binary.json", "folder"], "no half-written file stays"
