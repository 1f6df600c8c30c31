"""`score_cohort`: a pandas table of patients in, a table of answers out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from reprlib import repr as brief
from typing import TYPE_CHECKING, Any

from hpt_bayes.cohort.columns import read_columns
from hpt_bayes.cohort.scorer import Scorer, scorer_of
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.number import checked_whole
from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 10_000
WORTH_A_PROCESS = 2_000
"""Rows from which another process pays for reading the model."""

Progress = Callable[[str, int], AbstractContextManager[Callable[[int], object]]]


def score_cohort(
    frame: pd.DataFrame,
    *,
    units: Mapping[str, str] | None = None,
    setting: str | None = None,
    network: Network | None = None,
    keep: Sequence[str] = (),
    chunk: int = CHUNK,
    workers: int = 2,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Answer for every patient of a table.

    Args:
        frame: one row a patient, or anything pandas makes a table of; columns are finding names, `setting`,
            `pth.upper_limit` and columns to keep. Numbers are in the unit of `units`, text is in the one text form
            (`focus@left_inferior`, `negative|equivocal`, `<0.01`); NaN, None and blank text mean "not done".
        units: unit of the numbers in a column, by heading.
        setting: of every patient, where there is no column `setting`.
        network: the model; the packaged one when None.
        keep: columns copied to the answer.
        chunk: rows scored at a time, which bounds memory.
        workers: processes; one for a small table.
        progress: called with a text and the number of rows; gives a context that takes the rows done.

    Returns:
        Kept columns, one column a diagnosis, `site`, `site_probability`, `log_evidence` (natural log), `status` (ok,
        impossible, invalid) and `message`, in the order and with the index of `frame`; no row is dropped.

    Raises:
        EvidenceError: something else than a table, or a column that cannot be understood, before any row is scored.
    """
    import pandas as pd

    try:
        table = frame if isinstance(frame, pd.DataFrame) else pd.DataFrame(frame)
    except (ValueError, TypeError):
        raise EvidenceError(f"expected a table of patients, found {brief(frame)}; score_file reads files") from None
    network = load_network() if network is None else network
    columns = read_columns(network, tuple(table.columns), numeric_columns(table), units or {}, setting, keep)
    scorer = scorer_of(network, columns)
    starts = range(0, len(table), checked_whole("chunk", chunk, 1))
    pieces = (table.iloc[start : start + chunk] for start in starts)
    if checked_whole("workers", workers, 1) > 1 and len(table) <= WORTH_A_PROCESS:
        workers = 1
    with (progress or silent)("Patients", len(table)) as advance:
        scored = []
        for piece in in_order(scorer, pieces, workers):
            scored.append(piece)
            advance(len(piece))
    return pd.concat(scored) if scored else scorer(table)


def in_order(scorer: Scorer, pieces: Iterator[pd.DataFrame], workers: int) -> Iterator[pd.DataFrame]:
    """Score chunks, several processes at a time, and give them back in order.

    Args:
        scorer: of the chunks.
        pieces: the chunks; each is read when a process is free, so memory stays bounded.
        workers: processes; 1 stays in this one.

    Yields:
        The answer of each chunk.
    """
    if workers == 1:
        yield from map(scorer, pieces)
        return
    from joblib import Parallel, delayed

    parallel: Any = Parallel(n_jobs=workers, return_as="generator", pre_dispatch=workers)
    yield from parallel(delayed(scorer)(piece) for piece in pieces)


def numeric_columns(table: pd.DataFrame) -> tuple[str, ...]:
    """Headings of the columns that hold numbers (not truth values)."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    kinds = table.dtypes.items()
    return tuple(str(name) for name, kind in kinds if is_numeric_dtype(kind) and not is_bool_dtype(kind))


def silent(text: str, total: int) -> AbstractContextManager[Callable[[int], object]]:
    """Progress that nobody sees."""
    return nullcontext(lambda done: None)
