"""What the engine refuses, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from hpt_bayes.engine import CompiledNetwork, EvidenceFactors, compile_network, most_probable, possible, propagate
from hpt_bayes.errors import EvidenceError, NetworkTooWide

HALF = np.full(2, 0.5)
TABLE = np.array([[0.9, 0.1], [0.2, 0.8]])


def chain(n: int = 4, **options: Any) -> CompiledNetwork:
    parents = [(), *((v,) for v in range(n - 1))]
    return compile_network([2] * n, parents, [HALF] + [TABLE] * (n - 1), **options)


@pytest.mark.parametrize(
    ("cards", "parents", "tables", "message"),
    [
        ([], [], [], "same positive number"),
        ([2, 2], [(), ()], [HALF], "got 2, 2 and 1"),
        ([0], [()], [np.ones(0)], "at least one state"),
        ([2], [(1,)], [TABLE], "different variables from 0 to 0"),
        ([2, 2], [(), (0, 0)], [HALF, TABLE], r"parents \(0, 0\)"),
        ([2, 2], [(1,), (0,)], [TABLE, TABLE], "cycle"),
        ([2], [(0,)], [TABLE], "cycle"),
        ([2, 3], [(), (0,)], [HALF, TABLE], r"expected shape \(2, 3\), got \(2, 2\)"),
        ([2], [()], [np.array([1.5, -0.5])], "negative"),
        ([2], [()], [np.array([np.nan, 0.5])], "not a number"),
        ([2], [()], [np.array([0.5, 0.6])], "sums to one only within 0.1"),
        ([2], [()], [np.array([0.5, np.inf])], "sums to one only within inf"),
    ],
)
def test_arrays_that_are_no_network(
    cards: Sequence[int], parents: Sequence[tuple[int, ...]], tables: Sequence[Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        compile_network(cards, parents, tables)


def test_together_must_name_variables() -> None:
    with pytest.raises(ValueError, match=r"together \(0, 9\)"):
        chain(together=[(0, 9)])


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        (EvidenceFactors({9: 0}), "unknown variable 9: expected 0 to 3"),
        (EvidenceFactors({-1: 0}), "unknown variable -1"),
        (EvidenceFactors({0: 2}), "variable 0 has states 0 to 1, got 2"),
        (EvidenceFactors(likelihoods=((9, HALF),)), "unknown variable 9"),
        (EvidenceFactors(likelihoods=((0, np.ones(3)),)), r"likelihood of variable 0: expected shape \(2,\)"),
        (EvidenceFactors(likelihoods=((0, np.array([-1.0, 1.0])),)), "finite number and not negative"),
        (EvidenceFactors(likelihoods=((0, np.array([np.nan, 1.0])),)), "finite number and not negative"),
        (EvidenceFactors(likelihoods=((0, np.array([np.inf, 1.0])),)), "finite number and not negative"),
        (EvidenceFactors(likelihoods=((0, np.ones((2, 2))), (1, np.ones((3, 2))))), r"number of rows: \[2, 3\]"),
        (EvidenceFactors(factors=(((0, 9), np.ones((2, 2))),)), "unknown variable 9"),
        (EvidenceFactors(factors=(((0, 1), np.ones((2, 3))),)), r"factor over \(0, 1\): expected shape \(2, 2\)"),
        (EvidenceFactors(factors=(((0, 0), np.ones((2, 2))),)), "names a variable twice"),
        (EvidenceFactors(factors=(((0, 2), np.ones((2, 2))),)), "no clique holds .* `together`"),
        (EvidenceFactors(factors=(((2, 3), np.ones((2, 2))),)), "no clique holds"),
    ],
)
def test_evidence_that_does_not_fit(evidence: EvidenceFactors, message: str) -> None:
    for ask in (propagate, possible, most_probable):
        with pytest.raises(EvidenceError, match=message):
            ask(chain(), evidence)


@pytest.mark.parametrize(
    ("tables", "message"),
    [({9: TABLE}, "unknown variable 9"), ({1: np.ones((3, 3))}, r"table of variable 1: expected shape \(2, 2\)")],
)
def test_replacement_tables_that_do_not_fit(tables: Mapping[int, Any], message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        propagate(chain(), tables=tables)


def test_questions_about_unknown_variables() -> None:
    answer = propagate(chain())
    for ask in (lambda: answer.marginal(4), lambda: answer.joint((0, -1)), lambda: list(answer.joints_with((7,), []))):
        with pytest.raises(EvidenceError, match="unknown variable"):
            ask()


def test_a_target_must_share_a_clique() -> None:
    answer = propagate(chain())
    for target in ((0, 2), (3,)):
        with pytest.raises(EvidenceError, match="no clique holds the target"):
            list(answer.joints_with(target, [(1,)]))
    found = list(propagate(chain(together=[(0, 2)])).joints_with((0, 2), [(3,)]))
    assert found[0].shape == (1, 2, 2, 2)


def test_a_joint_that_would_be_too_large() -> None:
    answer = propagate(chain(12))
    with pytest.raises(NetworkTooWide, match=r"needs a table of 4,096 cells, more than the 4,095 allowed"):
        answer.joint(tuple(range(12)), max_cells=4095)
    np.testing.assert_allclose(answer.joint(tuple(range(12))).sum(), 1.0)
    with pytest.raises(NetworkTooWide, match="more than the 3 allowed"):
        list(answer.joints_with((0,), [(8,)], max_cells=3))
