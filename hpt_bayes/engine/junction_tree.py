"""The junction tree: cliques, separators, and one order of axes that every factor keeps.

The tree is rooted. Axes are numbered in the order in which a walk from the root first meets their variables, so in
each clique the separator towards the root comes first and what the clique adds comes last. Leaves of the network
stay outside: they are numbered after all clique variables, and their evidence becomes a factor over their parents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import networkx as nx

from hpt_bayes.engine.contraction import Scope
from hpt_bayes.engine.elimination import Clique, cells, moral_graph, triangulate
from hpt_bayes.errors import NetworkTooWide


@dataclass(frozen=True)
class JunctionTree:
    """A rooted junction tree over axis numbers.

    Attributes:
        axis_of: axis number of each variable.
        sizes: number of states of each axis.
        core: number of axes that are in the tree; axes from `core` on are leaves.
        cliques: ascending axes of each clique; the root is 0 and parents come before their children.
        parent: the next clique towards the root, -1 for the root.
        children: the next cliques away from the root.
        separators: axes shared with the parent, empty for the root.
        family_home: for each variable the clique that holds its family, for a leaf the one that holds its parents.
        smallest: for each core axis the smallest clique that holds it.
        top: for each core axis the clique nearest the root that holds it.
        holders: for each core axis all cliques that hold it.
        sources: for each clique, which smaller table each usual scope is summed from (None: the clique itself).
    """

    axis_of: tuple[int, ...]
    sizes: tuple[int, ...]
    core: int
    cliques: tuple[Scope, ...]
    parent: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    separators: tuple[Scope, ...]
    family_home: tuple[int, ...]
    smallest: tuple[int, ...]
    top: tuple[int, ...]
    holders: tuple[frozenset[int], ...]
    sources: tuple[dict[Scope, Scope | None], ...]

    def cells(self, scope: Scope) -> int:
        """Number of joint states of a scope."""
        return cells(scope, self.sizes)

    def home(self, scope: Scope) -> int | None:
        """The smallest clique that holds all the axes, or None."""
        if not scope:
            return 0
        if len(scope) == 1:
            return self.smallest[scope[0]]
        common = self.holders[scope[0]].intersection(*(self.holders[axis] for axis in scope[1:]))
        return min(common, key=lambda c: (self.cells(self.cliques[c]), c)) if common else None

    def path_to_root(self, clique: int) -> list[int]:
        """The clique, its parent, and so on up to the root."""
        path = [clique]
        while (clique := self.parent[clique]) >= 0:
            path.append(clique)
        return path

    def spanning(self, cliques: Iterable[int]) -> list[int]:
        """The smallest part of the tree that joins one or more cliques, parents first."""
        paths = [self.path_to_root(clique) for clique in set(cliques)]
        shared = set(paths[0]).intersection(*paths[1:])
        return sorted({clique for path in paths for clique in path if clique not in shared} | {max(shared)})


def check_width(cliques: Sequence[Clique], cardinalities: Sequence[int], max_clique: int) -> None:
    """Refuse a triangulation with a table of more than `max_clique` cells, or twice as many in all tables together.

    Raises:
        NetworkTooWide: with the treewidth and the largest table, or the cells of all tables.
    """
    needed = [cells(clique, cardinalities) for clique in cliques]
    for what, found, limit in (
        ("its largest table needs", max(needed), max_clique),
        ("its tables together need", sum(needed), 2 * max_clique),
    ):
        if found > limit:
            treewidth = max(len(clique) for clique in cliques) - 1
            raise NetworkTooWide(
                f"this network is too wide for exact inference: its triangulation has treewidth {treewidth} and "
                f"{what} {found:,} cells, more than the {limit:,} allowed"
            )


def _spanning_tree(cliques: Sequence[Clique]) -> nx.Graph:
    """The maximal-weight spanning tree of the clique graph; separate parts are joined by empty separators."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(cliques)))
    containing: defaultdict[int, list[int]] = defaultdict(list)
    for index, clique in enumerate(cliques):
        for variable in clique:
            containing[variable].append(index)
    for members in containing.values():
        for a, b in combinations(members, 2):
            graph.add_edge(a, b, weight=len(cliques[a] & cliques[b]))
    tree = nx.maximum_spanning_tree(graph)
    first, *others = (min(part) for part in nx.connected_components(tree))
    tree.add_edges_from((first, other) for other in others)
    return tree


def _sources(wanted: set[Scope], clique: Scope, sizes: Sequence[int]) -> dict[Scope, Scope | None]:
    """For each scope the smallest other wanted scope that contains it, None when only the clique does."""
    ordered = sorted(wanted, key=lambda scope: (-cells(scope, sizes), scope))
    plan: dict[Scope, Scope | None] = {}
    for scope in ordered:
        larger = [other for other in plan if set(scope) < set(other) and other != clique]
        plan[scope] = min(larger, key=lambda other: (cells(other, sizes), other)) if larger else None
    return plan


