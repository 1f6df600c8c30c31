"""What studies are worth for the decision, put into the rows of a ranking: by themselves, or two steps ahead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.next_study.ranking import StudyRow
from hpt_bayes.reasoning.next_study.value import STOP, Values, gain_for_burden


def by_themselves(rows: Iterable[StudyRow]) -> list[StudyRow]:
    """The rows with net value and index of each study by itself; a study that cannot be done now has none."""
    return [_alone(row) for row in rows]


def _alone(row: StudyRow) -> StudyRow:
    if not row.feasible or row.decision_value is None or row.burden is None:
        return row
    gain, burden = row.decision_value, row.burden.utility
    return replace(row, net_value=gain - burden, index=gain_for_burden(gain, burden), worth_doing=gain > burden)


def with_values(network: Network, rows: Iterable[StudyRow], values: Values) -> list[StudyRow]:
    """The rows with net value, index, best second study after each result, and what two studies do together.

    Args:
        network: whose burdens are meant.
        rows: of a ranking.
        values: of the same case.

    Returns:
        The rows in the same order; a study that cannot be done first keeps its empty values.
    """
    place = {values.looks[number].study.name: at for at, number in enumerate(values.first)}
    return [_valued(network, row, values, place[row.study]) if row.study in place else row for row in rows]


def _valued(network: Network, row: StudyRow, values: Values, at: int) -> StudyRow:
    if not row.feasible:
        return row
    looks = values.looks
    second = values.second[at]
    names = looks[values.first[at]].result_names()
    then = {
        name: None if number == STOP else looks[number].study.name for name, number in zip(names, second, strict=True)
    }
    reasons = row.reasons
    partner = _partner(values, at)
    if partner is not None and values.decision_value[at] == 0 and values.opens_the_way[at]:
        later = network.studies[looks[partner].study.name].label
        which = "no single result" if not values.decision_value.any() else "no result of it alone"
        reasons = (*reasons, f"{which} changes the action, but {network.studies[row.study].label} then {later} can")
    return replace(
        row,
        results=tuple(replace(result, then=then[result.result]) for result in row.results),
        decision_value=float(values.decision_value[at]),
        net_value=float(values.net_value[at]),
        index=float(values.index[at]),
        worth_doing=bool(values.worth_doing[at]),
        reasons=reasons,
    )


def _partner(values: Values, at: int) -> int | None:
    """The second study that is most probably next, or None when the policy always stops."""
    chance = values.joints[values.first[at]].sum(axis=0)
    second = values.second[at]
    if (second == STOP).all():
        return None
    count = np.bincount(second[second != STOP], weights=chance[second != STOP])
    return int(count.argmax())
