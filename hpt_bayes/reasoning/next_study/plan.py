"""A plan: which study first, which after each result, and when to stop and act.

Two steps are the exact best strategy (`value.py`), three are a beam (`beam.py`). The value is that of a strategy one
can follow; no strategy is better by more than the gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.reasoning.identity import ModelIdentity
from hpt_bayes.reasoning.next_study.leading import Leading
from hpt_bayes.reasoning.next_study.stopping import Stopping

MOST_LISTED = 6
"""Results of a study that people are shown."""
LEAST_LISTED = 0.01
"""Probability of coming to a result from which people are shown it."""


@dataclass(frozen=True)
class Branch:
    """One result of a study of the plan.

    Attributes:
        result: its name.
        probability: P(result | e and the results before it).
        leading: largest diagnosis and most probable place after it.
        action: best action after it, by the indication, risk and contraindications it brings.
        utility: largest expected utility then, by those of the case as it stands: what plans are compared by.
        then: the next study, or None for stopping and acting.
        changed: whether it brings others, so that utility and action are of two decisions.
    """

    result: str
    probability: float
    leading: Leading
    action: str
    utility: float
    then: PlanNode | None = None
    changed: bool = False

    def to_dict(self) -> dict[str, object]:
        """JSON-safe values, the rest of the tree included."""
        return {
            "result": self.result,
            "probability": self.probability,
            "leading_diagnosis": self.leading.diagnosis,
            "leading_site": self.leading.site,
            "action": self.action,
            "utility": self.utility,
            "decision_changed": self.changed,
            "then": None if self.then is None else self.then.to_dict(),
        }


@dataclass(frozen=True)
class PlanNode:
    """One study of the plan.

    Attributes:
        study: its name.
        place: that a puncture is of, or None.
        burden: what it adds in utility units; a visit shared with a study before it is counted once.
        cost_usd: US dollars, 0 where unknown.
        dose_msv: millisievert, 0 where unknown.
        branches: its possible results, most probable first.
    """

    study: str
    place: str | None
    burden: float
    cost_usd: float
    dose_msv: float
    branches: tuple[Branch, ...]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe values, the rest of the tree included."""
        return {
            "study": self.study,
            "place": self.place,
            "burden": self.burden,
            "cost_usd": self.cost_usd,
            "dose_msv": self.dose_msv,
            "branches": [branch.to_dict() for branch in self.branches],
        }

    @property
    def acted(self) -> float:
        """Expected utility of the actions at the ends of the tree, burdens apart."""
        return sum(
            branch.probability * (branch.utility if branch.then is None else branch.then.acted)
            for branch in self.branches
        )

    @property
    def expected_burden(self) -> float:
        """Expected burden of the tree in utility."""
        return sum(p * node.burden for p, node in self.visited())

    def listed(self, reached: float) -> tuple[Branch, ...]:
        """The branches people are shown: not more than they read, and none they hardly ever come to.

        Args:
            reached: probability of coming to this study.
        """
        likely = (branch for branch in self.branches if reached * branch.probability >= LEAST_LISTED)
        return tuple(likely)[:MOST_LISTED]

    def visited(self) -> Iterator[tuple[float, PlanNode]]:
        """Every study of the tree with the probability of coming to it."""
        yield 1.0, self
        for branch in self.branches:
            if branch.then is not None:
                yield from ((branch.probability * p, node) for p, node in branch.then.visited())


@dataclass(frozen=True, repr=False)
class Plan(Result):
    """A plan of studies.

    Attributes:
        case: name of the case.
        model: the model used.
        steps: how many studies it looks ahead.
        root: the first study; None when acting now is best.
        action: best action now.
        gain: expected gain in utility against acting now.
        burden: expected burden in utility.
        gap: no policy of as many steps is better than the plan by more than this; 0 when the plan is exact.
        studies: expected number of studies.
        cost_usd: expected cost, US dollars; unknown costs count nothing.
        dose_msv: expected dose, millisievert; unknown doses count nothing.
        not_yet: why the best action now must wait; empty when it may be taken.
        stopping: whether to stop studies and act; None where the model states no thresholds.
        labels: name for people, by kind (study, action, diagnosis, site) and name.
        scope: one line on what this is for.
    """

    case: str
    model: ModelIdentity
    steps: int
    root: PlanNode | None
    action: str | None
    gain: float
    burden: float
    gap: float
    studies: float
    cost_usd: float
    dose_msv: float
    not_yet: tuple[str, ...]
    stopping: Stopping | None
    labels: Mapping[str, Mapping[str, str]]
    scope: str

    @property
    def net(self) -> float:
        """Expected gain less expected burden."""
        return self.gain - self.burden

    def to_dict(self) -> dict[str, object]:
        """The plan with its tree as JSON-safe values, unrounded."""
        return {
            "case": self.case,
            "model": self.model.to_dict(),
            "steps": self.steps,
            "action_now": self.action,
            "not_yet": list(self.not_yet),
            "gain": self.gain,
            "burden": self.burden,
            "net_value": self.net,
            "gap": self.gap,
            "expected": {"studies": self.studies, "cost_usd": self.cost_usd, "dose_msv": self.dose_msv},
            "stopping": None if self.stopping is None else self.stopping.to_dict(),
            "root": None if self.root is None else self.root.to_dict(),
        }

    def to_frame(self) -> Frame:
        """One row per study of the tree: name, place, probability of coming to it, burden, cost, dose."""
        visited = () if self.root is None else self.root.visited()
        return to_frame(
            [
                {
                    "study": node.study,
                    "place": node.place,
                    "probability": p,
                    "burden": node.burden,
                    "cost_usd": node.cost_usd,
                    "dose_msv": node.dose_msv,
                }
                for p, node in visited
            ]
        )

    def blocks(self) -> tuple[Rows, ...]:
        """What the plan is worth, and the plan as a tree."""
        from hpt_bayes.reasoning.next_study.plan_display import plan_blocks

        return plan_blocks(self)
