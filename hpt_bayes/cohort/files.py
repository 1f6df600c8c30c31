"""`score_file`: a file of patients in, a file of answers out, whatever interrupts it.

Each chunk of answers is a part file in a folder beside the answer, next to a manifest of what the run was begun with.
Every file appears whole or not at all, so that a run that is killed continues where it stood when it is started again,
and ends with the bytes of a run that was not.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hpt_bayes.cohort.answer_file import (
    answer_schema,
    answer_table,
    run_of,
    status_counts,
    write_parts,
    write_table,
)
from hpt_bayes.cohort.columns import read_columns
from hpt_bayes.cohort.frames import Progress, in_order, silent
from hpt_bayes.cohort.parts import Parts, parts_of, run_text
from hpt_bayes.cohort.scorer import IMPOSSIBLE, INVALID, OK, TEXTS, Scorer, added_columns, scorer_of
from hpt_bayes.cohort.sources import Source, evidence_frame, open_source
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.facts import listed_names
from hpt_bayes.evidence.number import checked_whole
from hpt_bayes.files import path_of, write_whole
from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.identity import ModelIdentity, identity

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

PART = 2_000
"""Patients in a part file: at most that many for each process are scored again after an interruption."""


@dataclass(frozen=True, repr=False)
class ScoredFile(Result):
    """A file of answers.

    Attributes:
        model: it was computed with.
        path: of the file.
        rows: patients in it.
        ok: how many have an answer.
        impossible: how many have findings that cannot be true together.
        invalid: how many could not be read.
        found: how many of them had been scored before, by a run that was interrupted or is asked for again.
    """

    model: ModelIdentity
    path: str
    rows: int
    ok: int
    impossible: int
    invalid: int
    found: int

    def to_dict(self) -> dict[str, object]:
        """JSON-safe."""
        return asdict(self)

    def to_frame(self) -> Frame:
        """One row."""
        return to_frame([asdict(self) | {"model": str(self.model)}])

    def blocks(self) -> tuple[Rows, ...]:
        """What was written, in a few lines."""
        lines = [f"{self.ok} of {self.rows} patients have an answer."]
        if self.impossible or self.invalid:
            lines.append(
                f"{self.impossible} impossible and {self.invalid} invalid: column `message` says what is wrong."
            )
        if self.found:
            lines.append(f"{self.found} of them had been scored before and were taken over.")
        return (lines_block(f"Wrote {self.path}", lines),)


def score_file(
    source: str | Path,
    target: str | Path,
    *,
    units: Mapping[str, str] | None = None,
    setting: str | None = None,
    network: Network | None = None,
    keep: Sequence[str] = (),
    chunk: int = PART,
    workers: int = 2,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> ScoredFile:
    """Answer for every patient of a file; called again after an interruption, it continues.

    Args:
        source: parquet file, or CSV file (`.csv`), one row a patient, columns as for `score_cohort`.
        target: parquet file to write; parts are collected in a folder beside it, `<target>.parts`.
        units: unit of the numbers in a column, by heading.
        setting: of every patient, where there is no column `setting`.
        network: the model; the packaged one when None.
        keep: columns copied to the answer, with their type; those of a CSV file are text.
        chunk: patients scored at a time and kept in one part file, which bounds memory.
        workers: processes.
        overwrite: replace an existing answer.
        progress: called with a text and the number of rows; gives a context that takes the rows done.

    Returns:
        What was written.

    Raises:
        EvidenceError: a file that cannot be read or written, a column that cannot be understood, an answer that is
            there already, or parts of a run on another input, with other options, model or version.
        HptBayesError: when pyarrow is not installed.
    """
    source, target = path_of(source), path_of(target)
    if target.is_dir() or not target.name:
        raise EvidenceError(f"{target}: expected a file to write the answers to, found a folder")
    if target.suffix.lower() == ".csv":
        name = target.with_suffix(".parquet").name
        raise EvidenceError(f"{target}: answers are written as parquet, not as CSV; name the file {name}")
    network = load_network() if network is None else network
    keep = listed_names("column", keep)
    patients = open_source(source)
    checked_whole("chunk", chunk, 1)
    checked_whole("workers", workers, 1)
    columns = read_columns(network, patients.schema.names, patients.numeric, units or {}, setting, keep)
    scorer = scorer_of(network, columns)
    run = run_text(patients, network, units or {}, setting, keep, chunk)
    parts = parts_of(target, patients.rows, chunk)
    found = patients.rows
    if not _finished(source, target, parts, run, overwrite):
        schema = answer_schema(patients, keep, added_columns(network), TEXTS, run)
        try:
            parts.begin(run)
            found = _score_missing(scorer, patients, parts, schema, workers, progress or silent)
            write_whole(target, lambda path: write_parts(parts.names, schema, path), parts.folder)
        except OSError as error:
            raise EvidenceError(f"cannot write {error.filename or target}: {error.strerror or error}") from None
    shutil.rmtree(parts.folder, ignore_errors=True)
    counts = status_counts(target)
    of_each = (counts[OK], counts[IMPOSSIBLE], counts[INVALID])
    return ScoredFile(identity(network), str(target), patients.rows, *of_each, found)


def _score_missing(
    scorer: Scorer, patients: Source, parts: Parts, schema: pa.Schema, workers: int, progress: Progress
) -> int:
    """Write the parts that are missing; returns how many patients those have that were not."""
    bare = replace(scorer, columns=replace(scorer.columns, keep=()))
    ready = frozenset(name for name in parts.names if name.exists())
    found = sum(size for name, size in zip(parts.names, parts.sizes, strict=True) if name in ready)
    missing = len(parts.names) - len(ready)
    waiting: deque[tuple[Path, pa.Table]] = deque()

    def pieces() -> Iterator[pd.DataFrame]:
        if not missing:
            return
        for name, chunk in zip(parts.names, patients.chunks(parts.sizes[0]), strict=True):
            if name not in ready:
                waiting.append((name, chunk))
                yield evidence_frame(chunk, bare.columns)

    with progress("Patients", patients.rows) as advance:
        advance(found)
        for scored in in_order(bare, pieces(), min(workers, max(missing, 1))):
            name, chunk = waiting.popleft()
            write_whole(name, partial(write_table, answer_table(chunk, scored, schema)))
            advance(len(scored))
    return found


def _finished(source: Path, target: Path, parts: Parts, run: str, overwrite: bool) -> bool:
    """Whether the answer is there, because a run was interrupted after its last step or asked for twice."""
    if not target.exists():
        return False
    if target.samefile(source):
        raise EvidenceError(f"{target} is the file of patients; write the answer to another one")
    if run_of(target) == run and (parts.folder.exists() or not overwrite):
        return True
    if not overwrite:
        raise EvidenceError(
            f"{target} exists and is not the answer to this question; --overwrite (overwrite=True) replaces it"
        )
    return False
