"""Sparse matrices of scipy, which is loaded when one is first asked for: a posterior never needs it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine.contraction import Array

SparseMatrix = Any
"""A csr_array of scipy, which has no types."""
Numbers = NDArray[np.integer]


def from_cells(values: Array, rows: Numbers, columns: Numbers, shape: tuple[int, int]) -> SparseMatrix:
    """The matrix with some cells; values of a cell that is named twice add up.

    Args:
        values: of the cells, (cells,).
        rows: of the cells, (cells,).
        columns: of the cells, (cells,).
        shape: rows and columns.
    """
    from scipy.sparse import csr_array

    return csr_array((values, (rows, columns)), shape=shape)


def from_rows(values: Array, columns: Numbers, ends: Numbers, shape: tuple[int, int]) -> SparseMatrix:
    """The matrix whose row i holds the cells from `ends[i]` to `ends[i + 1]`, each column once.

    Args:
        values: of the cells, row by row, (cells,).
        columns: of the cells, (cells,).
        ends: (rows + 1,).
        shape: rows and columns.
    """
    from scipy.sparse import csr_array

    return csr_array((values, columns, ends), shape=shape)
