"""Messages that are not multiplied before they meet the clique's table give the same answers."""

from __future__ import annotations

import numpy as np
import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import Arrays
from random_networks import RandomEvidence, evidence_on, networks

from hpt_bayes.engine import EvidenceFactors, compile_network, propagate
from hpt_bayes.engine.collect import _gathered
from hpt_bayes.engine.contraction import contract_all, product_cells

CLOSE = {"rtol": 1e-10, "atol": 1e-12}


@st.composite
def cases(draw: st.DrawFn) -> tuple[Arrays, RandomEvidence]:
    network = draw(networks())
    return network, draw(evidence_on(network, tables=True))


@given(cases())
def test_answers_are_those_of_the_full_joint(case: tuple[Arrays, RandomEvidence]) -> None:
    network, evidence = case
    compiled = compile_network(network.cardinalities, network.parents, network.tables)
    entered = EvidenceFactors(evidence.hard, evidence.likelihoods, evidence.factors)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("hpt_bayes.engine.propagation._APART", 0)
        answer = propagate(compiled, entered, tables=evidence.tables)
        marginals = answer.marginals()
    for row, log_evidence in enumerate(answer.log_evidence):
        weights = oracle.weights(network, *evidence.row(row))
        np.testing.assert_allclose(log_evidence, oracle.log_evidence(weights), **CLOSE)
        for variable, marginal in marginals.items():
            np.testing.assert_allclose(marginal[row], oracle.joint(weights, (variable,)), **CLOSE)


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.booleans())
def test_any_order_of_contraction_gives_the_same_sum(seed: int, count: int, batch: bool) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, size=5)
    table = rng.random((1, *sizes))
    factors = []
    for _ in range(count):
        scope = tuple(axis for axis in range(5) if rng.random() < 0.5)
        rows = 3 if batch and rng.random() < 0.7 else 1
        factors.append((rng.random((rows, *sizes[list(scope)])), scope))
    out = tuple(axis for axis in range(5) if rng.random() < 0.4)
    product = table
    for values, scope in factors:
        shape = [len(values), *(sizes[axis] if axis in scope else 1 for axis in range(5))]
        product = product * values.reshape(shape)
    expected = product.sum(axis=tuple(axis + 1 for axis in range(5) if axis not in out))
    np.testing.assert_allclose(contract_all(table, tuple(range(5)), factors, out), expected, rtol=1e-12)


def test_cells_of_a_product_count_each_axis_once() -> None:
    assert product_cells(np.ones((1, 2, 3)), (0, 1), np.ones((8, 3, 5)), (1, 4)) == 8 * 2 * 3 * 5


def test_only_large_products_are_left_apart() -> None:
    one, two = (np.ones((1, 9)), (0,)), (np.ones((1, 8)), (1,))
    apart, _ = _gathered([one, two], 72, False)
    together, _ = _gathered([one, two], 73, False)
    assert [scope for _, scope in apart] == [(1,), (0,)] and [scope for _, scope in together] == [(0, 1)]
    inside, _ = _gathered([(np.ones((1, 9, 8)), (0, 1)), two], 0, False)
    assert [scope for _, scope in inside] == [(0, 1)]
    ((nothing, scope),), logs = _gathered([], 0, False)
    assert nothing.tolist() == [1.0] and scope == () and logs.tolist() == [0.0]
