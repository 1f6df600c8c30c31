"""Independent pieces of work, some at a time: numpy and scipy let go of Python's lock while they compute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def side_by_side(work: Callable[[T], R], items: Iterable[T], most: int = 2) -> Iterator[R]:
    """What the work gives for each item.

    Args:
        work: changes nothing that another item's work reads.
        items: are all taken at once.
        most: pieces of work at a time; each of them takes its memory.

    Yields:
        The results, in the order of the items.
    """
    with ThreadPoolExecutor(most) as pool:
        yield from pool.map(work, items)
