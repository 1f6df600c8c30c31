"""What the mean model believes and expects at many views: those that differ in scans and records share most of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container, Hashable, Iterator

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import EvidenceFactors
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.policies.groups import Kind, groups_of
from hpt_bayes.policies.shared_rows import Item, SharedRows, Shown
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, engine_evidence
from hpt_bayes.reasoning.lookahead.looks import open_looks

_KEPT = 8


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
        self._light: dict[Hashable, bool] = {}
        self._start = SharedRows(model, evidence, self.groups, self.looks)
        self._bases: OrderedDict[Hashable, SharedRows] = OrderedDict()

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

    def rest(self, entered: EnteredEvidence) -> int:
        """Equal for evidence that the same rows serve.

        Args:
            entered: everything shown so far.
        """
        pieces, light = self._pieces(engine_evidence(self.model, entered))
        return hash(frozenset(pieces.keys() - light))

    def _pieces(self, evidence: EvidenceFactors) -> tuple[dict[Hashable, Item], set[Hashable]]:
        """The evidence piece by piece, and the keys of the light pieces."""
        pieces = {_key(item): item for item in _pieces(self.model, evidence)}
        # An entry may take the place of what was assumed; then nothing is shared.
        new = pieces.keys() - self._before if self._before <= pieces.keys() else set()
        return pieces, {key for key in new if self._is_light(key, pieces[key])}

    def _is_light(self, key: Hashable, item: Item) -> bool:
        if key not in self._light:
            self._light[key] = self._start.shown(item) is not None
        return self._light[key]

    def _parted(self, entered: EnteredEvidence) -> tuple[SharedRows, list[Shown]]:
        """The rows that serve this evidence, and the columns of the pieces that are not in them."""
        evidence = engine_evidence(self.model, entered)
        pieces, light = self._pieces(evidence)
        base = self._base(frozenset(pieces.keys() - light), _without(self.model, evidence, light))
        found = [base.shown(pieces[key]) for key in light]
        if any(each is None for each in found):  # what else is known took away the axes it would be a column over
            whole = SharedRows(self.model, evidence, self.groups, self.looks)
            return whole, []
        return base, [each for each in found if each is not None]

    def _base(self, rest: frozenset[Hashable], evidence: EvidenceFactors) -> SharedRows:
        """The rows for some evidence; those asked for last are kept, because all of them would take too much room."""
        if rest == self._before:
            return self._start
        if rest not in self._bases:
            self._bases[rest] = SharedRows(self.model, evidence, self.groups, self.looks)
            if len(self._bases) > _KEPT:
                self._bases.popitem(last=False)
        self._bases.move_to_end(rest)
        return self._bases[rest]


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
