"""A variable as written in a file, and the variable it stands for: states from steps, groups from ranges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SkipValidation

from hpt_bayes.network.faults import Faults
from hpt_bayes.network.fields import Real, Record, TableSpec, Text
from hpt_bayes.network.figures import Name, Names, Parts, refuse
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.variables import NOWHERE, Place, Variable
from hpt_bayes.network.yaml_reader import YamlList, describe


@dataclass(frozen=True)
class Steps:
    """Edges of a numeric variable, with their text as written (states are named by it)."""

    values: tuple[float, ...]
    texts: tuple[str, ...]
    at: Place = NOWHERE

    @property
    def states(self) -> tuple[str, ...]:
        """below_8.0, 8.0_to_8.5, ..., 14.5_or_over."""
        inner = [f"{low}_to_{high}" for low, high in zip(self.texts, self.texts[1:], strict=False)]
        return (f"below_{self.texts[0]}", *inner, f"{self.texts[-1]}_or_over")


def _steps(value: object) -> Steps:
    if not isinstance(value, (list, tuple)) or not value:
        raise refuse(f"expected a list of edges, found {describe(value)}")
    for position, edge in enumerate(value):
        if not isinstance(edge, (int, float)) or isinstance(edge, bool):
            raise refuse(f"expected a number, found {describe(edge)}", position)
        if position and edge <= value[position - 1]:
            raise refuse(f"expected rising edges, found {edge:g} after {value[position - 1]:g}", position)
    texts = tuple(value.texts) if isinstance(value, YamlList) else tuple(f"{edge:g}" for edge in value)
    at = value.at if isinstance(value, YamlList) else NOWHERE
    return Steps(tuple(float(edge) for edge in value), texts, at)


class VariableEntry(Record):
    """A variable as written."""

    name: Text
    label: Text | None = None
    role: Literal["context", "cause", "anatomy", "class", "latent", "level", "finding"]
    states: Names | None = None
    steps: Annotated[SkipValidation[Steps] | None, BeforeValidator(_steps)] = None
    unit: Text | None = None
    scale: Literal["linear", "log"] | None = None
    support: tuple[Real, Real] | None = None
    parents: Names = ()
    groups: Parts = Field(default_factory=dict)
    aliases: dict[str, Name] = Field(default_factory=dict)
    also: Names = ()
    question: str = ""
    table: Any

    @property
    def kind(self) -> object:
        """The table's kind as written."""
        return self.table.get("kind") if isinstance(self.table, dict) else None


class VariablesFile(Record):
    """A file of variables; each is read on its own."""

    variables: Annotated[tuple[Any, ...], Field(min_length=1)]


def make_variable(
    entry: VariableEntry,
    spec: TableSpec | None,
    generated: tuple[tuple[str, ...], dict[str, tuple[str, ...]]] | None,
    faults: Faults,
) -> Variable:
    """Return the variable an entry stands for.

    Args:
        entry: as written.
        spec: its table, or None when that has faults.
        generated: states and groups of a kind that generates them.
        faults: takes what is wrong.

    Raises:
        ModelFileError: states and steps both or neither, a repeated state, a group or alias of unknown states, a
            range off the step edges (through `faults`).
    """
    states, groups = _states(entry, generated, faults)
    support = entry.support
    if entry.steps is not None and support is None:
        support = _default_support(entry.steps.values, entry.scale or "linear")
    elif entry.steps is not None and support is not None:
        low, high = entry.steps.values[0], entry.steps.values[-1]
        if support[0] >= low or support[1] <= high:
            faults(
                entry.place_of("support").error(
                    f"expected support around the steps {low:g} to {high:g}, found {list(support)}"
                )
            )
            support = _default_support(entry.steps.values, entry.scale or "linear")
    for alias, state in entry.aliases.items():
        if state not in states:
            faults(
                entry.place_of("aliases").error(
                    f"expected the alias {alias!r} of a state of {entry.name}, found {state!r}; {hint(state, states)}"
                )
            )
    for position, name in enumerate(entry.parents):
        if name in entry.parents[:position]:
            faults(entry.place_of("parents").error(f"expected each parent once, found {name!r} twice"))
    return Variable(
        name=entry.name,
        label=entry.label or entry.name.replace("_", " ").capitalize(),
        role=entry.role,
        states=states,
        parents=tuple(dict.fromkeys(entry.parents)),
        groups=groups,
        edges=entry.steps.values if entry.steps else None,
        support=support,
        scale=(entry.scale or "linear") if entry.steps else None,
        unit=entry.unit,
        also=entry.also,
        state_aliases={alias: state for alias, state in entry.aliases.items() if state in states},
        question=entry.question,
        spec=spec,
        place=entry.place_of("name"),
        target_of=getattr(spec, "target_of", None),
    )


