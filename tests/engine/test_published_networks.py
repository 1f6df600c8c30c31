"""Posteriors and P(e) on published networks against pyAgrum and pgmpy."""

from __future__ import annotations

import numpy as np
import pyagrum
import pytest
from oracle import Array
from published_networks import NAMES, Published, TabularCPD, VariableElimination, in_pgmpy, in_pyagrum, published

from hpt_bayes.engine import EvidenceFactors, compile_network, propagate

WITH_PGMPY = ("asia", "cancer", "earthquake", "survey", "sachs", "child", "alarm", "insurance", "win95pts")


def random_evidence(network: Published, rng: np.random.Generator) -> tuple[dict[int, int], list[tuple[int, Array]]]:
    """Hard, set, likelihood and repeated likelihood evidence that agrees with one drawn state of the network."""
    truth = network.sample(rng)
    cards = network.arrays.cardinalities
    chosen = rng.permutation(len(cards))[: max(2, len(cards) // 3)].tolist()
    hard: dict[int, int] = {}
    likelihoods: list[tuple[int, Array]] = []
    for i, v in enumerate(chosen):
        if i % 2 == 0:
            hard[v] = truth[v]
            continue
        allowed = (rng.random(cards[v]) < 0.5).astype(float)
        allowed[truth[v]] = 1.0
        likelihoods.append((v, allowed if i % 4 == 1 else rng.random(cards[v]) + 0.01))
        if i % 3 == 0:
            likelihoods.append((v, rng.random(cards[v]) + 0.01))
    return hard, likelihoods


def one_vector_each(cards: tuple[int, ...], likelihoods: list[tuple[int, Array]]) -> dict[int, Array]:
    """Repeated readings multiplied, since pgmpy drops the second one on a variable and pyAgrum refuses it."""
    product: dict[int, Array] = {}
    for v, vector in likelihoods:
        product[v] = product.get(v, np.ones(cards[v])) * vector
    return product


@pytest.mark.parametrize("name", NAMES)
def test_marginals_and_evidence_probability_equal_pyagrum(name: str) -> None:
    network = published(name)
    arrays = network.arrays
    compiled = compile_network(arrays.cardinalities, arrays.parents, arrays.tables)
    inference = pyagrum.LazyPropagation(in_pyagrum(arrays))
    rng = np.random.default_rng(7)
    for hard, likelihoods in [({}, []), *(random_evidence(network, rng) for _ in range(4))]:
        answer = propagate(compiled, EvidenceFactors(hard, tuple(likelihoods)))
        inference.eraseAllEvidence()
        for v, state in hard.items():
            inference.addEvidence(str(v), state)
        weight = 1.0
        for v, vector in one_vector_each(arrays.cardinalities, likelihoods).items():
            if np.count_nonzero(vector) == 1:
                # pyAgrum gives wrong P(e) and unnormalised posteriors for a vector with one entry that is not 1.
                inference.addEvidence(str(v), int(vector.argmax()))
                weight *= vector.max()
            else:
                inference.addEvidence(str(v), vector.tolist())
        inference.makeInference()
        for v, marginal in answer.marginals().items():
            np.testing.assert_allclose(marginal[0], inference.posterior(str(v)).toarray(), rtol=0, atol=1e-10)
        expected = weight * (inference.evidenceProbability() if hard or likelihoods else 1.0)
        np.testing.assert_allclose(answer.log_evidence[0], np.log(expected), rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", WITH_PGMPY)
def test_marginals_equal_pgmpy(name: str) -> None:
    network = published(name)
    arrays = network.arrays
    compiled = compile_network(arrays.cardinalities, arrays.parents, arrays.tables)
    rng = np.random.default_rng(11)
    hard, likelihoods = random_evidence(network, rng)
    answer = propagate(compiled, EvidenceFactors(hard, tuple(likelihoods)))
    free = [v for v in range(len(arrays.cardinalities)) if v not in hard]
    virtual = [
        TabularCPD(str(v), len(vector), (vector / vector.sum()).reshape(-1, 1))
        for v, vector in one_vector_each(arrays.cardinalities, likelihoods).items()
    ]
    named = {str(v): state for v, state in hard.items()}
    elimination = VariableElimination(in_pgmpy(arrays))
    for v in rng.permutation(free)[:4].tolist():
        found = elimination.query([str(v)], evidence=named, virtual_evidence=virtual, show_progress=False)
        np.testing.assert_allclose(answer.marginal(v)[0], found.values, rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", ["asia", "child", "alarm"])
def test_a_batch_equals_its_rows_one_by_one(name: str) -> None:
    network = published(name)
    arrays = network.arrays
    compiled = compile_network(arrays.cardinalities, arrays.parents, arrays.tables)
    rng = np.random.default_rng(3)
    rows = 400
    states = [network.sample(rng) for _ in range(rows)]
    likelihoods = []
    for v in range(0, len(arrays.cardinalities), 2):
        vectors = np.eye(arrays.cardinalities[v])[[state[v] for state in states]]
        vectors[rng.random(rows) < 0.3] = 1.0
        likelihoods.append((v, vectors))
    whole = propagate(compiled, EvidenceFactors(likelihoods=tuple(likelihoods)))
    marginals = whole.marginals()
    for row in range(0, rows, 40):
        single = propagate(compiled, EvidenceFactors(likelihoods=tuple((v, x[row]) for v, x in likelihoods)))
        np.testing.assert_allclose(whole.log_evidence[row], single.log_evidence[0], rtol=1e-12)
        for v, marginal in single.marginals().items():
            np.testing.assert_allclose(marginals[v][row], marginal[0], rtol=0, atol=1e-12)
