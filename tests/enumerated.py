"""What a case should say, by enumeration: the oracle's full joint over everything that bears on the question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import networkx as nx
import numpy as np
from oracle import Array, Arrays, joint, weights

from hpt_bayes.evidence.field_of_view import table_in_field
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import Variable

States = Mapping[str, str]
Vectors = Sequence[tuple[str, Array]]
Factors = Sequence[tuple[tuple[str, ...], Array]]

DIAGNOSES: dict[str, Callable[[States], bool]] = {
    "adenoma": lambda s: s["lesion"] == "adenoma",
    "hyperplasia": lambda s: s["lesion"] == "hyperplasia",
    "fhh": lambda s: s["fhh"] == "present",
    "no_disease": lambda s: s["lesion"] == "none" and s["fhh"] == "absent",
    "known_men1": lambda s: s["syndrome"] == "men1",
}
"""The diagnoses of the small model, spelled out."""

GATE: dict[str, Callable[[States], bool]] = {
    "gland": lambda s: s["lesion"] != "none" and s["fhh"] == "absent",
    "fhh": lambda s: s["fhh"] == "present",
    "none": lambda s: s["lesion"] == "none" and s["fhh"] == "absent",
}


class Enumerated:
    """P(. | e) of a network by enumeration.

    Args:
        network: any.
        vectors: likelihoods, (variable, vector) each.
        factors: (variables, array) each.
    """

    def __init__(self, network: Network, vectors: Vectors = (), factors: Factors = ()) -> None:
        self.network = network
        self.vectors = list(vectors)
        self.factors = list(factors)

    @classmethod
    def of(cls, network: Network, entered: EnteredEvidence, only: Sequence[str] | None = None) -> Enumerated:
        """Everything entered, or what some findings said."""
        kept = set(entered.findings if only is None else only)
        vectors = [
            (name, np.eye(network.variables[name].size)[state])
            for name, state in entered.hard.items()
            if entered.hard_findings[name] in kept
        ]
        vectors += [(item.variable, item.vector) for item in entered.likelihoods if item.finding in kept]
        return cls(network, vectors, [(item.scope, item.array) for item in entered.factors if item.finding in kept])

    def weight(self, names: Sequence[str] = ()) -> tuple[Array, list[str], dict[str, list[int]]]:
        """P(x, e) over the ancestors of evidence and `names`; states that evidence excludes are left out."""
        variables = self.network.variables
        asked = {*names, *(name for name, _ in self.vectors), *(name for scope, _ in self.factors for name in scope)}
        needed = asked.union(*(nx.ancestors(self.network.graph, name) for name in asked))
        order = [name for name in variables if name in needed]
        allowed = {name: list(range(variables[name].size)) for name in order}
        for name, vector in self.vectors:
            allowed[name] = [state for state in allowed[name] if vector[state] > 0]
        number = {name: i for i, name in enumerate(order)}

        def part(table: Array, scope: Sequence[str]) -> Array:
            return table[np.ix_(*(allowed[name] for name in scope))]

        arrays = Arrays(
            tuple(len(allowed[name]) for name in order),
            tuple(tuple(number[parent] for parent in variables[name].parents) for name in order),
            tuple(part(self.network.tables[name], (*variables[name].parents, name)) for name in order),
        )
        likelihoods = [(number[name], vector[allowed[name]]) for name, vector in self.vectors]
        factors = [(tuple(number[name] for name in scope), part(array, scope)) for scope, array in self.factors]
        return weights(arrays, {}, likelihoods, factors), order, allowed

    def mass(self, *names: str) -> Array:
        """P(names, e)."""
        weight, order, allowed = self.weight(names)
        answer = np.zeros([self.network.variables[name].size for name in names])
        share = joint(weight, [order.index(name) for name in names])
        answer[np.ix_(*(allowed[name] for name in names))] = share * weight.sum()
        return answer

    def joint(self, *names: str) -> Array:
        """P(names | e)."""
        mass = self.mass(*names)
        return mass / mass.sum()

    def probability(self) -> float:
        """P(e)."""
        return float(self.weight()[0].sum()) if self.vectors or self.factors else 1.0

    def masses(self, *names: str) -> list[tuple[States, float]]:
        """Each configuration of some variables by state name, with P(configuration, e)."""
        states = [self.network.variables[name].states for name in names]
        values = self.mass(*names).reshape(-1).tolist()
        return [(dict(zip(names, each, strict=True)), p) for each, p in zip(product(*states), values, strict=True)]

    def configurations(self, *names: str) -> list[tuple[States, float]]:
        """Each configuration of some variables by state name, with P(configuration | e)."""
        found = self.masses(*names)
        total = sum(p for _, p in found)
        return [(states, p / total) for states, p in found]

    def events(self, events: Mapping[str, Callable[[States], bool]]) -> dict[str, float]:
        """P(event | e) of the events of the small model."""
        found = self.configurations("lesion", "fhh", "syndrome")
        return {name: sum(p for states, p in found if holds(states)) for name, holds in events.items()}

    def state(self, name: str) -> dict[str, float]:
        """P(state | e) of one variable."""
        return dict(zip(self.network.variables[name].states, self.joint(name).tolist(), strict=True))


@dataclass(frozen=True)
class Reading:
    """One reading of a finding, as it was seen.

    Attributes:
        finding: its name.
        states: one of which was seen.
        where: the punctured place, or the field of view; "" for the usual reading.
    """

    finding: str
    states: tuple[str, ...]
    where: str = ""


def with_readings(network: Network, vectors: Vectors, factors: Factors, readings: Sequence[Reading]) -> Enumerated:
    """The full joint with each reading as a variable of its own.

    Readings of one finding at one place share a hidden draw z ~ P(. | parents); each copies z with probability k =
    sqrt(correlation) and is drawn anew otherwise. A finding without a correlation is a fact: every reading is z.

    Args:
        network: any.
        vectors: further evidence.
        factors: further evidence.
        readings: of any findings.
    """
    variables, tables, seen = dict(network.variables), dict(network.tables), list(vectors)
    groups: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        groups.setdefault((reading.finding, reading.where), []).append(reading)
    for (finding, where), group in groups.items():
        variable = network.variables[finding]
        vectors_seen = [np.array([float(state in each.states) for state in variable.states]) for each in group]
        stated = None if variable.spec is None else variable.spec.reading_correlation
        if not where and (len(group) == 1 or stated is None) and variable.role != "measurement":
            seen += [(finding, vector) for vector in vectors_seen]
            continue
        table, parents = network.tables[finding], variable.parents
        if variable.target_of is not None:
            parents = (variable.target_of,)
            asked = network.variables[variable.target_of].states.index(where)
            table = network.target_tables[finding][asked]
        elif where:
            table = table_in_field(network, variable, where)
        copied = 0.0 if stated is None else stated.value**0.5
        z = f"{finding} {where} drawn"
        variables[z] = Variable(z, z, "latent", variable.states, parents)
        tables[z] = table
        fresh = np.broadcast_to(table[..., None, :], (*table.shape, variable.size))
        same = np.eye(variable.size)
        for number, vector in enumerate(vectors_seen):
            name = f"{finding} {where} {number}"
            variables[name] = Variable(name, name, "finding", variable.states, (*parents, z))
            tables[name] = copied * same + (1.0 - copied) * fresh
            seen.append((name, vector))
    return Enumerated(replace(network, variables=variables, tables=tables), seen, factors)


def foreign_network(arrays: Arrays) -> Network:
    """Arrays as a network of another program: variables v0, v1, ... with states s0, s1, ..."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(arrays.parents)))
    graph.add_edges_from((parent, child) for child, group in enumerate(arrays.parents) for parent in group)
    order = list(nx.topological_sort(graph))
    variables = {
        f"v{v}": Variable(
            f"v{v}",
            f"v{v}",
            "finding",
            tuple(f"s{state}" for state in range(arrays.cardinalities[v])),
            tuple(f"v{parent}" for parent in arrays.parents[v]),
        )
        for v in order
    }
    tables = {f"v{v}": arrays.tables[v] for v in order}
    return Network("random", "1", "", "", "random.bif", "0" * 64, variables, tables, foreign=True)


def bits(joint_table: Mapping[tuple[object, object], float]) -> float:
    """I(T; X) of a joint given cell by cell, by the definition."""
    rows: dict[object, float] = {}
    columns: dict[object, float] = {}
    for (row, column), p in joint_table.items():
        rows[row] = rows.get(row, 0.0) + p
        columns[column] = columns.get(column, 0.0) + p
    return float(sum(p * np.log2(p / rows[t] / columns[x]) for (t, x), p in joint_table.items() if p > 0))
