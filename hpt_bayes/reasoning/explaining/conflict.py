"""Do the findings agree? Conflict as the log ratio of independent to joint probability (Jensen 1990).

conf(e) = log( prod P(e_i | c) / P(e | c) ), natural log; c is the context (setting, case definition, age, phenotype,
previous operation), readings of one finding are one e_i, likelihood vectors are scaled to maximum one. Positive:
the findings fit each other worse than unrelated findings would. A rare cause can make coherent findings look
conflicting; the rare-case check asks whether some diagnosis makes the conflict negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf, log

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.display.numbers import percent, words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block, to_frame
from hpt_bayes.engine import Calibrated, propagate
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, engine_evidence
from hpt_bayes.reasoning.identity import ModelIdentity, identity
from hpt_bayes.reasoning.impossible import require_possible
from hpt_bayes.reasoning.labels import Labels, labels

_HARDLY = log(10) / 10
"""One deciban, about the smallest change a person notices: a smaller conflict is no reason to look for a cause."""


@dataclass(frozen=True, repr=False)
class Conflict(Result):
    """How well the findings agree; natural logs, positive means disagreement.

    Attributes:
        case: name of the case.
        model: the model used.
        total: conf(e) over all findings.
        without: conf(e) when one finding is left out, by finding.
        pairs: conf of two findings alone, by the pair of names.
        explained_by: diagnoses under which the conflict is negative, with that conflict.
        texts: each finding as entered, by name.
        labels: names for people.
    """

    case: str
    model: ModelIdentity
    total: float
    without: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]
    explained_by: Mapping[str, float]
    texts: Mapping[str, str]
    labels: Labels

    @property
    def sentence(self) -> str:
        """Which results disagree, and what could explain it."""
        if self.total <= 0:
            return f"The findings fit each other (conflict {self.total:+.2f}, not above zero)."
        if self.total < _HARDLY:
            return (
                f"The findings hardly disagree (conflict {self.total:+.2f}): together they are "
                f"{percent(-np.expm1(-self.total))} less probable than if they were unrelated."
            )
        said = (
            f"The findings disagree (conflict {self.total:+.2f}): together they are {np.exp(self.total):.1f} times "
            "less probable than if they were unrelated."
        )
        worst = max(self.pairs, key=lambda pair: self.pairs[pair], default=None)
        if worst is not None and self.pairs[worst] > 0:
            said += f" {self.texts[worst[0]]} and {self.texts[worst[1]]} disagree most."
        relieved = min(self.without, key=lambda name: self.without[name], default=None)
        if relieved is not None and self.without[relieved] <= 0:
            said += f" Without {self.texts[relieved]} the rest would agree, so check that entry first."
        names = [self.labels.diagnoses[name] for name in self.explained_by]
        if names:
            return f"{said} A rare cause could explain it: they would fit each other under {' or '.join(names[:3])}."
        return (
            f"{said} No diagnosis of the model makes them fit: an entry may be wrong, or the cause is not in the model."
        )

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded."""
        return {
            "case": self.case,
            "model": self.model.to_dict(),
            "conflict": self.total,
            "without": dict(self.without),
            "pairs": [{"findings": list(pair), "conflict": value} for pair, value in self.pairs.items()],
            "explained_by": dict(self.explained_by),
        }

    def to_frame(self) -> Frame:
        """One row per pair: first, second, conflict."""
        return to_frame([{"first": a, "second": b, "conflict": value} for (a, b), value in self.pairs.items()])

    def blocks(self) -> tuple[Rows, ...]:
        """A verdict, the pairs that disagree most, and what could explain it."""
        worst = sorted(self.pairs.items(), key=lambda item: -item[1])[:5]
        pairs = tuple((self.texts[a], self.texts[b], f"{value:+.2f}") for (a, b), value in worst if value > 0)
        causes = [f"{self.labels.diagnoses[name]} ({value:+.2f})" for name, value in self.explained_by.items()]
        blocks = [lines_block("Do the findings agree?", [self.sentence])]
        if self.total >= _HARDLY and causes:
            blocks.append(lines_block("They would fit each other under", causes))
        if pairs:
            blocks.append(Rows("Pairs that disagree most", ("finding", "and", "conflict"), pairs, right=frozenset({2})))
        return tuple(blocks)


def context_findings(model: CompiledModel, entered: EnteredEvidence) -> frozenset[str]:
    """Names of the entered findings that are context: conditioned on, never scored."""
    network = model.network
    about = {name: alias.variable for name, alias in network.alias_findings.items()}
    context = {name for name, variable in network.variables.items() if variable.role == "context"}
    context |= set(entered.conditions)
    return frozenset(name for name in entered.findings if about.get(name, name) in context)


