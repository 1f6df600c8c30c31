"""The smallest separator of the junction tree between the targets and some findings, and what is known across it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.lookahead.separation import Hidden


def separator(model: CompiledModel, hidden: Hidden, families: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The variables of the smallest separator with the targets on one side and some families on the other.

    Args:
        model: the compiled network.
        hidden: the graph of what is unknown.
        families: sets of variables that each share a clique.

    Returns:
        The unknown variables of the separator in network order; () where the tree has none.
    """
    found = separators(model, hidden, families)
    return min(found, key=lambda names: int(np.prod(model.cards(names))), default=())


def separators(model: CompiledModel, hidden: Hidden, families: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """Every separator between the targets and all of some families, from the targets outwards; none may be empty."""
    tree = model.engine.tree
    name_of = {tree.axis_of[axis]: name for name, axis in model.axis.items()}

    def path(names: Sequence[str]) -> list[int]:
        clique = tree.home(tuple(sorted(tree.axis_of[axis] for axis in model.axes(names))))
        return [] if clique is None else list(tree.path_to_root(clique))

    paths = [path(names) for names in families]
    start = path(model.targets.variables)
    found = []
    for clique in reversed(paths[0] if paths else []):
        if clique in start or tree.parent[clique] < 0 or any(clique not in each for each in paths):
            continue
        inside = {name_of[axis] for axis in tree.separators[clique]} - hidden.known
        found.append(tuple(name for name in model.names if name in inside))
    return found if all(found) else []


def conditional(joint: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(row | column) of a joint, zero in columns without probability, (rows, columns)."""
    total = joint.sum(axis=0)
    return np.asarray(np.divide(joint, total, out=np.zeros_like(joint), where=total > 0))


class WithLabel:
    """P(u, names | e) of the labels with sets of variables, each asked once."""

    def __init__(self, model: CompiledModel, calibrated: Calibrated, label: NDArray[np.int64], size: int) -> None:
        self._model = model
        self._calibrated = calibrated
        self._label = label
        self.size = size
        self._known: dict[tuple[str, ...], NDArray[np.float64]] = {}

    def __call__(self, names: tuple[str, ...]) -> NDArray[np.float64]:
        """P(u, names | e), (labels, configurations of names)."""
        if names not in self._known:
            target = self._model.axes(self._model.targets.variables)
            (joint,) = self._calibrated.joints_with(target, [self._model.axes(names)], groups=self._label)
            self._known[names] = joint[0].reshape(self.size, -1)
        return self._known[names]

    def carried(self, steps: Sequence[tuple[str, ...]], names: tuple[str, ...]) -> NDArray[np.float64]:
        """P(u, names | e) for names behind a chain of separators, (labels, configurations of names).

        The label travels from separator to separator: P(u, E) = sum over D of P(u | D) P(D, E).

        Args:
            steps: separators from the targets outwards; the first is asked with the targets.
            names: variables behind the last.
        """
        held, joint = steps[0], self(steps[0])
        for wanted in (*steps[1:], names):
            both = tuple(dict.fromkeys((*held, *wanted)))
            moved = self._calibrated.joint(self._model.axes(both))[0]
            share = conditional(joint).reshape(self.size, *self._model.cards(held))
            letter = {name: i + 1 for i, name in enumerate(both)}
            out = [0, *(letter[name] for name in wanted)]
            operands: list[object] = [share, [0, *(letter[n] for n in held)], moved, [letter[n] for n in both], out]
            total: NDArray[np.float64] = np.einsum(*operands)  # type: ignore[call-overload]
            held, joint = wanted, total.reshape(self.size, -1)
        return joint
