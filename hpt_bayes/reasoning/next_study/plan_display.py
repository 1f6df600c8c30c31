"""A plan as rows for people: what it is worth, and the plan as a tree."""

from __future__ import annotations

from collections.abc import Iterator

from hpt_bayes.display.numbers import amount, count_of, gained, in_sentence, percent, words
from hpt_bayes.display.rows import Rows, lines_block
from hpt_bayes.reasoning.next_study.plan import LEAST_LISTED, Branch, Plan, PlanNode
from hpt_bayes.reasoning.next_study.stopping_display import answer_block

_INDENT = "  "


def plan_blocks(plan: Plan) -> tuple[Rows, ...]:
    """Summary, tree, model."""
    closing = Rows(f"Model {plan.model}", (), (), (plan.scope,) if plan.scope else ())
    tree = () if plan.root is None else (_tree(plan, plan.root),)
    done = () if plan.stopping is None else (answer_block(plan.stopping),)
    return (_summary(plan), *tree, *done, closing)


def _summary(plan: Plan) -> Rows:
    action = plan.labels["action"].get(plan.action or "", "-")
    waits = f"But not yet: {'; '.join(plan.not_yet)}."
    if plan.root is None:
        found = "gains" if plan.steps == 2 else "was found that gains"
        lines = [f"No plan of up to {plan.steps} studies {found} what it burdens. Best now: {in_sentence(action)}."]
        lines += [waits] if plan.not_yet else []
        lines += [_gap(plan)] if plan.steps > 2 else []
        return lines_block("Plan: no further study", lines)
    lines = [
        f"Expected gain {gained(plan.gain)} for a burden of {gained(plan.burden)} (net {gained(plan.net)}) against "
        f"acting now: {in_sentence(action)}.",
        f"On average {plan.studies:.1f} studies, {amount(plan.cost_usd, 'USD')}, {amount(plan.dose_msv, 'mSv')}.",
    ]
    lines += [f"Acting now must wait: {'; '.join(plan.not_yet)}."] if plan.not_yet else []
    lines += [_gap(plan)] if plan.steps > 2 else []
    return lines_block(f"Plan: first {in_sentence(_name(plan, plan.root))}", lines)


def _gap(plan: Plan) -> str:
    return f"Three steps are searched in part: no plan is better by more than {gained(plan.gap)}."


def _name(plan: Plan, node: PlanNode) -> str:
    label = plan.labels["study"].get(node.study, words(node.study))
    return label if node.place is None else f"{label}, {plan.labels['site'].get(node.place, words(node.place))}"


def _tree(plan: Plan, root: PlanNode) -> Rows:
    """Each study with its results below it, indented: a column for the chance given what came before."""
    cells = tuple(_lines(plan, root, 0, 1.0))
    notes = [
        "Chance: of the result, given the results above it.",
        f"Results one comes to with less than {percent(LEAST_LISTED)} are left out; --json lists them.",
    ]
    if any(branch.changed for _, node in root.visited() for branch in node.branches):
        notes.append(
            "Gains take the indication for treatment, the risk and what is contraindicated as they stand; what to do "
            "after a result that changes them is by the new ones."
        )
    columns = ("result", "chance", "leads", "then")
    return Rows("What to do after each result", columns, cells, tuple(notes), frozenset({1}))


def _lines(plan: Plan, node: PlanNode, depth: int, reached: float) -> Iterator[tuple[str, str, str, str]]:
    pad = "\xa0" * len(_INDENT) * depth
    listed = node.listed(reached)
    for branch in listed:
        then = in_sentence(plan.labels["action"].get(branch.action, words(branch.action)))
        if branch.then is not None:
            then = f"go on: {in_sentence(_name(plan, branch.then))}"
        result = words(branch.result.removesuffix(f"@{node.place}"))
        yield f"{pad}{result}", percent(branch.probability), _leads(plan, branch), then
        if branch.then is not None:
            yield from _lines(plan, branch.then, depth + 1, reached * branch.probability)
    rest = node.branches[len(listed) :]
    if listed and rest:
        chance = percent(sum(branch.probability for branch in rest))
        yield f"{pad}{count_of(len(rest), 'rarer result')}", chance, "", ""


def _leads(plan: Plan, branch: Branch) -> str:
    parts = []
    if branch.leading.diagnosis is not None:
        label = plan.labels["diagnosis"].get(branch.leading.diagnosis, words(branch.leading.diagnosis))
        parts.append(f"{label} {percent(branch.leading.diagnosis_probability)}")
    if branch.leading.site is not None:
        label = plan.labels["site"].get(branch.leading.site, words(branch.leading.site))
        parts.append(f"{label} {percent(branch.leading.site_probability)}")
    return ", ".join(parts)
