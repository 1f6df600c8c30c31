"""Table kinds: each a module with `Spec`, `numbers(spec)` and `expand(spec, context, values=None)`.

`Spec` is the pydantic record of the table as written. `numbers(spec)` lists its numbers as written, in a fixed
order. `expand` turns it into an array (*parents, child), or (D, *parents, child) when `values` (D, n_numbers) gives
D drawn versions of the numbers. A kind may also have `check(spec, context)` for faults beyond those of `expand`.
A new kind is one module and one line here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.fields import TableSpec
from hpt_bayes.network.provenance import Number
from hpt_bayes.network.tables.context import TableContext

KINDS = {
    "table": "plain",
    "odds": "odds",
    "interval": "interval",
    "noisy_or": "noisy_or",
    "localization": "localization",
    "deterministic": "deterministic",
}


class Kind(Protocol):
    """What every table kind offers."""

    Spec: type[TableSpec]

    def numbers(self, spec: TableSpec) -> tuple[Number, ...]:
        """Return the numbers as written, in a fixed order."""

    def expand(
        self, spec: TableSpec, context: TableContext, values: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return the table, with a leading axis of draws when `values` (D, n_numbers) are given."""


@cache
def kind_of(name: str) -> Kind:
    """Return the module of a table kind.

    Args:
        name: a key of KINDS.
    """
    return cast(Kind, import_module(f"hpt_bayes.network.tables.{KINDS[name]}"))
