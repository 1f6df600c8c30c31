"""The published networks that the installed pgmpy carries, as arrays, and the same arrays as a pyAgrum network."""

from __future__ import annotations

import gzip
import warnings
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pyagrum
from oracle import Arrays

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.inference import VariableElimination
    from pgmpy.models import DiscreteBayesianNetwork
    from pgmpy.readwrite import BIFReader

__all__ = ["NAMES", "Published", "TabularCPD", "VariableElimination", "in_pgmpy", "in_pyagrum", "published"]

NAMES = (
    "asia",
    "cancer",
    "earthquake",
    "survey",
    "sachs",
    "child",
    "alarm",
    "insurance",
    "hailfinder",
    "hepar2",
    "win95pts",
    "andes",
    "pathfinder",
)


@dataclass(frozen=True)
class Published:
    """A published network."""

    name: str
    arrays: Arrays

    def sample(self, rng: np.random.Generator) -> dict[int, int]:
        """A state of every variable, drawn from the network, so that evidence taken from it is possible."""
        graph = nx.DiGraph()
        graph.add_nodes_from(range(len(self.arrays.parents)))
        graph.add_edges_from((p, child) for child, group in enumerate(self.arrays.parents) for p in group)
        states: dict[int, int] = {}
        for v in nx.topological_sort(graph):
            row = self.arrays.tables[v][tuple(states[p] for p in self.arrays.parents[v])]
            states[v] = int(rng.choice(len(row), p=row))
        return states


@cache
def published(name: str) -> Published:
    spec = find_spec("pgmpy")
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin).parent / "utils" / "example_models" / f"{name}.bif.gz"
    model = BIFReader(string=gzip.decompress(path.read_bytes()).decode()).get_model()
    nodes = sorted(model.nodes())
    number = {node: i for i, node in enumerate(nodes)}
    parents, tables = [], []
    for node in nodes:
        table = model.get_cpds(node)
        parents.append(tuple(number[p] for p in table.variables[1:]))
        values = np.moveaxis(np.asarray(table.values, dtype=float), 0, -1)
        # The files round their numbers, so rows sum to one only nearly.
        tables.append(values / values.sum(axis=-1, keepdims=True))
    return Published(name, Arrays(tuple(t.shape[-1] for t in tables), tuple(parents), tuple(tables)))


def in_pyagrum(arrays: Arrays) -> Any:
    """The same arrays in pyAgrum, whose tables have reversed axes; its file readers would round to single precision."""
    network = pyagrum.BayesNet()
    for v, card in enumerate(arrays.cardinalities):
        network.add(pyagrum.LabelizedVariable(str(v), "", card))
    for v, parents in enumerate(arrays.parents):
        for p in parents:
            network.addArc(str(p), str(v))
    for v, (parents, table) in enumerate(zip(arrays.parents, arrays.tables, strict=True)):
        cpt = network.cpt(str(v))
        axes = (*parents, v)
        order = [axes.index(int(name)) for name in reversed(list(cpt.names))]
        cpt[:] = np.ascontiguousarray(table.transpose(order))
    return network


def in_pgmpy(arrays: Arrays) -> Any:
    """The same arrays in pgmpy."""
    model = DiscreteBayesianNetwork()
    model.add_nodes_from(str(v) for v in range(len(arrays.parents)))
    model.add_edges_from((str(p), str(v)) for v, group in enumerate(arrays.parents) for p in group)
    for v, (parents, table) in enumerate(zip(arrays.parents, arrays.tables, strict=True)):
        columns = np.moveaxis(table, -1, 0).reshape(arrays.cardinalities[v], -1)
        cards = [arrays.cardinalities[p] for p in parents]
        names = [str(p) for p in parents]
        model.add_cpds(TabularCPD(str(v), arrays.cardinalities[v], columns, names or None, cards or None))
    return model
