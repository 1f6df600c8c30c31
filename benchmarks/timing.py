"""Processor times of calls taken in turn, and the check that two programs agree.

Processor time of all threads together: what else runs on the machine hardly counts, and a second core is no advantage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from time import process_time
from typing import Any, TypeVar

import numpy as np

Name = TypeVar("Name")

EXACT = 1e-10
"""Largest difference allowed between two answers."""
BUDGET = 20.0
"""Seconds after which a call is not repeated again."""
_ROW = 0.05
"""Seconds that calls in a row should take, so that each program is as warm as in use of its own."""
_MOST = 50


class Disagreement(Exception):
    """Two programs answered differently, so neither is timed."""


@dataclass(frozen=True)
class Line:
    """One question on one network.

    Attributes:
        question: what was asked.
        network: of which network.
        seconds: median processor time by program.
        bars: how many times faster hpt_bayes should be, by program.
        difference: largest difference between the answers.
        notes: what was timed on a sample and multiplied, or left out.
        tolerance: largest difference allowed.
    """

    question: str
    network: str
    seconds: Mapping[str, float]
    bars: Mapping[str, float]
    difference: float
    notes: tuple[str, ...] = field(default=())
    tolerance: float = EXACT

    def ratio(self, program: str) -> float:
        """How many times faster than a program hpt_bayes is."""
        return self.seconds[program] / self.seconds["hpt_bayes"]


def agree(ours: Any, theirs: Any, what: str, tolerance: float = EXACT) -> float:
    """The largest absolute difference of two answers.

    Raises:
        Disagreement: when it is larger than the tolerance, or not a number.
    """
    found = float(np.abs(np.asarray(ours, dtype=float) - np.asarray(theirs, dtype=float)).max(initial=0.0))
    if not found <= tolerance:
        raise Disagreement(f"{what}: the answers differ by {found:.3g}, more than {tolerance:g}")
    return found


def in_turn(
    calls: Mapping[Name, Callable[[], object]], repeats: int, clock: Callable[[], float] = process_time
) -> dict[Name, float]:
    """Median time of each call, s; taken in turn, so that a busy machine slows all of them alike.

    Args:
        calls: by name; each has been made once before, when the answers were compared.
        repeats: of each; a call that took more than BUDGET seconds in all is not repeated again, and quick ones are
            made several times in a row.
        clock: seconds used so far; processor time of this process by default.
    """

    def timed(call: Callable[[], object], times: int) -> float:
        begun = clock()
        for _ in range(times):
            call()
        return (clock() - begun) / times

    first = {name: timed(call, 1) for name, call in calls.items()}
    in_a_row = {name: max(1, min(_MOST, int(_ROW / max(each, _ROW / _MOST)))) for name, each in first.items()}
    taken = {name: [each] if in_a_row[name] == 1 else [] for name, each in first.items()}
    for _ in range(repeats):
        for name, call in calls.items():
            if len(taken[name]) < repeats and sum(taken[name]) * in_a_row[name] < BUDGET:
                taken[name].append(timed(call, in_a_row[name]))
    return {name: median(times) for name, times in taken.items()}
