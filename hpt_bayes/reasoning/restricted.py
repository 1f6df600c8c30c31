"""A network without the states a setting rules out: smaller cliques, the same answers.

A patient who was never operated on has no autograft, no scar and no operation; a state that has probability zero in
every configuration the setting leaves possible cannot change any answer, so it is left out before the junction tree
is built. This is exact, and worth most of the speed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import SETTING, Variable


def kept_states(network: Network, settings: tuple[str, ...]) -> dict[str, NDArray[np.intp]]:
    """Positions of the states that settings leave possible.

    Args:
        network: as loaded.
        settings: those the case may be in; all states stay when empty.

    Returns:
        Positions by variable, ascending; a numeric variable keeps all its steps.
    """
    kept: dict[str, NDArray[np.intp]] = {}
    for name, variable in network.variables.items():
        if name == SETTING and settings:
            kept[name] = np.array(sorted(variable.states.index(setting) for setting in settings))
        elif not settings or variable.edges is not None:
            kept[name] = np.arange(variable.size)
        else:
            parents = [kept[parent] for parent in variable.parents]
            table = network.tables[name][np.ix_(*parents, np.arange(variable.size))]
            kept[name] = np.flatnonzero((table > 0).reshape(-1, variable.size).any(axis=0))
    return kept


def restricted(network: Network, kept: Mapping[str, NDArray[np.intp]]) -> Network:
    """The network over the kept states only.

    Args:
        network: as loaded.
        kept: positions by variable, see `kept_states`.

    Returns:
        A network with the same variables and fewer states, conditioned on the settings.
    """
    tables = {
        name: network.tables[name][np.ix_(*(kept[parent] for parent in variable.parents), kept[name])]
        for name, variable in network.variables.items()
    }
    if SETTING in tables:
        tables[SETTING] = tables[SETTING] / tables[SETTING].sum(axis=-1, keepdims=True)
    place = network.site_variable
    targets = network.target_tables
    if place is not None:
        targets = {name: table[np.ix_(kept[place], kept[place])] for name, table in targets.items()}
    variables = {name: _narrowed(variable, kept[name]) for name, variable in network.variables.items()}
    return replace(network, variables=variables, tables=tables, target_tables=targets)


def _narrowed(variable: Variable, kept: NDArray[np.intp]) -> Variable:
    if len(kept) == variable.size:
        return variable
    states = tuple(variable.states[position] for position in kept)
    left = set(states)
    groups = {name: tuple(state for state in members if state in left) for name, members in variable.groups.items()}
    return replace(
        variable,
        states=states,
        groups={name: members for name, members in groups.items() if members},
        state_aliases={alias: state for alias, state in variable.state_aliases.items() if state in left},
    )
