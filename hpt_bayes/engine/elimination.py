"""Elimination orders: the order in which variables are summed away decides how large the cliques become.

The published heuristics each win on some networks, so all are tried and the order with the fewest table cells is kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import networkx as nx

Clique = frozenset[int]
_Neighbours = dict[int, set[int]]
_Cost = Callable[[_Neighbours, Sequence[int], int], float]


def moral_graph(parents: Sequence[Sequence[int]], together: Iterable[Sequence[int]] = ()) -> nx.Graph:
    """The undirected graph that joins each variable to its parents and marries the parents.

    Args:
        parents: the parents of each variable.
        together: further sets of variables to join pairwise, so that one clique will hold them.

    Returns:
        a graph with one node for each variable.
    """
    dag = nx.DiGraph()
    dag.add_nodes_from(range(len(parents)))
    dag.add_edges_from((parent, child) for child, group in enumerate(parents) for parent in group)
    graph = nx.Graph(nx.moral_graph(dag))
    for group in together:
        graph.add_edges_from(combinations(sorted(set(group)), 2))
    return graph


def _missing_edges(neighbours: _Neighbours, variable: int) -> list[tuple[int, int]]:
    return [(a, b) for a, b in combinations(sorted(neighbours[variable]), 2) if b not in neighbours[a]]


def min_weight(neighbours: _Neighbours, cardinalities: Sequence[int], variable: int) -> float:
    """Log of the cells of the clique that eliminating the variable creates."""
    return math.log(cardinalities[variable]) + sum(math.log(cardinalities[n]) for n in neighbours[variable])


def min_fill(neighbours: _Neighbours, cardinalities: Sequence[int], variable: int) -> float:
    """Number of edges that eliminating the variable adds."""
    return float(len(_missing_edges(neighbours, variable)))


def weighted_min_fill(neighbours: _Neighbours, cardinalities: Sequence[int], variable: int) -> float:
    """Sum over the added edges of the product of the cardinalities at their ends."""
    return float(sum(cardinalities[a] * cardinalities[b] for a, b in _missing_edges(neighbours, variable)))


HEURISTICS: tuple[_Cost, ...] = (min_weight, min_fill, weighted_min_fill)


def elimination_order(
    graph: nx.Graph, cardinalities: Sequence[int], cost: _Cost = min_weight
) -> tuple[tuple[int, ...], tuple[Clique, ...]]:
    """Eliminate the cheapest variable first, connecting its neighbours, until none is left.

    Ties go to the smaller clique and then to the lower number, so the order is reproducible.

    Args:
        graph: moral graph; left unchanged.
        cardinalities: number of states of each variable.
        cost: one of `HEURISTICS`.

    Returns:
        the order, and for each step the clique of the variable and its neighbours at that moment.

    Source: Kjaerulff 1990, Triangulation of graphs: algorithms giving small total state space.
    """
    neighbours: _Neighbours = {node: set(graph[node]) - {node} for node in graph}

    def priced(variable: int) -> tuple[float, float, int]:
        return cost(neighbours, cardinalities, variable), min_weight(neighbours, cardinalities, variable), variable

    prices = {variable: priced(variable) for variable in neighbours}
    order: list[int] = []
    cliques: list[Clique] = []
    while prices:
        variable = min(prices.values())[2]
        del prices[variable]
        around = neighbours[variable]
        touched = set(around)
        for a, b in _missing_edges(neighbours, variable):
            touched |= neighbours[a] & neighbours[b]
            neighbours[a].add(b)
            neighbours[b].add(a)
        for other in around:
            neighbours[other].discard(variable)
        order.append(variable)
        cliques.append(frozenset((variable, *around)))
        del neighbours[variable]
        for other in touched - {variable}:
            prices[other] = priced(other)
    return tuple(order), tuple(cliques)


def maximal(cliques: Iterable[Clique]) -> tuple[Clique, ...]:
    """The cliques that no other clique contains, in the order first met."""
    kept: list[Clique] = []
    for clique in sorted(set(cliques), key=lambda c: (-len(c), sorted(c))):
        if not any(clique < other for other in kept):
            kept.append(clique)
    return tuple(kept)


def cells(clique: Iterable[int], cardinalities: Sequence[int]) -> int:
    """Number of joint states of a set of variables, as an exact integer."""
    return math.prod(cardinalities[variable] for variable in clique)


def triangulate(graph: nx.Graph, cardinalities: Sequence[int]) -> tuple[Clique, ...]:
    """The maximal cliques of the best triangulation found.

    Args:
        graph: moral graph.
        cardinalities: number of states of each variable.

    Returns:
        the cliques with the fewest cells in total over all heuristics; one empty clique for an empty graph.
    """
    if graph.number_of_nodes() == 0:
        return (frozenset(),)
    candidates = (maximal(elimination_order(graph, cardinalities, cost)[1]) for cost in HEURISTICS)
    return min(candidates, key=lambda cliques: sum(cells(clique, cardinalities) for clique in cliques))
