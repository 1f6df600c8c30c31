"""Independent draws from the posterior: the clique nearest the root first, then each clique given its separator.

No chain has to settle and no draw is rejected: each draw comes from P(x | e) itself. All draws go through a clique
together, and only the cliques between the variables asked for are visited.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine.beliefs import Beliefs
from hpt_bayes.engine.calibrated import Calibrated
from hpt_bayes.engine.contraction import Array, Scope, union
from hpt_bayes.engine.junction_tree import JunctionTree
from hpt_bayes.errors import EvidenceError

States = NDArray[np.int64]


def drawn_states(
    calibrated: Calibrated, count: int, random: np.random.Generator, variables: Sequence[int]
) -> NDArray[np.int64]:
    """Independent draws of some variables from their joint posterior, for evidence of one row.

    Args:
        calibrated: the answer of `propagate` to one row of evidence.
        count: how many draws.
        random: gives `count` uniform numbers for each clique on the way and for each leaf.
        variables: in the order of the columns; leaves of the network as well.

    Returns:
        States, shape (count, n variables); the observed state of a hard-observed variable, and -1 everywhere when the
        evidence is impossible.

    Raises:
        EvidenceError: for an unknown variable, a negative count, or a batch of other than one row.

    Source: Dawid 1992, Applications of a general propagation algorithm for probabilistic expert systems.
    """
    beliefs = calibrated.beliefs
    axes = beliefs.axes(variables)
    if count < 0:
        raise EvidenceError(f"expected a number of draws from 0, found {count}")
    if len(calibrated.log_evidence) != 1:
        raise EvidenceError(f"expected evidence of one row to draw from, found {len(calibrated.log_evidence)}")
    states: States = np.full((count, len(axes)), -1, dtype=np.int64)
    if calibrated.log_evidence[0] == -np.inf:
        return states
    sizes = beliefs.compiled.tree.sizes
    drawn = {axis: np.full(count, state) for axis, state in beliefs.absorbed.hard.items()}
    for table, given, new in _conditionals(beliefs, variables):
        row = np.zeros(count, dtype=np.int64)
        for axis in given:
            row = row * sizes[axis] + drawn[axis]
        cells = tuple(sizes[axis] for axis in new)
        drawn |= zip(new, np.unravel_index(_inverted(table, row, random.random(count)), cells), strict=True)
    for column, axis in enumerate(axes):
        states[:, column] = drawn[axis]
    return states


def _conditionals(beliefs: Beliefs, variables: Sequence[int]) -> Iterator[tuple[Array, Scope, Scope]]:
    """What to draw in turn: weights ~ P(new | given, e), shape (cells of given, cells of new), and both scopes.

    Hard-observed axes are in neither scope: their slice of length one leaves the order of the cells as it is.
    """
    tree, hard = beliefs.compiled.tree, beliefs.absorbed.hard

    def free(scope: Scope) -> Scope:
        return tuple(axis for axis in scope if axis not in hard)

    unknown = [variable for variable in dict.fromkeys(variables) if tree.axis_of[variable] not in hard]
    leaves = [variable for variable in unknown if beliefs.compiled.is_leaf(variable)]
    parents = {leaf: free(beliefs.compiled.families[leaf][1][:-1]) for leaf in leaves}
    asked = union((tree.axis_of[v] for v in unknown if v not in parents), *parents.values())
    cliques = _cliques_between(tree, asked)
    for position, clique in enumerate(cliques):
        onwards = union(asked, *(tree.separators[other] for other in cliques if tree.parent[other] == clique))
        given = free(tree.separators[clique]) if position else ()
        new = tuple(axis for axis in free(tree.cliques[clique]) if axis in onwards and axis not in given)
        if new:
            # The axes of a separator come before those its clique adds: each row is one state of the separator.
            yield beliefs.within(clique, given + new).reshape(tree.cells(given), -1), given, new
    for leaf in leaves:
        table, _ = beliefs.leaf_table(leaf)
        yield table.reshape(tree.cells(parents[leaf]), -1), parents[leaf], (tree.axis_of[leaf],)


def _cliques_between(tree: JunctionTree, asked: Scope) -> list[int]:
    """The cliques that join the asked axes, parents first."""
    if not asked:
        return []
    cliques = tree.spanning(tree.top[axis] for axis in asked)
    while len(cliques) > 1:
        first, second, *others = cliques
        branches = any(tree.parent[other] == first for other in others)
        if branches or any(axis in asked and axis not in tree.separators[second] for axis in tree.cliques[first]):
            break
        cliques = [second, *others]
    return cliques


def _inverted(weights: Array, row: States, uniform: Array) -> States:
    """The cell of its row that each draw falls into: the inverse of the distribution function, by halving all at once.

    Args:
        weights: shape (rows, cells), not negative; a row need not sum to one.
        row: of each draw, shape (count,).
        uniform: in [0, 1), shape (count,).

    Returns:
        cells of positive weight, shape (count,).
    """
    visited, row = np.unique(row, return_inverse=True)
    edges = weights[visited].cumsum(axis=1)
    height = uniform * edges[row, -1]
    last = edges.shape[1] - 1
    cell: States = np.zeros(len(row), dtype=np.int64)
    step = 1 << last.bit_length() >> 1
    while step:
        trial = cell + step
        below = (trial <= last) & (edges[row, np.minimum(trial, last) - 1] <= height)
        cell = np.where(below, trial, cell)
        step >>= 1
    return cell
