"""The scorer: a chunk of patients in, their answers out, in the same order; no row is dropped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.cohort.batches import answered
from hpt_bayes.cohort.columns import Columns
from hpt_bayes.cohort.patients import Reader
from hpt_bayes.engine import EvidenceFactors
from hpt_bayes.errors import EvidenceError, HptBayesError, ImpossibleEvidence, NetworkTooWide
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.load import load_network
from hpt_bayes.network.locations import DEFAULT, is_packaged, models_folder
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, compile_model, engine_evidence
from hpt_bayes.reasoning.impossible import require_possible

if TYPE_CHECKING:
    import pandas as pd

OK, IMPOSSIBLE, INVALID = "ok", "impossible", "invalid"
TEXTS = "site", "status", "message"
"""Added columns that hold text; the others hold numbers."""


@dataclass(frozen=True)
class Scorer:
    """Everything needed to score patients, small and picklable: it travels to other processes and machines.

    Attributes:
        model: path of the model, which every process reads for itself; None for the packaged one, wherever that is.
        digest: sha256 of the model; a process that finds another one refuses.
        columns: what the columns mean.
    """

    model: str | None
    digest: str
    columns: Columns

    def network(self) -> Network:
        """The model, read once in each process.

        Raises:
            HptBayesError: when its files are not those the scorer was made with.
        """
        path = str(models_folder() / DEFAULT) if self.model is None else self.model
        network = _loaded(path)
        if network.digest != self.digest:
            raise HptBayesError(f"the model at {path} has changed since scoring began, or this machine has another one")
        return network

    def __call__(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Score one chunk.

        Args:
            frame: one row a patient, with the columns the scorer was made for.

        Returns:
            Kept columns, one column a diagnosis, `site`, `site_probability`, `log_evidence`, `status` (ok, impossible,
            invalid) and `message`, with the index of `frame`.
        """
        import pandas as pd

        network, columns = self.network(), replace(self.columns, keep=())
        distinct, equal_to = _distinct(frame, columns.needed)
        answers = pd.DataFrame(_answers(network, columns, frame.iloc[distinct].reset_index(drop=True)))
        kept: dict[str, Any] = {name: frame[name] for name in self.columns.keep}
        return pd.DataFrame(kept | dict(answers.iloc[equal_to].set_axis(frame.index).items()), index=frame.index)


def added_columns(network: Network) -> tuple[str, ...]:
    """Headings of the columns an answer adds to the kept ones.

    Args:
        network: what is believed.
    """
    return (*(row.name for row in network.diagnoses), "site", "site_probability", "log_evidence", "status", "message")


def scorer_of(network: Network, columns: Columns) -> Scorer:
    """The scorer of a loaded network.

    Args:
        network: what is believed.
        columns: what the columns mean.

    Raises:
        EvidenceError: when a kept column has the name of one the answer adds.
    """
    for name in columns.keep:
        if name in added_columns(network):
            raise EvidenceError(f"column {name!r} cannot be kept, the answer has a column of that name; rename it")
    return Scorer(None if is_packaged(network.path) else network.path, network.digest, columns)


@cache
def _loaded(path: str) -> Network:
    return load_network(path)


def _distinct(frame: pd.DataFrame, headings: Sequence[str]) -> tuple[list[int], list[int]]:
    """Positions of the rows that say different things, and for each row the number of the one it equals."""
    number: dict[tuple[object, ...], int] = {}
    positions: list[int] = []
    equal_to: list[int] = []
    for row, cells in enumerate(_rows(frame, headings)):
        known = number.setdefault(tuple((type(cell), str(cell)) for cell in cells), len(positions))
        if known == len(positions):
            positions.append(row)
        equal_to.append(known)
    return positions, equal_to


def _rows(frame: pd.DataFrame, headings: Sequence[str]) -> Iterable[tuple[object, ...]]:
    """The cells of each row."""
    return zip(*(frame[name].tolist() for name in headings), strict=True) if headings else [()] * len(frame)


def _answers(network: Network, columns: Columns, frame: pd.DataFrame) -> dict[str, Any]:
    """The answer's own columns."""
    count = len(frame)
    names = [row.name for row in network.diagnoses]
    places = () if network.site_variable is None else network.variables[network.site_variable].states
    status, message = [OK] * count, [""] * count
    diagnoses, site = np.full((count, len(names)), np.nan), np.full((count, len(places)), np.nan)
    log_evidence = np.full(count, np.nan)
    for settings, patients in _interpreted(network, columns, frame, status, message).items():
        try:
            model = compile_model(network, settings)
        except NetworkTooWide as error:
            for row in patients:
                status[row], message[row] = INVALID, str(error)
            continue
        evidence: list[tuple[int, EvidenceFactors]] = [(row, engine_evidence(model, e)) for row, e in patients.items()]
        for answer in answered(model, evidence):
            log_evidence[answer.rows] = answer.log_evidence
            diagnoses[answer.rows] = answer.diagnoses
            site[answer.rows] = answer.site
            for row in answer.rows[~np.isfinite(answer.log_evidence)].tolist():
                status[row], message[row] = _refused(model, patients[row])
    failed = np.array([each != OK for each in status], dtype=bool)
    diagnoses[failed], site[failed], log_evidence[failed] = np.nan, np.nan, np.nan
    best = _first_of_the_likeliest(site) if places else np.zeros(count, dtype=np.int64)
    told = [places[at] if places and not bad else None for at, bad in zip(best.tolist(), failed.tolist(), strict=True)]
    largest = site[np.arange(count), best] if places else np.full(count, np.nan)
    return {
        **{name: diagnoses[:, number] for number, name in enumerate(names)},
        "site": _texts(told, frame),
        "site_probability": largest,
        "log_evidence": log_evidence,
        "status": _texts(status, frame),
        "message": _texts(message, frame),
    }


def _first_of_the_likeliest(site: NDArray[np.float64]) -> NDArray[np.intp]:
    """Position of the likeliest place; of places that differ by rounding alone the first, whoever shares the batch."""
    known = np.nan_to_num(site, nan=-1.0)
    return np.asarray(np.argmax(known >= known.max(axis=1, keepdims=True) - 1e-12, axis=1))


def _texts(texts: Sequence[str | None], frame: pd.DataFrame) -> pd.Series[Any]:
    """A column of text whose type does not depend on what is in it, so that chunks fit together."""
    import pandas as pd

    return pd.Series(list(texts), index=frame.index, dtype=object)


def _interpreted(
    network: Network, columns: Columns, frame: pd.DataFrame, status: list[str], message: list[str]
) -> dict[tuple[str, ...], dict[int, EnteredEvidence]]:
    """Evidence of each valid row, by settings; invalid rows get their status and message."""
    reader = Reader(network, columns)
    headings = columns.needed
    found: dict[tuple[str, ...], dict[int, EnteredEvidence]] = defaultdict(dict)
    for row, values in enumerate(_rows(frame, headings)):
        try:
            entered = reader.entered(dict(zip(headings, values, strict=True)))
            found[entered.settings][row] = entered
        except EvidenceError as error:
            status[row], message[row] = INVALID, str(error)
    return found


def _refused(model: CompiledModel, entered: EnteredEvidence) -> tuple[str, str]:
    """Status and reason of a patient whose findings have probability zero."""
    try:
        require_possible(model, entered, calibrate(model, entered))
    except ImpossibleEvidence as error:
        return IMPOSSIBLE, str(error)
    except EvidenceError as error:
        return INVALID, str(error)
    raise AssertionError("evidence of probability zero was accepted")
