"""Files of patients, parquet or CSV, a chunk at a time: the whole file is never in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hpt_bayes.cohort.columns import Columns
from hpt_bayes.errors import EvidenceError, HptBayesError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_BARE = r"^\s*[<>≤≥]?=?\s*[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?\s*$"
"""A number, or a bound, without a unit."""


@dataclass(frozen=True)
class Source:
    """A table of patients in a file.

    Attributes:
        path: of the file.
        digest: sha256 of its bytes.
        rows: how many patients.
        schema: names and types of the columns; those of a CSV file are all text.
        numeric: headings of the columns that hold numbers; in a CSV file one number without a unit is enough.
    """

    path: Path
    digest: str
    rows: int
    schema: pa.Schema
    numeric: tuple[str, ...]

    def chunks(self, size: int) -> Iterator[pa.Table]:
        """Its rows in order, `size` at a time.

        Raises:
            EvidenceError: when the file breaks off.
        """
        import pyarrow as pa

        held: list[pa.RecordBatch] = []
        missing = size
        with _readable(self.path):
            for batch in _batches(self.path, self.schema, size):
                rest = batch
                while rest.num_rows:
                    held.append(rest.slice(0, missing))
                    rest, missing = rest.slice(missing), missing - held[-1].num_rows
                    if not missing:
                        yield pa.Table.from_batches(held)
                        held, missing = [], size
        if held:
            yield pa.Table.from_batches(held)


def open_source(path: Path) -> Source:
    """Look at a file of patients: a CSV file is read through once, of a parquet file no row is read.

    Args:
        path: of a CSV file when it ends in `.csv`, else of a parquet file.

    Raises:
        EvidenceError: a missing file, or one that is neither.
        HptBayesError: when pyarrow is not installed.
    """
    try:
        import pyarrow.parquet as pq
        import pyarrow.types as kinds
    except ImportError:
        raise HptBayesError("files of patients need pyarrow: pip install 'hpt-bayes[cohort]'") from None
    with _readable(path):
        with path.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        if _is_csv(path):
            return _open_csv(path, digest)
        with pq.ParquetFile(path) as file:
            rows, schema = file.metadata.num_rows, file.schema_arrow
    numeric = (each.name for each in schema if kinds.is_integer(each.type) or kinds.is_floating(each.type))
    return Source(path, digest, rows, schema, tuple(numeric))


def _open_csv(path: Path, digest: str) -> Source:
    """Count the rows and find the columns with numbers; every column is text.

    A cell may say `<0.01` after any number of numbers, and an id keeps its leading zeros.
    """
    import pyarrow as pa
    import pyarrow.compute as compute
    import pyarrow.csv as csv

    with csv.open_csv(path) as reader:
        names = reader.schema.names
    schema = pa.schema([pa.field(name, pa.string()) for name in names])
    rows, numeric = 0, dict.fromkeys(names, False)
    for batch in _batches(path, schema, 0):
        rows += batch.num_rows
        for name, column in zip(names, batch.columns, strict=True):
            numeric[name] = numeric[name] or bool(compute.any(compute.match_substring_regex(column, _BARE)).as_py())
    return Source(path, digest, rows, schema, tuple(name for name in names if numeric[name]))


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _batches(path: Path, schema: pa.Schema, size: int) -> Iterator[pa.RecordBatch]:
    """Its rows in pieces of any length, up to about `size` of a parquet file."""
    import pyarrow.csv as csv
    import pyarrow.parquet as pq

    if _is_csv(path):
        kinds = {field.name: field.type for field in schema}
        convert = csv.ConvertOptions(column_types=kinds, strings_can_be_null=True)
        parse = csv.ParseOptions(newlines_in_values=True)
        with csv.open_csv(path, parse_options=parse, convert_options=convert) as reader:
            yield from reader
    else:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(batch_size=size)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what pyarrow says about a file into a refusal."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise EvidenceError(f"{path}: expected a parquet or CSV file of patients, found none ({reason})") from None


def evidence_frame(chunk: pa.Table, columns: Columns) -> pd.DataFrame:
    """The cells that are read, as the scorer takes them."""
    import pandas as pd

    cells = {name: chunk.column(name).to_pandas(ignore_metadata=True) for name in columns.needed}
    return pd.DataFrame(cells, index=pd.RangeIndex(chunk.num_rows))
