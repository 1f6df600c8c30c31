"""The value of studies equals what trying every two-step policy finds; ties are what paired draws cannot tell apart."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from small_model import small_network

from hpt_bayes.case import Case
from hpt_bayes.reasoning.compiled import calibrate, compile_model
from hpt_bayes.reasoning.deciding.utility import DecisionProblem
from hpt_bayes.reasoning.lookahead.lookahead import Lookahead, decision_labels, lookahead
from hpt_bayes.reasoning.lookahead.looks import open_looks
from hpt_bayes.reasoning.lookahead.openings import Openings
from hpt_bayes.reasoning.next_study.value import STOP, Values, extra_burdens, largest_ratio, tie_groups, two_step_values
from hpt_bayes.reasoning.studies.burden import burden_parts, burden_together

NETWORK = small_network()
CLOSE = 1e-10


def values_of(case: Case) -> tuple[Lookahead, Values]:
    model = compile_model(case.facts.network, case.facts.settings)
    calibrated = calibrate(model, case.evidence)
    random = np.random.default_rng(3)
    size = int(np.prod(model.cards(model.targets.variables)))
    problem = DecisionProblem(
        ("a", "b", "c"), ("s", "t", "u", "v"), random.random((3, 4)), random.integers(0, 4, size), "met", "first"
    )
    looks = open_looks(model, case.evidence, calibrated, None)
    ahead = lookahead(model, case.evidence, calibrated, decision_labels(model, calibrated, problem), looks)
    return ahead, two_step_values(model, case.evidence, ahead, problem.actions, None)


@pytest.mark.parametrize("setting", ["first_time", "persistent"])
def test_values_are_the_best_of_every_policy(setting: str) -> None:
    case = Case(NETWORK, setting)
    model = compile_model(NETWORK, (setting,))
    ahead, values = values_of(case)
    assert values.looks == ahead.looks
    utilities = ahead.labels.utilities
    openings = Openings(model, case.evidence, ahead.looks)
    assert values.now == pytest.approx(float((utilities @ ahead.now).max()), abs=CLOSE)
    for place, first in enumerate(values.first):
        single = values.joints[first]
        np.testing.assert_allclose(single, ahead.joint([first]), rtol=0, atol=CLOSE)
        chance = single.sum(axis=0)
        own = burden_together(NETWORK, [ahead.looks[first].study])
        more = extra_burdens(NETWORK, [ahead.looks[first].study], [look.study for look in ahead.looks])
        options = []
        for x in range(single.shape[1]):
            here = [(float((utilities @ single[:, x]).max()), 0.0)]
            allowed = openings.after(ahead.looks[first], x, True)
            for second in np.flatnonzero(allowed):
                joint = ahead.pair(first, int(second))[:, x]
                here.append((float((utilities @ joint).max(axis=0).sum()), float(chance[x] * more[second])))
            options.append(here)
        alone = sum(each[0][0] for each in options)
        assert values.decision_value[place] == pytest.approx(alone - values.now, abs=CLOSE)
        best = sum(max(gain - burden for gain, burden in each) for each in options) - values.now - own
        assert values.net_value[place] == pytest.approx(best, abs=CLOSE)
        if np.prod([len(each) for each in options]) <= 20_000:
            ratios = [
                (sum(gain for gain, _ in policy) - values.now) / (own + sum(burden for _, burden in policy))
                for policy in product(*options)
            ]
            assert values.index[place] == pytest.approx(max(*ratios, 0.0), abs=1e-8)
        continued = [max(gain - burden for gain, burden in each) for each in options]
        np.testing.assert_allclose(values.continued[place], continued, rtol=0, atol=CLOSE)
        assert values.gain[place] - values.burden[place] == pytest.approx(values.net_value[place], abs=CLOSE)
        assert all(STOP <= second < len(ahead.looks) for second in values.second[place])


def test_the_largest_ratio_is_found_among_all_policies() -> None:
    policies = [(0.02, 0.01), (0.05, 0.02), (0.06, 0.04)]

    def best(price: float) -> tuple[float, float, np.ndarray[tuple[int, ...], np.dtype[np.int64]]]:
        gain, burden = max(policies, key=lambda each: each[0] - price * each[1])
        return gain, burden, np.zeros(0, dtype=np.int64)

    assert largest_ratio(best) == pytest.approx(2.5)


def test_studies_of_one_draw_share_the_least_burden() -> None:
    gene, panel = NETWORK.studies["gene"], NETWORK.studies["blood_panel"]
    alone = [burden_together(NETWORK, [each]) for each in (gene, panel)]
    assert alone == pytest.approx([burden_parts(NETWORK, each).utility for each in (gene, panel)])
    assert burden_together(NETWORK, [gene, panel]) == pytest.approx(alone[0])
    assert burden_together(NETWORK, [gene, NETWORK.studies["records"]]) == pytest.approx(alone[0] + 1e-4)


def test_ties_are_what_paired_draws_cannot_tell_apart() -> None:
    draws = np.tile([5.0, 4.0, 1.0], (10, 1))
    draws[:2, 1] = 6.0
    assert tie_groups(draws) == ((0, 1),)
    assert tie_groups(draws, sure=0.7) == ()
    assert tie_groups(np.zeros((0, 3))) == ()
