"""Target configurations added up into groups: P(group, scope | e) instead of P(target, scope | e).

Target and scope meet in two factors, left over the target and some axes S, right over S and the scope. The left one
becomes a sparse matrix from the configurations of S to the groups, so no table over target and scope is built.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine.contraction import Array, Factor, Scope
from hpt_bayes.errors import EvidenceError

_CHUNK_CELLS = 1 << 18


@dataclass(frozen=True)
class _SparseMatrix:
    """Its positive cells, sorted by row.

    Attributes:
        shape: rows and columns.
        values: of the cells, (cells,).
        columns: of the cells, (cells,).
        rows: the rows that have cells, (n,).
        starts: position of the first cell of each of these rows, (n,).
    """

    shape: tuple[int, int]
    values: Array
    columns: NDArray[np.intp]
    rows: NDArray[np.intp]
    starts: NDArray[np.intp]

    def times(self, dense: Array) -> Array:
        """The product with a matrix (columns, n), shape (rows, n), a few columns of it at a time."""
        answer = np.zeros((self.shape[0], dense.shape[1]))
        width = max(1, _CHUNK_CELLS // max(1, len(self.values)))
        for at in range(0, dense.shape[1] if len(self.rows) else 0, width):
            terms = dense[:, at : at + width].take(self.columns, axis=0)
            terms *= self.values[:, None]
            answer[self.rows, at : at + width] = np.add.reduceat(terms, self.starts)
        return answer


class Grouping:
    """Which group each configuration of a target belongs to.

    Args:
        target: axes of the target, in the order of `groups`.
        sizes: number of states of each target axis.
        slices: what evidence leaves of each target axis.
        groups: number of the group of each configuration, the last axis varying fastest; -1 leaves it out.

    Attributes:
        size: number of groups.

    Raises:
        EvidenceError: when `groups` does not hold one integer for each configuration of different variables.
    """

    def __init__(
        self, target: Scope, sizes: Sequence[int], slices: Sequence[slice], groups: NDArray[np.integer]
    ) -> None:
        if groups.shape != (math.prod(sizes),) or groups.dtype.kind != "i" or len(set(target)) != len(target):
            raise EvidenceError(
                f"groups: expected one integer for each of {math.prod(sizes):,} configurations of different variables, "
                f"got {groups.dtype} of shape {groups.shape}"
            )
        self.size = int(groups.max()) + 1
        order = sorted(range(len(target)), key=lambda i: target[i])
        self._target = tuple(target[i] for i in order)
        self._groups = groups.reshape(sizes)[tuple(slices)].transpose(order)
        self._matrices: dict[tuple[Scope, Scope, Scope], list[_SparseMatrix]] = {}

    def total(self, left: Factor, right: Factor, scope: Scope) -> Factor:
        """P(group, scope | e), the product of two factors summed over all but group and scope.

        Args:
            left: P(target, S | e), shape (B or 1, *cards of its axes); equal axes mean equal values from call to call.
            right: P(scope | S, e), shape (B or 1, *cards of its axes).
            scope: ascending axes to keep.

        Returns:
            shape (B or 1, groups, *cards of the answer's axes), and these axes: those of the scope, left ones first.
        """
        (values, axes), (given, inside) = left, right
        shared = tuple(axis for axis in inside if axis in axes)
        rest = tuple(axis for axis in inside if axis not in axes)
        kept = tuple(axis for axis in axes if axis in scope)
        key = axes, kept, shared
        if key not in self._matrices:
            self._matrices[key] = [self._matrix(row, axes, kept, shared) for row in values]
        matrices = self._matrices[key]
        place = {axis: i + 1 for i, axis in enumerate(inside)}
        moved = given.transpose([0, *(place[axis] for axis in (*shared, *rest))])
        rows = moved.reshape(len(given), matrices[0].shape[1], -1)
        batch = max(len(matrices), len(rows))
        answer: Array = np.stack([matrices[i % len(matrices)].times(rows[i % len(rows)]) for i in range(batch)])
        shape = [values.shape[1 + axes.index(axis)] for axis in kept] + [given.shape[place[axis]] for axis in rest]
        return answer.reshape(batch, self.size, *shape), (*kept, *rest)

    def _matrix(self, values: Array, axes: Scope, kept: Scope, shared: Scope) -> _SparseMatrix:
        """The left factor of one row, shape (*cards of axes), as a sparse matrix (group and kept axes, shared axes)."""

        def number(named: Scope) -> NDArray[np.intp]:
            """Number of the configuration of some axes in each cell, shape (*cards of axes) or broadcast to it."""
            found = np.zeros((1,) * len(axes), dtype=np.intp)
            for at in map(axes.index, named):
                states = np.arange(values.shape[at]).reshape([-1 if i == at else 1 for i in range(len(axes))])
                found = found * values.shape[at] + states
            return found

        groups = self._groups[tuple(slice(None) if axis in self._target else None for axis in axes)]
        counts = [math.prod(values.shape[axes.index(axis)] for axis in named) for named in (kept, shared)]
        used = (groups >= 0) & (values > 0.0)
        rows = np.broadcast_to(groups * counts[0] + number(kept), values.shape)[used]
        columns = np.broadcast_to(number(shared), values.shape)[used]
        order = np.argsort(rows, kind="stable")
        found, starts = np.unique(rows[order], return_index=True)
        return _SparseMatrix((self.size * counts[0], counts[1]), values[used][order], columns[order], found, starts)
