"""Joints between far cliques, carried outwards with the target or inwards with the scope, against enumeration."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import oracle
import pytest
from random_networks import random_table

from hpt_bayes.engine import EvidenceFactors, compile_network, propagate

# A trunk 0-1-2-3 with a branch at each joint and a leaf at each end; 1 and 4 have many states.
CARDS = (2, 6, 2, 3, 5, 2, 3, 2, 2)
PARENTS = ((), (0,), (1,), (2,), (1,), (4,), (2, 3), (5,), (6, 0))


def network(seed: int) -> oracle.Arrays:
    rng = np.random.default_rng(seed)
    tables = tuple(random_table(rng, (*(CARDS[p] for p in PARENTS[v]), CARDS[v]), 0.1) for v in range(len(CARDS)))
    return oracle.Arrays(CARDS, PARENTS, tables)


@pytest.mark.parametrize("together", [(), (1, 4), (3, 4)])
@pytest.mark.parametrize("target", [(0,), (1,), (3,), (4,), (5,), (1, 4), (4, 1), (2, 3)])
def test_a_target_anywhere_with_every_other_pair(together: tuple[int, ...], target: tuple[int, ...]) -> None:
    arrays = network(5)
    groups = [group for group in (together, target) if group]
    compiled = compile_network(arrays.cardinalities, arrays.parents, arrays.tables, together=groups)
    vectors = np.random.default_rng(1).random((3, CARDS[7]))
    for hard in ({}, {8: 1}, {2: 1, 6: 0}):
        evidence = EvidenceFactors(hard, ((7, vectors),))
        answer = propagate(compiled, evidence)
        others = [v for v in range(len(CARDS)) if v not in target]
        scopes = [(v,) for v in others] + list(pairwise(others))
        weights = [oracle.weights(arrays, hard, [(7, vector)]) for vector in vectors]
        for scope, table in zip(scopes, answer.joints_with(target, scopes), strict=True):
            expected = [oracle.joint(weight, (*target, *scope)) for weight in weights]
            np.testing.assert_allclose(table, expected, rtol=1e-10, atol=1e-14)
