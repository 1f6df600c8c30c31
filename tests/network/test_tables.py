"""Table kinds against their definitions, as written and with drawn numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hpt_bayes.network.joint import joint_of
from hpt_bayes.network.tables import KINDS, deterministic, kind_of, noisy_or, odds, plain
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.variables import Variable

A = Variable("a", "A", "cause", ("a0", "a1"))
B = Variable("b", "B", "cause", ("b0", "b1", "b2"))
SURE = {"basis": "judged", "why": "test", "ess": 10}


def _context(states: tuple[str, ...], role: str = "cause", floor: float = 0.0, parents: Any = (A, B)) -> TableContext:
    child = Variable("x", "X", role, states, tuple(each.name for each in parents))
    tables: dict[str, NDArray[np.float64]] = {"a": np.array([0.3, 0.7]), "b": np.array([0.2, 0.5, 0.3])}
    return TableContext(child, parents, {"a": A, "b": B, "x": child}, tables, floor=floor)


def _values(module: Any, spec: Any, draws: int = 3) -> NDArray[np.float64]:
    return np.repeat([[number.value for number in module.numbers(spec)]], draws, axis=0)


def test_plain() -> None:
    spec = plain.Spec(
        kind="table",
        rows=[  # type: ignore[arg-type]
            {"when": {"a": "a0"}, "p": {"x0": 0.25}, **SURE},
            {"when": {"a": "a1", "b": ["b0", "b2"]}, "p": [0.5, 0.5], **SURE},
            {"otherwise": True, "p": {"x1": 0.9, "x0": 0.1}, **SURE},
        ],
    )
    context = _context(("x0", "x1"))
    table = plain.expand(spec, context)
    expected = [[[0.25, 0.75]] * 3, [[0.5, 0.5], [0.1, 0.9], [0.5, 0.5]]]
    np.testing.assert_allclose(table, expected, atol=1e-15)
    found = plain.numbers(spec)
    assert [(number.path, number.row, number.written) for number in found[:2]] == [
        ("rows[0].p.x0", 0, True),
        ("rows[0].p.(rest)", 0, False),
    ]
    np.testing.assert_allclose(plain.expand(spec, context, _values(plain, spec)), [expected] * 3, atol=1e-15)
    changed = _values(plain, spec)
    changed[1, :2] = 0.6, 0.4
    drawn = plain.expand(spec, context, changed)
    np.testing.assert_allclose(drawn[1, 0], [[0.6, 0.4]] * 3)
    np.testing.assert_allclose(drawn[[0, 2]], [expected] * 2, atol=1e-15)


def test_floor_is_for_findings_and_not_for_structural_zeros() -> None:
    rows = [{"otherwise": True, "p": [0.0, 1.0], **SURE}]
    free = plain.Spec(kind="table", rows=rows)  # type: ignore[arg-type]
    table = plain.expand(free, _context(("x0", "x1"), "finding", 0.001))
    np.testing.assert_allclose(table[0, 0], [0.001 / 1.001, 1 / 1.001])
    zero = plain.Spec(kind="table", rows=rows, structural_zeros="impossible")  # type: ignore[arg-type]
    assert plain.expand(zero, _context(("x0", "x1"), "finding", 0.001))[0, 0].tolist() == [0.0, 1.0]
    assert plain.expand(zero, _context(("x0", "x1"), "cause", 0.001))[0, 0].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("draws", [None, 2])
def test_target_of(draws: int | None) -> None:
    site = Variable("site", "Site", "anatomy", ("left", "right", "multiple", "none"))
    child = Variable("x", "X", "finding", ("high", "low"), ("site",), target_of="site")
    context = TableContext(child, (site,), {"site": site}, {})
    spec = plain.Spec(
        kind="table",
        target_of="site",
        multiple_counts={"p": 0.5, **SURE},  # type: ignore[arg-type]
        rows=[  # type: ignore[arg-type]
            {"when": {"target": "active_gland"}, "p": {"high": 0.9}, **SURE},
            {"when": {"target": "other"}, "p": {"high": 0.1}, **SURE},
        ],
    )
    values = None if draws is None else _values(plain, spec, draws)
    tables = plain.expand_targets(spec, context, values)
    high = np.array([[0.9, 0.1, 0.5, 0.1], [0.1, 0.9, 0.5, 0.1], [0.1] * 4, [0.1] * 4])
    np.testing.assert_allclose(tables[..., 0], high if draws is None else [high] * draws, atol=1e-12)
    np.testing.assert_allclose(plain.expand(spec, context, values)[..., 0], 0.1, atol=1e-12)


def test_noisy_or_is_a_noisy_max() -> None:
    spec = noisy_or.Spec(
        kind="noisy_or",
        leak={"p": {"mild": 0.1, "severe": 0.02}, **SURE},  # type: ignore[arg-type]
        causes=[  # type: ignore[arg-type]
            {"when": {"a": "a1"}, "p": {"mild": 0.3, "severe": 0.2}, **SURE},
            {"when": {"b": ["b1", "b2"]}, "p": {"severe": 0.5}, **SURE},
        ],
    )
    context = _context(("none", "mild", "severe"), "finding")
    table = noisy_or.expand(spec, context)
    leak, first, second = np.array([0.88, 0.1, 0.02]), np.array([0.5, 0.3, 0.2]), np.array([0.5, 0.0, 0.5])
    both = np.zeros(3)
    for i, p in enumerate(leak):
        for j, q in enumerate(first):
            for k, r in enumerate(second):
                both[max(i, j, k)] += p * q * r
    np.testing.assert_allclose(table[0, 0], leak, atol=1e-12)
    np.testing.assert_allclose(table[1, 2], both, atol=1e-12)
    drawn = noisy_or.expand(spec, context, _values(noisy_or, spec))
    np.testing.assert_allclose(drawn, [table] * 3, atol=1e-12)


def test_deterministic() -> None:
    spec = deterministic.Spec(
        kind="deterministic",
        why="test",
        rules=[{"when": {"a": "a1"}, "state": "x1"}, {"otherwise": True, "state": "x0"}],  # type: ignore[arg-type]
    )
    table = deterministic.expand(spec, _context(("x0", "x1")))
    assert table[..., 1].tolist() == [[0.0] * 3, [1.0] * 3]
    assert deterministic.numbers(spec) == ()
    assert deterministic.expand(spec, _context(("x0", "x1")), np.zeros((4, 0))).shape == (4, 2, 3, 2)


def _odds(marginal: bool, multiplier: float = 3.0) -> odds.Spec:
    return odds.Spec(
        kind="odds",
        marginal=marginal,
        structural_zeros=None if multiplier else "impossible",
        base=[  # type: ignore[arg-type]
            {"when": {"a": "a0"}, "p": [0.5, 0.3, 0.2], **SURE},
            {"when": {"a": "a1"}, "p": {"x0": 0.1, "x1": 0.1}, **SURE},
        ],
        modifiers=[  # type: ignore[arg-type]
            {
                "when": {"b": "b1"},
                "odds": {"x1": multiplier, "x2": 0.5},
                "range": [1, 9],
                "basis": "judged",
                "why": "t",
            },
            {"when": {"b": ["b1", "b2"], "a": "a1"}, "odds": {"x0": 2}, **SURE},
        ],
    )


def test_odds() -> None:
    context = _context(("x0", "x1", "x2"))
    table = odds.expand(_odds(False), context)
    np.testing.assert_allclose(table[0, 0], [0.5, 0.3, 0.2], atol=1e-12)
    weights = np.array([0.5, 0.9, 0.1])
    np.testing.assert_allclose(table[0, 1], weights / weights.sum(), atol=1e-12)
    weights = np.array([0.2, 0.3, 0.4])
    np.testing.assert_allclose(table[1, 1], weights / weights.sum(), atol=1e-12)
    drawn = odds.expand(_odds(False), context, _values(odds, _odds(False)))
    np.testing.assert_allclose(drawn, [table] * 3, atol=1e-12)
    found = odds.numbers(_odds(False))
    assert [number.range for number in found[-3:]] == [(1, 9), (1 / 6, 9 / 6), None]
    assert found[-3].row == found[-2].row != found[-1].row


def test_odds_marginal_returns_the_base_rows() -> None:
    context = _context(("x0", "x1", "x2"))
    table = odds.expand(_odds(True), context)
    np.testing.assert_allclose(
        np.einsum("b,abx->ax", context.tables["b"], table), [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], atol=1e-9
    )
    ratio = table[0, 1] / table[0, 0]
    assert ratio[1] / ratio[0] == pytest.approx(3.0)


def test_odds_of_zero() -> None:
    table = odds.expand(_odds(False, 0.0), _context(("x0", "x1", "x2")))
    assert (table[:, 1, 1] == 0).all()
    np.testing.assert_allclose(table.sum(axis=-1), 1.0)


def test_joint_of() -> None:
    child = Variable("x", "X", "cause", ("x0", "x1"), ("a",))
    table = np.array([[0.1, 0.9], [0.4, 0.6]])
    tables = {"a": np.array([0.3, 0.7]), "b": np.array([0.2, 0.5, 0.3]), "x": table}
    joint = joint_of(["x", "b"], {"a": A, "b": B, "x": child}, tables)
    np.testing.assert_allclose(joint, np.outer([0.03 + 0.28, 0.27 + 0.42], tables["b"]))
    assert joint_of([], {}, {}) == 1.0


def test_every_kind_is_a_module() -> None:
    for kind in KINDS:
        module = kind_of(kind)
        assert module.Spec.model_fields["kind"].annotation is not str
        assert callable(module.numbers)
        assert callable(module.expand)
