"""A loading: how published rows depend on a latent parent that they do not mention.

The row is the average over the parent, P(X <= x) = sum_s w_s Phi(a - slope * score_s); `weights` says which row of the
parent's own table gives w, for which rows. Rows that no entry names do not depend on the parent (slope 0).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from hpt_bayes.network.fields import Real, Record, Text, UncertainValue
from hpt_bayes.network.figures import When
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.patterns import box, state_indices
from hpt_bayes.network.probit import mixture_intercept, normal_cdf
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.variables import Variable

Array = NDArray[np.float64]


class Weights(Record):
    """Which distribution of the loading variable the matching rows are the average over."""

    when: When | None = None
    given: When


class Loading(Record):
    """How the rows depend on a latent parent they do not mention.

    Args:
        variable: the parent.
        scores: a number for each of its states.
        slope: shift on the probit scale for one unit of score.
        weights: for which rows; rows not named do not depend on the parent.
    """

    variable: Text
    scores: Mapping[str, Real]
    slope: UncertainValue
    weights: Annotated[tuple[Weights, ...], Field(min_length=1)]


def solve_loading(probits: Array, weights: Array, slope: Array, scores: Array) -> Array:
    """Replace probits of averages by the intercepts that return these averages.

    Args:
        probits: of the published cumulative shares, shape (D or 1, *parents or 1, edges).
        weights: of the loading variable's states, shape (D or 1, *parents or 1, scores).
        slope: shape (D or 1, *parents or 1); where it is 0 the probits stay.
        scores: shape (scores,).

    Returns:
        intercepts, shape (D, *parents, edges) broadcast over all.
    """
    shape = np.broadcast_shapes(probits.shape[:-1], slope.shape, weights.shape[:-1])
    out = np.array(np.broadcast_to(probits, (*shape, probits.shape[-1])))
    loads = np.broadcast_to(np.any(slope != 0.0, axis=0), shape[1:])
    slopes = np.broadcast_to(slope, shape)[:, loads]
    mixed = np.broadcast_to(weights, (*shape, scores.size))[:, loads]
    if slopes.size:
        target = normal_cdf(out[:, loads])
        out[:, loads] = mixture_intercept(target, mixed[..., None, :], -slopes[..., None, None] * scores)
    return out


def unit(parent: Variable) -> Variable:
    """The parent with all its states taken as one: an axis of length one."""
    return Variable(parent.name, parent.label, parent.role, ("any",))


def loading_arrays(
    loading: Loading, context: TableContext, row_slopes: Array, row_keys: set[str]
) -> tuple[Array, Array]:
    """Weights and slopes of a loading over the configurations that decide them.

    Args:
        loading: as written.
        context: of the table.
        row_slopes: slope of the row that owns each configuration, shape (D or 1, *parents or 1).
        row_keys: names of the parents that `row_slopes` depends on.

    Returns:
        weights (D or 1, *parents or 1, states of the loading variable) and slopes (D or 1, *parents or 1).

    Raises:
        ModelFileError: weights named twice for a row, or not naming one state of each foreign parent (through faults).
    """
    target = context.variables[loading.variable]
    table = context.tables[loading.variable]
    table = table if table.ndim == len(target.parents) + 2 else table[None]
    names = [parent.name for parent in context.parents]
    decisive = set(row_keys)
    for entry in loading.weights:
        decisive |= {condition.variable for condition in (entry.when.conditions if entry.when else ())}
        decisive |= {name for name in target.parents if not entry.given.mentions(name)}
    decisive.discard(loading.variable)
    keys = tuple(parent if parent.name in decisive else unit(parent) for parent in context.parents)
    shape = tuple(key.size for key in keys)
    weights = np.full((table.shape[0], *shape, target.size), 1.0 / target.size)
    slope = np.zeros((row_slopes.shape[0], *shape))
    taken = np.zeros(shape, dtype=bool)
    for entry in loading.weights:
        here: tuple[Any, ...] = (...,) if entry.when is None else np.ix_(*box(entry.when, keys, context.faults))
        if taken[here].any():
            context.faults(entry.at.error("expected weights once for each row, found rows that an entry above names"))
        taken[here] = True
        where = (slice(None), *here)
        chosen = _given_rows(entry, table, target, context, names, shape)
        weights[where] = np.broadcast_to(chosen, weights.shape)[where]
        slope[where] = np.broadcast_to(row_slopes, slope.shape)[where]
    return weights, slope


def _given_rows(
    entry: Weights, table: Array, target: Variable, context: TableContext, names: list[str], shape: tuple[int, ...]
) -> Array:
    """The rows of the loading variable's table that an entry names: (D or 1, *parents or 1, states)."""
    index: list[int | slice] = [slice(None)]
    axes: list[int] = []
    for name in target.parents:
        given = next((each for each in entry.given.conditions if each.variable == name), None)
        if given is not None:
            states = state_indices(given, context.variables[name], context.faults)
            if states is None or len(states) != 1:
                found = "|".join(given.names)
                context.faults(given.at.error(f"expected one state of {name} in given, found {found}"))
            index.append(0 if states is None or not len(states) else int(states[0]))
        elif name in names:
            index.append(slice(None))
            axes.append(names.index(name))
        else:
            child = context.variable.name
            context.faults(
                entry.at.error(
                    f"expected a state of {name} in given, found none; {child} has no parent {name} to follow"
                )
            )
            index.append(0)
    chosen = table[tuple(index)]
    chosen = chosen.transpose(0, *(1 + int(i) for i in np.argsort(axes)), chosen.ndim - 1)
    follow = tuple(size if axis in axes else 1 for axis, size in enumerate(shape))
    return chosen.reshape(chosen.shape[0], *follow, target.size)


def check_loading(loading: Loading, context: TableContext) -> None:
    """Check that a loading names a parent, scores its states, and gives only its parents.

    Args:
        loading: as written.
        context: of the table.

    Raises:
        ModelFileError: through faults.
    """
    fault = context.faults
    names = [parent.name for parent in context.parents]
    name = loading.variable
    if name not in names:
        fault(loading.at.error(f"expected a parent as loading variable, found {name!r}; {hint(name, names)}"))
        return
    states = context.variables[name].states
    for found in loading.scores:
        if found not in states:
            fault(loading.at.error(f"expected scores for the states of {name}, found {found!r}; {hint(found, states)}"))
    missing = [state for state in states if state not in loading.scores]
    if missing:
        fault(loading.at.error(f"expected a score for each state of {name}, found none for {', '.join(missing)}"))
    parents = context.variables[name].parents
    for entry in loading.weights:
        for each in entry.given.conditions:
            if each.variable not in parents:
                found = each.variable
                fault(each.at.error(f"expected a parent of {name} in given, found {found!r}; {hint(found, parents)}"))
