"""Every answer of the engine against the full joint distribution, on random networks and evidence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import oracle
from hypothesis import given
from hypothesis import strategies as st
from oracle import Array, Arrays
from random_networks import RandomEvidence, evidence_on, networks

from hpt_bayes.engine import (
    Calibrated,
    CompiledNetwork,
    EvidenceFactors,
    compile_network,
    most_probable,
    possible,
    propagate,
)

CLOSE = {"rtol": 1e-10, "atol": 1e-12}


@st.composite
def cases(draw: st.DrawFn, tables: bool = True) -> tuple[Arrays, RandomEvidence, tuple[int, ...]]:
    network = draw(networks())
    evidence = draw(evidence_on(network, tables=tables))
    variables = st.integers(0, len(network.cardinalities) - 1)
    return network, evidence, tuple(draw(st.lists(variables, max_size=2, unique=True)))


def compiled_from(network: Arrays, together: tuple[int, ...] = ()) -> CompiledNetwork:
    groups = [together] if together else []
    return compile_network(network.cardinalities, network.parents, network.tables, together=groups)


def factors_of(evidence: RandomEvidence) -> EvidenceFactors:
    return EvidenceFactors(evidence.hard, evidence.likelihoods, evidence.factors)


def solved(network: Arrays, evidence: RandomEvidence, together: tuple[int, ...]) -> tuple[Calibrated, list[Array]]:
    compiled = compiled_from(network, together)
    answer = propagate(compiled, factors_of(evidence), tables=evidence.tables)
    rows = len(answer.log_evidence)
    assert rows == max([1, *(len(v) for v in all_arrays(evidence))])
    return answer, [oracle.weights(network, *evidence.row(row)) for row in range(rows)]


def all_arrays(evidence: RandomEvidence) -> list[Array]:
    return [v for _, v in evidence.likelihoods] + [v for _, v in evidence.factors] + list(evidence.tables.values())


def agrees(actual: Array, weights: list[Array], expected: Callable[[Array], Array | float]) -> None:
    assert len(actual) == len(weights)
    assert not np.isnan(actual).any()
    for row, weight in zip(actual, weights, strict=True):
        np.testing.assert_allclose(row, expected(weight), **CLOSE)


@given(cases())
def test_log_evidence_and_marginals(case: tuple[Arrays, RandomEvidence, tuple[int, ...]]) -> None:
    network, evidence, together = case
    answer, weights = solved(network, evidence, together)
    agrees(answer.log_evidence, weights, oracle.log_evidence)
    marginals = answer.marginals()
    assert set(marginals) == set(range(len(network.cardinalities)))
    for variable, marginal in marginals.items():
        agrees(marginal, weights, lambda weight, v=variable: oracle.joint(weight, (v,)))


@given(cases(), st.data())
def test_joint_of_any_variables(case: tuple[Arrays, RandomEvidence, tuple[int, ...]], data: st.DataObject) -> None:
    network, evidence, together = case
    scope = tuple(data.draw(st.lists(st.integers(0, len(network.cardinalities) - 1), max_size=4, unique=True)))
    answer, weights = solved(network, evidence, together)
    agrees(answer.joint(scope), weights, lambda weight: oracle.joint(weight, scope))


@given(cases(), st.data())
def test_joints_with_a_target(case: tuple[Arrays, RandomEvidence, tuple[int, ...]], data: st.DataObject) -> None:
    network, evidence, together = case
    target = together or (0,)
    variable = st.integers(0, len(network.cardinalities) - 1).filter(lambda v: v not in target)
    scopes = (
        data.draw(st.lists(st.lists(variable, max_size=2, unique=True), max_size=4))
        if len(network.cardinalities) > len(target)
        else []
    )
    answer, weights = solved(network, evidence, target)
    found = list(answer.joints_with(target, scopes))
    assert len(found) == len(scopes)
    for scope, table in zip(scopes, found, strict=True):
        agrees(table, weights, lambda weight, s=scope: oracle.joint(weight, (*target, *s)))


@given(cases())
def test_joint_with_a_repeated_variable_is_diagonal(case: tuple[Arrays, RandomEvidence, tuple[int, ...]]) -> None:
    network, evidence, together = case
    target = together or (0,)
    answer, weights = solved(network, evidence, target)
    (table,) = answer.joints_with(target, [target])
    for row, weight in zip(table, weights, strict=True):
        flat = oracle.joint(weight, target).ravel()
        np.testing.assert_allclose(row.reshape(len(flat), len(flat)), np.diag(flat), **CLOSE)


@given(cases(tables=False))
def test_most_probable_explanation(case: tuple[Arrays, RandomEvidence, tuple[int, ...]]) -> None:
    network, evidence, together = case
    _, weights = solved(network, evidence, together)
    states, logs = most_probable(compiled_from(network, together), factors_of(evidence))
    assert len(states) == len(logs) == len(weights)
    for state, log, weight in zip(states, logs, weights, strict=True):
        if weight.max() == 0.0:
            assert log == -np.inf
            assert (state == -1).all()
        else:
            np.testing.assert_allclose(log, np.log(weight.max()), **CLOSE)
            np.testing.assert_allclose(weight[tuple(state)], weight.max(), **CLOSE)


@given(cases(tables=False))
def test_possible_is_positive_probability(case: tuple[Arrays, RandomEvidence, tuple[int, ...]]) -> None:
    network, evidence, together = case
    _, weights = solved(network, evidence, together)
    found = possible(compiled_from(network, together), factors_of(evidence))
    assert found.tolist() == [bool(weight.sum() > 0.0) for weight in weights]
