"""Kind `interval`: published bins of a numeric or ordinal variable, read as a smooth cumulative curve.

The cumulative shares at the published cut-offs, put on the probit scale, are joined by a monotone curve and
integrated over the fine steps of the variable. A loading makes the row the average over a latent parent:
P(X <= x | s) = Phi(a(x) - slope * score_s), with a solved so that every published cumulative share comes back exactly.
Shifts move values: with `multiply: m` F(x) becomes F(x / m), with `add: c` it becomes F(x - c).
`readings_of` says that the rows were published for single readings of an analyte: the level's rows are then those whose
readings, scattered by the analyte, return them (before loading and shifts).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from hpt_bayes.network.fields import DistributionRow, Flag, Positive, Real, TableSpec, Text, Uncertain, UncertainValue
from hpt_bayes.network.figures import When, refuse
from hpt_bayes.network.measurement import kernel_of
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.patterns import box, cover
from hpt_bayes.network.probit import Curve, cumulative_probits, masses
from hpt_bayes.network.provenance import Family, Number
from hpt_bayes.network.remembered import once
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.tables.distinct import distinct
from hpt_bayes.network.tables.loading import Loading, check_loading, loading_arrays, solve_loading, unit
from hpt_bayes.network.tables.readings import bins_of_readings, usual_masses
from hpt_bayes.network.tables.rows import TOLERANCE, figure_numbers
from hpt_bayes.network.variables import FLOORED_ROLES

Array = NDArray[np.float64]

_LEAST = 1e-12


class IntervalRow(DistributionRow):
    """One published distribution over the bins.

    Args:
        slope: of the loading, when it differs from the table's.
        usual: the row is of usual levels although the table's others are of readings.
    """

    slope: UncertainValue | None = None
    usual: Flag = False


class Shift(Uncertain):
    """Moves the values of matching configurations: times `multiply`, or plus `add` in the variable's unit."""

    when: When
    add: Real | None = None
    multiply: Positive | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.add is None) == (self.multiply is None):
            raise refuse(f"expected either add or multiply, found {'neither' if self.add is None else 'both'}")
        return self


class Spec(TableSpec):
    """Published bins.

    Args:
        edges: between the bins, rising, in the variable's unit; left out when the bins are the variable's states.
        loading: on a latent parent.
        readings_of: the analyte whose single readings the rows were published for.
        rows: with `when` or `otherwise`, and one probability per bin.
        shifts: applied on top of the rows; several that match are combined, value * multiply + add.
    """

    kind: Literal["interval"]
    edges: tuple[Real, ...] | None = None
    loading: Loading | None = None
    readings_of: Text | None = None
    rows: Annotated[tuple[IntervalRow, ...], Field(min_length=1)]
    shifts: tuple[Shift, ...] = ()


@once
def numbers(spec: Spec) -> tuple[Number, ...]:
    """Return the shares row by row, then the slopes (the table's, then those of rows), then the shifts."""
    found: list[Number] = []
    for at, row in enumerate(spec.rows):
        found += figure_numbers(row.p, row, f"rows[{at}].p", at, "ordinal")
    singles: list[tuple[str, float, Uncertain, Family]] = []
    if spec.loading is not None:
        singles.append(("loading.slope", spec.loading.slope.value, spec.loading.slope, "normal"))
        singles += [
            (f"rows[{at}].slope", row.slope.value, row.slope, "normal")
            for at, row in enumerate(spec.rows)
            if row.slope is not None
        ]
    for at, shift in enumerate(spec.shifts):
        if shift.add is not None:
            singles.append((f"shifts[{at}].add", shift.add, shift, "normal"))
        elif shift.multiply is not None:
            singles.append((f"shifts[{at}].multiply", shift.multiply, shift, "log_normal"))
    for position, (path, value, record, family) in enumerate(singles, start=len(spec.rows)):
        found.append(Number(path, value, family, position, record.provenance, record.ess, record.range, record.at))
    return tuple(found)


