"""What a policy sees of a patient: what was shown so far, what may be ordered, and what the mean model believes.

Patients who were shown the same things share one view, so nothing is computed twice for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.evidence.observation import Observation, observation
from hpt_bayes.network.studies import Study
from hpt_bayes.policies.groups import Kind
from hpt_bayes.policies.joints import ViewJoints
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate
from hpt_bayes.reasoning.deciding.utility import decision_problem
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.lookahead.observing import observed
from hpt_bayes.reasoning.next_study.value import decision_value, gain_for_burden, study_values
from hpt_bayes.reasoning.studies.burden import burden_parts
from hpt_bayes.reasoning.studies.information import information_of_each, summed
from hpt_bayes.reasoning.studies.outcomes import distinguished, outlook, seen_places
from hpt_bayes.reasoning.studies.study_status import study_status, why_premature

Result = tuple[str, int, str | None]
"""Finding, number of the result among those people distinguish, punctured place or None."""


@dataclass(frozen=True)
class Worth:
    """What the decision layer says of one study by itself.

    Attributes:
        gain: expected gain in utility from acting on its result.
        burden: in utility.
    """

    gain: float
    burden: float

    @property
    def net_value(self) -> float:
        """Gain less burden."""
        return self.gain - self.burden

    @property
    def index(self) -> float:
        """Gain for each unit of burden."""
        return gain_for_burden(self.gain, self.burden)


@dataclass(frozen=True, eq=False)
class View:
    """One state of knowledge; never the truth.

    Attributes:
        model: the compiled mean model.
        setting: the setting.
        done: studies ordered so far, in order.
        observations: what they showed.
        shown: the same as results.
        shared: what views of one setting share; its own when None.
    """

    model: CompiledModel
    setting: str
    done: tuple[str, ...] = ()
    observations: tuple[Observation, ...] = ()
    shown: frozenset[Result] = field(default_factory=frozenset)
    shared: ViewJoints | None = None

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
    def joints(self) -> ViewJoints:
        """What this view shares with the others of its setting."""
        return self.shared or ViewJoints(self.model, self.setting)

    @cached_property
    def belief(self) -> NDArray[np.float64]:
        """P(group | shown) over `joints.groups`."""
        return self.joints.believed(self.evidence)

    @cached_property
    def premature(self) -> str | None:
        """Why localisation would come too early, or None."""
        gate = dict(zip(self.model.targets.gate_names, (self.belief @ self.joints.groups.gate).tolist(), strict=True))
        return why_premature(self.model.network, self.evidence, gate)

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
        joints = self._expected("pair")
        return {} if not joints else dict(zip(joints, information_of_each(list(joints.values())), strict=True))

    @cached_property
    def worth(self) -> Mapping[str, Worth]:
        """What each available study gains by itself, and at what burden.

        Raises:
            EvidenceError: for a network without actions.
        """
        problem = decision_problem(self.model, self.evidence)
        if problem is None:
            raise EvidenceError(f"{self.model.network.id} has no actions, so its studies have no value")
        studies, utilities = self.model.network.studies, problem.utilities
        return {
            name: Worth(
                decision_value(utilities[:, : len(joint)], joint),
                burden_parts(self.model.network, studies[name]).utility,
            )
            for name, joint in self._expected("state").items()
        }

    @cached_property
    def planned(self) -> Mapping[str, float]:
        """Net value of the best two-step plan that starts with each available study.

        Raises:
            EvidenceError: for a network without actions.
        """
        model, entered = self.model, self.evidence
        problem = decision_problem(model, entered)
        if problem is None:
            raise EvidenceError(f"{model.network.id} has no actions, so its studies have no value")
        values = study_values(model, entered, calibrate(model, entered), problem, self.premature)
        net = zip((values.looks[number].study.name for number in values.first), values.net_value.tolist(), strict=True)
        return {name: worth for name, worth in net if name in self.available}

    def _expected(self, kind: Kind) -> dict[str, NDArray[np.float64]]:
        """P(part, x | shown) of each available study, (parts, results)."""
        network, told = self.model.network, {each.finding for each in self.observations}
        names = {
            name: f"{name}@{self.place}"
            if any(network.variables[f].target_of for f in network.studies[name].reveals)
            else name
            for name in self.available
        }
        found = self.joints.expected(self.evidence, kind) if names else {}
        return {
            name: found[look]
            if told.isdisjoint(network.studies[name].reveals) and look in found
            else self._again(name, kind)
            for name, look in names.items()
        }

    def _again(self, study: str, kind: Kind) -> NDArray[np.float64]:
        """The same for a study whose findings were looked at before: what it shows depends on what they showed."""
        model, entered = self.model, self.evidence
        view = outlook(model, entered, calibrate(model, entered), model.network.studies[study], model.targets.variables)
        look = Look(model.network.studies[study], self.place, view.findings, "available")
        joint = []
        for _, chance, targets in observed(model, entered, (look,), np.arange(look.size)[:, None]):
            joint.append(chance[:, None] * targets)
        part = self.joints.groups.parts(kind)
        return summed(np.concatenate(joint).T, part[self.joints.groups.of_target], int(part.max()) + 1)

    @cached_property
    def place(self) -> str | None:
        """Where a needle would go: the most probable of the places where a scan showed a focus, or None."""
        seen = seen_places(self.evidence)
        if self.model.targets.site is None or not seen:
            return None
        states = self.model.core.variables[self.model.targets.site].states
        places = np.bincount(self.joints.groups.site, self.belief, minlength=len(states))
        return max(sorted(seen), key=lambda place: places[states.index(place)] if place in states else 0.0)

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
        self.root = View(model, setting, shared=ViewJoints(model, setting))
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
            self._known[key] = View(view.model, view.setting, (*view.done, study.name), told, key[1], view.shared)
        return self._known[key]

    def results_of(self, model: CompiledModel, finding: str) -> tuple[int, ...]:
        """Number of the result that each state of a finding is told as."""
        return self._told(model, finding)[1]

    def _told(self, model: CompiledModel, finding: str) -> tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]:
        """States of each result, and the result of each state; steps of a number are told as published bins."""
        if finding not in self._cells:
            variable = model.core.variables[finding]
            members = [(at,) for at in range(variable.size)] if variable.edges is None else distinguished(variable)[1]
            number = np.zeros(variable.size, dtype=np.int64)
            for result, inside in enumerate(members):
                number[list(inside)] = result
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