def _states(
    entry: VariableEntry, generated: tuple[tuple[str, ...], dict[str, tuple[str, ...]]] | None, faults: Faults
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    if generated is not None:
        if entry.states is not None or entry.steps is not None:
            faults(
                entry.place_of("states" if entry.states is not None else "steps").error(
                    f"expected no states for a table of kind {entry.kind} (they are generated), found some"
                )
            )
        states, groups = generated
        return states, groups | _groups(entry, states, faults)
    if (entry.states is None) == (entry.steps is None):
        found = "both" if entry.states is not None else "neither"
        faults(entry.at.error(f"expected either states or steps of {entry.name}, found {found}"))
    if entry.steps is not None:
        states = entry.steps.states
    else:
        states = entry.states or ("(unknown)",)
        twice = [state for position, state in enumerate(states) if state in states[:position]]
        if twice:
            faults(
                entry.place_of("states").error(f"expected each state of {entry.name} once, found {twice[0]!r} twice")
            )
            states = tuple(dict.fromkeys(states))
    return states, _groups(entry, states, faults)


def _groups(entry: VariableEntry, states: tuple[str, ...], faults: Faults) -> dict[str, tuple[str, ...]]:
    at = getattr(entry.groups, "values_at", {})
    return {
        name: members
        for name, value in entry.groups.items()
        if (members := group_members(name, value, states, entry.steps, at.get(name, entry.place_of("groups")), faults))
    }


def group_members(
    name: str, value: object, states: tuple[str, ...], steps: Steps | None, at: Place, faults: Faults
) -> tuple[str, ...]:
    """Return the states of a group written as a list of states or, for a numeric variable, as [low, high].

    Args:
        name: of the group.
        value: as written; null leaves an end open.
        states: of the variable.
        steps: of a numeric variable.
        at: where the group is written.
        faults: takes what is wrong.

    Raises:
        ModelFileError: an unknown state, an empty group, or an end that is no step edge (through `faults`).
    """
    if not isinstance(value, (list, tuple)) or not value:
        faults(at.error(f"expected states or a range for the group {name!r}, found {describe(value)}"))
        return ()
    if steps is not None and len(value) == 2 and not any(isinstance(end, str) for end in value):
        return range_members(name, (value[0], value[1]), steps.values, steps.texts, states, at, faults)
    texts = value.texts if isinstance(value, YamlList) else [""] * len(value)
    members = []
    for position, state in enumerate(value):
        text = state if isinstance(state, str) else texts[position]
        if text not in states:
            place = value.places[position] if isinstance(value, YamlList) else at
            faults(place.error(f"expected a state in the group {name!r}, found {text!r}; {hint(text, states)}"))
        else:
            members.append(text)
    return tuple(members)


def range_members(
    name: str,
    ends: tuple[Any, Any],
    edges: tuple[float, ...],
    texts: tuple[str, ...],
    states: tuple[str, ...],
    at: Place,
    faults: Faults,
) -> tuple[str, ...]:
    """Return the steps a group [low, high] covers; each end is a step edge or null."""
    bounds = []
    for end, open_end in zip(ends, (0, len(edges) + 1), strict=True):
        if end is None:
            bounds.append(open_end)
            continue
        found = [position for position, edge in enumerate(edges) if math.isclose(edge, float(end), rel_tol=1e-9)]
        if not found:
            near = min(range(len(edges)), key=lambda position: abs(edges[position] - float(end)))
            faults(
                at.error(
                    f"expected the ends of the group {name!r} on step edges, found {end:g}; nearest edge: {texts[near]}"
                )
            )
            return ()
        bounds.append(found[0] + 1)
    if bounds[0] >= bounds[1]:
        faults(at.error(f"expected a group {name!r} that holds a step, found {list(ends)}"))
        return ()
    return states[bounds[0] : bounds[1]]


def _default_support(edges: tuple[float, ...], scale: str) -> tuple[float, float]:
    if len(edges) == 1:
        return (edges[0] / 2, edges[0] * 2) if edges[0] > 0 else (edges[0] - 1, edges[0] + 1)
    if scale == "log":
        return edges[0] ** 2 / edges[1], edges[-1] ** 2 / edges[-2]
    return 2 * edges[0] - edges[1], 2 * edges[-1] - edges[-2]
