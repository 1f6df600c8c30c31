"""The possible configurations of the cliques, each with the label of what a decision depends on: P(u, z | e), sparse.

At the root the label u is a function of the configuration; from there it is carried outwards,

    P(u, C | e) = sum over S of P(u, S | e) P(C | S, e)

for a clique C and its separator S towards the root, through the positive cells alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import ROOT, Inward, Scope

_NEGLIGIBLE = 1e-13
_COUNTED = 2**23
"""Cells up to which configurations are looked up in a table, not sorted."""


@dataclass(frozen=True, eq=False)
class Rows:
    """P(u, z | e) over the possible configurations z of some axes, label by label.

    Attributes:
        labels: number of labels.
        label: u of each row, rising, (rows,).
        states: state of each axis in each row, (rows,).
        weights: P(row | e), (rows,).
        cards: number of states of each axis.
    """

    labels: int
    label: NDArray[np.int64]
    states: Mapping[int, NDArray[np.integer]]
    weights: NDArray[np.float64]
    cards: Mapping[int, int]

    def code(self, scope: Scope, label: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """Number of the configuration of some axes, the last varying fastest, with a label in front if given."""
        code = np.zeros(len(self.weights), dtype=np.int64) if label is None else label.copy()
        for axis in scope:
            code *= self.cards[axis]
            code += self.states[axis]
        return code

    def merged(self, scope: Scope) -> Rows:
        """The rows over fewer axes, or the same axes sorted."""
        return self.merged_into(scope)[0]

    def merged_into(self, scope: Scope) -> tuple[Rows, NDArray[np.integer]]:
        """The same, and the new row each row goes into, (rows,)."""
        cards = {axis: self.cards[axis] for axis in scope}
        cells = self.labels * int(np.prod(list(cards.values()), dtype=np.int64))
        found, into = numbered(self.code(scope, self.label), cells)
        label, states = _split(found, cards)
        weights = np.bincount(into, self.weights, minlength=len(found)).astype(np.float64, copy=False)
        return Rows(self.labels, label, states, weights, cards), into


def numbered(code: NDArray[np.int64], cells: int) -> tuple[NDArray[np.int64], NDArray[np.integer]]:
    """The different codes, rising, and the number of each code among them.

    Args:
        code: each below `cells`, (codes,).
        cells: how many codes there could be; where they are few, codes are looked up in a table instead of sorted.
    """
    if cells > _COUNTED:
        found, number = np.unique(code, return_inverse=True)
        return found, number.reshape(-1)
    seen = np.zeros(cells, dtype=bool)
    seen[code] = True
    found = np.flatnonzero(seen)
    place = np.empty(cells, dtype=np.int32)
    place[found] = np.arange(len(found), dtype=np.int32)
    return found, place[code]


def _split(
    code: NDArray[np.int64], cards: Mapping[int, int]
) -> tuple[NDArray[np.int64], dict[int, NDArray[np.integer]]]:
    """What is in front of some axes in a code, and their states in as few bytes as their number allows."""
    states: dict[int, NDArray[np.integer]] = {}
    for axis, card in reversed(list(cards.items())):
        before = code // card
        states[axis] = (code - before * card).astype(np.min_scalar_type(card))
        code = before
    return code, states


class Configurations:
    """P(u, z | e) over axes of any clique.

    Args:
        inward: the ways to the root.
        target: engine variables that tell the label; the root holds them.
        label: of each of their configurations, the last varying fastest, -1 for an impossible one.

    Attributes:
        labels: number of labels.
    """

    def __init__(self, inward: Inward, target: Sequence[int], label: NDArray[np.int64]) -> None:
        self.labels = int(label.max()) + 1
        self._inward = inward
        self._target = tuple(target)
        self._label = label
        self._known: dict[int, dict[Scope, Rows]] = defaultdict(dict)

    def of(self, clique: int, scope: Scope, whole: Scope | None = None) -> Rows:
        """The rows over some axes of a clique, without the least probable at the root, of together less than 1e-13.

        Args:
            clique: of the tree.
            scope: some of its axes, ascending.
            whole: axes over which rows are computed first, because many questions are about some of them.
        """
        if whole is not None:
            self.of(clique, whole)
        known = self._known[clique]
        if scope not in known:
            wider = [rows for axes, rows in known.items() if set(scope) <= set(axes)]
            if wider:
                known[scope] = min(wider, key=lambda rows: len(rows.weights)).merged(scope)
            else:
                known[scope] = self._at_root(scope) if clique == ROOT else self._beyond(clique, scope)
        return known[scope]

    def _at_root(self, scope: Scope) -> Rows:
        inward, target = self._inward, self._target
        free = [variable for variable in target if variable not in inward.known]
        axes = tuple(sorted({*inward.scope(free), *scope}))
        joint = inward.belief(ROOT, axes).reshape(-1)
        kept = np.flatnonzero(joint > _NEGLIGIBLE / max(1, len(joint)))
        cards = dict(zip(axes, inward.cards(axes), strict=True))
        _, states = _split(kept, cards)
        told = self._label.reshape(inward.sizes(target))
        told = told[tuple(inward.known.get(variable, slice(None)) for variable in target)]
        place = [inward.scope((variable,))[0] for variable in free]
        label = told[tuple(states[axis] for axis in place)] if place else np.full(len(kept), int(told))
        if axes != scope:
            return Rows(self.labels, label, states, joint[kept], cards).merged(scope)
        order = np.argsort(label.astype(np.min_scalar_type(self.labels)), kind="stable")
        states = {axis: each[order] for axis, each in states.items()}
        return Rows(self.labels, label[order], states, joint[kept[order]], cards)

    def _beyond(self, clique: int, scope: Scope) -> Rows:
        """From the rows over the separator towards the root: each goes on to the cells that are possible with it."""
        inward = self._inward
        separator = inward.separator(clique)
        before = self.of(inward.towards_root(clique), separator)
        inside = tuple(axis for axis in scope if axis not in separator)
        if not inside:
            return before.merged(scope)
        given, rest, share = inward.outwards(clique, inside)
        many = np.bincount(given, minlength=int(np.prod(inward.cards(separator))))
        at = before.code(separator)
        each_many = many[at]
        row = np.repeat(np.arange(len(at)), each_many)
        start = np.cumsum(many) - many
        cell = np.arange(len(row)) + np.repeat(start[at] - (np.cumsum(each_many) - each_many), each_many)
        cards = dict(zip((*separator, *inside), inward.cards((*separator, *inside)), strict=True))
        _, found = _split(rest, {axis: cards[axis] for axis in inside})
        states = {axis: before.states[axis][row] for axis in scope if axis not in found}
        states |= {axis: each[cell] for axis, each in found.items()}
        rows = Rows(self.labels, before.label[row], states, before.weights[row] * share[cell], cards)
        return rows if scope == tuple(cards) else rows.merged(scope)
