"""`when` patterns of a table against its parents, and the exact-cover rule: every configuration once.

A pattern names some parents; each takes a state, a group, a list of those, or `any` (the same as leaving it out).
Coverage works on index boxes of one integer array, never on single configurations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.faults import STRICT, Faults
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.variables import NOWHERE, Place, Variable

ANY = "any"


@dataclass(frozen=True)
class Condition:
    """One line of a pattern: a variable and the states or groups it may take, with their places."""

    variable: str
    names: tuple[str, ...]
    at: Place = NOWHERE
    places: tuple[Place, ...] = ()

    def place_of(self, position: int) -> Place:
        """Return the place of the name at `position`."""
        return self.places[position] if position < len(self.places) else self.at


@dataclass(frozen=True)
class Pattern:
    """Conditions that must all hold."""

    conditions: tuple[Condition, ...] = ()
    at: Place = NOWHERE

    def __str__(self) -> str:
        return ", ".join(f"{each.variable}: {'|'.join(each.names)}" for each in self.conditions) or "(always)"

    def mentions(self, variable: str) -> bool:
        """Whether the pattern names `variable`."""
        return any(each.variable == variable for each in self.conditions)


def pattern(**conditions: str | Sequence[str]) -> Pattern:
    """Return a pattern without places, for tests and generated tables."""
    return Pattern(
        tuple(
            Condition(name, (names,) if isinstance(names, str) else tuple(names)) for name, names in conditions.items()
        )
    )


def state_indices(condition: Condition, variable: Variable, faults: Faults = STRICT) -> NDArray[np.intp] | None:
    """Return the sorted state positions a condition allows, or None when it allows any.

    Args:
        condition: of a pattern or an event.
        variable: the variable it names.
        faults: takes an unknown state or group name.

    Returns:
        Integer array of positions on the variable's state axis, or None.

    Raises:
        ModelFileError: a name is neither a state nor a group (through `faults`).
    """
    found: set[int] = set()
    everything = False
    for position, name in enumerate(condition.names):
        indices = variable.positions.get(name)
        if indices is not None:
            found.update(indices)
        elif name == ANY:
            everything = True
        else:
            faults(
                condition.place_of(position).error(
                    f"expected a state or group of {variable.name}, found {name!r}; "
                    f"{hint(name, [*variable.states, *variable.groups])}"
                )
            )
    if everything:
        return None
    return np.array(sorted(found), dtype=np.intp)


def box(when: Pattern, parents: Sequence[Variable], faults: Faults = STRICT) -> tuple[NDArray[np.intp], ...]:
    """Return the states a pattern allows, one index array per parent: `array[np.ix_(*box)]` is its part of a table.

    Args:
        when: the pattern.
        parents: in table order.
        faults: takes unknown names.

    Returns:
        One integer array per parent.

    Raises:
        ModelFileError: the pattern names a variable that is not among `parents`, or an unknown state or group.
    """
    axes = [np.arange(parent.size, dtype=np.intp) for parent in parents]
    names = [parent.name for parent in parents]
    for condition in when.conditions:
        if condition.variable not in names:
            faults(
                condition.at.error(
                    f"expected a parent of this table, found {condition.variable!r}; {hint(condition.variable, names)}"
                )
            )
            continue
        axis = names.index(condition.variable)
        indices = state_indices(condition, parents[axis], faults)
        if indices is not None:
            axes[axis] = indices
    return tuple(axes)


def mask(when: Pattern, parents: Sequence[Variable], faults: Faults = STRICT) -> NDArray[np.bool_]:
    """Return where a pattern holds: boolean array of shape (*parents)."""
    holds = np.zeros([parent.size for parent in parents], dtype=bool)
    holds[np.ix_(*box(when, parents, faults))] = True
    return holds


@dataclass(frozen=True)
class Covering:
    """What a row covers: its pattern, or everything that is left."""

    when: Pattern
    otherwise: bool = False
    at: Place = NOWHERE


def cover(
    rows: Sequence[Covering],
    parents: Sequence[Variable],
    faults: Faults = STRICT,
    what: str = "row",
    at: Place = NOWHERE,
    needed: NDArray[np.bool_] | None = None,
) -> NDArray[np.intp]:
    """Return which row owns each parent configuration, each exactly once.

    Args:
        rows: patterns; at most one `otherwise`, and that last.
        parents: in table order.
        faults: takes what is wrong.
        what: what to call a row in messages.
        at: where to point when a configuration is covered by no row.
        needed: configurations that must be covered, shape (*parents); all when left out.

    Returns:
        Integer array of shape (*parents) of row positions; -1 where nothing is needed.

    Raises:
        ModelFileError: a configuration is covered twice (naming both places) or not at all (naming it), an
            `otherwise` is not last or covers nothing, or a name is unknown (all through `faults`).
    """
    before = len(faults.found)
    owner = np.full([parent.size for parent in parents], -1, dtype=np.intp)
    for position, row in enumerate(rows):
        if row.otherwise:
            if position != len(rows) - 1:
                faults(row.at.error(f"expected the otherwise {what} last, found it before {rows[position + 1].at}"))
                continue
            left = owner < 0
            if needed is not None:
                left &= needed
            if not left.any():
                faults(row.at.error(f"expected something left for the otherwise {what}, found every case covered"))
            owner[left] = position
            continue
        index = np.ix_(*box(row.when, parents, faults)) if parents else ()
        taken = owner[index]
        if taken.size == 0:
            continue
        if taken.max() >= 0:
            other = rows[int(taken[taken >= 0].flat[0])]
            twice = np.zeros(owner.shape, dtype=bool)
            twice[index] = taken >= 0
            faults(
                row.at.error(
                    f"expected each parent configuration once, found {configuration(twice, parents)} "
                    f"covered here and at {other.at}"
                )
            )
        owner[index] = position
    missing = owner < 0
    if needed is not None:
        missing &= needed
        owner[~needed] = -1
    if missing.any() and len(faults.found) == before:  # a misspelt state is not also a configuration without a row
        count = int(missing.sum())
        more = f" and {count - 1} more configurations" if count > 1 else ""
        faults(
            at.error(
                f"expected a {what} for every parent configuration, found none for "
                f"{configuration(missing, parents)}{more}"
            )
        )
    return owner


def configuration(where: NDArray[np.bool_], parents: Sequence[Variable]) -> str:
    """Return the first parent configuration of a boolean array, in words."""
    first = np.unravel_index(int(np.argmax(where)), where.shape)
    return (
        "{"
        + ", ".join(f"{parent.name}: {parent.states[int(at)]}" for parent, at in zip(parents, first, strict=True))
        + "}"
    )
