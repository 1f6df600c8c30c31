"""Kind `noisy_or` (noisy-MAX): every active cause, and the leak, throws its own state; the strongest one shows.

States are ordered from nothing to strongest. P(X <= k | parents) is the product of P(X_i <= k) over the leak and the
causes whose pattern matches.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from hpt_bayes.network.fields import TableSpec, Uncertain
from hpt_bayes.network.figures import Shares, When
from hpt_bayes.network.patterns import box
from hpt_bayes.network.provenance import Number
from hpt_bayes.network.remembered import once
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.tables.rows import figure_numbers, floored, row_columns, row_matrix
from hpt_bayes.network.variables import FLOORED_ROLES


class Leak(Uncertain):
    """What shows without any named cause; the first state takes the rest."""

    p: Shares


class Cause(Uncertain):
    """What one cause throws; the first state takes the rest."""

    when: When
    p: Shares


class Spec(TableSpec):
    """The leak and the causes."""

    kind: Literal["noisy_or"]
    leak: Leak
    causes: Annotated[tuple[Cause, ...], Field(min_length=1)]


@once
def numbers(spec: Spec) -> tuple[Number, ...]:
    """Return the numbers of the leak, then of each cause."""
    found = figure_numbers(spec.leak.p, spec.leak, "leak.p", 0)
    for position, cause in enumerate(spec.causes):
        found += figure_numbers(cause.p, cause, f"causes[{position}].p", position + 1)
    return tuple(found)


def expand(spec: Spec, context: TableContext, values: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Return the table.

    Args:
        spec: as written.
        context: of the table.
        values: (D, n_numbers) drawn numbers, or None.

    Returns:
        (*parents, states), or (D, *parents, states).

    Raises:
        ModelFileError: unknown names, wrong sums, or a cause that needs no parent.
    """
    size = context.variable.size
    records: list[Leak | Cause] = [spec.leak, *spec.causes]
    columns = [row_columns(record.p, context, rest_to=context.variable.states[0]) for record in records]
    if not all(columns):
        return np.full((*context.shape, size), 1.0 / size)
    matrix = row_matrix(columns, numbers(spec), size, values)
    below = np.cumsum(matrix, axis=-1)
    leading = () if values is None else (len(values),)
    inside = np.ones((*leading, *context.shape, size))
    inside *= below[..., 0, :].reshape(*leading, *(1 for _ in context.shape), size)
    for position, cause in enumerate(spec.causes):
        if not cause.when.conditions:
            context.faults(cause.at.error("expected the parents that make the cause active, found no condition"))
        here = np.ix_(*box(cause.when, context.parents, context.faults))
        shape = (*leading, *(1 for _ in context.shape), size)
        inside[(slice(None),) * len(leading) + here] *= below[..., position + 1, :].reshape(shape)
    table = np.clip(np.diff(inside, axis=-1, prepend=0.0), 0.0, None)
    table /= table.sum(axis=-1, keepdims=True)
    zeros = table == 0 if spec.structural_zeros is not None else None
    floored_here = context.variable.role in FLOORED_ROLES and context.floor > 0
    if zeros is None and not floored_here and (table == 0).any():
        context.faults(
            spec.at.error(
                f"expected every state of {context.variable.name} to be possible, found probability 0; "
                "say why with structural_zeros: reason"
            )
        )
    return floored(table, context, zeros)
