"""Dated series after an operation: each of the eight states, what is left out, and the traps."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.clinical.surveillance import Surveillance, classify
from hpt_bayes.clinical.surveillance_readings import DRUGS, Limits, Reading
from hpt_bayes.clinical.surveillance_renal import classify_renal
from hpt_bayes.errors import EvidenceError

OPERATION = datetime.date(2024, 1, 10)


def on(day: int, calcium: float | None = None, pth: float | None = None, *drugs: Any, **more: float) -> Reading:
    """A reading so many days after the operation."""
    return Reading(OPERATION + datetime.timedelta(days=day), calcium, pth, frozenset(drugs), **more)


def found(*readings: Reading) -> Surveillance:
    return classify(readings, OPERATION)


@pytest.mark.parametrize(
    ("readings", "state", "provisional"),
    [
        ([on(1, 11.5, 120), on(41, 11.2, 100)], "too_early", True),
        ([on(42, 9.5, 40)], "normal_so_far", True),
        ([on(181, 9.5, 40)], "normal_so_far", True),
        ([on(182, 9.5, 40)], "cured", False),
        ([on(42, 10.8, 90), on(90, 10.9, 95)], "persistent", True),
        ([on(60, 10.8, 90), on(400, 10.9, 95)], "persistent", False),
        ([on(60, 10.8, 90)], "persistent", True),
        ([on(60, 10.8, 90), on(120, 9.9, 60), on(400, 10.9, 95), on(420, 11.0, 95)], "persistent", False),
        ([on(60, 9.5, 40), on(182, 9.6, 42), on(900, 10.9, 95), on(930, 11.0, 99)], "recurrent", False),
        ([on(60, 9.5, 40), on(182, 9.6, 42), on(900, 10.9, 95)], "recurrent", True),
        ([on(60, 10.9, 90), on(200, 9.5, 40), on(390, 9.5, 40), on(900, 11, 90), on(930, 11, 90)], "recurrent", False),
        ([on(300, 10.9, 90), on(330, 11.0, 95)], "persistent_or_recurrent", False),
        ([on(60, 9.5, 40), on(400, 10.9, 90), on(430, 11.0, 95)], "persistent_or_recurrent", False),
        ([on(60, 9.5, 40), on(200, 9.6, 110)], "normocalcemic_raised_pth", False),
        ([on(60, 9.6, 110)], "normocalcemic_raised_pth", True),
        ([on(60, 11.9, 8)], "pth_suppressed", False),
        ([on(60, 11.9, 8), on(300, 9.8, 30)], "cured", False),
        ([on(60, 10.9, 90), on(90, 10.9, 90), on(300, 9.8, 30)], "cured", True),
        ([on(60, 10.9), on(400, 10.9)], "persistent", True),
        ([on(60, 10.5, 65)], "normal_so_far", True),
    ],
)  # fmt: skip
def test_states(readings: list[Reading], state: str, provisional: bool) -> None:
    answer = found(*readings)
    assert (answer.state, answer.provisional) == (state, provisional), answer.why
    assert classify(readings[::-1], OPERATION) == answer, "the order of entry does not matter"
    assert answer.why.endswith(".")


@pytest.mark.parametrize("drug", DRUGS)
def test_values_on_a_drug_are_flagged_and_not_counted(drug: str) -> None:
    answer = found(on(60, 9.5, 40), on(200, 11.5, 120, drug), on(230, 11.6, 130, drug))
    assert answer.state == "normal_so_far"
    assert answer.not_counted == tuple(
        f"{OPERATION + datetime.timedelta(days=day)} is not counted: taken on {drug}." for day in (200, 230)
    )
    assert found(on(200, 11.5, 120, drug)).state == "too_early"
    assert "free of drugs" in found(on(200, 11.5, 120, drug)).why


def test_what_else_is_not_counted() -> None:
    answer = found(on(-300, 12.0, 200), on(5, 9.0, 30), on(60, None, 80), on(90, 9.4, 40))
    assert answer.state == "normal_so_far"
    assert answer.days == 90
    assert answer.not_counted[0].endswith("day 5, before six weeks.")
    assert answer.not_counted[1].endswith("PTH without calcium.")
    assert len(answer.not_counted) == 2, "what was before the operation is of another time"


@pytest.mark.parametrize(
    ("reading", "trap"),
    [
        (on(4, 7.2, 150), "Hungry bone"),
        (on(1, 9.0, 20), "Haemodilution"),
        (on(60, 9.4, 40, albumin_g_dl=2.9), "Haemodilution"),
        (on(60, 9.8, 120, vitamin_d_25_ng_ml=9.0), "Unmasked vitamin D deficiency"),
        (on(60, 9.8, 40, vitamin_d_25_ng_ml=19.9), "Unmasked vitamin D deficiency"),
    ],
)
def test_traps_are_named(reading: Reading, trap: str) -> None:
    assert [text.partition(":")[0] for text in found(reading, on(90, 9.5, 40)).traps] == [trap]


def test_no_trap_in_an_ordinary_series() -> None:
    assert found(on(60, 9.5, 40, albumin_g_dl=4.0, vitamin_d_25_ng_ml=30.0), on(200, 11.0, 90)).traps == ()


def test_the_laboratory_has_its_own_limits() -> None:
    strict = Limits(calcium_high_mg_dl=10.2)
    assert classify([on(60, 10.4, 90), on(90, 10.4, 90)], OPERATION).state == "normocalcemic_raised_pth"
    assert classify([on(60, 10.4, 90), on(90, 10.4, 90)], OPERATION, strict).state == "persistent"


def test_high_calcium_with_suppressed_pth_documents_no_normal_calcium() -> None:
    assert found(on(182, 11.0, 2.0), on(183, 11.0, 60.0), on(200, 11.0, 60.0)).state == "persistent_or_recurrent"
    assert found(on(100, 9.5, 40.0), on(182, 11.0, 2.0), on(300, 9.6, 40.0), on(320, 11.0, 90.0)).state == "recurrent"


@given(st.lists(st.tuples(st.integers(0, 2000), st.floats(7, 14), st.floats(2, 400)), min_size=1, max_size=8))
def test_every_series_has_one_state_that_holds_with_it(rows: list[tuple[int, float, float]]) -> None:
    answer = found(*(on(*row) for row in rows))
    counted = [row for row in rows if row[0] >= 42]
    if not counted:
        assert answer.state == "too_early"
    elif all(calcium <= 10.5 for _, calcium, _ in counted):
        assert answer.state in ("normal_so_far", "cured", "normocalcemic_raised_pth")
    elif all(calcium > 10.5 and pth >= 20 for _, calcium, pth in counted):
        assert answer.state in ("persistent", "persistent_or_recurrent")
    if answer.state == "recurrent":
        assert any(day >= 182 and calcium <= 10.5 for day, calcium, _ in counted)


@pytest.mark.parametrize("date", ["2024-03-10", None, 5, datetime.datetime(2024, 3, 10)])
def test_only_a_date_is_a_date(date: Any) -> None:
    with pytest.raises(EvidenceError, match=r"expected the date of a reading, a datetime.date, found"):
        Reading(date, 11.0)
    with pytest.raises(EvidenceError, match=r"expected the date of an operation, a datetime.date, found"):
        classify([on(60, 11.0)], date)


def test_only_readings_are_classified() -> None:
    for classified in (classify, classify_renal):
        with pytest.raises(EvidenceError, match=r"expected a Reading, found 11.0"):
            classified([11.0], OPERATION)  # type: ignore[list-item]


def test_refusals() -> None:
    with pytest.raises(EvidenceError, match="expected a reading after the operation of 2024-01-10, found none"):
        found(on(-3, 11.0, 90))
    with pytest.raises(EvidenceError, match="expected a calcium or a PTH, found neither"):
        on(60)
    for more in ({"calcium": 0.0}, {"calcium": 9.0, "pth": -1.0}):
        with pytest.raises(EvidenceError, match="must be a positive number"):
            on(60, **more)
    with pytest.raises(EvidenceError, match="albumin of 2024-03-10 must"):
        on(60, 9.0, albumin_g_dl=0.0)
    with pytest.raises(EvidenceError, match="25-hydroxyvitamin D of 2024-03-10 must"):
        on(60, 9.0, vitamin_d_25_ng_ml=0.0)
    with pytest.raises(EvidenceError, match="unknown drug 'cinacalcet'; valid names: calcimimetic"):
        on(60, 9.0, 40, "cinacalcet")
    with pytest.raises(EvidenceError, match="the lower limit of calcium must"):
        Limits(calcium_low_mg_dl=0.0)
    with pytest.raises(EvidenceError, match="expected low limits below high ones"):
        Limits(calcium_low_mg_dl=11.0)
    with pytest.raises(EvidenceError, match="expected low limits below high ones"):
        Limits(pth_suppressed_pg_ml=70.0)


@pytest.mark.parametrize(
    ("readings", "state", "provisional"),
    [
        ([on(10, None, 900)], "too_early", True),
        ([on(60, 9.0, 250)], "normal_so_far", True),
        ([on(200, 9.0, 300)], "cured", False),
        ([on(60, None, 900), on(200, None, 800)], "persistent", False),
        ([on(60, None, 900), on(120, None, 800)], "persistent", True),
        ([on(60, None, 200), on(400, None, 700), on(430, None, 800)], "recurrent", False),
        ([on(60, None, 200), on(400, None, 700)], "recurrent", True),
        ([on(400, None, 700), on(430, None, 800)], "persistent_or_recurrent", False),
        ([on(60, 11.5, 200), on(400, 11.5, 200)], "cured", False),
    ],
)
def test_renal_states_go_by_pth(readings: list[Reading], state: str, provisional: bool) -> None:
    answer = classify_renal(readings, OPERATION)
    assert (answer.state, answer.provisional) == (state, provisional), answer.why


def test_renal_targets_and_what_is_not_counted() -> None:
    series = [on(60, None, 400), on(200, None, 400)]
    assert classify_renal(series, OPERATION).state == "persistent"
    assert classify_renal(series, OPERATION, target_pth_pg_ml=477.0).state == "cured"
    mixed = [on(5, None, 50), on(60, 9.0), on(90, None, 200, "calcimimetic"), on(95, None, 900, "thiazide")]
    answer = classify_renal(mixed, OPERATION)
    assert answer.state == "persistent", "a thiazide does not move PTH to its target"
    assert [text.partition(": ")[2] for text in answer.not_counted] == [
        "day 5, before six weeks.", "calcium without PTH.", "taken on calcimimetic.",
    ]  # fmt: skip
    with pytest.raises(EvidenceError, match="the target of PTH must"):
        classify_renal(series, OPERATION, target_pth_pg_ml=0.0)
    with pytest.raises(EvidenceError, match="expected a reading after the operation"):
        classify_renal([on(-1, None, 90)], OPERATION)
