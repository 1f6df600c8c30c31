"""How the numbers of a model are known, counted by file: measured, derived, judged, and how many are pooled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from hpt_bayes.network.network import Network
from hpt_bayes.network.pooled import pooled_number, pools_in
from hpt_bayes.network.provenance import Number
from hpt_bayes.network.row_names import row_stem
from hpt_bayes.network.tables import kind_of
from hpt_bayes.network.variables import Variable

BASES = ("measured", "derived", "judged")


@dataclass(frozen=True)
class BasisCounts:
    """How the numbers of one file are known.

    Args:
        file: name of the file; "all" for the sum.
        rows: written rows of tables by basis, in the order of BASES.
        numbers: numbers in them by basis, in the order of BASES.
        pooled: rows with a number that is a pool of counts.
        from_pools: rows with a number that starts from such a pool.
    """

    file: str
    rows: tuple[int, int, int]
    numbers: tuple[int, int, int]
    pooled: int
    from_pools: int

    def to_dict(self) -> dict[str, object]:
        """Return JSON-safe values."""
        named = {key: dict(zip(BASES, getattr(self, key), strict=True)) for key in ("rows", "numbers")}
        return {**asdict(self), **named}


def rows_of(variable: Variable) -> Iterator[tuple[Number, ...]]:
    """Yield the numbers of each written row of a table, in file order.

    Args:
        variable: with its table as written.
    """
    if variable.spec is None:
        return
    written = [number for number in kind_of(variable.spec.kind).numbers(variable.spec) if number.written]
    for _, group in groupby(written, key=lambda each: (row_stem(each.path), each.provenance)):
        yield tuple(group)


def basis_counts(network: Network) -> tuple[BasisCounts, ...]:
    """Return the counts of each model file, in network order, and of all together, last.

    Args:
        network: as loaded.
    """
    rows: dict[str, Counter[str]] = {}
    for variable in network.variables.values():
        for row in rows_of(variable):
            count = rows.setdefault(Path(variable.place.file or "").name, Counter())
            known = row[0].provenance
            count[f"rows {known.basis}"] += 1
            count[f"numbers {known.basis}"] += len(row)
            pools = [pool for text in (known.formula, known.why) for pool in pools_in(text)]
            is_one = any(pooled_number(pool, variable, row) is not None for pool in pools_in(known.formula))
            count["pooled"] += is_one
            count["from pools"] += bool(pools) and not is_one
    total: Counter[str] = Counter()
    for each in rows.values():
        total.update(each)
    return tuple(_counts(name, each) for name, each in (*rows.items(), ("all", total)))


def _counts(name: str, count: Counter[str]) -> BasisCounts:
    measured, derived, judged = ((count[f"rows {basis}"], count[f"numbers {basis}"]) for basis in BASES)
    rows, numbers = zip(measured, derived, judged, strict=True)
    return BasisCounts(name, rows, numbers, count["pooled"], count["from pools"])
