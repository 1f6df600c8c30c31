"""Every branch of a plan's tree is what entering its results one after the other gives."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

import pytest
from packaged import network as packaged_network

from hpt_bayes.case import Case, read_case
from hpt_bayes.reasoning.next_study.plan import Branch, PlanNode

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
