"""What a look-ahead may do next: each study with its results as columns, and what becomes possible after each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.evidence.observation import Observation
from hpt_bayes.network.events import Event
from hpt_bayes.network.network import Network
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.cautions import held_back, holding_back
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.studies.information import ResultModel
from hpt_bayes.reasoning.studies.outcomes import outlook, result_at_place, seen_places
from hpt_bayes.reasoning.studies.study_status import Status, study_status


@dataclass(frozen=True, eq=False)
class Look:
    """A study as a look-ahead sees it; a puncture is one look for each place that may be punctured.

    Attributes:
        study: as in the model file.
        place: to puncture, or None.
        findings: how they will come out, one model for each finding it reveals.
        status: now.
        known: findings of the study that are known by then.
    """

    study: Study
    place: str | None
    findings: tuple[ResultModel, ...]
    status: Status
    known: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Name of the study, with the place of a puncture."""
        return self.study.name if self.place is None else f"{self.study.name}@{self.place}"

    @property
    def reveals(self) -> tuple[str, ...]:
        """The findings it would show."""
        return tuple(name for name in self.study.reveals if name not in self.known)

    @property
    def parents(self) -> tuple[str, ...]:
        """The variables its findings hang on, each once."""
        return tuple(dict.fromkeys(name for each in self.findings for name in each.parents))

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Number of results of each finding."""
        return tuple(len(each.results) for each in self.findings)

    @property
    def size(self) -> int:
        """Number of joint results."""
        return int(np.prod(self.shape))

    def result_names(self) -> tuple[str, ...]:
        """Names of the joint results, the last finding varying fastest."""
        positions = np.ndindex(*self.shape)
        return tuple(" + ".join(each.results[i] for each, i in zip(self.findings, at, strict=True)) for at in positions)

    def without(self, findings: Sequence[str]) -> Look | None:
        """The look with some findings already known, or None when nothing is left."""
        known = self.known.union(findings)
        kept = [model for name, model in zip(self.reveals, self.findings, strict=True) if name not in known]
        return replace(self, findings=tuple(kept), known=known) if kept else None


def open_looks(
    model: CompiledModel, entered: EnteredEvidence, calibrated: Calibrated, premature: str | None
) -> tuple[Look, ...]:
    """The studies that can be done now, and those that a result or a clearer diagnosis may open.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        calibrated: its propagation.
        premature: why localisation would come too early, or None.

    Returns:
        The looks in the order of the model file; those not available now may only come second.
    """
    network = model.network
    found = []
    for study in network.studies.values():
        status = study_status(network, entered, study, premature)
        opened = status.status == "excluded" and _may_open(network, entered, study)
        if status.status == "done" or (status.status == "excluded" and not opened):
            continue
        aimed = [name for name in study.reveals if network.variables[name].target_of is not None]
        if aimed:
            places = [place for place in network.sites if _reachable(network, aimed[0], place)]
            found += [
                Look(study, place, (result_at_place(model, entered, aimed[0], place),), status.status)
                for place in places
            ]
        else:
            view = outlook(model, entered, calibrated, study, model.targets.variables)
            found.append(Look(study, None, view.findings, status.status))
    return tuple(found)


def _reachable(network: Network, finding: str, place: str) -> bool:
    variable = network.variables[finding]
    return variable.target_of is not None and place in network.variables[variable.target_of].states


def _may_open(network: Network, entered: EnteredEvidence, study: Study) -> bool:
    """Whether only `needs` stands in the way, and some study could show it."""
    if study.needs is None or study.name in entered.unavailable:
        return False
    free = study_status(network, entered, study.model_copy(update={"needs": None}), None)
    revealed = {name for each in network.studies.values() for name in each.reveals}
    return free.feasible and not revealed.isdisjoint(study.needs.variables)


class Openings:
    """Which looks are possible after each result of another.

    A study whose `needs` or constraints speak of a finding is judged again with that finding entered; localisation is
    premature until the result makes gland disease clear and no pitfall holds it back; a puncture needs its place to
    have been seen.
    """

    def __init__(self, model: CompiledModel, entered: EnteredEvidence, looks: Sequence[Look]) -> None:
        self._model = model
        self._entered = entered
        self._looks = looks
        self._about = {look.study.name: _concerns(look.study) for look in looks}
        self._seen_now = seen_places(entered)
        self._held_now = held_back(model.network, entered) is not None
        self._holds = frozenset(
            name for each in holding_back(model.network) for name in (*each.when.variables, *each.unless)
        )

    def after(self, first: Look, result: int, clear: bool) -> NDArray[np.bool_]:
        """Which looks may follow a result.

        Args:
            first: the look that gave it.
            result: its number.
            clear: whether gland disease leads clearly after it, so that localisation is no longer premature.

        Returns:
            (looks,).
        """
        network = self._model.network
        shown = None
        held = self._held_now
        if not self._holds.isdisjoint(first.reveals):
            shown = shown_after(self._model, self._entered, first, result)
            held = held_back(network, shown) is not None
        allowed = np.zeros(len(self._looks), dtype=bool)
        states: dict[str, Status] = {}
        for position, look in enumerate(self._looks):
            if set(look.reveals) <= set(first.reveals) or (held and look.study.kind == "localisation"):
                continue
            name = look.study.name
            if name not in states:
                states[name] = look.status
                if not self._about[name].isdisjoint(first.reveals):
                    shown = shown or shown_after(self._model, self._entered, first, result)
                    premature = None if clear else "premature"
                    states[name] = study_status(network, shown, look.study, premature).status
                elif states[name] == "premature" and clear:
                    states[name] = "available"
            allowed[position] = states[name] == "available"
            if look.place is not None and allowed[position]:
                shown = shown or shown_after(self._model, self._entered, first, result)
                allowed[position] = look.place in self._seen_now | seen_places(shown)
        return allowed


def _concerns(study: Study) -> frozenset[str]:
    events: list[Event] = [rule.event for rule in study.constraints if rule.event is not None]
    if study.needs is not None:
        events.append(study.needs)
    return frozenset(name for event in events for name in event.variables)


def shown_after(model: CompiledModel, entered: EnteredEvidence, look: Look, result: int) -> EnteredEvidence:
    """What would have been entered after a result, as far as conditions on entries read it."""
    added = []
    for finding, model_of, at in zip(look.reveals, look.findings, np.unravel_index(result, look.shape), strict=True):
        name = model_of.results[int(at)]
        if look.place is not None:
            name = name.removesuffix(f"@{look.place}")
        variable = model.network.variables[finding]
        states = variable.groups.get(name, (name,) if name in variable.states else ())
        sites = (name.split("@")[1],) if "@" in name and name.startswith("focus") else ()
        added.append(Observation(finding=finding, result=name, states=tuple(states), sites=sites))
    return replace(
        entered,
        observations=(*entered.observations, *added),
        texts={**entered.texts, **{each.finding: each.result or "" for each in added}},
    )


def result_factors(
    model: CompiledModel, look: Look, result: int
) -> tuple[tuple[tuple[int, ...], NDArray[np.float64]], ...]:
    """A result of a look as evidence for the engine: P(x | parents) of each of its findings."""
    at = np.unravel_index(result, look.shape)
    return tuple((model.axes(each.parents), each.table[..., int(i)]) for each, i in zip(look.findings, at, strict=True))
