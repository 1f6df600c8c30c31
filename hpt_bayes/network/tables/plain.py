"""Kind `table`: rows of probabilities, every parent configuration covered exactly once.

With `target_of: gland_site` the rows are for the virtual parent `target` (active_gland, other): a finding about one
named place. It expands to a table over the places a gland can be at, for each place that can be asked about.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from hpt_bayes.network.fields import DistributionRow, TableSpec, Text, UncertainShare
from hpt_bayes.network.patterns import cover
from hpt_bayes.network.provenance import Number
from hpt_bayes.network.remembered import once
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.tables.rows import figure_numbers, floored, refuse_zeros, row_columns, row_matrix, share_number
from hpt_bayes.network.variables import Variable

TARGET = Variable("target", "What was asked about", "class", ("active_gland", "other"))
NOT_A_PLACE = ("multiple", "none")


class Spec(TableSpec):
    """A table of rows.

    Args:
        rows: with `when` or `otherwise`, and `p`.
        target_of: the place variable, for a finding about one named place.
        multiple_counts: P(the place asked about holds a gland | several places do).
    """

    kind: Literal["table"]
    rows: Annotated[tuple[DistributionRow, ...], Field(min_length=1)]
    target_of: Text | None = None
    multiple_counts: UncertainShare | None = None


@once
def numbers(spec: Spec) -> tuple[Number, ...]:
    """Return every number as written, row by row; `multiple_counts` last."""
    found = [
        number
        for position, row in enumerate(spec.rows)
        for number in figure_numbers(row.p, row, f"rows[{position}].p", position)
    ]
    if spec.multiple_counts is not None:
        found.append(share_number(spec.multiple_counts.p, spec.multiple_counts, "multiple_counts.p", len(spec.rows)))
    return tuple(found)


def expand(spec: Spec, context: TableContext, values: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Return the table.

    Args:
        spec: as written.
        context: of the table.
        values: (D, n_numbers) drawn numbers, or None.

    Returns:
        (*parents, states), or (D, *parents, states). For a target-specific finding every place has the row of
        `other`: without a named place the finding says nothing.

    Raises:
        ModelFileError: rows that do not cover every configuration once, wrong names, sums or zeros.
    """
    if spec.target_of is not None:
        other = _owned_rows(spec, replace(context, parents=(TARGET,)), values)[..., 1:2, :]
        return np.repeat(other, context.parents[0].size, axis=-2)
    return _owned_rows(spec, context, values)


def expand_targets(spec: Spec, context: TableContext, values: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Return the tables of a target-specific finding, one for each place asked about.

    Args:
        spec: with `target_of`.
        context: whose only parent is the place variable.
        values: (D, n_numbers) drawn numbers, or None.

    Returns:
        (place asked about, place of the gland, states), with a leading D for drawn values; asking about `multiple`
        or `none` gives the row of `other` everywhere.
    """
    rows = _owned_rows(spec, replace(context, parents=(TARGET,)), values)
    places = context.parents[0].states
    hit = np.eye(len(places))
    if spec.multiple_counts is not None and "multiple" in places:
        share = spec.multiple_counts.p if values is None else np.asarray(values)[:, -1, None]
        hit = np.broadcast_to(hit, (*np.shape(share)[:1], *hit.shape)).copy()
        hit[..., :, places.index("multiple")] = share
    for name in NOT_A_PLACE:
        if name in places:
            hit[..., places.index(name), :] = 0.0
    active, other = rows[..., 0, :], rows[..., 1, :]
    table: NDArray[np.float64] = (
        hit[..., None] * active[..., None, None, :] + (1.0 - hit[..., None]) * other[..., None, None, :]
    )
    return table


def _owned_rows(spec: Spec, context: TableContext, values: NDArray[np.float64] | None) -> NDArray[np.float64]:
    owner = cover([row.covering for row in spec.rows], context.parents, context.faults, at=spec.at)
    columns = [row_columns(row.p, context) for row in spec.rows]
    size = context.variable.size
    written = numbers(spec)
    count = sum(len(each) for each in columns)
    if not all(columns):  # faults were collected; the rest of the table cannot be trusted
        return np.full((*context.shape, size), 1.0 / size)
    asked = None if values is None else np.asarray(values)[:, :count]
    base = row_matrix(columns, written[:count], size, None)
    matrix = base if asked is None else row_matrix(columns, written[:count], size, asked)
    zeros = base == 0 if spec.structural_zeros is not None else None
    if zeros is None:
        refuse_zeros(base, [row.p for row in spec.rows], columns, context)
    matrix = floored(matrix, context, zeros)
    table: NDArray[np.float64] = matrix[..., owner, :]
    return table
