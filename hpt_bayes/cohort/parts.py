"""The folder of parts: chunks of an answer that is not complete yet, and a manifest of what the run was begun with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hpt_bayes import __version__
from hpt_bayes.cohort.sources import Source
from hpt_bayes.errors import EvidenceError
from hpt_bayes.files import write_whole
from hpt_bayes.network.network import Network


@dataclass(frozen=True)
class Parts:
    """Where the chunks of an answer are.

    Attributes:
        folder: of the parts, beside the answer.
        names: part files, in order; those that exist are complete.
        sizes: patients in each.
    """

    folder: Path
    names: tuple[Path, ...]
    sizes: tuple[int, ...]

    def begin(self, run: str) -> None:
        """Make the folder, or see that what it holds belongs to this run.

        Args:
            run: everything that decides the bytes of the answer, see `run_text`.

        Raises:
            EvidenceError: when the folder holds parts of another run, or cannot be written.
        """
        self.folder.mkdir(exist_ok=True)
        manifest = self.folder / "manifest.json"
        if not manifest.exists():
            write_whole(manifest, run)
            return
        begun = manifest.read_text(encoding="utf-8", errors="replace")
        if begun != run:
            raise EvidenceError(
                f"{self.folder} holds the beginning of another run ({_differs(begun, run)}); delete that folder to "
                "start afresh, or continue with what the run was begun with"
            )


def parts_of(target: Path, rows: int, chunk: int) -> Parts:
    """The parts of an answer.

    Args:
        target: file of the answer.
        rows: patients in it.
        chunk: patients in a part.
    """
    folder = target.with_name(f"{target.name}.parts")
    starts = range(0, rows, chunk)
    names = tuple(folder / f"{start // chunk:07d}.parquet" for start in starts)
    return Parts(folder, names, tuple(min(chunk, rows - start) for start in starts))


def run_text(
    patients: Source, network: Network, units: Mapping[str, str], setting: str | None, keep: Sequence[str], chunk: int
) -> str:
    """Everything that decides the bytes of an answer, as JSON.

    Args:
        patients: the input.
        network: the model.
        units: by column.
        setting: of every patient, or None.
        keep: columns copied.
        chunk: patients in a part.
    """
    import pyarrow as pa

    decides = {
        "input": patients.digest,
        "model": network.digest,
        "units": dict(sorted(units.items())),
        "setting": setting,
        "keep": list(keep),
        "chunk": chunk,
        "hpt_bayes": __version__,
        "pyarrow": pa.__version__,
    }
    return json.dumps(decides, indent=1)


def _differs(begun: str, run: str) -> str:
    try:
        before, now = json.loads(begun), json.loads(run)
        names = [name for name in now if name not in before or before[name] != now[name]]
    except (ValueError, TypeError):
        return "its manifest cannot be read"
    return f"different: {', '.join(names)}"
