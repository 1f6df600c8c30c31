"""Numbers that are counted or dated rather than measured (age, years): a number falls into one step of its variable."""

from __future__ import annotations

import numpy as np

from hpt_bayes.network.variables import Variable


def step_states(variable: Variable, value: float | None, lower: float | None, upper: float | None) -> tuple[str, ...]:
    """Return the steps a number, bound or range allows; a number on an edge belongs to the step above it.

    Args:
        variable: with steps.
        value: the number, in the variable's unit, or None.
        lower: lower bound, or None when open; used when there is no value.
        upper: upper bound, or None when open; a value below it is meant unless there is a lower bound too.

    Returns:
        At least one state, in order.
    """
    edges = np.asarray(variable.edges, dtype=float)
    if value is not None:
        return (variable.states[int(np.searchsorted(edges, value, side="right"))],)
    first = 0 if lower is None else int(np.searchsorted(edges, lower, side="right"))
    if upper is None:
        return variable.states[first:]
    return variable.states[first : int(np.searchsorted(edges, upper, side="left" if lower is None else "right")) + 1]
