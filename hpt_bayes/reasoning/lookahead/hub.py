"""The compressed joint: a few variables that separate most studies, and each study's results given them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated, propagate
from hpt_bayes.errors import NetworkTooWide
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence
from hpt_bayes.reasoning.lookahead.known import narrowed
from hpt_bayes.reasoning.lookahead.looks import Look, result_factors
from hpt_bayes.reasoning.lookahead.separation import Hidden
from hpt_bayes.reasoning.lookahead.separators import conditional
from hpt_bayes.reasoning.studies.information import ResultModel, results_given

_NEGLIGIBLE = 1e-13
_LARGEST = 64

Rows = tuple[NDArray[np.int64], dict[str, NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Part:
    """Looks whose results depend on the same variables of the hub.

    Attributes:
        depends: names of those variables.
        members: numbers of the looks.
        starts: first column of each member and the number of columns, (members + 1,).
        possible: codes of the possible configurations of `depends`, rising, (configurations,).
        table: P(x | depends, e), (configurations, results of all members).
    """

    depends: tuple[str, ...]
    members: tuple[int, ...]
    starts: NDArray[np.int64]
    possible: NDArray[np.int64]
    table: NDArray[np.float64]

    def of(
        self, states: Mapping[str, NDArray[np.int64]], cards: Mapping[str, int], look: int | None = None
    ) -> NDArray[np.float64]:
        """The table at rows with given states, (rows, results) of one look, or of all members when None."""
        return (self.table if look is None else self.table[:, self.slice_of(look)])[self.code(states, cards)]

    def code(self, states: Mapping[str, NDArray[np.int64]], cards: Mapping[str, int]) -> NDArray[np.int64]:
        """Row of the table for given states, (rows,)."""
        return np.asarray(np.searchsorted(self.possible, coded(self.depends, states, cards)), dtype=np.int64)

    def slice_of(self, look: int) -> slice:
        """The columns of one member."""
        place = self.members.index(look)
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


def coded(
    names: Sequence[str],
    states: Mapping[str, NDArray[np.int64]],
    cards: Mapping[str, int],
    label: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """One number for the label, if given, and the states of some variables in each row."""
    code = np.zeros(len(next(iter(states.values()))) if states else 1, dtype=np.int64) if label is None else label
    for name in names:
        code = code * cards[name] + states[name]
    return code


@dataclass(frozen=True, eq=False)
class Hub:
    """P(z | e) over the possible configurations z of the hub.

    Attributes:
        names: variables of the hub.
        cards: number of states of each.
        label: label of each row, (rows,).
        states: state of each variable in each row, (rows, variables).
        weights: P(z | e), (rows,).
        parts: the looks by what they depend on.
        beyond: for each look the components outside the hub its findings hang on; two looks are separated unless
            these overlap.
    """

    names: tuple[str, ...]
    cards: Mapping[str, int]
    label: NDArray[np.int64]
    states: NDArray[np.int64]
    weights: NDArray[np.float64]
    parts: tuple[Part, ...]
    beyond: Mapping[int, frozenset[int]]

    @cached_property
    def _rows(self) -> dict[frozenset[str], Rows]:
        return {}

    def separated(self, first: int, second: int) -> bool:
        """Whether two looks are in the hub, and independent given it and the evidence."""
        known = first in self.beyond and second in self.beyond
        return known and first != second and self.beyond[first].isdisjoint(self.beyond[second])

    def part_of(self, look: int) -> Part:
        """The part a look belongs to."""
        return next(part for part in self.parts if look in part.members)

    def rows(self, names: Sequence[str]) -> tuple[NDArray[np.int64], dict[str, NDArray[np.int64]], NDArray[np.float64]]:
        """The joint of the label and some variables: label and states of each row, and P(row | e); label by label."""
        key = frozenset(names)
        if key not in self._rows:
            code = self.label
            chosen = [name for name in self.names if name in key]
            for name in chosen:
                code = code * self.cards[name] + self.states[:, self.names.index(name)]
            _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
            states = {name: self.states[first, self.names.index(name)] for name in chosen}
            # A row of its own keeps `states` from being empty where the looks depend on nothing in the hub.
            states[""] = np.zeros(len(first), dtype=np.int64)
            weights = np.asarray(np.bincount(inverse.reshape(-1), self.weights), dtype=np.float64)
            self._rows[key] = self.label[first], states, weights
        return self._rows[key]


def build_hub(
    model: CompiledModel,
    entered: EnteredEvidence,
    calibrated: Calibrated,
    label: NDArray[np.int64],
    hidden: Hidden,
    looks: Mapping[int, Look],
    extra: Sequence[str],
) -> Hub:
    """The compressed joint of a case.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        calibrated: its propagation.
        label: of each configuration of the targets, -1 where it is impossible.
        hidden: the graph of what is unknown.
        looks: studies by number.
        extra: variables to give besides the targets.

    Returns:
        The hub; the least probable configurations of together less than 1e-13 are left out.
    """
    targets = model.targets.variables
    kept = (*hidden.free(targets), *extra)
    components = hidden.components(set(kept))
    free = {number: hidden.free(look.parents) for number, look in looks.items()}
    beyond = {
        number: frozenset(components[name] for name in names if name in components) for number, names in free.items()
    }
    depends = {}
    for number, names in free.items():
        border = set(hidden.boundary(kept, components, beyond[number])) | (set(names) & set(kept))
        depends[number] = tuple(name for name in kept if name in border)
    used = [name for name in kept if any(name in each for each in depends.values())]
    told, others = [name for name in used if name in targets], [name for name in used if name not in targets]
    rows, codes = _target_rows(model, label, told)
    (joint,) = calibrated.joints_with(model.axes(targets), [model.axes(others)], groups=codes)
    label_of, states, weights = _positive(joint[0], rows, others)
    cards = {name: model.core.variables[name].size for name in used}
    columns = {name: states[:, number] for number, name in enumerate((*told, *others))}
    parts = []
    for names in dict.fromkeys(depends.values()):
        members = [i for i, each in depends.items() if each == names]
        possible = np.unique(coded(names, columns, cards))
        parts.append(_part(model, entered, calibrated, hidden, names, members, looks, possible))
    return Hub((*told, *others), cards, label_of, states, weights, tuple(parts), beyond)


def separating(model: CompiledModel, hidden: Hidden, looks: Collection[Look]) -> tuple[str, ...]:
    """The variables that, given besides the targets, separate most pairs of looks for their size."""
    targets = set(model.targets.variables)
    chosen: list[str] = []
    tied = _tied(hidden, looks, tuple(targets))
    while tied:
        best: tuple[float, str, int] | None = None
        for name in hidden.neighbours:
            cells = np.prod([_branching(model, each) for each in (*chosen, name)])
            if name in targets or name in chosen or cells > _LARGEST:
                continue
            left = _tied(hidden, looks, (*targets, *chosen, name))
            gain = float((tied - left) / np.log2(1 + _branching(model, name)))
            if left < tied and (best is None or gain > best[0]):
                best = (gain, name, left)
        if best is None:
            break
        chosen.append(best[1])
        tied = best[2]
    return tuple(chosen)


def _branching(model: CompiledModel, name: str) -> float:
    """How many states of a variable a configuration of the targets leaves possible, on average over its table."""
    variable = model.core.variables[name]
    targets = set(model.targets.variables)
    possible = model.core.tables[name] > 0
    axes = tuple(i for i, parent in enumerate(variable.parents) if parent not in targets)
    return max(1.0, float(possible.any(axis=axes).sum(axis=-1).mean())) if axes else float(possible.sum(-1).mean())


def _tied(hidden: Hidden, looks: Iterable[Look], kept: Sequence[str]) -> int:
    """Number of pairs of looks that given variables do not separate."""
    components = hidden.components(set(kept))
    beyond = [{components[name] for name in hidden.free(look.parents) if name in components} for look in looks]
    return sum(not one.isdisjoint(other) for one, other in combinations([each for each in beyond if each], 2))


def _target_rows(
    model: CompiledModel, label: NDArray[np.int64], told: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Target configurations merged by label and the variables that matter: (groups, 1 + told), group of each."""
    targets = model.targets.variables
    grid = np.unravel_index(np.arange(len(label)), model.cards(targets))
    code = label.copy()
    cards = model.cards(told)
    for name, card in zip(told, cards, strict=True):
        code = code * card + grid[targets.index(name)]
    possible = label >= 0
    _, first, inverse = np.unique(code[possible], return_index=True, return_inverse=True)
    codes = np.full(len(label), -1, dtype=np.int64)
    codes[possible] = inverse.reshape(-1)
    chosen = np.flatnonzero(possible)[first]
    rows = np.stack([label[chosen], *(grid[targets.index(name)][chosen] for name in told)], axis=1)
    return rows, codes


