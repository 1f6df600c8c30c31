"""Several categorical readings of one finding: exchangeable draws that share part of what they show.

Given the parents, one draw z ~ P(. | parents) stands for what repeats itself. Each reading copies z with probability
k = sqrt(rho) and is fresh otherwise, so rho is the correlation of two readings given the parents. The message to the
parents is sum_z P(z | pa) prod_i [k L_i(z) + (1 - k) sum_x P(x | pa) L_i(x)]: a proper distribution over the readings
that does not depend on their order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def _given_shared(table: Array, likelihoods: Sequence[ArrayLike], rho: float) -> Array:
    """P(z | pa) prod_i P(reading i | z, pa), shape (..., states)."""
    if not 0.0 <= rho <= 1.0:
        raise ValueError(f"expected a correlation from 0 to 1, found {rho:g}")
    copied = np.sqrt(rho)
    joint = table
    for likelihood in likelihoods:
        vector = np.asarray(likelihood, dtype=float)
        fresh = (table * vector).sum(axis=-1, keepdims=True)
        joint = joint * (copied * vector + (1.0 - copied) * fresh)
    return joint


def repeated_message(table: Array, likelihoods: Sequence[ArrayLike], rho: float) -> Array:
    """P(all readings | parents).

    Args:
        table: P(x | parents), shape (..., states).
        likelihoods: of each reading over the states, shape (states,) each, or broadcastable to `table`.
        rho: correlation of two readings given the parents, 0 to 1.

    Returns:
        shape (...), a factor over the parents.

    Raises:
        ValueError: rho outside 0 to 1.
    """
    message: Array = _given_shared(table, likelihoods, rho).sum(axis=-1)
    return message


def next_reading(table: Array, earlier: Sequence[ArrayLike], rho: float) -> Array:
    """P(earlier readings, one further reading = x | parents).

    Args:
        table: P(x | parents), shape (..., states).
        earlier: likelihoods of the readings so far, as for `repeated_message`.
        rho: correlation of two readings given the parents, 0 to 1.

    Returns:
        shape (..., states); its sum over the states is `repeated_message`, its share the predictive distribution.

    Raises:
        ValueError: rho outside 0 to 1.
    """
    shared = _given_shared(table, earlier, rho)
    copied = np.sqrt(rho)
    joint: Array = copied * shared + (1.0 - copied) * shared.sum(axis=-1, keepdims=True) * table
    return joint


def predictive_table(table: Array, earlier: Sequence[ArrayLike], rho: float) -> Array:
    """P(one further reading = x | parents, earlier readings).

    Args:
        table: P(x | parents), shape (..., states).
        earlier: likelihoods of the readings so far, as for `repeated_message`.
        rho: correlation of two readings given the parents, 0 to 1.

    Returns:
        shape (..., states), rows sum to one; `table` itself where the earlier readings are impossible.

    Raises:
        ValueError: rho outside 0 to 1.
    """
    joint = next_reading(table, earlier, rho)
    total = joint.sum(axis=-1, keepdims=True)
    return np.where(total > 0.0, joint / np.where(total > 0.0, total, 1.0), table)
