"""Propagate: exact sum-product over the junction tree, for a whole batch of evidence at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine.beliefs import Beliefs
from hpt_bayes.engine.calibrated import Calibrated
from hpt_bayes.engine.collect import Tables, collect
from hpt_bayes.engine.compiled import CompiledNetwork, clique_product
from hpt_bayes.engine.contraction import Array, contract
from hpt_bayes.engine.evidence_factors import Absorbed, EvidenceFactors, absorb

_APART = 1 << 16
"""Cells from which a product of messages is not built; smaller ones are quicker built than summed out one by one."""
_LITTLE_LEFT = float(np.log(1e-280))


def sliced_tables(compiled: CompiledNetwork, absorbed: Absorbed) -> Tables:
    """The clique tables that hard evidence leaves.

    A clique above a replaced table gets its plain product instead of its conditional; the replaced tables themselves
    enter as evidence factors, so that clique tables never carry a batch axis.
    """
    tree = compiled.tree
    rebuilt: dict[int, Array] = {}
    for clique in absorbed.affected:
        scope = tree.cliques[clique]
        factors = [compiled.families[v] for v in compiled.assigned[clique] if v not in absorbed.replaced]
        factors += [
            (compiled.upward[child], tree.separators[child])
            for child in tree.children[clique]
            if child not in absorbed.affected
        ]
        shape = tuple(1 if axis in absorbed.hard else tree.sizes[axis] for axis in scope)
        parts = [(absorbed.sliced(values, inside), inside) for values, inside in factors]
        rebuilt[clique] = clique_product(shape, scope, parts)

    def table(clique: int) -> Array:
        if clique in rebuilt:
            return rebuilt[clique]
        return absorbed.sliced(compiled.conditionals[clique], tree.cliques[clique])

    return table


def _peaks(evidence: EvidenceFactors) -> Array:
    """Natural log of the product of the largest entries of all evidence, shape (B or 1,): its scale means nothing."""
    total: Array = np.zeros(1)
    for dimensions, values in [(1, v) for _, v in evidence.likelihoods] + [(len(s), v) for s, v in evidence.factors]:
        array = np.asarray(values, dtype=np.float64)
        peaks = array.reshape(-1 if array.ndim > dimensions else 1, int(np.prod(array.shape[-dimensions:]))).max(axis=1)
        total = total + np.log(np.where(peaks > 0.0, peaks, 1.0))
    return total


def propagate(
    compiled: CompiledNetwork,
    evidence: EvidenceFactors | None = None,
    *,
    tables: Mapping[int, NDArray[np.float64]] | None = None,
) -> Calibrated:
    """Condition the network on evidence.

    Args:
        compiled: the network.
        evidence: what was observed, in one or B rows; nothing when left out.
        tables: other numbers for some variables, shape (B or 1, *cards of parents, card), rows summing to one.

    Returns:
        log P(e) and, on demand, marginals and joints for each row.

    Raises:
        EvidenceError: when evidence or tables do not fit the network, or likelihoods are too far apart for double
            precision.

    Source: Jensen, Lauritzen & Olesen 1990; Shafer & Shenoy 1990.
    """
    absorbed = absorb(compiled, evidence or EvidenceFactors(), tables)
    table = sliced_tables(compiled, absorbed)
    collected = collect(compiled, absorbed, table, contract, apart=_APART)
    weight = collected.sent[0]
    alive = weight > 0.0
    log_left = np.log(np.where(alive, weight, 1.0)) + collected.log_scale
    # Every term that is lost is smaller than 1e-308 of what was entered, which matters only when little else is left.
    left = log_left - _peaks(evidence or EvidenceFactors())
    if ((left < _LITTLE_LEFT) & (left > -np.inf)).any():
        collect(compiled, absorbed, table, contract, watch=True)
    log_weight = np.where(alive, log_left, -np.inf)
    log_evidence = np.array(np.broadcast_to(log_weight, (absorbed.batch,)))
    log_evidence.flags.writeable = False
    return Calibrated(log_evidence, Beliefs(compiled, absorbed, table, collected, weight))
