"""What a learner does: commit probabilities, order a study, decide; each beside what the model would have done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.observation import Observation
from hpt_bayes.network.nearest import hint
from hpt_bayes.reasoning.next_study.ranking import StudyRow
from hpt_bayes.reasoning.studies.burden import BurdenParts
from hpt_bayes.teaching.forecast import Forecast
from hpt_bayes.teaching.standing import Standing
from hpt_bayes.teaching.traps import Sprung, sprung_by_action, sprung_by_order


@dataclass(frozen=True)
class Committed:
    """A forecast, with what the model believed on the same findings."""

    forecast: Forecast
    model: Forecast


@dataclass(frozen=True)
class Ordered:
    """A study that was ordered.

    Attributes:
        study: its name.
        bits: what it was expected to tell about cause and place.
        best: the study expected to tell most, of those that could be ordered and are reported, and this one.
        best_bits: what that was expected to tell.
        value: one-step expected gain in utility of the decision, less the burden; None without actions.
        planned: the study of the largest such value, or "" where stopping was worth more.
        planned_value: that value; 0 for stopping.
        burden: its parts; None where the model has none.
        found: what it showed; nothing where it was refused or the case does not report it.
        refused: why it must not be done, or "".
        sprung: the traps the order sprang.
    """

    study: str
    bits: float
    best: str
    best_bits: float
    value: float | None
    planned: str
    planned_value: float | None
    burden: BurdenParts | None
    found: tuple[Observation, ...]
    refused: str
    sprung: tuple[Sprung, ...]

    @property
    def done(self) -> bool:
        """Whether the study took place."""
        return bool(self.found)

    @property
    def regret_bits(self) -> float:
        """Bits the best study would have been expected to tell more; not negative."""
        return self.best_bits - self.bits

    @property
    def regret_utility(self) -> float | None:
        """Net utility the most valuable study, or stopping, was expected to bring more; not negative, or None."""
        return None if self.value is None or self.planned_value is None else self.planned_value - self.value


@dataclass(frozen=True)
class Decided:
    """What the learner would do, which ends the work-up.

    Attributes:
        action: its name; "" for none.
        utility: expected under the model; None where no action was chosen.
        best: the action the model advises, or None.
        best_utility: the largest expected utility of the actions nothing forbids, and of the chosen one.
        sprung: the traps the action sprang.
        forbidden: why the model would not take the action yet.
    """

    action: str
    utility: float | None = None
    best: str | None = None
    best_utility: float | None = None
    sprung: tuple[Sprung, ...] = ()
    forbidden: tuple[str, ...] = ()

    @property
    def regret_utility(self) -> float | None:
        """Expected utility lost against the best action; not negative; None without an action."""
        return None if self.utility is None or self.best_utility is None else self.best_utility - self.utility


Step = Committed | Ordered | Decided


def ordered(standing: Standing, study: str, before: Collection[str]) -> Ordered:
    """An order. A study that must not be done is refused: it shows nothing, and counts as one that told nothing.

    Args:
        standing: when it is ordered.
        study: its name.
        before: names of the studies that were ordered before.

    Raises:
        EvidenceError: an unknown study, or one whose result is known or that was ordered before.
    """
    rows = {row.study: row for row in standing.ranking.studies}
    if study not in rows:
        raise EvidenceError(f"unknown study {study!r}; {hint(study, rows)}")
    row, wanted = rows[study], standing.network.studies[study]
    if row.status == "done":
        raise EvidenceError(f"{wanted.label}: the result is known already; order something else")
    if study in before:
        raise EvidenceError(f"{wanted.label} was ordered before and told nothing; order something else")
    refused = row.status == "excluded"
    bits, value = (0.0, 0.0) if refused else (row.information_bits, _net(row))
    reported = {name for name, each in standing.network.studies.items() if standing.patient.reports(each)}
    feasible = [each for each in rows.values() if each.feasible and each.study in reported]
    telling = max(feasible, key=lambda each: each.information_bits, default=row)
    able = feasible if refused else [*feasible, row]
    values = {each.study: net for each in able if (net := _net(each)) is not None}
    planned = max(values, key=lambda name: values[name], default="")
    worth = values.get(planned, 0.0)
    return Ordered(
        study=study,
        bits=bits,
        best=telling.study if telling.information_bits > bits else study,
        best_bits=max(telling.information_bits, bits),
        value=None if _net(row) is None else value,
        planned=planned if worth > 0 else "",
        planned_value=None if _net(row) is None else max(worth, 0.0),
        burden=row.burden,
        found=() if refused else standing.shown_by(wanted),
        refused="; ".join(row.reasons) if refused else "",
        sprung=sprung_by_order(standing.lines, wanted, row),
    )


def decided(standing: Standing, action: str) -> Decided:
    """A decision.

    Args:
        standing: when it is made.
        action: its name; empty to end without one.

    Raises:
        EvidenceError: an unknown action, or one that must not be done.
    """
    if not action:
        return Decided("")
    decision = standing.decision
    rows = {row.action: row for row in decision.actions}
    against = {row.action: row for row in decision.contraindicated}
    if action in against:
        raise EvidenceError(f"{against[action].label} must not be done: {'; '.join(against[action].reasons)}")
    if action not in rows:
        raise EvidenceError(f"unknown action {action!r}; {hint(action, rows)}")
    chosen = rows[action]
    best = max([chosen, *(row for row in rows.values() if not row.not_yet)], key=lambda row: row.expected_utility)
    return Decided(
        action=action,
        utility=chosen.expected_utility,
        best=decision.advice,
        best_utility=best.expected_utility,
        sprung=sprung_by_action(standing.lines, chosen.kind),
        forbidden=chosen.not_yet,
    )


def _net(row: StudyRow) -> float | None:
    """Expected gain in utility of one study less its burden."""
    return None if row.decision_value is None or row.burden is None else row.decision_value - row.burden.utility
