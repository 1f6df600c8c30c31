"""Where the numbers of a variable come from: each row as written, with basis, size and the papers behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from hpt_bayes.display.numbers import words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import interpret
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.provenance import EvidenceRow
from hpt_bayes.reasoning.basis import count_basis, numbers_of
from hpt_bayes.reasoning.compiled import calibrate, compile_model
from hpt_bayes.reasoning.identity import ModelIdentity, identity
from hpt_bayes.reasoning.knowledge.published_shown import figure_text, paper_text
from hpt_bayes.reasoning.knowledge.written_rows import WrittenRow, written_rows

KINDS = ("measured", "derived", "judged")
_LEAST_SHOWN = 0.0005


@dataclass(frozen=True)
class GivenAndFree:
    """P(state | setting) of a variable whose rows are published for confirmed cases.

    Attributes:
        setting: its name.
        given: as written, given the case definition, by state.
        free: as the network uses it, without the case definition, by state.
    """

    setting: str
    given: Mapping[str, float]
    free: Mapping[str, float]


@dataclass(frozen=True, repr=False)
class Sources(Result):
    """The numbers of one variable, or the count by variable.

    Attributes:
        model: the model used.
        variable: its name; None for the overview.
        rows: as written.
        cited: the published rows they cite, by key.
        conditioned: for rows published given a confirmed case, both readings by setting.
        counts: numbers by variable and basis (overview only).
    """

    model: ModelIdentity
    variable: str | None
    rows: tuple[WrittenRow, ...]
    cited: tuple[EvidenceRow, ...]
    conditioned: tuple[GivenAndFree, ...]
    counts: tuple[tuple[str, dict[str, int]], ...]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe."""
        if self.variable is None:
            return {"model": self.model.to_dict(), "variables": dict(self.counts)}
        return {
            "model": self.model.to_dict(),
            "variable": self.variable,
            "rows": [{**asdict(row), "figures": dict(row.figures)} for row in self.rows],
            "by_setting": [asdict(each) for each in self.conditioned],
            "evidence": {row.key: {k: v for k, v in asdict(row).items() if k != "key"} for row in self.cited},
        }

    def blocks(self) -> tuple[Rows, ...]:
        """Rows for people: the numbers with their basis, then the papers."""
        if self.variable is None:
            return self._overview()
        cells = []
        for row in self.rows:
            figures = ", ".join(f"{name} {value:g}".strip() for name, value in row.figures)
            size = f"ess {row.ess:g}" if row.ess is not None else _interval(row.range)
            said = (", ".join(row.evidence), row.formula, row.why, row.note)
            known = "; ".join(text for text in said if text)
            cells.append((f"{words(row.part)}, {row.when}", figures, size, row.basis, known))
        columns = ("for", "numbers", "size", "basis", "evidence, formula or reason")
        papers = [f"{row.key}: {row.quantity} = {figure_text(row)}. {paper_text(row)}" for row in self.cited]
        title = f"{self.variable}, as written"
        blocks = [
            Rows(title, columns, tuple(cells))
            if cells
            else lines_block(title, ["The model file writes no table of numbers for it: it follows from its parents."])
        ]
        if self.conditioned:
            blocks.append(self._both())
        if papers:
            blocks.append(lines_block("Published numbers they cite", papers))
        return (*blocks, Rows(f"Model {self.model}", (), (), ("",)))

    def to_frame(self) -> Frame:
        """A number a line with its condition, basis, size, evidence and reason; or the counts by variable."""
        if self.variable is None:
            return to_frame(
                [{"variable": name, **{kind: each.get(kind, 0) for kind in KINDS}} for name, each in self.counts]
            )
        return to_frame(
            [
                {
                    "variable": self.variable,
                    "part": row.part,
                    "when": row.when,
                    "state": name,
                    "value": value,
                    "basis": row.basis,
                    "ess": row.ess,
                    "range": row.range,
                    "evidence": ", ".join(row.evidence),
                    "reason": row.formula or row.why or row.note or "",
                }
                for row in self.rows
                for name, value in row.figures
            ]
        )

    def _both(self) -> Rows:
        """The rows as published for confirmed cases, beside what the network holds before that is known."""
        cells = tuple(
            (each.setting, state, f"{each.given[state]:.4f}", f"{each.free[state]:.4f}")
            for each in self.conditioned
            for state in each.given
            if max(each.given[state], each.free[state]) >= _LEAST_SHOWN
        )
        note = "The rows are published for confirmed cases; the last column returns them once confirmed."
        columns = ("setting", "state", "confirmed case", "before")
        return Rows("Given a confirmed case, and before", columns, cells, (note,), right=frozenset({2, 3}))

    def _overview(self) -> tuple[Rows, ...]:
        cells = [(name, *(str(count.get(kind, 0)) for kind in KINDS)) for name, count in self.counts]
        totals = [sum(count.get(kind, 0) for _, count in self.counts) for kind in KINDS]
        cells.append(("all", *(str(total) for total in totals)))
        return (
            Rows("Numbers as written, by variable", ("variable", *KINDS), tuple(cells), right=frozenset({1, 2, 3})),
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
        shown = tuple((name, count) for name, count in counts if count)
        return Sources(identity(network), None, (), (), (), shown)
    if variable not in network.variables:
        raise EvidenceError(f"unknown variable {variable!r}; {hint(variable, network.variables)}")
    rows = written_rows(network.variables[variable], numbers_of(network, variable))
    keys = dict.fromkeys(key for row in rows for key in row.evidence)
    return Sources(
        identity(network),
        variable,
        rows,
        tuple(network.evidence_rows[key] for key in keys if key in network.evidence_rows),
        _conditioned(network, variable) if variable in network.published else (),
        (),
    )


def _conditioned(network: Network, variable: str) -> tuple[GivenAndFree, ...]:
    definition = network.case_definition
    found = []
    for setting in definition.settings if definition else ():
        model = compile_model(network, (setting,))
        both = [
            model.marginal(calibrate(model, interpret(network, (setting,), retracted=left_out)), variable)
            for left_out in ((), (definition.name,) if definition else ())
        ]
        states = network.variables[variable].states
        given, free = (dict(zip(states, each.tolist(), strict=True)) for each in both)
        found.append(GivenAndFree(setting, given, free))
    return tuple(found)


def _interval(limits: Sequence[float] | None) -> str:
    return "" if limits is None else f"{limits[0]:g} to {limits[1]:g}"