def conflict(model: CompiledModel, entered: EnteredEvidence, case: str = "") -> Conflict:
    """Measure the conflict among the findings.

    Args:
        model: the compiled network.
        entered: possible evidence.
        case: name of the case, for the result.

    Returns:
        Global, leave-one-out and pairwise conflict, and the diagnoses that would explain it.

    Raises:
        ImpossibleEvidence: when the findings cannot be true together.
    """
    require_possible(model, entered, calibrate(model, entered))
    named = labels(model.network, entered.settings)
    shown = named.variables
    asked = _Asked(model, entered, context_findings(model, entered))
    given = asked.propagate(())
    together = asked.propagate(asked.names)
    alone = {name: asked.log_probability(name, (), given) for name in asked.names}
    context_log = given.log_evidence[0]
    total = sum(alone.values()) - float(together.log_evidence[0] - context_log) if len(alone) > 1 else 0.0
    without = {}
    for name in asked.names:
        others = tuple(other for other in asked.names if other != name)
        joint = float(asked.propagate(others).log_evidence[0] - context_log)
        without[name] = sum(alone[other] for other in others) - joint
    pairs = {}
    for position, first in enumerate(asked.names):
        with_first = asked.propagate((first,))
        for second in asked.names[position + 1 :]:
            pairs[first, second] = alone[second] - asked.log_probability(second, (first,), with_first)
    return Conflict(
        case=case,
        model=identity(model.network),
        total=total,
        without=without,
        pairs=pairs,
        explained_by=_explanations(model, asked),
        texts={name: f"{shown.get(name, words(name))}: {words(entered.texts[name])}" for name in asked.names},
        labels=named,
    )


def global_conflict(model: CompiledModel, entered: EnteredEvidence, calibrated: Calibrated) -> float:
    """conf(e) over all findings, natural log.

    Args:
        model: the compiled network.
        entered: possible evidence.
        calibrated: its propagation, which gives P(e).
    """
    asked = _Asked(model, entered, context_findings(model, entered))
    if len(asked.names) < 2:
        return 0.0
    given = asked.propagate(())
    alone = sum(asked.log_probability(name, (), given) for name in asked.names)
    return alone - float(calibrated.log_evidence[0] - given.log_evidence[0])


@dataclass(frozen=True)
class _Asked:
    """The findings of a case as events whose probability is asked, given the context and perhaps a diagnosis.

    Attributes:
        model: the compiled network.
        entered: possible evidence.
        context: names that are conditioned on.
        event: factors that hold throughout, such as a diagnosis.
    """

    model: CompiledModel
    entered: EnteredEvidence
    context: frozenset[str]
    event: tuple[tuple[tuple[int, ...], NDArray[np.float64]], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The findings that are scored."""
        return tuple(name for name in self.entered.findings if name not in self.context)

    def propagate(self, names: tuple[str, ...]) -> Calibrated:
        """P(. | context, some findings)."""
        evidence = engine_evidence(self.model, self.entered, self.context.union(names))
        return propagate(self.model.engine, replace(evidence, factors=(*evidence.factors, *self.event)))

    def log_probability(self, name: str, known: tuple[str, ...], given: Calibrated) -> float:
        """log P(e_name | context, known): an expectation when the finding is one piece of evidence over one scope.

        Args:
            name: of the finding.
            known: findings that `given` holds besides the context.
            given: their propagation.
        """
        evidence = engine_evidence(self.model, self.entered, {name})
        scopes: list[tuple[int, ...]] = [(variable,) for variable in evidence.hard]
        scopes += [(variable,) for variable, _ in evidence.likelihoods] + [scope for scope, _ in evidence.factors]
        if len(scopes) != 1:
            return float(self.propagate((*known, name)).log_evidence[0] - given.log_evidence[0])
        joint = given.joint(scopes[0])[0]
        arrays = [vector for _, vector in evidence.likelihoods] + [array for _, array in evidence.factors]
        seen = arrays[0] if arrays else np.arange(len(joint)) == next(iter(evidence.hard.values()))
        probability = float(np.sum(joint * seen))
        return log(probability) if probability > 0 else -inf


def _explanations(model: CompiledModel, asked: _Asked) -> dict[str, float]:
    """Diagnoses under which the findings no longer conflict, most coherent first."""
    targets = model.targets
    if len(asked.names) < 2:
        return {}
    shape = model.cards(targets.causes)
    found: dict[str, float] = {}
    for name, indicator in zip(targets.diagnosis_names, targets.indicators, strict=True):
        event = indicator.reshape(shape).astype(float)
        within = replace(asked, event=((model.axes(targets.causes), event),))
        given, together = within.propagate(()), within.propagate(asked.names)
        if np.isfinite(together.log_evidence[0]):
            alone = sum(within.log_probability(each, (), given) for each in asked.names)
            value = alone - float(together.log_evidence[0] - given.log_evidence[0])
            if value < 0:
                found[name] = value
    return dict(sorted(found.items(), key=lambda item: item[1]))
