"""Independent pieces of work, two at a time: numpy and scipy let go of Python's lock while they compute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_WORKERS = 2
"""More of them would gain little and hold more memory at a time."""


def side_by_side(work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """What the work gives for each item.

    Args:
        work: changes nothing that another item's work reads.
        items: are all taken at once.

    Yields:
        The results, in the order of the items.
    """
    with ThreadPoolExecutor(_WORKERS) as pool:
        yield from pool.map(work, items)
