"""A case from end to end, as `hpt-bayes demo` shows it: the story, what is believed, what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from hpt_bayes.display.rows import Rows, lines_block
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.posterior import Posterior
from hpt_bayes.reasoning.ranking import Ranking


@dataclass(frozen=True)
class WorkedUp:
    """A case, its posterior and its ranking.

    Attributes:
        story: the free text of the case.
        entries: each finding as it was understood.
        posterior: what is believed.
        ranking: what to do next.
    """

    story: str
    entries: tuple[str, ...]
    posterior: Posterior
    ranking: Ranking

    def to_dict(self) -> dict[str, object]:
        """Both answers as JSON-safe values."""
        return {"posterior": self.posterior.to_dict(), "next": self.ranking.to_dict()}

    def blocks(self) -> tuple[Rows, ...]:
        """The order people should read it in: story, stop lines, gate, causes, place, next study, assumptions."""
        answer = self.posterior
        opening = (*([self.story] if self.story else []), "Entered: " + "; ".join(self.entries) + ".")
        return (
            lines_block(f"Patient: {answer.case} ({answer.setting})", opening),
            *answer.opening_blocks(),
            *self.ranking.opening_blocks(),
            *answer.closing_blocks(),
        )


def worked_up(story: str, entered: EnteredEvidence, posterior: Posterior, ranking: Ranking) -> WorkedUp:
    """Put the answers about one case together.

    Args:
        story: the free text of the case.
        entered: its evidence.
        posterior: what is believed.
        ranking: what to do next.
    """
    return WorkedUp(story, tuple(entered.describe(name) for name in entered.findings), posterior, ranking)
