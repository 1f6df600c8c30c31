"""Networks of a known treewidth."""

from __future__ import annotations

import numpy as np

from hpt_bayes.engine import CompiledNetwork, compile_network

TREE_VARIABLES = 40


def random_tree(width: int) -> CompiledNetwork:
    """A network of binary variables, each hanging on a clique of earlier ones.

    Args:
        width: treewidth.

    Source: random k-trees, Arnborg & Proskurowski 1989.
    """
    rng = np.random.default_rng(width)
    parents: list[tuple[int, ...]] = [tuple(range(v)) for v in range(width + 1)]
    cliques = [tuple(range(width + 1))]
    for v in range(width + 1, TREE_VARIABLES):
        clique = cliques[int(rng.integers(len(cliques)))]
        dropped = int(rng.integers(width + 1))
        parents.append(tuple(each for i, each in enumerate(clique) if i != dropped))
        cliques.append((*parents[-1], v))
    tables = [rng.dirichlet((1.0, 1.0), size=(2,) * len(group)) for group in parents]
    return compile_network([2] * TREE_VARIABLES, parents, tables)
