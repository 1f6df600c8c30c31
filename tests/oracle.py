"""The full joint distribution by enumeration: slow, obvious, and right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Arrays:
    """A network as plain arrays: the arguments of `compile_network`."""

    cardinalities: tuple[int, ...]
    parents: tuple[tuple[int, ...], ...]
    tables: tuple[Array, ...]


def spread(values: Array, scope: Sequence[int], n: int) -> Array:
    """View a factor over `scope`, in any order, as one over all n variables."""
    order = sorted(range(len(scope)), key=lambda i: scope[i])
    moved = values.transpose(order)
    shape = [1] * n
    for i in order:
        shape[scope[i]] = values.shape[i]
    return moved.reshape(shape)


def weights(
    network: Arrays,
    hard: Mapping[int, int],
    likelihoods: Sequence[tuple[int, Array]],
    factors: Sequence[tuple[tuple[int, ...], Array]] = (),
    tables: Mapping[int, Array] | None = None,
) -> Array:
    """P(x, e) for every joint state x of one row of evidence, shape (*cardinalities)."""
    n = len(network.cardinalities)
    joint = np.ones(network.cardinalities)
    for variable, parents in enumerate(network.parents):
        table = (tables or {}).get(variable, network.tables[variable])
        joint = joint * spread(table, (*parents, variable), n)
    for variable, state in hard.items():
        one_hot = np.zeros(network.cardinalities[variable])
        one_hot[state] = 1.0
        joint = joint * spread(one_hot, (variable,), n)
    for variable, vector in likelihoods:
        joint = joint * spread(vector, (variable,), n)
    for scope, values in factors:
        joint = joint * spread(values, scope, n)
    return joint


def joint(weight: Array, scope: Sequence[int]) -> Array:
    """P(scope | e), axes in the given order; zeros when the evidence is impossible."""
    total = weight.sum()
    ascending = sorted(set(scope))
    table = weight.sum(axis=tuple(i for i in range(weight.ndim) if i not in ascending))
    answer: Array = (table / total if total > 0 else table).transpose([ascending.index(v) for v in scope])
    return answer


def log_evidence(weight: Array) -> float:
    """Natural log of P(e)."""
    total = float(weight.sum())
    return float(np.log(total)) if total > 0 else -np.inf
