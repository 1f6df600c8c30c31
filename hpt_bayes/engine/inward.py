"""Results that hang on a clique, carried through the tree towards the root: P(results | separator, e).

For results x that hang on a clique C with the separator S towards the root,

    P(x | S, e) = sum over C without S of P(C | S, e) P(x | C),

and so on from separator to separator. Results from different branches of a clique are independent given it, so what
two sets of results have to do with each other is settled in the clique where their ways to the root join.

Source: Lauritzen & Spiegelhalter 1988, Journal of the Royal Statistical Society B 50:157.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine.calibrated import Calibrated
from hpt_bayes.engine.contraction import Array, Scope
from hpt_bayes.engine.sparse import SparseMatrix, from_cells

States = NDArray[np.int64]

ROOT = 0


class Inward:
    """The ways from the cliques of a calibrated tree to its root, each conditional of separators computed once.

    Tables have one axis for each free axis of the tree in their scope, in ascending order, and the results last.

    Args:
        calibrated: a batch of one.

    Attributes:
        known: state of each variable that is certain.
    """

    def __init__(self, calibrated: Calibrated) -> None:
        self._beliefs = calibrated.beliefs
        self._tree = calibrated.beliefs.compiled.tree
        hard = calibrated.beliefs.absorbed.hard
        self._variable = {axis: variable for variable, axis in enumerate(self._tree.axis_of)}
        fixed = {axis: 0 for axis in range(self._tree.core) if self._tree.sizes[axis] == 1}
        self.known: Mapping[int, int] = {self._variable[axis]: state for axis, state in {**fixed, **hard}.items()}
        self._steps: dict[tuple[int, Scope], SparseMatrix] = {}
        self._cells: dict[tuple[int, Scope], tuple[States, States, Array]] = {}

    def scope(self, variables: Sequence[int]) -> Scope:
        """The ascending axes of those variables that are not certain."""
        return tuple(sorted({self._tree.axis_of[v] for v in variables if v not in self.known}))

    def variables(self, scope: Scope) -> tuple[int, ...]:
        """The variables of some axes, in their order."""
        return tuple(self._variable[axis] for axis in scope)

    def sizes(self, variables: Sequence[int]) -> tuple[int, ...]:
        """Number of states of each variable."""
        return tuple(self._tree.sizes[self._tree.axis_of[variable]] for variable in variables)

    def cards(self, scope: Scope) -> tuple[int, ...]:
        """Number of states of each axis."""
        return tuple(self._tree.sizes[axis] for axis in scope)

    def cells(self, clique: int) -> int:
        """Number of joint states of a clique."""
        return self._tree.cells(self._tree.cliques[clique])

    @property
    def outermost_first(self) -> range:
        """Every clique, each before the next one towards the root."""
        return range(len(self._tree.cliques) - 1, -1, -1)

    def towards_root(self, clique: int) -> int:
        """The next clique towards the root, -1 for the root."""
        return self._tree.parent[clique]

    def way(self, clique: int) -> list[int]:
        """The clique, the next one towards the root, and so on up to the root."""
        return self._tree.path_to_root(clique)

    def home(self, scope: Scope) -> int | None:
        """The clique nearest the root that holds all axes of a scope, or None."""
        if not scope:
            return ROOT
        common = self._tree.holders[scope[0]].intersection(*(self._tree.holders[axis] for axis in scope[1:]))
        return min(common, default=None)

    def separator(self, clique: int) -> Scope:
        """The axes that are not certain among those a clique shares with the next one; lower than all its others."""
        return self.scope(self.variables(self._tree.separators[clique]))

    def carried(self, clique: int, table: Array, scope: Scope) -> tuple[Array, Scope]:
        """P(results | axes the next clique holds, e) from P(results | axes of a clique), one step towards the root.

        Args:
            clique: other than the root.
            table: (*cards of scope, results).
            scope: axes of the clique.

        Returns:
            (*cards of the new scope, results) and the new scope: the same where the next clique holds it, else the
            separator.
        """
        separator = self.separator(clique)
        if set(scope) <= set(separator):
            return table, scope
        moved = self._given(clique, scope) @ table.reshape(-1, table.shape[-1])
        return moved.reshape(*self.cards(separator), -1), separator

    def belief(self, clique: int, scope: Scope) -> Array:
        """P(scope | e) for axes of one clique, (*cards of scope)."""
        return self._beliefs.within(clique, scope).reshape(self.cards(scope))

    def outwards(self, clique: int, inside: Scope) -> tuple[States, States, Array]:
        """P(inside | separator, e): few cells are positive, because classes and places follow from causes.

        Args:
            clique: other than the root.
            inside: axes of it beyond the separator, ascending.

        Returns:
            Configuration of the separator, configuration of the others and probability of each positive cell, by
            configuration of the separator, (cells,).
        """
        key = clique, inside
        if key not in self._cells:
            separator = self.separator(clique)
            # Axes of the separator are lower than the others, so its configurations are the rows of a matrix.
            joint = self.belief(clique, (*separator, *inside)).reshape(math.prod(self.cards(separator)), -1)
            at = np.flatnonzero(joint)
            given = at // joint.shape[1]
            self._cells[key] = given, at - given * joint.shape[1], joint.reshape(-1)[at] / joint.sum(axis=1)[given]
        return self._cells[key]

    def _given(self, clique: int, scope: Scope) -> SparseMatrix:
        """P(scope | separator, e) for axes of a clique, (configurations of the separator, of the scope)."""
        key = clique, scope
        if key not in self._steps:
            separator = self.separator(clique)
            inside = tuple(axis for axis in scope if axis not in separator)
            given, rest, share = self.outwards(clique, inside)
            columns = self._places(separator, scope)[given] + self._places(inside, scope)[rest]
            shape = math.prod(self.cards(separator)), math.prod(self.cards(scope))
            self._steps[key] = from_cells(share, given, columns, shape)
        return self._steps[key]

    def _places(self, some: Scope, scope: Scope) -> States:
        """What each configuration of some axes adds to the number of a configuration of a scope."""
        number = np.zeros(self.cards(some), dtype=np.int64)
        step = 1
        for axis, card in zip(reversed(scope), reversed(self.cards(scope)), strict=True):
            if axis in some:
                number += step * np.arange(card).reshape([card if each == axis else 1 for each in some])
            step *= card
        return number.reshape(-1)


def meeting(one: Sequence[int], other: Sequence[int]) -> int:
    """The first clique that two ways to the root have in common."""
    shared = set(other)
    return next(clique for clique in one if clique in shared)


def branch(way: Sequence[int], clique: int) -> int | None:
    """The clique before another one on a way to the root; None where the way starts there."""
    return next((before for before, after in pairwise(way) if after == clique), None)
