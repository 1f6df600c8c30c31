"""Collect: messages from the outer cliques towards the root.

One pass serves three questions, which differ only in how a clique is summed out: sum-product for probabilities,
max-product for the most probable explanation, and boolean support for what is possible at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from hpt_bayes.engine.compiled import CompiledNetwork
from hpt_bayes.engine.contraction import Array, Factor, Scope, contract_all, multiply, product_cells, rescale
from hpt_bayes.engine.evidence_factors import Absorbed, Eliminate
from hpt_bayes.errors import EvidenceError

Tables = Callable[[int], Array]

SMALLEST_TERM = 1e-280
"""A term of a product smaller than this, relative to the largest, may be lost or inexact."""


class LostTerms(EvidenceError):
    """Evidence so improbable that a product of its numbers does not fit double precision."""


@dataclass(frozen=True)
class Collected:
    """What has arrived where.

    Attributes:
        incoming: for each clique with evidence in its part of the tree, rescaled factors (values, scope) whose product
            is that of its evidence and of the messages from outside; at least one.
        sent: for those cliques the message to the parent before rescaling, shape (B or 1, *cards of the separator).
        log_scale: natural log of everything divided out on the way, shape (B or 1,).
    """

    incoming: dict[int, tuple[Factor, ...]]
    sent: dict[int, Array]
    log_scale: Array


def active_cliques(compiled: CompiledNetwork, absorbed: Absorbed) -> set[int]:
    """The cliques whose message differs from the one without evidence.

    These are the cliques that evidence enters, those that first hold a sliced axis, and all above them: below the
    place where a hard-observed variable is first met it lies in every separator, and slicing leaves a message one.
    """
    tree = compiled.tree
    active: set[int] = set()
    for start in (*absorbed.entering, *(tree.top[a] for a in absorbed.hard if a < tree.core)):
        clique = start
        while clique >= 0 and clique not in active:
            active.add(clique)
            clique = tree.parent[clique]
    return active


def collect(
    compiled: CompiledNetwork,
    absorbed: Absorbed,
    tables: Tables,
    eliminate: Eliminate,
    *,
    everywhere: bool = False,
    watch: bool = False,
    apart: float = math.inf,
) -> Collected:
    """Send messages from the outside to the root, rescaling each so that long products stay in range.

    Args:
        compiled: the network.
        absorbed: evidence sorted to the cliques.
        tables: the sliced table of a clique, shape (1, *cards).
        eliminate: (table, its scope, incoming, its scope, separator) -> message.
        everywhere: send from every clique, also from those without evidence.
        watch: refuse when a product came so near zero that double precision may have lost it.
        apart: cells from which a product of incoming factors is not built.

    Returns:
        the messages; the one of the root, over the empty scope, is the weight of the evidence.

    Raises:
        LostTerms: on watch, when a term was lost.
    """
    tree = compiled.tree
    active = set(range(len(tree.cliques))) if everywhere else active_cliques(compiled, absorbed)
    incoming: dict[int, tuple[Factor, ...]] = {}
    sent: dict[int, Array] = {}
    arriving: dict[int, list[Factor]] = {c: list(absorbed.entering.get(c, ())) for c in active}
    log_scale: Array = np.zeros(1)
    for log in absorbed.logs:
        log_scale = log_scale + log
    for clique in sorted(active | {0}, reverse=True):
        incoming[clique], log = _gathered(arriving.get(clique, ()), apart, watch)
        log_scale = log_scale + log
        message = contract_all(
            tables(clique), tree.cliques[clique], incoming[clique], tree.separators[clique], eliminate
        )
        sent[clique] = message
        if tree.parent[clique] >= 0:
            arriving[tree.parent[clique]].append((message, tree.separators[clique]))
    return Collected(incoming, sent, log_scale)


def _gathered(factors: Iterable[Factor], apart: float, watch: bool) -> tuple[tuple[Factor, ...], Array]:
    """Factors with the same product, rescaled, and the logs divided out.

    Two factors become one unless their product has `apart` cells or more and is larger than both: a large product
    takes longer to write than its parts to sum out of a table.
    """
    gathered: list[Factor] = []
    log_scale: Array = np.zeros(1)
    for factor in sorted(factors, key=lambda item: item[0].size):
        values, scope = factor
        for at, other in enumerate(gathered):
            cells = product_cells(*other, *factor)
            if cells < apart or cells <= max(other[0].size, values.size):
                if watch:
                    _refuse_lost(*other, *factor)
                values, scope = multiply(*gathered.pop(at), *factor)
                break
        values, log = rescale(values)
        log_scale = log_scale + log
        gathered.append((values, scope))
    return tuple(gathered) or ((np.ones((1,)), ()),), log_scale


def _refuse_lost(a: Array, scope_a: Scope, b: Array, scope_b: Scope) -> None:
    """Refuse a product of positive numbers that is too small for double precision."""
    product, _ = multiply(a, scope_a, rescale(b)[0], scope_b)
    positive, _ = multiply((a > 0.0).astype(float), scope_a, (b > 0.0).astype(float), scope_b)
    if ((positive > 0.0) & (product < SMALLEST_TERM)).any():
        raise LostTerms(
            "the evidence is too improbable for double precision: its likelihoods lie too far apart; give weights no "
            "further apart than 1e-12, and 0 for what is impossible"
        )
