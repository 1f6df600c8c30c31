"""The rows of a table as a person reads them in the file: condition, figures, how they are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from hpt_bayes.display.numbers import words
from hpt_bayes.network.fields import TableSpec
from hpt_bayes.network.provenance import Number, Provenance
from hpt_bayes.network.row_names import figure_name, row_stem
from hpt_bayes.network.variables import Variable


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


def written_rows(variable: Variable, numbers: Sequence[Number]) -> tuple[WrittenRow, ...]:
    """Gather the numbers of a table into its rows.

    Args:
        variable: with the table as written.
        numbers: its numbers, in file order.

    Returns:
        One row for each written row, in file order.
    """
    written = [number for number in numbers if number.written]
    groups = groupby(written, key=lambda each: (row_stem(each.path), each.provenance))
    return tuple(_row(variable, stem, list(group)) for (stem, _), group in groups)


def in_words(variable: Variable, path: str) -> str:
    """A number as a person would say it: `Lesion: ectopic adenoma, given setting: persistent`.

    Args:
        variable: of the table.
        path: of the number inside the table.
    """
    stem = row_stem(path)
    part, condition = stem.split("[")[0].replace(".", " "), _condition(variable.spec, stem)
    what = [name for name in ("" if part in ("rows", "base") else part, figure_name(variable, path)) if name]
    given = {"always": "", "otherwise": ", otherwise"}.get(condition, f", given {condition}")
    return f"{variable.label}: {words(' '.join(what) or part)}{words(given)}"


def _row(variable: Variable, stem: str, numbers: list[Number]) -> WrittenRow:
    first = numbers[0]
    known: Provenance = first.provenance
    return WrittenRow(
        part=stem.split("[")[0],
        when=_condition(variable.spec, stem),
        figures=tuple((figure_name(variable, number.path), number.value) for number in numbers),
        basis=known.basis,
        ess=first.ess,
        range=first.range,
        evidence=known.evidence,
        formula=known.formula,
        why=known.why,
        note=known.note,
        place=str(first.place),
    )


def _condition(spec: TableSpec | None, stem: str) -> str:
    found = re.match(r"^(\w+)\[(\d+)\]$", stem)
    record = getattr(spec, found.group(1))[int(found.group(2))] if found else None
    if record is None:
        return "always"
    if getattr(record, "otherwise", False):
        return "otherwise"
    return str(getattr(record, "when", "always")).replace("|", " or ")
