"""What all open studies would show, together with what matters for the decision: a compressed exact model.

Findings are leaves: given a set of variables H that separates two studies they are independent, so

    P(u, x, y | e) = sum over z with label u of P(z | e) P(x | z, e) P(y | z, e)

where z is a configuration of H (the targets and a few variables that many findings hang on) and u, the label, is all
a decision depends on: the utility state and whether gland disease is clear. One propagation gives P(z | e) and every
P(x | z, e); the pairs are dense matrix products. The few pairs that H does not separate (two laboratory values that
share a hormone) come from joints inside the junction tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.deciding.utility import DecisionProblem
from hpt_bayes.reasoning.lookahead.hub import Hub, Part, build_hub, coded, separating
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.lookahead.pairs import PairJoints
from hpt_bayes.reasoning.lookahead.second_hub import SecondHub, second_hub
from hpt_bayes.reasoning.lookahead.separation import hidden_graph
from hpt_bayes.reasoning.lookahead.separators import WithLabel

_CHUNK = 2**22
"""Cells of P(u, x, y | e) held at a time."""
_COLUMNS = 16
"""Results gathered at a time."""


@dataclass(frozen=True, eq=False)
class Labels:
    """Everything about a target configuration that a decision depends on.

    Attributes:
        of_target: label of each configuration of the targets, -1 where it is impossible, (configurations,).
        utilities: (actions, labels).
        clear: whether the label is gland disease, the first row of the gate, (labels,).
    """

    of_target: NDArray[np.int64]
    utilities: NDArray[np.float64]
    clear: NDArray[np.bool_]


def decision_labels(model: CompiledModel, calibrated: Calibrated, problem: DecisionProblem) -> Labels:
    """The coarsest labels: configurations with the same utilities and the same side of the gate are one.

    Args:
        model: the compiled network.
        calibrated: a batch of one.
        problem: actions and utilities of the case.

    Returns:
        The labels of the possible configurations.
    """
    targets = model.targets
    possible = calibrated.joint(model.axes(targets.variables))[0].reshape(-1) > 0
    places = len(possible) // len(targets.etiology)
    clear = np.repeat(targets.gate[0], places) if len(targets.gate) else np.ones(len(possible), dtype=bool)
    columns, worth = np.unique(problem.utilities, axis=1, return_inverse=True)
    code = worth.reshape(-1)[problem.of_target] * 2 + clear
    found, labels = np.unique(code[possible], return_inverse=True)
    of_target = np.full(len(possible), -1, dtype=np.int64)
    of_target[possible] = labels.reshape(-1)
    return Labels(of_target, np.ascontiguousarray(columns[:, found // 2]), found % 2 == 1)


@dataclass(frozen=True, eq=False)
class Lookahead:
    """The open studies of a case and, exactly, what any one or two of them would show.

    Attributes:
        labels: what a decision depends on.
        looks: the studies.
        hub: the compressed joint.
        inner: the same for the looks it does not separate from all others, with other variables given.
        shared: a compressed joint of variables behind a separator of the junction tree, for looks neither separates.
        pairs: joints of the remaining pairs.
        start: first result column of each look among the results of all, (looks + 1,).
    """

    labels: Labels
    looks: tuple[Look, ...]
    hub: Hub
    inner: Hub
    shared: SecondHub
    pairs: PairJoints
    start: NDArray[np.int64]

    @property
    def now(self) -> NDArray[np.float64]:
        """P(u | e), (labels,)."""
        counted = np.bincount(self.hub.label, self.hub.weights, minlength=len(self.labels.clear))
        return np.asarray(counted, dtype=np.float64)

    def position(self, name: str) -> int:
        """Number of the look of that name."""
        return [look.name for look in self.looks].index(name)

    @cached_property
    def single(self) -> NDArray[np.float64]:
        """P(u, x | e) of every result of every look, (labels, results of all)."""
        joint = np.zeros((len(self.labels.clear), int(self.start[-1])))
        for part in self.hub.parts:
            labels, inside, weights = self.hub.rows(part.depends)
            table = part.of(inside, self.hub.cards)
            for number, rows in enumerate(_segments(labels, len(joint))):
                joint[number, self._columns(part)] = weights[rows] @ table[rows]
        return joint

    def pair(self, first: int, second: int) -> NDArray[np.float64]:
        """P(u, x, y | e) of two looks, (labels, results of the first, results of the second).

        Findings of the second that the first reveals too are left out: they are known by then.
        """
        look = self.looks[second].without(self.looks[first].study.reveals)
        if look is None:
            return self.single[:, self.start[first] : self.start[first + 1], None]
        whole = look.size == self.looks[second].size
        if whole and {first, second} <= self.shared.tables.keys():
            return self.shared.pair(first, second)
        hub = next((each for each in (self.hub, self.inner) if each.separated(first, second)), None)
        if hub is None:
            return self.pairs.joint(self.looks[first], look)
        one, other = hub.part_of(first), hub.part_of(second)
        labels, inside, weights = hub.rows(tuple(dict.fromkeys((*one.depends, *other.depends))))
        x, y = one.of(inside, hub.cards, first), other.of(inside, hub.cards, second)
        x *= weights[:, None]
        if not whole:
            y = _summed_out(y, self.looks[second], self.looks[first].study.reveals)
        joint = np.empty((len(self.labels.clear), x.shape[1], y.shape[1]))
        for number, rows in enumerate(_segments(labels, len(joint))):
            joint[number] = x[rows].T @ y[rows]
        return joint

    def best_after_pairs(self) -> NDArray[np.float64]:
        """Expected utility with a second look, for every first result: sum over y of max over a of EU(a, x, y).

        Returns:
            (results of all, looks): row x, column t; a look is never second to itself (its own column is what the
            first alone gives).
        """
        utilities = self.labels.utilities
        worth = np.zeros((int(self.start[-1]), len(self.looks)))
        parts = self.hub.parts
        for i, one in enumerate(parts):
            for other in parts[i:]:
                rows, columns = self._columns(one), self._columns(other)
                best = np.concatenate([(utilities @ block).max(axis=0) for block in self._blocks(one, other)])
                best = best.reshape(len(rows), len(columns))
                worth[np.ix_(rows, np.array(other.members))] = np.add.reduceat(best, other.starts[:-1], axis=1)
                worth[np.ix_(columns, np.array(one.members))] = np.add.reduceat(best, one.starts[:-1], axis=0).T
        for first, second in self._exceptions():
            if first == second or self.looks[second].without(self.looks[first].study.reveals) is None:
                worth[self.results_of(first), second] = self._best_now[self.results_of(first)]
            elif set(self.looks[first].study.reveals).isdisjoint(self.looks[second].study.reveals):
                if first < second:
                    best = self._best(first, second)
                    worth[self.results_of(first), second] = best.sum(axis=1)
                    worth[self.results_of(second), first] = best.sum(axis=0)
            else:
                worth[self.results_of(first), second] = self._best(first, second).sum(axis=1)
        return worth

    @cached_property
    def _best_now(self) -> NDArray[np.float64]:
        """Largest expected utility with each result, weighed with its probability, (results of all,)."""
        return np.asarray((self.labels.utilities @ self.single).max(axis=0))

    def results_of(self, look: int) -> slice:
        """The columns of one look among the results of all."""
        return slice(int(self.start[look]), int(self.start[look + 1]))

    def _best(self, first: int, second: int) -> NDArray[np.float64]:
        joint = self.pair(first, second)
        values = self.labels.utilities @ joint.reshape(len(joint), -1)
        return np.asarray(values.max(axis=0)).reshape(joint.shape[1:])

    def _exceptions(self) -> Iterator[tuple[int, int]]:
        """Pairs the matrix products do not hold for: not separated, or with a finding in common."""
        for first, one in enumerate(self.looks):
            for second, other in enumerate(self.looks):
                shared = not set(one.study.reveals).isdisjoint(other.study.reveals)
                if shared or not self.hub.separated(first, second):
                    yield first, second

    def _columns(self, part: Part) -> NDArray[np.int64]:
        return np.concatenate([np.arange(self.start[look], self.start[look + 1]) for look in part.members])

    def _blocks(self, one: Part, other: Part) -> Iterator[NDArray[np.float64]]:
        """P(u, x, y | e) for chunks of the results of one part, (labels, x and y flattened)."""
        labels, inside, weights = self.hub.rows(tuple(dict.fromkeys((*one.depends, *other.depends))))
        count = len(self.labels.clear)
        # What a row of `one` holds of `other`: many rows of both count as one where `one` cannot tell them apart.
        key = coded(one.depends, inside, self.hub.cards, labels)
        found, first, merged = np.unique(key, return_index=True, return_inverse=True)
        theirs = other.code(inside, self.hub.cards)
        carried = _gathered(merged.reshape(-1), weights, other.table, theirs, len(found))
        mine = one.of({name: states[first] for name, states in inside.items()}, self.hub.cards)
        segments = _segments(labels[first], count)
        step = max(1, _CHUNK // max(1, count * carried.shape[1]))
        for start in range(0, mine.shape[1], step):
            x = mine[:, start : start + step]
            block = np.empty((count, x.shape[1], carried.shape[1]))
            for number, rows in enumerate(segments):
                block[number] = x[rows].T @ carried[rows]
            yield block.reshape(count, -1)


def _segments(labels: NDArray[np.int64], count: int) -> list[slice]:
    """The rows of each label; labels rise."""
    ends = np.searchsorted(labels, np.arange(count + 1))
    return [slice(int(start), int(end)) for start, end in pairwise(ends)]


def _gathered(
    groups: NDArray[np.int64],
    weights: NDArray[np.float64],
    table: NDArray[np.float64],
    rows: NDArray[np.int64],
    size: int,
) -> NDArray[np.float64]:
    """Sum of weight times row of a table over the members of each group, (groups, results).

    A few columns at a time: rows are many, and so are the results of imaging.
    """
    total = np.empty((table.shape[1], size))
    for start in range(0, table.shape[1], _COLUMNS):
        few = table[:, start : start + _COLUMNS][rows]
        for x in range(few.shape[1]):
            total[start + x] = np.bincount(groups, weights * few[:, x], minlength=size)
    return total.T


def _summed_out(table: NDArray[np.float64], look: Look, known: Sequence[str]) -> NDArray[np.float64]:
    axes = tuple(1 + i for i, name in enumerate(look.study.reveals) if name in set(known))
    return np.asarray(table.reshape(len(table), *look.shape).sum(axis=axes)).reshape(len(table), -1)


def lookahead(
    model: CompiledModel,
    entered: EnteredEvidence,
    calibrated: Calibrated,
    problem: DecisionProblem,
    looks: Sequence[Look],
) -> Lookahead:
    """The compressed joint of everything the open studies would show.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        calibrated: its propagation, a batch of one.
        problem: actions and utilities of the case.
        looks: the studies.

    Returns:
        The model; exact but for configurations of together less than 1e-13 of the probability.
    """
    labels = decision_labels(model, calibrated, problem)
    concerned = (*model.targets.variables, *(name for look in looks for name in look.parents))
    hidden = hidden_graph(model, entered, concerned)
    everything = dict(enumerate(looks))
    hub = build_hub(model, entered, calibrated, labels.of_target, hidden, everything, separating(model, hidden, looks))
    inside = _tied(hub, everything)
    inner = build_hub(
        model,
        entered,
        calibrated,
        labels.of_target,
        hidden,
        {number: looks[number] for number in inside},
        separating(model, hidden, [looks[number] for number in inside]),
    )
    with_label = WithLabel(model, calibrated, labels.of_target, len(labels.clear))
    shared = second_hub(model, entered, calibrated, with_label, hidden, looks, _tied(inner, inside))
    pairs = PairJoints(model, entered, calibrated, labels.of_target, with_label, hidden)
    start = np.concatenate([[0], np.cumsum([look.size for look in looks])]).astype(np.int64)
    return Lookahead(labels, tuple(looks), hub, inner, shared, pairs, start)


def _tied(hub: Hub, numbers: Iterable[int]) -> list[int]:
    """The looks a hub does not separate from some other one."""
    listed = list(numbers)
    return [one for one in listed if any(one != other and not hub.separated(one, other) for other in listed)]
