"""Gate, diagnoses and place read off one joint of the target space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import CompiledModel


@dataclass(frozen=True)
class TargetBeliefs:
    """P(gate row | e), P(diagnosis | e) and P(place | e); empty for a foreign network."""

    gate: Mapping[str, float]
    diagnoses: Mapping[str, float]
    site: Mapping[str, float]


def target_beliefs(model: CompiledModel, calibrated: Calibrated) -> TargetBeliefs:
    """Read the target beliefs off a propagation.

    Args:
        model: the compiled network.
        calibrated: a batch of one.

    Returns:
        The beliefs.
    """
    targets = model.targets
    if not targets.causes:
        return TargetBeliefs({}, {}, {})
    joint = calibrated.joint(model.axes(targets.causes))[0].reshape(-1)
    site: dict[str, float] = {}
    if targets.site:
        states = model.network.variables[targets.site].states
        site = dict(zip(states, model.marginal(calibrated, targets.site).tolist(), strict=True))
    return TargetBeliefs(
        gate=_named(targets.gate_names, targets.gate, joint),
        diagnoses=_named(targets.diagnosis_names, targets.indicators, joint),
        site=site,
    )


def _named(names: tuple[str, ...], events: NDArray[np.bool_], joint: NDArray[np.float64]) -> dict[str, float]:
    """P(event) by name; the clip only removes rounding of the last digit."""
    return dict(zip(names, np.clip(events.astype(float) @ joint, 0.0, 1.0).tolist(), strict=True))


def by_approach(network: Network, site: Mapping[str, float]) -> dict[str, float]:
    """P(place) summed over the approach a surgeon would take, most probable first.

    Args:
        network: whose sites name their approach.
        site: P(place).

    Returns:
        Probability by approach name.
    """
    total: dict[str, float] = {}
    for name, probability in site.items():
        approach = network.sites[name].approach
        total[approach] = total.get(approach, 0.0) + probability
    return dict(sorted(total.items(), key=lambda item: -item[1]))
