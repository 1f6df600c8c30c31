"""What a table needs while it is expanded over part of its parents' states, and which part is enough.

A pattern may name states that the setting rules out: a narrowed parent keeps these names as groups without members.
Tables that a kind reads while it expands (a latent's, for solved intercepts) are read over all their states, so the
parents they share with the child stay whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.tables import interval, localization, odds
from hpt_bayes.network.variables import Variable


def narrowed(variable: Variable, kept: NDArray[np.intp]) -> Variable:
    """A variable with some of its states; the names of the others stay known and stand for nothing.

    Args:
        variable: as loaded.
        kept: positions of the states that stay.
    """
    if len(kept) == variable.size:
        return variable
    left = {variable.states[position] for position in kept}
    gone = {state: () for state in variable.states if state not in left}
    gone |= {alias: () for alias, state in variable.state_aliases.items() if state not in left}
    groups = {name: tuple(state for state in members if state in left) for name, members in variable.groups.items()}
    return replace(
        variable,
        states=tuple(variable.states[position] for position in kept),
        groups={**groups, **gone},
        state_aliases={alias: state for alias, state in variable.state_aliases.items() if state in left},
    )


def consulted(variable: Variable, variables: Mapping[str, Variable]) -> frozenset[str]:
    """The variables whose tables a table is expanded with.

    Args:
        variable: with the table as written.
        variables: of the network.

    Returns:
        Names; none for most kinds.
    """
    spec = variable.spec
    if isinstance(spec, interval.Spec) and spec.loading is not None:
        return frozenset({spec.loading.variable})
    if isinstance(spec, localization.Spec) and localization.CONSPICUITY in variable.parents:
        stops = {*variable.parents, *spec.conspicuity.given}
        return _between(localization.CONSPICUITY, stops, variables)
    if isinstance(spec, odds.Spec) and spec.marginal:
        return frozenset().union(*(_between(name, set(), variables) for name in variable.parents))
    return frozenset()


def _between(name: str, stops: set[str], variables: Mapping[str, Variable]) -> frozenset[str]:
    """A variable and everything above it, not going past `stops`."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += [parent for parent in variables[each].parents if parent not in stops]
    return frozenset(found)


def whole_parents(variable: Variable, variables: Mapping[str, Variable]) -> frozenset[str]:
    """The parents that may not be narrowed: those that the tables it is expanded with range over."""
    read = consulted(variable, variables)
    return read | {parent for name in read for parent in variables[name].parents}
