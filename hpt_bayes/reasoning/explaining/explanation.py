"""Why a diagnosis: what each finding weighs, what would overturn it, which causes explain it, what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.engine import propagate
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, engine_evidence
from hpt_bayes.reasoning.explaining.conflict import context_findings
from hpt_bayes.reasoning.explaining.hypotheses import Hypotheses, hypotheses
from hpt_bayes.reasoning.explaining.most_relevant import (
    MostProbable,
    Relevant,
    most_probable_explanation,
    most_relevant,
)
from hpt_bayes.reasoning.explaining.overturning import Overturning, overturning
from hpt_bayes.reasoning.explaining.provenance_of_answer import Provenance, provenance_of_answer
from hpt_bayes.reasoning.explaining.weights_of_evidence import NEUTRAL, Weights, weigh
from hpt_bayes.reasoning.identity import ModelIdentity, identity
from hpt_bayes.reasoning.impossible import require_possible
from hpt_bayes.reasoning.labels import Labels, labels
from hpt_bayes.reasoning.progress import Advance, ignored


@dataclass(frozen=True, repr=False)
class Explanation(Result):
    """Why a diagnosis is believed, or not.

    Attributes:
        case: name of the case.
        model: the model used.
        diagnosis: what is explained.
        against: another diagnosis it is weighed against; None for everything else.
        before: P(diagnosis | context), before any finding.
        after: P(diagnosis | e).
        against_before: P(against | context), or of "not the diagnosis".
        against_after: P(against | e), likewise.
        leading: the leading diagnosis, which `overturning` is about.
        context: context findings as entered, conditioned on and never weighed, by name.
        weights: decibans of each finding.
        neutral_below: share in decibans under which a finding counts as neutral.
        overturning: changes of one finding that give another leading diagnosis.
        most_relevant: the partial explanations with the largest generalized Bayes factors.
        most_probable: the single most probable state of everything.
        provenance: what the answer rests on and where its doubt comes from; None unless asked for.
        targets: names of the cause variables and the place.
        labels: names for people.
        scope: one line on what this is for.
    """

    case: str
    model: ModelIdentity
    diagnosis: str
    against: str | None
    before: float
    after: float
    against_before: float
    against_after: float
    leading: str
    context: Mapping[str, str]
    weights: Weights
    neutral_below: float
    overturning: tuple[Overturning, ...]
    most_relevant: tuple[Relevant, ...]
    most_probable: MostProbable
    provenance: Provenance | None
    targets: tuple[str, ...]
    labels: Labels
    scope: str

    @property
    def paragraph(self) -> str:
        """The explanation in plain words, with natural frequencies."""
        from hpt_bayes.reasoning.explaining.plain_words import paragraph

        return paragraph(self)

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded; an infinite Bayes factor is null."""
        weights = self.weights
        return {
            "case": self.case,
            "model": self.model.to_dict(),
            "diagnosis": self.diagnosis,
            "against": self.against,
            "before": self.before,
            "after": self.after,
            "against_before": self.against_before,
            "against_after": self.against_after,
            "leading_diagnosis": self.leading,
            "context": dict(self.context),
            "decibans_before": weights.before,
            "decibans_after": weights.after,
            "orders": weights.orders,
            "neutral_below": self.neutral_below,
            "findings": [{**asdict(each), "verdict": each.verdict} for each in weights.findings],
            "overturning": [asdict(each) for each in self.overturning],
            "most_relevant": [
                {**asdict(each), "bayes_factor": each.bayes_factor if np.isfinite(each.bayes_factor) else None}
                for each in self.most_relevant
            ],
            "most_probable": asdict(self.most_probable),
            **(self.provenance.to_dict() if self.provenance is not None else {}),
            "paragraph": self.paragraph,
        }

    def to_frame(self) -> Frame:
        """One row per finding, largest share first: text, verdict and its weights in decibans."""
        return to_frame([{**asdict(each), "verdict": each.verdict} for each in self.weights.findings])

    def blocks(self) -> tuple[Rows, ...]:
        """The explanation for people."""
        from hpt_bayes.reasoning.explaining.explanation_display import explanation_blocks

        return explanation_blocks(self)


def explain(
    model: CompiledModel,
    entered: EnteredEvidence,
    diagnosis: str | None = None,
    against: str | None = None,
    case: str = "",
    *,
    sources: bool = False,
    advance: Advance = ignored,
) -> Explanation:
    """Explain a diagnosis.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        diagnosis: to explain; the leading one when None.
        against: a diagnosis to weigh it against; everything else when None.
        case: name of the case, for the result.
        sources: add the provenance of the answer, which expands every relevant table once a number.
        advance: told of progress, `progress.STEPS` for the weights, and as many again for the sources.

    Returns:
        The explanation.

    Raises:
        ImpossibleEvidence: when the findings cannot be true together.
        EvidenceError: an unknown diagnosis, the same one twice, one that is certain or excluded so that nothing can be
            weighed, or a network without diagnoses.
    """
    targets = model.targets
    if not targets.diagnosis_names:
        raise EvidenceError(f"{model.network.id} declares no diagnoses, so there is none to explain")
    if diagnosis is not None:
        hypotheses(model, diagnosis, against)  # a wrong name is said before anything is computed
    calibrated = calibrate(model, entered)
    require_possible(model, entered, calibrated)
    rows = targets.diagnoses(calibrated.joint(model.axes(targets.causes))[0].reshape(-1))
    leading = targets.diagnosis_names[int(np.argmax(np.where(targets.leaders, rows, -1.0)))]
    asked = hypotheses(model, diagnosis or leading, against)
    context = context_findings(model, entered)
    given = propagate(model.engine, engine_evidence(model, entered, context))
    before, after = (np.clip(asked.joint(model, each)[0], 0.0, 1.0).tolist() for each in (given, calibrated))
    _require_both(entered, asked, after)
    return Explanation(
        case=case,
        model=identity(model.network),
        diagnosis=asked.diagnosis,
        against=against,
        before=before[0],
        after=after[0],
        against_before=before[1],
        against_after=after[1],
        leading=leading,
        context={name: text for name, text in entered.texts.items() if name in context},
        weights=weigh(model, entered, asked, context, advance=advance),
        neutral_below=NEUTRAL,
        overturning=overturning(model, entered, context),
        most_relevant=most_relevant(model, entered, calibrated, context),
        most_probable=most_probable_explanation(model, entered, calibrated),
        provenance=provenance_of_answer(model, entered, asked, advance) if sources else None,
        targets=targets.variables,
        labels=labels(model.network, entered.settings),
        scope=model.network.scope,
    )


def _require_both(entered: EnteredEvidence, asked: Hypotheses, after: list[float]) -> None:
    """Decibans between a possibility and an impossibility are infinite, so nothing can be weighed."""
    said = "; ".join(entered.describe(name) for name in entered.findings)
    if after[0] <= 0.0:
        raise EvidenceError(
            f"{asked.diagnosis} has probability zero, so nothing can be weighed for it: what was entered excludes it "
            f"({said}); explain another diagnosis, or see with what_if which finding excludes it"
        )
    if after[1] <= 0.0 and asked.against is None:
        raise EvidenceError(
            f"{asked.diagnosis} is certain, so no finding can be weighed against anything else ({said})"
        )
    if after[1] <= 0.0:
        raise EvidenceError(
            f"{asked.against} has probability zero, so {asked.diagnosis} cannot be weighed against it ({said}); "
            "name another diagnosis to weigh against"
        )
