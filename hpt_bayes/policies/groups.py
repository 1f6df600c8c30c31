"""What conclusions depend on: configurations of the targets with the same diagnoses, place, decision and gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.deciding.utility import decision_problem

Kind = Literal["pair", "state"]
"""What expectations are about: etiology and place together, or the state of the decision."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of configurations of the targets that no conclusion tells apart.

    Attributes:
        of_target: group of each configuration, the last variable varying fastest, (configurations,).
        diagnoses: which diagnoses each group makes true, (groups, diagnoses).
        gate: which rows of the gate it belongs to, (groups, rows).
        site: number of the place, in the order of `model.core`; -1 without places, (groups,).
        pair: number of etiology and place together, (groups,).
        state: state of the decision, 0 without one, (groups,).
    """

    of_target: NDArray[np.int64]
    diagnoses: NDArray[np.bool_]
    gate: NDArray[np.bool_]
    site: NDArray[np.int64]
    pair: NDArray[np.int64]
    state: NDArray[np.int64]

    def parts(self, kind: Kind) -> NDArray[np.int64]:
        """Number of the part each group belongs to, (groups,)."""
        return self.pair if kind == "pair" else self.state


def groups_of(model: CompiledModel, entered: EnteredEvidence, calibrated: Calibrated) -> Groups:
    """The groups of a setting.

    Args:
        model: the compiled network.
        entered: the setting alone: the states of a decision depend on nothing else.
        calibrated: its propagation; what it rules out is given group 0.

    Returns:
        The groups.
    """
    targets = model.targets
    causes, places = len(targets.etiology), len(model.core.variables[targets.site].states) if targets.site else 1
    cause, site = np.repeat(np.arange(causes), places), np.tile(np.arange(places), causes)
    problem = decision_problem(model, entered)
    state = np.zeros(causes * places, dtype=np.int64) if problem is None else problem.of_target
    rows = np.unique(targets.gate.T, axis=0, return_inverse=True)[1].reshape(-1) if len(targets.gate) else cause * 0
    possible = np.flatnonzero(calibrated.joint(model.axes(targets.variables))[0])
    told = np.stack([targets.etiology[cause], site, state, rows[cause]], axis=1)
    _, first, group = np.unique(told[possible], axis=0, return_index=True, return_inverse=True)
    of_target, first = np.zeros(len(told), dtype=np.int64), possible[first]
    of_target[possible] = group.reshape(-1)
    etiology, at = told[first, 0], told[first, 1]
    return Groups(
        of_target=of_target,
        diagnoses=targets.vectors[etiology],
        gate=targets.gate[:, cause[first]].T,
        site=at if targets.site else np.full(len(first), -1),
        pair=np.unique(etiology * places + at, return_inverse=True)[1].reshape(-1).astype(np.int64),
        state=told[first, 2],
    )
