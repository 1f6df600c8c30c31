"""A case from end to end, as `hpt-bayes demo` shows it: the story, what is believed, what to do next and now."""

from __future__ import annotations

from dataclasses import dataclass

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.believing.posterior import Posterior
from hpt_bayes.reasoning.deciding.decision import Decision
from hpt_bayes.reasoning.next_study.ranking import Ranking


@dataclass(frozen=True, repr=False)
class WorkedUp(Result):
    """A case, its posterior and its ranking.

    Attributes:
        story: the free text of the case.
        entries: each finding as it was understood.
        posterior: what is believed.
        ranking: what to do next.
        decision: what to do now, or None when it was not asked.
    """

    story: str
    entries: tuple[str, ...]
    posterior: Posterior
    ranking: Ranking
    decision: Decision | None = None

    def to_dict(self) -> dict[str, object]:
        """The answers as JSON-safe values."""
        found: dict[str, object] = {"posterior": self.posterior.to_dict(), "next": self.ranking.to_dict()}
        return found if self.decision is None else found | {"decide": self.decision.to_dict()}

    def to_frame(self) -> Frame:
        """The posterior as rows; the ranking and the decision have their own."""
        return self.posterior.to_frame()

    def blocks(self) -> tuple[Rows, ...]:
        """In the order people should read it: story, stop lines, gate, causes, place, next study, advice, assumed."""
        answer = self.posterior
        opening = (*([self.story] if self.story else []), "Entered: " + "; ".join(self.entries) + ".")
        return (
            lines_block(f"Patient: {answer.case} ({answer.setting})", opening),
            *answer.opening_blocks(),
            *self.ranking.opening_blocks(),
            *(self.decision.opening_blocks() if self.decision is not None else ()),
            *answer.closing_blocks(),
        )


def worked_up(
    story: str, entered: EnteredEvidence, posterior: Posterior, ranking: Ranking, decision: Decision | None = None
) -> WorkedUp:
    """Put the answers about one case together.

    Args:
        story: the free text of the case.
        entered: its evidence.
        posterior: what is believed.
        ranking: what to do next.
        decision: what to do now, or None when it was not asked.
    """
    entries = tuple(entered.describe(name) for name in entered.findings)
    return WorkedUp(story, entries, posterior, ranking, decision)
