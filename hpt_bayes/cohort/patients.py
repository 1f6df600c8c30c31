"""From a row of cells to one patient's interpreted evidence; a cell that many rows share is read once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from hpt_bayes.cohort.columns import Columns, FindingColumn, settings_named
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.evidence.observation import Observation, observation
from hpt_bayes.evidence.text_form import Reading, parse
from hpt_bayes.network.network import Network

Cell = object
Row = Mapping[str, Cell]


@dataclass
class Reader:
    """Reads rows; remembers what cells mean, so it serves one chunk and is then thrown away.

    Args:
        network: what is believed.
        columns: what the columns mean.
    """

    network: Network
    columns: Columns
    _known: dict[tuple[object, ...], Observation | EvidenceError] = field(default_factory=dict)

    def entered(self, row: Row) -> EnteredEvidence:
        """The evidence of one patient.

        Args:
            row: cells by heading; None, NaN and blank text mean "not done".

        Returns:
            The evidence, as one case with the same entries has it.

        Raises:
            EvidenceError: naming the column, for a cell that cannot be accepted or entries that exclude each other.
        """
        columns = self.columns
        settings = columns.settings if columns.setting is None else self._settings(_cleaned(row[columns.setting]))
        observations = []
        for column in columns.findings:
            cell = _cleaned(row[column.column])
            limit = None if column.limit is None else _cleaned(row[column.limit])
            if cell is not None:
                observations.append(self._observation(column, cell, limit))
        return interpret(self.network, settings, observations)

    def _settings(self, cell: Cell) -> tuple[str, ...]:
        if not isinstance(cell, str):
            found = "nothing" if cell is None else repr(cell)
            raise EvidenceError(f"setting: expected one of {', '.join(self.network.settings)}, found {found}")
        return settings_named(self.network, cell)

    def _observation(self, column: FindingColumn, cell: Cell, limit: Cell) -> Observation:
        key = (column.column, *((type(each), str(each)) for each in (cell, limit)))
        known = self._known.get(key)
        if known is None:
            try:
                known = self._read(column, cell, limit)
            except EvidenceError as error:
                known = error
            self._known[key] = known
        if isinstance(known, EvidenceError):
            raise EvidenceError(f"column {column.column!r}: {known}")
        return known

    def _read(self, column: FindingColumn, cell: Cell, limit: Cell) -> Observation:
        if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
            raise EvidenceError(f"expected text or a number, found {cell!r}")
        if isinstance(limit, bool) or not (limit is None or isinstance(limit, (str, int, float))):
            raise EvidenceError(f"expected a number or `unknown` in column {column.limit!r}, found {limit!r}")
        said = parse(cell) if isinstance(cell, str) else Reading(value=cell)
        if isinstance(limit, str) and (number := parse(limit)) == Reading(value=number.value):
            limit = number.value
        unit = column.unit if said.numeric and said.unit is None else None
        upper_limit = limit if said.numeric else None
        return observation(self.network, column.column, cell, unit, upper_limit=upper_limit)


def _cleaned(cell: Cell) -> Cell:
    """A cell as plain Python; None for one that says nothing."""
    if hasattr(cell, "item"):
        cell = cell.item()
    if cell is None or (isinstance(cell, float) and math.isnan(cell)) or type(cell).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell
