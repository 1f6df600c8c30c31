"""Are we done? Whether further studies would change the action, what acting without them costs, and the rule.

With R the studies that could still be done and a* the best action now,

    same-decision probability  SDP(R) = P(argmax_a EU(a | e, X_R) = a*)
    expected regret            E[max_a EU(a | e, X_R)] - EU(a*).

Source: Chen, Choi & Darwiche 2014, Journal of Artificial Intelligence Research 49:601 (same-decision probability).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.facts import checked_names
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.beliefs import target_beliefs
from hpt_bayes.reasoning.cautions import study_cautions
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate
from hpt_bayes.reasoning.deciding.readiness import not_yet
from hpt_bayes.reasoning.deciding.utility import decision_problem
from hpt_bayes.reasoning.identity import ModelIdentity, identity
from hpt_bayes.reasoning.impossible import require_possible
from hpt_bayes.reasoning.lookahead.lookahead import decision_labels, lookahead
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.next_study.together import drawn_results, one_after_the_other
from hpt_bayes.reasoning.next_study.value import PHASES, Values, study_values
from hpt_bayes.reasoning.progress import Advance, ignored
from hpt_bayes.reasoning.side_by_side import side_by_side
from hpt_bayes.reasoning.studies.study_status import why_premature

EXACT = 20_000
DRAWS = 4_000
_BATCH = 32
"""Draws looked up at a time."""
MOST_TOLD = PHASES + -(-DRAWS // _BATCH)
"""What `advance` is told in all, at most."""
_TIE = 1e-12
_NORMAL_90 = 1.6448536269514722

Interval = tuple[float, float]


@dataclass(frozen=True, repr=False)
class Stopping(Result):
    """Whether to stop and act.

    Attributes:
        case: name of the case.
        model: the model used.
        action: best action now.
        studies: the set R the probability and the regret are about.
        left_out: studies worth doing that are not among them; with any, probability and regret do not settle it.
        same_decision: SDP(R).
        same_decision_interval: 90 %, or None where the answer is exact.
        regret: expected regret of stopping, in utility.
        regret_interval: 90 %, or None where the answer is exact.
        results: number of joint results of R.
        draws: how many were drawn; 0 where the answer is exact.
        best_net: largest net value of any two-step policy, or None when nothing can be done.
        least_same_decision: threshold of the model file.
        most_regret: threshold of the model file.
        stop: whether studies may stop.
        may_act: whether the best action now may then be taken; a stop line forbids it.
        not_yet: the stop lines that forbid it.
        labels: name for people, by kind (study, action) and name.
        scope: one line on what this is for.
    """

    case: str
    model: ModelIdentity
    action: str
    studies: tuple[str, ...]
    left_out: tuple[str, ...]
    same_decision: float
    same_decision_interval: Interval | None
    regret: float
    regret_interval: Interval | None
    results: int
    draws: int
    best_net: float | None
    least_same_decision: float
    most_regret: float
    stop: bool
    may_act: bool
    not_yet: tuple[str, ...]
    labels: Mapping[str, Mapping[str, str]]
    scope: str

    @property
    def exact(self) -> bool:
        """Whether every joint result was counted."""
        return self.draws == 0

    @property
    def nothing_pays(self) -> bool:
        """Whether no two-step policy gains more than it burdens."""
        return self.best_net is None or self.best_net <= 0

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded."""
        return {
            "case": self.case,
            "model": self.model.to_dict(),
            "stop": self.stop,
            "may_act": self.may_act,
            "action": self.action,
            "not_yet": list(self.not_yet),
            "studies": list(self.studies),
            "left_out": list(self.left_out),
            "same_decision": self.same_decision,
            "same_decision_interval": _listed(self.same_decision_interval),
            "regret": self.regret,
            "regret_interval": _listed(self.regret_interval),
            "exact": self.exact,
            "joint_results": self.results,
            "draws": self.draws,
            "best_net_value": self.best_net,
            "thresholds": {"same_decision": self.least_same_decision, "regret": self.most_regret},
        }

    def to_frame(self) -> Frame:
        """One row: stop, may act, action, SDP, regret, best net value."""
        kept = ("stop", "may_act", "action", "same_decision", "regret", "best_net_value")
        told = self.to_dict()
        return to_frame([{name: told[name] for name in kept}])

    def blocks(self) -> tuple[Rows, ...]:
        """The answer with its reasons, and the model."""
        from hpt_bayes.reasoning.next_study.stopping_display import stopping_blocks

        return stopping_blocks(self)


