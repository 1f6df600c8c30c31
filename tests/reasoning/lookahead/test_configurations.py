"""The rows of every clique are P(label, configuration | e) of the engine."""

from __future__ import annotations

import numpy as np
import pytest
from packaged import network as packaged_network
from small_model import small_network

from hpt_bayes.case import Case, read_case
from hpt_bayes.engine import Inward
from hpt_bayes.reasoning.compiled import calibrate, compile_model
from hpt_bayes.reasoning.lookahead.configurations import Configurations, Rows

CLOSE = 1e-12


def cases() -> list[Case]:
    small = Case(small_network(), "persistent")
    return [small, small.observe("pth", "high"), read_case("persistent-all-negative", packaged_network())]


@pytest.mark.parametrize("number", range(3))
def test_rows_are_grouped_joints_of_the_engine(number: int) -> None:
    case = cases()[number]
    model = compile_model(case.facts.network, case.facts.settings)
    calibrated = calibrate(model, case.evidence)
    target = model.axes(model.targets.variables)
    label = np.random.default_rng(3).integers(0, 4, int(np.prod(model.cards(model.targets.variables))))
    inward = Inward(calibrated)
    configurations = Configurations(inward, target, label)
    tree = calibrated.beliefs.compiled.tree
    for clique in inward.outermost_first:
        whole = inward.scope([v for v, axis in enumerate(tree.axis_of) if axis in tree.cliques[clique]])
        for scope in (*((whole,) if np.prod(inward.cards(whole)) < 500 else ()), whole[:2], whole[-2:], ()):
            rows = configurations.of(clique, scope)
            assert (np.diff(rows.label) >= 0).all()
            cells = int(np.prod(inward.cards(scope)))
            found = np.zeros((4, cells))
            found[rows.label, rows.code(scope)] = rows.weights
            (expected,) = calibrated.joints_with(target, [inward.variables(scope)], groups=label)
            np.testing.assert_allclose(found, expected[0].reshape(4, cells), rtol=0, atol=CLOSE)


def test_sorting_and_counting_merge_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    states = {3: random.integers(0, 3, 50), 5: random.integers(0, 4, 50)}
    rows = Rows(2, np.sort(random.integers(0, 2, 50)), states, random.random(50), {3: 3, 5: 4})
    counted = rows.merged((5,))
    monkeypatch.setattr("hpt_bayes.reasoning.lookahead.configurations._COUNTED", 0)
    sorted_ = rows.merged((5,))
    np.testing.assert_array_equal(counted.label, sorted_.label)
    np.testing.assert_array_equal(counted.states[5], sorted_.states[5])
    np.testing.assert_allclose(counted.weights, sorted_.weights, rtol=1e-14)
    assert counted.weights.sum() == pytest.approx(rows.weights.sum())
