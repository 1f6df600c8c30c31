"""P(group, result | e) of one study against the definition, and the groups a question puts configurations into."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from enumerated import DIAGNOSES, Enumerated
from small_model import small_network

from hpt_bayes.case import Case
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, compile_model
from hpt_bayes.reasoning.next_study.question import Question, question
from hpt_bayes.reasoning.studies.information import ResultModel, joint_with_results, summed

CARDS = {"place": 3, "size": 2, "age": 4}


def finding(rng: np.random.Generator, parents: tuple[str, ...], results: int) -> ResultModel:
    table = rng.gamma(1.0, size=(*(CARDS[name] for name in parents), results))
    return ResultModel(parents, tuple(str(i) for i in range(results)), table / table.sum(axis=-1, keepdims=True))


@pytest.mark.parametrize(
    "parents",
    [
        [()],
        [("place",)],
        [("size",)],
        [("age", "size")],
        [("size", "place", "age")],
        [("place", "size"), ("age", "place")],
        [("age",), (), ("size", "age")],
    ],
)
def test_findings_of_a_study_are_independent_given_their_parents(parents: list[tuple[str, ...]]) -> None:
    rng = np.random.default_rng(3)
    findings = [finding(rng, names, results) for names, results in zip(parents, (3, 2, 4), strict=False)]
    others = ("age", "size")
    places = np.array([[2], [0], [2], [1], [0]])
    weights = rng.random((5, CARDS["age"], CARDS["size"]))
    joint = joint_with_results(("place",), places, weights, others, findings)
    expected = np.zeros(joint.shape)
    for group, age, size in np.ndindex(*weights.shape):
        states = {"place": places[group, 0], "age": age, "size": size}
        for results in product(*(range(len(each.results)) for each in findings)):
            p = weights[group, age, size]
            for each, result in zip(findings, results, strict=True):
                p *= each.table[(*(states[name] for name in each.parents), result)]
            expected[(group, *results)] += p
    np.testing.assert_allclose(joint, expected, rtol=1e-13)


def test_groups_without_rows_are_zero() -> None:
    assert summed(np.array([[1.0], [2.0], [4.0]]), np.array([3, 1, 3]), 5)[:, 0].tolist() == [0.0, 2.0, 0.0, 5.0, 0.0]


def asked(target: str | None) -> tuple[CompiledModel, Case, Question]:
    case = Case(small_network(), "persistent")
    model = compile_model(case.facts.network, case.facts.settings)
    return model, case, question(model, calibrate(model, case.evidence), target)


def test_configurations_with_the_same_diagnoses_and_place_are_one_group() -> None:
    model, case, found = asked(None)
    variables = model.core.variables
    states = [variables[name].states for name in found.names]
    oracle = Enumerated.of(case.facts.network, case.evidence)
    possible = {tuple(each.values()): p for each, p in oracle.configurations(*found.names) if p > 0}
    labels: dict[int, set[object]] = {}
    for group, names in zip(found.groups, product(*states), strict=True):
        assert (group >= 0) == (names in possible)
        if group >= 0:
            named = dict(zip(found.names, names, strict=True))
            truths = tuple(holds(named) for holds in DIAGNOSES.values())
            labels.setdefault(int(group), set()).add((truths, named[found.fixed[0]]))
    assert all(len(each) == 1 for each in labels.values())
    assert len({label for each in labels.values() for label in each}) == len(labels) == len(found.states)
    for group, ((truths, place),) in ((group, tuple(each)) for group, each in labels.items()):
        assert found.indicators[group].tolist() == list(truths)
        assert variables[found.fixed[0]].states[found.states[group, 0]] == place


def test_a_variable_asked_about_has_a_group_for_each_possible_state() -> None:
    model, _, found = asked("lesion")
    names = model.core.variables["lesion"].states
    assert found.fixed == ("lesion",)
    assert [names[state] for state in found.states[:, 0]] == [
        n for n, g in zip(names, found.groups, strict=True) if g >= 0
    ]
    assert found.indicators.shape == (len(found.states), 0)
