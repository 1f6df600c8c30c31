"""Patients who share what is known for certain travel through the engine together, on its batch axis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import EvidenceFactors, propagate
from hpt_bayes.reasoning.compiled import CompiledModel

Key = TypeVar("Key")
LARGEST_BATCH = 8
"""Rows that travel together; more of them leave the processor's cache and are slower."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What a batch of B patients has in common with one case: the same numbers, one row a patient.

    Attributes:
        rows: positions of the patients, (B,).
        log_evidence: natural log of P(e), the setting included, (B,); minus infinity where e is impossible.
        diagnoses: P(diagnosis | e), (B, diagnoses).
        site: P(place | e) over the states of the network as loaded, (B, places); no columns without a place.
    """

    rows: NDArray[np.int64]
    log_evidence: NDArray[np.float64]
    diagnoses: NDArray[np.float64]
    site: NDArray[np.float64]


def answered(model: CompiledModel, patients: Sequence[tuple[int, EvidenceFactors]]) -> Iterator[Answers]:
    """Answer for many patients of one compiled model.

    Args:
        model: the compiled network.
        patients: position and evidence of each, every one a batch of one.

    Yields:
        Answers of up to LARGEST_BATCH patients; together each patient once.
    """
    groups: dict[frozenset[tuple[int, int]], list[tuple[int, EvidenceFactors]]] = defaultdict(list)
    for position, evidence in patients:
        certain = frozenset(item for item in evidence.hard.items() if not model.engine.is_leaf(item[0]))
        groups[certain].append((position, evidence))
    for certain, members in groups.items():
        for start in range(0, len(members), LARGEST_BATCH):
            batch = members[start : start + LARGEST_BATCH]
            yield _answer(model, dict(certain), batch)


def _answer(model: CompiledModel, certain: dict[int, int], batch: Sequence[tuple[int, EvidenceFactors]]) -> Answers:
    calibrated = propagate(model.engine, together(model, certain, [evidence for _, evidence in batch]))
    count, targets = len(batch), model.targets
    diagnoses = site = np.zeros((count, 0))
    # One joint of causes and place gives both; each asked for alone would read the largest tables again.
    joint = calibrated.joint(model.axes(targets.variables)) if targets.variables else np.ones((1, 1))
    joint = np.broadcast_to(joint, (count, *joint.shape[1:]))
    if targets.site:
        joint = joint.reshape(count, -1, joint.shape[-1])
        site = np.zeros((count, model.network.variables[targets.site].size))
        site[:, model.kept[targets.site]] = np.minimum(joint.sum(axis=1), 1.0)
        joint = joint.sum(axis=2)
    if targets.causes:
        diagnoses = np.clip(targets.diagnoses(joint.reshape(count, -1)), 0.0, 1.0)
    rows = np.array([position for position, _ in batch], dtype=np.int64)
    log_evidence = np.broadcast_to(calibrated.log_evidence + model.log_settings, (count,))
    return Answers(rows, log_evidence, diagnoses, site)


def together(model: CompiledModel, certain: dict[int, int], batch: Sequence[EvidenceFactors]) -> EvidenceFactors:
    """Evidence of several patients as one evidence of B rows.

    Args:
        model: the compiled network.
        certain: states of variables with children that all of them share.
        batch: evidence of each.

    Returns:
        Evidence of B rows; a finding that some lack is a vector of ones for them.
    """
    cards = model.engine.cardinalities
    vectors: dict[int, NDArray[np.float64]] = {}
    factors: dict[tuple[int, ...], NDArray[np.float64]] = {}
    for row, evidence in enumerate(batch):
        for variable, state in evidence.hard.items():
            if variable not in certain:
                one_hot = np.zeros(cards[variable])
                one_hot[state] = 1.0
                _row_of(vectors, variable, (cards[variable],), len(batch))[row] *= one_hot
        for variable, vector in evidence.likelihoods:
            _row_of(vectors, variable, (cards[variable],), len(batch))[row] *= vector
        for scope, array in evidence.factors:
            shape = tuple(cards[variable] for variable in scope)
            _row_of(factors, scope, shape, len(batch))[row] *= array
    return EvidenceFactors(certain, tuple(vectors.items()), tuple(factors.items()))


def _row_of(known: dict[Key, NDArray[np.float64]], key: Key, shape: tuple[int, ...], count: int) -> NDArray[np.float64]:
    if key not in known:
        known[key] = np.ones((count, *shape))
    return known[key]
