"""The possible configurations of the cliques, each with the label of what a decision depends on: P(u, z | e), sparse.

At the root the label u is a function of the configuration; from there it is carried outwards,

    P(u, C | e) = sum over S of P(u, S | e) P(C | S, e)

for a clique C and its separator S towards the root, through the positive cells alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import ROOT, Inward, Scope

_NEGLIGIBLE = 1e-13
_COUNTED = 2**23
"""Cells up to which configurations are counted, not sorted."""


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
        code = np.zeros(len(self.weights), dtype=np.int64) if label is None else label
        for axis in scope:
            code = code * self.cards[axis] + self.states[axis]
        return code

    def at(self, rows: NDArray[np.int64]) -> Rows:
        """Some of the rows."""
        states = {axis: each[rows] for axis, each in self.states.items()}
        return Rows(self.labels, self.label[rows], states, self.weights[rows], self.cards)

    def merged(self, scope: Scope) -> Rows:
        """The rows over fewer axes, or the same axes sorted."""
        code = self.code(scope, self.label)
        sizes = [self.cards[axis] for axis in scope]
        cells = self.labels * int(np.prod(sizes, dtype=np.int64))
        if cells <= _COUNTED:
            total = np.bincount(code, self.weights, minlength=cells).astype(np.float64, copy=False)
            found = np.flatnonzero(total)
            weights = total[found]
        else:
            found, inverse = np.unique(code, return_inverse=True)
            weights = np.bincount(inverse.reshape(-1), self.weights).astype(np.float64, copy=False)
        cards = {axis: self.cards[axis] for axis in scope}
        label, states = _split(found, cards)
        return Rows(self.labels, label, states, weights, cards)


def _split(
    code: NDArray[np.int64], cards: Mapping[int, int]
) -> tuple[NDArray[np.int64], dict[int, NDArray[np.integer]]]:
    """What is in front of some axes in a code, and their states in as few bytes as their number allows."""
    states: dict[int, NDArray[np.integer]] = {}
    for axis, card in reversed(list(cards.items())):
        code, state = np.divmod(code, card)
        states[axis] = state.astype(np.min_scalar_type(card))
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
        self._known: dict[tuple[int, Scope], Rows] = {}

    def of(self, clique: int, scope: Scope) -> Rows:
        """The rows over some axes of a clique, without the least probable at the root, of together less than 1e-13."""
        key = clique, scope
        if key not in self._known:
            self._known[key] = self._at_root(scope) if clique == ROOT else self._beyond(clique, scope)
        return self._known[key]

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
        return Rows(self.labels, label, states, joint[kept], cards).merged(scope)

    def _beyond(self, clique: int, scope: Scope) -> Rows:
        """From the rows over the separator towards the root: each goes on to the cells that are possible with it."""
        inward = self._inward
        separator = inward.separator(clique)
        before = self.of(inward.towards_root(clique), separator)
        inside = tuple(axis for axis in scope if axis not in separator)
        if not inside:
            return before.merged(scope)
        # Axes of the separator are lower than the others, so its configurations are the rows of a matrix.
        joint = inward.belief(clique, (*separator, *inside)).reshape(int(np.prod(inward.cards(separator))), -1)
        given, rest = np.nonzero(joint)
        share = joint[given, rest] / joint.sum(axis=1)[given]
        many = np.bincount(given, minlength=len(joint))
        at = before.code(separator)
        row = np.repeat(np.arange(len(at)), many[at])
        start = np.cumsum(many) - many
        cell = np.arange(len(row)) + np.repeat(start[at] - (np.cumsum(many[at]) - many[at]), many[at])
        cards = dict(zip((*separator, *inside), inward.cards((*separator, *inside)), strict=True))
        _, found = _split(rest[cell], {axis: cards[axis] for axis in inside})
        states = {axis: each[row] for axis, each in before.states.items()} | found
        return Rows(self.labels, before.label[row], states, before.weights[row] * share[cell], cards).merged(scope)
