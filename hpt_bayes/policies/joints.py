"""What the mean model believes and expects at many views: those that differ in scans and records share most of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import EvidenceFactors
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.policies.groups import Kind, groups_of
from hpt_bayes.policies.shared_rows import Item, SharedRows, Shown
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, engine_evidence
from hpt_bayes.reasoning.lookahead.looks import open_looks


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
        self._rows = SharedRows(model, evidence, self.groups, self.looks)
        self._shown: dict[Hashable, Shown | None] = {}

    def believed(self, entered: EnteredEvidence) -> NDArray[np.float64]:
        """P(g | shown), (groups,).

        Args:
            entered: everything shown so far.
        """
        base, shown = self._parted(entered)
        return base.believed(shown)

    def expected(self, entered: EnteredEvidence, kind: Kind) -> dict[str, NDArray[np.float64]]:
        """P(part, x | shown) by name of the look, (parts, results); not of looks that hang on several cliques.

        Args:
            entered: everything shown so far; looks at the same findings again are not what these are about.
            kind: what the parts are.
        """
        base, shown = self._parted(entered)
        return {self.looks[number].name: joint for number, joint in base.expected(shown, kind).items()}

    def _parted(self, entered: EnteredEvidence) -> tuple[SharedRows, list[Shown]]:
        """The rows that serve this evidence, and the columns of what is not in them."""
        evidence = engine_evidence(self.model, entered)
        pieces = {_key(item): item for item in _pieces(self.model, evidence)}
        shown = [self._column(key, pieces[key]) for key in pieces.keys() - self._before]
        columns = [each for each in shown if each is not None]
        # An entry may take the place of what was assumed, or hang on several cliques; then nothing is shared.
        if len(columns) < len(shown) or not self._before <= pieces.keys():
            return SharedRows(self.model, evidence, self.groups, self.looks), []
        return self._rows, columns

    def _column(self, key: Hashable, item: Item) -> Shown | None:
        if key not in self._shown:
            self._shown[key] = self._rows.shown(key, item)
        return self._shown[key]


def _key(item: Item) -> Hashable:
    return item[0], item[1].tobytes()


def _pieces(model: CompiledModel, evidence: EvidenceFactors) -> Iterator[Item]:
    """Evidence as factors over the variables it tells about: a leaf tells about its parents."""
    for axis, state in evidence.hard.items():
        yield _told(model, axis, _one_hot(model, axis, state))
    for axis, vector in evidence.likelihoods:
        yield _told(model, axis, vector)
    yield from evidence.factors


def _told(model: CompiledModel, axis: int, vector: NDArray[np.float64]) -> Item:
    if not model.engine.is_leaf(axis):
        return (axis,), vector
    name = model.names[axis]
    return model.axes(model.core.variables[name].parents), model.core.tables[name] @ vector


def _one_hot(model: CompiledModel, axis: int, state: int) -> NDArray[np.float64]:
    vector = np.zeros(model.engine.cardinalities[axis])
    vector[state] = 1.0
    return vector
