"""Leitner's boxes in cases, and traps that name what the model file declares."""

from __future__ import annotations

import packaged
import pytest

from hpt_bayes.errors import EvidenceError
from hpt_bayes.teaching.progress import BOXES, Placed, after_case, due
from hpt_bayes.teaching.traps import TRAPS, Sprung, open_traps, sprung_by_action, trap_named


def test_a_trap_passed_moves_up_and_one_sprung_goes_back() -> None:
    placed = {"fhh": Placed(3, 4), "wrong_ct": Placed(2, 4), "other": Placed(4, 9)}
    moved = after_case(placed, ["fhh", "new"], ["wrong_ct"], 4)
    assert moved == {"fhh": Placed(4, 12), "wrong_ct": Placed(1, 5), "other": Placed(4, 9), "new": Placed(2, 6)}


def test_sprung_counts_even_where_it_was_faced_too() -> None:
    assert after_case({}, ["fhh"], ["fhh"], 1) == {"fhh": Placed(1, 2)}


def test_the_last_box_is_the_last() -> None:
    assert after_case({"fhh": Placed(BOXES, 1)}, ["fhh"], [], 10) == {"fhh": Placed(BOXES, 10 + 16)}


def test_due_are_the_lowest_box_then_the_longest_waiting() -> None:
    placed = {"a": Placed(2, 1), "b": Placed(1, 3), "c": Placed(1, 2), "d": Placed(1, 9)}
    assert due(placed, 3) == ("c", "b", "a")
    assert due({"d": Placed(1, 9)}, 3) == ()
    assert due({}, 1) == ()


@pytest.mark.parametrize("box", [0, BOXES + 1])
def test_refuses_a_box_that_does_not_exist(box: int) -> None:
    with pytest.raises(EvidenceError, match=f"expected a box from 1 to {BOXES}, found {box}"):
        Placed(box, 1)


def test_traps_name_lines_studies_findings_and_actions_of_the_model() -> None:
    network = packaged.network()
    lines = {each.name for each in (*network.stop_lines, *network.cautions)}
    management = network.management
    assert management is not None
    kinds = {each.action.kind for each in management.aimed}
    for trap in TRAPS:
        assert set(trap.lines) <= lines, trap.name
        assert set(trap.studies) <= set(network.studies), trap.name
        assert set(trap.shown) <= set(network.variables), trap.name
        assert set(trap.actions) <= kinds, trap.name
    assert len({trap.name for trap in TRAPS}) == len(TRAPS)


def test_an_action_springs_only_open_traps_and_says_what_it_went_against() -> None:
    lines = {"fhh_not_addressed": "Address FHH.", "negative_ultrasound": "Nothing is ruled out.", "other": "Other."}
    assert open_traps(lines) == ("fhh", "negative_ultrasound")
    both = (Sprung("fhh", ("Address FHH.",)), Sprung("negative_ultrasound", ("Nothing is ruled out.",)))
    assert sprung_by_action(lines, "operation") == both
    assert sprung_by_action(lines, "observation") == both[1:]
    assert sprung_by_action({"other": "Other."}, "operation") == ()


def test_refuses_an_unknown_trap() -> None:
    with pytest.raises(EvidenceError, match="unknown trap 'fh'; nearest valid name: 'fhh'"):
        trap_named("fh")
