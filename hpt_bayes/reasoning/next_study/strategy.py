"""A strategy: a study, and what follows each of its results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.next_study.value import STOP, Values


@dataclass(frozen=True, eq=False)
class Strategy:
    """A study and what follows it.

    Attributes:
        look: the study, without findings that earlier ones reveal.
        then: by number of the result the strategy from there; after other results one stops and acts.
    """

    look: Look
    then: Mapping[int, Strategy] = field(default_factory=dict)

    def looks(self) -> Iterator[Look]:
        """Every study of it, as often as it is met."""
        yield self.look
        for further in self.then.values():
            yield from further.looks()


def two_steps(values: Values, at: int) -> Strategy:
    """The exact best two steps that start with one study.

    Args:
        values: two-step values.
        at: position of the study in `values.first`.
    """
    looks = values.looks
    first = looks[values.first[at]]
    seconds = values.second[at].tolist()
    left = {number: looks[number].without(first.reveals) for number in set(seconds) - {STOP}}
    then = {x: Strategy(look) for x, second in enumerate(seconds) if (look := left.get(second)) is not None}
    return Strategy(first, then)
