"""The studies sorted to the cliques where they meet, their results carried towards the root of the junction tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import ROOT, Inward, Scope, branch, meeting
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.lookahead.configurations import Configurations
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.lookahead.meeting import Columns, Meeting, Part
from hpt_bayes.reasoning.lookahead.observing import all_results
from hpt_bayes.reasoning.studies.information import ResultModel, results_given

_CELLS = 2**22
"""Cells of products of several studies held at a time."""


@dataclass(frozen=True, eq=False)
class Meetings:
    """Every clique where results of looks meet.

    Attributes:
        inward: the ways to the root.
        at: the cliques where looks meet, and the root.
        sizes: number of results of each look.
        ways: for each look the cliques from where its results hang to the root; a look whose findings hang on several
            cliques has none.
    """

    inward: Inward
    at: Mapping[int, Meeting]
    sizes: Sequence[int]
    ways: Mapping[int, Sequence[int]]

    def where(self, first: int, second: int) -> int | None:
        """The clique where two looks meet; None where one has no way of its own."""
        return meeting(self.ways[first], self.ways[second]) if {first, second} <= self.ways.keys() else None

    def come(self, look: int, clique: int) -> Columns:
        """The results of a look as they come to a clique on its way."""
        part = self.at[clique].part(look)
        return part.scope, part.columns(look)

    def joint(self, looks: Sequence[int]) -> NDArray[np.float64]:
        """P(u, x, y, ... | e) of looks without a finding in common that have ways of their own.

        Args:
            looks: numbers of at least one.

        Returns:
            (labels, results of the first, results of the second, ...).
        """
        where = self._first_common(looks)
        found = self._by_branch(where, looks)
        order = [look for _, members in found for look in members]
        shape = [self.sizes[look] for look in order]
        tables = [
            self._together(before, where, members, all_results([self.sizes[look] for look in members]))
            for before, members in found
        ]
        joint = self.at[where].product(tables)
        return joint.reshape(len(joint), *shape).transpose([0, *(1 + order.index(look) for look in looks)])

    def chosen(self, looks: Sequence[int], results: NDArray[np.int64]) -> NDArray[np.float64]:
        """P(u, x, y, ... | e) of some joint results of looks without a finding in common that have ways of their own.

        Args:
            looks: numbers of at least one.
            results: number of the result of each look, (joint results, looks).

        Returns:
            (labels, joint results).
        """
        tables, choice = self._alternatives(ROOT, looks, results)
        return self.at[ROOT].chosen(*self._absorbed(tables, choice))

    def _absorbed(
        self, tables: Sequence[Columns], choice: Sequence[NDArray[np.int64]]
    ) -> tuple[list[Columns], list[NDArray[np.int64]]]:
        """The same with results whose axes another table has multiplied into it: fewer axes are left to combine."""
        order = sorted(range(len(tables)), key=lambda at: len(tables[at][1]))
        left = [(tables[at], choice[at]) for at in order]
        kept: list[tuple[Columns, NDArray[np.int64]]] = []
        for number, (small, picked) in enumerate(left):
            wider = next((at for at in range(number + 1, len(left)) if set(small[0]) <= set(left[at][0][0])), None)
            if wider is None:
                kept.append((small, picked))
            else:
                (scope, table), which = left[wider]
                both = times(self.inward, (scope, table.take(which, axis=1)), (small[0], small[1].take(picked, axis=1)))
                left[wider] = both, np.arange(len(picked))
        return [columns for columns, _ in kept], [picked for _, picked in kept]

    def _first_common(self, looks: Sequence[int]) -> int:
        where = self.ways[looks[0]][0]
        for look in looks[1:]:
            where = meeting(self.inward.way(where), self.ways[look])
        return where

    def _by_branch(self, clique: int, looks: Sequence[int]) -> list[tuple[int | None, list[int]]]:
        """The looks that come to a clique from each branch; those that hang on it one by one."""
        found: dict[tuple[int | None, int], list[int]] = defaultdict(list)
        for look in looks:
            before = branch(self.ways[look], clique)
            found[before, look if before is None else -1].append(look)
        return [(before, members) for (before, _), members in found.items()]

    def _alternatives(
        self, clique: int, looks: Sequence[int], results: NDArray[np.int64]
    ) -> tuple[list[Columns], list[NDArray[np.int64]]]:
        """For each branch its different results as they come to a clique, and which of them each joint result has."""
        tables, choice = [], []
        for before, members in self._by_branch(clique, looks):
            mine = results[:, [looks.index(look) for look in members]]
            different, at = np.unique(mine, axis=0, return_inverse=True)
            tables.append(self._together(before, clique, members, different))
            choice.append(at.reshape(-1))
        return tables, choice

    def _together(self, before: int | None, clique: int, looks: Sequence[int], results: NDArray[np.int64]) -> Columns:
        """Some joint results of looks of one branch as they come to a clique, one column each."""
        if before is None or len(looks) == 1:
            scope, table = self.come(looks[0], clique)
            return scope, table.take(results[:, 0], axis=1)
        where = self._first_common(looks)
        tables, choice = self._alternatives(where, looks, results)
        cells = int(np.prod(self.inward.cards(tuple({axis for inside, _ in tables for axis in inside}))))
        step = max(1, _CELLS // cells)
        carried = []
        for start in range(0, len(results), step):
            few = slice(start, start + step)
            chosen = [(inside, table.take(at[few], axis=1)) for (inside, table), at in zip(tables, choice, strict=True)]
            columns = reduce(partial(times, self.inward), chosen)
            for last in self.inward.way(where):
                columns = carried_on(self.inward, last, columns)
                if last == before:
                    break
            carried.append(columns[1])
        return columns[0], np.concatenate(carried, axis=1)


def times(inward: Inward, one: Columns, other: Columns) -> Columns:
    """The products of the columns of two sets of results, over the axes of both; one set may be a single column."""
    scope = tuple(sorted({*one[0], *other[0]}))

    def spread(columns: Columns) -> NDArray[np.float64]:
        cards = [card if axis in columns[0] else 1 for axis, card in zip(scope, inward.cards(scope), strict=True)]
        return columns[1].reshape(*cards, -1)

    product = spread(one) * spread(other)
    return scope, product.reshape(-1, product.shape[-1])


def carried_on(inward: Inward, clique: int, columns: Columns) -> Columns:
    """Results that came to a clique, as they come to the next one towards the root."""
    scope, table = columns
    moved, out = inward.carried(clique, table.reshape(*inward.cards(scope), -1), scope)
    return out, moved.reshape(-1, moved.shape[-1])


Hanging = Mapping[int, Mapping[Scope, Sequence[tuple[int, NDArray[np.float64]]]]]
"""For each clique and axes of it the looks whose results hang on them, and P(x | axes), (configurations, results)."""


def hanging(model: CompiledModel, inward: Inward, looks: Sequence[Look]) -> Hanging:
    """Where the results of looks hang; those whose findings hang on several cliques are left out.

    Args:
        model: the compiled network.
        inward: the ways to the root.
        looks: the studies.
    """
    known = {model.names[variable]: state for variable, state in inward.known.items()}
    found: dict[int, dict[Scope, list[tuple[int, NDArray[np.float64]]]]] = defaultdict(lambda: defaultdict(list))
    for number, look in enumerate(looks):
        scope = inward.scope(model.axes(look.parents))
        home = inward.home(scope)
        if home is not None:
            names = tuple(model.names[variable] for variable in inward.variables(scope))
            findings = tuple(narrowed(each, known) for each in look.findings)
            found[home][scope].append((number, results_given({}, names, model.cards(names), findings)))
    return found


def meetings_of(
    model: CompiledModel, inward: Inward, configurations: Configurations, looks: Sequence[Look]
) -> Meetings:
    """Carry the results of all looks to the root, noting where they meet.

    Args:
        model: the compiled network.
        inward: the ways to the root.
        configurations: P(u, z | e) over the axes of any clique.
        looks: the open studies.

    Returns:
        The meetings.
    """
    hang = hanging(model, inward, looks)
    ways = {
        number: inward.way(home) for home, tables in hang.items() for found in tables.values() for number, _ in found
    }
    coming: dict[int, list[Part]] = defaultdict(list)
    at: dict[int, Meeting] = {}
    for clique in inward.outermost_first:
        parts = coming[clique] + [gathered(scope, found) for scope, found in hang.get(clique, {}).items()]
        meets = Meeting(clique, parts, configurations)
        if clique == ROOT or next(meets.pairs(), None) is not None:
            at[clique] = meets
        if clique != ROOT and parts:
            coming[inward.towards_root(clique)] += sent_on(inward, clique, parts)
    root_first = dict(reversed(at.items()))
    return Meetings(inward, root_first, [look.size for look in looks], ways)


def sent_on(inward: Inward, clique: int, parts: Sequence[Part]) -> list[Part]:
    """What comes to a clique, as it comes to the next one towards the root: results over the same axes together."""
    alike: dict[Scope, list[Part]] = defaultdict(list)
    for part in parts:
        alike[part.scope].append(part)
    found: dict[Scope, list[Part]] = defaultdict(list)
    for same in alike.values():
        part = _joined(same)
        out, table = carried_on(inward, clique, (part.scope, part.table))
        found[out].append(Part(out, part.members, part.starts, table, clique))
    return [_joined(some) for some in found.values()]


def _joined(parts: Sequence[Part]) -> Part:
    """Parts over the same axes as one, of the branch of the first."""
    first, *others = parts
    if not others:
        return first
    members = tuple(member for part in parts for member in part.members)
    widths = [high - low for part in parts for low, high in pairwise(part.starts)]
    table = np.concatenate([part.table for part in parts], axis=1)
    return Part(first.scope, members, np.cumsum([0, *widths]), table, first.branch)


def gathered(scope: Scope, tables: Sequence[tuple[int, NDArray[np.float64]]]) -> Part:
    """Results of several looks that hang on the same axes of a clique as one part."""
    starts = np.cumsum([0, *(table.shape[1] for _, table in tables)])
    table = np.concatenate([table for _, table in tables], axis=1)
    return Part(scope, tuple(member for member, _ in tables), starts, table, None)


def narrowed(finding: ResultModel, known: Mapping[str, int]) -> ResultModel:
    """A finding with its table taken at the states that are certain: only the others stay parents."""
    at = tuple(known.get(name, slice(None)) for name in finding.parents)
    return ResultModel(tuple(name for name in finding.parents if name not in known), finding.results, finding.table[at])
