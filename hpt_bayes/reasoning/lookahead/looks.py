"""What a look-ahead may do: each study with its results as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.studies.information import ResultModel
from hpt_bayes.reasoning.studies.outcomes import outlook, result_at_place
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

    @cached_property
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


def result_factors(
    model: CompiledModel, look: Look, result: int
) -> tuple[tuple[tuple[int, ...], NDArray[np.float64]], ...]:
    """A result of a look as evidence for the engine: P(x | parents) of each of its findings."""
    at = np.unravel_index(result, look.shape)
    return tuple((model.axes(each.parents), each.table[..., int(i)]) for each, i in zip(look.findings, at, strict=True))
