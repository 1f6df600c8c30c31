"""Answers that depend on a network or one record of it alone, computed once and kept as long as it lives."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary, finalize

Owner = TypeVar("Owner", bound=Hashable)
Rest = ParamSpec("Rest")
Answer = TypeVar("Answer")
Record = TypeVar("Record")


def remembered(function: Callable[Concatenate[Owner, Rest], Answer]) -> Callable[Concatenate[Owner, Rest], Answer]:
    """Remember a function's answers for each first argument and the rest, which must be hashable.

    Args:
        function: of a network (or a model compiled from one) and further positional arguments; its answers are shared,
            so they must be frozen.
    """
    known: WeakKeyDictionary[Owner, dict[Hashable, Answer]] = WeakKeyDictionary()

    @wraps(function)
    def answer(owner: Owner, /, *rest: Rest.args, **named: Rest.kwargs) -> Answer:
        answers = known.setdefault(owner, {})
        key = (rest, tuple(named.items()))
        if key not in answers:
            answers[key] = function(owner, *rest, **named)
        return answers[key]

    return answer


def once(function: Callable[[Record], Answer]) -> Callable[[Record], Answer]:
    """Remember a function's answer for each frozen record; records are told apart by identity, not by what they say.

    Args:
        function: of one record; its answers are shared, so they must be frozen.
    """
    known: dict[int, Answer] = {}

    @wraps(function)
    def answer(record: Record) -> Answer:
        key = id(record)
        if key not in known:
            known[key] = function(record)
            finalize(record, known.pop, key, None)
        return known[key]

    return answer
