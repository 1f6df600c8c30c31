"""What to do now: the expected utility of every action, what stands before it, and what would change the choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.management import Management
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate
from hpt_bayes.reasoning.deciding.readiness import missing_before, not_yet
from hpt_bayes.reasoning.deciding.thresholds import Threshold, threshold
from hpt_bayes.reasoning.deciding.utility import DecisionProblem, contraindications, decision_problem, exists
from hpt_bayes.reasoning.identity import ModelIdentity, identity
from hpt_bayes.reasoning.impossible import require_possible


@dataclass(frozen=True)
class ActionRow:
    """One action.

    Attributes:
        action: its name.
        label: words for people.
        detail: how it is done, one line, or empty.
        kind: operation, ablation, medical, workup, observation or referral.
        expected_utility: sum over states of P(state | e) times utility, 0 to 1.
        interval: 90 % interval over parameter draws, or None while none were given.
        best_share: share of parameter draws in which it is the best, or None.
        missing: what it requires and the entries do not show.
        not_yet: the stop lines that forbid it for now; empty when it may be advised.
    """

    action: str
    label: str
    detail: str
    kind: str
    expected_utility: float
    interval: tuple[float, float] | None
    best_share: float | None
    missing: tuple[str, ...]
    not_yet: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe values."""
        return {
            "action": self.action,
            "label": self.label,
            "detail": self.detail,
            "kind": self.kind,
            "expected_utility": self.expected_utility,
            "interval": None if self.interval is None else list(self.interval),
            "best_share": self.best_share,
            "missing": list(self.missing),
            "not_yet": list(self.not_yet),
        }


@dataclass(frozen=True)
class Contraindicated:
    """An action that must not be taken, and why."""

    action: str
    label: str
    reasons: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe values."""
        return {"action": self.action, "label": self.label, "reasons": list(self.reasons)}


@dataclass(frozen=True, repr=False)
class Decision(Result):
    """What to do now; utilities and probabilities are unrounded.

    Attributes:
        case: name of the case.
        model: the model used.
        setting: the setting, or several joined by `|`.
        indication: the indication that is shown, or the share of each.
        risk: of operating in the neck; empty without actions.
        actions: best first.
        best: the action of highest expected utility, or None without actions.
        margin: its lead over the next one, or None.
        advice: the best action that nothing forbids for now, or None.
        ties: the advice, then the actions nothing forbids that come within `near_tie` of it.
        near_tie: difference in utility that the judgements behind it cannot tell apart.
        thresholds: where another action would be best, by class and region.
        contraindicated: actions of the setting that must not be taken.
        states: P(class@region | e).
        changed: utilities the user gave, by dotted name.
        labels: words for people, by kind (action, cause, region, indication, risk) and name.
        scope: one line on what this is for.
    """

    case: str
    model: ModelIdentity
    setting: str
    indication: str | Mapping[str, float]
    risk: str
    actions: tuple[ActionRow, ...]
    best: str | None
    margin: float | None
    advice: str | None
    ties: tuple[str, ...]
    near_tie: float
    thresholds: tuple[Threshold, ...]
    contraindicated: tuple[Contraindicated, ...]
    states: Mapping[str, float]
    changed: Mapping[str, float]
    labels: Mapping[str, Mapping[str, str]]
    scope: str

    def row(self, action: str) -> ActionRow:
        """The row of an action.

        Raises:
            KeyError: it does not exist in this setting, or is contraindicated.
        """
        return {each.action: each for each in self.actions}[action]

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded."""
        return {
            "case": self.case,
            "model": self.model.to_dict(),
            "setting": self.setting,
            "indication": self.indication if isinstance(self.indication, str) else dict(self.indication),
            "risk": self.risk,
            "advice": self.advice,
            "best": self.best,
            "margin": self.margin,
            "ties": list(self.ties),
            "near_tie": self.near_tie,
            "actions": [each.to_dict() for each in self.actions],
            "contraindicated": [each.to_dict() for each in self.contraindicated],
            "thresholds": [each.to_dict() for each in self.thresholds],
            "states": dict(self.states),
            "changed_utilities": dict(self.changed),
        }

    def to_frame(self) -> Frame:
        """One row per action, best first."""
        return to_frame([each.to_dict() for each in self.actions])

    def blocks(self, *, everything: bool = False) -> tuple[Rows, ...]:
        """What is shown, in the order people should read it.

        Args:
            everything: list every action and every threshold.
        """
        from hpt_bayes.reasoning.deciding.decision_display import decision_blocks

        return decision_blocks(self, everything=everything)

    def opening_blocks(self) -> tuple[Rows, ...]:
        """The advice with what is missing before it."""
        from hpt_bayes.reasoning.deciding.decision_display import advice_block

        return (advice_block(self),)


