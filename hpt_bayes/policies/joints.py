"""P(targets | shown) of many views: what hangs on a few variables enters as a product, the rest through the engine.

Given the targets and one more variable K (the size of the lesion), a finding hangs on a group of variables that no
other group touches. A group small enough is summed out here, so that

    P(targets | e) = sum over K of P(targets, K | other evidence) * product over groups of P(e of group | K, targets)

and the engine is asked once for all views that agree in the other evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import EvidenceFactors, propagate
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.policies.view import View
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, engine_evidence
from hpt_bayes.reasoning.lookahead.hub import separating
from hpt_bayes.reasoning.lookahead.looks import open_looks
from hpt_bayes.reasoning.lookahead.separation import hidden_graph

_SMALL = 2**17
Item = tuple[tuple[str, ...], NDArray[np.float64]]
"""Names and a factor over them."""


@dataclass(frozen=True, eq=False)
class _Group:
    """Variables that are summed out here: P(own | border), axes in the order of `border` and `own`."""

    border: tuple[str, ...]
    own: tuple[str, ...]
    table: NDArray[np.float64]

    def seen(self, items: Sequence[Item]) -> Item:
        """P(e of the group | border)."""
        names = (*self.border, *self.own)
        product = self.table
        for scope, factor in items:
            product = product * _aligned(factor, scope, names)
        return self.border, product.sum(axis=tuple(range(len(self.border), len(names))))


class ViewJoints:
    """The joints of the targets for views of one setting.

    Args:
        model: the compiled mean model.
        entered: what is known before anything is shown.
    """

    def __init__(self, model: CompiledModel, entered: EnteredEvidence) -> None:
        self.model = model
        self._before = {_key(axes, factor) for axes, factor in self._pieces(engine_evidence(model, entered))}
        calibrated = calibrate(model, entered)
        network, targets = model.network, model.targets.variables
        findings = {name for study in network.studies.values() for name in study.reveals}
        scopes = [self._scope(name) for name in sorted(findings)]
        hidden = hidden_graph(model, entered, (*targets, *(name for scope in scopes for name in scope)))
        looks = open_looks(model, entered, calibrated, None)
        self._kept = (*targets, *separating(model, hidden, looks)[:1])
        components = hidden.components(set(self._kept))
        self._groups: list[_Group] = []
        self._group_of: dict[str, int] = {}
        for together in _touching([{components[n] for n in scope if n in components} for scope in scopes]):
            mine = [scope for scope in scopes if any(components.get(name) in together for name in scope)]
            read = {name for scope in mine for name in scope}
            border = set(hidden.boundary(self._kept, components, together)) | (read & set(self._kept))
            names = tuple(name for name in self._kept if name in border)
            own = tuple(name for name in model.names if components.get(name) in together and name in read)
            if prod(model.cards((*names, *own))) <= _SMALL:
                aimed = [name for name in names if name in targets]
                rest = [name for name in names if name not in targets]
                (joint,) = calibrated.joints_with(model.axes(aimed), [model.axes((*rest, *own))])
                joint = joint[0].reshape(*model.cards(names), -1)
                total = joint.sum(axis=-1, keepdims=True)
                share = np.divide(joint, total, out=np.zeros_like(joint), where=total > 0)
                self._group_of.update(dict.fromkeys(own, len(self._groups)))
                self._groups.append(_Group(names, own, share.reshape(model.cards((*names, *own)))))

    def of(self, views: Sequence[View]) -> Iterator[tuple[View, NDArray[np.float64]]]:
        """P(targets | shown) of each view.

        Args:
            views: in any order.

        Yields:
            Each view once, with (configurations of the targets,).
        """
        sharing: dict[Hashable, list[tuple[View, list[Item]]]] = defaultdict(list)
        others: dict[Hashable, EvidenceFactors] = {}
        for view in views:
            light, key, other = self._parted(engine_evidence(self.model, view.evidence))
            sharing[key].append((view, light))
            others[key] = other
        model, targets = self.model, self.model.targets.variables
        more = self._kept[len(targets) :]
        for key, members in sharing.items():
            calibrated = propagate(model.engine, others[key])
            (joint,) = calibrated.joints_with(model.axes(targets), [model.axes(more)])
            by_size = np.ascontiguousarray(np.moveaxis(joint[0], range(len(targets)), range(-len(targets), 0)))
            for view, light in members:
                told = by_size
                for scope, factor in self._summed(light):
                    told = told * _aligned(factor, scope, (*more, *targets))
                whole = told.reshape(prod(model.cards(more)), -1).sum(axis=0)
                yield view, whole / whole.sum()

    def _scope(self, name: str) -> tuple[str, ...]:
        """What a finding is read as evidence on: its parents, or itself when others hang on it."""
        about = self.model.network.variables[name].target_of
        if about is not None:
            return (about,)
        if self.model.network.graph.out_degree(name):
            return (name,)
        return self.model.core.variables[name].parents

    def _parted(self, evidence: EvidenceFactors) -> tuple[list[Item], Hashable, EvidenceFactors]:
        """The evidence that is summed out here; a key of the rest; the rest."""
        pieces = {_key(axes, factor): (axes, factor) for axes, factor in self._pieces(evidence)}
        ordinary = self._before <= pieces.keys()  # else an entry took the place of what was assumed
        light = {}
        for key, (axes, factor) in pieces.items():
            item = self._item(axes, factor)
            if ordinary and key not in self._before and self._here(item[0]):
                light[key] = item
        rest = EvidenceFactors(
            {axis: at for axis, at in evidence.hard.items() if _key((axis,), self._one_hot(axis, at)) not in light},
            tuple((axis, vector) for axis, vector in evidence.likelihoods if _key((axis,), vector) not in light),
            tuple((axes, factor) for axes, factor in evidence.factors if _key(axes, factor) not in light),
        )
        return list(light.values()), frozenset(pieces.keys() - light.keys()), rest

    def _pieces(self, evidence: EvidenceFactors) -> Iterator[tuple[tuple[int, ...], NDArray[np.float64]]]:
        for axis, at in evidence.hard.items():
            yield (axis,), self._one_hot(axis, at)
        for axis, vector in evidence.likelihoods:
            yield (axis,), vector
        yield from evidence.factors

    def _one_hot(self, axis: int, at: int) -> NDArray[np.float64]:
        vector = np.zeros(self.model.engine.cardinalities[axis])
        vector[at] = 1.0
        return vector

    def _item(self, axes: tuple[int, ...], factor: NDArray[np.float64]) -> Item:
        """A factor over the variables it tells about: a leaf tells about its parents."""
        names = tuple(self.model.names[axis] for axis in axes)
        if len(names) == 1 and not self.model.network.graph.out_degree(names[0]):
            return self.model.core.variables[names[0]].parents, self.model.core.tables[names[0]] @ factor
        return names, factor

    def _here(self, scope: Sequence[str]) -> bool:
        """Whether what hangs on some variables is summed out here."""
        groups = {self._group_of.get(name) for name in scope if name not in self._kept and self._varies(name)}
        if not groups:
            return True
        if len(groups) > 1 or None in groups:
            return False
        return {name for name in scope if name in self._kept} <= set(self._groups[groups.pop() or 0].border)

    def _varies(self, name: str) -> bool:
        return self.model.core.variables[name].size > 1

    def _summed(self, light: Sequence[Item]) -> Iterator[Item]:
        """Factors over what is kept: one for each group that is touched."""
        touched: dict[int | None, list[Item]] = defaultdict(list)
        for scope, factor in light:
            free = [axis for axis, name in enumerate(scope) if self._varies(name)]
            names = tuple(scope[axis] for axis in free)
            group = next((self._group_of[name] for name in names if name in self._group_of), None)
            touched[group].append((names, factor.reshape([factor.shape[axis] for axis in free])))
        for group, items in touched.items():
            if group is None:
                yield from items
            else:
                yield self._groups[group].seen(items)


def _key(axes: tuple[int, ...], factor: NDArray[np.float64]) -> tuple[tuple[int, ...], bytes]:
    return axes, factor.tobytes()


def _aligned(values: NDArray[np.float64], names: Sequence[str], wanted: Sequence[str]) -> NDArray[np.float64]:
    """The values with their axes in another order, and an axis of one state where a name is missing."""
    order = sorted(range(len(names)), key=lambda axis: wanted.index(names[axis]))
    sizes = dict(zip(names, values.shape, strict=True))
    return values.transpose(order).reshape([sizes.get(name, 1) for name in wanted])


def _touching(sets: Sequence[set[int]]) -> list[set[int]]:
    """Sets merged until no two of them have a member in common."""
    found: list[set[int]] = []
    for each in filter(None, sets):
        apart = [other for other in found if other.isdisjoint(each)]
        found = [*apart, each.union(*(other for other in found if not other.isdisjoint(each)))]
    return found
