"""A strategy grown into the tree of a plan: how probable each result is, what leads and what is best after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate
from hpt_bayes.reasoning.deciding.utility import DecisionProblem
from hpt_bayes.reasoning.lookahead.lookahead import Labels, Lookahead, lookahead
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.next_study.decided_after import decided_after
from hpt_bayes.reasoning.next_study.leading import leading
from hpt_bayes.reasoning.next_study.plan import Branch, PlanNode
from hpt_bayes.reasoning.next_study.question import Question, question
from hpt_bayes.reasoning.next_study.strategy import Strategy
from hpt_bayes.reasoning.next_study.value import extra_burdens
from hpt_bayes.reasoning.studies.burden import burden_parts


@dataclass(frozen=True, eq=False)
class _Step:
    """One study of a strategy, the studies before it, and the number of the result each of them had."""

    strategy: Strategy
    before: tuple[Look, ...] = ()
    results: tuple[int, ...] = ()


def tree_of(model: CompiledModel, entered: EnteredEvidence, problem: DecisionProblem, strategy: Strategy) -> PlanNode:
    """The tree of a strategy, exactly.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        problem: actions and utilities of the case.
        strategy: to follow.

    Returns:
        The first study with all that follows it; results of probability zero are left out.
    """
    calibrated = calibrate(model, entered)
    asked = question(model, calibrated, None, problem.of_target)
    assert asked.state is not None
    looks = tuple(dict.fromkeys(strategy.looks()))
    ahead = lookahead(model, entered, calibrated, Labels(asked.groups, problem.utilities[:, asked.state]), looks)
    joints: dict[tuple[int, ...], NDArray[np.float64]] = {}
    level = [_Step(strategy)]
    while level:
        together: dict[tuple[Look, ...], list[_Step]] = defaultdict(list)
        for step in level:
            together[(*step.before, step.strategy.look)].append(step)
        for path, steps in together.items():
            joints.update(_shown(ahead, path, steps))
        level = [
            _Step(then, (*step.before, step.strategy.look), (*step.results, x))
            for step in level
            for x, then in step.strategy.then.items()
            if joints[step.results][:, x].any()
        ]
    return _node(_Growing(model, asked, ahead.labels.utilities, joints), entered, problem, _Step(strategy))


def _shown(
    ahead: Lookahead, path: tuple[Look, ...], steps: Sequence[_Step]
) -> dict[tuple[int, ...], NDArray[np.float64]]:
    """P(group, results so far, x | e) of the last study at each step, (groups, results), by the results so far."""
    size = path[-1].size
    results = np.array([(*step.results, x) for step in steps for x in range(size)])
    joint = ahead.chosen([ahead.looks.index(look) for look in path], results)
    return {step.results: joint[:, at * size : (at + 1) * size] for at, step in enumerate(steps)}


@dataclass(frozen=True, eq=False)
class _Growing:
    """What every study of a tree needs.

    Attributes:
        model: the compiled network.
        asked: what leads is about.
        utilities: of the case as it stands, (actions, groups).
        joints: P(group, results so far, x | e) by the results so far, (groups, results).
    """

    model: CompiledModel
    asked: Question
    utilities: NDArray[np.float64]
    joints: Mapping[tuple[int, ...], NDArray[np.float64]]


def _node(tree: _Growing, entered: EnteredEvidence, problem: DecisionProblem, step: _Step) -> PlanNode:
    """A study of the tree, after the entries and with the decision that the results before it brought."""
    network, look, joint = tree.model.network, step.strategy.look, tree.joints[step.results]
    assert tree.asked.state is not None
    chance = joint.sum(axis=0)
    worth = (tree.utilities @ joint).max(axis=0)
    after, names = leading(tree.model, tree.asked, joint), look.result_names()
    branches = []
    for x in np.argsort(-chance, kind="stable").tolist():
        if chance[x] <= 0:
            break
        shown, decided = decided_after(tree.model, entered, problem, look, x)
        utilities = decided.utilities[:, tree.asked.state]
        then = None
        if x in step.strategy.then:
            further = _Step(step.strategy.then[x], (*step.before, look), (*step.results, x))
            then = _node(tree, shown, decided, further)
        branches.append(
            Branch(
                result=names[x],
                probability=float(chance[x] / chance.sum()),
                leading=after[x],
                action=decided.actions[int((utilities @ joint[:, x]).argmax())],
                utility=float(worth[x] / chance[x]),
                then=then,
                changed=not np.array_equal(utilities, tree.utilities),
            )
        )
    parts = burden_parts(network, look.study)
    done = [each.study for each in step.before]
    return PlanNode(
        study=look.study.name,
        place=look.place,
        burden=float(extra_burdens(network, done, [look.study])[0]),
        cost_usd=parts.cost_usd or 0.0,
        dose_msv=parts.dose_msv or 0.0,
        branches=tuple(branches),
    )
