"""Patterns against enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.events import Event, check_event, event_array
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.nearest import hint, nearest
from hpt_bayes.network.patterns import Covering, configuration, cover, mask, pattern
from hpt_bayes.network.variables import Place, Variable

A = Variable("a", "A", "cause", ("a0", "a1", "a2"), groups={"some": ("a1", "a2")}, state_aliases={"zero": "a0"})
B = Variable("b", "B", "cause", ("b0", "b1"))
PARENTS = (A, B)


def _rows(draw: st.DataObject, count: int) -> list[Covering]:
    rows = []
    for line in range(count):
        names = {
            parent.name: draw.draw(st.lists(st.sampled_from(parent.states), min_size=1, max_size=3, unique=True))
            for parent in PARENTS
            if draw.draw(st.booleans())
        }
        rows.append(Covering(pattern(**names), False, Place("f", line + 1, 1)))
    return rows


@given(st.data(), st.integers(1, 4), st.booleans())
def test_cover_agrees_with_enumeration(draw: st.DataObject, count: int, otherwise: bool) -> None:
    rows = _rows(draw, count)
    if otherwise:
        rows.append(Covering(pattern(), True, Place("f", count + 1, 1)))
    owners: dict[tuple[int, int], list[int]] = {}
    for i, j in itertools.product(range(3), range(2)):
        matching = [at for at, row in enumerate(rows) if not row.otherwise and mask(row.when, PARENTS)[i, j]]
        owners[i, j] = matching or ([len(rows) - 1] if otherwise else [])
    exact = all(len(found) == 1 for found in owners.values())
    useful = not otherwise or any(found == [len(rows) - 1] for found in owners.values())
    faults = Faults(collect=True)
    owner = cover(rows, PARENTS, faults, at=Place("f", 1, 1))
    assert (not faults.found) == (exact and useful)
    if exact:
        assert all(owner[key] == found[0] for key, found in owners.items())
    else:
        with pytest.raises(ModelFileError, match="expected"):
            cover(rows, PARENTS)


def test_needed_part_only() -> None:
    needed = np.array([[True, True], [False, False], [False, False]])
    owner = cover([Covering(pattern(a="zero"))], PARENTS, needed=needed)
    assert owner.tolist() == [[0, 0], [-1, -1], [-1, -1]]


def test_groups_lists_and_any() -> None:
    assert mask(pattern(a="some", b="any"), PARENTS).sum() == 4
    assert mask(pattern(a=["some", "a0"]), PARENTS).all()
    assert str(pattern(a=["some", "a0"])) == "a: some|a0"
    assert str(pattern()) == "(always)"
    assert configuration(mask(pattern(a="a2", b="b1"), PARENTS), PARENTS) == "{a: a2, b: b1}"


def test_no_parents() -> None:
    assert cover([Covering(pattern(), True)], ()).tolist() == 0
    assert cover([Covering(pattern())], ()).tolist() == 0


def test_both_places_are_named() -> None:
    rows = [Covering(pattern(), False, Place("f", 3, 1)), Covering(pattern(a="a1"), False, Place("f", 7, 2))]
    with pytest.raises(ModelFileError, match=r"^f:7:2: .*\{a: a1, b: b0\} covered here and at f:3:1"):
        cover(rows, PARENTS)


def test_events() -> None:
    event = Event((pattern(a="some", b="b0"), pattern(b="b1")))
    assert event.variables == ("a", "b")
    assert str(event) == "a: some, b: b0 or b: b1"
    variables = {"a": A, "b": B}
    assert event_array(event, ("b", "a"), variables).tolist() == [[False, True, True], [True, True, True]]
    check_event(event, variables)
    with pytest.raises(ModelFileError, match="expected a variable in this event, found 'c'"):
        check_event(Event((pattern(c="x"),)), variables)
    with pytest.raises(ModelFileError, match="expected a parent"):
        event_array(event, ("b",), variables)


def test_nearest() -> None:
    assert nearest("lable", ["table", "label"]) == "label"
    assert nearest("MEN-1 ", ["men_1"]) == "men_1"
    assert nearest("xyz", ["abc"]) is None
    assert hint("xyz", ["abc", "def"]) == "valid names: abc, def"
    assert hint("xyz", []) == "there are no valid names here"
    assert hint("xyz", [f"q{at}" for at in range(20)]).endswith("q11 and 8 more")
