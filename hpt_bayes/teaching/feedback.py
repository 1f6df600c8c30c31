"""What a learner is told of a forecast: what the model believes on the same findings, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from hpt_bayes.display.numbers import decibans, percent, points, words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.reasoning.explaining.weights_of_evidence import FindingWeight
from hpt_bayes.teaching.forecast import Forecast
from hpt_bayes.teaching.patient import regions
from hpt_bayes.teaching.shown import reading_text
from hpt_bayes.teaching.standing import Standing
from hpt_bayes.teaching.steps import Committed

_LEAST_SHOWN = 0.02
_REASONS = 4


@dataclass(frozen=True, repr=False)
class Feedback(Result):
    """A forecast beside the model's, on the same findings.

    Attributes:
        you: what was committed.
        model: what the model believes.
        leading: the model's leading diagnosis.
        why: what weighs most for and against it, in decibans; empty where nothing can be weighed.
        causes: words for people, by diagnosis.
        regions: words for people, by region.
        findings: words for people, by finding.
        readings: what each finding that weighs showed, in words.
    """

    you: Forecast
    model: Forecast
    leading: str
    why: tuple[FindingWeight, ...]
    causes: Mapping[str, str]
    regions: Mapping[str, str]
    findings: Mapping[str, str]
    readings: Mapping[str, str]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {
            "you": self.you.to_dict(),
            "model": self.model.to_dict(),
            "leading_diagnosis": self.leading,
            "why": [asdict(each) for each in self.why],
        }

    def to_frame(self) -> Frame:
        """One row per cause and per region: what the learner and the model believe of it."""
        kinds = (("cause", self.you.causes, self.model.causes), ("region", self.you.regions, self.model.regions))
        return to_frame(
            [
                {"about": kind, "name": name, "you": mine[name], "model": its[name]}
                for kind, mine, its in kinds
                for name in mine
            ]
        )

    def blocks(self) -> tuple[Rows, ...]:
        """Both side by side, then the reasons."""
        found = [_beside("Causes", self.you.causes, self.model.causes, self.causes)]
        if self.you.regions:
            found.append(_beside("Place", self.you.regions, self.model.regions, self.regions))
        if self.why:
            title = f"Why the model says {self.causes[self.leading]} ({percent(self.model.causes[self.leading])})"
            cells = tuple(
                (
                    self.findings.get(each.finding, words(each.finding)),
                    self.readings[each.finding],
                    decibans(each.share),
                )
                for each in self.why
            )
            note = "Weights in decibans: +10 makes it ten times as likely against the rest, -10 a tenth."
            found.append(Rows(title, ("finding", "read", "weight"), cells, (note,), right=frozenset({2})))
        return tuple(found)


def feedback(standing: Standing, step: Committed) -> Feedback:
    """A forecast beside the model's.

    Args:
        standing: when it was committed.
        step: the forecast.
    """
    why = _why(standing)
    return Feedback(
        you=step.forecast,
        model=step.model,
        leading=standing.posterior.leading_diagnosis or "",
        why=why,
        causes=standing.causes,
        regions=regions(standing.network),
        findings=standing.posterior.labels.variables,
        readings={each.finding: _reading(standing, each) for each in why},
    )


def _reading(standing: Standing, weight: FindingWeight) -> str:
    """A finding as it was read; the text of the explanation where it was read more than once, or not under its name."""
    read = [entry for entry in standing.known if entry.finding == weight.finding]
    return reading_text(standing.network, read[0]) if len(read) == 1 else words(weight.text)


def _why(standing: Standing) -> tuple[FindingWeight, ...]:
    try:
        weights = standing.explanation.weights.findings
    except EvidenceError:  # a certain diagnosis: nothing weighs against it
        return ()
    heaviest = sorted(weights, key=lambda each: -abs(each.share))[:_REASONS]
    return tuple(each for each in heaviest if each.verdict != "neutral")


def _beside(title: str, mine: Mapping[str, float], its: Mapping[str, float], labels: Mapping[str, str]) -> Rows:
    order = sorted(labels, key=lambda name: -max(mine[name], its[name]))
    shown = [name for name in order if max(mine[name], its[name]) >= _LEAST_SHOWN]
    cells = tuple(
        (labels[name], percent(mine[name]), percent(its[name]), points(mine[name] - its[name])) for name in shown
    )
    return Rows(title, ("", "you", "model", "points"), cells, right=frozenset({1, 2, 3}))
