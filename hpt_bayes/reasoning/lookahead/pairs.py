"""Two studies that share unknown variables outside the compressed joint: their joint results from the junction tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated, propagate
from hpt_bayes.errors import NetworkTooWide
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence
from hpt_bayes.reasoning.lookahead.known import narrowed
from hpt_bayes.reasoning.lookahead.looks import Look, result_factors
from hpt_bayes.reasoning.lookahead.separation import Hidden
from hpt_bayes.reasoning.lookahead.separators import WithLabel, conditional, separator
from hpt_bayes.reasoning.studies.information import results_given

_LARGEST_JOINT = 2**23


class PairJoints:
    """P(u, x, y | e) of two looks, u being the label of a target configuration.

    Where one clique holds everything both hang on, it is asked with the labels. Otherwise a separator D of the tree
    between the targets and both looks makes them independent of the label: sum over D of P(u | D) P(x, y, D).
    """

    def __init__(
        self,
        model: CompiledModel,
        entered: EnteredEvidence,
        calibrated: Calibrated,
        label: NDArray[np.int64],
        with_label: WithLabel,
        hidden: Hidden,
    ) -> None:
        self._model = model
        self._entered = entered
        self._calibrated = calibrated
        self._label = label
        self._with_label = with_label
        self._labels = with_label.size
        self._hidden = hidden
        self._seen: dict[tuple[str, tuple[int, ...], int], Calibrated] = {}
        self._joints: dict[tuple[tuple[str, ...], tuple[str, ...]], NDArray[np.float64]] = {}

    def joint(self, first: Look, second: Look) -> NDArray[np.float64]:
        """P(u, x, y | e), (labels, results of the first, results of the second)."""
        try:
            return self._from_tree(first, second)
        except NetworkTooWide:
            if first.size > second.size:
                return self._by_observing(second, first).transpose(0, 2, 1)
            return self._by_observing(first, second)

    def _by_observing(self, first: Look, second: Look) -> NDArray[np.float64]:
        """Each result of the first is observed in turn; what the last one leaves is the rest of P(u, y | e)."""
        model = self._model
        other = narrowed(model, self._entered, self._hidden, second.findings)
        names = tuple(dict.fromkeys(name for each in other for name in each.parents))
        target, shape = model.axes(model.targets.variables), model.cards(names)
        table = results_given({}, names, shape, other)
        joint = np.empty((self._labels, first.size, table.shape[1]))
        joint[:, -1] = self._with_label(names) @ table
        for x in range(first.size - 1):
            told = self._observed(first, x)
            share = np.exp(told.log_evidence[0] - self._calibrated.log_evidence[0])
            (seen,) = told.joints_with(target, [model.axes(names)], groups=self._label)
            joint[:, x] = share * (seen[0].reshape(self._labels, -1) @ table)
            joint[:, -1] -= joint[:, x]
        return joint

    def _observed(self, look: Look, x: int) -> Calibrated:
        key = look.name, look.shape, x
        if key not in self._seen:
            base = engine_evidence(self._model, self._entered)
            factors = result_factors(self._model, look, x)
            self._seen[key] = propagate(self._model.engine, replace(base, factors=(*base.factors, *factors)))
        return self._seen[key]

    def _from_tree(self, first: Look, second: Look) -> NDArray[np.float64]:
        one = narrowed(self._model, self._entered, self._hidden, first.findings)
        other = narrowed(self._model, self._entered, self._hidden, second.findings)
        both = tuple(dict.fromkeys(name for each in (*one, *other) for name in each.parents))
        both = tuple(name for name in self._model.names if name in both)
        shape = self._model.cards(both)
        x, y = results_given({}, both, shape, one), results_given({}, both, shape, other)
        families = [each.parents for each in (*one, *other) if each.parents]
        between = () if self._home(both) else separator(self._model, self._hidden, families)
        weights = self._weights(between, both)
        joint = np.stack([(weights * x[:, i]) @ y for i in range(x.shape[1])], axis=1)
        if not between:
            return joint
        share = conditional(self._with_label(between))
        return (share @ joint.reshape(len(joint), -1)).reshape(self._labels, *joint.shape[1:])

    def _home(self, names: Sequence[str]) -> bool:
        tree = self._model.engine.tree
        return tree.home(tuple(sorted(tree.axis_of[axis] for axis in self._model.axes(names)))) is not None

    def _weights(self, between: tuple[str, ...], both: tuple[str, ...]) -> NDArray[np.float64]:
        """P(u, both | e), or P(D, both | e) for a separator D, with `both` flattened."""
        if not between:
            return self._with_label(both)
        key = between, both
        if key not in self._joints:
            order = tuple(dict.fromkeys((*between, *both)))
            joint = self._calibrated.joint(self._model.axes(order), max_cells=_LARGEST_JOINT)[0]
            repeated = [name for name in both if name in between]
            for name in repeated:
                # A variable on both sides becomes a diagonal, so that `both` keeps all its axes.
                card = self._model.cards((name,))[0]
                joint = joint[..., None] * np.eye(card).reshape(
                    [card if each == name else 1 for each in order] + [1] * (joint.ndim - len(order)) + [card]
                )
            axes = (*order, *(f"{name} again" for name in repeated))
            wanted = [axes.index(f"{name} again" if name in repeated else name) for name in both]
            joint = joint.transpose([*range(len(between)), *wanted])
            self._joints[key] = joint.reshape(int(np.prod(self._model.cards(between))), -1)
        return self._joints[key]
