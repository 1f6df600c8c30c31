"""Long products stay in range, impossible rows stay quiet, and nothing can be written to."""

from __future__ import annotations

import numpy as np
import pytest

from hpt_bayes.engine import CompiledNetwork, EvidenceFactors, compile_network, most_probable, possible, propagate

PRIOR = np.array([0.3, 0.7])
TABLE = np.array([[0.9, 0.1], [0.2, 0.8]])


def star(leaves: int) -> CompiledNetwork:
    """One cause with many readings, and one more variable after it."""
    return compile_network([2] * (leaves + 1), [(), *[(0,)] * leaves], [PRIOR] + [TABLE] * leaves)


def test_ten_thousand_tiny_likelihoods() -> None:
    vector = np.array([1e-200, 3e-200])
    compiled = star(2)
    for variable in (0, 1):
        evidence = EvidenceFactors(likelihoods=((variable, vector),) * 1000)
        answer = propagate(compiled, evidence)
        assert answer.log_evidence[0] < -400_000
        np.testing.assert_allclose(answer.marginal(variable), [[0.0, 1.0]], atol=1e-300)
        assert possible(compiled, evidence).tolist() == [True]
        states, logs = most_probable(compiled, evidence)
        assert states[0, variable] == 1
        np.testing.assert_allclose(logs, answer.log_evidence, rtol=1e-5)


def test_log_evidence_of_repeated_readings_is_exact() -> None:
    vector = np.array([1e-150, 2e-150])
    answer = propagate(star(1), EvidenceFactors(likelihoods=((0, vector),) * 3))
    expected = np.log(0.3 + 0.7 * 8.0) + 3 * np.log(1e-150)
    np.testing.assert_allclose(answer.log_evidence, [expected], rtol=1e-14)


def test_support_survives_what_numbers_cannot() -> None:
    tiny = np.array([[1.0 - 1e-300, 1e-300], [1.0, 0.0]])
    compiled = compile_network([2] * 3, [(), (0,), (0,)], [np.array([1e-300, 1.0]), tiny, tiny])
    assert possible(compiled, EvidenceFactors({1: 1, 2: 1})).tolist() == [True]
    assert possible(compiled, EvidenceFactors({0: 1, 1: 1})).tolist() == [False]


def test_an_impossible_row_leaves_the_others_alone() -> None:
    compiled = compile_network([2, 2, 2], [(), (0,), (1,)], [PRIOR, np.eye(2), TABLE])
    contradiction = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    evidence = EvidenceFactors({1: 1}, ((0, contradiction),))
    answer = propagate(compiled, evidence)
    assert answer.log_evidence[0] == -np.inf
    np.testing.assert_allclose(answer.log_evidence[1:], np.log(0.7))
    for v in range(3):
        assert (answer.marginal(v)[0] == 0.0).all()
        np.testing.assert_allclose(answer.marginal(v)[1:].sum(axis=1), 1.0)
    assert possible(compiled, evidence).tolist() == [False, True, True]
    (joint,) = answer.joints_with((0,), [(2,)])
    assert (joint[0] == 0.0).all()
    states, logs = most_probable(compiled, evidence)
    assert states[0].tolist() == [-1, -1, -1]
    assert states[1:].tolist() == [[1, 1, 1]] * 2
    assert logs[0] == -np.inf


def test_an_observed_leaf_has_its_own_posterior() -> None:
    compiled = star(2)
    assert propagate(compiled, EvidenceFactors({1: 0})).marginal(1).tolist() == [[1.0, 0.0]]
    vector = np.array([0.5, 0.25])
    answer = propagate(compiled, EvidenceFactors(likelihoods=((1, vector),)))
    weights = (PRIOR @ TABLE) * vector
    np.testing.assert_allclose(answer.marginal(1), [weights / weights.sum()])


def test_zero_rows_are_an_empty_answer() -> None:
    answer = propagate(star(2), EvidenceFactors(likelihoods=((0, np.ones((0, 2))), (1, np.ones((0, 2))))))
    assert answer.log_evidence.shape == (0,)
    assert answer.marginal(2).shape == (0, 2)


def test_compiled_arrays_and_answers_are_read_only() -> None:
    compiled = star(2)
    answer = propagate(compiled, EvidenceFactors({1: 0}))
    own = np.array(PRIOR)
    compile_network([2], [()], [own])
    own[0] = 0.0
    arrays = [
        *compiled.tables,
        *compiled.conditionals,
        answer.log_evidence,
        answer.marginal(0),
        answer.marginal(1),
        answer.joint((0, 2)),
    ]
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0.0
    with pytest.raises(AttributeError):
        answer.log_evidence = np.zeros(1)  # type: ignore[misc]
