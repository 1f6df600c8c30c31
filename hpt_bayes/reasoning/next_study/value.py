"""What studies are worth for the decision: one step, the best two steps, and gain for burden.

For a first study s with results x, and t the best second study after each x or stopping,

    decision value  EVSI(s) = sum_x P(x) max_a EU(a | x) - max_a EU(a)
    net value       max over policies of E[gain] - E[burden], gain and burden against stopping now
    index           max over policies of E[gain] / E[burden], by Dinkelbach's iteration.

Source: Raiffa & Schlaifer 1961 (EVSI); Dinkelbach 1967, Management Science 13:492.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.deciding.utility import DecisionProblem
from hpt_bayes.reasoning.lookahead.lookahead import Lookahead, decision_labels, lookahead
from hpt_bayes.reasoning.lookahead.looks import Look, open_looks
from hpt_bayes.reasoning.lookahead.openings import Openings
from hpt_bayes.reasoning.studies.burden import burden_together
from hpt_bayes.reasoning.studies.outcomes import seen_target

STOP = -1
PHASES = 4
_SETTLED = 1e-12
_ROUNDING = 1e-12
_BETTER = 1e-9

Policy = Callable[[float], tuple[float, float, NDArray[np.int64]]]


@dataclass(frozen=True, eq=False)
class Values:
    """One-step and two-step values of the studies that can be done now.

    Attributes:
        looks: all open studies.
        joints: what each of them would show by itself, P(u, x | e), (labels, results).
        actions: names of the actions.
        utilities: of each action in each label, (actions, labels).
        now: largest expected utility without any study.
        action: number of the action that has it.
        first: numbers of the looks that can be done now.
        decision_value: of each, (first,), not negative.
        net_value: of each, (first,).
        index: of each, (first,).
        gain: expected gain of the two-step policy with the largest net value, (first,).
        burden: its expected burden, (first,).
        own_burden: burden of the first study by itself, (first,).
        second: for each first look the best second look after each result, or STOP.
        continued: for each first look what going on so is worth after each result, P(x) times expected utility less
            burden.
    """

    looks: tuple[Look, ...]
    joints: tuple[NDArray[np.float64], ...]
    actions: tuple[str, ...]
    utilities: NDArray[np.float64]
    now: float
    action: int
    first: tuple[int, ...]
    decision_value: NDArray[np.float64]
    net_value: NDArray[np.float64]
    index: NDArray[np.float64]
    gain: NDArray[np.float64]
    burden: NDArray[np.float64]
    own_burden: NDArray[np.float64]
    second: tuple[NDArray[np.int64], ...]
    continued: tuple[NDArray[np.float64], ...]

    @property
    def opens_the_way(self) -> NDArray[np.bool_]:
        """Whether two steps that start with a study are worth it and better, by net value or index, than any one.

        Two steps are worth something wherever a good second study follows; that does not make the first one useful.
        """
        if not self.first:
            return np.zeros(0, dtype=bool)
        alone = max(0.0, float((self.decision_value - self.own_burden).max()))
        ratio = max(each for each in map(gain_for_burden, self.decision_value, self.own_burden))
        better = (self.net_value > alone + _BETTER) | (self.index > ratio * (1 + _BETTER) + _BETTER)
        return np.asarray((self.net_value > 0) & better)

    @property
    def worth_doing(self) -> NDArray[np.bool_]:
        """Whether a study is worth its burden by itself, or opens the way for another one, (first,)."""
        return np.asarray((self.decision_value > self.own_burden) | self.opens_the_way)


def decision_value(utilities: NDArray[np.float64], joint: NDArray[np.float64]) -> float:
    """The one-step value of a study: sum over x of max over a of EU(a, x), less max over a of EU(a).

    Args:
        utilities: (actions, states).
        joint: P(state, result | e), (states, results).

    Returns:
        EVSI, not negative; exactly zero where the difference is rounding.
    """
    worth = utilities @ joint
    gain = float(worth.max(axis=0).sum() - worth.sum(axis=1).max())
    return gain if gain > _ROUNDING else 0.0


def study_values(
    model: CompiledModel,
    entered: EnteredEvidence,
    calibrated: Calibrated,
    problem: DecisionProblem,
    premature: str | None,
    advance: Callable[[int], object] | None = None,
) -> Values:
    """The value of every study that can be done now, exactly, looking two steps ahead.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        calibrated: its propagation.
        problem: actions and utilities; they are those of the case as it stands, after every result.
        premature: why localisation would come too early, or None.
        advance: told when each of the PHASES phases is done.

    Returns:
        The values.
    """
    tell = advance or (lambda done: None)
    looks = open_looks(model, entered, calibrated, premature)
    tell(1)
    ahead = lookahead(model, entered, calibrated, decision_labels(model, calibrated, problem), looks)
    tell(1)
    place = seen_target(model, entered, calibrated)
    values = two_step_values(model, entered, ahead, problem.actions, model.network.gate_clear, place, tell)
    tell(1)
    return values


def two_step_values(
    model: CompiledModel,
    entered: EnteredEvidence,
    ahead: Lookahead,
    actions: tuple[str, ...],
    gate_clear: float | None,
    place: str | None = None,
    tell: Callable[[int], object] | None = None,
    done: Sequence[Study] = (),
) -> Values:
    """The values of a look-ahead.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        ahead: what the open studies would show.
        actions: names of the actions.
        gate_clear: probability of gland disease below which localisation is premature, or None when it never is.
        place: the seen place a first puncture would be of, or None.
        tell: told when the pairs are done.
        done: studies whose visits are paid for already.

    Returns:
        The values of the looks that can be done now.
    """
    expected = ahead.labels.utilities @ ahead.now
    action, now = int(np.argmax(expected)), float(expected.max())
    alone = (ahead.labels.utilities @ ahead.single).max(axis=0)
    chance = ahead.single.sum(axis=0)
    after = ahead.best_after_pairs()
    if tell is not None:
        tell(1)
    clear = ahead.labels.clear
    assert clear is not None
    openings = Openings(model, entered, ahead.looks)
    first = tuple(i for i, look in enumerate(ahead.looks) if look.status == "available" and look.place in (None, place))
    studies = [look.study for look in ahead.looks]
    own = extra_burdens(model.network, done, [studies[number] for number in first])
    found = []
    for at, number in enumerate(first):
        columns = ahead.results_of(number)
        gland = clear @ ahead.single[:, columns]
        allowed = np.zeros((columns.stop - columns.start, len(ahead.looks)), dtype=bool)
        for x, p in enumerate(chance[columns]):
            if p > 0:
                sure = gate_clear is None or bool(gland[x] >= gate_clear * p)
                allowed[x] = openings.after(ahead.looks[number], x, sure)
        more = extra_burdens(model.network, [*done, studies[number]], studies)
        found.append(_first(alone[columns], chance[columns], after[columns], allowed, float(own[at]), more, now))
    return Values(
        looks=ahead.looks,
        joints=tuple(ahead.single[:, ahead.results_of(number)] for number in range(len(ahead.looks))),
        actions=actions,
        utilities=ahead.labels.utilities,
        now=now,
        action=action,
        first=first,
        decision_value=np.array([each.decision_value for each in found], dtype=np.float64),
        net_value=np.array([each.gain - each.burden for each in found], dtype=np.float64),
        index=np.array([each.index for each in found], dtype=np.float64),
        gain=np.array([each.gain for each in found], dtype=np.float64),
        burden=np.array([each.burden for each in found], dtype=np.float64),
        own_burden=own,
        second=tuple(each.second for each in found),
        continued=tuple(each.continued for each in found),
    )


def gain_for_burden(gain: float, burden: float) -> float:
    """Gain for each unit of burden; 0 without gain, infinite where the model weighs no burden."""
    if gain <= 0:
        return 0.0
    return float(gain / burden) if burden > 0 else float("inf")


def extra_burdens(network: Network, done: Sequence[Study], others: Sequence[Study]) -> NDArray[np.float64]:
    """What each study adds to the burden once others are done: one visit is counted once, (others,)."""
    own = burden_together(network, done)
    return np.array([burden_together(network, [*done, each]) - own for each in others])


@dataclass(frozen=True, eq=False)
class _First:
    """What `Values` says of one first study."""

    decision_value: float
    index: float
    gain: float
    burden: float
    second: NDArray[np.int64]
    continued: NDArray[np.float64]


def _first(
    alone: NDArray[np.float64],
    chance: NDArray[np.float64],
    after: NDArray[np.float64],
    allowed: NDArray[np.bool_],
    own: float,
    more: NDArray[np.float64],
    now: float,
) -> _First:
    """Values of one first study: `alone` and `after` are weighed with the probability of the result."""
    gains = np.concatenate([alone[:, None], np.where(allowed, after, -np.inf)], axis=1)
    costs = np.concatenate([np.zeros((len(chance), 1)), chance[:, None] * more], axis=1)
    rows = np.arange(len(chance))

    def policy(price: float) -> tuple[float, float, NDArray[np.int64]]:
        choice = np.argmax(gains - price * costs, axis=1)
        return float(gains[rows, choice].sum()) - now, own + float(costs[rows, choice].sum()), choice

    gain, burden, choice = policy(1.0)
    by_itself = float(alone.sum()) - now
    return _First(
        decision_value=by_itself if by_itself > _ROUNDING else 0.0,
        index=largest_ratio(policy),
        gain=gain,
        burden=burden,
        second=np.asarray(choice - 1, dtype=np.int64),
        continued=(gains - costs)[rows, choice],
    )


def largest_ratio(policy: Policy) -> float:
    """The largest gain / burden over policies, by Dinkelbach's iteration.

    Args:
        policy: for a price, gain and burden of the policy with the largest gain - price x burden.

    Returns:
        The ratio; not negative, infinite where a gain costs nothing.
    """
    ratio = 0.0
    while True:
        gain, burden, _ = policy(ratio)
        if gain - ratio * burden <= _SETTLED * max(1.0, burden):
            return ratio
        ratio = gain_for_burden(gain, burden)
        if not np.isfinite(ratio):
            return ratio


def tie_groups(draws: NDArray[np.float64], sure: float = 0.9) -> tuple[tuple[int, ...], ...]:
    """Which studies cannot be told apart: ties of the leader, then of the leader of the rest, and so on.

    Args:
        draws: value of each study in each parameter draw, (draws, studies); the draws are paired.
        sure: P(A beats B) from which A is better.

    Returns:
        Groups of at least two studies, best mean first.
    """
    left = list(np.argsort(-draws.mean(axis=0), kind="stable")) if draws.shape[0] else []
    groups = []
    while left:
        leader = left[0]
        beats = [float(np.mean(draws[:, leader] > draws[:, other])) for other in left[1:]]
        group = [int(leader), *(int(other) for other, p in zip(left[1:], beats, strict=True) if p < sure)]
        left = [other for other in left if int(other) not in group]
        if len(group) > 1:
            groups.append(tuple(group))
    return tuple(groups)
