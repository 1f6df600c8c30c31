"""The rows of the root clique for all views of a setting, and what was and would be shown there.

What is shown enters as a column over a few axes of the root: carried anew from small branches of the junction tree
(scans, records), remembered by kind of row for large ones (laboratory values). With the rows computed once,

    P(part, x | shown) = sum over rows z of P(z) P(x | z) * product over columns, normalised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial, reduce
from math import prod

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import ROOT, EvidenceFactors, Inward, Scope, SparseMatrix, branch, from_rows, propagate
from hpt_bayes.policies.branches import come_with
from hpt_bayes.policies.groups import Groups, Kind
from hpt_bayes.policies.heavy_branch import HeavyBranch
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.lookahead.configurations import Configurations
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.lookahead.meeting import Columns, Part
from hpt_bayes.reasoning.lookahead.meetings import gathered, hanging, times

Item = tuple[tuple[int, ...], NDArray[np.float64]]
"""Engine variables and a factor over them."""

_LIGHT = 2**17
"""Cells of the cliques between the root and what evidence hangs on, up to which it is carried for every view anew."""
_TOGETHER = 2**12
"""Configurations over which results that hang on the root are added up together."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A piece of evidence as a column, P(shown | axes), where it hangs, and the branch of the root it comes from."""

    key: Hashable
    clique: int
    branch: int | None
    column: Columns


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
        self._hanging = hanging(model, inward, looks)
        self._branches: dict[int | None, list[int]] = defaultdict(list)
        for clique in inward.outermost_first:
            self._branches[branch(inward.way(clique), ROOT)].append(clique)
        told = {axis for scope in self._hanging.get(ROOT, {}) for axis in scope}
        small = [before for before in self._branches if before is not None and self._easy(before)]
        told |= {axis for before in small for axis in inward.separator(before)}
        self._scope = tuple(sorted(told))
        self._rows = self._configurations.of(ROOT, self._scope)
        self._heavy: dict[int, HeavyBranch] = {}
        self._sums: dict[tuple[Kind, Hashable], _Sum] = {}
        self._codes: dict[Scope, NDArray[np.int64]] = {}

    @cached_property
    def _light(self) -> list[Part]:
        """What comes to the root from the branches that are carried anew, or hangs on it, when nothing is shown."""
        here = [gathered(scope, found, None) for scope, found in self._hanging.get(ROOT, {}).items()]
        found = _merged(self._inward, here)
        for before, cliques in self._branches.items():
            if before is not None and self._easy(before):
                found += come_with(self._inward, cliques, self._hanging, {})[0]
        return found

    def _easy(self, before: int | None) -> bool:
        return before is None or sum(self._inward.cells(clique) for clique in self._branches[before]) <= _LIGHT

    def _branch(self, before: int) -> HeavyBranch:
        if before not in self._heavy:
            both = tuple(sorted({*self._scope, *self._inward.separator(before)}))
            whole = self._configurations.of(ROOT, both)
            self._heavy[before] = HeavyBranch(self._inward, self._branches[before], self._hanging, self._rows, whole)
        return self._heavy[before]

    def shown(self, key: Hashable, item: Item) -> Shown | None:
        """A piece of evidence as a column; None where it spans cliques, or the rows do not tell its axes.

        Args:
            key: equal for equal pieces.
            item: the piece.
        """
        variables, factor = item
        inward = self._inward
        factor = factor[tuple(inward.known.get(variable, slice(None)) for variable in variables)]
        free = [variable for variable in variables if variable not in inward.known]
        scope = inward.scope(free)
        home = inward.home(scope)
        if home is None:
            return None
        before = branch(inward.way(home), ROOT)
        if before is None and not set(scope) <= set(self._scope):
            return None
        order = [free.index(variable) for variable in inward.variables(scope)]
        return Shown(key, home, before, (scope, factor.transpose(order).reshape(-1, 1)))

    def believed(self, pieces: Sequence[Shown]) -> NDArray[np.float64]:
        """P(g | shown), (groups,)."""
        shown = _by_branch(pieces)
        weights = self._rows.weights
        for before in shown:
            weights = weights * self._column(before, shown[before])
        found = np.bincount(self._rows.label, weights, minlength=len(self._groups.state))
        return np.asarray(found / found.sum())

    def expected(self, pieces: Sequence[Shown], kind: Kind) -> dict[int, NDArray[np.float64]]:
        """P(part, x | shown) of each look, (parts, results)."""
        shown = _by_branch(pieces)
        columns = {before: self._column(before, some) for before, some in shown.items()}
        whole = reduce(np.multiply, columns.values(), self._rows.weights)
        total = whole.sum()
        answer: dict[int, NDArray[np.float64]] = {}

        def put(parts: Iterable[Part], weights: NDArray[np.float64], heavy: HeavyBranch | None = None) -> None:
            for part in parts:
                key: Hashable = part.scope if heavy is None else part.branch
                common = self._code(part.scope) if heavy is None else heavy.kind
                joint = self._added(kind, key, common, len(part.table))(weights / total) @ part.table
                for at, member in enumerate(part.members):
                    answer[member] = joint[:, part.starts[at] : part.starts[at + 1]]

        put((part for part in self._light if part.branch is None or part.branch not in shown), whole)
        for before in self._branches:
            if before is None:
                continue
            here = shown.get(before, [])
            others = [column for other, column in columns.items() if other != before]
            weights = reduce(np.multiply, others, self._rows.weights) if here else whole
            if not self._easy(before):
                heavy = self._branch(before)
                put(heavy.parts(_keys(here), _by_clique(here)), weights, heavy)
            elif here:
                put(come_with(self._inward, self._branches[before], self._hanging, _by_clique(here))[0], weights)
        return answer

    def _column(self, before: int | None, pieces: Sequence[Shown]) -> NDArray[np.float64]:
        """P(shown in one branch | row), (rows,)."""
        if before is None:
            scope, column = reduce(partial(times, self._inward), (piece.column for piece in pieces))
        elif self._easy(before):
            scope, column = come_with(self._inward, self._branches[before], {}, _by_clique(pieces))[1]
        else:
            heavy = self._branch(before)
            return heavy.column(_keys(pieces), _by_clique(pieces))[heavy.kind]
        return column[:, 0][self._code(scope)]

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


