"""From the parts of management.yaml to one utility for every action, cause class, region, indication and risk."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.management import ELSEWHERE, TARGET, AimedAction, Graded, Management

Array = NDArray[np.float64]


def expand_utilities(management: Management, numbers: Mapping[str, float]) -> Array:
    """Return the utility of every action in every state.

    Args:
        management: whose names are resolved.
        numbers: by dotted name, see `Management.numbers`.

    Returns:
        (actions, classes, regions, indications, risks), 1 as well as without the disease, 0 death:
        1 - untreated x (1 - relief) - harm - losses, and never below 0.
    """
    classes = tuple(each.name for each in management.classes)
    regions = tuple(each.name for each in management.regions)
    grades = {path: _by_case(management, path, each, numbers) for path, each in management.graded()}
    case = (len(management.indications), len(management.risks))
    untreated = np.zeros((len(classes), 1, *case))
    for cost in management.untreated:
        untreated[_positions(classes, cost.classes), 0] = grades[f"untreated.{cost.name}"]
    utility = np.empty((len(management.aimed), len(classes), len(regions), *case))
    for row, aimed in enumerate(management.aimed):
        relief = np.zeros(utility.shape[1:])
        for part in reversed(aimed.action.relief):  # the first row that fits is written last
            where = np.ix_(_positions(classes, part.classes), _places(regions, part.regions, aimed))
            relief[where] = grades[f"relief.{aimed.action.name}.{part.name}"]
        utility[row] = 1.0 - untreated * (1.0 - relief) - grades[f"harm.{aimed.action.harm}"]
        for loss in management.losses:
            if (not loss.kinds or aimed.action.kind in loss.kinds) and aimed.action.name not in loss.spared:
                where = np.ix_(_positions(classes, loss.classes or classes), _places(regions, loss.regions, aimed))
                utility[row][where] -= grades[f"loss.{loss.name}"]
    return np.maximum(utility, 0.0)


def _by_case(management: Management, path: str, each: Graded, numbers: Mapping[str, float]) -> Array:
    """One graded number as (indications, risks)."""
    indications = tuple(state.name for state in management.indications)
    risks = tuple(state.name for state in management.risks)
    names = each.value.names
    if names is None:
        found = np.full((1, 1), numbers[path])
    elif set(names) == set(indications):
        found = np.array([[numbers[f"{path}.{name}"]] for name in indications])
    else:
        found = np.array([[numbers[f"{path}.{name}"] for name in risks]])
    return np.broadcast_to(found, (len(indications), len(risks)))


def _positions(names: tuple[str, ...], wanted: tuple[str, ...]) -> list[int]:
    return [names.index(name) for name in dict.fromkeys(wanted)]


def _places(regions: tuple[str, ...], wanted: tuple[str, ...], aimed: AimedAction) -> list[int]:
    """Regions a row speaks of; `target` and `elsewhere` are nowhere for an action without a target."""
    if not wanted:
        return list(range(len(regions)))
    found: set[str] = set(wanted) - {TARGET, ELSEWHERE}
    if aimed.target is not None and TARGET in wanted:
        found.add(aimed.target)
    if aimed.target is not None and ELSEWHERE in wanted:
        found |= set(regions) - {aimed.target}
    return [position for position, name in enumerate(regions) if name in found]
