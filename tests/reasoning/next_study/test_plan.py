"""A plan of two steps is the best of all, one of three steps is followed policy whose gap covers the best of all."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from expectimax import BURDENS
from small_management import network_with_actions
from small_model import small_network
from studied import NAMES, PLACE, Studied, impossible, studied

from hpt_bayes.case import Case
from hpt_bayes.display.rows import to_text
from hpt_bayes.errors import EvidenceError, ImpossibleEvidence
from hpt_bayes.reasoning.next_study.leading import NOTHING
from hpt_bayes.reasoning.next_study.plan import Branch, Plan, PlanNode
from hpt_bayes.reasoning.next_study.planning import UNITS
from hpt_bayes.reasoning.next_study.value import PHASES

CLOSE = 1e-10
COSTS = {"scan": (500, 5), "gene": (300, 0)}


@pytest.fixture(params=NAMES)
def one(request: pytest.FixtureRequest) -> Studied:
    return studied(str(request.param))


def ends(node: PlanNode, chance: float = 1.0) -> Iterator[tuple[float, Branch, tuple[str, ...]]]:
    """Every way through the tree: its probability, its last branch, the studies on it."""
    for branch in node.branches:
        p = chance * branch.probability
        if branch.then is None:
            yield p, branch, (node.study,)
        else:
            yield from ((q, last, (node.study, *names)) for q, last, names in ends(branch.then, p))


def depth(node: PlanNode | None) -> int:
    return 0 if node is None else 1 + max(depth(branch.then) for branch in node.branches)


def test_two_steps_are_the_best_of_every_policy(one: Studied) -> None:
    plan, oracle = one.case.plan(), one.oracle
    assert plan.net == pytest.approx(oracle.best(oracle.root, 2) - oracle.now, abs=CLOSE)
    assert (plan.steps, plan.gap) == (2, 0.0)
    assert plan.action == one.case.decide().best
    assert depth(plan.root) <= 2


@pytest.mark.parametrize("name", ["a focus seen", "gland unclear"])
def test_no_policy_of_three_steps_is_better_by_more_than_the_gap(name: str) -> None:
    case, oracle = studied(name).case, studied(name).oracle
    near, far = case.plan(2), case.plan(3)
    best = oracle.best(oracle.root, 3) - oracle.now
    assert near.net - CLOSE <= far.net <= best + CLOSE
    assert best <= far.net + far.gap + CLOSE
    assert far.gap >= 0.0
    assert depth(far.root) <= 3


@pytest.mark.parametrize("steps", [2, 3])
def test_the_tree_is_worth_what_the_plan_says(one: Studied, steps: int) -> None:
    plan = one.case.plan(steps)
    if plan.root is None:
        assert (plan.gain, plan.burden, plan.studies, plan.cost_usd, plan.dose_msv) == (0, 0, 0, 0, 0)
        return
    paths = list(ends(plan.root))
    assert sum(p for p, _, _ in paths) == pytest.approx(1.0, abs=CLOSE)
    acted = sum(p * branch.utility for p, branch, _ in paths)
    assert plan.gain == pytest.approx(acted - one.oracle.now, abs=CLOSE)
    assert plan.burden == pytest.approx(sum(p * BURDENS[name] for p, _, names in paths for name in names), abs=CLOSE)
    assert plan.studies == pytest.approx(sum(p * len(names) for p, _, names in paths), abs=CLOSE)
    for position, total in enumerate((plan.cost_usd, plan.dose_msv)):
        spent = sum(p * COSTS.get(name, (0, 0))[position] for p, _, names in paths for name in names)
        assert total == pytest.approx(spent, abs=1e-8)
    assert all(len(set(names)) == len(names) for _, _, names in paths)


def test_each_branch_is_what_entering_its_result_gives() -> None:
    case = studied("a focus seen").case
    plan = case.plan()
    assert plan.root is not None
    assert (plan.root.study, plan.root.place) == ("cytology", PLACE)
    for branch in plan.root.branches:
        after = case.observe("cytology", branch.result.removesuffix(f"@{PLACE}"), site=PLACE)
        decision, answer = after.decide(), after.posterior()
        assert branch.action == decision.best
        assert branch.utility == pytest.approx(decision.actions[0].expected_utility, abs=CLOSE)
        assert branch.leading.diagnosis == answer.leading_diagnosis
        assert branch.leading.diagnosis_probability == pytest.approx(max(answer.diagnoses.values()), abs=CLOSE)
        assert branch.leading.site_probability == pytest.approx(max(answer.gland_site.values()), abs=CLOSE)
    assert {branch.then.study for branch in plan.root.branches if branch.then} == {"slides"}


def test_a_study_of_a_visit_that_was_paid_for_costs_no_second_visit() -> None:
    """The gene test and the blood panel share one draw, also below the root of three steps."""
    case = Case(network_with_actions(), "persistent", unavailable=["scan"]).observe("histology", "hyperplasia")
    for steps in (2, 3):
        plan = case.plan(steps)
        assert plan.root is not None
        assert plan.root.study == "blood_panel"
        second = [branch.then.burden for branch in plan.root.branches if branch.then and branch.then.study == "gene"]
        assert second
        assert second == pytest.approx([0.003 - 1e-4] * len(second), abs=1e-15)


def test_progress_never_exceeds_what_was_announced() -> None:
    for steps, most in UNITS.items():
        seen: list[int] = []
        studied("a focus seen").case.plan(steps, advance=seen.append)
        assert PHASES <= sum(seen) <= most


def test_a_plan_prints_saves_and_becomes_a_table(one: Studied) -> None:
    plan = one.case.plan()
    data = json.loads(json.dumps(plan.to_dict(), allow_nan=False))
    assert data["net_value"] == pytest.approx(plan.gain - plan.burden, abs=1e-15)
    assert set(data["expected"]) == {"studies", "cost_usd", "dose_msv"}
    assert (data["root"] is None) is (plan.root is None)
    assert data["stopping"] is None, "the small model has no thresholds"
    visited = 0 if plan.root is None else len(list(plan.root.visited()))
    assert len(plan.to_frame()) == visited
    text = to_text(plan.blocks(), 80)
    assert text.startswith("Plan: no further study" if plan.root is None else "Plan: first ")
    assert max(map(len, text.splitlines())) <= 80
    assert "Plan:" in plan._repr_html_()


def test_three_steps_say_what_they_may_miss() -> None:
    def said(plan: Plan) -> bool:
        return "Three steps are searched in part: no plan is better by more than" in to_text(plan.blocks(), 120)

    assert said(studied("a focus seen").case.plan(3))
    assert said(studied("gland unclear").case.plan(3))
    assert not said(studied("a focus seen").case.plan())


def test_a_puncture_is_named_with_its_place_once() -> None:
    text = to_text(studied("a focus seen").case.plan().blocks(), 100)
    assert text.startswith("Plan: first FNA cytology, Left superior\n")
    assert text.count("parathyroid ") == 1
    assert ": left superior" not in text


@pytest.mark.parametrize("steps", [0, 1, 4, 2.0, True])
def test_other_steps_are_refused(steps: int) -> None:
    with pytest.raises(EvidenceError, match=f"expected a plan of 2 or 3 steps, found {steps}"):
        studied("a focus seen").case.plan(steps)


def test_a_plan_needs_actions_and_possible_findings() -> None:
    with pytest.raises(EvidenceError, match="small has no actions, so there is nothing to plan for"):
        Case(small_network(), "persistent").plan()
    with pytest.raises(ImpossibleEvidence):
        impossible().plan()


def test_people_are_shown_what_one_may_come_to() -> None:
    shares = (0.5, 0.3, 0.1, 0.05, 0.02, 0.02, 0.01)
    node = PlanNode(
        "scan", None, 0.0, 0.0, 0.0, tuple(Branch(f"r{i}", p, NOTHING, "a", 1.0) for i, p in enumerate(shares))
    )
    assert [branch.result for branch in node.listed(1.0)] == ["r0", "r1", "r2", "r3", "r4", "r5"]
    assert [branch.result for branch in node.listed(0.1)] == ["r0", "r1", "r2"]
    assert node.listed(0.01) == ()
