from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.network.repeated import next_reading, predictive_table, repeated_message

SEEDS = st.integers(0, 2**32 - 1)
RHOS = st.sampled_from([0.0, 0.1, 0.3, 0.77, 1.0])


def random_table(rng: np.random.Generator) -> np.ndarray:
    table = rng.gamma(0.5, size=(2, 3, 4)) + 1e-3
    table[rng.random(table.shape) < 0.2] = 0.0
    table[..., 0] += 1e-2
    return table / table.sum(-1, keepdims=True)


def by_enumeration(table: np.ndarray, likelihoods: list[np.ndarray], rho: float) -> np.ndarray:
    """Sum over the shared draw z and over every reading as a node of its own: P(reading | z, parents)."""
    n = table.shape[-1]
    copied = np.sqrt(rho)
    total = np.zeros(table.shape[:-1])
    reading = copied * np.eye(n) + (1 - copied) * table[..., None, :]  # (..., z, x)
    for z in range(n):
        for states in np.ndindex(*(n,) * len(likelihoods)):
            weight = table[..., z].copy()
            for state, vector in zip(states, likelihoods, strict=True):
                weight = weight * reading[..., z, state] * vector[state]
            total += weight
    return total


@given(SEEDS, RHOS, st.integers(0, 4))
def test_the_message_is_that_of_explicit_nodes(seed: int, rho: float, n: int) -> None:
    rng = np.random.default_rng(seed)
    table = random_table(rng)
    vectors = [rng.random(4) if rng.random() < 0.5 else np.eye(4)[rng.integers(4)] for _ in range(n)]
    assert np.abs(repeated_message(table, vectors, rho) - by_enumeration(table, vectors, rho)).max() < 1e-14


@given(SEEDS, RHOS)
def test_the_order_of_readings_does_not_matter(seed: int, rho: float) -> None:
    rng = np.random.default_rng(seed)
    table, vectors = random_table(rng), list(rng.random((3, 4)))
    messages = [repeated_message(table, list(order), rho) for order in permutations(vectors)]
    assert np.abs(np.array(messages) - messages[0]).max() < 1e-15


@given(SEEDS, RHOS)
def test_several_readings_are_a_proper_distribution(seed: int, rho: float) -> None:
    table = random_table(np.random.default_rng(seed))
    total = sum(repeated_message(table, [np.eye(4)[i] for i in states], rho) for states in np.ndindex(4, 4, 4))
    assert np.abs(np.asarray(total) - 1.0).max() < 1e-14
    margin = sum(repeated_message(table, [np.eye(4)[2], np.eye(4)[i]], rho) for i in range(4))
    assert np.abs(np.asarray(margin) - table[..., 2]).max() < 1e-15


def test_the_correlation_of_two_readings_is_rho() -> None:
    p, rho = 0.3, 0.1
    table = np.array([1 - p, p])
    both = float(repeated_message(table, [[0, 1], [0, 1]], rho))
    assert (both - p * p) / (p * (1 - p)) == pytest.approx(rho, abs=1e-14)


@given(SEEDS, RHOS, st.integers(0, 3))
def test_one_further_reading(seed: int, rho: float, n: int) -> None:
    rng = np.random.default_rng(seed)
    table, vectors = random_table(rng), list(rng.random((n, 4)))
    joint = next_reading(table, vectors, rho)
    for x in range(4):
        assert np.abs(joint[..., x] - repeated_message(table, [*vectors, np.eye(4)[x]], rho)).max() < 1e-14
    predictive = predictive_table(table, vectors, rho)
    assert np.abs(predictive - joint / joint.sum(-1, keepdims=True)).max() < 1e-14
    if n == 0:
        assert np.abs(predictive - table).max() < 1e-15


def test_contradictory_readings_are_ordinary_evidence_unless_fully_correlated() -> None:
    table = np.array([[0.2, 0.8], [0.9, 0.1]])
    assert (repeated_message(table, [[1, 0], [0, 1]], 0.1) > 0).all()
    assert repeated_message(table, [[1, 0], [0, 1]], 1.0).tolist() == [0.0, 0.0]
    assert np.array_equal(predictive_table(table, [[1, 0], [0, 1]], 1.0), table)


def test_a_reading_may_have_its_own_likelihood_for_each_parent_state() -> None:
    table = np.array([[0.2, 0.8], [0.9, 0.1]])
    vector = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert repeated_message(table, [vector], 0.1) == pytest.approx([0.2, 0.1])


@pytest.mark.parametrize("rho", [-0.1, 1.1])
def test_a_correlation_lies_between_0_and_1(rho: float) -> None:
    with pytest.raises(ValueError, match="expected a correlation from 0 to 1"):
        repeated_message(np.array([0.5, 0.5]), [[1, 0]], rho)
