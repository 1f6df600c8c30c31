"""The network as plain tables in a file another program reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from hpt_bayes.display.rows import Rows, lines_block
from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.identity import ModelIdentity, identity


@dataclass(frozen=True)
class Exported:
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

    def blocks(self) -> tuple[Rows, ...]:
        """One line."""
        return (lines_block(f"Wrote {self.path}", [f"{self.variables} variables of {self.model} as {self.format}."]),)


def export_network(network: Network, format: str, path: Path) -> Exported:
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
        write_text(path, json.dumps(data))
    else:
        from hpt_bayes.network.pgmpy_bridge import write_foreign

        try:
            write_foreign(network, path, format)
        except OSError as error:
            raise _not_written(path, error) from None
    return Exported(identity(network), format, str(path), len(network.variables))


def write_text(path: Path, text: str) -> None:
    """Write a whole file.

    Raises:
        EvidenceError: when the folder does not exist or cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _not_written(path, error) from None


def _not_written(path: Path, error: OSError) -> EvidenceError:
    return EvidenceError(f"cannot write {path}: {error.strerror or error}")
