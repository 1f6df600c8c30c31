"""pyAgrum and pgmpy, asked in the way that is fastest for each."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import pyagrum
from numpy.typing import NDArray

from benchmarks.plain import Array, Plain

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.inference import VariableElimination
    from pgmpy.models import DiscreteBayesianNetwork


class Arrays(Protocol):
    """A network as arrays."""

    @property
    def cardinalities(self) -> tuple[int, ...]:
        """Number of states of each variable."""

    @property
    def parents(self) -> tuple[tuple[int, ...], ...]:
        """Parents of each variable."""

    @property
    def tables(self) -> tuple[NDArray[np.float64], ...]:
        """P(variable | parents), (*cards of parents, card)."""


def in_pyagrum(arrays: Arrays) -> Any:
    """The arrays in pyAgrum, whose tables have reversed axes; its file readers would round to single precision."""
    network = pyagrum.BayesNet()
    for v, card in enumerate(arrays.cardinalities):
        network.add(pyagrum.LabelizedVariable(str(v), "", card))
    for v, parents in enumerate(arrays.parents):
        for p in parents:
            network.addArc(str(p), str(v))
    for v, table in enumerate(arrays.tables):
        fill(network, arrays, v, table)
    return network


def fill(network: Any, arrays: Arrays, variable: int, table: Array) -> None:
    """Write one table into a pyAgrum network."""
    cpt = network.cpt(str(variable))
    axes = (*arrays.parents[variable], variable)
    order = [axes.index(int(name)) for name in reversed(list(cpt.names))]
    cpt[:] = np.ascontiguousarray(table.transpose(order))


def in_pgmpy(arrays: Arrays) -> Any:
    """The arrays in pgmpy."""
    model = DiscreteBayesianNetwork()
    model.add_nodes_from(str(v) for v in range(len(arrays.parents)))
    model.add_edges_from((str(p), str(v)) for v, group in enumerate(arrays.parents) for p in group)
    for v, (parents, table) in enumerate(zip(arrays.parents, arrays.tables, strict=True)):
        columns = np.moveaxis(table, -1, 0).reshape(arrays.cardinalities[v], -1)
        cards = [arrays.cardinalities[p] for p in parents]
        names = [str(p) for p in parents]
        model.add_cpds(TabularCPD(str(v), arrays.cardinalities[v], columns, names or None, cards or None))
    return model


class PyAgrum:
    """LazyPropagation, told beforehand what will be asked.

    Args:
        arrays: the network.
        targets: variables that will be asked for; all when None.
        joints: sets of variables that will be asked for jointly.
    """

    def __init__(
        self, arrays: Arrays, targets: Iterable[int] | None = None, joints: Iterable[Sequence[int]] = ()
    ) -> None:
        self.network = in_pyagrum(arrays)
        self._cards = arrays.cardinalities
        self._inference = pyagrum.LazyPropagation(self.network)
        asked = [tuple(scope) for scope in joints]
        if targets is not None or asked:
            self._inference.eraseAllTargets()
            for v in targets or ():
                self._inference.addTarget(str(v))
            for scope in asked:
                self._inference.addJointTarget({str(v) for v in scope})

    def enter(self, evidence: Plain) -> PyAgrum:
        """Take the evidence of a new patient and propagate."""
        self._inference.eraseAllEvidence()
        for v, state in evidence.hard.items():
            self._inference.addEvidence(str(v), state)
        for v, vector in evidence.vectors.items():
            self._inference.addEvidence(str(v), vector.tolist())
        self._inference.makeInference()
        return self

    def log_evidence(self) -> float:
        """Natural log of P(e)."""
        return float(np.log(self._inference.evidenceProbability()))

    def posterior(self, variable: int) -> Array:
        """P(variable | e), (states,)."""
        return np.asarray(self._inference.posterior(str(variable)).toarray()).reshape(-1)

    def joint(self, scope: Sequence[int]) -> Array:
        """P(scope | e), axes as asked."""
        found = self._inference.jointPosterior({str(v) for v in scope})
        axes = [int(name) for name in reversed(list(found.names))]
        more = [v for v in axes if v not in scope]  # pyAgrum leaves variables of one state in its answers
        return (
            np.asarray(found.toarray())
            .transpose([axes.index(v) for v in (*scope, *more)])
            .reshape([self._cards[v] for v in scope])
        )


class Pgmpy:
    """VariableElimination, one query an answer: its junction tree runs out of memory on diagnostic networks.

    Args:
        evidence: the network and what was observed.
    """

    def __init__(self, evidence: Plain) -> None:
        self._elimination = VariableElimination(in_pgmpy(evidence))
        self._hard = {str(v): state for v, state in evidence.hard.items()}
        self._virtual = [
            TabularCPD(str(v), len(vector), (vector / vector.sum()).reshape(-1, 1))
            for v, vector in evidence.vectors.items()
        ]

    def joint(self, scope: Sequence[int]) -> Array:
        """P(scope | e), axes as asked; for variables without evidence."""
        names = [str(v) for v in scope]
        found = self._elimination.query(
            names, evidence=self._hard, virtual_evidence=list(self._virtual), show_progress=False
        )
        return np.asarray(found.values).transpose([found.variables.index(name) for name in names])
