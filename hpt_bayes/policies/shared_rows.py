"""The rows of the root clique for views that agree in most of their evidence, and what was and would be shown there.

Evidence that hangs beside the root, on scans and records, is carried to it as a column over a few axes. With the rows
computed once for all views that agree in the rest of their evidence,

    P(part, x | shown) = sum over rows z of P(z | rest) P(x | z) * product over columns, normalised.
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
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.lookahead.configurations import Configurations
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.lookahead.meeting import Columns, Part
from hpt_bayes.reasoning.lookahead.meetings import Hanging, gathered, hanging, meetings_of, times

Item = tuple[tuple[int, ...], NDArray[np.float64]]
"""Engine variables and a factor over them."""

_LIGHT = 2**17
"""Cells of the cliques between the root and what evidence hangs on, up to which it is carried for every view anew."""
_TOGETHER = 2**12
"""Configurations over which results that hang on the root are added up together."""
_ROUNDING = 1e-13
_ROWS = 2**12
"""Rows compared at a time."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A piece of evidence as a column, P(shown | axes), where it hangs, and the branch of the root it comes from."""

    clique: int
    branch: int | None
    column: Columns


class SharedRows:
    """What views share that agree in all evidence but light pieces: the rows of the root and what comes to it."""

    def __init__(self, model: CompiledModel, evidence: EvidenceFactors, groups: Groups, looks: Sequence[Look]) -> None:
        self._model = model
        self._looks = looks
        self._inward = inward = Inward(propagate(model.engine, evidence))
        self._configurations = Configurations(inward, model.axes(model.targets.variables), groups.of_target)
        self._groups = groups
        self._hanging = hanging(model, inward, looks)
        self._branches: dict[int | None, list[int]] = defaultdict(list)
        for clique in inward.outermost_first:
            self._branches[branch(inward.way(clique), ROOT)].append(clique)
        self._easy_branches = {
            before for before, cliques in self._branches.items() if before is None or self._easy(cliques)
        }
        told = {axis for scope in self._hanging.get(ROOT, {}) for axis in scope}
        told |= {axis for before in self._easy_branches if before is not None for axis in inward.separator(before)}
        self._scope = tuple(sorted(told))
        self._rows = self._configurations.of(ROOT, self._scope)
        self._sums: dict[tuple[Kind, Hashable], _Sum] = {}
        self._codes: dict[Scope, NDArray[np.int64]] = {}

    @cached_property
    def _parts(self) -> tuple[list[Part], list[_Heavy]]:
        """What comes to the root: light parts, and the others with P(x | row), equal rows once."""
        root = meetings_of(self._model, self._inward, self._configurations, self._looks).at[ROOT]
        here = [part for part in root.parts if part.branch is None]
        light = [part for part in root.parts if part.branch in self._easy_branches and part.branch is not None]
        light += _merged(self._inward, here)
        heavy: list[_Heavy] = []
        for part in root.parts:
            if part.branch not in self._easy_branches:
                carried = root.carried(self._scope, part.scope, part.table)[1] / self._rows.weights[:, None]
                first, kind = _alike(carried)
                heavy.append(_Heavy(part, kind, carried[first]))
        return light, heavy

    def _easy(self, cliques: Sequence[int]) -> bool:
        return sum(self._inward.cells(clique) for clique in cliques) <= _LIGHT

    def shown(self, item: Item) -> Shown | None:
        """A piece of evidence as a column; None where it is too heavy to carry, or the rows do not tell its axes."""
        variables, factor = item
        inward = self._inward
        factor = factor[tuple(inward.known.get(variable, slice(None)) for variable in variables)]
        free = [variable for variable in variables if variable not in inward.known]
        scope = inward.scope(free)
        home = inward.home(scope)
        if home is None:
            return None
        before = branch(inward.way(home), ROOT)
        if before not in self._easy_branches or (before is None and not set(scope) <= set(self._scope)):
            return None
        order = [free.index(variable) for variable in inward.variables(scope)]
        return Shown(home, before, (scope, factor.transpose(order).reshape(-1, 1)))

    def believed(self, pieces: Sequence[Shown]) -> NDArray[np.float64]:
        """P(g | shown), (groups,)."""
        _, columns = self._come(pieces, {})
        weights = self._weighed(columns.values())
        found = np.bincount(self._rows.label, weights, minlength=len(self._groups.state))
        return np.asarray(found / found.sum())

    def expected(self, pieces: Sequence[Shown], kind: Kind) -> dict[int, NDArray[np.float64]]:
        """P(part, x | shown) of each look, (parts, results)."""
        parts, columns = self._come(pieces, self._hanging)
        answer: dict[int, NDArray[np.float64]] = {}
        whole = self._weighed(columns.values())
        total = whole.sum()
        for part in parts:
            others = [column for before, column in columns.items() if before is None or before != part.branch]
            weights = self._weighed(others) if part.branch in columns and part.branch is not None else whole
            matrix = self._added(kind, part.scope, self._code(part.scope), len(part.table))(weights / total)
            self._put(answer, part, matrix @ part.table)
        for number, each in enumerate(self._parts[1]):
            matrix = self._added(kind, number, each.kind, len(each.different))(whole / total)
            self._put(answer, each.part, matrix @ each.different)
        return answer

    def _come(self, pieces: Sequence[Shown], hang: Hanging) -> tuple[list[Part], dict[int | None, Columns]]:
        """The light parts at the root with what was shown in their branch, and the columns of what was shown."""
        shown: dict[int | None, dict[int, list[Columns]]] = defaultdict(lambda: defaultdict(list))
        for piece in pieces:
            shown[piece.branch][piece.clique].append(piece.column)
        parts = [part for part in (self._parts[0] if hang else ()) if part.branch is None or part.branch not in shown]
        columns: dict[int | None, Columns] = {}
        for before, by_clique in shown.items():
            if before is None:
                columns[None] = reduce(partial(times, self._inward), by_clique[ROOT])
            else:
                found, columns[before] = come_with(self._inward, self._branches[before], hang, by_clique)
                parts += found
        return parts, columns

    def _weighed(self, columns: Iterable[Columns]) -> NDArray[np.float64]:
        weights = self._rows.weights
        for scope, column in columns:
            weights = weights * column[:, 0][self._code(scope)]
        return weights

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

    def _put(self, answer: dict[int, NDArray[np.float64]], part: Part, joint: NDArray[np.float64]) -> None:
        for at, member in enumerate(part.members):
            answer[member] = joint[:, part.starts[at] : part.starts[at + 1]]


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


@dataclass(frozen=True, eq=False)
class _Heavy:
    """Results from a branch too heavy to carry anew, by row of the root: many rows are alike.

    Attributes:
        part: the looks.
        kind: of each row, (rows,).
        different: P(x | row) of each kind, (kinds, results).
    """

    part: Part
    kind: NDArray[np.int64]
    different: NDArray[np.float64]


def _alike(table: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One row of each kind, and the kind of each row; rows that differ by rounding alone are of one kind."""
    sign = np.round(table @ np.random.default_rng(0).random(table.shape[1]), 11)
    _, first, kind = np.unique(sign, return_index=True, return_inverse=True)
    if _apart(table, first, kind.reshape(-1)) > _ROUNDING:
        return np.arange(len(table)), np.arange(len(table))
    return first, kind.reshape(-1)


def _apart(table: NDArray[np.float64], first: NDArray[np.int64], kind: NDArray[np.int64]) -> float:
    """The largest difference between a row and the one that stands for its kind."""
    some = range(0, len(table), _ROWS)
    return max(float(np.abs(table[at : at + _ROWS] - table[first][kind[at : at + _ROWS]]).max()) for at in some)
