"""A plan as a tree: each study, its results with their chance, and what to do after each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import count_of, gained, in_sentence, percent, share, words
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import BLACK, BLUE, GREY, ORANGE, SMALL, VERMILION, axes, describe
from hpt_bayes.reasoning.next_study.plan import Branch, Plan, PlanNode

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 0.34
_INDENT = 0.045
_LEADS, _THEN = 0.44, 0.74


@dataclass(frozen=True)
class _Line:
    """One line of the drawn tree."""

    depth: int
    parent: int | None
    kind: str  # study, result, rest
    text: str
    leads: str = ""
    then: str = ""


def draw_plan(plan: Plan, ax: Axes | None = None) -> Axes:
    """The plan as an indented tree; needs no Graphviz.

    Args:
        plan: with a study to do.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: when the plan is to act now.
    """
    lines = list(_lines(plan, _root(plan), 1.0))
    ax = axes(ax, 10.5, 0.8 + _ROW * (len(lines) + 2))
    marks = {"study": ("s", BLUE), "result": ("o", ORANGE), "rest": ("o", "white")}
    for row, line in enumerate(lines):
        x = _INDENT * line.depth
        if line.parent is not None:
            above = _INDENT * lines[line.parent].depth
            ax.plot([above, above, x], [line.parent, row, row], color=GREY, lw=1.0, zorder=1)
        shape, face = marks[line.kind]
        acts = line.kind == "result" and not line.then.startswith("go on")
        ax.plot(x, row, "D" if acts else shape, mfc=VERMILION if acts else face, mec=BLACK, ms=7, zorder=2)
        weight = "bold" if line.kind == "study" else "normal"
        ax.text(x + 0.014, row, line.text, va="center", fontsize=SMALL, weight=weight)
        ax.text(_LEADS, row, line.leads, va="center", fontsize=8)
        ax.text(_THEN, row, line.then, va="center", fontsize=8)
    for x, heading in ((0.014, "study and result, chance"), (_LEADS, "then leads"), (_THEN, "then do (utility)")):
        ax.text(x, -0.95, heading, va="center", fontsize=8, color=GREY)
    legend = "Square: study; circle: a result after which another study follows; diamond: stop and act."
    ax.text(0.0, len(lines) + 0.3, legend, va="center", fontsize=8)
    ax.set_xlim(-0.012, 1.0)
    ax.set_ylim(len(lines) + 0.7, -1.5)
    ax.axis("off")
    ax.set_title(_title(plan), fontsize=10, loc="left")
    describe(ax, _alt(plan))
    return ax


def _root(plan: Plan) -> PlanNode:
    if plan.root is None:
        raise HptBayesError(f"the plan is to act now ({_action(plan, plan.action)}), so there is no tree to draw")
    return plan.root


def _lines(
    plan: Plan, node: PlanNode, reached: float, depth: int = 0, parent: int | None = None, at: int = 0
) -> Iterator[_Line]:
    """The tree line by line; `at` is the number of the first one."""
    first, at = at, at + 1
    yield _Line(depth, parent, "study", shorten(_study(plan, node), 100 - 6 * depth, placeholder=" …"))
    listed = node.listed(reached)
    for branch in listed:
        result = f"{shorten(words(branch.result), 42 - 4 * depth, placeholder=' …')}  {percent(branch.probability)}"
        yield _Line(depth + 1, first, "result", result, _leads(plan, branch), _then(plan, branch))
        at += 1
        if branch.then is not None:
            below = list(_lines(plan, branch.then, reached * branch.probability, depth + 2, at - 1, at))
            yield from below
            at += len(below)
    rest = node.branches[len(listed) :]
    if listed and rest:
        chance = percent(sum(branch.probability for branch in rest))
        yield _Line(depth + 1, first, "rest", f"{count_of(len(rest), 'rarer result')}  {chance}")


def _study(plan: Plan, node: PlanNode) -> str:
    label = plan.labels["study"].get(node.study, words(node.study))
    return label if node.place is None else f"{label}, {plan.labels['site'].get(node.place, words(node.place))}"


def _action(plan: Plan, action: str | None) -> str:
    return in_sentence(plan.labels["action"].get(action or "", words(action or "nothing")))


def _leads(plan: Plan, branch: Branch) -> str:
    """The leading diagnosis after a result, with its probability."""
    name = branch.leading.diagnosis
    if name is None:
        return ""
    label = plan.labels["diagnosis"].get(name, words(name))
    return f"{shorten(label, 36, placeholder=' …')} {percent(branch.leading.diagnosis_probability)}"


def _then(plan: Plan, branch: Branch) -> str:
    if branch.then is not None:
        return "go on with the next study"
    return f"{shorten(_action(plan, branch.action), 36, placeholder=' …')} ({share(branch.utility)})"


def _title(plan: Plan) -> str:
    return f"Plan of up to {plan.steps} studies: net value {gained(plan.net)} against acting now"


def _alt(plan: Plan) -> str:
    root = _root(plan)
    told = "; ".join(
        f"{words(each.result)} {percent(each.probability)}: {_then(plan, each)}" for each in root.branches[:3]
    )
    return f"Tree of a plan that begins with {_study(plan, root)}. After {told}."
