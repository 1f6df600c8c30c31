"""A variable of the network and the place in a file it was written at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import ModelFileError

if TYPE_CHECKING:
    from hpt_bayes.network.fields import TableSpec

ROLES = ("context", "cause", "anatomy", "class", "latent", "level", "finding", "measurement")
FLOORED_ROLES = ("finding", "level")
ENTERABLE_ROLES = ("context", "finding", "measurement")

SETTING = "setting"
"""The variable that says what was done and claimed; every answer is conditioned on it."""


class Place(NamedTuple):
    """Where something was written: file, 1-based line, 1-based column (None when it has no place)."""

    file: str | None = None
    line: int | None = None
    column: int | None = None

    def error(self, message: str) -> ModelFileError:
        """Return (not raise) the error that points here."""
        return ModelFileError(message, self.file, self.line, self.column)

    def __str__(self) -> str:
        return ":".join(str(part) for part in self if part is not None) or "(no file)"


NOWHERE = Place()


@dataclass(frozen=True)
class Variable:
    """One node: what it is called, which states it takes, what it depends on and how its table is written.

    Args:
        name: key used in files and results.
        label: words for people.
        role: one of ROLES.
        states: in table order.
        parents: in table order; the table of the variable has shape (*parents, child).
        groups: group name -> states; a state name always wins over a group name.
        edges: step edges of a numeric variable, len(states) - 1 of them, in `unit`.
        support: outer ends of the first and last step, in `unit`; used for averaging only.
        scale: how positions are interpolated, for numeric variables.
        unit: of the edges.
        also: other names of the variable.
        state_aliases: other spelling -> state.
        question: one line shown beside the finding.
        spec: the table as written, or None for a variable without one (measurements, foreign networks).
        place: where the variable is declared.
        target_of: the place variable a target-specific finding is about; then its table needs a site.
    """

    name: str
    label: str
    role: str
    states: tuple[str, ...]
    parents: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    edges: tuple[float, ...] | None = None
    support: tuple[float, float] | None = None
    scale: str | None = None
    unit: str | None = None
    also: tuple[str, ...] = ()
    state_aliases: Mapping[str, str] = field(default_factory=dict)
    question: str = ""
    spec: TableSpec | None = None
    place: Place = NOWHERE
    target_of: str | None = None

    @property
    def enterable(self) -> bool:
        """Whether a user may enter this variable."""
        return self.role in ENTERABLE_ROLES

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.states)

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """Edges with the outer ends of the support: shape (size + 1,), in `unit`; numeric variables only."""
        if self.edges is None or self.support is None:
            raise ValueError(f"{self.name} has no steps")
        bounds = np.array([self.support[0], *self.edges, self.support[1]], dtype=float)
        bounds.flags.writeable = False
        return bounds

    @cached_property
    def positions(self) -> Mapping[str, tuple[int, ...]]:
        """State, alias or group name -> positions on the state axis; states win over aliases over groups."""
        at = {state: index for index, state in enumerate(self.states)}
        found = {group: tuple(at[state] for state in members) for group, members in self.groups.items()}
        found |= {alias: (at[state],) for alias, state in self.state_aliases.items()}
        return found | {state: (index,) for state, index in at.items()}

    def members(self, name: str) -> tuple[str, ...] | None:
        """Return the states a state, alias or group name stands for, or None when it is unknown."""
        found = self.positions.get(name)
        return None if found is None else tuple(self.states[index] for index in found)
