"""Answers do not become slow unnoticed: their time as a ratio to plain numpy work in the same process."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time

import numpy as np
import pytest
from small_model import small_network

from benchmarks.timing import in_turn
from benchmarks.trees import random_tree
from hpt_bayes.case import Case
from hpt_bayes.engine import EvidenceFactors, propagate

REPEATS = 9
RNG = np.random.default_rng(0)
SMALL = RNG.random((4, 4, 4)), RNG.random((4, 4))
LARGE = RNG.random((64, 32, 32)), RNG.random((32, 32))


def numpy_work() -> float:
    """A fixed amount of what answers are made of: many small contractions and some large ones."""
    total = 0.0
    for factors, times in ((SMALL, 600), (LARGE, 12)):
        for _ in range(times):
            total += float(np.einsum("abc,cd->abd", *factors).sum())
    return total


def marginals(width: int) -> Callable[[], object]:
    """Evidence, propagation and all marginals of a network of 40 binary variables."""
    network = random_tree(width)
    evidence = EvidenceFactors(hard={5: 1, 20: 0}, likelihoods=((30, np.array([0.2, 0.7])),))
    return lambda: propagate(network, evidence).marginals()


def asked_of_a_case(question: str) -> Callable[[], object]:
    """A question of a patient of the small model, who is entered and compiled beforehand."""
    case = Case(small_network(), "persistent").observe("adjusted_calcium", 2.8, "mmol/L")
    asked: Callable[[], object] = getattr(case, question)
    return asked


@pytest.mark.parametrize(
    ("prepare", "argument", "limit"),
    [
        (marginals, 3, 0.21),
        (marginals, 14, 0.9),
        (asked_of_a_case, "posterior", 0.42),
        (asked_of_a_case, "next_studies", 1.3),
    ],
    ids=["many small cliques", "few large cliques", "posterior of a case", "ranking of a case"],
)
def test_an_answer_takes_no_longer_than_so_many_times_the_numpy_work(
    prepare: Callable[..., Callable[[], object]], argument: object, limit: float
) -> None:
    """Fails when an answer becomes twice as slow as when its limit was set, relative to numpy.

    Both are processor times of one thread, taken in turn, so that a slower or busier machine changes both; the median
    of nine forgives hiccups. On a machine six times overbooked the ratios moved by less than a fifth; doing every
    propagation three times failed the first three.
    """
    answer = prepare(argument)
    answer(), numpy_work()
    taken = in_turn({"answer": answer, "numpy": numpy_work}, REPEATS, thread_time)
    ratio = taken["answer"] / taken["numpy"]
    assert ratio < limit, f"the answer took {ratio:.2f} times the numpy work, {limit} are allowed"
