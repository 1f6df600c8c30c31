"""Stop lines: what must be settled before anything else, from the model file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.manifest import StopLine
from hpt_bayes.network.network import Network
from hpt_bayes.network.patterns import Condition
from hpt_bayes.reasoning.shown import entered_states, shows


def stop_lines(network: Network, entered: EnteredEvidence) -> tuple[str, ...]:
    """The stop lines that the entries call for.

    Args:
        network: whose model file declares them, most urgent first.
        entered: interpreted evidence.

    Returns:
        One sentence each, in the order of the model file.
    """
    told = {network.original(entry.finding) for entry in entered.observations}
    return tuple(
        line.text
        for line in network.stop_lines
        if told.isdisjoint(line.unless) and shows(network, entered, line.when) and not _silenced(network, entered, line)
    )


def _silenced(network: Network, entered: EnteredEvidence, line: StopLine) -> bool:
    """Whether the entries show what makes the line needless."""
    return line.unless_shown is not None and any(
        all(_shown(network, entered, condition) for condition in pattern.conditions)
        for pattern in line.unless_shown.alternatives
    )


def _shown(network: Network, entered: EnteredEvidence, condition: Condition) -> bool:
    variable = network.variables[condition.variable]
    asked = {position for name in condition.names for position in variable.positions.get(name, ())}
    if variable.role in ("level", "measurement"):
        # What was measured after a change is how the patient is now; without it, what was measured before.
        slices = (_together(network, entered, name) for name in (*network.twins_of(variable.name), variable.name))
        together = next((each for each in slices if each is not None), None)
        return together is not None and int(together.argmax()) in asked
    return any(shown <= asked for shown in entered_states(network, entered, variable.name) if shown)


def _together(network: Network, entered: EnteredEvidence, name: str) -> NDArray[np.float64] | None:
    """Likelihood of a level from all its readings, or from those of one measurement; None without any."""
    role = network.variables[name].role
    level = name if role == "level" else network.variables[name].parents[0]
    total: NDArray[np.float64] | None = None
    for scope, vector, finding in [
        *(((item.variable,), item.vector, item.finding) for item in entered.likelihoods),
        *((factor.scope, factor.array, factor.finding) for factor in entered.factors),
    ]:
        read = network.variables.get(finding)
        if level not in scope or read is None or read.role != "measurement" or (role != "level" and finding != name):
            continue
        # The number of an assay that may be wrong: the level it reads, whatever the assay did.
        of_level = vector.sum(axis=tuple(axis for axis, each in enumerate(scope) if each != level))
        total = of_level if total is None else total * of_level
    return total
