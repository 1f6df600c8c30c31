"""Which causes explain the findings: the most relevant partial explanation, and the most probable complete one.

The generalized Bayes factor of a partial assignment x of the cause variables is P(e | x) / P(e | not x); the most
relevant explanation maximises it over all partial assignments (Yuan, Lim & Lu 2011), so it names only the causes that
matter. The most probable explanation maximises P(x | e) over all variables at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated, most_probable, propagate
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence

_KEPT = 3


@dataclass(frozen=True)
class Relevant:
    """A partial assignment of the cause variables.

    Attributes:
        states: state of each variable it names.
        bayes_factor: P(e | states) / P(e | not states); infinite when nothing else is possible.
        before: P(states | context).
        after: P(states | e).
    """

    states: Mapping[str, str]
    bayes_factor: float
    before: float
    after: float


@dataclass(frozen=True)
class MostProbable:
    """The single most probable state of everything.

    Attributes:
        states: of every variable.
        log_probability: natural log of P(states | e).
    """

    states: Mapping[str, str]
    log_probability: float


def most_relevant(
    model: CompiledModel, entered: EnteredEvidence, calibrated: Calibrated, context: frozenset[str]
) -> tuple[Relevant, ...]:
    """The partial assignments of the cause variables that explain the findings best.

    Args:
        model: the compiled network, with diagnoses.
        entered: possible evidence.
        calibrated: its propagation.
        context: findings that are conditioned on.

    Returns:
        At most three, largest generalized Bayes factor first; one that only adds to a better one is left out.

    Source:
        Yuan, Lim & Lu 2011, Most relevant explanation in Bayesian networks, J. Artif. Intell. Res. 42:309-352.
    """
    causes = model.targets.causes
    axes = model.axes(causes)
    given = propagate(model.engine, engine_evidence(model, entered, context))
    before, after = (_with_totals(each.joint(axes)[0]) for each in (given, calibrated))
    names = [(None, *model.core.variables[name].states) for name in causes]
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = (after / before) * ((1.0 - before) / (1.0 - after))
    certain = 1.0 - after <= 1e-15
    factors = np.where(certain, np.where(1.0 - before <= 1e-15, 1.0, np.inf), factors)
    factors = np.where(before > 0, factors, 0.0)
    found: list[Relevant] = []
    chosen: list[dict[str, str]] = []
    sized = sorted(product(*map(range, factors.shape)), key=lambda at: sum(place > 0 for place in at))
    sized = [at for at in sized if any(at) and factors[at] > 1.0]
    for at in sorted(sized, key=lambda at: -round(math.log(factors[at]), 9) if factors[at] < np.inf else -np.inf):
        states = {name: each[place] for name, each, place in zip(causes, names, at, strict=True) if place}
        assigned = {name: state for name, state in states.items() if state is not None}
        if any(each.items() <= assigned.items() for each in chosen):
            continue
        chosen.append(assigned)
        found.append(Relevant(assigned, float(factors[at]), float(before[at]), float(after[at])))
        if len(found) == _KEPT:
            break
    return tuple(found)


def most_probable_explanation(model: CompiledModel, entered: EnteredEvidence, calibrated: Calibrated) -> MostProbable:
    """The most probable state of all variables together.

    Args:
        model: the compiled network.
        entered: possible evidence.
        calibrated: its propagation.

    Returns:
        The states with their joint posterior probability, which is small in a large network.

    Source:
        Dawid 1992, Applications of a general propagation algorithm for probabilistic expert systems.
    """
    states, logs = most_probable(model.engine, engine_evidence(model, entered))
    variables = model.core.variables
    named = {name: variables[name].states[int(states[0, model.axis[name]])] for name in model.names}
    return MostProbable(named, float(logs[0] - calibrated.log_evidence[0]))


def _with_totals(joint: NDArray[np.float64]) -> NDArray[np.float64]:
    """P of every partial assignment: position 0 of an axis leaves its variable open."""
    for axis in range(joint.ndim):
        joint = np.concatenate([joint.sum(axis=axis, keepdims=True), joint], axis=axis)
    return joint
