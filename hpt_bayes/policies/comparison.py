"""The result of a policy trial: what each policy achieved, and how they differ on the same patients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.policies.estimates import Estimate
from hpt_bayes.reasoning.identity import ModelIdentity


@dataclass(frozen=True)
class Difference:
    """A policy less the reference policy, patient by patient.

    Attributes:
        policy: its name.
        label: words for people.
        misspecified: whether the patients come from drawn numbers, or from the model itself.
        patients: who were given both.
        measures: mean difference of each with its 95 % interval, by name (see `Outcomes.measures`).
    """

    policy: str
    label: str
    misspecified: bool
    patients: int
    measures: Mapping[str, Estimate]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe values."""
        return {
            "policy": self.policy,
            "misspecified": self.misspecified,
            "patients": self.patients,
            "measures": {name: each.to_dict() for name, each in self.measures.items()},
        }


@dataclass(frozen=True)
class Arm(Difference):
    """One policy on one kind of patients: the same, against nothing.

    Attributes:
        ordered: share of patients who had each study, most frequent first.
    """

    ordered: Mapping[str, float]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe values."""
        return {**super().to_dict(), "ordered": dict(self.ordered)}


@dataclass(frozen=True, repr=False)
class PolicyComparison(Result):
    """What several policies achieved on simulated patients; numbers are unrounded.

    Attributes:
        model: the model used.
        setting: of the patients.
        setting_label: words for people.
        seed: of the patients.
        versions: how many versions of the numbers the misspecified patients come from; 0 without such patients.
        most: studies after which a policy without an end of its own was stopped.
        reference: the policy the others are compared with.
        arms: every policy on every kind of patients.
        differences: every policy but the reference, on every kind of patients.
        studies: labels of the studies by name.
        scope: one line on what this is for.
    """

    model: ModelIdentity
    setting: str
    setting_label: str
    seed: int
    versions: int
    most: int
    reference: str
    arms: tuple[Arm, ...]
    differences: tuple[Difference, ...]
    studies: Mapping[str, str]
    scope: str

    def arm(self, policy: str, misspecified: bool) -> Arm:
        """One policy on one kind of patients.

        Raises:
            KeyError: it is not part of the comparison.
        """
        return {(each.policy, each.misspecified): each for each in self.arms}[policy, misspecified]

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded."""
        return {
            "model": self.model.to_dict(),
            "setting": self.setting,
            "seed": self.seed,
            "versions": self.versions,
            "most_studies": self.most,
            "reference": self.reference,
            "policies": [each.to_dict() for each in self.arms],
            "differences": [each.to_dict() for each in self.differences],
        }

    def to_frame(self) -> Frame:
        """One row per policy, kind of patients and measure: mean, low, high, and the same of the difference."""
        apart = {(each.policy, each.misspecified): each.measures for each in self.differences}
        records: list[dict[str, object]] = []
        for arm in self.arms:
            for name, found in arm.measures.items():
                less = apart.get((arm.policy, arm.misspecified), {}).get(name)
                records.append(
                    {
                        "policy": arm.policy,
                        "misspecified": arm.misspecified,
                        "patients": arm.patients,
                        "measure": name,
                        **found.to_dict(),
                        "difference": None if less is None else less.mean,
                        "difference_low": None if less is None else less.low,
                        "difference_high": None if less is None else less.high,
                    }
                )
        return to_frame(records)

    def blocks(self) -> tuple[Rows, ...]:
        """What is shown, in the order people should read it."""
        from hpt_bayes.policies.comparison_display import comparison_blocks

        return comparison_blocks(self)