def build_junction_tree(
    cardinalities: Sequence[int],
    parents: Sequence[Sequence[int]],
    *,
    together: Sequence[Sequence[int]] = (),
    expected: Sequence[float] | None = None,
    max_clique: int = 2**25,
) -> JunctionTree:
    """Moralise, triangulate, and connect the cliques by a maximal-weight spanning tree.

    Args:
        cardinalities: number of states of each variable.
        parents: the parents of each variable; the graph has no cycle.
        together: groups of variables that one clique must hold; they are never treated as leaves.
        expected: number of states that evidence usually leaves of each variable; see `triangulate`.
        max_clique: largest number of cells allowed in one clique.

    Returns:
        the tree, rooted at a clique that holds the first group of `together`, otherwise at the largest clique.

    Raises:
        NetworkTooWide: when a clique would be larger than `max_clique`; nothing has been allocated by then.

    Source: Lauritzen & Spiegelhalter 1988; Jensen & Jensen 1994, Optimal junction trees.
    """
    n = len(cardinalities)
    asked_together = {variable for group in together for variable in group}
    has_children = {parent for group in parents for parent in group}
    leaves = [v for v in range(n) if v not in has_children and v not in asked_together]
    graph = moral_graph(parents, together)
    graph.remove_nodes_from(leaves)
    found = triangulate(graph, cardinalities, expected)
    check_width(found, cardinalities, max_clique)

    tree = _spanning_tree(found)
    first = set(together[0]) if together else set()
    root = max((i for i, clique in enumerate(found) if first <= clique), key=lambda i: cells(found[i], cardinalities))
    walk = list(nx.dfs_preorder_nodes(tree, root))
    above = {child: parent for parent, child in nx.dfs_edges(tree, root)}
    number = {old: new for new, old in enumerate(walk)}

    axis_of: dict[int, int] = {}
    for old in walk:
        # Long axes last: the innermost loops of every contraction run over them.
        for variable in sorted(found[old] - axis_of.keys(), key=lambda v: (cardinalities[v], v)):
            axis_of[variable] = len(axis_of)
    core = len(axis_of)
    for variable in leaves:
        axis_of[variable] = len(axis_of)
    sizes = [0] * n
    for variable, axis in axis_of.items():
        sizes[axis] = cardinalities[variable]

    cliques = tuple(tuple(sorted(axis_of[v] for v in found[old])) for old in walk)
    parent = tuple(number[above[old]] if old in above else -1 for old in walk)
    separators = tuple(
        tuple(axis for axis in cliques[i] if parent[i] >= 0 and axis in cliques[parent[i]]) for i in range(len(walk))
    )
    children = tuple(tuple(j for j in range(len(walk)) if parent[j] == i) for i in range(len(walk)))
    holders = tuple(frozenset(i for i, clique in enumerate(cliques) if axis in clique) for axis in range(core))
    clique_cells = [cells(clique, sizes) for clique in cliques]
    smallest = tuple(min(holders[axis], key=lambda c: (clique_cells[c], c)) for axis in range(core))
    top = tuple(min(holders[axis]) for axis in range(core))

    bare = JunctionTree(
        axis_of=tuple(axis_of[v] for v in range(n)),
        sizes=tuple(sizes),
        core=core,
        cliques=cliques,
        parent=parent,
        children=children,
        separators=separators,
        family_home=(),
        smallest=smallest,
        top=top,
        holders=holders,
        sources=(),
    )
    is_leaf = set(leaves)
    family_home: list[int] = []
    wanted: list[set[Scope]] = [set() for _ in cliques]
    for child, separator in enumerate(separators):
        if parent[child] >= 0:
            wanted[parent[child]].add(separator)
    for variable in range(n):
        family = set(parents[variable]) | (set() if variable in is_leaf else {variable})
        scope = tuple(sorted(axis_of[v] for v in family))
        home = bare.home(scope)
        assert home is not None, "moralisation puts every family into one clique"
        family_home.append(home)
        if variable in is_leaf:
            wanted[home].add(scope)
        else:
            wanted[smallest[axis_of[variable]]].add((axis_of[variable],))
    sources = tuple(_sources(scopes, clique, sizes) for scopes, clique in zip(wanted, cliques, strict=True))
    fields = {name: getattr(bare, name) for name in bare.__dataclass_fields__}
    return JunctionTree(**(fields | {"family_home": tuple(family_home), "sources": sources}))
