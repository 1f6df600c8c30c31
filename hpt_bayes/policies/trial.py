"""One policy on simulated patients: a decision tree grown lazily, in which patients who know the same share a node."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.nearest import hint
from hpt_bayes.policies.builtin import Policy
from hpt_bayes.policies.simulate import Advance
from hpt_bayes.policies.simulated import SimulatedPatients
from hpt_bayes.policies.verdict import Verdict, verdict_of
from hpt_bayes.policies.view import View, Views
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.studies.burden import burden_parts, burden_together


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What a policy achieved in each patient.

    Attributes:
        measures: by name, (patients,): `diagnosis`, `site`, `approach` and `best_action` are 1 where right; `utility`
            of the advised action in the patient's true state; `net_utility` less the burden of the studies; `studies`,
            `cost_usd` and `dose_msv` of what was ordered, unknown figures counting nothing. Measures the model knows
            nothing of are left out; `best_action` is right when no action would have achieved more than the model's
            near tie above it in the true state.
        ordered: share of patients who had each study, those ordered at least once.
        version: which version of the numbers each patient comes from, (patients,).
    """

    measures: Mapping[str, NDArray[np.float64]]
    ordered: Mapping[str, float]
    version: NDArray[np.int64]


class Trial:
    """Policies on patients of one setting; what was computed for one patient serves all others.

    Args:
        model: the compiled mean model.
        setting: the setting.
        most: studies after which a limited policy is stopped.
    """

    def __init__(self, model: CompiledModel, setting: str, most: int) -> None:
        self.model = model
        self.views = Views(model, setting)
        self.most = most
        self._verdicts: dict[View, Verdict] = {}
        self._chosen: dict[tuple[Policy, View], str | None] = {}

    def run(
        self,
        policy: Policy,
        patients: SimulatedPatients,
        *,
        limited: bool = False,
        advance: Advance = lambda _: None,
    ) -> Outcomes:
        """Try a policy.

        Args:
            policy: asked once for every view that is reached.
            patients: of the same model and setting.
            limited: stop after `most` studies.
            advance: told how many patients got a study from a limited policy, or are finished; see `told_of_each`.

        Returns:
            The outcomes.

        Raises:
            EvidenceError: a study that does not exist, was done, or cannot be ordered.
        """
        active: dict[View, NDArray[np.int64]] = {self.views.root: np.arange(len(patients))}
        ends: dict[View, NDArray[np.int64]] = {}
        while active:
            following: dict[View, list[NDArray[np.int64]]] = defaultdict(list)
            for view, rows in active.items():
                full = limited and len(view.done) >= self.most
                study = None if full else self._choice(policy, view)
                if study is None:
                    ends[view] = np.concatenate([ends[view], rows]) if view in ends else rows
                    continue
                if limited:
                    advance(len(rows))
                for child, there in self._order(view, study, patients, rows):
                    following[child].append(there)
            active = {view: np.concatenate(rows) for view, rows in following.items()}
        for view, rows in ends.items():
            if view not in self._verdicts:
                self._verdicts[view] = verdict_of(view)
            advance(len(rows) * (told_of_each(limited, self.most) - (len(view.done) if limited else 0)))
        return self._outcomes(patients, ends)

    def _choice(self, policy: Policy, view: View) -> str | None:
        key = (policy, view)
        if key not in self._chosen:
            study = policy(view)
            if study is not None and study not in self.model.network.studies:
                raise EvidenceError(f"the policy ordered {study!r}; {hint(study, self.model.network.studies)}")
            if study is not None and not view.can_order(study):
                why = "was done already" if study in view.done else "cannot be ordered in this patient"
                raise EvidenceError(f"the policy ordered {study}, which {why}")
            self._chosen[key] = study
        return self._chosen[key]

    def _order(
        self, view: View, study: str, patients: SimulatedPatients, rows: NDArray[np.int64]
    ) -> list[tuple[View, NDArray[np.int64]]]:
        """The views that patients reach when a study is done in them."""
        found = self.model.network.studies[study]
        told = []
        for finding in found.reveals:
            place = view.place_of(finding)
            before = sum(
                each.finding == finding and (place is None or each.sites == (place,)) for each in view.observations
            )
            shown = patients.reveal(finding, rows, reading=before + 1, site=place)
            told.append(np.array(self.views.results_of(self.model, finding))[shown])
        results, at = np.unique(np.stack(told, axis=1), axis=0, return_inverse=True)
        return [
            (self.views.after(view, found, tuple(result)), rows[at.reshape(-1) == number])
            for number, result in enumerate(results.tolist())
        ]

    def _outcomes(self, patients: SimulatedPatients, ends: Mapping[View, NDArray[np.int64]]) -> Outcomes:
        model, network = self.model, self.model.network
        names = ["diagnosis", "studies", "cost_usd", "dose_msv"]
        names += ["site", "approach"] if model.targets.site is not None else []
        near = 0.0 if network.management is None else network.management.near_tie.value
        names += ["best_action", "utility", "net_utility"] if network.management is not None else []
        measures = {name: np.zeros(len(patients)) for name in names}
        ordered: dict[str, int] = defaultdict(int)
        truth = _truth(patients)
        for view, rows in ends.items():
            verdict = self._verdicts[view]
            studies = [network.studies[name] for name in view.done]
            parts = [burden_parts(network, each) for each in studies]
            measures["diagnosis"][rows] = truth.diagnoses[rows, verdict.diagnosis]
            measures["studies"][rows] = len(studies)
            measures["cost_usd"][rows] = sum(each.cost_usd or 0.0 for each in parts)
            measures["dose_msv"][rows] = sum(each.dose_msv or 0.0 for each in parts)
            if model.targets.site is not None:
                measures["site"][rows] = truth.site[rows] == verdict.site
                measures["approach"][rows] = truth.approach[rows] == verdict.approach
            if network.management is not None:
                achieved, best = _achieved(verdict, truth.targets[rows])
                measures["best_action"][rows] = achieved >= best - near
                measures["utility"][rows] = achieved
                measures["net_utility"][rows] = achieved - burden_together(network, studies)
            for name in view.done:
                ordered[name] += len(rows)
        for values in measures.values():
            values.flags.writeable = False
        most_first = sorted(ordered.items(), key=lambda each: (-each[1], each[0]))
        return Outcomes(measures, {name: count / len(patients) for name, count in most_first}, patients.version)


