"""Compile once: everything about a network that does not depend on the evidence.

The clique tables are stored as conditionals P(clique | separator towards the root). Their product is the joint
distribution, and a part of the tree without evidence sends the message one, so queries skip it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import networkx as nx
import numpy as np
from numpy.typing import ArrayLike, NDArray

from hpt_bayes.engine.contraction import Array, Factor, Scope, divide, lift, multiply, sum_to
from hpt_bayes.engine.junction_tree import JunctionTree, build_junction_tree

_ROW_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class CompiledNetwork:
    """A network ready for questions; every array is read-only.

    Attributes:
        cardinalities: number of states of each variable.
        parents: the parents of each variable.
        tables: P(variable | parents), axes as given: parents in their order, then the variable.
        together: groups of variables that share a clique.
        tree: the junction tree.
        families: for each variable its table with ascending axes and a leading axis of length one, and its scope.
        assigned: for each clique the variables whose tables it holds.
        conditionals: for each clique P(clique | separator), shape (1, *cards), zero where the separator is impossible.
        upward: for each clique the message without evidence to its parent, shape (1, *cards of the separator).
    """

    cardinalities: tuple[int, ...]
    parents: tuple[tuple[int, ...], ...]
    tables: tuple[Array, ...]
    together: tuple[tuple[int, ...], ...]
    tree: JunctionTree
    families: tuple[Factor, ...]
    assigned: tuple[tuple[int, ...], ...]
    conditionals: tuple[Array, ...]
    upward: tuple[Array, ...]

    @cached_property
    def supports(self) -> tuple[Factor, ...]:
        """`families` with 1.0 for every positive entry; read-only, made on first use."""
        return tuple((_frozen((values > 0.0).astype(np.float64)), scope) for values, scope in self.families)

    @cached_property
    def clique_supports(self) -> tuple[NDArray[np.bool_], ...]:
        """For each clique the cells that are possible given the tables of its part of the tree; made on first use."""
        return tuple(_frozen(cells) for cells in _support_tables(self.tree, self.supports, self.assigned))

    def is_leaf(self, variable: int) -> bool:
        """Whether the variable stays outside the junction tree."""
        return self.tree.axis_of[variable] >= self.tree.core


_Number = TypeVar("_Number", np.float64, np.bool_)


def _frozen(array: NDArray[_Number]) -> NDArray[_Number]:
    array.flags.writeable = False
    return array


def _checked(
    cardinalities: Sequence[int],
    parents: Sequence[Sequence[int]],
    tables: Sequence[ArrayLike],
    together: Sequence[Sequence[int]],
) -> tuple[Array, ...]:
    n = len(cardinalities)
    if n == 0 or len(parents) != n or len(tables) != n:
        raise ValueError(
            f"expected the same positive number of cardinalities, parents and tables, "
            f"got {n}, {len(parents)} and {len(tables)}"
        )
    if any(card < 1 for card in cardinalities):
        raise ValueError(f"every variable needs at least one state, got cardinalities {tuple(cardinalities)}")
    for what, groups in (("parents", parents), ("together", together)):
        for group in groups:
            if len(set(group)) != len(group) or any(not 0 <= v < n for v in group):
                raise ValueError(f"{what} {tuple(group)} must name different variables from 0 to {n - 1}")
    dag = nx.DiGraph()
    dag.add_nodes_from(range(n))
    dag.add_edges_from((p, child) for child, group in enumerate(parents) for p in group)
    if not nx.is_directed_acyclic_graph(dag):
        raise ValueError("the parents form a cycle")
    checked = []
    for variable, given in enumerate(tables):
        table = np.array(given, dtype=np.float64, order="C")
        shape = (*(cardinalities[p] for p in parents[variable]), cardinalities[variable])
        if table.shape != shape:
            raise ValueError(f"table of variable {variable}: expected shape {shape}, got {table.shape}")
        if not (table >= 0.0).all():
            raise ValueError(f"table of variable {variable} has an entry that is negative or not a number")
        worst = float(np.abs(table.sum(axis=-1) - 1.0).max())
        if not worst <= _ROW_SUM_TOLERANCE:
            raise ValueError(f"table of variable {variable}: a row sums to one only within {worst:.3g}")
        table.flags.writeable = False
        checked.append(table)
    return tuple(checked)


def in_axis_order(table: Array, axes: Sequence[int]) -> Factor:
    """Transpose the trailing axes of a (B, ...) table so that they ascend, with the ascending scope."""
    order = sorted(range(len(axes)), key=lambda i: axes[i])
    return np.ascontiguousarray(table.transpose([0, *(i + 1 for i in order)])), tuple(axes[i] for i in order)


def clique_product(shape: tuple[int, ...], clique: Scope, factors: Sequence[Factor]) -> Array:
    """The product of factors inside one clique, small ones first, spread to the shape (1, *shape)."""
    product, scope = np.ones((1,)), ()  # type: Factor
    for values, inside in sorted(factors, key=lambda factor: factor[0].size):
        product, scope = multiply(product, scope, values, inside)
    return np.ascontiguousarray(np.broadcast_to(lift(product, scope, clique), (1, *shape)))


def _collected(
    tree: JunctionTree, families: Sequence[Factor], assigned: Sequence[Sequence[int]]
) -> tuple[list[Array], list[Array]]:
    """The conditional of each clique and its message without evidence, computed from the outside inwards."""
    conditionals: list[Array] = [np.ones(1)] * len(tree.cliques)
    upward: list[Array] = [np.ones(1)] * len(tree.cliques)
    for index in reversed(range(len(tree.cliques))):
        clique, separator = tree.cliques[index], tree.separators[index]
        factors = [families[variable] for variable in assigned[index]]
        factors += [(upward[child], tree.separators[child]) for child in tree.children[index]]
        product = clique_product(tuple(tree.sizes[axis] for axis in clique), clique, factors)
        upward[index] = sum_to(product, clique, separator)
        conditionals[index] = divide(product, lift(upward[index], separator, clique))
    return conditionals, upward


def compile_network(
    cardinalities: Sequence[int],
    parents: Sequence[Sequence[int]],
    tables: Sequence[ArrayLike],
    *,
    together: Sequence[Sequence[int]] = (),
    expected: Sequence[float] | None = None,
    max_clique: int = 2**25,
) -> CompiledNetwork:
    """Build the junction tree of a network and its clique tables; all graph work happens here.

    Args:
        cardinalities: number of states of each variable, variables being 0..n-1.
        parents: the parents of each variable.
        tables: P(variable | parents), shape (*cards of parents, card); rows sum to one.
        together: groups of variables that will be asked for jointly and must share a clique.
        expected: number of states that evidence usually leaves of each variable; the tree is made small for these.
        max_clique: largest number of cells allowed in one clique.

    Returns:
        the compiled network, immutable.

    Raises:
        ValueError: when the arrays do not describe a network.
        NetworkTooWide: when exact inference would need a clique larger than `max_clique`.

    Source: Lauritzen & Spiegelhalter 1988; Jensen, Lauritzen & Olesen 1990.
    """
    checked = _checked(cardinalities, parents, tables, together)
    tree = build_junction_tree(cardinalities, parents, together=together, expected=expected, max_clique=max_clique)
    families = []
    for variable, table in enumerate(checked):
        axes = [tree.axis_of[v] for v in (*parents[variable], variable)]
        families.append(in_axis_order(table[None], axes))
    assigned: list[list[int]] = [[] for _ in tree.cliques]
    for variable, home in enumerate(tree.family_home):
        if tree.axis_of[variable] < tree.core:
            assigned[home].append(variable)
    conditionals, upward = _collected(tree, families, assigned)
    for array in (*conditionals, *upward, *(values for values, _ in families)):
        array.flags.writeable = False
    return CompiledNetwork(
        cardinalities=tuple(int(card) for card in cardinalities),
        parents=tuple(tuple(int(p) for p in group) for group in parents),
        tables=checked,
        together=tuple(tuple(int(v) for v in group) for group in together),
        tree=tree,
        families=tuple(families),
        assigned=tuple(tuple(group) for group in assigned),
        conditionals=tuple(conditionals),
        upward=tuple(upward),
    )


def with_tables(compiled: CompiledNetwork, tables: Mapping[int, ArrayLike]) -> CompiledNetwork:
    """The same network with other numbers in some tables; the junction tree is kept.

    Args:
        compiled: the network.
        tables: by variable, P(variable | parents), shape (*cards of parents, card); rows sum to one.

    Raises:
        ValueError: when a table does not fit its variable.
    """
    given = [tables.get(variable, table) for variable, table in enumerate(compiled.tables)]
    checked = _checked(compiled.cardinalities, compiled.parents, given, compiled.together)
    families = list(compiled.families)
    for variable in tables:
        axes = [compiled.tree.axis_of[v] for v in (*compiled.parents[variable], variable)]
        families[variable] = in_axis_order(checked[variable][None], axes)
    conditionals, upward = _collected(compiled.tree, families, compiled.assigned)
    for array in (*conditionals, *upward, *(values for values, _ in families)):
        array.flags.writeable = False
    return replace(
        compiled,
        tables=checked,
        families=tuple(families),
        conditionals=tuple(conditionals),
        upward=tuple(upward),
    )


def _support_tables(
    tree: JunctionTree, supports: Sequence[Factor], assigned: Sequence[Sequence[int]]
) -> list[NDArray[np.bool_]]:
    """The possible cells of each clique, from the supports alone so that no product can underflow."""
    result: list[NDArray[np.bool_]] = [np.ones(1, dtype=np.bool_)] * len(tree.cliques)
    messages: list[Array] = [np.ones(1)] * len(tree.cliques)
    for index in reversed(range(len(tree.cliques))):
        clique, separator = tree.cliques[index], tree.separators[index]
        factors = [supports[variable] for variable in assigned[index]]
        factors += [(messages[child], tree.separators[child]) for child in tree.children[index]]
        product = clique_product(tuple(tree.sizes[axis] for axis in clique), clique, factors)
        messages[index] = np.asarray(sum_to(product, clique, separator) > 0.0, dtype=np.float64)
        result[index] = product > 0.0
    return result


def affected_cliques(compiled: CompiledNetwork, replaced: Iterable[int]) -> frozenset[int]:
    """The cliques whose conditional no longer holds once some tables are replaced: their homes and all above."""
    tree = compiled.tree
    homes = {tree.family_home[variable] for variable in replaced if not compiled.is_leaf(variable)}
    return frozenset(clique for home in homes for clique in tree.path_to_root(home))
