"""Where the numbers of a variable come from: each row as written, with basis, size and the papers behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from hpt_bayes.display.numbers import words
from hpt_bayes.display.rows import Rows, lines_block
from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.provenance import EvidenceRow, Number
from hpt_bayes.reasoning.basis import count_basis, numbers_of
from hpt_bayes.reasoning.identity import ModelIdentity, identity


@dataclass(frozen=True)
class SourcedNumber:
    """One number as written, and how it is known.

    Attributes:
        path: its place in the table, e.g. `rows[3].p.none`.
        value: the number.
        basis: measured, derived or judged.
        ess: effective sample size, or None.
        range: 90 % range, or None.
        evidence: keys of the published rows behind it.
        formula: how a derived number was computed, or None.
        why: the reason of a judged number, or None.
        note: contradictions and remarks, or None.
        place: file:line:column.
    """

    path: str
    value: float
    basis: str
    ess: float | None
    range: tuple[float, float] | None
    evidence: tuple[str, ...]
    formula: str | None
    why: str | None
    note: str | None
    place: str


@dataclass(frozen=True)
class Sources:
    """The numbers of one variable, or the count by variable.

    Attributes:
        model: the model used.
        variable: its name; None for the overview.
        numbers: as written.
        cited: the published rows they cite, by key.
        counts: numbers by variable and basis (overview only).
    """

    model: ModelIdentity
    variable: str | None
    numbers: tuple[SourcedNumber, ...]
    cited: tuple[EvidenceRow, ...]
    counts: tuple[tuple[str, dict[str, int]], ...]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe."""
        if self.variable is None:
            return {"model": self.model.to_dict(), "variables": dict(self.counts)}
        return {
            "model": self.model.to_dict(),
            "variable": self.variable,
            "numbers": [asdict(number) for number in self.numbers],
            "evidence": {row.key: {k: v for k, v in asdict(row).items() if k != "key"} for row in self.cited},
        }

    def blocks(self) -> tuple[Rows, ...]:
        """Rows for people: the numbers with their basis, then the papers."""
        if self.variable is None:
            return self._overview()
        cells = []
        for number in self.numbers:
            size = f"ess {number.ess:g}" if number.ess is not None else _interval(number.range)
            said = (", ".join(number.evidence), number.formula, number.why, number.note)
            known = "; ".join(text for text in said if text)
            cells.append((number.path, f"{number.value:g}", size, number.basis, known))
        columns = ("number", "value", "size", "basis", "evidence, formula or reason")
        papers = [
            f"{row.key}: {row.quantity} = {_published(row)}. {row.citation}{_identifier(row)}" for row in self.cited
        ]
        blocks = [Rows(f"Numbers of {self.variable}, as written", columns, tuple(cells), right=frozenset({1}))]
        if papers:
            blocks.append(lines_block("Published numbers they cite", papers))
        return (*blocks, Rows(f"Model {self.model}", (), (), ("",)))

    def _overview(self) -> tuple[Rows, ...]:
        kinds = ("measured", "derived", "judged")
        cells = [(name, *(str(count.get(kind, 0)) for kind in kinds)) for name, count in self.counts]
        totals = [sum(count.get(kind, 0) for _, count in self.counts) for kind in kinds]
        cells.append(("all", *(str(total) for total in totals)))
        return (
            Rows("Numbers as written, by variable", ("variable", *kinds), tuple(cells), right=frozenset({1, 2, 3})),
            Rows(f"Model {self.model}", (), (), ("`hpt-bayes sources VARIABLE` prints each number with its papers.",)),
        )


def sources_of(network: Network, variable: str | None = None) -> Sources:
    """Where numbers come from.

    Args:
        network: as loaded.
        variable: whose numbers; an overview of all variables when None.

    Returns:
        The sources.

    Raises:
        EvidenceError: for an unknown variable.
    """
    if variable is None:
        counts = tuple((name, dict(count_basis(network, [name]))) for name in network.variables)
        return Sources(identity(network), None, (), (), tuple((name, count) for name, count in counts if count))
    if variable not in network.variables:
        raise EvidenceError(f"unknown variable {variable!r}; {hint(variable, network.variables)}")
    written = [number for number in numbers_of(network, variable) if number.written]
    keys = dict.fromkeys(key for number in written for key in number.provenance.evidence)
    return Sources(
        identity(network),
        variable,
        tuple(_sourced(number) for number in written),
        tuple(network.evidence_rows[key] for key in keys if key in network.evidence_rows),
        (),
    )


def _sourced(number: Number) -> SourcedNumber:
    known = number.provenance
    return SourcedNumber(
        number.path,
        number.value,
        known.basis,
        number.ess,
        number.range,
        known.evidence,
        known.formula,
        known.why,
        known.note,
        str(number.place),
    )


def _interval(limits: Sequence[float] | None) -> str:
    return "" if limits is None else f"{limits[0]:g} to {limits[1]:g}"


def _published(row: EvidenceRow) -> str:
    text = "not stated" if row.value is None else f"{row.value:g}"
    if row.events is not None and row.n is not None:
        text += f" ({row.events:g}/{row.n:g})"
    elif row.n is not None:
        text += f" (n {row.n:g})"
    if row.lower is not None and row.upper is not None:
        text += f", 95 % interval {row.lower:g} to {row.upper:g}"
    return f"{text} {words(row.unit)}".strip()


def _identifier(row: EvidenceRow) -> str:
    year = f", {row.year}" if row.year else ""
    return f"{year}, {row.doi_or_pmid}" if row.doi_or_pmid else year
