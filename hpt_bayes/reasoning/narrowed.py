"""What a table needs while it is expanded over part of its parents' states, and which part is enough.

A pattern may name states that the setting rules out: a narrowed parent keeps these names as groups without members.
Tables that a kind reads while it expands (a latent's, for solved intercepts) are read over all their states, so the
parents they share with the child stay whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.fields import Record
from hpt_bayes.network.patterns import Pattern, state_indices
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


@dataclass(frozen=True)
class Block:
    """A part of a table that repeats itself.

    Attributes:
        expanded: for each parent the positions that are expanded, one for each kind of state.
        members: for each parent the positions that the block fills.
        source: for each parent and member, which of `expanded` it is like.
    """

    expanded: tuple[NDArray[np.intp], ...]
    members: tuple[NDArray[np.intp], ...]
    source: tuple[NDArray[np.intp], ...]


def blocks(variable: Variable, parents: Sequence[Variable], whole: frozenset[str]) -> list[Block]:
    """Split a table into blocks in which states that no pattern tells apart are expanded once.

    Args:
        variable: whose table is a kind that knows its parents by patterns alone, apart from `whole`.
        parents: in table order, narrowed or not.
        whole: parents whose every state matters.

    Returns:
        Blocks that together fill the table once; cells of a block with equal `source` are equal for all numbers.
    """
    patterns = list(_patterns(variable.spec))
    sizes = [1 if parent.name in whole else parent.size for parent in parents]
    split = int(np.argmax(sizes)) if sizes else 0
    grouped: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for state in range(parents[split].size if parents else 1):
        near = [each for each in patterns if _allows(each, parents, split, state)]
        kinds = tuple(
            tuple(range(parent.size)) if parent.name in whole else (0,) if axis == split else _kinds(near, parent)
            for axis, parent in enumerate(parents)
        )
        grouped.setdefault(kinds, []).append(state)
    found = []
    for kinds, states in grouped.items():
        expanded, members, source = [], [], []
        for axis, kind in enumerate(kinds):
            if axis == split and parents[split].name not in whole:
                chosen = np.array(states)
                expanded.append(chosen)
                members.append(chosen)
                source.append(np.arange(len(states)))
            else:
                _, first, inverse = np.unique(kind, return_index=True, return_inverse=True)
                expanded.append(first)
                members.append(np.arange(len(kind)))
                source.append(inverse)
        found.append(Block(tuple(expanded), tuple(members), tuple(source)))
    return found


def _patterns(part: object) -> Iterator[Pattern]:
    """Every pattern over the parents in a record; what a loading's weights are given is no pattern over them."""
    if isinstance(part, Pattern):
        yield part
    elif isinstance(part, Record):
        for name in type(part).model_fields:
            if name not in ("given", "at", "places"):
                yield from _patterns(getattr(part, name))
    elif isinstance(part, (tuple, list)):
        for each in part:
            yield from _patterns(each)


def _allows(pattern: Pattern, parents: Sequence[Variable], axis: int, state: int) -> bool:
    for condition in pattern.conditions:
        if condition.variable == parents[axis].name:
            states = state_indices(condition, parents[axis])
            return states is None or state in states
    return True


def _kinds(patterns: Sequence[Pattern], parent: Variable) -> tuple[int, ...]:
    """A number for each state, equal for states that every pattern treats alike."""
    marks = [[] for _ in range(parent.size)]  # type: list[list[bool]]
    for pattern in patterns:
        for condition in pattern.conditions:
            if condition.variable == parent.name:
                states = state_indices(condition, parent)
                for state, mark in enumerate(marks):
                    mark.append(states is None or state in states)
    known: dict[tuple[bool, ...], int] = {}
    return tuple(known.setdefault(tuple(mark), len(known)) for mark in marks)
