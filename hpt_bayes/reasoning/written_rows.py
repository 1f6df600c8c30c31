"""The rows of a table as a person reads them in the file: condition, figures, how they are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from hpt_bayes.network.fields import TableSpec
from hpt_bayes.network.provenance import Number, Provenance


@dataclass(frozen=True)
class WrittenRow:
    """One row of a table.

    Attributes:
        part: of the table it stands in, such as `rows` or `sensitivity`.
        when: the parent configurations it is for; "always" for a number without condition.
        figures: the numbers by name, as written.
        basis: measured, derived or judged.
        ess: effective sample size, or None.
        range: 90 % range, or None.
        evidence: keys of the published rows behind it.
        formula: how a derived number was computed, or None.
        why: the reason of a judged number, or None.
        note: contradictions and remarks, or None.
        place: file:line:column.
    """

    part: str
    when: str
    figures: tuple[tuple[str, float], ...]
    basis: str
    ess: float | None
    range: tuple[float, float] | None
    evidence: tuple[str, ...]
    formula: str | None
    why: str | None
    note: str | None
    place: str


def written_rows(spec: TableSpec, numbers: Sequence[Number]) -> tuple[WrittenRow, ...]:
    """Gather the numbers of a table into its rows.

    Args:
        spec: the table as written.
        numbers: its numbers, in file order.

    Returns:
        One row for each written row, in file order.
    """
    written = [number for number in numbers if number.written]
    return tuple(_row(spec, stem, list(group)) for stem, group in groupby(written, key=lambda each: _stem(each.path)))


def _stem(path: str) -> str:
    """The part of a number's path that its whole row shares: `rows[3]` of `rows[3].p.none`."""
    found = re.match(r"^(.*?\[\d+\])", path)
    return found.group(1) if found else path.split(".p.")[0].removesuffix(".p").removesuffix(".value")


def _row(spec: TableSpec, stem: str, numbers: list[Number]) -> WrittenRow:
    first = numbers[0]
    known: Provenance = first.provenance
    return WrittenRow(
        part=stem.split("[")[0],
        when=_condition(spec, stem),
        figures=tuple((_name(spec, stem, number.path), number.value) for number in numbers),
        basis=known.basis,
        ess=first.ess,
        range=first.range,
        evidence=known.evidence,
        formula=known.formula,
        why=known.why,
        note=known.note,
        place=str(first.place),
    )


def _condition(spec: TableSpec, stem: str) -> str:
    found = re.match(r"^(\w+)\[(\d+)\]$", stem)
    record = getattr(spec, found.group(1))[int(found.group(2))] if found else None
    if record is None:
        return "always"
    if getattr(record, "otherwise", False):
        return "otherwise"
    return str(getattr(record, "when", "always")).replace("|", " or ")


def _name(spec: TableSpec, stem: str, path: str) -> str:
    """The name of a number inside its row; bins of a numeric table are named by their edges."""
    name = path.removeprefix(stem).lstrip(".").removeprefix("p.")
    edges = getattr(spec, "edges", None)
    if name.isdigit() and edges:
        position = int(name)
        if position == 0:
            return f"<{edges[0]:g}"
        if position == len(edges):
            return f">={edges[-1]:g}"
        return f"{edges[position - 1]:g}-{edges[position]:g}"
    return "" if name in ("p", "value") else name.removeprefix("odds.")