def decide(
    model: CompiledModel, entered: EnteredEvidence, overrides: Mapping[str, float] | None = None, case: str = ""
) -> Decision:
    """The expected utility of every action, and the advice.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        overrides: utilities to use instead of those of the model file, by dotted name.
        case: name of the case, for the result.

    Returns:
        The decision; without actions for a network that declares none.

    Raises:
        ImpossibleEvidence: when the findings cannot be true together.
        EvidenceError: for an unknown utility or a number outside 0 to 1.
    """
    network, management = model.network, model.network.management
    calibrated = calibrate(model, entered)
    require_possible(model, entered, calibrated)
    problem = decision_problem(model, entered, overrides)
    if management is None or problem is None:
        if overrides:
            raise EvidenceError(f"{network.id} has no actions, so it has no utilities to change")
        return _without_actions(model, entered, case)
    joint = calibrated.joint(model.axes(model.targets.variables))[0].reshape(-1)
    posterior = np.bincount(problem.of_target, weights=joint, minlength=len(problem.states)).astype(np.float64)
    worth = problem.utilities @ posterior
    stopped = not_yet(network, entered, management)
    aimed = {each.name: each for each in management.aimed}
    order = np.argsort(-worth, kind="stable")
    rows = []
    for position in order:
        each = aimed[problem.actions[position]]
        rows.append(
            ActionRow(
                action=each.name,
                label=each.label,
                detail=each.action.detail,
                kind=each.action.kind,
                expected_utility=float(worth[position]),
                interval=None,
                best_share=None,
                missing=missing_before(network, entered, each.action),
                not_yet=stopped.get(each.action.kind, ()),
            )
        )
    allowed = [row for row in rows if not row.not_yet]
    near_tie = management.near_tie.value
    tied = [row.action for row in allowed if allowed[0].expected_utility - row.expected_utility <= near_tie]
    forbidden = []
    for each in management.aimed:
        reasons = contraindications(network, entered, each)
        if reasons and exists(each, entered):
            forbidden.append(Contraindicated(each.name, each.label, reasons))
    return Decision(
        case=case,
        model=identity(network),
        setting=" | ".join(entered.settings),
        indication=problem.indication,
        risk=problem.risk,
        actions=tuple(rows),
        best=rows[0].action if rows else None,
        margin=rows[0].expected_utility - rows[1].expected_utility if len(rows) > 1 else None,
        advice=allowed[0].action if allowed else None,
        ties=tuple(tied),
        near_tie=near_tie,
        thresholds=_thresholds(problem, posterior),
        contraindicated=tuple(forbidden),
        states=dict(zip(problem.states, posterior.tolist(), strict=True)),
        changed=dict(overrides or {}),
        labels=_labels(management),
        scope=network.scope,
    )


def _thresholds(problem: DecisionProblem, posterior: NDArray[np.float64]) -> tuple[Threshold, ...]:
    parts = np.array([state.split("@") for state in problem.states])
    found = []
    for column, kind in ((0, "cause"), (1, "region")):
        for name in dict.fromkeys(parts[:, column].tolist()):
            inside = parts[:, column] == name
            each = threshold(name, kind, problem.actions, problem.utilities, posterior, inside)
            if each is not None:
                found.append(each)
    return tuple(found)


def _labels(management: Management) -> dict[str, dict[str, str]]:
    return {
        "action": {each.name: each.label for each in management.aimed},
        "cause": {each.name: each.label for each in management.classes},
        "region": {each.name: each.label for each in management.regions},
        "indication": {each.name: each.label for each in management.indications},
        "risk": {each.name: each.label for each in management.risks},
    }


def _without_actions(model: CompiledModel, entered: EnteredEvidence, case: str) -> Decision:
    setting = " | ".join(entered.settings)
    known = identity(model.network)
    return Decision(
        case, known, setting, {}, "", (), None, None, None, (), 0.0, (), (), {}, {}, {}, model.network.scope
    )
