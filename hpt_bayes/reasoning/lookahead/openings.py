"""What becomes possible after a result: which studies may follow, as conditions on entries read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.evidence.observation import Observation
from hpt_bayes.network.events import Event
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.cautions import held_back, holding_back
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.studies.outcomes import distinguished, seen_places
from hpt_bayes.reasoning.studies.study_status import study_status


class Openings:
    """Which looks are possible after each result of another.

    A study whose `needs` or constraints speak of a finding is judged again with that finding entered; localisation is
    premature until the result makes gland disease clear and no pitfall holds it back; a puncture needs its place to
    have been seen.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        looks: that may follow one another.
    """

    def __init__(self, model: CompiledModel, entered: EnteredEvidence, looks: Sequence[Look]) -> None:
        self._model = model
        self._entered = entered
        self._looks = looks
        self._studies = {look.study.name: look.study for look in looks}
        self._about = {name: _concerns(study) for name, study in self._studies.items()}
        self._possible = np.array([look.status in ("available", "premature") for look in looks], dtype=bool)
        self._localises = np.array([look.study.kind == "localisation" for look in looks], dtype=bool)
        self._punctures = [number for number, look in enumerate(looks) if look.place is not None]
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
        network, reveals = self._model.network, set(first.reveals)
        shown = shown_after(self._model, self._entered, first, result)
        allowed = self._possible.copy()
        for name, study in self._studies.items():
            if not self._about[name].isdisjoint(reveals):
                status = study_status(network, shown, study, None).status
                allowed[[look.study.name == name for look in self._looks]] = status == "available"
        held = self._held_now if self._holds.isdisjoint(reveals) else held_back(network, shown) is not None
        if held or not clear:
            allowed &= ~self._localises
        allowed[[reveals.issuperset(look.reveals) for look in self._looks]] = False
        seen = seen_places(shown)
        for number in self._punctures:
            allowed[number] &= self._looks[number].place in seen
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
        variable = model.core.variables[finding]
        if variable.edges is None:
            states = variable.groups.get(name, (name,) if name in variable.states else ())
        else:
            states = tuple(variable.states[step] for step in distinguished(variable)[1][int(at)])
        sites = (name.split("@")[1],) if "@" in name and name.startswith("focus") else ()
        added.append(Observation(finding=finding, result=name, states=states, sites=sites))
    return replace(
        entered,
        observations=(*entered.observations, *added),
        texts={**entered.texts, **{each.finding: each.result or "" for each in added}},
    )