def expand(spec: Spec, context: TableContext, values: Array | None = None) -> Array:
    """Return the table.

    Args:
        spec: as written.
        context: of the table; with a loading, its `tables` hold the loading variable's, with or without draws.
        values: (D, n_numbers) drawn numbers, or None.

    Returns:
        (*parents, states), or (D, *parents, states) when numbers or ancestors are drawn; rows sum to one.

    Raises:
        ModelFileError: bins, rows, loading or shifts that do not fit the variable (through faults).
    """
    size = context.variable.size
    if not _fits(spec, context):
        return np.full((*context.shape, size), 1.0 / size)
    figures = _figures(spec, values)
    row_shares = _shares(spec, context, figures)
    mentioned = {condition.variable for row in spec.rows for condition in row.covering.when.conditions}
    keys = tuple(parent if parent.name in mentioned else unit(parent) for parent in context.parents)
    owner = cover([row.covering for row in spec.rows], keys, context.faults, at=spec.at)
    edges = spec.edges if spec.edges is not None else context.variable.edges or ()
    if spec.readings_of is not None:
        row_shares = _of_levels(spec, context, edges, row_shares)
        edges = context.variable.edges or ()
    curves = _curves(spec, context, figures, cumulative_probits(row_shares), owner, mentioned)
    moved = _moved(spec, context, figures)
    # Configurations with the same curve, shift and state of the loading variable are computed once.
    count = 1 if curves.scores is None else curves.scores.size
    code = (curves.kind * moved.times.shape[1] + moved.kind) * count + curves.state
    code, inverse = np.unique(np.broadcast_to(code, context.shape).ravel(), return_inverse=True)
    pair, pairs = np.unique(code // count, return_inverse=True)
    at_steps = _at_steps(context, edges, curves.probits, moved, *np.divmod(pair, moved.times.shape[1]))
    at_steps = at_steps[:, pairs]
    if curves.scores is not None:
        kind = pair[pairs] // moved.times.shape[1]
        at_steps = at_steps - (curves.slopes[:, kind] * curves.scores[code % count])[..., None]
    table = masses(at_steps)
    table = table / table.sum(axis=-1, keepdims=True)
    full = np.take(table, inverse, axis=1).reshape(len(table), *context.shape, size)
    result: Array = full if values is not None or full.shape[0] > 1 else full[0]
    return result


@dataclass(frozen=True)
class _Figures:
    """The numbers of a table by part, with a leading axis of draws (length one for those written)."""

    rows: tuple[Array, ...]
    slopes: Array
    row_slopes: Mapping[int, Array]
    shifts: Array


def _figures(spec: Spec, values: Array | None) -> _Figures:
    drawn = np.array([[number.value for number in numbers(spec)]]) if values is None else np.asarray(values)
    at = 0
    rows = []
    for row in spec.rows:
        rows.append(drawn[:, at : at + len(row.p.values)])
        at += len(row.p.values)
    slopes, row_slopes = np.zeros(drawn.shape[0]), {}
    if spec.loading is not None:
        slopes = drawn[:, at]
        at += 1
        for position, row in enumerate(spec.rows):
            if row.slope is not None:
                row_slopes[position] = drawn[:, at]
                at += 1
    return _Figures(tuple(rows), slopes, row_slopes, drawn[:, at:])


def _shares(spec: Spec, context: TableContext, figures: _Figures) -> Array:
    """Shares of the bins, zeros raised to the floor, shape (D, rows, bins)."""
    names = context.variable.states
    stacked = []
    for row, values in zip(spec.rows, figures.rows, strict=True):
        if row.p.names is None:
            shares = values
        else:
            shares = np.zeros((values.shape[0], len(names)))
            shares[:, [context.variable.positions[name][0] for name in row.p.names]] = values
            missing = [i for i in range(len(names)) if names[i] not in row.p.names]
            shares[:, missing] = np.maximum(1.0 - shares.sum(axis=1, keepdims=True), 0.0)
        stacked.append(shares)
    table = np.stack(stacked, axis=1)
    table = np.where(table <= 0.0, context.floor, np.maximum(table, _LEAST))
    normalised: Array = table / table.sum(axis=-1, keepdims=True)
    return normalised


def _of_levels(spec: Spec, context: TableContext, edges: Sequence[float], shares: Array) -> Array:
    """The rows as shares of the level's steps, those published for readings brought back to usual levels."""
    steps = context.variable.edges
    assert steps is not None and spec.readings_of is not None
    log = context.variable.scale == "log"
    at, ends = np.asarray(edges, dtype=float), np.asarray(steps, dtype=float)
    curve = Curve.through(np.log(at) if log else at, cumulative_probits(shares))
    found = masses(curve(np.log(ends) if log else ends))
    read = [row for row, each in enumerate(spec.rows) if not each.usual]
    bins = bins_of_readings(kernel_of(context.variable, context.analytes[spec.readings_of]), edges, log)
    found[:, read] = usual_masses(shares[:, read], found[:, read], bins)
    return found


@dataclass(frozen=True)
class _Curves:
    """The different curves of a table before shifts, and which one each configuration has.

    Attributes:
        probits: at the edges, intercepts where there is a loading, (D or 1, curves, edges).
        slopes: of the loading, (D or 1, curves).
        scores: of the loading variable's states; None without a loading.
        kind: which curve, (*parents or 1).
        state: of the loading variable, (*parents or 1).
    """

    probits: Array
    slopes: Array
    scores: Array | None
    kind: NDArray[np.intp]
    state: NDArray[np.intp]


def _curves(
    spec: Spec, context: TableContext, figures: _Figures, rows: Array, owner: NDArray[np.intp], mentioned: set[str]
) -> _Curves:
    state = np.zeros((1,) * owner.ndim, dtype=np.intp)
    if spec.loading is None:
        return _Curves(rows, np.zeros((1, len(spec.rows))), None, owner, state)
    by_row = [figures.row_slopes.get(row, figures.slopes) for row in range(len(spec.rows))]
    weights, slope = loading_arrays(spec.loading, context, np.stack(by_row, axis=1)[:, owner], mentioned)
    shape = np.broadcast_shapes(owner.shape, slope.shape[1:], weights.shape[1:-1])
    owners = np.broadcast_to(owner, shape).ravel()
    slopes = np.broadcast_to(slope, (len(slope), *shape)).reshape(len(slope), -1)
    mixed = np.broadcast_to(weights, (len(weights), *shape, weights.shape[-1])).reshape(len(weights), owners.size, -1)
    first, kind = distinct(owners[None], slopes, mixed)
    scores = np.array([spec.loading.scores[state] for state in context.variables[spec.loading.variable].states])
    probits = solve_loading(rows[:, owners[first]], mixed[:, first], slopes[:, first], scores)
    axis = [parent.name for parent in context.parents].index(spec.loading.variable)
    along = np.arange(scores.size).reshape([-1 if i == axis else 1 for i in range(owner.ndim)])
    return _Curves(probits, slopes[:, first], scores, kind.reshape(shape), along)


@dataclass(frozen=True)
class _Moved:
    """The different shifts of a table, (D or 1, shifts) each, and which one each configuration has, (*parents or 1)."""

    times: Array
    plus: Array
    kind: NDArray[np.intp]


def _moved(spec: Spec, context: TableContext, figures: _Figures) -> _Moved:
    mentioned = {condition.variable for shift in spec.shifts for condition in shift.when.conditions}
    keys = tuple(parent if parent.name in mentioned else unit(parent) for parent in context.parents)
    draws = figures.shifts.shape[0] if spec.shifts else 1
    times = np.ones((draws, *(key.size for key in keys)))
    plus = np.zeros_like(times)
    for position, shift in enumerate(spec.shifts):
        here: tuple[Any, ...] = (slice(None), *np.ix_(*box(shift.when, keys, context.faults)))
        drawn = figures.shifts[:, position].reshape(-1, *(1 for _ in keys))
        if shift.add is None:
            times[here] *= drawn
        else:
            plus[here] += drawn
    times, plus = times.reshape(draws, -1), plus.reshape(draws, -1)
    first, kind = distinct(times, plus)
    return _Moved(times[:, first], plus[:, first], kind.reshape([key.size for key in keys]))


def _at_steps(
    context: TableContext,
    edges: Sequence[float],
    probits: Array,
    moved: _Moved,
    kind: NDArray[np.intp],
    shift: NDArray[np.intp],
) -> Array:
    """Probits of curves (n,) under shifts (n,), at the steps of the variable: shape (D or 1, n, steps - 1)."""
    steps = context.variable.edges
    times, plus = moved.times[:, shift, None], moved.plus[:, shift, None]
    if steps is None or (tuple(edges) == steps and (times == 1.0).all() and (plus == 0.0).all()):
        return probits[:, kind]
    log = context.variable.scale == "log"
    positions = (np.asarray(steps) - plus) / times
    at = np.asarray(edges, dtype=float)
    return Curve.through(np.log(at) if log else at, probits)[:, kind](np.log(positions) if log else positions)


def _fits(spec: Spec, context: TableContext) -> bool:
    """Whether bins, rows, loading and shifts fit the variable; what does not goes to the faults."""
    variable, before = context.variable, len(context.faults.found)
    fault, at = context.faults, spec.at
    log = variable.scale == "log"
    bins = variable.size
    if spec.structural_zeros is not None:
        fault(at.error("expected no structural_zeros in an interval table, found them: a curve has no empty bin"))
    if spec.edges is None:
        if spec.shifts and variable.edges is None:
            fault(at.error(f"expected no shifts, found some: {variable.name} is not numeric"))
    elif variable.edges is None:
        fault(at.error(f"expected no edges, found some: {variable.name} is not numeric, its bins are its states"))
    else:
        bins = len(spec.edges) + 1
        if any(low >= high for low, high in zip(spec.edges, spec.edges[1:], strict=False)):
            fault(at.error(f"expected rising edges, found {', '.join(f'{edge:g}' for edge in spec.edges)}"))
        if log and spec.edges[0] <= 0:
            fault(at.error(f"expected edges above 0 on a log scale, found {spec.edges[0]:g}"))
    written = spec.edges if spec.edges is not None else variable.edges
    if written is not None and len(written) < 2 and (written != variable.edges or spec.shifts):
        fault(at.error(f"expected at least two edges to draw a curve through, found {len(written)}"))
    if log:
        for shift in spec.shifts:
            if shift.add is not None:
                fault(shift.at.error("expected multiply on a log scale, found add"))
    _check_readings(spec, context)
    for row in spec.rows:
        _check_row(row, bins, spec, context)
        if row.slope is not None and spec.loading is None:
            fault(row.at.error("expected a loading at the top of the table for the slope of this row, found none"))
    if spec.loading is not None:
        check_loading(spec.loading, context)
        for row in spec.rows:
            if row.covering.when.mentions(spec.loading.variable):
                name = spec.loading.variable
                fault(row.at.error(f"expected rows that are averages over {name}, found one that names it"))
    return len(context.faults.found) == before


def _check_readings(spec: Spec, context: TableContext) -> None:
    fault, variable = context.faults, context.variable
    if spec.readings_of is None:
        for row in spec.rows:
            if row.usual:
                fault(row.place_of("usual").error("expected readings_of at the top of the table for usual, found none"))
        return
    at = spec.place_of("readings_of")
    analyte = context.analytes.get(spec.readings_of)
    reading = [name for name, each in context.analytes.items() if each.level == variable.name]
    if analyte is None or analyte.level != variable.name:
        help_ = hint(spec.readings_of, reading)
        fault(at.error(f"expected an analyte that reads {variable.name}, found {spec.readings_of!r}; {help_}"))


def _check_row(row: IntervalRow, bins: int, spec: Spec, context: TableContext) -> None:
    fault, names = context.faults, context.variable.states
    left_out = 0
    if row.p.names is None:
        if len(row.p.values) != bins:
            fault(row.p.at.error(f"expected {bins} probabilities, one per bin, found {len(row.p.values)}"))
    elif spec.edges is not None:
        fault(row.p.at.error("expected a list of probabilities, one per bin between the edges, found names"))
    else:
        for position, name in enumerate(row.p.names):
            if name not in names:
                at = row.p.name_place_of(position)
                fault(at.error(f"expected a state of {context.variable.name}, found {name!r}; {hint(name, names)}"))
        left_out = bins - len(row.p.names)
        if left_out > 1:
            fault(row.p.at.error(f"expected at most one state left out of a row, found {left_out}"))
    total = sum(row.p.values)
    if total > 1.0 + TOLERANCE or (total < 1.0 - TOLERANCE and not left_out):
        fault(row.p.at.error(f"expected a row that sums to 1, found the sum {total:.9g}"))
    if context.floor > 0 and context.variable.role in FLOORED_ROLES:
        return
    if min(row.p.values) <= 0 or (left_out and total > 1.0 - TOLERANCE):
        fault(row.p.at.error("expected probabilities above 0 in an interval table, found 0"))
