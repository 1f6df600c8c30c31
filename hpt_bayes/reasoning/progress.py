"""How a long question tells of its progress."""

from __future__ import annotations

from collections.abc import Callable

Advance = Callable[[int], object]
"""Told how many units of work were done since it was last called."""


def ignored(done: int) -> None:
    """Progress that nobody watches."""


STEPS = 100
"""Units a question tells of when it cannot say beforehand how much work it will be."""


class Share:
    """Progress of one part of such a question.

    Args:
        advance: told of the units.
        units: of the part.
        work: how much it is expected to be; once that is done nothing more is told.
    """

    def __init__(self, advance: Advance, units: int, work: int) -> None:
        self._advance = advance
        self._units = units
        self._work = max(work, 1)
        self._done = self._told = 0

    def __call__(self, done: int) -> None:
        """So much of the work was done since it was last called."""
        self._done += done
        units = min(self._units, self._units * self._done // self._work)
        if units > self._told:
            self._advance(units - self._told)
            self._told = units

    def finish(self) -> None:
        """The part is done, however much it was."""
        self(self._work)
