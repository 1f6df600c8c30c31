"""The one kernel: every route through `contract` and `sum_to` against plain einsum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.engine.contraction import Array, Scope, arrange, contract, divide, lift, multiply, rescale, sum_to, union


def plain(a: Array, scope_a: Scope, b: Array, scope_b: Scope, out: Scope) -> Array:
    rows = max(len(a), len(b))
    a = np.broadcast_to(a, (rows, *a.shape[1:]))
    b = np.broadcast_to(b, (rows, *b.shape[1:]))
    return np.einsum(a, [20, *scope_a], b, [20, *scope_b], [20, *out], optimize=False)


scopes = st.lists(st.integers(0, 5), unique=True, max_size=5).map(lambda axes: tuple(sorted(axes)))


@given(
    scopes,
    scopes,
    st.integers(0, 63),
    st.sampled_from([(1, 1), (1, 7), (7, 1), (7, 7)]),
    st.sampled_from([(1, 2, 3, 2, 1, 4), (6, 5, 4, 7, 6, 3)]),
    st.integers(0, 1000),
)
def test_contract_equals_einsum(
    scope_a: Scope, scope_b: Scope, kept: int, rows: tuple[int, int], sizes: tuple[int, ...], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    a = rng.random((rows[0], *(sizes[x] for x in scope_a)))
    b = rng.random((rows[1], *(sizes[x] for x in scope_b)))
    out = tuple(x for x in union(scope_a, scope_b) if kept >> x & 1)
    np.testing.assert_allclose(contract(a, scope_a, b, scope_b, out), plain(a, scope_a, b, scope_b, out), rtol=1e-12)


@pytest.mark.parametrize("kept", range(64))
def test_sum_to_equals_a_plain_sum(kept: int) -> None:
    values = np.random.default_rng(kept).random((2, 4, 3, 5, 6, 3, 4))
    out = tuple(x for x in range(6) if kept >> x & 1)
    gone = tuple(x + 1 for x in range(6) if x not in out)
    np.testing.assert_allclose(sum_to(values, (0, 1, 2, 3, 4, 5), out), values.sum(axis=gone), rtol=1e-12)


def test_multiply_and_lift_line_axes_up() -> None:
    a, b = np.arange(6.0).reshape(1, 2, 3), np.arange(12.0).reshape(3, 1, 4)
    product, scope = multiply(a, (1, 4), b[:, 0], (2,))
    assert scope == (1, 2, 4)
    np.testing.assert_allclose(product, np.einsum("ij,bk->bikj", a[0], b[:, 0]))
    assert lift(a, (1, 4), (0, 1, 4)).shape == (1, 1, 2, 3)


def test_rescale_keeps_zero_rows() -> None:
    values, logs = rescale(np.array([[2.0, 4.0], [0.0, 0.0]]))
    assert values.tolist() == [[0.5, 1.0], [0.0, 0.0]]
    assert logs.tolist() == [np.log(4.0), -np.inf]
    values, logs = rescale(np.zeros((1, 2)))
    assert logs.tolist() == [-np.inf]


def test_zero_divided_by_zero_is_zero() -> None:
    assert divide(np.array([0.0, 1.0]), np.array([0.0, 4.0])).tolist() == [0.0, 0.25]


def test_arrange_orders_axes_and_repeats_make_a_diagonal() -> None:
    values = np.random.default_rng(0).random((2, 3, 4))
    np.testing.assert_array_equal(arrange(values, (5, 8), (8, 5)), values.transpose(0, 2, 1))
    diagonal = arrange(values, (5, 8), (8, 5, 8))
    np.testing.assert_array_equal(diagonal, np.einsum("bij,jk->bjik", values, np.eye(4)))
