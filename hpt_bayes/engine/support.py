"""What is possible at all: propagation of the boolean support, which no product of small numbers can underflow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine.collect import collect
from hpt_bayes.engine.compiled import CompiledNetwork
from hpt_bayes.engine.contraction import Array, Scope, contract
from hpt_bayes.engine.evidence_factors import EvidenceFactors, absorb


def _support(values: NDArray[np.float64]) -> Array:
    # A negative or undefined entry is kept, so that the usual check refuses it.
    given: Array = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(given), np.sign(given), given)


def possible(compiled: CompiledNetwork, evidence: EvidenceFactors) -> NDArray[np.bool_]:
    """Whether P(e) > 0 in each row, decided on zeros alone.

    Args:
        compiled: the network.
        evidence: what was observed, in one or B rows.

    Returns:
        shape (B,), True where some joint state has positive probability and agrees with all evidence.

    Raises:
        EvidenceError: when the evidence does not fit the network.
    """
    zeros_and_ones = EvidenceFactors(
        hard=evidence.hard,
        likelihoods=tuple((variable, _support(values)) for variable, values in evidence.likelihoods),
        factors=tuple((scope, _support(values)) for scope, values in evidence.factors),
    )
    absorbed = absorb(compiled, zeros_and_ones, families=compiled.supports)
    tree = compiled.tree

    def table(clique: int) -> Array:
        return absorbed.sliced(compiled.clique_supports[clique], tree.cliques[clique]).astype(np.float64)

    def eliminate(values: Array, scope: Scope, incoming: Array, inside: Scope, separator: Scope) -> Array:
        ones = np.asarray(incoming > 0.0, dtype=np.float64)
        return np.asarray(contract(values, scope, ones, inside, separator) > 0.0, dtype=np.float64)

    reached = collect(compiled, absorbed, table, eliminate).sent[0] > 0.0
    return np.array(np.broadcast_to(reached, (absorbed.batch,)))
