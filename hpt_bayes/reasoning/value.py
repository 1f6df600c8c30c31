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
from hpt_bayes.reasoning.burden import burden_together
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.lookahead import Lookahead, lookahead
from hpt_bayes.reasoning.looks import Openings, open_looks
from hpt_bayes.reasoning.utility import DecisionProblem

STOP = -1
_SETTLED = 1e-12

Policy = Callable[[float], tuple[float, float, NDArray[np.int64]]]


@dataclass(frozen=True, eq=False)
class Values:
    """One-step and two-step values of the studies that can be done now.

    Attributes:
        model: what all open studies would show.
        actions: names of the actions.
        now: largest expected utility without any study.
        action: number of the action that has it.
        first: numbers of the looks that can be done now.
        decision_value: of each, (first,), not negative.
        net_value: of each, (first,).
        index: of each, (first,).
        gain: expected gain of the two-step policy with the largest net value, (first,).
        burden: its expected burden, (first,).
        second: for each first look the best second look after each result, or STOP.
    """

    model: Lookahead
    actions: tuple[str, ...]
    now: float
    action: int
    first: tuple[int, ...]
    decision_value: NDArray[np.float64]
    net_value: NDArray[np.float64]
    index: NDArray[np.float64]
    gain: NDArray[np.float64]
    burden: NDArray[np.float64]
    second: tuple[NDArray[np.int64], ...]


def study_values(
    model: CompiledModel,
    entered: EnteredEvidence,
    calibrated: Calibrated,
    problem: DecisionProblem,
    premature: str | None,
) -> Values:
    """The value of every study that can be done now, exactly, looking two steps ahead.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        calibrated: its propagation.
        problem: actions and utilities; they are those of the case as it stands, after every result.
        premature: why localisation would come too early, or None.

    Returns:
        The values.
    """
    looks = open_looks(model, entered, calibrated, premature)
    ahead = lookahead(model, entered, calibrated, problem, looks)
    clear = model.network.gate_clear if premature is not None else None
    return two_step_values(model, entered, ahead, problem.actions, clear)


def two_step_values(
    model: CompiledModel, entered: EnteredEvidence, ahead: Lookahead, actions: tuple[str, ...], gate_clear: float | None
) -> Values:
    """The values of a look-ahead.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        ahead: what the open studies would show.
        actions: names of the actions.
        gate_clear: probability of gland disease from which localisation is no longer premature; None when it is not.

    Returns:
        The values of the looks that can be done now.
    """
    expected = ahead.labels.utilities @ ahead.now
    action, now = int(np.argmax(expected)), float(expected.max())
    alone = (ahead.labels.utilities @ ahead.single).max(axis=0)
    chance = ahead.single.sum(axis=0)
    after = ahead.best_after_pairs()
    openings = Openings(model, entered, ahead.looks)
    first = tuple(i for i, look in enumerate(ahead.looks) if look.status == "available" and look.place is None)
    found = []
    for number in first:
        columns = ahead.results_of(number)
        gland = ahead.labels.clear @ ahead.single[:, columns]
        allowed = np.zeros((columns.stop - columns.start, len(ahead.looks)), dtype=bool)
        for x, p in enumerate(chance[columns]):
            if p > 0:
                sure = gate_clear is None or gland[x] >= gate_clear * p
                allowed[x] = openings.after(ahead.looks[number], x, bool(sure))
        studies = [look.study for look in ahead.looks]
        more = extra_burdens(model.network, ahead.looks[number].study, studies)
        own = burden_together(model.network, [ahead.looks[number].study])
        found.append(_first(alone[columns], chance[columns], after[columns], allowed, own, more, now))
    numbers = np.array([each[:5] for each in found], dtype=np.float64).reshape(len(found), 5)
    decision, net, index, gain, burden = numbers.T
    second = tuple(each[5] for each in found)
    return Values(ahead, actions, now, action, first, decision, net, index, gain, burden, second)


def extra_burdens(network: Network, done: Study, others: Sequence[Study]) -> NDArray[np.float64]:
    """What each study adds to the burden once another is done: one visit is counted once, (others,)."""
    own = burden_together(network, [done])
    return np.array([burden_together(network, [done, each]) - own for each in others])


def _first(
    alone: NDArray[np.float64],
    chance: NDArray[np.float64],
    after: NDArray[np.float64],
    allowed: NDArray[np.bool_],
    own: float,
    more: NDArray[np.float64],
    now: float,
) -> tuple[float, float, float, float, float, NDArray[np.int64]]:
    """Values of one first study: `alone` and `after` are weighed with the probability of the result."""
    gains = np.concatenate([alone[:, None], np.where(allowed, after, -np.inf)], axis=1)
    costs = np.concatenate([np.zeros((len(chance), 1)), chance[:, None] * more], axis=1)
    rows = np.arange(len(chance))

    def policy(price: float) -> tuple[float, float, NDArray[np.int64]]:
        choice = np.argmax(gains - price * costs, axis=1)
        return float(gains[rows, choice].sum()) - now, own + float(costs[rows, choice].sum()), choice

    gain, burden, choice = policy(1.0)
    return (
        max(float(alone.sum()) - now, 0.0),
        gain - burden,
        largest_ratio(policy),
        gain,
        burden,
        np.asarray(choice - 1, dtype=np.int64),
    )


def largest_ratio(policy: Policy) -> float:
    """The largest gain / burden over policies, by Dinkelbach's iteration.

    Args:
        policy: for a price, gain and burden of the policy with the largest gain - price x burden; burdens positive.

    Returns:
        The ratio; not negative.
    """
    ratio = 0.0
    while True:
        gain, burden, _ = policy(ratio)
        if gain - ratio * burden <= _SETTLED * max(1.0, burden):
            return ratio
        ratio = gain / burden


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
