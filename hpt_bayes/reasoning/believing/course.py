"""The course of a case: what was believed after each finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hpt_bayes.display.numbers import percent, words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.evidence.entered import EnteredEvidence
from hpt_bayes.evidence.finding import finding_named
from hpt_bayes.evidence.observed import Observation
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.believing.posterior import Posterior, posterior
from hpt_bayes.reasoning.compiled import CompiledModel

_SHOWN = 2


@dataclass(frozen=True, repr=False)
class Course(Result):
    """Posteriors in the order in which findings were entered.

    Attributes:
        case: name of the case.
        steps: what was entered last before each posterior; the first is before any finding.
        answers: the posteriors, likewise.
    """

    case: str
    steps: tuple[str, ...]
    answers: tuple[Posterior, ...]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe values: step, gate, diagnoses and place of each posterior, unrounded."""
        return {
            "case": self.case,
            "model": self.answers[-1].model.to_dict(),
            "steps": [
                {
                    "step": step,
                    "gate": dict(answer.gate),
                    "diagnoses": dict(answer.diagnoses),
                    "gland_site": dict(answer.gland_site),
                }
                for step, answer in zip(self.steps, self.answers, strict=True)
            ],
        }

    def to_frame(self) -> Frame:
        """One row per step, a column for each diagnosis."""
        return to_frame(
            [{"step": step, **answer.diagnoses} for step, answer in zip(self.steps, self.answers, strict=True)]
        )

    def blocks(self) -> tuple[Rows, ...]:
        """The two leading causes after each step."""
        cells = []
        for step, answer in zip(self.steps, self.answers, strict=True):
            leading = sorted(answer.diagnoses.items(), key=lambda item: -item[1])[:_SHOWN]
            named = [(answer.labels.diagnoses.get(name, words(name)), percent(p)) for name, p in leading]
            cells.append((step, *(text for pair in named for text in pair)))
        columns = ("after", "leading cause", "", "then", "")[: max(map(len, cells))]
        answer = self.answers[-1]
        return (
            Rows("Causes after each finding (may overlap)", columns, tuple(cells), right=frozenset({2, 4})),
            Rows(f"Model {answer.model}", (), (), (answer.scope,) if answer.scope else ()),
        )


def course(
    model: CompiledModel, entered: Iterable[tuple[tuple[Observation, ...], EnteredEvidence]], case: str = ""
) -> Course:
    """What is believed after each step.

    Args:
        model: the compiled network.
        entered: what came last at each step, nothing at the first, and everything entered up to it.
        case: name of the case, for the result.

    Raises:
        ImpossibleEvidence: when the findings cannot be true together.
    """
    steps, answers = [], []
    for last, evidence in entered:
        steps.append("; ".join(_said(model.network, entry) for entry in last) or "before any finding")
        answers.append(posterior(model, evidence, case))
    return Course(case, tuple(steps), tuple(answers))


def _said(network: Network, entry: Observation) -> str:
    return f"{finding_named(network, entry.finding).label}: {words(entry.text)}"
