"""Three steps by a beam, and a bound on what it may miss.

The most probable results of the best few first studies are entered, and the exact best two steps over the most
promising studies are looked up after each; where they are no better, and after other results, the best two-step
strategy goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.beliefs import target_beliefs
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate
from hpt_bayes.reasoning.deciding.utility import DecisionProblem
from hpt_bayes.reasoning.lookahead.lookahead import decision_labels, lookahead
from hpt_bayes.reasoning.lookahead.looks import Look, open_looks
from hpt_bayes.reasoning.next_study.strategy import Strategy, two_steps
from hpt_bayes.reasoning.next_study.together import entered_after
from hpt_bayes.reasoning.next_study.value import STOP, Values, extra_burdens, two_step_values
from hpt_bayes.reasoning.progress import Advance
from hpt_bayes.reasoning.side_by_side import side_by_side
from hpt_bayes.reasoning.studies.outcomes import seen_target
from hpt_bayes.reasoning.studies.study_status import why_premature

FIRST_STUDIES = 3
RESULTS_ENTERED = 6
STUDIES_BELOW = 8
ENTERED = FIRST_STUDIES * RESULTS_ENTERED
"""Results entered at most."""


@dataclass(frozen=True, eq=False)
class _Below:
    """The best two steps after a result: expected utility less burden, and how; no strategy for stopping there."""

    worth: float
    strategy: Strategy | None


def three_steps(
    model: CompiledModel, entered: EnteredEvidence, problem: DecisionProblem, values: Values, advance: Advance
) -> Strategy | None:
    """The best strategy of the beam.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        problem: actions and utilities of the case.
        values: its two-step values.
        advance: told of each result entered, up to `ENTERED`.

    Returns:
        The strategy, or None when stopping now is best.
    """
    names = _studies_below(values)
    firsts = np.argsort(-values.net_value, kind="stable")[:FIRST_STUDIES].tolist()
    chance = {at: values.joints[values.first[at]].sum(axis=0) for at in firsts}
    entering = [
        (at, x)
        for at in firsts
        for x in np.argsort(-chance[at], kind="stable")[:RESULTS_ENTERED].tolist()
        if chance[at][x] > 0
    ]

    def below(place: tuple[int, int]) -> _Below:
        at, x = place
        return _best_below(model, entered, problem, values.looks[values.first[at]], x, names)

    found = {}
    for place, best in zip(entering, side_by_side(below, entering), strict=True):
        found[place] = best
        advance(1)
    chosen, most = None, 0.0
    for at in firsts:
        strategy, net = two_steps(values, at), float(values.net_value[at])
        then = dict(strategy.then)
        for x, p in enumerate(chance[at].tolist()):
            deeper = found.get((at, x))
            gained = 0.0 if deeper is None else p * deeper.worth - float(values.continued[at][x])
            if deeper is not None and deeper.strategy is not None and gained > 0:
                then[x] = deeper.strategy
                net += gained
        if net > most:
            chosen, most = replace(strategy, then=then), net
    return chosen


def _studies_below(values: Values) -> frozenset[str]:
    """The studies looked at after a first result: second ones of the best strategies, then by value."""
    order = np.argsort(-values.net_value, kind="stable")
    looks = values.looks
    seconds = [looks[int(n)].study.name for at in order[:FIRST_STUDIES] for n in values.second[at] if n != STOP]
    by_gain = [looks[values.first[at]].study.name for at in np.argsort(-values.decision_value, kind="stable")]
    firsts = [looks[values.first[at]].study.name for at in order]
    return frozenset(list(dict.fromkeys([*seconds, *by_gain[: STUDIES_BELOW // 2], *firsts]))[:STUDIES_BELOW])


def _best_below(
    model: CompiledModel,
    entered: EnteredEvidence,
    problem: DecisionProblem,
    first: Look,
    result: int,
    names: frozenset[str],
) -> _Below:
    """The exact best two steps over some studies after a result."""
    after = entered_after(model, entered, first, result)
    calibrated = calibrate(model, after)
    premature = why_premature(model.network, after, target_beliefs(model, calibrated).gate)
    left = [look.without(first.reveals) for look in open_looks(model, after, calibrated, premature)]
    looks = [look for look in left if look is not None and look.study.name in names]
    ahead = lookahead(model, after, calibrated, decision_labels(model, calibrated, problem), looks)
    place = seen_target(model, after, calibrated)
    values = two_step_values(model, after, ahead, problem.actions, model.network.gate_clear, place, done=(first.study,))
    best = int(np.argmax(values.net_value)) if len(values.first) else STOP
    if best == STOP or values.net_value[best] <= 0:
        return _Below(values.now, None)
    return _Below(values.now + float(values.net_value[best]), two_steps(values, best))


def bound(network: Network, values: Values) -> float:
    """What no strategy of any length exceeds: every cause and place known for certain after the first result.

    Stopping after a result is worth what it is; going on costs at least the smallest burden of a further study.

    Args:
        network: whose studies are valued.
        values: two-step values.

    Returns:
        Net value, not negative.
    """
    studies = [look.study for look in values.looks]
    best = 0.0
    for number in values.first:
        joint, study = values.joints[number], studies[number]
        others = [each for each in studies if each.name != study.name]
        least = float(extra_burdens(network, [study], others).min()) if others else np.inf
        stop = (values.utilities @ joint).max(axis=0)
        chance, certain = joint.sum(axis=0), values.utilities.max(axis=0) @ joint
        further = np.where(chance > 0, certain - least * chance, 0.0)
        own = float(extra_burdens(network, [], [study])[0])
        best = max(best, float(np.maximum(stop, further).sum()) - values.now - own)
    return best
