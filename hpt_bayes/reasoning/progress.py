"""How a long question tells of its progress."""

from __future__ import annotations

from collections.abc import Callable

Advance = Callable[[int], object]
"""Told how many units of work were done since it was last called."""


def ignored(done: int) -> None:
    """Progress that nobody watches."""
