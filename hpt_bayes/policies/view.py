"""What a policy sees of a patient: what was shown so far, what may be ordered, and what the mean model believes.

Patients who were shown the same things share one view, so nothing is computed twice for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.evidence.observation import Observation, observation
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.beliefs import target_beliefs
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate
from hpt_bayes.reasoning.next_study.ranking import Ranking
from hpt_bayes.reasoning.next_study.ranking_of_studies import next_studies
from hpt_bayes.reasoning.studies.outcomes import distinguished, seen_places, seen_target
from hpt_bayes.reasoning.studies.study_status import study_status, why_premature

Result = tuple[str, int, str | None]
"""Finding, number of the result among those people distinguish, punctured place or None."""


@dataclass(frozen=True)
class Worth:
    """What the decision layer says of one study.

    Attributes:
        net_value: gain minus expected burden of the best two-step policy that starts with it.
        index: the largest gain per burden over those policies.
    """

    net_value: float
    index: float


@dataclass(frozen=True, eq=False)
class View:
    """One state of knowledge; never the truth.

    Attributes:
        model: the compiled mean model.
        setting: the setting.
        done: studies ordered so far, in order.
        observations: what they showed.
    """

    model: CompiledModel
    setting: str
    done: tuple[str, ...] = ()
    observations: tuple[Observation, ...] = ()
    shown: frozenset[Result] = field(default_factory=frozenset)

    @cached_property
    def evidence(self) -> EnteredEvidence:
        """Everything shown so far, interpreted."""
        return interpret(self.model.network, (self.setting,), self.observations)

    def result(self, finding: str) -> str | None:
        """What a finding showed, `focus@left_inferior`, or None when it was not asked for."""
        told = [each.text for each in self.observations if each.finding == finding]
        return told[-1] if told else None

    def can_order(self, study: str) -> bool:
        """Whether a study exists, was not done, is offered to this patient, and nothing excludes it.

        Args:
            study: its name; one the model does not have cannot be ordered.
        """
        network = self.model.network
        found = network.studies.get(study)
        if found is None or study in self.done:
            return False
        if any(network.variables[name].target_of for name in found.reveals) and not seen_places(self.evidence):
            return False
        return study_status(network, self.evidence, found, None).feasible

    @cached_property
    def premature(self) -> str | None:
        """Why localisation would come too early, or None."""
        beliefs = target_beliefs(self.model, calibrate(self.model, self.evidence))
        return why_premature(self.model.network, self.evidence, beliefs.gate)

    @cached_property
    def available(self) -> tuple[str, ...]:
        """The studies that can be ordered now, localisation only when it is not premature."""
        studies = self.model.network.studies.values()
        late = self.premature is None
        return tuple(
            each.name for each in studies if (late or each.kind != "localisation") and self.can_order(each.name)
        )

    @cached_property
    def bits(self) -> Mapping[str, float]:
        """Bits about cause and place that each available study is expected to give."""
        if not self.available:
            return {}
        return {row.study: row.information_bits for row in self._ranking(1).studies if row.feasible}

    @cached_property
    def worth(self) -> Mapping[str, Worth]:
        """Value of each available study, looking two steps ahead.

        Raises:
            EvidenceError: for a network without actions.
        """
        if self.model.network.management is None:
            raise EvidenceError(f"{self.model.network.id} has no actions, so its studies have no value")
        rows = self._ranking(2).studies if self.available else ()
        return {
            row.study: Worth(row.net_value, row.index)
            for row in rows
            if row.study in self.available and row.net_value is not None and row.index is not None
        }

    def _ranking(self, steps: int) -> Ranking:
        """The ranking; those looking one step see only what is available, which is the same for each study."""
        network = self.model.network
        model = self.model
        if steps == 1:
            offered = {name: network.studies[name] for name in self.available}
            model = replace(model, network=replace(network, studies=offered))
        return next_studies(model, self.evidence, steps=steps)

    @cached_property
    def place(self) -> str | None:
        """Where a needle would go: the most probable of the places where a scan showed a focus, or None."""
        return seen_target(self.model, self.evidence, calibrate(self.model, self.evidence))

    def place_of(self, finding: str) -> str | None:
        """The place a finding is asked about; None for a finding that is not about one place."""
        return self.place if self.model.network.variables[finding].target_of is not None else None


class Views:
    """Every view once, grown as patients reach it.

    Args:
        model: the compiled mean model.
        setting: the setting.
    """

    def __init__(self, model: CompiledModel, setting: str) -> None:
        self.root = View(model, setting)
        self._known: dict[tuple[frozenset[str], frozenset[Result]], View] = {}
        self._entries: dict[Result, Observation] = {}
        self._cells: dict[str, tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]] = {}

    def after(self, view: View, study: Study, results: tuple[int, ...]) -> View:
        """The view once a study has shown something.

        Args:
            view: before.
            study: ordered now.
            results: number of the result of each of its findings.
        """
        shown = tuple(
            (finding, result, view.place_of(finding)) for finding, result in zip(study.reveals, results, strict=True)
        )
        key = (frozenset((*view.done, study.name)), view.shown | set(shown))
        if key not in self._known:
            told = (*view.observations, *(self._entry(view.model, each) for each in shown))
            self._known[key] = View(view.model, view.setting, (*view.done, study.name), told, key[1])
        return self._known[key]

    def results_of(self, model: CompiledModel, finding: str) -> tuple[int, ...]:
        """Number of the result that each state of a finding is told as."""
        return self._told(model, finding)[1]

    def _told(self, model: CompiledModel, finding: str) -> tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]:
        """States of each result, and the result of each state; steps of a number are told as published bins."""
        if finding not in self._cells:
            variable = model.core.variables[finding]
            members = [[at] for at in range(variable.size)] if variable.edges is None else distinguished(variable)[1]
            number = np.zeros(variable.size, dtype=np.int64)
            for result, inside in enumerate(members):
                number[inside] = result
            states = tuple(tuple(variable.states[at] for at in inside) for inside in members)
            self._cells[finding] = states, tuple(number.tolist())
        return self._cells[finding]

    def _entry(self, model: CompiledModel, shown: Result) -> Observation:
        if shown not in self._entries:
            finding, result, place = shown
            states = self._told(model, finding)[0][result]
            if len(states) == 1:
                self._entries[shown] = observation(model.network, finding, states[0], site=place)
            else:
                self._entries[shown] = observation(model.network, finding, any_of=states)
        return self._entries[shown]
