"""Are we done: probability and regret are sums over the full joint, and the rule is the stated one."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from small_management import MANAGEMENT, network_with_actions, write_small_management
from studied import NAMES, PLACE, impossible, small_case, studied

from hpt_bayes.case import Case
from hpt_bayes.display.rows import to_text
from hpt_bayes.errors import EvidenceError, ImpossibleEvidence
from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.next_study import stopping as module
from hpt_bayes.reasoning.next_study.stopping import Stopping
from hpt_bayes.reasoning.next_study.value import PHASES

CLOSE = 1e-10
STOPPING = """\
stopping:
  same_decision: {{value: {same}, range: [0, 1], why: for the test}}
  regret: {{value: {regret}, range: [0, 1], why: for the test}}
"""
SETS = {
    "nothing known": [(), ("gene",), ("scan", "slides"), ("scan", "gene", "slides", "records")],
    "a focus seen": [("cytology",), ("slides", "cytology"), ("cytology", "slides", "records", "gene")],
    "gland unclear": [("gene", "slides"), ("records",)],
}


@cache
def network(same: float = 0.9, regret: float = 0.005) -> Network:
    with TemporaryDirectory() as folder:
        text = MANAGEMENT + STOPPING.format(same=same, regret=regret)
        return load_network(write_small_management(Path(folder) / "small", text))


def asked(name: str, *limits: float) -> Case:
    return small_case(name, network(*limits))


@pytest.mark.parametrize(("name", "studies"), [(name, each) for name in NAMES for each in SETS[name]])
def test_probability_and_regret_are_sums_over_every_joint_result(name: str, studies: tuple[str, ...]) -> None:
    found, oracle = asked(name).stopping(studies), studied(name).oracle
    now = oracle.worth @ oracle.root.mass
    same = regret = 0.0
    for mass in oracle.together(studies, PLACE):
        values = oracle.worth @ mass
        same += mass.sum() * (values.max() - values[now.argmax()] <= 1e-12)
        regret += values.max() - values[now.argmax()]
    assert found.studies == studies
    assert found.same_decision == pytest.approx(same, abs=CLOSE)
    assert found.regret == pytest.approx(regret, abs=CLOSE)
    assert found.results >= len(oracle.together(studies, PLACE)), "impossible ones are counted too"
    assert (found.exact, found.draws) == (True, 0)
    assert found.same_decision_interval is found.regret_interval is None


def test_more_studies_never_lower_the_regret() -> None:
    regrets = [asked("a focus seen").stopping(each).regret for each in (("slides",), ("slides", "cytology"))]
    assert 0.0 <= regrets[0] <= regrets[1] + 1e-12


def test_the_usual_set_is_what_is_worth_doing() -> None:
    for name in NAMES:
        case = asked(name)
        worth = {row.study for row in case.next_studies(steps=2).studies if row.worth_doing}
        assert set(case.stopping().studies) == worth


def test_draws_agree_with_the_exact_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    studies = ("cytology", "slides", "records")
    exact = asked("a focus seen").stopping(studies)
    monkeypatch.setattr(module, "EXACT", 1)
    drawn = asked("a focus seen").stopping(studies, seed=5)
    again = asked("a focus seen").stopping(studies, seed=5)
    other = asked("a focus seen").stopping(studies, seed=6)
    assert (drawn.exact, drawn.draws, drawn.results) == (False, module.DRAWS, exact.results)
    assert drawn.to_dict() == again.to_dict()
    assert drawn.same_decision != other.same_decision
    for ends, truth, spread in (
        (drawn.same_decision_interval, exact.same_decision, 0.02),
        (drawn.regret_interval, exact.regret, 0.001),
    ):
        assert ends is not None
        assert 0.0 < ends[1] - ends[0] < 2 * spread
        assert abs(np.mean(ends) - truth) < spread
    assert "4,000 draws of their results" in " ".join(to_text(drawn.blocks(), 200).split())


RULE = [
    ("a focus seen", 0.99, 0.001, False, "a policy pays and the action may change"),
    ("a focus seen", 0.0, 1.0, True, "both limits are met"),
    ("a focus seen", 0.0, 0.0, False, "the regret alone is too large"),
    ("a focus seen", 1.0, 1.0, False, "the probability alone is too small"),
    ("gland unclear", 1.0, 0.0, True, "nothing pays"),
]


@pytest.mark.parametrize(("name", "same", "regret", "stop", "why"), RULE)
def test_the_rule(name: str, same: float, regret: float, stop: bool, why: str) -> None:
    found = asked(name, same, regret).stopping()
    assert found.stop is stop, why
    assert (found.least_same_decision, found.most_regret) == (same, regret)
    oracle = studied(name).oracle
    best = max(oracle.start(oracle.root, *each, 2) for each in oracle.open(oracle.root)) - oracle.now
    assert found.best_net == pytest.approx(best, abs=CLOSE)
    assert found.nothing_pays is (best <= 0)


def test_studies_that_were_not_asked_about_still_count() -> None:
    """One test that changes nothing does not end the search while others are worth doing."""
    found = asked("a focus seen").stopping(["gene"])
    assert (found.same_decision, found.regret) == (pytest.approx(1.0), pytest.approx(0.0))
    assert not found.stop
    assert set(found.left_out) == set(asked("a focus seen").stopping().studies) - {"gene"}
    assert "Not among them, though worth doing: FNA cytology; " in to_text(found.blocks(), 120)
    assert asked("a focus seen").stopping().left_out == ()


def test_a_stop_line_never_frees_the_way() -> None:
    """A child without a gene test: the best operation waits, whatever further studies would change."""
    case = Case(network(0.0, 1.0), "first_time").observe("age", 12)
    found = case.stopping()
    assert found.stop
    assert not found.may_act
    assert found.not_yet == ("test the gene first",)
    assert "Stopping studies does not free the way: test the gene first." in to_text(found.blocks(), 120)
    assert case.observe("gene", "negative").stopping().may_act


def test_nothing_left_to_do_is_done() -> None:
    bare = Case(network(), "first_time", unavailable=list(network().studies))
    found = bare.stopping()
    assert (found.stop, found.best_net, found.studies) == (True, None, ())
    assert (found.same_decision, found.regret, found.results) == (pytest.approx(1.0), pytest.approx(0.0), 1)
    assert json.dumps(found.to_dict(), allow_nan=False)


def test_a_plan_says_whether_we_are_done() -> None:
    case = asked("a focus seen")
    plan = case.plan()
    assert isinstance(plan.stopping, Stopping)
    assert plan.stopping.to_dict() == case.stopping().to_dict()
    assert "Are we done? Not yet" in to_text(plan.blocks(), 80)


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_prints_saves_and_becomes_a_table(name: str) -> None:
    found = asked(name).stopping()
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert data["thresholds"] == {"same_decision": 0.9, "regret": 0.005}
    assert list(found.to_frame()["stop"]) == [found.stop]
    text = to_text(found.blocks(), 80)
    assert text.startswith(f"Are we done? {'Yes' if found.stop else 'Not yet'}\n")
    assert max(map(len, text.splitlines())) <= 80
    assert "Are we done?" in found._repr_html_()


def test_progress_is_that_of_looking_two_steps_ahead() -> None:
    seen: list[int] = []
    asked("a focus seen").stopping(advance=seen.append)
    assert sum(seen) == PHASES


def test_refusals() -> None:
    case = asked("a focus seen")
    with pytest.raises(EvidenceError, match="unknown study 'cytologie'; nearest valid name: 'cytology'"):
        case.stopping(["cytologie"])
    with pytest.raises(EvidenceError, match="washout cannot be done now; expected studies among "):
        case.stopping(["washout"])
    with pytest.raises(EvidenceError, match="expected a seed from 0, found -1"):
        case.stopping(seed=-1)
    nothing = Case(case.facts.network, "persistent", unavailable=list(case.facts.network.studies))
    with pytest.raises(EvidenceError, match="washout cannot be done now; nothing can"):
        nothing.stopping(["washout"])
    with pytest.raises(EvidenceError, match="small has no actions with thresholds for stopping"):
        Case(network_with_actions(), "first_time").stopping()
    with pytest.raises(ImpossibleEvidence):
        impossible().stopping()
