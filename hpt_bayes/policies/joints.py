"""What the mean model believes and expects at many views, which share what was computed for one.

Evidence that hangs beside the root clique of the junction tree, on scans and records, is carried to it as a column over
a few axes of the root. With the rows of the root computed once for all views that agree in the rest of their evidence,

    P(g, x | shown) = sum over rows z with group g of P(z | rest) P(x | z) * product over columns, normalised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial, reduce

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import ROOT, EvidenceFactors, Inward, Scope, SparseMatrix, branch, from_rows, propagate
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.policies.branches import come_with
from hpt_bayes.policies.groups import Groups, groups_of
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, engine_evidence
from hpt_bayes.reasoning.lookahead.configurations import Configurations
from hpt_bayes.reasoning.lookahead.looks import Look, open_looks
from hpt_bayes.reasoning.lookahead.meeting import Columns, Part
from hpt_bayes.reasoning.lookahead.meetings import Hanging, hanging, meetings_of, times

_LIGHT = 2**17
"""Cells of the cliques between the root and what evidence hangs on, up to which it is carried for every view anew."""
_ROUNDING = 1e-13
Item = tuple[tuple[int, ...], NDArray[np.float64]]
"""Engine variables and a factor over them."""


class ViewJoints:
    """Beliefs and expectations at the views of one setting.

    Args:
        model: the compiled mean model.
        setting: the setting, all that is known before anything is shown.

    Attributes:
        groups: what the answers are about.
    """

    def __init__(self, model: CompiledModel, setting: str) -> None:
        self.model = model
        entered = interpret(model.network, (setting,), ())
        calibrated = calibrate(model, entered)
        self.looks = open_looks(model, entered, calibrated, None)
        self.groups = groups_of(model, entered, calibrated)
        evidence = engine_evidence(model, entered)
        self._before = {_key(item) for item in _pieces(model, evidence)}
        self._start = _Base(model, evidence, self.groups, self.looks)
        self._bases: dict[Hashable, _Base] = {frozenset(self._before): self._start}

    def believed(self, entered: EnteredEvidence) -> NDArray[np.float64]:
        """P(g | shown), (groups,).

        Args:
            entered: everything shown so far.
        """
        base, shown = self._parted(entered)
        return base.believed(shown)

    def expected(self, entered: EnteredEvidence) -> dict[str, NDArray[np.float64]]:
        """P(g, x | shown) by name of the look, (groups, results); not of looks that hang on several cliques.

        Args:
            entered: everything shown so far; looks at the same findings again are not what these are about.
        """
        base, shown = self._parted(entered)
        return {self.looks[number].name: joint for number, joint in base.expected(shown).items()}

    def _parted(self, entered: EnteredEvidence) -> tuple[_Base, list[_Shown]]:
        """The rows that serve this evidence, and the columns of the pieces that are not in them."""
        evidence = engine_evidence(self.model, entered)
        pieces = {_key(item): item for item in _pieces(self.model, evidence)}
        # An entry may take the place of what was assumed; then nothing is shared.
        ordinary = self._before <= pieces.keys()
        light = {key for key in pieces if ordinary and key not in self._before and self._start.shown(pieces[key])}
        rest = frozenset(pieces.keys() - light)
        if rest not in self._bases:
            self._bases[rest] = _Base(self.model, _without(self.model, evidence, light), self.groups, self.looks)
        base = self._bases[rest]
        found = [base.shown(pieces[key]) for key in light]
        if any(each is None for each in found):  # what else is known took away the axes it would be a column over
            whole = _Base(self.model, evidence, self.groups, self.looks)
            return whole, []
        return base, [each for each in found if each is not None]


@dataclass(frozen=True, eq=False)
class _Shown:
    """A piece of evidence as a column, P(shown | axes), where it hangs, and the branch of the root it comes from."""

    clique: int
    branch: int | None
    column: Columns


class _Base:
    """What views share that agree in all evidence but light pieces: the rows of the root and what comes to it."""

    def __init__(self, model: CompiledModel, evidence: EvidenceFactors, groups: Groups, looks: Sequence[Look]) -> None:
        self._model = model
        self._looks = looks
        self._inward = inward = Inward(propagate(model.engine, evidence))
        self._configurations = Configurations(inward, model.axes(model.targets.variables), groups.of_target)
        self._groups = len(groups.state)
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
        self._sums: dict[Scope, _Sum] = {}

    @cached_property
    def _parts(self) -> tuple[list[Part], list[tuple[Part, _Sum, NDArray[np.float64]]]]:
        """What comes to the root: light parts, and the others with P(x | row), equal rows once."""
        root = meetings_of(self._model, self._inward, self._configurations, self._looks).at[ROOT]
        light = [part for part in root.parts if part.branch in self._easy_branches]
        heavy = []
        for part in root.parts:
            if part.branch not in self._easy_branches:
                carried = root.carried(self._scope, part.scope, part.table)[1] / self._rows.weights[:, None]
                kind, different = _alike(carried)
                heavy.append((part, _Sum(self._rows.label, kind, (self._groups, len(different))), different))
        return light, heavy

    def _easy(self, cliques: Sequence[int]) -> bool:
        return sum(self._inward.cells(clique) for clique in cliques) <= _LIGHT

    def shown(self, item: Item) -> _Shown | None:
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
        return _Shown(home, before, (scope, factor.transpose(order).reshape(-1, 1)))

    def believed(self, pieces: Sequence[_Shown]) -> NDArray[np.float64]:
        """P(g | shown), (groups,)."""
        _, columns = self._come(pieces, {})
        weights = self._weighed(columns.values())
        found = np.bincount(self._rows.label, weights, minlength=self._groups)
        return np.asarray(found / found.sum())

    def expected(self, pieces: Sequence[_Shown]) -> dict[int, NDArray[np.float64]]:
        """P(g, x | shown) of each look, (groups, results)."""
        parts, columns = self._come(pieces, self._hanging)
        answer: dict[int, NDArray[np.float64]] = {}
        whole = self._weighed(columns.values())
        total = whole.sum()
        for part in parts:
            others = [column for before, column in columns.items() if before is None or before != part.branch]
            weights = self._weighed(others) if part.branch in columns and part.branch is not None else whole
            self._put(answer, part, self._grouped(part.scope, weights, part.table) / total)
        for part, weighing, different in self._parts[1]:
            self._put(answer, part, weighing(whole) @ different / total)
        return answer

    def _come(self, pieces: Sequence[_Shown], hang: Hanging) -> tuple[list[Part], dict[int | None, Columns]]:
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
            weights = weights * column[self._rows.code(scope), 0]
        return weights

    def _grouped(self, scope: Scope, weights: NDArray[np.float64], table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum over rows of weight and result, (groups, results)."""
        if scope not in self._sums:
            self._sums[scope] = _Sum(self._rows.label, self._rows.code(scope), (self._groups, len(table)))
        return np.asarray(self._sums[scope](weights) @ table)

    def _put(self, answer: dict[int, NDArray[np.float64]], part: Part, joint: NDArray[np.float64]) -> None:
        for at, member in enumerate(part.members):
            answer[member] = joint[:, part.starts[at] : part.starts[at + 1]]


