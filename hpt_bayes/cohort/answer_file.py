"""The file of answers: parquet, written part by part, with the run it came from in its metadata."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hpt_bayes.cohort.sources import Source

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

RUN = b"hpt_bayes.run"
"""Key of the file's metadata under which an answer says which run it came from."""


def answer_schema(
    source: Source, keep: Sequence[str], added: Sequence[str], texts: Sequence[str], run: str
) -> pa.Schema:
    """Columns of the answer: the kept ones with their type, then those that are added.

    Args:
        source: the patients.
        keep: columns copied from it.
        added: columns the scorer adds.
        texts: those of them that hold text; the others hold numbers.
        run: what the answer was computed from, as text.
    """
    import pyarrow as pa

    kept = [source.schema.field(name).remove_metadata() for name in keep]
    new = [pa.field(name, pa.string() if name in texts else pa.float64()) for name in added]
    return pa.schema([*kept, *new], metadata={RUN: run.encode()})


def answer_table(chunk: pa.Table, scored: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """A chunk of the answer; kept columns are copied as they are, missing numbers are null.

    Args:
        chunk: the patients.
        scored: what the scorer says of them.
        schema: of the answer.
    """
    import pyarrow as pa

    arrays = [
        pa.chunked_array([pa.array(scored[each.name], type=each.type, from_pandas=True)])
        if each.name in scored.columns
        else chunk.column(each.name)
        for each in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def write_table(table: pa.Table, path: Path) -> None:
    """Write one part."""
    import pyarrow.parquet as pq

    pq.write_table(table, path)


def write_parts(parts: Sequence[Path], schema: pa.Schema, path: Path) -> None:
    """Write the parts, in order, as one file; one part is in memory at a time.

    Args:
        parts: the chunks of the answer.
        schema: of the answer.
        path: of the file to write.
    """
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema) as writer:
        for part in parts:
            with pq.ParquetFile(part) as file:
                writer.write_table(file.read())


def run_of(path: Path) -> str | None:
    """What the answer in a file was computed from; None when it is no answer."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            run = (file.schema_arrow.metadata or {}).get(RUN)
    except (pa.ArrowException, OSError):
        return None
    return None if run is None else run.decode("utf-8", "replace")


def status_counts(path: Path) -> Counter[str]:
    """How many patients of an answer have each status."""
    import pyarrow.parquet as pq

    counts: Counter[str] = Counter()
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=["status"]):
            counts.update(batch.column("status").to_pylist())
    return counts
