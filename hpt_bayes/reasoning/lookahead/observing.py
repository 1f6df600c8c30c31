"""Joint results of studies observed in the engine, many in one batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import EvidenceFactors, propagate
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence
from hpt_bayes.reasoning.lookahead.looks import Look

BATCH = 64


def all_results(sizes: Sequence[int]) -> NDArray[np.int64]:
    """Every joint result of looks with so many results: number of each, (joint results, looks), the last fastest."""
    return np.indices(sizes).reshape(len(sizes), -1).T


def observed(
    model: CompiledModel, entered: EnteredEvidence, looks: Sequence[Look], results: NDArray[np.int64]
) -> Iterator[tuple[int, NDArray[np.float64], NDArray[np.float64]]]:
    """Joint results observed in the engine, batch after batch.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        looks: without a finding in common.
        results: number of the result of each look, (joint results, looks).

    Yields:
        Number of the first joint result of the batch, P(x | e) of each, and P(targets | e, x), zeros where x is
        impossible, (batch, configurations).
    """
    base = engine_evidence(model, entered)
    now = propagate(model.engine, base).log_evidence[0]
    for start in range(0, len(results), BATCH):
        batch = results[start : start + BATCH]
        told = propagate(model.engine, with_results(model, base, looks, batch))
        chance = np.broadcast_to(np.exp(told.log_evidence - now), (len(batch),))
        targets = told.joint(model.axes(model.targets.variables))
        yield start, chance, np.broadcast_to(targets.reshape(len(targets), -1), (len(batch), int(targets[0].size)))


def with_results(
    model: CompiledModel, base: EvidenceFactors, looks: Sequence[Look], results: NDArray[np.int64]
) -> EvidenceFactors:
    """The evidence of a case with one joint result in each row of the batch."""
    extra = []
    for column, look in enumerate(looks):
        at = np.unravel_index(results[:, column], look.shape)
        for finding, states in zip(look.findings, at, strict=True):
            extra.append((model.axes(finding.parents), np.moveaxis(finding.table[..., states], -1, 0)))
    return replace(base, factors=(*base.factors, *extra))
