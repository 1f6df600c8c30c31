"""What an explanation is for: a diagnosis against everything else, or against another diagnosis, in decibans."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated, propagate
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.nearest import hint
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence


@dataclass(frozen=True, eq=False)
class Hypotheses:
    """A diagnosis D and what it is weighed against, R.

    Attributes:
        diagnosis: name of D.
        against: name of R; None for "not D".
        events: which configurations of the cause variables make D and R true, (2, configurations).
    """

    diagnosis: str
    against: str | None
    events: NDArray[np.bool_]

    def joint(self, model: CompiledModel, calibrated: Calibrated) -> NDArray[np.float64]:
        """P(D | e) and P(R | e) of each row of a batch, (B, 2)."""
        joint = calibrated.joint(model.axes(model.targets.causes))
        return np.asarray(joint.reshape(len(joint), -1) @ self.events.T.astype(float))


def hypotheses(model: CompiledModel, diagnosis: str, against: str | None = None) -> Hypotheses:
    """Look two diagnoses up.

    Args:
        model: the compiled network.
        diagnosis: name of D.
        against: name of R; "not D" when None.

    Returns:
        The hypotheses.

    Raises:
        EvidenceError: an unknown diagnosis, the same one twice, or a network without diagnoses.
    """
    targets = model.targets
    if not targets.diagnosis_names:
        raise EvidenceError(f"{model.network.id} declares no diagnoses, so there is none to explain")
    for name in (diagnosis, against):
        if name is not None and name not in targets.diagnosis_names:
            raise EvidenceError(f"unknown diagnosis {name!r}; {hint(name, targets.diagnosis_names)}")
    if diagnosis == against:
        raise EvidenceError(f"expected another diagnosis to weigh {diagnosis} against, found the same one twice")
    true = targets.indicators[targets.diagnosis_names.index(diagnosis)]
    other = ~true if against is None else targets.indicators[targets.diagnosis_names.index(against)]
    return Hypotheses(diagnosis, against, np.stack([true, other]))


def given_each(model: CompiledModel, entered: EnteredEvidence, weighed: Hypotheses) -> tuple[Calibrated, Calibrated]:
    """Propagations given everything entered and D, and given everything entered and R."""
    evidence = engine_evidence(model, entered)
    causes, shape = model.axes(model.targets.causes), model.cards(model.targets.causes)
    first, second = (
        propagate(
            model.engine,
            replace(evidence, factors=(*evidence.factors, (causes, event.reshape(shape).astype(float)))),
        )
        for event in weighed.events
    )
    return first, second


def decibans(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """10 log10 [P(D) / P(R)].

    Args:
        probabilities: P(D) and P(R) along the first axis, up to a common factor, above zero.

    Source:
        Good 1985, Weight of evidence: a brief survey.
    """
    return np.asarray(10.0 * (np.log10(probabilities[0]) - np.log10(probabilities[1])))
