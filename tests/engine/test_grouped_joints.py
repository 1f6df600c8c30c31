"""P(group, scope | e) against enumeration: groups of target configurations, some left out, scopes that overlap them."""

from __future__ import annotations

import numpy as np
import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import Arrays
from random_networks import evidence_on, networks

from hpt_bayes.engine import EvidenceFactors, compile_network, propagate
from hpt_bayes.errors import EvidenceError


def grouped(joint: oracle.Array, targets: int, groups: np.ndarray) -> oracle.Array:
    """Add up the rows of a joint, (*cards of target, *cards of scope), by the definition."""
    answer = np.zeros((groups.max() + 1, *joint.shape[targets:]))
    for row, group in zip(joint.reshape(len(groups), *joint.shape[targets:]), groups, strict=True):
        if group >= 0:
            answer[group] += row
    return answer


def repeated(weight: oracle.Array, scope: tuple[int, ...]) -> oracle.Array:
    """P(scope | e) where the scope may name a variable twice: the diagonal."""
    distinct = tuple(dict.fromkeys(scope))
    joint = oracle.joint(weight, distinct)
    answer = np.zeros([weight.shape[v] for v in scope])
    for states in np.ndindex(*joint.shape):
        answer[tuple(states[distinct.index(v)] for v in scope)] = joint[states]
    return answer


@given(networks(), st.data())
def test_groups_are_sums_of_configurations(network: Arrays, data: st.DataObject) -> None:
    n = len(network.cardinalities)
    names = st.integers(0, n - 1)
    target = tuple(data.draw(st.lists(names, min_size=1, max_size=3, unique=True)))
    scopes = data.draw(st.lists(st.lists(names, max_size=3).map(tuple), min_size=1, max_size=4))
    evidence = data.draw(evidence_on(network))
    size = int(np.prod([network.cardinalities[v] for v in target]))
    groups = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=size, max_size=size)))
    compiled = compile_network(network.cardinalities, network.parents, network.tables, together=[target])
    answer = propagate(
        compiled, EvidenceFactors(evidence.hard, evidence.likelihoods, evidence.factors), tables=evidence.tables
    )
    weights = [oracle.weights(network, *evidence.row(i)) for i in range(evidence.rows)]
    for scope, table in zip(scopes, answer.joints_with(target, scopes, groups=groups), strict=True):
        assert table.shape[1] == groups.max() + 1
        assert not table.flags.writeable
        rows = range(len(answer.log_evidence))
        expected = [grouped(repeated(weights[i], (*target, *scope)), len(target), groups) for i in rows]
        np.testing.assert_allclose(table, expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(
    "groups", [np.zeros(3, dtype=int), np.zeros((2, 2), dtype=int), np.zeros(4), np.zeros(4, dtype=bool)]
)
def test_groups_are_one_integer_for_each_configuration(groups: np.ndarray) -> None:
    compiled = compile_network([2, 2], [(), (0,)], [np.full(2, 0.5), np.full((2, 2), 0.5)], together=[(0, 1)])
    with pytest.raises(EvidenceError, match="groups: expected one integer for each of 4 configurations"):
        list(propagate(compiled).joints_with((0, 1), [()], groups=groups))


def test_a_target_with_groups_names_different_variables() -> None:
    compiled = compile_network([2, 2], [(), (0,)], [np.full(2, 0.5), np.full((2, 2), 0.5)], together=[(0, 1)])
    with pytest.raises(EvidenceError, match="configurations of different variables"):
        list(propagate(compiled).joints_with((0, 0), [()], groups=np.zeros(4, dtype=int)))
