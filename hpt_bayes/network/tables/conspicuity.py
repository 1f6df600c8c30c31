"""How conspicuous glands are: the distribution of a latent over which published figures are averages.

Only the variables between the latent and what is known are summed out, so that no prior of a cause enters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.variables import Variable

Array = NDArray[np.float64]


def latent_weights(
    latent: str,
    known: Sequence[str],
    given: Mapping[str, int],
    variables: Mapping[str, Variable],
    tables: Mapping[str, Array],
) -> Array:
    """P(latent | known, given), the ancestors in between summed out.

    Args:
        latent: the variable averaged over.
        known: variables to condition on, one axis each.
        given: variable -> state fixed.
        variables: of the network.
        tables: of the latent and its ancestors, (*parents, child), or (D, *parents, child) when drawn.

    Returns:
        shape (D or 1, *known, states of the latent); the axis of a known variable that does not matter has length one.
    """
    stops = set(known) | set(given)
    between: list[str] = []
    waiting = [latent]
    while waiting:
        name = waiting.pop()
        if name not in between:
            between.append(name)
            waiting += [parent for parent in variables[name].parents if parent not in stops]
    numbers: dict[str, int] = {}
    operands: list[object] = []
    draws = 1
    for name in between:
        scope = [*variables[name].parents, name]
        table = tables[name] if tables[name].ndim == len(scope) + 1 else tables[name][None]
        draws = max(draws, table.shape[0])
        index: tuple[int | slice, ...] = (slice(None), *(given.get(axis, slice(None)) for axis in scope))
        labels = [numbers.setdefault(axis, len(numbers) + 1) for axis in scope if axis not in given]
        operands += [table[index], [0, *labels]]
    reached = [name for name in known if name in numbers]
    weights: Array = np.einsum(*operands, [0, *(numbers[name] for name in reached), numbers[latent]])  # type: ignore[call-overload]
    sizes = [variables[name].size if name in reached else 1 for name in known]
    return weights.reshape(-1, *sizes, variables[latent].size)
