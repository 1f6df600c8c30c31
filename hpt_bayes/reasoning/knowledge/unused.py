"""Evidence that nothing cites: published numbers that stand in evidence/*.csv and in no file of the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.locations import MANIFEST
from hpt_bayes.network.network import Network
from hpt_bayes.network.provenance import EvidenceRow
from hpt_bayes.network.yaml_reader import read_yaml
from hpt_bayes.reasoning.identity import ModelIdentity, identity
from hpt_bayes.reasoning.knowledge.published_shown import figure_text, paper_text


@dataclass(frozen=True, repr=False)
class Unused(Result):
    """Published numbers that no file of a model cites.

    Attributes:
        model: the model used.
        rows: they, by file and in its order.
        published: how many published numbers there are in all.
    """

    model: ModelIdentity
    rows: tuple[EvidenceRow, ...]
    published: int

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {
            "model": self.model.to_dict(),
            "published": self.published,
            "unused": len(self.rows),
            "rows": [asdict(row) for row in self.rows],
        }

    def to_frame(self) -> Frame:
        """One row a published number, by file."""
        return to_frame([asdict(row) for row in self.rows])

    def blocks(self) -> tuple[Rows, ...]:
        """Rows for people: a list for each file, then the count."""
        blocks = []
        for file, group in groupby(self.rows, key=lambda row: row.file):
            lines = [f"{row.topic}: {row.key}: {row.quantity} = {figure_text(row)}. {paper_text(row)}" for row in group]
            blocks.append(lines_block(f"{file}: {len(lines):,} that nothing cites", lines))
        count = f"{len(self.rows):,} of {self.published:,} published numbers are cited by nothing."
        return (*blocks, Rows(f"Model {self.model}", (), (), (count,)))


def unused_evidence(network: Network) -> Unused:
    """Published numbers that no file of the model cites, by key or in a text such as a note.

    Args:
        network: loaded from a folder.

    Returns:
        The rows and their count.

    Raises:
        EvidenceError: for a network that was not loaded from a model folder.
    """
    folder = Path(network.path)
    if not (network.path and (folder / MANIFEST).is_file()):
        raise EvidenceError(f"expected a model folder with evidence/*.csv, found {network.path or 'a network without'}")
    cited = {word for path in sorted(folder.glob("*.yaml")) for word in _words(read_yaml(path))}
    rows = sorted((row for key, row in network.evidence_rows.items() if key not in cited), key=lambda row: row.file)
    return Unused(identity(network), tuple(rows), len(network.evidence_rows))


def _words(part: object) -> Iterator[str]:
    """Every word of every text in a document; keys of published numbers are such words."""
    if isinstance(part, str):
        yield from re.findall(r"[\w.\-]*\w", part)
    elif isinstance(part, dict):
        for value in part.values():
            yield from _words(value)
    elif isinstance(part, (list, tuple)):
        for value in part:
            yield from _words(value)