def told_of_each(limited: bool, most: int) -> int:
    """How much `advance` is told of each patient in all: a limited policy takes its time over every study."""
    return most + 1 if limited else 1


@dataclass(frozen=True, eq=False)
class _Truth:
    """Of each patient: diagnoses, number of the place, approach to it, configuration of all targets."""

    diagnoses: NDArray[np.bool_]
    site: NDArray[np.int64]
    approach: NDArray[np.str_]
    targets: NDArray[np.int64]


def _truth(patients: SimulatedPatients) -> _Truth:
    model = patients.model
    space = model.targets
    at = tuple(patients.states[name] for name in space.variables)
    targets = np.asarray(np.ravel_multi_index(at, model.cards(space.variables)), dtype=np.int64)
    if space.site is None:
        return _Truth(patients.diagnoses, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.str_), targets)
    approach = np.array([model.network.sites[name].approach for name in patients.site])
    return _Truth(patients.diagnoses, patients.states[space.site], approach, targets)


def _achieved(verdict: Verdict, targets: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Utility of the advised action in the true states, and the largest of any; nothing where none may be advised."""
    if verdict.advice is None:
        return np.zeros(len(targets)), np.ones(len(targets))
    states = verdict.advice.of_target[targets]
    return verdict.advice.worth[states], verdict.advice.best[states]
