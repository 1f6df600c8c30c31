"""Work done two at a time comes back in order, and its errors come through."""

from __future__ import annotations

from threading import Barrier

import pytest

from hpt_bayes.reasoning.side_by_side import side_by_side


def test_results_come_in_the_order_of_the_items() -> None:
    assert list(side_by_side(lambda n: n * n, range(20))) == [n * n for n in range(20)]
    assert list(side_by_side(str, [])) == []


def test_two_items_are_worked_on_at_a_time() -> None:
    both = Barrier(2, timeout=10)

    def wait(_: int) -> int:
        return both.wait()

    assert sorted(side_by_side(wait, range(2))) == [0, 1]


def test_an_error_of_one_item_comes_through() -> None:
    def work(n: int) -> float:
        return 1 / n

    found = side_by_side(work, [2, 0, 1])
    assert next(found) == 0.5
    with pytest.raises(ZeroDivisionError):
        next(found)
