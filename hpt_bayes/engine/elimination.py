"""Elimination orders: the order in which variables are summed away decides how large the cliques become.

The published heuristics each win on some networks, so all are tried; where the tables stay large, greedy orders with
shaken prices follow. The order with the fewest table cells is kept, and the random numbers are always the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from random import Random

import networkx as nx

Clique = frozenset[int]
_Neighbours = dict[int, set[int]]
_Cost = Callable[[_Neighbours, Sequence[float], int], float]

_SHAKEN_ORDERS = 12
_SHAKEN_FROM_CELLS = 1 << 17
_SHAKE = 1.5


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


def _missing(neighbours: _Neighbours, variable: int) -> list[tuple[int, set[int]]]:
    """Each neighbour of a variable with the other neighbours it is not joined to; every missing edge shows twice."""
    around = neighbours[variable]
    found = []
    for one in around:
        others = around - neighbours[one]
        if len(others) > 1:
            others.remove(one)
            found.append((one, others))
    return found


def min_weight(neighbours: _Neighbours, cardinalities: Sequence[float], variable: int) -> float:
    """Log of the cells of the clique that eliminating the variable creates."""
    return math.log(cardinalities[variable] * math.prod([cardinalities[n] for n in neighbours[variable]]))


def min_fill(neighbours: _Neighbours, cardinalities: Sequence[float], variable: int) -> float:
    """Number of edges that eliminating the variable adds."""
    return sum(len(others) for _, others in _missing(neighbours, variable)) / 2


def weighted_min_fill(neighbours: _Neighbours, cardinalities: Sequence[float], variable: int) -> float:
    """Sum over the added edges of the product of the cardinalities at their ends."""
    total = 0.0
    for one, others in _missing(neighbours, variable):
        total += cardinalities[one] * sum([cardinalities[n] for n in others])
    return total / 2


HEURISTICS: tuple[_Cost, ...] = (min_weight, min_fill, weighted_min_fill)


def elimination_order(
    graph: nx.Graph, cardinalities: Sequence[float], cost: _Cost = min_weight
) -> tuple[tuple[int, ...], tuple[Clique, ...]]:
    """Eliminate the cheapest variable first, connecting its neighbours, until none is left.

    Ties go to the smaller clique and then to the lower number, so the order is reproducible.

    Args:
        graph: moral graph; left unchanged.
        cardinalities: number of states of each variable.
        cost: one of `HEURISTICS`, or any price of eliminating a variable from what is left of the graph.

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
        for one, others in _missing(neighbours, variable):
            for other in others:
                touched |= neighbours[one] & neighbours[other]
            neighbours[one] |= others
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


def triangulate(
    graph: nx.Graph, cardinalities: Sequence[int], expected: Sequence[float] | None = None
) -> tuple[Clique, ...]:
    """The maximal cliques of the best triangulation found.

    Args:
        graph: moral graph.
        cardinalities: number of states of each variable.
        expected: number of states that evidence usually leaves of each variable, by which orders are compared; the
            cardinalities when left out.

    Returns:
        the cliques with the fewest cells in total over all orders tried; one empty clique for an empty graph.
    """
    if graph.number_of_nodes() == 0:
        return (frozenset(),)
    sizes = cardinalities if expected is None else expected
    first, rest = _simplicial(graph)

    def tried(cost: _Cost) -> tuple[float, tuple[Clique, ...]]:
        cliques = maximal((*first, *elimination_order(rest, sizes, cost)[1]))
        return sum(math.prod(sizes[variable] for variable in clique) for clique in cliques), cliques

    found = [tried(cost) for cost in HEURISTICS]
    if min(cells for cells, _ in found) > _SHAKEN_FROM_CELLS:
        found += [tried(_shaken(number)) for number in range(_SHAKEN_ORDERS)]
    return min(found, key=lambda each: each[0])[1]


def _simplicial(graph: nx.Graph) -> tuple[list[Clique], nx.Graph]:
    """The cliques of variables whose neighbours are all joined, which every best order may begin with, and the rest."""
    neighbours: _Neighbours = {node: set(graph[node]) - {node} for node in graph}
    cliques: list[Clique] = []
    waiting = list(neighbours)
    while waiting:
        variable = waiting.pop()
        if variable in neighbours and not _missing(neighbours, variable):
            around = neighbours.pop(variable)
            cliques.append(frozenset((variable, *around)))
            for other in around:
                neighbours[other].discard(variable)
            waiting += around
    return cliques, graph.subgraph(neighbours)


def _shaken(number: int) -> _Cost:
    """The weighted fill times a random factor, drawn anew for each price."""
    random = Random(number).random

    def cost(neighbours: _Neighbours, cardinalities: Sequence[float], variable: int) -> float:
        return math.log1p(weighted_min_fill(neighbours, cardinalities, variable)) + _SHAKE * random()

    return cost
