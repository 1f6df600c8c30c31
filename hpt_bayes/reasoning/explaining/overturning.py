"""What would overturn the leading diagnosis: each entered finding with every other result it could have had."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import propagate
from hpt_bayes.evidence.categorical import target_sites
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence
from hpt_bayes.reasoning.studies.information import ResultModel
from hpt_bayes.reasoning.studies.outcomes import outlook_of_variable

LEAST_RESULT = 1e-9
"""A result less probable than this, given everything else, is not offered."""


@dataclass(frozen=True)
class Overturning:
    """A change of one finding that gives another leading diagnosis.

    Attributes:
        finding: name of the entered finding.
        text: as entered.
        result: what it would have to be; None for not having been done at all.
        chance: P(result | everything else entered); None for not having been done.
        leading: the leading diagnosis then.
        probability: P(that diagnosis | the changed case).
        before: P(the present leading diagnosis | the changed case).
    """

    finding: str
    text: str
    result: str | None
    chance: float | None
    leading: str
    probability: float
    before: float


def overturning(model: CompiledModel, entered: EnteredEvidence, context: frozenset[str]) -> tuple[Overturning, ...]:
    """Search every result of every finding for those that change the leading diagnosis.

    Args:
        model: the compiled network, with diagnoses.
        entered: possible evidence.
        context: findings that are not changed.

    Returns:
        The changes, most probable result first; withdrawals, which have no probability, before them.
    """
    leading = _leader(model, _diagnoses(model, entered, entered.findings))
    found: list[Overturning] = []
    for name in entered.findings:
        if name in context:
            continue
        others = tuple(other for other in entered.findings if other != name)
        without = propagate(model.engine, engine_evidence(model, entered, others))
        results = _result_models(model, entered, name)
        scopes = [model.axes(each.parents) for each in results]
        groups = model.targets.etiology
        joints = without.joints_with(model.axes(model.targets.causes), scopes, groups=groups)
        withdrawn = _diagnoses(model, entered, others)
        found += _changed(model, entered, name, leading, (None,), withdrawn[:, None], (None,))
        for each, joint in zip(results, joints, strict=True):
            weights = joint[0].reshape(joint.shape[1], -1) @ each.table.reshape(-1, each.table.shape[-1])
            chances = weights.sum(axis=0)
            likely = chances > LEAST_RESULT
            rows = model.targets.vectors.T.astype(float) @ (weights[:, likely] / chances[likely])
            named = tuple(result for result, keep in zip(each.results, likely, strict=True) if keep)
            found += _changed(model, entered, name, leading, named, rows, tuple(chances[likely].tolist()))
    return tuple(sorted(found, key=lambda each: (each.chance is not None, -(each.chance or 0.0))))


def _changed(
    model: CompiledModel,
    entered: EnteredEvidence,
    name: str,
    leading: int,
    results: tuple[str | None, ...],
    rows: NDArray[np.float64],
    chances: tuple[float | None, ...],
) -> list[Overturning]:
    """Those of some results, P(diagnosis | changed) a column, that have another leader."""
    found = []
    for result, chance, row in zip(results, chances, rows.T, strict=True):
        new = _leader(model, row)
        if new != leading:
            diagnosis = model.targets.diagnosis_names[new]
            changed = float(row[new]), float(row[leading])
            found.append(Overturning(name, entered.texts[name], result, chance, diagnosis, *changed))
    return found


def _diagnoses(model: CompiledModel, entered: EnteredEvidence, findings: tuple[str, ...]) -> NDArray[np.float64]:
    """P(diagnosis | some findings), (diagnoses,)."""
    calibrated = propagate(model.engine, engine_evidence(model, entered, findings))
    joint = calibrated.joint(model.axes(model.targets.causes))[0].reshape(-1)
    return model.targets.diagnoses(joint)


def _leader(model: CompiledModel, row: NDArray[np.float64]) -> int:
    return int(np.argmax(np.where(model.targets.leaders, row, -1.0)))


def _result_models(model: CompiledModel, entered: EnteredEvidence, name: str) -> list[ResultModel]:
    """The results a finding could have had; a punctured place keeps its place."""
    network = model.network
    alias = network.alias_findings.get(name)
    variable = network.variables[name if alias is None else alias.variable]
    if variable.target_of is None:
        return list(outlook_of_variable(model, variable.name).findings)
    asked, kept = target_sites(network, variable), model.kept[variable.target_of]
    places = dict.fromkeys(each.sites[0] for each in entered.observations if each.finding == name and each.sites)
    if len(places) != 1:
        return []  # results at several places would have to change together
    place = next(iter(places))
    table = network.target_tables[name][asked.index(place)][kept]
    names = tuple(f"{state}@{place}" for state in variable.states)
    return [ResultModel((variable.target_of,), names, table)]
