"""A policy comparison for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hpt_bayes.display.numbers import percent
from hpt_bayes.display.rows import Rows
from hpt_bayes.policies.comparison import Arm, Difference, PolicyComparison
from hpt_bayes.policies.estimates import Estimate

RIGHT = (("diagnosis", "diagnosis"), ("site", "place"), ("approach", "approach"), ("best_action", "action"))
"""Measures that are right or wrong, with the word for each."""
_KINDS = {False: "self-consistent", True: "misspecified"}
_SHORT = {False: "model", True: "drawn"}
_ORDERED = 4
Found = TypeVar("Found", Arm, Difference)


def comparison_blocks(comparison: PolicyComparison) -> tuple[Rows, ...]:
    """Accuracy, utility and burden, differences, what was ordered.

    Args:
        comparison: of policies.
    """
    blocks = [_right(comparison), _burden(comparison), _apart(comparison), _ordered(comparison), _foot(comparison)]
    return tuple(block for block in blocks if block.cells or block.notes)


def kind_of(misspecified: bool) -> str:
    """What patients of a kind are called."""
    return _KINDS[misspecified]


def _side_by_side(found: Sequence[Found]) -> list[Found]:
    """Both kinds of patients of a policy beside each other, policies in their order."""
    policies = list(dict.fromkeys(each.policy for each in found))
    return sorted(found, key=lambda each: (policies.index(each.policy), each.misspecified))


def _right(comparison: PolicyComparison) -> Rows:
    shown = [(name, title) for name, title in RIGHT if name in comparison.arms[0].measures]
    cells = tuple(
        (
            each.label,
            _SHORT[each.misspecified],
            f"{each.patients:,}",
            *(_share(each.measures[name]) for name, _ in shown),
        )
        for each in _side_by_side(comparison.arms)
    )
    title = f"Patients concluded rightly, per cent: {comparison.setting_label}"
    columns = ("policy", "from", "n", *(title for _, title in shown))
    return Rows(title, columns, cells, right=frozenset(range(2, 7)))


def _burden(comparison: PolicyComparison) -> Rows:
    known = comparison.arms[0].measures
    names = [name for name in ("utility", "net_utility", "studies", "cost_usd", "dose_msv") if name in known]
    titles = {"net_utility": "net utility", "cost_usd": "USD", "dose_msv": "mSv"}
    cells = tuple(
        (each.label, _SHORT[each.misspecified], *(_mean(name, each.measures[name]) for name in names))
        for each in _side_by_side(comparison.arms)
    )
    columns = ("policy", "from", *(titles.get(name, name) for name in names))
    return Rows("Utility achieved, and what was ordered", columns, cells, right=frozenset(range(2, 7)))


def _apart(comparison: PolicyComparison) -> Rows:
    if not comparison.differences:
        return Rows("")
    known = comparison.differences[0].measures
    names = [name for name in ("diagnosis", "approach", "best_action", "net_utility") if name in known]
    titles = dict(RIGHT) | {"net_utility": "net utility"}
    cells = tuple(
        (each.label, _SHORT[each.misspecified], *(_change(name, each.measures[name]) for name in names))
        for each in _side_by_side(comparison.differences)
    )
    label = next(each.label for each in comparison.arms if each.policy == comparison.reference)
    title = f"Difference from {label} in the same patients, percentage points"
    return Rows(title, ("policy", "from", *(titles[name] for name in names)), cells, right=frozenset(range(2, 6)))


def _ordered(comparison: PolicyComparison) -> Rows:
    """The studies each policy orders most, in the first kind of patients."""
    first = comparison.arms[0].misspecified
    cells = []
    for arm in comparison.arms:
        if arm.misspecified == first:
            often = [f"{comparison.studies[name]} {percent(p)}" for name, p in list(arm.ordered.items())[:_ORDERED]]
            rest = len(arm.ordered) - len(often)
            more = [f"and {rest} more"] if rest > 0 else []
            cells.append((arm.label, "; ".join([*often, *more]) or "none"))
    return Rows("Studies ordered most, share of patients", ("policy", "studies"), tuple(cells))


def _foot(comparison: PolicyComparison) -> Rows:
    notes = [
        f"Means with 95 % intervals; seed {comparison.seed}. A policy without an end of its own stops after "
        f"{comparison.most} studies. Unknown prices and doses count nothing.",
        "Action: no other would have achieved more in the patient's true state, beyond what the judged utilities can "
        "tell apart. Utility is that of the advised action in the true state; net utility is less burden.",
    ]
    if comparison.versions:
        notes.append(
            f"From drawn: misspecified patients, of {comparison.versions} versions of the model's numbers drawn within "
            "their uncertainty; from model: self-consistent ones. Policies always use the means. The structure of the "
            "model is not varied."
        )
    return Rows(f"Model {comparison.model}", (), (), (*notes, comparison.scope))


def _share(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return f"{100 * found.mean:.0f}"
    return f"{100 * found.mean:.0f} ({100 * found.low:.0f}-{100 * found.high:.0f})"


_DIGITS = {"utility": 3, "net_utility": 3, "studies": 1, "cost_usd": 0, "dose_msv": 1}


def _mean(name: str, found: Estimate) -> str:
    digits = _DIGITS[name]
    text = f"{found.mean:,.{digits}f}"
    if found.low is None or found.high is None:
        return text
    return f"{text} ±{(found.high - found.low) / 2:,.{digits}f}"


def _change(name: str, found: Estimate) -> str:
    """Shares in percentage points, utilities as they are."""
    scale, digits = (1.0, 3) if name in _DIGITS else (100.0, 1)
    text = f"{scale * found.mean:+.{digits}f}"
    if found.low is None or found.high is None:
        return text
    return f"{text} ±{scale * (found.high - found.low) / 2:.{digits}f}"
