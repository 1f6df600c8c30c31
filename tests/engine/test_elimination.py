"""Elimination orders and triangulations on graphs whose answer is known."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from oracle import Arrays
from random_networks import networks

from hpt_bayes.engine.elimination import (
    HEURISTICS,
    cells,
    elimination_order,
    maximal,
    min_fill,
    min_weight,
    moral_graph,
    triangulate,
    weighted_min_fill,
)

ASIA = ((), (0,), (), (2,), (2,), (1, 3), (5,), (4, 5))


def filled(graph: nx.Graph, cliques: tuple[frozenset[int], ...]) -> nx.Graph:
    result = nx.Graph(graph)
    for clique in cliques:
        result.add_edges_from((a, b) for a in clique for b in clique if a < b)
    return result


def test_moral_graph_marries_parents_and_joins_asked_groups() -> None:
    graph = moral_graph(((), (), (0, 1), ()), together=[(2, 3)])
    assert {frozenset(edge) for edge in graph.edges} == {frozenset(e) for e in [(0, 1), (0, 2), (1, 2), (2, 3)]}
    assert set(graph) == {0, 1, 2, 3}


@pytest.mark.parametrize("cost", HEURISTICS)
def test_a_path_needs_no_fill(cost: object) -> None:
    _, cliques = elimination_order(nx.path_graph(6), [2] * 6, cost)
    assert max(map(len, cliques)) == 2


@pytest.mark.parametrize("cost", HEURISTICS)
def test_a_cycle_of_four_gets_one_chord(cost: object) -> None:
    graph = nx.cycle_graph(4)
    _, cliques = elimination_order(graph, [2] * 4, cost)
    assert sorted(map(len, maximal(cliques))) == [3, 3]
    assert filled(graph, cliques).number_of_edges() == 5
    assert graph.number_of_edges() == 4


def test_the_chord_joins_the_smaller_tables() -> None:
    # Opposite corners of the square: 0, 2 with ten states, 1, 3 with two. The chord 1-3 costs 2 x 40 cells.
    assert {frozenset(c) for c in triangulate(nx.cycle_graph(4), [10, 2, 10, 2])} == {
        frozenset((0, 1, 3)),
        frozenset((1, 2, 3)),
    }


@pytest.mark.parametrize("cost", HEURISTICS)
def test_a_grid_reaches_its_treewidth(cost: object) -> None:
    grid = nx.convert_node_labels_to_integers(nx.grid_2d_graph(3, 5))
    _, cliques = elimination_order(grid, [2] * 15, cost)
    assert max(map(len, cliques)) - 1 == 3


def test_costs_count_what_their_names_say() -> None:
    neighbours = {0: {1, 2, 3}, 1: {0, 2}, 2: {0, 1}, 3: {0}}
    cards = [2, 3, 5, 7]
    assert round(2.718281828459045 ** min_weight(neighbours, cards, 0)) == 2 * 3 * 5 * 7
    assert min_fill(neighbours, cards, 0) == 2
    assert weighted_min_fill(neighbours, cards, 0) == 3 * 7 + 5 * 7
    assert min_fill(neighbours, cards, 1) == 0


def test_asia_has_the_published_cliques() -> None:
    # Lauritzen & Spiegelhalter 1988, figure 5; either chord of the cycle smoking-lung-either-bronchitis will do.
    cliques = triangulate(moral_graph(ASIA), [2] * 8)
    fixed = {frozenset(c) for c in [(0, 1), (1, 3, 5), (4, 5, 7), (5, 6)]}
    chords = [{frozenset((2, 3, 4)), frozenset((3, 4, 5))}, {frozenset((2, 3, 5)), frozenset((2, 4, 5))}]
    assert set(cliques) in [fixed | chord for chord in chords]


def test_an_empty_graph_has_one_empty_clique() -> None:
    assert triangulate(nx.Graph(), []) == (frozenset(),)


def test_cells_do_not_overflow() -> None:
    assert cells(range(100), [10] * 100) == 10**100


@given(networks())
def test_every_order_triangulates(network: Arrays) -> None:
    graph = moral_graph(network.parents)
    for cost in HEURISTICS:
        order, cliques = elimination_order(graph, network.cardinalities, cost)
        assert sorted(order) == list(range(len(network.parents)))
        chordal = filled(graph, cliques)
        assert nx.is_chordal(chordal)
        assert set(maximal(cliques)) == {frozenset(c) for c in nx.chordal_graph_cliques(chordal)}


def test_orders_are_compared_by_the_states_evidence_usually_leaves() -> None:
    # In the square 0, 2 are the large corners; known to evidence, they are the ones to join.
    square = nx.cycle_graph(4)
    found = triangulate(square, [10, 2, 10, 2], expected=[1, 2, 1, 2])
    assert {frozenset(c) for c in found} == {frozenset((0, 1, 2)), frozenset((0, 2, 3))}


def test_shaken_orders_improve_a_wide_triangulation_and_are_reproducible() -> None:
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(7, 7))
    cards = [2 + (5 * v) % 7 for v in range(49)]
    greedy = [maximal(elimination_order(graph, cards, cost)[1]) for cost in HEURISTICS]
    found = triangulate(graph, cards)

    def total(cliques: tuple[frozenset[int], ...]) -> int:
        return sum(cells(clique, cards) for clique in cliques)

    assert total(found) < min(map(total, greedy))
    assert found == triangulate(graph, cards)
    assert nx.is_chordal(filled(graph, found))


@given(networks())
def test_the_best_triangulation_is_one(network: Arrays) -> None:
    graph = moral_graph(network.parents)
    found = triangulate(graph, network.cardinalities)
    assert nx.is_chordal(filled(graph, found))
    assert set(found) == {frozenset(c) for c in nx.chordal_graph_cliques(filled(graph, found))}
