"""The network as plain tables in a file another program reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block, to_frame
from hpt_bayes.files import write_whole
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.identity import ModelIdentity, identity


@dataclass(frozen=True, repr=False)
class Exported(Result):
    """A written file.

    Attributes:
        model: the model written.
        format: of the file.
        path: of the file.
        variables: how many were written.
    """

    model: ModelIdentity
    format: str
    path: str
    variables: int

    def to_dict(self) -> dict[str, object]:
        """JSON-safe."""
        return {"model": self.model.to_dict(), "format": self.format, "path": self.path, "variables": self.variables}

    def to_frame(self) -> Frame:
        """One row."""
        return to_frame([self.to_dict() | {"model": str(self.model)}])

    def blocks(self) -> tuple[Rows, ...]:
        """One line."""
        return (lines_block(f"Wrote {self.path}", [f"{self.variables} variables of {self.model} as {self.format}."]),)


def export_network(network: Network, format: str, path: str | Path) -> Exported:
    """Write a network for another program.

    Args:
        network: as loaded.
        format: bif, xmlbif, net (through pgmpy) or json (names, parents and unrounded tables).
        path: of the file to write; an existing file is replaced.

    Returns:
        What was written.

    Raises:
        EvidenceError: when the file cannot be written.
        ModelFileError: for an unknown format.
    """
    if format == "json":
        data = {
            "id": network.id,
            "version": network.version,
            "variables": [
                {
                    "name": name,
                    "states": list(variable.states),
                    "parents": list(variable.parents),
                    "table": network.tables[name].tolist(),
                }
                for name, variable in network.variables.items()
            ],
        }
        write_whole(path, json.dumps(data))
    else:
        from hpt_bayes.network.pgmpy_bridge import write_foreign

        write_whole(path, lambda scratch: write_foreign(network, scratch, format))
    return Exported(identity(network), format, str(path), len(network.variables))
