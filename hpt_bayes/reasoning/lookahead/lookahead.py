"""What all open studies would show, together with what matters for the decision, exactly.

Findings are leaves: given the clique of the junction tree where two studies meet they are independent, so

    P(u, x, y | e) = sum over z of P(u, z | e) P(x | z, e) P(y | z, e)

where z is a configuration of that clique and u, the label, is all a decision depends on: the utility state and whether
gland disease is clear. Results are carried to the meeting cliques once, for all studies together; pairs are products.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import ROOT, Calibrated, Inward
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.deciding.utility import DecisionProblem
from hpt_bayes.reasoning.lookahead.configurations import Configurations
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.lookahead.meeting import Meeting, Part
from hpt_bayes.reasoning.lookahead.meetings import Meetings, meetings_of
from hpt_bayes.reasoning.lookahead.observing import all_results, observed


@dataclass(frozen=True, eq=False)
class Labels:
    """What is told apart of the targets.

    Attributes:
        of_target: label of each configuration of the targets, -1 where it is impossible, (configurations,).
        utilities: (actions, labels).
        clear: whether the label is gland disease, the first row of the gate, (labels,); None where nobody asks.
    """

    of_target: NDArray[np.int64]
    utilities: NDArray[np.float64]
    clear: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return int(self.utilities.shape[1])


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
    """The open studies of a case and, exactly, what any of them would show together.

    Attributes:
        model: the compiled network.
        entered: what is known.
        labels: what of the targets matters.
        looks: the studies.
        meetings: the cliques where they meet.
        start: first result column of each look among the results of all, (looks + 1,).
    """

    model: CompiledModel
    entered: EnteredEvidence
    labels: Labels
    looks: tuple[Look, ...]
    meetings: Meetings
    start: NDArray[np.int64]

    @cached_property
    def now(self) -> NDArray[np.float64]:
        """P(u | e), (labels,)."""
        rows = self.meetings.at[ROOT].rows(())
        return np.asarray(np.bincount(rows.label, rows.weights, minlength=len(self.labels)), dtype=np.float64)

    def position(self, name: str) -> int:
        """Number of the look of that name."""
        return [look.name for look in self.looks].index(name)

    @cached_property
    def single(self) -> NDArray[np.float64]:
        """P(u, x | e) of every result of every look, (labels, results of all)."""
        joint = np.zeros((len(self.labels), int(self.start[-1])))
        root = self.meetings.at[ROOT]
        for part in root.parts:
            joint[:, self._columns(part)] = root.product([(part.scope, part.table)])
        for number in range(len(self.looks)):
            if number not in self.meetings.ways:
                joint[:, self.results_of(number)] = self._observed([self.looks[number]])
        return joint

    def pair(self, first: int, second: int) -> NDArray[np.float64]:
        """P(u, x, y | e) of two looks, (labels, results of the first, results of the second).

        Findings of the second that the first reveals too are left out: they are known by then.
        """
        one, other = self.looks[first], self.looks[second].without(self.looks[first].reveals)
        if other is None:
            return self.single[:, self.results_of(first), None]
        where = self.meetings.where(first, second)
        if where is None:
            return self._observed([one, other]).reshape(len(self.labels), one.size, other.size)
        (scope, x), (inside, y) = self.meetings.come(first, where), self.meetings.come(second, where)
        y = _summed_out(y, self.looks[second], one.reveals)
        return np.concatenate(list(self.meetings.at[where].blocks((scope, inside), x, y)), axis=1)

    def joint(self, numbers: Sequence[int]) -> NDArray[np.float64]:
        """P(u, x, y, ... | e) of several looks without a finding in common.

        Args:
            numbers: of the looks.

        Returns:
            (labels, joint results), the result of the last look varying fastest.
        """
        if not numbers:
            return self.now[:, None]
        if set(numbers) <= self.meetings.ways.keys():
            return self.meetings.joint(numbers).reshape(len(self.labels), -1)
        return self._observed([self.looks[number] for number in numbers])

    def chosen(self, numbers: Sequence[int], results: NDArray[np.int64]) -> NDArray[np.float64]:
        """P(u, x, y, ... | e) of some joint results of looks without a finding in common.

        Args:
            numbers: of the looks, one or more.
            results: number of the result of each, (joint results, looks).

        Returns:
            (labels, joint results).
        """
        if set(numbers) <= self.meetings.ways.keys():
            return self.meetings.chosen(numbers, results)
        return self._observed([self.looks[number] for number in numbers], results)

    def best_after_pairs(self) -> NDArray[np.float64]:
        """Expected utility with a second look, for every first result: sum over y of max over a of EU(a, x, y).

        Returns:
            (results of all, looks): row x, column t; a look is never second to itself (its own column is what the
            first alone gives).
        """
        worth = np.zeros((int(self.start[-1]), len(self.looks)))
        for meeting in self.meetings.at.values():
            for one, other in meeting.pairs():
                if one is other and len(one.members) == 1:
                    continue
                best = self._best_of_parts(meeting, one, other)
                rows, columns = self._columns(one), self._columns(other)
                worth[np.ix_(rows, np.array(other.members))] = np.add.reduceat(best, other.starts[:-1], axis=1)
                worth[np.ix_(columns, np.array(one.members))] = np.add.reduceat(best, one.starts[:-1], axis=0).T
        for first, second in self._exceptions():
            if first == second or self.looks[second].without(self.looks[first].reveals) is None:
                worth[self.results_of(first), second] = self._best_now[self.results_of(first)]
            else:
                joint = self.pair(first, second)
                values = self.labels.utilities @ joint.reshape(len(joint), -1)
                worth[self.results_of(first), second] = values.max(axis=0).reshape(joint.shape[1:]).sum(axis=1)
        return worth

    @cached_property
    def _best_now(self) -> NDArray[np.float64]:
        """Largest expected utility with each result, weighed with its probability, (results of all,)."""
        return np.asarray((self.labels.utilities @ self.single).max(axis=0))

    def results_of(self, look: int) -> slice:
        """The columns of one look among the results of all."""
        return slice(int(self.start[look]), int(self.start[look + 1]))

    def _best_of_parts(self, meeting: Meeting, one: Part, other: Part) -> NDArray[np.float64]:
        """Largest expected utility with each two results, weighed with their probability."""
        few, many = (one, other) if len(one.table) <= len(other.table) else (other, one)
        best = [
            (self.labels.utilities @ block.reshape(len(block), -1)).max(axis=0).reshape(block.shape[1:])
            for block in meeting.blocks((few.scope, many.scope), few.table, many.table)
        ]
        whole = np.concatenate(best, axis=0)
        return whole if few is one else whole.T

    def _exceptions(self) -> Iterator[tuple[int, int]]:
        """Pairs that do not simply meet: with a finding in common, or without a way of their own."""
        for first, one in enumerate(self.looks):
            for second, other in enumerate(self.looks):
                shared = not set(one.reveals).isdisjoint(other.reveals)
                if shared or self.meetings.where(first, second) is None:
                    yield first, second

    def _columns(self, part: Part) -> NDArray[np.int64]:
        return np.concatenate([np.arange(self.start[look], self.start[look + 1]) for look in part.members])

    def _observed(self, looks: Sequence[Look], results: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """The same as `chosen`, or `joint`, observed in the engine: for findings that hang on several cliques."""
        labels = self.labels.of_target
        results = all_results([look.size for look in looks]) if results is None else results
        joint = np.zeros((len(self.labels), len(results)))
        for start, chance, targets in observed(self.model, self.entered, looks, results):
            for row, (p, configurations) in enumerate(zip(chance, targets, strict=True)):
                held = np.bincount(labels[labels >= 0], configurations[labels >= 0], minlength=len(joint))
                joint[:, start + row] = p * held
        return joint


def _summed_out(table: NDArray[np.float64], look: Look, known: Sequence[str]) -> NDArray[np.float64]:
    axes = tuple(1 + i for i, name in enumerate(look.reveals) if name in set(known))
    return np.asarray(table.reshape(len(table), *look.shape).sum(axis=axes)).reshape(len(table), -1)


def lookahead(
    model: CompiledModel,
    entered: EnteredEvidence,
    calibrated: Calibrated,
    labels: Labels,
    looks: Sequence[Look],
) -> Lookahead:
    """Everything the open studies would show.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        calibrated: its propagation, a batch of one.
        labels: what matters, as `decision_labels` or finer.
        looks: the studies.

    Returns:
        The look-ahead; exact but for configurations of together less than 1e-13 of the probability.
    """
    inward = Inward(calibrated)
    configurations = Configurations(inward, model.axes(model.targets.variables), labels.of_target)
    meetings = meetings_of(model, inward, configurations, looks)
    start = np.concatenate([[0], np.cumsum([look.size for look in looks])]).astype(np.int64)
    return Lookahead(model, entered, labels, tuple(looks), meetings, start)
