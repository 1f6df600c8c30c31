"""Diagnoses, gate and place as events over one small joint space.

The etiology target is the vector of diagnosis indicators: two configurations of the cause nodes that make the
same diagnoses true are one and the same etiology.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.events import Event, event_array
from hpt_bayes.network.network import Network


@dataclass(frozen=True)
class TargetSpace:
    """The joint space of the cause nodes that diagnoses mention, and the place.

    Attributes:
        causes: variables that diagnoses and gate mention, in network order.
        site: the variable of the place, or None when the network has none.
        diagnosis_names: names of the diagnoses, in the order of the model file.
        indicators: which configurations of `causes` make each diagnosis true, (diagnoses, configurations).
        gate_names: names of the gate rows.
        gate: which configurations belong to each gate row, (gate rows, configurations).
        etiology: number of the indicator vector of each configuration, (configurations,).
        vectors: the distinct indicator vectors, (etiologies, diagnoses).
        leaders: which diagnoses may lead (the others only qualify), (diagnoses,).
    """

    causes: tuple[str, ...]
    site: str | None
    diagnosis_names: tuple[str, ...]
    indicators: NDArray[np.bool_]
    gate_names: tuple[str, ...]
    gate: NDArray[np.bool_]
    etiology: NDArray[np.int64]
    vectors: NDArray[np.bool_]
    leaders: NDArray[np.bool_]

    @property
    def variables(self) -> tuple[str, ...]:
        """Causes and place: the variables kept in one clique."""
        return (*self.causes, self.site) if self.site else self.causes

    def diagnoses(self, joint: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(diagnosis) from a joint over the causes.

        Args:
            joint: (..., configurations), the configurations flattened in the order of `causes`.

        Returns:
            (..., diagnoses), each between 0 and 1; they may overlap and need not sum to one.
        """
        return np.asarray(joint @ self.indicators.T.astype(float))


def target_space(network: Network) -> TargetSpace:
    """The target space that a network's diagnoses, gate and site declare.

    Args:
        network: as loaded; a foreign network gives an empty space.

    Returns:
        The space; without diagnoses it has no variables and arrays of length zero.
    """
    events = [row.when for row in network.diagnoses] + [row.when for row in network.gate]
    mentioned = {name for event in events for name in event.variables}
    causes = tuple(name for name in network.variables if name in mentioned)
    shape = tuple(len(network.variables[name].states) for name in causes)
    size = int(np.prod(shape)) if causes else 0

    def flat(rows: Sequence[Event]) -> NDArray[np.bool_]:
        arrays = [event_array(event, causes, network.variables).reshape(size) for event in rows]
        return np.array(arrays, dtype=bool).reshape(len(arrays), size)

    indicators = flat([row.when for row in network.diagnoses])
    gate = flat([row.when for row in network.gate])
    if size:
        vectors, etiology = np.unique(indicators.T, axis=0, return_inverse=True)
    else:
        vectors, etiology = np.zeros((0, 0), dtype=bool), np.zeros(0, dtype=np.int64)
    return TargetSpace(
        causes=causes,
        site=network.site_variable,
        diagnosis_names=tuple(row.name for row in network.diagnoses),
        indicators=indicators,
        gate_names=tuple(row.name for row in network.gate),
        gate=gate,
        etiology=np.asarray(etiology, dtype=np.int64).reshape(size),
        vectors=vectors,
        leaders=np.array([not row.qualifies for row in network.diagnoses], dtype=bool),
    )
