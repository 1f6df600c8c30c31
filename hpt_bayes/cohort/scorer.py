"""The scorer: a chunk of patients in, their answers out, in the same order; no row is dropped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from hpt_bayes.cohort.batches import answered
from hpt_bayes.cohort.columns import Columns
from hpt_bayes.cohort.patients import Reader
from hpt_bayes.engine import EvidenceFactors
from hpt_bayes.errors import EvidenceError, HptBayesError, ImpossibleEvidence, NetworkTooWide
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, compile_model, engine_evidence
from hpt_bayes.reasoning.impossible import require_possible

if TYPE_CHECKING:
    import pandas as pd

OK, IMPOSSIBLE, INVALID = "ok", "impossible", "invalid"


@dataclass(frozen=True)
class Scorer:
    """Everything needed to score patients, small and picklable: it travels to other processes and machines.

    Attributes:
        model: path of the model, which every process reads for itself.
        digest: sha256 of the model; a process that finds another one refuses.
        columns: what the columns mean.
    """

    model: str
    digest: str
    columns: Columns

    def network(self) -> Network:
        """The model, read once in each process.

        Raises:
            HptBayesError: when its files are not those the scorer was made with.
        """
        network = _loaded(self.model)
        if network.digest != self.digest:
            raise HptBayesError(f"the model at {self.model} has changed since scoring began; start again")
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

        network = self.network()
        cells = _answers(network, self.columns, frame)
        kept: dict[str, Any] = {name: frame[name] for name in self.columns.keep}
        return pd.DataFrame(kept | cells, index=frame.index)


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
    return Scorer(network.path, network.digest, columns)


@cache
def _loaded(path: str) -> Network:
    return load_network(path)


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
    best = np.argmax(np.nan_to_num(site, nan=-1.0), axis=1) if places else np.zeros(count, dtype=np.int64)
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
    cells = zip(*(frame[name].tolist() for name in headings), strict=True) if headings else iter([()] * len(frame))
    for row, values in enumerate(cells):
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