def _by_branch(pieces: Sequence[Shown]) -> dict[int | None, list[Shown]]:
    found: dict[int | None, list[Shown]] = defaultdict(list)
    for piece in pieces:
        found[piece.branch].append(piece)
    return found


def _by_clique(pieces: Sequence[Shown]) -> dict[int, list[Columns]]:
    found: dict[int, list[Columns]] = defaultdict(list)
    for piece in pieces:
        found[piece.clique].append(piece.column)
    return found


def _keys(pieces: Sequence[Shown]) -> frozenset[Hashable]:
    return frozenset(piece.key for piece in pieces)


class _Sum:
    """Weights of rows added up by part and by what the rows have in common, as a sparse matrix, again and again."""

    def __init__(self, part: NDArray[np.int64], common: NDArray[np.int64], shape: tuple[int, int]) -> None:
        found, place = np.unique(part * shape[1] + common, return_inverse=True)
        self._place, self._shape = place.reshape(-1), shape
        at, self._columns = np.divmod(found, shape[1])
        self._ends = np.searchsorted(at, np.arange(shape[0] + 1))

    def __call__(self, weights: NDArray[np.float64]) -> SparseMatrix:
        """The matrix for some weights, (parts, kinds)."""
        added = np.bincount(self._place, weights, minlength=len(self._columns)).astype(np.float64, copy=False)
        return from_rows(added, self._columns, self._ends, self._shape)


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
        merged.append(gathered(scope, tables, None))
    return merged


def _axes(parts: Sequence[Part], *more: Part) -> Scope:
    return tuple(sorted({axis for part in (*parts, *more) for axis in part.scope}))
