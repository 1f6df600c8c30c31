"""Kind `odds`: published base rows, multiplied by odds for each matching modifier, then renormalised.

With `marginal: true` the base rows are what is published for everybody, modified or not: the weights behind them are
solved so that averaging over the modifiers' parents returns the base row.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from hpt_bayes.network.fields import DistributionRow, Flag, TableSpec, Uncertain
from hpt_bayes.network.figures import Multipliers, When
from hpt_bayes.network.joint import joint_of
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.patterns import box, cover
from hpt_bayes.network.provenance import Number
from hpt_bayes.network.remembered import once
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.tables.rows import figure_numbers, floored, refuse_zeros, row_columns, row_matrix

_ROUNDS = 500
_CLOSE = 1e-12


class Modifier(Uncertain):
    """What multiplies the weight of some states where its pattern holds; its range is that of the first multiplier."""

    when: When
    odds: Multipliers


class Spec(TableSpec):
    """Base rows over some parents and modifiers over the rest."""

    kind: Literal["odds"]
    marginal: Flag = False
    base: Annotated[tuple[DistributionRow, ...], Field(min_length=1)]
    modifiers: tuple[Modifier, ...] = ()


@once
def numbers(spec: Spec) -> tuple[Number, ...]:
    """Return the base rows' numbers, then the multipliers; those of one modifier share their draw."""
    found: list[Number] = []
    for position, row in enumerate(spec.base):
        found += figure_numbers(row.p, row, f"base[{position}].p", position)
    for position, modifier in enumerate(spec.modifiers):
        path, at = f"modifiers[{position}].odds", len(spec.base) + position
        each = figure_numbers(modifier.odds, modifier, path, at, "log_normal")
        first = each[0].value
        for number in each:
            scaled = number.range
            if scaled is not None and first > 0:
                scaled = (scaled[0] * number.value / first, scaled[1] * number.value / first)
            found.append(
                Number(number.path, number.value, "log_normal", at, number.provenance, number.ess, scaled, number.place)
            )
    return tuple(found)


def expand(spec: Spec, context: TableContext, values: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Return the table.

    Args:
        spec: as written.
        context: of the table; `marginal` needs the ancestors' tables, with or without draws.
        values: (D, n_numbers) drawn numbers, or None.

    Returns:
        (*parents, states), or (D, *parents, states) when numbers or ancestors are drawn.

    Raises:
        ModelFileError: base rows that do not cover each configuration of their parents once, wrong names or sums, or
            a zero that is not declared.
    """
    size = context.variable.size
    mentioned = {condition.variable for row in spec.base if row.when for condition in row.when.conditions}
    base_axes = [axis for axis, parent in enumerate(context.parents) if parent.name in mentioned]
    base_parents = [context.parents[axis] for axis in base_axes]
    for name in mentioned - {parent.name for parent in context.parents}:
        row = next(row for row in spec.base if row.when and row.when.mentions(name))
        assert row.when is not None
        place = next(condition.at for condition in row.when.conditions if condition.variable == name)
        valid = [parent.name for parent in context.parents]
        context.faults(place.error(f"expected a parent of this table, found {name!r}; {hint(name, valid)}"))
    owner = cover([row.covering for row in spec.base], base_parents, context.faults, "base row", spec.at)
    columns = [row_columns(row.p, context) for row in spec.base]
    multiplied = [_positions(modifier, context) for modifier in spec.modifiers]
    if not all(columns) or not all(multiplied):
        return np.full((*context.shape, size), 1.0 / size)
    written = numbers(spec)
    count = sum(len(each) for each in columns)
    plain = row_matrix(columns, written[:count], size, None)
    if spec.structural_zeros is None:
        refuse_zeros(plain, [row.p for row in spec.base], columns, context)
    drawn = np.array([[number.value for number in written]]) if values is None else np.asarray(values, dtype=float)
    rows = row_matrix(columns, written[:count], size, drawn[:, :count])
    base = rows[:, owner, :]
    spread = [parent.size if axis in base_axes else 1 for axis, parent in enumerate(context.parents)]
    odds = _odds(spec, context, multiplied, drawn[:, count:])
    base = base.reshape(len(drawn), *spread, size)
    if spec.marginal:
        base = _solved(base, odds, context, base_axes)
    table = base * odds
    total = table.sum(axis=-1, keepdims=True)
    table = np.divide(table, total, out=np.full_like(table, 1.0 / size), where=total > 0)
    table = floored(table, context, table == 0 if spec.structural_zeros is not None else None)
    return table[0] if values is None and len(table) == 1 else table


def _positions(modifier: Modifier, context: TableContext) -> list[int]:
    found = []
    variable = context.variable
    for position, name in enumerate(modifier.odds.names or ()):
        states = variable.positions.get(name)
        if states is None or len(states) != 1:
            place = modifier.odds.name_place_of(position)
            context.faults(
                place.error(f"expected a state of {variable.name}, found {name!r}; {hint(name, variable.states)}")
            )
            return []
        found.append(states[0])
    return found


def _odds(
    spec: Spec, context: TableContext, multiplied: list[list[int]], drawn: NDArray[np.float64]
) -> NDArray[np.float64]:
    size = context.variable.size
    odds = np.ones((len(drawn), *context.shape, size))
    at = 0
    for modifier, states in zip(spec.modifiers, multiplied, strict=True):
        axes = box(modifier.when, context.parents, context.faults)
        for position, (state, value) in enumerate(zip(states, modifier.odds.values, strict=True)):
            if value == 0 and spec.structural_zeros is None:
                context.faults(
                    modifier.odds.place_of(position).error(
                        "expected a multiplier above 0, found 0; if it is impossible say why with "
                        "structural_zeros: reason at the top of the table"
                    )
                )
            part = np.ix_(np.arange(len(drawn)), *axes, np.array([state]))
            odds[part] *= drawn[:, at + position].reshape(-1, *(1 for _ in axes), 1)
        at += len(states)
    return odds


def _solved(
    base: NDArray[np.float64], odds: NDArray[np.float64], context: TableContext, base_axes: list[int]
) -> NDArray[np.float64]:
    """Return weights whose modified, renormalised rows average to `base` over the parents not in the base."""
    weight = joint_of([parent.name for parent in context.parents], context.variables, context.tables)
    weight = weight if weight.ndim > len(context.parents) else weight[None]
    axes = tuple(axis + 1 for axis in range(len(context.parents)) if axis not in base_axes)
    total = weight.sum(axis=axes, keepdims=True)
    weight = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)[..., None]
    solved = base.copy()
    for _ in range(_ROUNDS):
        table = solved * odds
        whole = table.sum(axis=-1, keepdims=True)
        table = np.divide(table, whole, out=np.zeros_like(table), where=whole > 0)
        average = (weight * table).sum(axis=axes, keepdims=True)
        step = np.divide(base, average, out=np.ones_like(solved), where=average > 0)
        solved = solved * step
        solved /= solved.sum(axis=-1, keepdims=True)
        if np.abs(average - base)[np.broadcast_to(total[..., None] > 0, average.shape)].max(initial=0) < _CLOSE:
            break
    return solved
