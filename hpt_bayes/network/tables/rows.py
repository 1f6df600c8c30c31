"""Rows of published distributions: as numbers, and as a matrix (rows, states)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.fields import Sourced
from hpt_bayes.network.figures import Figures
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.provenance import Family, Number
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.variables import FLOORED_ROLES

TOLERANCE = 1e-6


def figure_numbers(
    figures: Figures, record: Sourced, path: str, row: int, family: Family = "dirichlet"
) -> list[Number]:
    """Return the numbers of one row; a distribution that leaves a state out ends with the rest as a number.

    Args:
        figures: of the row.
        record: the row, for provenance and uncertainty.
        path: of the figures inside the table, e.g. "rows[3].p".
        row: position shared by the numbers of the row.
        family: how they are drawn.
    """
    known = record.provenance
    names: Sequence[str] = figures.names or [str(position) for position in range(len(figures.values))]
    found = [
        Number(f"{path}.{name}", value, family, row, known, record.ess, record.range, figures.place_of(position))
        for position, (name, value) in enumerate(zip(names, figures.values, strict=True))
    ]
    rest = 1.0 - sum(figures.values)
    if family == "dirichlet" and rest > TOLERANCE:
        found.append(
            Number(f"{path}.(rest)", rest, family, row, known, record.ess, record.range, figures.at, written=False)
        )
    return found


def share_number(value: float, record: Sourced, path: str, row: int, family: Family = "beta") -> Number:
    """Return a single number of a record."""
    return Number(path, value, family, row, record.provenance, record.ess, record.range, record.at)


def row_columns(figures: Figures, context: TableContext, rest_to: str | None = None) -> list[int]:
    """Return the state position of each number of `figure_numbers`, checking names, length and sum.

    Args:
        figures: of one row.
        context: of the table.
        rest_to: the state that takes the rest; when None the one state left out does.

    Returns:
        One position per number, the rest included.

    Raises:
        ModelFileError: wrong length, unknown state, more than one state left out, or a wrong sum (through faults).
    """
    states = context.variable.states
    total = sum(figures.values)
    if figures.names is None:
        columns = list(range(len(figures.values)))
        if len(columns) != len(states):
            context.faults(
                figures.at.error(f"expected {len(states)} probabilities ({', '.join(states)}), found {len(columns)}")
            )
            return []
        if abs(total - 1.0) > TOLERANCE:
            context.faults(figures.at.error(f"expected a row that sums to 1, found the sum {total:.9g}"))
            return []
        return columns
    columns = []
    for position, name in enumerate(figures.names):
        found = context.variable.positions.get(name)
        if found is None or len(found) != 1:
            context.faults(
                figures.name_place_of(position).error(
                    f"expected a state of {context.variable.name}, found {name!r}; {hint(name, states)}"
                )
            )
            return []
        columns.append(found[0])
    if len(set(columns)) != len(columns):
        context.faults(figures.at.error(f"expected each state of {context.variable.name} once, found one twice"))
        return []
    left = [position for position in range(len(states)) if position not in columns]
    if rest_to is not None:
        left = [position for position in left if states[position] == rest_to]
    elif len(left) > 1:
        named = ", ".join(states[position] for position in left)
        context.faults(figures.at.error(f"expected at most one state left out of a row, found {len(left)}: {named}"))
        return []
    if total > 1.0 + TOLERANCE or (not left and total < 1.0 - TOLERANCE):
        context.faults(figures.at.error(f"expected a row that sums to 1, found the sum {total:.9g}"))
        return []
    if total < 1.0 - TOLERANCE:
        columns.append(left[0])
    return columns


def row_matrix(
    columns: Sequence[Sequence[int]], numbers: Sequence[Number], size: int, values: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return rows as a matrix, normalised: shape (R, size), or (D, R, size) for drawn values.

    Args:
        columns: per row, the state position of each of its numbers.
        numbers: of all rows, in order.
        size: number of states.
        values: (D, len(numbers)) or None for the numbers as written.
    """
    at_row = [row for row, positions in enumerate(columns) for _ in positions]
    at_state = [position for positions in columns for position in positions]
    drawn = np.array([[number.value for number in numbers]]) if values is None else np.asarray(values, dtype=float)
    matrix = np.zeros((drawn.shape[0], len(columns), size))
    matrix[:, at_row, at_state] = drawn
    totals = matrix.sum(axis=2, keepdims=True)
    matrix = np.divide(matrix, totals, out=np.zeros_like(matrix), where=totals > 0)
    return np.asarray(matrix[0] if values is None else matrix)


def floored(table: NDArray[np.float64], context: TableContext, zeros: NDArray[np.bool_] | None) -> NDArray[np.float64]:
    """Return a table with the floor applied to rows of findings and levels, renormalised.

    Args:
        table: (..., states).
        context: of the table.
        zeros: cells that stay zero (declared structural zeros), broadcastable to `table`, or None.
    """
    if context.variable.role not in FLOORED_ROLES or context.floor <= 0:
        return table
    low = np.maximum(table, context.floor)
    if zeros is not None:
        low = np.where(zeros, 0.0, low)
    raised: NDArray[np.float64] = low / low.sum(axis=-1, keepdims=True)
    return raised


def refuse_zeros(
    matrix: NDArray[np.float64], rows: Sequence[Figures], columns: Sequence[Sequence[int]], context: TableContext
) -> None:
    """Refuse a zero in a table that declares none and has no floor.

    Args:
        matrix: (R, states), as written.
        rows: the figures of each row.
        columns: per row, the state position of each of its numbers.
        context: of the table.

    Raises:
        ModelFileError: an undeclared zero (through faults).
    """
    if context.variable.role in FLOORED_ROLES and context.floor > 0:
        return
    for row, state in zip(*np.nonzero(matrix == 0), strict=True):
        if not columns[row]:
            continue
        figures = rows[row]
        positions = list(columns[row])
        place = figures.place_of(positions.index(state)) if state in positions else figures.at
        context.faults(
            place.error(
                f"expected a probability above 0 for {context.variable.name}: {context.variable.states[state]}, "
                "found 0; if it is impossible say why with structural_zeros: reason at the top of the table"
            )
        )