def _positive(
    joint: NDArray[np.float64], rows: NDArray[np.int64], others: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Label, states and probability of the configurations worth keeping."""
    flat = joint.reshape(-1)
    order = np.argsort(flat, kind="stable")
    order = order[np.searchsorted(np.cumsum(flat[order]), _NEGLIGIBLE) :]
    order.sort()
    group, *inside = np.unravel_index(order, joint.shape)
    states = np.column_stack([rows[group, 1:], *inside]) if others else rows[group, 1:]
    return rows[group, 0], np.asarray(states, dtype=np.int64), flat[order]


def _part(
    model: CompiledModel,
    entered: EnteredEvidence,
    calibrated: Calibrated,
    hidden: Hidden,
    depends: tuple[str, ...],
    members: Sequence[int],
    looks: Mapping[int, Look],
    possible: NDArray[np.int64],
) -> Part:
    """P(x | depends, e) of each member; the variables in between are summed out."""
    findings = {member: narrowed(model, entered, hidden, looks[member].findings) for member in members}
    outside = {
        member: tuple(dict.fromkeys(n for each in found for n in each.parents if n not in depends))
        for member, found in findings.items()
    }
    starts = np.concatenate([[0], np.cumsum([looks[member].size for member in members])]).astype(np.int64)
    # Of the configurations of many variables most are impossible; their rows are not kept.
    table = np.empty((len(possible), int(starts[-1])))
    for member, (start, end) in zip(members, pairwise(starts), strict=True):
        try:
            found = _summed(model, calibrated, depends, outside[member], findings[member])
        except NetworkTooWide:
            found = _observed(model, entered, calibrated, depends, looks[member])
        table[:, start:end] = found[possible]
    return Part(depends, tuple(members), starts, possible, table)


def _observed(
    model: CompiledModel,
    entered: EnteredEvidence,
    calibrated: Calibrated,
    depends: tuple[str, ...],
    look: Look,
) -> NDArray[np.float64]:
    """P(x | depends, e) by Bayes' rule, each result observed in turn: for findings that no small joint reaches."""
    before = _joint(model, calibrated, depends, ()).reshape(-1)
    base = engine_evidence(model, entered)
    table = np.zeros((len(before), look.size))
    for x in range(look.size):
        told = propagate(model.engine, replace(base, factors=(*base.factors, *result_factors(model, look, x))))
        after = np.exp(told.log_evidence[0] - calibrated.log_evidence[0]) * _joint(model, told, depends, ()).reshape(-1)
        table[:, x] = np.divide(after, before, out=np.zeros_like(before), where=before > 0)
    return table


def _summed(
    model: CompiledModel,
    calibrated: Calibrated,
    depends: tuple[str, ...],
    own: tuple[str, ...],
    findings: Sequence[ResultModel],
) -> NDArray[np.float64]:
    """P(x | depends, e) of findings that hang on further variables, which are summed out."""
    own = tuple(name for name in own if name not in depends)
    count = int(np.prod(model.cards(depends)))
    if not own:
        return results_given({}, depends, model.cards(depends), findings)
    shares = conditional(_joint(model, calibrated, depends, own).reshape(count, -1).T).T
    if {name for each in findings for name in each.parents}.isdisjoint(depends):
        return np.asarray(shares @ results_given({}, own, model.cards(own), findings))
    known = results_given({}, (*depends, *own), model.cards((*depends, *own)), findings)
    return np.asarray(np.einsum("no,nox->nx", shares, known.reshape(count, shares.shape[1], -1)))


def _joint(
    model: CompiledModel, calibrated: Calibrated, depends: Sequence[str], between: Sequence[str]
) -> NDArray[np.float64]:
    """P(depends, between | e), through the targets where they are among `depends`."""
    targets = [name for name in depends if name in model.targets.variables]
    others = [name for name in depends if name not in model.targets.variables]
    order = (*targets, *others, *between)
    if targets:
        (joint,) = calibrated.joints_with(model.axes(targets), [model.axes((*others, *between))])
    else:
        joint = calibrated.joint(model.axes(order))
    return np.asarray(joint[0]).transpose([order.index(name) for name in (*depends, *between)])
