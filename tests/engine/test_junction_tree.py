"""The junction tree: running intersection, axis order, leaves outside, and the width guard."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from oracle import Arrays
from random_networks import networks

from hpt_bayes.engine import compile_network
from hpt_bayes.engine.junction_tree import build_junction_tree
from hpt_bayes.errors import NetworkTooWide


@given(networks())
def test_properties_of_the_tree(network: Arrays) -> None:
    together = [(0, len(network.cardinalities) - 1)] if len(network.cardinalities) > 1 else []
    tree = build_junction_tree(network.cardinalities, network.parents, together=together)
    graph = nx.Graph((i, p) for i, p in enumerate(tree.parent) if p >= 0)
    graph.add_nodes_from(range(len(tree.cliques)))
    assert nx.is_tree(graph)
    for axis in range(tree.core):
        assert nx.is_connected(graph.subgraph(tree.holders[axis])), "running intersection"
        assert tree.top[axis] == min(tree.holders[axis])
    for clique, separator, parent in zip(tree.cliques, tree.separators, tree.parent, strict=True):
        assert clique[: len(separator)] == separator, "the separator comes first"
        if parent >= 0:
            assert separator == tuple(sorted(set(clique) & set(tree.cliques[parent])))
    assert sorted(tree.axis_of) == list(range(len(network.cardinalities)))
    assert all(tree.sizes[axis] == network.cardinalities[v] for v, axis in enumerate(tree.axis_of))
    if together:
        assert {tree.axis_of[v] for v in together[0]} <= set(tree.cliques[0])


@given(networks())
def test_only_childless_variables_stay_outside(network: Arrays) -> None:
    tree = build_junction_tree(network.cardinalities, network.parents)
    with_children = {p for group in network.parents for p in group}
    assert {v for v, axis in enumerate(tree.axis_of) if axis < tree.core} == with_children
    for v, home in enumerate(tree.family_home):
        family = {*network.parents[v], v} & with_children
        assert {tree.axis_of[x] for x in family} <= set(tree.cliques[home])


def test_a_scope_no_clique_holds_has_no_home() -> None:
    tree = build_junction_tree([2] * 4, [(), (0,), (1,), (2,)])
    assert tree.home((tree.axis_of[0], tree.axis_of[2])) is None
    assert tree.home(()) == 0


def test_too_wide_is_refused_before_anything_is_allocated() -> None:
    roots = 30
    pairs = [(a, b) for a in range(roots) for b in range(a)]
    tables = [np.full(4, 0.25)] * roots + [np.full((4, 4, 4), 0.25)] * len(pairs)
    with pytest.raises(NetworkTooWide) as caught:
        compile_network([4] * len(tables), [()] * roots + pairs, tables)
    assert f"treewidth 29 and its largest table needs {4**30:,} cells, more than the 33,554,432" in str(caught.value)


def test_the_limit_itself_is_allowed() -> None:
    arrays = [np.full(4, 0.25), np.full(4, 0.25), np.full((4, 4, 2), 0.5), np.full((2, 2), 0.5)]
    parents = [(), (), (0, 1), (2,)]
    compile_network([4, 4, 2, 2], parents, arrays, max_clique=32)
    with pytest.raises(NetworkTooWide, match="treewidth 2 and its largest table needs 32 cells, more than the 31"):
        compile_network([4, 4, 2, 2], parents, arrays, max_clique=31)


def test_too_many_small_tables_are_refused_as_well() -> None:
    # A chain of nine variables, the last of them a leaf: seven tables of four cells.
    parents = [(), *((v,) for v in range(8))]
    tables = [np.full(2, 0.5)] + [np.full((2, 2), 0.5)] * 8
    compile_network([2] * 9, parents, tables, max_clique=14)
    with pytest.raises(NetworkTooWide, match="treewidth 1 and its tables together need 28 cells, more than the 26 "):
        compile_network([2] * 9, parents, tables, max_clique=13)
