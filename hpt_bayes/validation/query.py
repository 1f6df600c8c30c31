"""A question to the model: P(event | given), or the mean of a number, exact.

P(A) = P(e) sum P(scopes | e) w, with plain conditions entered as likelihoods e and relations w summed over their joint;
P(event | given) = P(event, given) / P(given); several alternatives by inclusion and exclusion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated, EvidenceFactors, propagate
from hpt_bayes.evidence.interpret import interpret
from hpt_bayes.network.network import Network
from hpt_bayes.network.patterns import Pattern
from hpt_bayes.reasoning.compiled import CompiledModel, compile_model, engine_evidence
from hpt_bayes.validation.conditions import Weights, step_means, weights

EVERYBODY = Pattern()


@dataclass(frozen=True)
class Population:
    """Whom a question is about.

    Attributes:
        settings: one, or several weighted as in the network.
        confirmed: whether the case definition is met.
        given: what is known of them.
    """

    settings: tuple[str, ...]
    confirmed: bool = True
    given: Pattern = EVERYBODY


def probability(network: Network, population: Population, event: Sequence[Pattern]) -> float:
    """P(any of some patterns | population).

    Args:
        network: as loaded.
        population: whom it is asked of.
        event: patterns of which one must hold.

    Returns:
        The probability; nan when nobody meets the population's conditions.
    """
    model = compile_model(network, population.settings)
    known = _listed(network, [population.given])
    whole = _mass(model, population, known)
    if whole == 0.0:
        return float("nan")
    total = 0.0
    for size in range(1, len(event) + 1):
        for chosen in combinations(event, size):
            total += (-1) ** (size + 1) * _mass(model, population, [*known, *_listed(network, chosen)])
    return total / whole


def mean(network: Network, population: Population, name: str) -> float:
    """The mean of a number in a population.

    Args:
        network: as loaded.
        population: whom it is asked of.
        name: a numeric variable.

    Returns:
        The mean in the variable's unit; nan when nobody meets the population's conditions.
    """
    model = compile_model(network, population.settings)
    known = _listed(network, [population.given])
    whole = _mass(model, population, known)
    if whole == 0.0:
        return float("nan")
    variable = network.variables[name]
    values = step_means(variable)
    largest = float(np.abs(values).max())
    return _mass(model, population, [*known, Weights((name,), values / largest, False)]) * largest / whole


def _listed(network: Network, patterns: Sequence[Pattern]) -> list[Weights]:
    return [weights(condition, network) for each in patterns for condition in each.conditions]


def _mass(model: CompiledModel, population: Population, conditions: Sequence[Weights]) -> float:
    """P(conditions and the case definition | settings)."""
    calibrated = _calibrated(model, population, [each for each in conditions if not each.relation])
    mass = float(np.exp(calibrated.log_evidence[0]))
    relations = [each for each in conditions if each.relation]
    if mass == 0.0 or not relations:
        return mass
    scope = tuple(dict.fromkeys(name for each in relations for name in each.scope))
    joint = calibrated.joint(model.axes(scope))[0]
    return mass * float(reduce(np.multiply, (_spread(model, each, scope) for each in relations), joint).sum())


def _calibrated(model: CompiledModel, population: Population, plain: Sequence[Weights]) -> Calibrated:
    definition = model.network.case_definition
    retracted: tuple[str, ...] = ()
    if definition is not None and not population.confirmed and set(population.settings) & set(definition.settings):
        retracted = (definition.name,)
    entered = engine_evidence(model, interpret(model.network, population.settings, retracted=retracted))
    added = tuple((model.axis[name], each.array[model.kept[name]]) for each in plain for name in each.scope)
    return propagate(model.engine, EvidenceFactors(entered.hard, (*entered.likelihoods, *added), entered.factors))


def _spread(model: CompiledModel, relation: Weights, scope: tuple[str, ...]) -> NDArray[np.float64]:
    """The weights of a relation over the states a setting keeps, along the axes of `scope`."""
    array = relation.array[np.ix_(*(model.kept[name] for name in relation.scope))]
    order = sorted(range(len(relation.scope)), key=lambda at: scope.index(relation.scope[at]))
    shape = [len(model.kept[name]) if name in relation.scope else 1 for name in scope]
    return array.transpose(order).reshape(shape)
