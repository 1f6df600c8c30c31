"""What the mean model believes and expects at many views: those that differ in scans and records share most of it."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import EvidenceFactors
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.policies.branches import Shown
from hpt_bayes.policies.groups import Kind, groups_of
from hpt_bayes.policies.shared_rows import Item, SharedRows
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, engine_evidence
from hpt_bayes.reasoning.lookahead.looks import open_looks

Key = tuple[tuple[int, ...], bytes, int]
"""Engine variables of a piece of evidence, what it says of them, and how many pieces before it say the same."""


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
        self._before = set(_pieces(model, evidence))
        self._rows = SharedRows(model, evidence, self.groups, self.looks)
        self._shown: dict[Key, Shown | None] = {}

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
        pieces = _pieces(self.model, evidence)
        # In an order of their own: what was shown the same is found again whatever came first.
        shown = [self._column(key, pieces[key]) for key in sorted(pieces.keys() - self._before)]
        columns = [each for each in shown if each is not None]
        # An entry may take the place of what was assumed, or hang on several cliques; then nothing is shared.
        if len(columns) < len(shown) or not self._before <= pieces.keys():
            return SharedRows(self.model, evidence, self.groups, self.looks), []
        return self._rows, columns

    def _column(self, key: Key, item: Item) -> Shown | None:
        if key not in self._shown:
            self._shown[key] = self._rows.shown(item)
        return self._shown[key]


def _pieces(model: CompiledModel, evidence: EvidenceFactors) -> dict[Key, Item]:
    """Evidence as factors over the variables it tells about: a leaf tells about its parents."""
    items = [_told(model, axis, _one_hot(model, axis, state)) for axis, state in evidence.hard.items()]
    items += [_told(model, axis, vector) for axis, vector in evidence.likelihoods]
    found: dict[Key, Item] = {}
    met: Counter[tuple[tuple[int, ...], bytes]] = Counter()
    for axes, factor in (*items, *evidence.factors):
        said = axes, factor.tobytes()
        found[*said, met[said]] = axes, factor
        met[said] += 1
    return found


def _told(model: CompiledModel, axis: int, vector: NDArray[np.float64]) -> Item:
    if not model.engine.is_leaf(axis):
        return (axis,), vector
    name = model.names[axis]
    return model.axes(model.core.variables[name].parents), model.core.tables[name] @ vector


def _one_hot(model: CompiledModel, axis: int, state: int) -> NDArray[np.float64]:
    vector = np.zeros(model.engine.cardinalities[axis])
    vector[state] = 1.0
    return vector
