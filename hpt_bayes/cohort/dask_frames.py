"""`score_dask`: the same scorer on the partitions of a Dask table, on however many machines hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hpt_bayes.cohort.columns import read_columns
from hpt_bayes.cohort.frames import numeric_columns
from hpt_bayes.cohort.scorer import scorer_of
from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network


def score_dask(
    frame: Any,
    *,
    units: Mapping[str, str] | None = None,
    setting: str | None = None,
    network: Network | None = None,
    keep: Sequence[str] = (),
) -> Any:
    """Answer for every patient of a Dask table, lazily: nothing is scored before `compute` or `to_parquet`.

    Every worker needs hpt_bayes and reads the model itself: the packaged one, or one of your own from the path it has
    here. A worker that finds another model refuses. A partition of a lost worker is scored again by another one.

    Args:
        frame: `dask.dataframe.DataFrame`, one row a patient, columns as for `score_cohort`.
        units: unit of the numbers in a column, by heading.
        setting: of every patient, where there is no column `setting`.
        network: the model; the packaged one when None.
        keep: columns copied to the answer.

    Returns:
        `dask.dataframe.DataFrame` with the partitions of `frame` and the columns of `score_cohort`.

    Raises:
        EvidenceError: when a column cannot be understood, before any row is scored.
    """
    network = load_network() if network is None else network
    numeric = numeric_columns(frame._meta)
    columns = read_columns(network, tuple(frame.columns), numeric, units or {}, setting, keep)
    scorer = scorer_of(network, columns)
    return frame.map_partitions(scorer, meta=scorer(frame._meta))
