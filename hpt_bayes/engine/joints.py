"""Joint posteriors across cliques: conditionals of separators chained along the tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from hpt_bayes.engine.beliefs import Beliefs
from hpt_bayes.engine.contraction import Array, Factor, Scope, contract, divide, lift, union
from hpt_bayes.errors import EvidenceError, NetworkTooWide

MAX_JOINT = 2**25
_OUTWARD_SHARE = 4


def refuse_large(beliefs: Beliefs, scope: Scope, max_cells: int) -> None:
    """Raise NetworkTooWide for a table that would be too large in one batch of rows."""
    hard = beliefs.absorbed.hard
    free = tuple(axis for axis in scope if axis not in hard or axis >= beliefs.compiled.tree.core)
    needed = beliefs.compiled.tree.cells(free) * beliefs.absorbed.batch
    if needed > max_cells:
        raise NetworkTooWide(
            f"this joint distribution needs a table of {needed:,} cells, more than the {max_cells:,} allowed"
        )


class _Leaves:
    """The leaves that a question names, by axis."""

    def __init__(self, beliefs: Beliefs, scope: Scope) -> None:
        tree = beliefs.compiled.tree
        self.variable = {axis: v for v, axis in enumerate(tree.axis_of) if axis >= tree.core and axis in set(scope)}
        self.home = {axis: tree.family_home[v] for axis, v in self.variable.items()}
        self.parents = {axis: beliefs.compiled.families[v][1][:-1] for axis, v in self.variable.items()}

    def core(self, scope: Scope) -> Scope:
        """The clique axes a scope needs: its own and the parents of its leaves."""
        return union(*(self.parents.get(axis, (axis,)) for axis in scope))


def joint_table(beliefs: Beliefs, scope: Scope, max_cells: int) -> Array:
    """P(scope | e) for ascending axes, from one clique where one holds them, else through the separators.

    Args:
        beliefs: the calibrated tree.
        scope: ascending axes, leaves included.
        max_cells: largest table to build.

    Returns:
        shape (B or 1, *cards of scope); sliced axes have length one.

    Raises:
        NetworkTooWide: when a table on the way would have more than `max_cells` cells.
    """
    tree = beliefs.compiled.tree
    refuse_large(beliefs, scope, max_cells)
    leaves = _Leaves(beliefs, scope)
    home = tree.home(leaves.core(scope))
    if home is not None:
        return beliefs.with_leaves(home, scope, leaves.variable)
    return _across(beliefs, scope, leaves, max_cells)


def _across(beliefs: Beliefs, scope: Scope, leaves: _Leaves, max_cells: int) -> Array:
    """P(scope | e) by eliminating, inside the part of the tree that spans the scope, all that was not asked for."""
    tree = beliefs.compiled.tree
    place = {axis: leaves.home[axis] if axis in leaves.home else tree.top[axis] for axis in scope}
    needed = tree.spanning(place.values())
    meeting = needed[0]
    messages: dict[int, list[tuple[Array, Scope]]] = {clique: [] for clique in needed}
    for clique in reversed(needed):
        separator = () if clique == meeting else tree.separators[clique]
        arriving = messages[clique]
        asked = tuple(axis for axis in scope if place[axis] == clique)
        boundary = union(separator, asked, *(inner for _, inner in arriving))
        inner = tuple(axis for axis in boundary if axis in tree.cliques[clique])
        local = union(inner, asked)
        refuse_large(beliefs, local, max_cells)
        values = beliefs.with_leaves(clique, local, leaves.variable)
        if clique != meeting:
            values = divide(values, lift(beliefs.within(tree.parent[clique], separator), separator, local))
        for position, (message, covered) in enumerate(arriving):
            later = union(separator, scope, *(other for _, other in arriving[position + 1 :]))
            keep = tuple(axis for axis in union(local, covered) if axis in later)
            refuse_large(beliefs, keep, max_cells)
            values = contract(values, local, message, covered, keep)
            local = keep
        if clique != meeting:
            messages[tree.parent[clique]].append((values, local))
    return values


def halves_with(
    beliefs: Beliefs, target: Scope, scopes: Sequence[Scope], max_cells: int
) -> Iterator[tuple[Factor, Factor]]:
    """For each scope two factors whose product, summed to target and scope, is P(target, scope | e).

    Args:
        beliefs: the calibrated tree.
        target: ascending axes that one clique holds.
        scopes: ascending axes, leaves included.
        max_cells: largest table to build.

    Yields:
        P(target, S | e) and P(scope | S, e) for axes S between the two; where one table holds both, that and a one.

    Raises:
        EvidenceError: when no clique holds the target.
        NetworkTooWide: when a table on the way would have more than `max_cells` cells.
    """
    tree = beliefs.compiled.tree
    start = tree.home(target) if all(axis < tree.core for axis in target) else None
    if start is None:
        raise EvidenceError("no clique holds the target: compile the network with it in `together`")
    chain = _Chain(beliefs, target, start, max_cells)
    one: Factor = np.ones(1), ()
    for scope in scopes:
        leaves = _Leaves(beliefs, scope)
        out = union(target, scope)
        core = leaves.core(scope)
        direct = tree.home(union(target, core))
        behind = tree.home(core)
        if direct is not None:
            refuse_large(beliefs, out, max_cells)
            yield (beliefs.with_leaves(direct, out, leaves.variable), out), one
        elif behind is not None:
            yield chain.reach(behind, scope, leaves)
        else:
            yield (joint_table(beliefs, out, max_cells), out), one


class _Chain:
    """The way between the target's clique and the others, each conditional of separators computed once.

    A scope is reached either by carrying the target outwards, which all scopes behind a separator share, or, when the
    scope has far fewer states than the target, by carrying the scope inwards.
    """

    def __init__(self, beliefs: Beliefs, target: Scope, start: int, max_cells: int) -> None:
        self.beliefs = beliefs
        self.target = target
        self.start = start
        self.max_cells = max_cells
        self._with_target: dict[tuple[int, int], Array] = {}
        self._hops: dict[tuple[int, int, int], tuple[Array, Scope]] = {}

    def _separator(self, one: int, other: int) -> tuple[Scope, int]:
        """The separator between two neighbours, and the one nearer the root, which knows its belief."""
        tree = self.beliefs.compiled.tree
        return (tree.separators[other], one) if tree.parent[other] == one else (tree.separators[one], other)

    def _path(self, end: int) -> list[int]:
        tree = self.beliefs.compiled.tree
        up, down = tree.path_to_root(self.start), tree.path_to_root(end)
        while len(up) > 1 and len(down) > 1 and up[-2] == down[-2]:
            up.pop()
            down.pop()
        return up + down[-2::-1]

    def _conditional(
        self, before: int, clique: int, scope: Scope, leaves: _Leaves | None = None
    ) -> tuple[Array, Scope]:
        """P(scope | separator, e) for a scope of `clique` and the separator to its neighbour `before`."""
        separator, upper = self._separator(before, clique)
        local = union(separator, scope)
        refuse_large(self.beliefs, local, self.max_cells)
        values = self.beliefs.with_leaves(clique, local, leaves.variable if leaves else {})
        return divide(values, lift(self.beliefs.within(upper, separator), separator, local)), local

    def _hop(self, before: int, clique: int, after: int) -> tuple[Array, Scope]:
        """P(separator behind `clique` | separator before it, e)."""
        key = before, clique, after
        if key not in self._hops:
            self._hops[key] = self._conditional(before, clique, self._separator(clique, after)[0])
        return self._hops[key]

    def _combine(self, a: tuple[Array, Scope], b: tuple[Array, Scope], out: Scope) -> Array:
        refuse_large(self.beliefs, out, self.max_cells)
        return contract(*a, *b, out)

    def _target_with_separator(self, path: list[int], position: int) -> tuple[Array, Scope]:
        """P(target, separator | e) for the separator between two neighbours on a path from the target's clique."""
        before, clique = path[position], path[position + 1]
        out = union(self.target, self._separator(before, clique)[0])
        if (before, clique) not in self._with_target:
            if position == 0:
                refuse_large(self.beliefs, out, self.max_cells)
                self._with_target[before, clique] = self.beliefs.within(before, out)
            else:
                nearer = self._target_with_separator(path, position - 1)
                hop = self._hop(path[position - 1], before, clique)
                self._with_target[before, clique] = self._combine(nearer, hop, out)
        return self._with_target[before, clique], out

    def reach(self, end: int, scope: Scope, leaves: _Leaves) -> tuple[Factor, Factor]:
        """P(target, S | e) and P(scope | S, e) for a scope that the clique `end` holds and a separator S on the way."""
        tree = self.beliefs.compiled.tree
        path = self._path(end)
        carried = self._conditional(path[-2], path[-1], scope, leaves)
        position = len(path) - 2
        if tree.cells(scope) * _OUTWARD_SHARE < tree.cells(self.target):
            while position > 0:
                before, clique, after = path[position - 1 : position + 2]
                inner = union(self._separator(before, clique)[0], scope)
                carried = self._combine(self._hop(before, clique, after), carried, inner), inner
                position -= 1
        return self._target_with_separator(path, position), carried
