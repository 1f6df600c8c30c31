"""Whether what was entered shows something: the truth of conditions in stop lines, study needs and constraints.

Conditions speak of what was entered, never of a posterior: a rule must not fire because the model guessed.
"""

from __future__ import annotations

import numpy as np

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.events import Event
from hpt_bayes.network.network import Network
from hpt_bayes.network.patterns import Condition
from hpt_bayes.network.variables import SETTING


def shows(network: Network, entered: EnteredEvidence, event: Event) -> bool:
    """Whether the entries make an event true.

    Args:
        network: whose variables the event names.
        entered: interpreted evidence.
        event: over settings, constraints' variables and findings.

    Returns:
        True when every condition of one alternative is shown by an entry; something never entered shows nothing.
    """
    return any(
        all(_holds(network, entered, condition) for condition in pattern.conditions) for pattern in event.alternatives
    )


def _holds(network: Network, entered: EnteredEvidence, condition: Condition) -> bool:
    variable = network.variables[condition.variable]
    if condition.variable == SETTING:
        told = [{variable.states.index(name)} for name in entered.settings]
    else:
        told = entered_states(network, entered, condition.variable)
    if not any(told):
        return False
    asked = {position for name in condition.names for position in variable.positions.get(name, ())}
    if condition.variable == SETTING:
        return all(shown <= asked for shown in told)
    return any(shown and shown <= asked for shown in told)


def entered_states(network: Network, entered: EnteredEvidence, name: str) -> list[set[int]]:
    """The states each entry about a variable points to.

    Args:
        network: whose variables are meant.
        entered: interpreted evidence.
        name: of a finding, context variable or level.

    Returns:
        One set of state positions per entry: the states allowed, or the most likely step of a measured number.
        A measurement entered as a word speaks of its level too, and one taken after a change of its finding.
    """
    variable = network.variables[name]
    found: list[set[int]] = []
    if name in entered.hard:
        found.append({entered.hard[name]})
    for entry in entered.observations:
        if entry.finding == name and entry.states:
            found.append({variable.states.index(state) for state in entry.states})
    for item in entered.likelihoods:
        if name in (item.variable, item.finding) and item.vector.shape == (variable.size,):
            found.append(set(np.flatnonzero(item.vector == item.vector.max()).tolist()))
    for factor in entered.factors:
        read = network.variables.get(factor.finding)
        if read is None or read.role != "measurement" or name not in (read.name, read.parents[0]):
            continue
        # The number of an assay that may be wrong: the level it reads, whatever the assay did.
        others = tuple(axis for axis, scope in enumerate(factor.scope) if scope != read.parents[0])
        likelihood = factor.array.sum(axis=others)
        found.append(set(np.flatnonzero(likelihood == likelihood.max()).tolist()))
    for twin in network.twins_of(name):
        found += entered_states(network, entered, twin)
    return found
