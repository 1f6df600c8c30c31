"""The rows of the root clique for all views of a setting, and what was and would be shown there.

What is shown enters as a column over a few axes of the root: carried anew from small branches of the junction tree
(scans, records), remembered by kind of row for large ones (laboratory values). With the rows computed once,

    P(part, x | shown) = sum over rows z of P(z) P(x | z) * product over columns, normalised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache, partial, reduce
from math import prod

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import ROOT, EvidenceFactors, Inward, Scope, SparseMatrix, branch, from_rows, propagate
from hpt_bayes.policies.branches import Shown, come_with
from hpt_bayes.policies.groups import Groups, Kind
from hpt_bayes.policies.heavy_branch import HeavyBranch
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.lookahead.configurations import Configurations
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.lookahead.meeting import Part
from hpt_bayes.reasoning.lookahead.meetings import gathered, hanging, times

Item = tuple[tuple[int, ...], NDArray[np.float64]]
"""Engine variables and a factor over them."""

_LIGHT = 2**17
"""Cells of the cliques between the root and what evidence hangs on, up to which it is carried for every view anew."""
_TOGETHER = 2**12
"""Configurations over which results that hang on the root are added up together."""
_KEPT = 8
"""Columns over all rows that are kept: views that follow each other differ in one."""


class SharedRows:
    """What the views of a setting share: the rows of the root, and what comes to it from each branch.

    Args:
        model: the compiled mean model.
        evidence: what all of them know.
        groups: what the answers are about.
        looks: the studies.
    """

    def __init__(self, model: CompiledModel, evidence: EvidenceFactors, groups: Groups, looks: Sequence[Look]) -> None:
        self._inward = inward = Inward(propagate(model.engine, evidence))
        self._configurations = Configurations(inward, model.axes(model.targets.variables), groups.of_target)
        self._groups = groups
        self._hung = {
            clique: [gathered(scope, tables) for scope, tables in found.items()]
            for clique, found in hanging(model, inward, looks).items()
        }
        self._branches: dict[int | None, list[int]] = defaultdict(list)
        for clique in inward.outermost_first:
            self._branches[branch(inward.way(clique), ROOT)].append(clique)
        told = {axis for part in self._hung.get(ROOT, ()) for axis in part.scope}
        small = [before for before in self._branches if before is not None and self._easy(before)]
        told |= {axis for before in small for axis in inward.separator(before)}
        self._scope = tuple(sorted(told))
        self._rows = self._configurations.of(ROOT, self._scope)
        self._heavy: dict[int, HeavyBranch] = {}
        self._by_group = _Sum(self._rows.label, np.zeros_like(self._rows.label), (len(groups.state), 1))
        self._sums: dict[tuple[Kind, Hashable], _Sum] = {}
        self._codes: dict[Scope, NDArray[np.int64]] = {}
        self._column = lru_cache(_KEPT)(self._over_rows)

    @cached_property
    def _light(self) -> list[Part]:
        """What comes to the root from the branches that are carried anew, or hangs on it, when nothing is shown."""
        found = _merged(self._inward, self._hung.get(ROOT, ()))
        for before, cliques in self._branches.items():
            if before is not None and self._easy(before):
                found += come_with(self._inward, cliques, self._hung, ())[0]
        return found

    def _easy(self, before: int | None) -> bool:
        return before is None or sum(self._inward.cells(clique) for clique in self._branches[before]) <= _LIGHT

    def _branch(self, before: int) -> HeavyBranch:
        if before not in self._heavy:
            both = tuple(sorted({*self._scope, *self._inward.separator(before)}))
            whole = self._configurations.of(ROOT, both)
            self._heavy[before] = HeavyBranch(self._inward, self._branches[before], self._hung, self._rows, whole)
        return self._heavy[before]

    def _tells(self, before: int | None, scope: Scope) -> bool:
        """Whether the rows tell all that evidence over some axes of a branch could."""
        if before is None:
            return set(scope) <= set(self._scope)
        return self._easy(before) or self._branch(before).tells(scope)

    def shown(self, item: Item) -> Shown | None:
        """A piece of evidence as a column; None where it spans cliques, or the rows do not tell its axes."""
        variables, factor = item
        inward = self._inward
        factor = factor[tuple(inward.known.get(variable, slice(None)) for variable in variables)]
        free = [variable for variable in variables if variable not in inward.known]
        scope = inward.scope(free)
        home = inward.home(scope)
        if home is None:
            return None
        before = branch(inward.way(home), ROOT)
        if not self._tells(before, scope):
            return None
        order = [free.index(variable) for variable in inward.variables(scope)]
        return Shown(home, before, (scope, factor.transpose(order).reshape(-1, 1)))

    def believed(self, pieces: Sequence[Shown]) -> NDArray[np.float64]:
        """P(g | shown), (groups,)."""
        weights = reduce(np.multiply, self._columns(_by_branch(pieces)).values(), self._rows.weights)
        found = np.zeros(len(self._groups.state))
        found[self._by_group.cells] = self._by_group.added(weights)
        return np.asarray(found / found.sum())

    def expected(self, pieces: Sequence[Shown], kind: Kind) -> dict[int, NDArray[np.float64]]:
        """P(part, x | shown) of each look, (parts, results)."""
        shown = _by_branch(pieces)
        columns = self._columns(shown)
        whole = reduce(np.multiply, columns.values(), self._rows.weights)
        total = whole.sum()
        answer: dict[int, NDArray[np.float64]] = {}

        def put(parts: Iterable[Part], weights: NDArray[np.float64], heavy: HeavyBranch | None = None) -> None:
            share = weights / total
            for part in parts:
                key: Hashable = part.scope if heavy is None else part.branch
                common = self._code(part.scope) if heavy is None else heavy.kind
                joint = self._added(kind, key, common, len(part.table)).matrix(share) @ part.table
                for at, member in enumerate(part.members):
                    answer[member] = joint[:, part.starts[at] : part.starts[at + 1]]

        put((part for part in self._light if part.branch is None or part.branch not in shown), whole)
        for before in self._branches:
            if before is None:
                continue
            here = shown.get(before, ())
            others = [column for other, column in columns.items() if other != before]
            weights = reduce(np.multiply, others, self._rows.weights) if here else whole
            if not self._easy(before):
                heavy = self._branch(before)
                put(heavy.parts(here), weights, heavy)
            elif here:
                put(come_with(self._inward, self._branches[before], self._hung, here)[0], weights)
        return answer

    def _columns(self, shown: Mapping[int | None, tuple[Shown, ...]]) -> dict[int | None, NDArray[np.float64]]:
        return {before: self._column(before, pieces) for before, pieces in shown.items()}

    def _over_rows(self, before: int | None, pieces: tuple[Shown, ...]) -> NDArray[np.float64]:
        """P(shown in one branch | row), (rows,)."""
        if before is None:
            scope, column = reduce(partial(times, self._inward), (piece.column for piece in pieces))
        elif self._easy(before):
            scope, column = come_with(self._inward, self._branches[before], {}, pieces)[1]
        else:
            heavy = self._branch(before)
            return heavy.column(pieces).take(heavy.kind)
        return column[:, 0].take(self._code(scope))

    def _code(self, scope: Scope) -> NDArray[np.int64]:
        if scope not in self._codes:
            self._codes[scope] = self._rows.code(scope)
        return self._codes[scope]

    def _added(self, kind: Kind, key: Hashable, common: NDArray[np.int64], kinds: int) -> _Sum:
        """How rows are added up by part and by what they have in common, once for each key."""
        if (kind, key) not in self._sums:
            parts = self._groups.parts(kind)
            self._sums[kind, key] = _Sum(parts[self._rows.label], common, (int(parts.max()) + 1, kinds))
        return self._sums[kind, key]


def _by_branch(pieces: Sequence[Shown]) -> dict[int | None, tuple[Shown, ...]]:
    found: dict[int | None, tuple[Shown, ...]] = {}
    for piece in pieces:
        found[piece.branch] = (*found.get(piece.branch, ()), piece)
    return found


class _Sum:
    """Weights of rows added up by part and by what the rows have in common, again and again.

    Attributes:
        cells: parts and what is in common, as one number, of the sums that are not empty.
    """

    def __init__(self, part: NDArray[np.int64], common: NDArray[np.int64], shape: tuple[int, int]) -> None:
        cell = part * shape[1] + common
        # Adding up runs is several times quicker than adding row after row to its cell.
        self._order = None if (np.diff(cell) >= 0).all() else np.argsort(cell, kind="stable")
        self.cells, self._starts = np.unique(np.sort(cell), return_index=True)
        at, columns = np.divmod(self.cells, shape[1])
        self._columns, self._shape = columns.astype(np.int32), shape
        self._ends = np.searchsorted(at, np.arange(shape[0] + 1)).astype(np.int32)

    def added(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sums, (cells,)."""
        together = weights if self._order is None else weights.take(self._order)
        return np.asarray(np.add.reduceat(together, self._starts))

    def matrix(self, weights: NDArray[np.float64]) -> SparseMatrix:
        """The sums as a sparse matrix, (parts, what is in common)."""
        return from_rows(self.added(weights), self._columns, self._ends, self._shape)


def _merged(inward: Inward, parts: Sequence[Part]) -> list[Part]:
    """Parts that hang on the root over few axes as one part over all of these: one sum of rows serves them."""
    found: list[list[Part]] = []
    for part in sorted(parts, key=lambda each: len(each.table)):
        wide = next((some for some in found if prod(inward.cards(_axes(some, part))) <= _TOGETHER), None)
        if wide is None:
            found.append([part])
        else:
            wide.append(part)
    merged = []
    for some in found:
        scope, ones = _axes(some), np.ones((prod(inward.cards(_axes(some))), 1))
        tables = [
            (member, times(inward, (scope, ones), (part.scope, part.columns(member)))[1])
            for part in some
            for member in part.members
        ]
        merged.append(gathered(scope, tables))
    return merged


def _axes(parts: Sequence[Part], *more: Part) -> Scope:
    return tuple(sorted({axis for part in (*parts, *more) for axis in part.scope}))
