"""Draws from the posterior: the law of the draws exactly, and counts of draws against enumeration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import oracle
import packaged
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from oracle import Array, Arrays
from random_networks import evidence_on, networks, random_table
from scipy.stats import chisquare

from hpt_bayes.engine import Calibrated, CompiledNetwork, EvidenceFactors, compile_network, drawn_states, propagate
from hpt_bayes.errors import EvidenceError
from hpt_bayes.reasoning.compiled import compile_model

States = NDArray[np.int64]
_HALVINGS = 48


class Given:
    """Stands in for a generator: each call gets the next of the given rows of numbers in [0, 1)."""

    def __init__(self, rows: Array) -> None:
        self.rows = rows
        self.calls = 0

    def random(self, count: int) -> Array:
        self.calls += 1
        row: Array = self.rows[self.calls - 1]
        assert len(row) == count
        return row


def with_uniform(calibrated: Calibrated, rows: Array, variables: Sequence[int]) -> tuple[States, int]:
    """Draws made of given numbers, and how many rows of them were used."""
    given = Given(rows)
    return drawn_states(calibrated, rows.shape[1], cast("np.random.Generator", given), variables), given.calls


def law(calibrated: Calibrated, n: int) -> tuple[States, Array]:
    """Joint states of all n variables, and the exact probability with which each is drawn.

    Each row of numbers decides some states given those already decided, so a joint state is drawn from a box of
    numbers: its sides are found by halving from a point inside, and its volume is the probability.
    """
    start = np.random.default_rng(0).random((2 * n, 4000))
    states, rows = with_uniform(calibrated, start, range(n))
    states, first = np.unique(states, axis=0, return_index=True)
    point = start[:rows, first]
    moved = np.arange(rows)
    inside = np.stack([point, point], axis=1)
    outside = np.broadcast_to(np.array([0.0, 1.0])[:, None], inside.shape)
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        trial = np.array(np.broadcast_to(point[:, None, None, :], (rows, *inside.shape)))
        trial[moved, moved] = middle
        found, _ = with_uniform(calibrated, trial.reshape(rows, inside.size), range(n))
        same = (found.reshape(*inside.shape, n) == states).all(axis=-1)
        inside, outside = np.where(same, middle, inside), np.where(same, outside, middle)
    return states, (inside[:, 1] - inside[:, 0]).prod(axis=0)


def counted(states: States, cards: Sequence[int]) -> NDArray[np.intp]:
    """How often each joint state was drawn, shape cards."""
    flat = np.ravel_multi_index(tuple(states.T), tuple(cards))
    return np.bincount(flat, minlength=int(np.prod(cards))).reshape(cards)


def compiled(arrays: Arrays) -> CompiledNetwork:
    return compile_network(arrays.cardinalities, arrays.parents, arrays.tables)


@given(st.data())
def test_every_joint_state_is_drawn_with_its_probability(data: st.DataObject) -> None:
    arrays = data.draw(networks(max_variables=5))
    hard, likelihoods, factors, tables = data.draw(evidence_on(arrays)).row(0)
    evidence = EvidenceFactors(hard, tuple(likelihoods), tuple(factors))
    calibrated = propagate(compiled(arrays), evidence, tables=tables)
    n = len(arrays.cardinalities)
    expected = oracle.joint(oracle.weights(arrays, hard, likelihoods, factors, tables), range(n))
    if expected.sum() == 0.0:
        assert (drawn_states(calibrated, 3, np.random.default_rng(0), range(n)) == -1).all()
        return
    states, probability = law(calibrated, n)
    assert (expected[tuple(states.T)] > 0.0).all()
    np.testing.assert_allclose(probability, expected[tuple(states.T)], rtol=1e-10, atol=1e-13)


def test_separate_parts_and_variables_of_one_state() -> None:
    thirds = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
    pair = np.array([[0.7, 0.3], [0.4, 0.6]])
    arrays = Arrays(
        (2, 3, 1, 2, 1, 2, 2),
        ((), (0,), (1,), (), (), (3, 4), (5,)),
        (np.array([0.3, 0.7]), thirds, np.ones((3, 1)), np.array([0.2, 0.8]), np.ones(1), pair[:, None], pair),
    )
    vector = np.array([0.2, 0.7, 0.5])
    calibrated = propagate(compiled(arrays), EvidenceFactors({6: 1}, ((1, vector),)))
    expected = oracle.joint(oracle.weights(arrays, {6: 1}, [(1, vector)]), range(7))
    states, probability = law(calibrated, 7)
    assert len(states) == (expected > 0.0).sum() == 2 * 3 * 2 * 2
    np.testing.assert_allclose(probability, expected[tuple(states.T)], rtol=1e-10)


# A channel that errs one time in four: without evidence at its ends all conditionals are multiples of an eighth.
CHANNEL = np.array([[0.75, 0.25], [0.25, 0.75]])
CHANNELS = Arrays((2,) * 8, ((), (0,), (1,), (2,), (1,), (4,), (5,), (3,)), (np.full(2, 0.5), *([CHANNEL] * 7)))


@pytest.mark.parametrize("hard", [{}, {1: 1}])
@pytest.mark.parametrize("asked", [(3,), (7,), (0, 3), (5, 0), (3, 5), (6, 0, 2), (5, 1), (4, 0, 7)])
def test_counts_on_a_grid_are_exact(asked: tuple[int, ...], hard: dict[int, int]) -> None:
    """Every combination of the midpoints of eighths, where what lies between is drawn and left out."""
    calibrated = propagate(compiled(CHANNELS), EvidenceFactors(hard))
    _, rows = with_uniform(calibrated, np.full((8, 1), 0.5), asked)
    grid = (np.indices((8,) * rows).reshape(rows, 8**rows) + 0.5) / 8
    states, _ = with_uniform(calibrated, grid, asked)
    expected = oracle.joint(oracle.weights(CHANNELS, hard, []), asked)
    np.testing.assert_array_equal(counted(states, expected.shape), expected * 8**rows)


# A trunk 0-1-2-3 with a branch at 1, a loop 2-3-6, and leaves 7 and 8.
CARDS = (2, 6, 2, 3, 5, 2, 3, 2, 2)
PARENTS = ((), (0,), (1,), (2,), (1,), (4,), (2, 3), (5,), (6, 0))
SHAPES = [(*(CARDS[p] for p in PARENTS[v]), CARDS[v]) for v in range(len(CARDS))]
VECTOR = np.array([0.9, 0.4, 0.1])


@pytest.mark.parametrize("hard", [{}, {8: 1}, {2: 1, 6: 0}, {7: 0, 1: 3}])
@pytest.mark.parametrize("asked", [(0,), (7,), (8, 7), (3, 5), (0, 3, 4), (8, 2, 5), (6, 7, 1)])
def test_counts_agree_with_enumeration(asked: tuple[int, ...], hard: dict[int, int]) -> None:
    rng = np.random.default_rng(5)
    arrays = Arrays(CARDS, PARENTS, tuple(random_table(rng, shape, 0.1) for shape in SHAPES))
    calibrated = propagate(compiled(arrays), EvidenceFactors(hard, ((3, VECTOR),)))
    states = drawn_states(calibrated, 20_000, np.random.default_rng(1), asked)
    expected = oracle.joint(oracle.weights(arrays, hard, [(3, VECTOR)]), asked).reshape(-1) * len(states)
    counts = counted(states, [CARDS[v] for v in asked]).reshape(-1)
    assert (counts[expected == 0.0] == 0).all()
    often = expected >= 5.0
    pooled = [np.append(each[often], each[~often].sum()) for each in (counts, expected)]
    found, awaited = (each[pooled[1] > 0.0] for each in pooled)
    assert len(found) == 1 or chisquare(found, awaited).pvalue > 1e-3


@pytest.mark.parametrize(
    ("asked", "hard", "rows"),
    [
        ((), {}, 0),
        ((7,), {7: 1}, 0),
        ((3,), {}, 1),  # from any clique that holds it
        ((0, 1), {}, 1),  # one clique
        ((3, 2, 3), {}, 1),  # one clique, away from the root
        ((7,), {}, 2),  # its parent first
        ((3, 7), {}, 2),
        ((0, 2), {}, 2),  # two cliques
        ((5, 4), {}, 1),
        ((7, 5), {3: 0}, 2),  # what is observed needs no clique
    ],
)
def test_only_the_cliques_between_are_visited(asked: tuple[int, ...], hard: dict[int, int], rows: int) -> None:
    calibrated = propagate(compiled(CHANNELS), EvidenceFactors(hard))
    states, used = with_uniform(calibrated, np.full((8, 5), 0.5), asked)
    assert (states.shape, used) == ((5, len(asked)), rows)


def test_a_state_of_probability_zero_is_never_drawn() -> None:
    calibrated = propagate(compile_network([4], [()], [np.array([0.0, 0.5, 0.5, 0.0])]))
    ends = np.array([[0.0, np.nextafter(0.5, 0.0), 0.5, np.nextafter(1.0, 0.0)]])
    assert with_uniform(calibrated, ends, (0,))[0].tolist() == [[1], [1], [2], [2]]


def test_the_same_seed_gives_the_same_draws() -> None:
    calibrated = propagate(compiled(CHANNELS), EvidenceFactors({6: 1}))
    first, again, other = (drawn_states(calibrated, 50, np.random.default_rng(seed), range(8)) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (first[:, 6] == 1).all()
    assert first.dtype == np.int64


def test_no_draws_and_repeated_variables() -> None:
    calibrated = propagate(compiled(CHANNELS), EvidenceFactors({1: 1}))
    assert drawn_states(calibrated, 0, np.random.default_rng(0), (0, 7, 1)).shape == (0, 3)
    states = drawn_states(calibrated, 30, np.random.default_rng(0), (7, 0, 7))
    np.testing.assert_array_equal(states[:, 0], states[:, 2])


def test_impossible_evidence_gives_no_states() -> None:
    evidence = EvidenceFactors({1: 1}, ((0, np.array([1.0, 0.0])), (1, np.array([1.0, 0.0]))))
    calibrated = propagate(compiled(CHANNELS), evidence)
    assert drawn_states(calibrated, 2, np.random.default_rng(0), (0, 1, 7)).tolist() == [[-1] * 3] * 2


@pytest.mark.parametrize(
    ("evidence", "count", "asked", "message"),
    [
        (EvidenceFactors(), 5, (0, 8), "unknown variable 8: expected 0 to 7"),
        (EvidenceFactors(), 5, (-1,), "unknown variable -1"),
        (EvidenceFactors(), -1, (0,), "expected a number of draws from 0, found -1"),
        (EvidenceFactors(likelihoods=((0, np.ones((3, 2))),)), 5, (0,), "expected evidence of one row .* found 3"),
    ],
)
def test_what_is_refused(evidence: EvidenceFactors, count: int, asked: tuple[int, ...], message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        drawn_states(propagate(compiled(CHANNELS), evidence), count, np.random.default_rng(0), asked)


@pytest.mark.parametrize("observed", [{}, {"malabsorption": 1, "ct_routine": 1}])
def test_draws_of_the_packaged_network_agree_with_its_marginals(observed: dict[str, int]) -> None:
    model = compile_model(packaged.network(), ("persistent",))
    hard = {model.axis[name]: state for name, state in observed.items()}
    calibrated = propagate(model.engine, EvidenceFactors(hard))
    everything = range(len(model.names))
    states = drawn_states(calibrated, 4000, np.random.default_rng(2), everything)
    for variable in everything:
        p = calibrated.marginal(variable)[0]
        share = np.bincount(states[:, variable], minlength=len(p)) / len(states)
        # The error of a rare state is not normal: at least that of one draw.
        error = np.sqrt(p * (1 - p) / len(states)).clip(1 / len(states))
        assert (np.abs(share - p) <= 5 * error).all(), model.names[variable]
        assert (share[p == 0.0] == 0.0).all()
    for variable, state in hard.items():
        assert (states[:, variable] == state).all()