class _Sum:
    """Weights of rows added up by group and by what the rows have in common, as a sparse matrix, again and again."""

    def __init__(self, group: NDArray[np.int64], common: NDArray[np.int64], shape: tuple[int, int]) -> None:
        found, place = np.unique(group * shape[1] + common, return_inverse=True)
        self._place, self._shape = place.reshape(-1), shape
        at, self._columns = np.divmod(found, shape[1])
        self._ends = np.searchsorted(at, np.arange(shape[0] + 1))

    def __call__(self, weights: NDArray[np.float64]) -> SparseMatrix:
        """The matrix for some weights, (groups, kinds)."""
        added = np.bincount(self._place, weights, minlength=len(self._columns)).astype(np.float64, copy=False)
        return from_rows(added, self._columns, self._ends, self._shape)


def _alike(table: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The number of the kind of each row, and one row of each kind; rows that differ by rounding alone are of one."""
    sign = np.round(table @ np.random.default_rng(0).random(table.shape[1]), 11)
    _, first, kind = np.unique(sign, return_index=True, return_inverse=True)
    different = table[first]
    if float(np.abs(table - different[kind.reshape(-1)]).max()) > _ROUNDING:
        return np.arange(len(table)), table
    return kind.reshape(-1), different


def _key(item: Item) -> Hashable:
    return item[0], item[1].tobytes()


def _pieces(model: CompiledModel, evidence: EvidenceFactors) -> Iterator[Item]:
    """Evidence as factors over the variables it tells about: a leaf tells about its parents."""
    for axis, state in evidence.hard.items():
        yield _told(model, axis, _one_hot(model, axis, state))
    for axis, vector in evidence.likelihoods:
        yield _told(model, axis, vector)
    yield from evidence.factors


def _without(model: CompiledModel, evidence: EvidenceFactors, left_out: Container[Hashable]) -> EvidenceFactors:
    """The evidence without some pieces."""
    return EvidenceFactors(
        {a: s for a, s in evidence.hard.items() if _key(_told(model, a, _one_hot(model, a, s))) not in left_out},
        tuple((axis, each) for axis, each in evidence.likelihoods if _key(_told(model, axis, each)) not in left_out),
        tuple(item for item in evidence.factors if _key(item) not in left_out),
    )


def _told(model: CompiledModel, axis: int, vector: NDArray[np.float64]) -> Item:
    if not model.engine.is_leaf(axis):
        return (axis,), vector
    name = model.names[axis]
    return model.axes(model.core.variables[name].parents), model.core.tables[name] @ vector


def _one_hot(model: CompiledModel, axis: int, state: int) -> NDArray[np.float64]:
    vector = np.zeros(model.engine.cardinalities[axis])
    vector[state] = 1.0
    return vector