def stopping(
    model: CompiledModel,
    entered: EnteredEvidence,
    studies: Sequence[str] | None = None,
    *,
    case: str = "",
    seed: int = 0,
    values: Values | None = None,
    advance: Advance = ignored,
) -> Stopping:
    """Whether to stop doing studies and act.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        studies: the set R; when None the feasible studies that are worth doing, by themselves or because they open the
            way for another one, and those an active caution concerns.
        case: name of the case, for the result.
        seed: of the draws, where R has more than EXACT joint results.
        values: two-step values of the case where they are known already.
        advance: told of progress, up to `MOST_TOLD` in all: phases of computing the values, batches of draws.

    Returns:
        The answer.

    Raises:
        ImpossibleEvidence: when the findings cannot be true together.
        EvidenceError: an unknown study, one that cannot be done now, a seed below 0, or a network without actions or
            thresholds.
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise EvidenceError(f"expected a seed from 0, found {seed!r}")
    network, management = model.network, model.network.management
    asked = None if studies is None else checked_names("study", studies, network.studies)
    calibrated = calibrate(model, entered)
    require_possible(model, entered, calibrated)
    problem = decision_problem(model, entered)
    if problem is None or management is None or management.stopping is None:
        raise EvidenceError(f"{network.id} has no actions with thresholds for stopping in its management.yaml")
    if values is None:
        premature = why_premature(network, entered, target_beliefs(model, calibrated).gate)
        values = study_values(model, entered, calibrated, problem, premature, advance)
    feasible = {values.looks[number].study.name: values.looks[number] for number in values.first}
    worth = [name for name, worth_doing in zip(feasible, values.worth_doing, strict=True) if worth_doing]
    demanded = {name for each in study_cautions(network, entered) for name in each.studies}
    usual = [name for name in feasible if name in demanded.union(worth)]
    chosen = usual if asked is None else _can_be_done(feasible, asked)
    left_out = tuple(name for name in worth if name not in chosen)
    kept = one_after_the_other([feasible[name] for name in chosen])
    ahead = lookahead(model, entered, calibrated, decision_labels(model, calibrated, problem), kept)
    sizes = [look.size for look in kept]
    count = int(np.prod(sizes, dtype=object))
    draws = 0 if count <= EXACT else DRAWS
    if draws:
        results = drawn_results(model, calibrated, kept, DRAWS, seed)
        distinct, belongs = np.unique(results, axis=0, return_inverse=True)
        batches = [distinct[start : start + _BATCH] for start in range(0, len(distinct), _BATCH)]
        found = []
        for each in side_by_side(lambda some: ahead.chosen(range(len(kept)), some), batches):
            found.append(each)
            advance(1)
        joint = np.concatenate(found, axis=1)
        joint = (joint / joint.sum(axis=0))[:, belongs.reshape(-1)]
        same, regret = _each(ahead.labels.utilities @ joint, values.action)
    else:
        joint = ahead.joint(range(len(kept)))
        chance = joint.sum(axis=0)
        same, regret = _each(ahead.labels.utilities @ joint, values.action)
        same = same * chance
    (sdp, sdp_ends), (loss, loss_ends) = _told(same, draws, (0.0, 1.0)), _told(regret, draws, (0.0, np.inf))
    best = float(values.net_value.max()) if len(values.first) else None
    limits = management.stopping
    settled = not left_out and sdp >= limits.same_decision.value and loss <= limits.regret.value
    action = problem.actions[values.action]
    kind = next(each.action.kind for each in management.aimed if each.name == action)
    waits = not_yet(network, entered, management).get(kind, ())
    return Stopping(
        case=case,
        model=identity(network),
        action=action,
        studies=tuple(chosen),
        left_out=left_out,
        same_decision=min(sdp, 1.0),
        same_decision_interval=sdp_ends,
        regret=loss,
        regret_interval=loss_ends,
        results=count,
        draws=draws,
        best_net=best,
        least_same_decision=limits.same_decision.value,
        most_regret=limits.regret.value,
        stop=settled or best is None or best <= 0,
        may_act=not waits,
        not_yet=waits,
        labels={
            "study": {name: study.label for name, study in network.studies.items()},
            "action": {each.name: each.label for each in management.aimed},
        },
        scope=network.scope,
    )


def _can_be_done(feasible: Mapping[str, Look], studies: Sequence[str]) -> list[str]:
    for name in studies:
        if name not in feasible:
            expected = f"expected studies among {', '.join(feasible)}" if feasible else "nothing can"
            raise EvidenceError(f"{name} cannot be done now; {expected}")
    return list(dict.fromkeys(studies))


def _each(worth: NDArray[np.float64], action: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Whether the action stays the best after each joint result, and what staying with it costs, (results,)."""
    lost = worth.max(axis=0) - worth[action]
    return (lost <= _TIE * np.maximum(worth.max(axis=0), 1e-300)).astype(np.float64), np.maximum(lost, 0.0)


def _told(values: NDArray[np.float64], draws: int, ends: Interval) -> tuple[float, Interval | None]:
    """An exact sum, or a mean of draws with its 90 % interval."""
    if not draws:
        return float(values.sum()), None
    mean = float(values.mean())
    half = _NORMAL_90 * max(float(values.std(ddof=1)), 1.0 / draws) / draws**0.5
    return mean, (max(ends[0], mean - half), min(ends[1], mean + half))


def _listed(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)
