"""The studies worth looking further with: the best few by what they gain for the decision."""

from __future__ import annotations

from collections.abc import Sequence

from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.next_study.ranking import StudyRow

BEST = 8


def best_looks(rows: Sequence[StudyRow], looks: Sequence[Look], place: str | None, count: int = BEST) -> list[Look]:
    """The feasible studies with the largest one-step gain less burden, then those that tell most.

    Args:
        rows: of a ranking with values.
        looks: the open studies of the same case.
        place: the seen place a first puncture would be of, or None.
        count: how many at most.

    Returns:
        Best first.
    """
    first = {look.study.name: look for look in looks if look.status == "available" and look.place in (None, place)}

    def key(row: StudyRow) -> tuple[bool, float]:
        gain, burden = row.decision_value or 0.0, row.burden.utility if row.burden is not None else 0.0
        return (False, burden - gain) if gain > 0 else (True, -row.information_bits)

    chosen = sorted((row for row in rows if row.feasible and row.study in first), key=key)
    return [first[row.study] for row in chosen[:count]]
