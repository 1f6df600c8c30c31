"""Parent configurations that hold the same numbers in every draw, so that they are computed once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def distinct(*arrays: NDArray[np.generic]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which configurations differ in any array or draw.

    Args:
        arrays: (D or 1, configurations, ...) each.

    Returns:
        Position of the first of each kind, and for each configuration the number of its kind.
    """
    parts = [np.ascontiguousarray(np.moveaxis(each, 1, 0)) for each in arrays]
    known: dict[tuple[bytes, ...], int] = {}
    first: list[int] = []
    kinds = np.empty(len(parts[0]), dtype=np.intp)
    for at in range(len(kinds)):
        key = tuple(part[at].tobytes() for part in parts)
        if key not in known:
            known[key] = len(first)
            first.append(at)
        kinds[at] = known[key]
    return np.array(first, dtype=np.intp), kinds
