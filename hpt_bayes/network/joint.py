"""Joint distribution of a few variables of a network from their ancestors' tables; small, exact, by summing out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.variables import Variable


def joint_of(
    names: Sequence[str], variables: Mapping[str, Variable], tables: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return P(names) before any evidence.

    Args:
        names: axes of the result.
        variables: the network's, or at least the ancestors of `names`.
        tables: of the ancestors, (*parents, child), or (D, *parents, child) when drawn.

    Returns:
        Array with one axis per name, after an axis of draws when any table has one; sums to one for each draw.
    """
    needed: dict[str, int] = {}
    stack = list(names)
    while stack:
        name = stack.pop()
        if name not in needed:
            needed[name] = len(needed)
            stack.extend(variables[name].parents)
    operands: list[object] = []
    draws: list[int] = []
    for name in needed:
        labels = [needed[axis] for axis in (*variables[name].parents, name)]
        if tables[name].ndim > len(labels):
            draws = [len(needed)]
            labels = [*draws, *labels]
        operands += [tables[name], labels]
    if not operands:
        return np.ones(())
    out = [*draws, *(needed[name] for name in names)]
    return np.asarray(np.einsum(*operands, out, optimize="greedy"))  # type: ignore[call-overload]
