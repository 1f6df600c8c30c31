"""Every branch of a plan's tree is what entering its results one after the other gives."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

import pytest
from packaged import network as packaged_network

from hpt_bayes.case import Case, read_case
from hpt_bayes.display.rows import to_text
from hpt_bayes.reasoning.next_study.plan import Branch, PlanNode
from hpt_bayes.reasoning.studies.outcomes import distinguished

CLOSE = 1e-10


def entered(case: Case, node: PlanNode, branch: Branch) -> Case:
    """The case with the result of a branch."""
    reveals = case.facts.network.studies[node.study].reveals
    for finding, result in zip(reveals, branch.result.split(" + "), strict=True):
        told = result.removesuffix(f"@{node.place}") if node.place is not None else result
        case = case.observe(finding, told, site=node.place) if node.place is not None else case.observe(finding, told)
    return case


def paths(case: Case, node: PlanNode, chance: float = 1.0) -> Iterator[tuple[Case, Branch, float, float, int]]:
    """For each node its most probable branch and the most probable one that goes on: the case after it, the branch,
    the probability of coming to the node, that of its result, and how many studies were done."""
    further = [branch for branch in node.branches if branch.then is not None]
    for branch in dict.fromkeys((node.branches[0], *further[:1])):
        after = entered(case, node, branch)
        yield after, branch, chance, branch.probability, 1
        if branch.then is not None:
            for other, last, p, q, depth in paths(after, branch.then, chance * branch.probability):
                yield other, last, p, q, depth + 1


@pytest.mark.parametrize("steps", [2, 3])
def test_branches_are_what_entering_their_results_gives(steps: int) -> None:
    case = read_case("persistent-after-failed-exploration", packaged_network())
    before = case.posterior().log_evidence
    plan = case.plan(steps)
    assert plan.root is not None
    depths = set()
    for after, branch, chance, probability, depth in paths(case, plan.root):
        decision, answer = after.decide(), after.posterior()
        assert branch.utility == pytest.approx(decision.actions[0].expected_utility, abs=CLOSE)
        assert branch.leading.diagnosis_probability == pytest.approx(max(answer.diagnoses.values()), abs=CLOSE)
        assert branch.leading.site_probability == pytest.approx(max(answer.gland_site.values()), abs=CLOSE)
        assert chance * probability == pytest.approx(exp(answer.log_evidence - before), abs=CLOSE)
        depths.add(depth)
    assert max(depths) == steps


def exactly(case: Case, node: PlanNode, branch: Branch) -> Case:
    """The case with the result of one numeric finding, as the steps that it stands for."""
    (finding,) = case.facts.network.studies[node.study].reveals
    variable = case.facts.network.variables[finding]
    names, members = distinguished(variable)
    steps = members[names.index(branch.result)]
    return case.observe(finding, any_of=[variable.states[step] for step in steps])


def test_after_a_result_that_changes_the_decision_the_advice_is_that_of_the_new_one() -> None:
    """Calcium of 14 mg/dL or more is an emergency, and vitamin D must not be repleted from 12."""
    case = Case(packaged_network(), "postoperative_unclear", unavailable=["ionized_calcium"])
    root = case.plan(2).root
    assert root is not None
    assert root.study == "adjusted_calcium"
    assert {branch.result for branch in root.branches if branch.changed} >= {"crisis"}
    ranked = next(row for row in case.next_studies().studies if row.study == root.study)
    told = {result.result: result.action for result in ranked.results}
    for branch in root.branches:
        decision = exactly(case, root, branch).decide()
        assert branch.action == decision.best == told[branch.result]
        if branch.changed:
            assert branch.to_dict()["decision_changed"] is True
        else:
            assert branch.utility == pytest.approx(decision.actions[0].expected_utility, abs=CLOSE)
    assert "what to do after a result that changes them" in " ".join(to_text(case.plan(2).blocks(), 80).split())
