"""Likelihood vectors a user enters: P(what was seen | state), up to a factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.finding import Finding
from hpt_bayes.evidence.number import checked_number
from hpt_bayes.network.nearest import hint

Likelihood = Sequence[float] | Mapping[str, float]


def checked_likelihood(finding: Finding, given: Likelihood) -> tuple[float, ...]:
    """Return a likelihood as a vector.

    Args:
        finding: whose states it is over.
        given: one weight for each state, in state order or by name of state or group (each state once).

    Returns:
        Weights in state order, scaled so that the largest is 1.

    Raises:
        EvidenceError: the finding has no states; the weights are of the wrong number, negative, not finite or all
            zero; a name is unknown, missing or given twice.
    """
    if not finding.states:
        raise EvidenceError(f"{finding.name} has no states to weigh; it is entered as a number with its unit")
    listed = _by_name(finding, given) if isinstance(given, Mapping) else _listed(finding, given)
    weights = [checked_number(f"{finding.name}: likelihood", each) for each in listed]
    if len(weights) != len(finding.states):
        raise EvidenceError(
            f"{finding.name}: expected {len(finding.states)} weights, one for each of "
            f"{', '.join(finding.states[:8])}{', ...' if len(finding.states) > 8 else ''}; found {len(weights)}"
        )
    largest = max(weights)
    if largest == 0:
        raise EvidenceError(f"{finding.name}: expected a likelihood with at least one weight above 0, found all zero")
    return tuple(each / largest for each in weights)


def _listed(finding: Finding, given: object) -> list[object]:
    if isinstance(given, str) or not isinstance(given, (Sequence, np.ndarray)):
        raise EvidenceError(f"{finding.name}: expected a list of weights, or weights by state, found {given!r}")
    return list(given)


def _by_name(finding: Finding, given: Mapping[str, float]) -> list[object]:
    found: dict[str, float] = {}
    for name, weight in given.items():
        members = (name,) if name in finding.states else finding.groups.get(name)
        if members is None:
            near = hint(name, [*finding.states, *finding.groups])
            raise EvidenceError(f"{finding.name}: unknown state {name!r}; {near}")
        for state in members:
            if state in found:
                raise EvidenceError(f"{finding.name}: the likelihood of {state} is given twice, again by {name!r}")
            found[state] = weight
    missing = [state for state in finding.states if state not in found]
    if missing:
        raise EvidenceError(f"{finding.name}: the likelihood of {', '.join(missing[:6])} is missing; weigh every state")
    return [found[state] for state in finding.states]
