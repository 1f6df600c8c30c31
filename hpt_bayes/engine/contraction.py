"""Products and sums of factors whose axes follow one global order, with the batch axis first.

A factor is an array of shape (B or 1, *cards) together with its scope: the ascending tuple of axis numbers that
follow the batch axis. Because every factor keeps the same order of axes, lining two of them up never transposes;
axes that hard evidence has sliced stay, with length one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Scope = tuple[int, ...]
Factor = tuple[Array, Scope]

# numpy's own annotations do not know the form of einsum that names axes by integers.
_einsum: Callable[..., Array] = np.einsum

_MATMUL_FROM_SIDE = 64
_MATMUL_FROM_EXTENT = 3
_MATMUL_FROM_WORK = 1 << 14
_BLOCK = 48
_SELECT_FROM_CELLS = 1 << 13
_MODERATE = 1e-30, 1e30


def union(*scopes: Iterable[int]) -> Scope:
    """The ascending scope that holds every axis of the given scopes."""
    return tuple(sorted(set().union(*scopes)))


@lru_cache(maxsize=1 << 16)
def _union(a: Scope, b: Scope) -> Scope:
    return union(a, b)


@lru_cache(maxsize=1 << 16)
def _lift(scope: Scope, target: Scope) -> tuple[Any, ...]:
    present = set(scope)
    return (slice(None), *(slice(None) if axis in present else None for axis in target))


def lift(values: Array, scope: Scope, target: Scope) -> Array:
    """View a factor over `scope` as one over the larger `target`, new axes having length one."""
    return values if scope == target else values[_lift(scope, target)]


def multiply(a: Array, scope_a: Scope, b: Array, scope_b: Scope) -> tuple[Array, Scope]:
    """The product of two factors and its scope, the union of theirs."""
    target = _union(scope_a, scope_b)
    return lift(a, scope_a, target) * lift(b, scope_b, target), target


@lru_cache(maxsize=1 << 16)
def _sum_labels(scope: Scope, out: Scope) -> tuple[list[int], list[int]]:
    number = {axis: i for i, axis in enumerate(scope)}
    return [len(scope), *range(len(scope))], [len(scope), *(number[axis] for axis in out)]


@lru_cache(maxsize=1 << 12)
def _selector(kept: tuple[bool, ...], shape: tuple[int, ...]) -> tuple[Array, tuple[int, ...]]:
    """The 0/1 matrix that sums the axes not `kept` out of a block of trailing axes."""
    kept_shape = tuple(n for n, keep in zip(shape, kept, strict=True) if keep)
    grid = np.indices(shape).reshape(len(shape), -1)
    column = np.zeros(grid.shape[1], dtype=np.intp)
    for row, n, keep in zip(grid, shape, kept, strict=True):
        if keep:
            column = column * n + row
    matrix = np.zeros((grid.shape[1], math.prod(kept_shape)))
    matrix[np.arange(grid.shape[1]), column] = 1.0
    matrix.flags.writeable = False
    return matrix, kept_shape


def sum_to(values: Array, scope: Scope, out: Scope) -> Array:
    """Sum every axis that is not in `out` away.

    Args:
        values: shape (B, *cards of scope).
        scope: ascending axes of `values`.
        out: ascending axes to keep, a subset of `scope`.

    Returns:
        shape (B, *cards of out).
    """
    if scope == out:
        return values
    if values.size > _SELECT_FROM_CELLS and values.flags.c_contiguous:
        # Short inner axes make a plain reduction ten times slower than one product with a small 0/1 matrix.
        cut, block = len(scope), 1
        while cut > 0 and block * values.shape[cut] <= _BLOCK:
            cut -= 1
            block *= values.shape[cut + 1]
        tail = scope[cut:]
        if len(tail) > 1 and not set(tail) <= set(out):
            keep = set(out)
            matrix, kept_shape = _selector(tuple(axis in keep for axis in tail), values.shape[cut + 1 :])
            head = values.shape[: cut + 1]
            values = (values.reshape(-1, block) @ matrix).reshape(*head, *kept_shape)
            scope = scope[:cut] + tuple(axis for axis in tail if axis in keep)
            if scope == out:
                return values
    labels, out_labels = _sum_labels(scope, out)
    return _einsum(values, labels, out_labels)


@lru_cache(maxsize=1 << 16)
def _product_labels(a: Scope, b: Scope, out: Scope) -> tuple[list[int], list[int], list[int]]:
    number = {axis: i for i, axis in enumerate(_union(a, b))}
    return [number[x] for x in a], [number[x] for x in b], [number[x] for x in out]


@lru_cache(maxsize=1 << 16)
def _shared(a: Scope, b: Scope, out: Scope) -> tuple[Scope, Scope]:
    """The scopes of both factors once the axes private to each and absent from `out` are summed away."""
    return tuple(x for x in a if x in b or x in out), tuple(x for x in b if x in a or x in out)


@lru_cache(maxsize=1 << 16)
def _matrix_axes(a: Scope, b: Scope, out: Scope) -> tuple[Scope, Scope, Scope, Scope]:
    """Axes by their role in a matrix product: shared and kept, rows of `a`, summed, columns of `b`."""
    return (
        tuple(x for x in a if x in b and x in out),
        tuple(x for x in a if x not in b),
        tuple(x for x in a if x in b and x not in out),
        tuple(x for x in b if x not in a),
    )


def contract(a: Array, scope_a: Scope, b: Array, scope_b: Scope, out: Scope) -> Array:
    """Multiply two factors and sum every axis that is not in `out` away, without building their product.

    Args:
        a: shape (B or 1, *cards of scope_a).
        scope_a: ascending axes of `a`.
        b: shape (B or 1, *cards of scope_b).
        scope_b: ascending axes of `b`.
        out: ascending axes to keep, a subset of the union of both scopes.

    Returns:
        shape (B or 1, *cards of out).
    """
    keep_a, keep_b = _shared(scope_a, scope_b, out)
    rows = max(a.shape[0], b.shape[0])
    if rows > 1 or keep_b != scope_b or (keep_a != scope_a and b.size >= _MATMUL_FROM_SIDE and len(out) > 2):
        a = sum_to(a, scope_a, keep_a)
        b = sum_to(b, scope_b, keep_b)
        scope_a, scope_b = keep_a, keep_b
    large = min(a.size, b.size) >= _MATMUL_FROM_SIDE
    if large and _worth_a_matrix_product(a, scope_a, b, scope_b, out):
        return _matrix_product(a, scope_a, b, scope_b, out)
    labels_a, labels_b, labels_out = _product_labels(scope_a, scope_b, out)
    batch_a = 51 if a.shape[0] == rows else 50
    batch_b = 51 if b.shape[0] == rows else 50
    return _einsum(a, [batch_a, *labels_a], b, [batch_b, *labels_b], [51, *labels_out])


def product_cells(a: Array, scope_a: Scope, b: Array, scope_b: Scope) -> int:
    """Number of cells of the product of two factors, the batch included."""
    size = dict(zip(scope_a, a.shape[1:], strict=True))
    for axis, n in zip(scope_b, b.shape[1:], strict=True):
        size[axis] = max(n, size.get(axis, 1))
    cells: int = max(a.shape[0], b.shape[0]) * math.prod(size.values())
    return cells


def contract_all(
    table: Array, scope: Scope, factors: Sequence[Factor], out: Scope, one: Callable[..., Array] = contract
) -> Array:
    """Contract a table with several factors, one after the other, the one first that leaves least.

    Args:
        table: shape (B or 1, *cards of scope).
        scope: ascending axes of `table`.
        factors: at least one.
        out: ascending axes to keep.
        one: contracts with one factor; `contract`, or the same for another kind of sum.

    Returns:
        shape (B or 1, *cards of out).
    """
    left = list(factors)
    while len(left) > 1:
        plans = []
        for at, (values, inside) in enumerate(left):
            others = (other for position, (_, other) in enumerate(left) if position != at)
            needed = union(out, *others)
            keep = tuple(axis for axis in _union(scope, inside) if axis in needed)
            size = dict(zip(inside, values.shape[1:], strict=True)) | dict(zip(scope, table.shape[1:], strict=True))
            rows = max(table.shape[0], values.shape[0])
            plans.append((rows * math.prod(size[axis] for axis in keep), at, keep))
        _, at, keep = min(plans)
        values, inside = left.pop(at)
        table, scope = one(table, scope, values, inside, keep), keep
    values, inside = left[0]
    return one(table, scope, values, inside, out)


def _with_batch(values: Array, scope: Scope) -> tuple[Array, Scope]:
    """The batch as an ordinary axis, numbered -1, or no batch axis at all when it has length one."""
    return (values[0], scope) if values.shape[0] == 1 else (values, (-1, *scope))


def _worth_a_matrix_product(a: Array, scope_a: Scope, b: Array, scope_b: Scope, out: Scope) -> bool:
    """Whether both factors have axes of their own next to summed ones, in numbers that repay the transposing."""
    plain_a, axes_a = _with_batch(a, scope_a)
    _, axes_b = _with_batch(b, scope_b)
    shared, _, summed, _ = _matrix_axes(axes_a, axes_b, (-1, *out))
    size = dict(zip(axes_a, plain_a.shape, strict=True))
    n_shared: int = math.prod(size[x] for x in shared)
    n_summed: int = math.prod(size[x] for x in summed)
    n_left, n_right = a.size // (n_shared * n_summed), b.size // (n_shared * n_summed)
    return bool(
        min(n_left, n_right, n_summed) >= _MATMUL_FROM_EXTENT and n_left * n_right * n_summed >= _MATMUL_FROM_WORK
    )


def _matrix_product(a: Array, scope_a: Scope, b: Array, scope_b: Scope, out: Scope) -> Array:
    """`contract` through BLAS, for factors without axes that only one has and nobody keeps."""
    rows = max(a.shape[0], b.shape[0])
    a, scope_a = _with_batch(a, scope_a)
    b, scope_b = _with_batch(b, scope_b)
    wanted = (-1, *out) if rows > 1 else out
    shared, left, summed, right = _matrix_axes(scope_a, scope_b, wanted)
    size = dict(zip(scope_a, a.shape, strict=True)) | dict(zip(scope_b, b.shape, strict=True))
    at_a = {axis: i for i, axis in enumerate(scope_a)}
    at_b = {axis: i for i, axis in enumerate(scope_b)}
    n_shared, n_left, n_summed = (math.prod(size[x] for x in axes) for axes in (shared, left, summed))
    matrix_a = a.transpose([at_a[x] for x in (*shared, *left, *summed)]).reshape(n_shared, n_left, n_summed)
    n_right = math.prod(size[x] for x in right)
    matrix_b = b.transpose([at_b[x] for x in (*shared, *summed, *right)]).reshape(n_shared, n_summed, n_right)
    product = np.matmul(matrix_a, matrix_b).reshape([size[x] for x in (*shared, *left, *right)])
    place = {axis: i for i, axis in enumerate((*shared, *left, *right))}
    ordered = np.ascontiguousarray(product.transpose([place[x] for x in wanted]))
    return ordered if rows > 1 else ordered[None]


def rescale(values: Array) -> tuple[Array, Array]:
    """Divide each row by its largest entry, so that long products stay in range.

    Rows whose largest entries are all moderate are left as they are: their product with the next factor cannot leave
    the range, and dividing a large batch costs as much as a message.

    Args:
        values: shape (B, *cards), not negative.

    Returns:
        the rescaled factor, and the natural logs of the divisors, shape (B,); a row of zeros stays and gives -inf.
    """
    if values.shape[0] == 1:
        peak = float(values.max())
        return (values / peak, np.array([math.log(peak)])) if peak > 0.0 else (values, np.array([-np.inf]))
    peaks: Array = values.max(axis=tuple(range(1, values.ndim)))
    if len(peaks) and _MODERATE[0] < peaks.min() and peaks.max() < _MODERATE[1]:
        return values, np.zeros(len(peaks))
    alive = peaks > 0.0
    divisors = np.where(alive, peaks, 1.0)
    logs = np.where(alive, np.log(divisors), -np.inf)
    return values / divisors.reshape(-1, *(1,) * (values.ndim - 1)), logs


def divide(values: Array, divisors: Array) -> Array:
    """values / divisors with 0 / 0 = 0, the division of Hugin propagation."""
    return values / np.where(divisors > 0.0, divisors, 1.0)


def arrange(values: Array, scope: Scope, wanted: Scope) -> Array:
    """Put the axes of a factor into the asked order; an axis asked for twice gives a diagonal.

    Args:
        values: shape (B, *cards of scope).
        scope: axes of `values`, each once.
        wanted: the axes of the answer, all in `scope` and covering it.

    Returns:
        shape (B, *cards of wanted).
    """
    place = {axis: i + 1 for i, axis in enumerate(scope)}
    first_seen: list[int] = []
    repeats: list[tuple[int, int]] = []
    for position, axis in enumerate(wanted):
        if axis in first_seen:
            repeats.append((position, axis))
        else:
            first_seen.append(axis)
    result = values.transpose([0, *(place[axis] for axis in first_seen)])
    order = list(first_seen)
    for position, axis in repeats:
        n = values.shape[place[axis]]
        shape = [1] * (len(order) + 2)
        shape[1 + order.index(axis)] = n
        result = np.expand_dims(result, position + 1)
        order.insert(position, axis)
        shape[position + 1] = n
        result = result * np.eye(n).reshape(shape)
    return result
