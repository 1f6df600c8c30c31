"""Patients drawn from the network itself: ancestral sampling in a setting, the case definition met, exact answers.

Self-consistency only: it shows that the answers are the model's own probabilities, not that the model is right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import EvidenceFactors, propagate
from hpt_bayes.evidence.interpret import interpret
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import CompiledModel, compile_model, engine_evidence
from hpt_bayes.validation.answers import answer
from hpt_bayes.validation.targets import Simulation

States = Mapping[str, NDArray[np.int64]]
Advance = Callable[[int], object]


@dataclass(frozen=True, eq=False)
class SimulatedPatients:
    """Patients with their true diagnoses and the answers to their findings.

    Attributes:
        diagnosis_names: columns of `truth` and `predicted`.
        leaders: which diagnoses may lead, (diagnoses,).
        settings: setting of each patient, (patients,).
        truth: which diagnoses are true, (patients, diagnoses).
        predicted: P(diagnosis | findings), (patients, diagnoses).
        vectors: P(the true vector of diagnoses | findings), (patients,).
    """

    diagnosis_names: tuple[str, ...]
    leaders: NDArray[np.bool_]
    settings: tuple[str, ...]
    truth: NDArray[np.bool_]
    predicted: NDArray[np.float64]
    vectors: NDArray[np.float64]


def simulate_patients(network: Network, plan: Simulation, advance: Advance = lambda _: None) -> SimulatedPatients:
    """Draw patients and answer each from a fixed set of findings.

    Args:
        network: as loaded.
        plan: how many, where, and which findings each has.
        advance: told how many patients were answered, for a progress bar.

    Returns:
        The patients.
    """
    random = np.random.default_rng(plan.seed)
    truth, predicted, vectors, settings = [], [], [], []
    for setting in plan.settings:
        model = compile_model(network, (setting,))
        drawn = _confirmed(model, network, plan.patients, random)
        space = model.targets
        shape = tuple(len(model.core.variables[name].states) for name in space.causes)
        at = np.ravel_multi_index(tuple(drawn[name] for name in space.causes), shape)
        for patient in range(plan.patients):
            found = _answered(model, setting, plan, drawn, patient)
            true = space.indicators[:, at[patient]]
            truth.append(true)
            predicted.append(np.clip(space.diagnoses(found), 0.0, 1.0))
            vectors.append(float(found[space.etiology == space.etiology[at[patient]]].sum()))
            settings.append(setting)
            advance(1)
    names = tuple(row.name for row in network.diagnoses)
    may_lead = np.array([not row.qualifies for row in network.diagnoses])
    return SimulatedPatients(names, may_lead, tuple(settings), np.array(truth), np.array(predicted), np.array(vectors))


def _answered(model: CompiledModel, setting: str, plan: Simulation, drawn: States, patient: int) -> NDArray[np.float64]:
    entered = engine_evidence(model, interpret(model.network, (setting,)))
    seen = {model.axis[name]: int(drawn[name][patient]) for name in plan.findings}
    evidence = EvidenceFactors({**entered.hard, **seen}, entered.likelihoods, entered.factors)
    return answer(model, propagate(model.engine, evidence)).joint


def _confirmed(
    model: CompiledModel, network: Network, count: int, random: np.random.Generator
) -> dict[str, NDArray[np.int64]]:
    """Patients of a setting who meet its case definition, by rejection."""
    definition = network.case_definition
    needed = {} if definition is None else dict(definition.enters)
    kept: list[dict[str, NDArray[np.int64]]] = []
    total = 0
    while total < count:
        drawn = ancestral(model.core, count, random)
        inside = np.ones(count, dtype=bool)
        for name, state in needed.items():
            inside &= drawn[name] == model.core.variables[name].states.index(str(state))
        kept.append({name: values[inside] for name, values in drawn.items()})
        total += int(inside.sum())
    return {name: np.concatenate([each[name] for each in kept])[:count] for name in kept[0]}


def ancestral(
    network: Network,
    count: int,
    random: np.random.Generator,
    versions: tuple[Mapping[str, NDArray[np.float64]], NDArray[np.int64]] | None = None,
) -> dict[str, NDArray[np.int64]]:
    """Draw every variable given its parents.

    Args:
        network: variables in order, parents first.
        count: how many patients.
        random: generator.
        versions: tables that differ between patients, (versions, *parents, states) by variable, and the version each
            patient comes from, (count,).

    Returns:
        Positions of the drawn states, (count,) by variable.
    """
    drawn: dict[str, NDArray[np.int64]] = {}
    for name, variable in network.variables.items():
        rows = chances(network, name, drawn, versions)
        rows = np.broadcast_to(rows, (count, variable.size))
        above = random.random((count, 1)) >= rows.cumsum(axis=-1)
        drawn[name] = np.minimum(above.sum(axis=-1), variable.size - 1)
    return drawn


def chances(
    network: Network,
    name: str,
    drawn: States,
    versions: tuple[Mapping[str, NDArray[np.float64]], NDArray[np.int64]] | None = None,
) -> NDArray[np.float64]:
    """P(state | parents as drawn) of one variable, (patients, states), or (states,) where it is the same for all."""
    parents = tuple(drawn[parent] for parent in network.variables[name].parents)
    if versions is None or name not in versions[0]:
        return network.tables[name][parents]
    table = versions[0][name]
    return np.asarray(table[(versions[1] if len(table) > 1 else 0, *parents)])
