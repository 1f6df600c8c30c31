"""`check_network`: every fault of a model folder, and what is declared impossible in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.assemble import assemble
from hpt_bayes.network.counts import BASES, BasisCounts, basis_counts
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.load import load_network
from hpt_bayes.network.locations import model_path
from hpt_bayes.network.network import Network


@dataclass(frozen=True)
class StructuralZeros:
    """What a table declares impossible.

    Args:
        variable: of the table.
        reason: as written.
        cells: number of zero cells.
        place: file:line:column.
    """

    variable: str
    reason: str
    cells: int
    place: str


@dataclass(frozen=True, repr=False)
class CheckReport(Result):
    """The result of a check.

    Args:
        path: that was checked.
        model: id and version, empty when it could not be read.
        digest: sha256 of the files, empty when it could not be read.
        faults: all that were found, by file, line and column.
        structural_zeros: of a model without faults.
        variables: how many.
        numbers: how many numbers are written in the tables.
        known: how they are known, by file and in all; empty for a model with faults.
    """

    path: str
    model: str
    digest: str
    faults: tuple[ModelFileError, ...]
    structural_zeros: tuple[StructuralZeros, ...]
    variables: int
    numbers: int
    known: tuple[BasisCounts, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe values."""
        return {
            "path": self.path,
            "model": self.model,
            "digest": self.digest,
            "faults": [
                {"file": each.file, "line": each.line, "column": each.column, "message": each.message}
                for each in self.faults
            ],
            "structural_zeros": [
                {"variable": each.variable, "reason": each.reason, "cells": each.cells, "place": each.place}
                for each in self.structural_zeros
            ],
            "variables": self.variables,
            "numbers": self.numbers,
            "known": [each.to_dict() for each in self.known],
        }

    def to_frame(self) -> Frame:
        """Return one row a fault; without a fault, how the numbers of each file are known."""
        return to_frame(self.to_dict()["faults"] or [_known_row(each) for each in self.known])

    def blocks(self) -> tuple[Rows, ...]:
        """Return what is shown: the model, one line for each fault, the structural zeros."""
        if self.faults:
            count = f"{len(self.faults)} fault{'s' if len(self.faults) > 1 else ''} in {self.path}"
            return (Rows(count, (), tuple((str(each),) for each in self.faults), urgent=True),)
        line = f"{self.model}, {self.path}, {self.digest[:12]}: {self.variables} variables, {self.numbers} numbers"
        blocks = [Rows("No fault", (), ((line,),))]
        if len(self.known) > 1:
            blocks.append(self._known())
        if self.structural_zeros:
            cells = tuple((each.variable, str(each.cells), each.reason) for each in self.structural_zeros)
            blocks.append(Rows("Declared impossible", ("variable", "cells", "reason"), cells, right=frozenset({1})))
        return tuple(blocks)

    def _known(self) -> Rows:
        """Return numbers by file and basis; rows are those of tables."""
        cells = tuple(
            (each.file, f"{sum(each.rows):,}", *(f"{count:,}" for count in each.numbers), str(each.pooled))
            for each in self.known
        )
        total = self.known[-1]
        shares = ", ".join(f"{count:,} {basis}" for basis, count in zip(BASES, total.rows, strict=True))
        notes = (
            f"Rows: {shares}. A pooled row is recomputed from the counts of its sources; {total.from_pools:,} more "
            "start from such a pool.",
        )
        columns = ("file", "rows", "measured", "derived", "judged", "pooled rows")
        return Rows("How the numbers are known", columns, cells, notes, right=frozenset({1, 2, 3, 4, 5}))


def check_network(path: str | Path | None = None) -> list[ModelFileError]:
    """Return all faults that keep a model from loading and can be found in one go, by file, line and column.

    Args:
        path: as in `load_network`.
    """
    return _checked(path)[1]


def check_report(
    path: str | Path | None = None, beside: Callable[[Network, Faults], None] | None = None
) -> CheckReport:
    """Return faults, structural zeros and counts of a model.

    Args:
        path: as in `load_network`.
        beside: checks the files beside a model folder that loads.
    """
    network, faults = _checked(path)
    if network is not None and beside is not None and not network.foreign:
        found = Faults(collect=True)
        beside(network, found)
        faults = _in_order(found)
    if network is None:
        return CheckReport(str(path or ""), "", "", tuple(faults), (), 0, 0)
    return CheckReport(
        network.path,
        f"{network.id} {network.version}".strip(),
        network.digest,
        tuple(faults),
        structural_zeros(network),
        len(network.variables),
        _count(network),
        basis_counts(network),
    )


def _known_row(counts: BasisCounts) -> dict[str, object]:
    """Return the counts of a file in one row."""
    rows = {f"{basis}_rows": count for basis, count in zip(BASES, counts.rows, strict=True)}
    numbers = {f"{basis}_numbers": count for basis, count in zip(BASES, counts.numbers, strict=True)}
    return {"file": counts.file, **rows, **numbers, "pooled": counts.pooled, "from_pools": counts.from_pools}


def structural_zeros(network: Network) -> tuple[StructuralZeros, ...]:
    """Return what the tables of a network declare impossible, in network order."""
    return tuple(
        StructuralZeros(name, each.spec.structural_zeros, int((network.tables[name] == 0).sum()), str(each.spec.at))
        for name, each in network.variables.items()
        if each.spec is not None and each.spec.structural_zeros is not None
    )


def _count(network: Network) -> int:
    from hpt_bayes.network.tables import kind_of

    specs = [each.spec for each in network.variables.values() if each.spec is not None]
    return sum(number.written for spec in specs for number in kind_of(spec.kind).numbers(spec))


def _checked(path: str | Path | None) -> tuple[Network | None, list[ModelFileError]]:
    try:
        found = model_path(path)
        if not found.is_dir():
            return load_network(found), []
    except ModelFileError as fault:
        return None, [fault]
    faults = Faults(collect=True)
    return assemble(found, faults), _in_order(faults)


def _in_order(faults: Faults) -> list[ModelFileError]:
    return sorted(faults.found, key=lambda each: (each.file or "", each.line or 0, each.column or 0))
