"""A ranking of studies: information, value, burden, rating and what each result would change, side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hpt_bayes.display.result import Result
from hpt_bayes.reasoning.cautions import StudyCaution
from hpt_bayes.reasoning.identity import ModelIdentity
from hpt_bayes.reasoning.labels import Labels
from hpt_bayes.reasoning.studies.burden import BurdenParts
from hpt_bayes.reasoning.studies.study_status import Status

if TYPE_CHECKING:
    from hpt_bayes.display.rows import Frame, Rows


@dataclass(frozen=True)
class StudyResult:
    """One result a study may give.

    Attributes:
        result: its name; findings of one study joined by ` + `.
        probability: P(result | e).
        leading_diagnosis: largest diagnosis after it, or None without diagnoses.
        leading_site: most probable place after it, or None without a place.
        diagnosis_probability: P(leading diagnosis | e, result), or None.
        site_probability: P(leading place | e, result), or None.
        action: best action after it, or None without actions or with a target of its own.
        then: best second study after it, or None for stopping, or where values look one step ahead.
    """

    result: str
    probability: float
    leading_diagnosis: str | None
    leading_site: str | None
    diagnosis_probability: float | None
    site_probability: float | None
    action: str | None = None
    then: str | None = None

    def to_dict(self) -> dict[str, object]:
        """The result, its probability and what leads after it, as JSON-safe values; what to do, where it is known."""
        return {
            "result": self.result,
            "probability": self.probability,
            "leading_diagnosis": self.leading_diagnosis,
            "leading_site": self.leading_site,
            **({} if self.action is None else {"action": self.action, "then": self.then}),
        }


@dataclass(frozen=True)
class StudyRow:
    """One study of the ranking.

    Attributes:
        study: its name.
        information: bits by target (etiology, site, both; or the variable asked about).
        information_bits: the bits ranked by.
        burden: its parts; None for a foreign network.
        results: what it may show, most probable first.
        acr_rating: appropriateness in this setting, or None where no source states one.
        status: available, premature, done or excluded.
        feasible: whether it can be ordered now.
        reasons: why not, or what to mind.
        order_text: what to write on the request.
        sequence: what it must come before; sentences.
        place: to puncture, the most probable of those where a focus was seen; None for other studies.
        decision_value: one-step expected gain in utility (EVSI), or None without actions or with a target of its own.
        net_value: gain less burden: of the study by itself, or of the best two-step policy that starts with it, as
            `Ranking.steps` says; None where `decision_value` is, and for a study that is not feasible.
        index: gain for each unit of burden, the largest over those policies; None as for `net_value`.
        worth_doing: it gains more than its burden by itself, or, two steps ahead, opens the way for another study.
    """

    study: str
    information: Mapping[str, float]
    information_bits: float
    burden: BurdenParts | None
    results: tuple[StudyResult, ...]
    acr_rating: str | None
    status: Status
    feasible: bool
    reasons: tuple[str, ...]
    order_text: str
    sequence: tuple[str, ...] = ()
    place: str | None = None
    decision_value: float | None = None
    net_value: float | None = None
    index: float | None = None
    worth_doing: bool = False

    def to_dict(self) -> dict[str, object]:
        """The JSON row; values no one has computed are null."""
        return {
            "study": self.study,
            "information_bits": self.information_bits,
            "information": dict(self.information),
            "decision_value": self.decision_value,
            "net_value": self.net_value,
            "index": None if self.index == math.inf else self.index,
            "worth_doing": self.worth_doing,
            "burden": None if self.burden is None else self.burden.to_dict(),
            "results": [result.to_dict() for result in self.results],
            "acr_rating": self.acr_rating,
            "status": self.status,
            "feasible": self.feasible,
            "reason": "; ".join(self.reasons),
            "order_text": self.order_text,
            "sequence": list(self.sequence),
            "place": self.place,
        }


@dataclass(frozen=True, repr=False)
class Ranking(Result):
    """Studies, best first: those worth doing by index, other feasible ones by bits, then premature, done, excluded.

    Attributes:
        case: name of the case.
        model: the model used.
        setting: the setting, or several joined by `|`.
        target: what the bits are about.
        studies: the rows.
        most_informative: the feasible study with most bits, or None.
        cautions: pitfalls that concern some study, most urgent first.
        labels: names for people.
        scope: one line on what this is for.
        steps: how many steps ahead `net_value` and `index` look: 1 or 2.
        best_value: the feasible study with the largest index among those of positive net value, or None.
        ties: groups of feasible studies that cannot be told apart by what ranks them, best first: equal to rounding;
            with draws, P(A beats B) < .9 over paired draws of the numbers.
        actions: label of each action by name; empty without actions.
        draw_shares: share of the draws of the numbers in which each study is the best next one, when asked for.
    """

    case: str
    model: ModelIdentity
    setting: str
    target: str
    studies: tuple[StudyRow, ...]
    most_informative: str | None
    cautions: tuple[StudyCaution, ...]
    labels: Labels
    scope: str
    steps: int = 1
    best_value: str | None = None
    ties: tuple[tuple[str, ...], ...] = ()
    actions: Mapping[str, str] = field(default_factory=dict)
    draw_shares: Mapping[str, float] | None = None

    @property
    def advised(self) -> str | None:
        """The next study: of best value, else most informative; None when nothing can be done."""
        return self.best_value or self.most_informative

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded; values that were not computed are null."""
        return {
            "case": self.case,
            "model": self.model.to_dict(),
            "setting": self.setting,
            "target": self.target,
            "studies": [row.to_dict() for row in self.studies],
            "steps": self.steps,
            "ties": [list(group) for group in self.ties],
            "most_informative": self.most_informative,
            "best_value": self.best_value,
            "cautions": [caution.to_dict() for caution in self.cautions],
            **({} if self.draw_shares is None else {"draw_shares": dict(self.draw_shares)}),
        }

    def to_frame(self) -> Frame:
        """One row per study: name, bits by target, values, status, rating, reason."""
        from hpt_bayes.display.rows import to_frame

        return to_frame(
            [
                {
                    "study": row.study,
                    **{f"bits_{name}": bits for name, bits in row.information.items()},
                    "decision_value": row.decision_value,
                    "net_value": row.net_value,
                    "index": row.index,
                    "status": row.status,
                    "acr_rating": row.acr_rating,
                    "reason": "; ".join(row.reasons),
                }
                for row in self.studies
            ]
        )

    def opening_blocks(self) -> tuple[Rows, ...]:
        """The next study with its reason, and the runners-up."""
        from hpt_bayes.reasoning.next_study.ranking_display import opening_blocks

        return opening_blocks(self)

    def blocks(self, *, everything: bool = False) -> tuple[Rows, ...]:
        """The ranking for people.

        Args:
            everything: list the excluded studies too, with their reason.
        """
        from hpt_bayes.reasoning.next_study.ranking_display import ranking_blocks, share_block

        blocks = ranking_blocks(self, everything=everything)
        return blocks if self.draw_shares is None else (*blocks[:-1], share_block(self), *blocks[-1:])
