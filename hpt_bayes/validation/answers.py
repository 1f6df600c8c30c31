"""The answer to one case as validation needs it: how probable each diagnosis is, which leads, how a true one ranks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.diagnoses import TargetSpace

OTHERS = "other settings"


@dataclass(frozen=True)
class Answer:
    """P(configuration of the causes | e).

    Attributes:
        targets: the space of the causes.
        joint: (configurations,), summing to one.
    """

    targets: TargetSpace
    joint: NDArray[np.float64]

    @property
    def diagnoses(self) -> dict[str, float]:
        """P(diagnosis | e) by name; rows may overlap."""
        shares = np.clip(self.targets.diagnoses(self.joint), 0.0, 1.0)
        return dict(zip(self.targets.diagnosis_names, shares.tolist(), strict=True))

    @property
    def leading(self) -> str:
        """The largest diagnosis that may lead."""
        shares = np.where(self.targets.leaders, self.targets.diagnoses(self.joint), -1.0)
        return self.targets.diagnosis_names[int(np.argmax(shares))]

    def any_of(self, names: Sequence[str]) -> float:
        """P(at least one of some diagnoses | e)."""
        rows = [self.targets.diagnosis_names.index(name) for name in names]
        return float(np.clip(self.targets.indicators[rows].any(axis=0).astype(float) @ self.joint, 0.0, 1.0))

    def rank(self, name: str) -> int:
        """1 + number of diagnoses that may lead and are more probable than this one."""
        shares, leaders = self.targets.diagnoses(self.joint), self.targets.leaders
        own = self.targets.diagnosis_names.index(name)
        return 1 + int(sum(share > shares[own] and may for share, may in zip(shares, leaders, strict=True)))


def answer(model: CompiledModel, calibrated: Calibrated) -> Answer:
    """The answer of a propagation.

    Args:
        model: the compiled network.
        calibrated: a batch of one.
    """
    return Answer(model.targets, calibrated.joint(model.axes(model.targets.causes))[0].reshape(-1))


def group_of(network: Network, settings: Sequence[str]) -> str:
    """The group results are reported in; groups are never pooled.

    Args:
        network: whose settings say what was done.
        settings: of one case.
    """
    known = [network.settings[name] for name in settings]
    confirmed = () if network.case_definition is None else network.case_definition.settings
    if all(each.disease == "renal" for each in known):
        return "renal"
    if all(each.reoperative and each.name in confirmed for each in known):
        return "persistent or recurrent"
    return "first time" if not any(each.reoperative for each in known) else OTHERS


def in_order(groups: Iterable[str]) -> list[str]:
    """Groups once each, persistent or recurrent disease first."""
    order = ["persistent or recurrent", "first time", "renal", OTHERS]
    return sorted(set(groups), key=order.index)
