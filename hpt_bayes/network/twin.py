"""A second slice: the laboratory measured again after something was changed, beside what was measured before.

A drug is stopped or vitamin D repleted, and blood and urine are taken again. The patient's disease stays what it is,
so the causes, the anatomy and the size of the lesion are shared; every class and usual level that hangs on what was
changed gets a twin of its own, and so does every laboratory measurement (of a level that does not hang on it, as one
more look at the same level). A twin has the table of its original. What was changed has the value it was set to,
whatever its parents say. Without a reading in it the second slice says nothing: answers do not move until there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import Variable

AFTER = "after."
"""What the name of a twin starts with."""

_MOVES = ("class", "level")
_LAB = "measurement"

Tables = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class SecondSlice:
    """What was changed, and which variables have a twin.

    Attributes:
        changes: finding -> the word for what it was set to, as entered.
        values: variable -> the states it was set to.
        twins: twin -> the variable it is the twin of, parents before children.
    """

    changes: Mapping[str, str]
    values: Mapping[str, tuple[str, ...]]
    twins: Mapping[str, str]

    @property
    def text(self) -> str:
        """What was changed, for people: `thiazide_now: absent`."""
        return ", ".join(f"{name}: {word}" for name, word in self.changes.items())

    def tables(self, variables: Mapping[str, Variable], tables: Tables) -> dict[str, NDArray[np.float64]]:
        """Return the tables of the twins from those of their originals, as loaded or with drawn numbers.

        Args:
            variables: of the network, the originals at least.
            tables: by name, float arrays of shape (*parents, child).

        Returns:
            Tables by twin. A variable set to several states is distributed over them as it was before.
        """
        return {
            twin: _set(tables[name], variables[name], self.values[name]) if name in self.values else tables[name]
            for twin, name in self.twins.items()
        }


_BUILT: WeakKeyDictionary[Network, dict[tuple[tuple[str, str], ...], Network]] = WeakKeyDictionary()


def with_second_slice(network: Network, changes: Mapping[str, str], values: Mapping[str, tuple[str, ...]]) -> Network:
    """Return the network with a second slice in which some variables are set; the same one when asked again.

    Args:
        network: as loaded.
        changes: finding -> the word for what it is set to.
        values: the same as variable -> states, at least one.

    Returns:
        The network with the twins; studies that reveal a laboratory measurement reveal its twin.
    """
    key = tuple(sorted(changes.items()))
    built = _BUILT.setdefault(network, {})
    if key not in built:
        second = SecondSlice(MappingProxyType(dict(key)), MappingProxyType(dict(values)), _twins(network, values))
        built[key] = _built(network, second)
    return built[key]


def _twins(network: Network, values: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    """What gets a twin: what is set, what hangs on it by way of classes and levels, and the measurements."""
    moved = set(values)
    for name, variable in network.variables.items():
        if variable.role == _LAB or (variable.role in _MOVES and moved & set(variable.parents)):
            moved.add(name)
    read: set[str] = set()
    kept = []
    for name in reversed(tuple(network.variables)):
        variable = network.variables[name]
        if name in moved and (variable.role == _LAB or name in read):
            kept.append(name)
            if name not in values:
                read.update(variable.parents)
    return MappingProxyType({AFTER + name: name for name in reversed(kept)})


def _built(network: Network, second: SecondSlice) -> Network:
    twin_of = {name: twin for twin, name in second.twins.items()}
    variables: dict[str, Variable] = {}
    for name, variable in network.variables.items():
        variables[name] = variable
        if name in twin_of:
            parents = tuple(twin_of.get(parent, parent) for parent in variable.parents)
            variables[twin_of[name]] = replace(
                variable,
                name=twin_of[name],
                label=f"{variable.label}, after",
                # What is set is neither entered nor something left open about the patient.
                role="class" if name in second.values else variable.role,
                parents=variable.parents if name in second.values else parents,
                also=tuple(AFTER + other for other in variable.also),
                spec=None,
            )
    analytes = dict(network.analytes)
    for name, analyte in network.analytes.items():
        analytes[AFTER + name] = analyte.model_copy(
            update={
                "name": AFTER + name,
                "label": f"{analyte.label}, after",
                "also": tuple(AFTER + other for other in analyte.also),
                "level": None if analyte.level is None else twin_of.get(analyte.level, analyte.level),
            }
        )
    studies = {
        name: study.model_copy(
            update={
                "reveals": tuple(
                    twin_of[each] if each in twin_of and network.variables[each].role == _LAB else each
                    for each in study.reveals
                )
            }
        )
        for name, study in network.studies.items()
    }
    return replace(
        network,
        variables=variables,
        tables={**network.tables, **second.tables(network.variables, network.tables)},
        analytes=analytes,
        studies=studies,
        second_slice=second,
    )


def _set(table: NDArray[np.float64], variable: Variable, states: tuple[str, ...]) -> NDArray[np.float64]:
    """A table whose rows hold some states only, in their own proportions; evenly where a row has none of them."""
    chosen = np.array([float(state in states) for state in variable.states])
    kept = table * chosen
    total = kept.sum(axis=-1, keepdims=True)
    # A row that gives these states no weight still has to be set to them.
    evenly = chosen / chosen.sum()
    shares = np.asarray(np.where(total > 0.0, kept / np.where(total > 0.0, total, 1.0), evenly))
    shares.flags.writeable = False
    return shares
