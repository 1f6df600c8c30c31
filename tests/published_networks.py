"""The published networks that the installed pgmpy carries, as arrays; the other programs are those of the benchmark."""

from __future__ import annotations

import gzip
import warnings
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import networkx as nx
import numpy as np
from oracle import Arrays

from benchmarks.peers import TabularCPD, VariableElimination, in_pgmpy, in_pyagrum

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)
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
