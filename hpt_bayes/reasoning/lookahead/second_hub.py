"""A second compressed joint for studies that share variables the first one leaves out: laboratory values above all.

A finding that hangs on a level of its own is carried up to what that level depends on (hormone class, kidney, size of
the lesion). Given those shared variables W such findings are independent of each other and of the targets, and a
separator D of the tree gives P(u, W | e) = sum over D of P(u | D, e) P(D, W | e).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.errors import NetworkTooWide
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.lookahead.known import narrowed
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.lookahead.separation import Hidden
from hpt_bayes.reasoning.lookahead.separators import WithLabel, conditional, separators
from hpt_bayes.reasoning.studies.information import results_given

_LARGEST = 2**14


@dataclass(frozen=True, eq=False)
class SecondHub:
    """P(u, W | e), and the results of the looks that are independent given W.

    Attributes:
        names: the variables W.
        weights: P(u, w | e), (labels, configurations of W).
        tables: P(x | w, e) by number of the look, (configurations of W, results).
    """

    names: tuple[str, ...]
    weights: NDArray[np.float64]
    tables: dict[int, NDArray[np.float64]]

    def pair(self, first: int, second: int) -> NDArray[np.float64]:
        """P(u, x, y | e) of two of its looks, (labels, results of the first, results of the second)."""
        x, y = self.tables[first], self.tables[second]
        return np.stack([(self.weights * x[:, i]) @ y for i in range(x.shape[1])], axis=1)


def second_hub(
    model: CompiledModel,
    entered: EnteredEvidence,
    calibrated: Calibrated,
    with_label: WithLabel,
    hidden: Hidden,
    looks: Sequence[Look],
    tied: Sequence[int],
) -> SecondHub:
    """The second hub of a case.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        calibrated: its propagation.
        with_label: P(u, names | e).
        hidden: the graph of what is unknown.
        looks: all open studies.
        tied: numbers of those the first hub does not separate from some other.

    Returns:
        The hub; without looks where none can be carried up to few enough variables.
    """
    borders = {number: _border(model, hidden, looks, tied, number) for number in tied}
    chosen: list[int] = []
    names: tuple[str, ...] = ()
    for number in sorted(tied, key=lambda each: int(np.prod(model.cards(borders[each])))):
        wider = tuple(name for name in model.names if name in {*names, *borders[number]})
        targeted = not set(borders[number]).isdisjoint(model.targets.variables)
        if not targeted and int(np.prod(model.cards(wider))) <= _LARGEST:
            names, chosen = wider, [*chosen, number]
    empty = SecondHub((), np.zeros((with_label.size, 0)), {})
    chosen = _independent(hidden, model, looks, names, chosen)
    families = [hidden_family for number in chosen for hidden_family in _families(hidden, looks[number])]
    steps = separators(model, hidden, families)
    if len(chosen) < 2 or not steps:
        return empty
    smallest = min(range(len(steps)), key=lambda i: int(np.prod(model.cards(steps[i]))))
    try:
        weights = with_label.carried(steps[smallest:], names)
    except NetworkTooWide:  # too little is known of the shared variables; pairs.py asks pair by pair
        return empty
    tables = {
        number: _table(model, entered, calibrated, hidden, names, borders[number], looks[number]) for number in chosen
    }
    seen = weights.sum(axis=0) > 0
    return SecondHub(names, weights[:, seen], {number: table[seen] for number, table in tables.items()})


def _families(hidden: Hidden, look: Look) -> list[tuple[str, ...]]:
    return [names for each in look.findings if (names := hidden.free(each.parents))]


def _border(
    model: CompiledModel, hidden: Hidden, looks: Sequence[Look], tied: Sequence[int], number: int
) -> tuple[str, ...]:
    """What a look hangs on once the levels of its own are summed out."""
    mine = hidden.free(looks[number].parents)
    others = {name for each in tied if each != number for name in looks[each].parents}
    kept = {*model.targets.variables, *others}
    targets = set(model.targets.variables)
    own = {name for name in mine if name not in kept and targets.isdisjoint(hidden.neighbours[name])}
    border = {near for name in own for near in hidden.neighbours[name]} | set(mine)
    border -= own
    for name in sorted(border):
        if name not in kept and name not in mine and hidden.neighbours[name] <= own | border:
            own.add(name)
            border.discard(name)
    return tuple(name for name in model.names if name in border)


def _independent(
    hidden: Hidden, model: CompiledModel, looks: Sequence[Look], names: Sequence[str], chosen: Sequence[int]
) -> list[int]:
    """Those looks whose findings are independent of all others and of the targets given the names."""
    components = hidden.components(set(names))
    with_targets = {components[name] for name in model.targets.variables if name in components}
    kept: list[int] = []
    taken: set[int] = set(with_targets)
    for number in chosen:
        mine = {components[name] for name in hidden.free(looks[number].parents) if name in components}
        if mine.isdisjoint(taken):
            kept.append(number)
            taken |= mine
    return kept


def _table(
    model: CompiledModel,
    entered: EnteredEvidence,
    calibrated: Calibrated,
    hidden: Hidden,
    names: Sequence[str],
    border: Sequence[str],
    look: Look,
) -> NDArray[np.float64]:
    """P(x | W, e) of a look, which depends on its border only, (configurations of W, results)."""
    findings = narrowed(model, entered, hidden, look.findings)
    own = tuple(name for each in findings for name in each.parents if name not in border)
    own = tuple(dict.fromkeys(own))
    known = results_given({}, (*border, *own), model.cards((*border, *own)), findings)
    given = int(np.prod(model.cards(border)))
    if own:
        joint = calibrated.joint(model.axes((*border, *own)))[0].reshape(given, -1)
        shares = conditional(joint.T).T
        known = np.einsum("bo,box->bx", shares, known.reshape(given, shares.shape[1], -1))
    shape = [card if name in border else 1 for name, card in zip(names, model.cards(names), strict=True)]
    spread = np.broadcast_to(known.reshape(*shape, -1), (*model.cards(names), known.shape[-1]))
    return np.ascontiguousarray(spread).reshape(-1, known.shape[-1])
