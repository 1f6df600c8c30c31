"""The order of a ranking: best first, which studies cannot be told apart, where the advice departs from a rating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hpt_bayes.reasoning.next_study.ranking import Ranking, StudyRow

_STATUS = {"available": 0, "premature": 1, "done": 2, "excluded": 3}
_ROUNDING = 1e-9
_USUAL = "usually_appropriate"


def best_first(rows: Sequence[StudyRow]) -> list[StudyRow]:
    """Feasible studies worth doing by index, other feasible ones by bits, then premature, done and excluded ones."""

    def key(row: StudyRow) -> tuple[int, bool, float]:
        worth = -row.index if row.worth_doing and row.index is not None else -row.information_bits
        return _STATUS[row.status], not row.worth_doing, worth

    return sorted(rows, key=key)


def tied(rows: Sequence[StudyRow]) -> tuple[tuple[str, ...], ...]:
    """Neighbours in the order whose ranking quantity is equal to rounding; what has no value is no tie."""
    groups: list[list[StudyRow]] = []
    for row in rows:
        if not row.feasible or _quantity(row) <= _ROUNDING:
            continue
        last = groups[-1][0] if groups else None
        if last is not None and last.worth_doing == row.worth_doing and _equal(_quantity(last), _quantity(row)):
            groups[-1].append(row)
        else:
            groups.append([row])
    return tuple(tuple(row.study for row in group) for group in groups if len(group) > 1)


def noted(ranking: Ranking) -> tuple[StudyRow, ...]:
    """The rows, the advised one with a note where its rating is lower than that of another feasible study."""
    rows = ranking.studies
    advised = next((row for row in rows if row.study == ranking.advised), None)
    if advised is None or advised.acr_rating in (None, _USUAL):
        return rows
    usual = [row.study for row in rows if row.feasible and row.acr_rating == _USUAL]
    if not usual:
        return rows
    labels = ", ".join(ranking.labels.studies.get(name, name) for name in usual)
    rating = (advised.acr_rating or "").replace("_", " ")
    rated = "it is not rated here" if rating == "not rated" else f"it is rated {rating}"
    note = f"departs from the ACR rating: {rated}, while usually appropriate is {labels}"
    return tuple(replace(row, reasons=(*row.reasons, note)) if row is advised else row for row in rows)


def _quantity(row: StudyRow) -> float:
    return row.index if row.worth_doing and row.index is not None else row.information_bits


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= _ROUNDING * max(1.0, abs(one))
