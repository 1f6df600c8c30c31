"""Results carried towards the root, step by step, against enumeration."""

from __future__ import annotations

import numpy as np
import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import Arrays
from random_networks import evidence_on, networks

from hpt_bayes.engine import ROOT, Calibrated, EvidenceFactors, Inward, branch, compile_network, meeting, propagate


def calibrated(network: Arrays, data: st.DataObject) -> tuple[Calibrated, oracle.Array]:
    """A batch of one, and the weight of every joint state."""
    evidence = data.draw(evidence_on(network))
    hard, likelihoods, factors, tables = evidence.row(0)
    compiled = compile_network(network.cardinalities, network.parents, network.tables, together=[(0,)])
    one = EvidenceFactors(hard, tuple(likelihoods), tuple(factors))
    found = propagate(compiled, one, tables={name: table[None] for name, table in tables.items()})
    return found, oracle.weights(network, hard, likelihoods, factors, tables)


@given(networks(), st.data())
def test_each_step_is_the_expectation_given_the_separator(network: Arrays, data: st.DataObject) -> None:
    found, weight = calibrated(network, data)
    inward = Inward(found)
    if np.isneginf(found.log_evidence[0]):
        return
    core = [v for v in range(len(network.cardinalities)) if not found.beliefs.compiled.is_leaf(v)]
    chosen = data.draw(st.lists(st.sampled_from(core), min_size=1, max_size=2, unique=True))
    scope = inward.scope(chosen)
    home = inward.home(scope)
    assert (home is None) == (found.beliefs.compiled.tree.home(scope) is None)
    if home is None:
        return
    results = np.random.default_rng(1).random((*inward.cards(scope), 3))
    table, at = results, scope
    for clique in inward.way(home)[:-1]:
        table, at = inward.carried(clique, table, at)
        both = (*inward.variables(at), *(v for v in inward.variables(scope) if v not in inward.variables(at)))
        joint = oracle.joint(weight, both)
        for states in np.ndindex(*inward.cards(at)):
            known = dict(zip(inward.variables(at), states, strict=True))
            total, expected = 0.0, np.zeros(3)
            for rest in np.ndindex(*joint.shape[len(at) :]):
                known |= dict(zip(both[len(at) :], rest, strict=True))
                total += joint[(*states, *rest)]
                expected += joint[(*states, *rest)] * results[tuple(known[v] for v in inward.variables(scope))]
            if total > 0:
                np.testing.assert_allclose(table[states], expected / total, rtol=1e-10, atol=1e-13)


@given(networks(), st.data())
def test_beliefs_scopes_and_what_is_certain(network: Arrays, data: st.DataObject) -> None:
    found, weight = calibrated(network, data)
    inward = Inward(found)
    hard = found.beliefs.absorbed.hard
    tree = found.beliefs.compiled.tree
    for variable, card in enumerate(network.cardinalities):
        axis = tree.axis_of[variable]
        assert (variable in inward.known) == (axis in hard or (card == 1 and axis < tree.core))
        assert inward.scope((variable,)) == (() if variable in inward.known else (axis,))
        assert inward.sizes((variable,)) == (card,)
    for clique in inward.outermost_first:
        scope = inward.scope([v for v, axis in enumerate(tree.axis_of) if axis in tree.cliques[clique]])
        assert inward.cells(clique) == np.prod([tree.sizes[axis] for axis in tree.cliques[clique]])
        if clique != ROOT:
            kept = inward.separator(clique)
            assert kept == scope[: len(kept)]
        if not np.isneginf(found.log_evidence[0]):
            expected = oracle.joint(weight, inward.variables(scope))
            np.testing.assert_allclose(inward.belief(clique, scope), expected, rtol=1e-10, atol=1e-13)


def test_ways_meet_in_the_first_clique_they_share() -> None:
    assert meeting([5, 3, 1, 0], [4, 3, 1, 0]) == 3
    assert meeting([0], [4, 0]) == 0
    assert meeting([3, 0], [4, 3, 0]) == 3
    assert branch([5, 3, 0], 0) == 3
    assert branch([5, 3, 0], 5) is None


def test_no_axes_hang_on_the_root() -> None:
    compiled = compile_network([2, 2], [(), (0,)], [np.full(2, 0.5), np.full((2, 2), 0.5)], together=[(0, 1)])
    assert Inward(propagate(compiled)).home(()) == ROOT


@pytest.mark.parametrize("hard", [{}, {0: 1}])
def test_results_that_the_next_clique_can_tell_apart_pass_unchanged(hard: dict[int, int]) -> None:
    half = np.full((2, 2), 0.5)
    chain = compile_network([2, 2, 2, 2], [(), (0,), (1,), (2,)], [np.full(2, 0.5), half, half, half], together=[(3,)])
    inward = Inward(propagate(chain, EvidenceFactors(hard)))
    for clique in inward.outermost_first:
        if clique != ROOT:
            scope = inward.separator(clique)
            table = np.random.default_rng(0).random((*inward.cards(scope), 2))
            carried, out = inward.carried(clique, table, scope)
            assert out == scope
            assert carried is table
