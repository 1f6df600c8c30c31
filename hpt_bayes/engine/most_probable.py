"""The most probable explanation: max-product towards the root, then reading the best states off on the way back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine.collect import Collected, collect
from hpt_bayes.engine.compiled import CompiledNetwork
from hpt_bayes.engine.contraction import Array, Scope, lift, multiply
from hpt_bayes.engine.evidence_factors import Absorbed, EvidenceFactors, absorb

_CHUNK_CELLS = 1 << 22


def _max_out(table: Array, scope: Scope, incoming: Array, inside: Scope, separator: Scope) -> Array:
    """Multiply a clique table by what came in and maximise over what the separator does not hold."""
    summed = tuple(i + 1 for i, axis in enumerate(scope) if axis not in separator)
    rows = max(1, _CHUNK_CELLS // max(1, table.size))
    parts = [
        (table * lift(incoming[start : start + rows], inside, scope)).max(axis=summed)
        for start in range(0, incoming.shape[0], rows)
    ]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def most_probable(
    compiled: CompiledNetwork, evidence: EvidenceFactors | None = None
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The joint state of all variables that has the highest probability together with the evidence.

    Args:
        compiled: the network.
        evidence: what was observed, in one or B rows.

    Returns:
        states of shape (B, n_variables), leaves included, -1 where the evidence is impossible; and the natural log of
        max P(x, e), shape (B,), likelihood vectors counting as factors. Subtract log P(e) for log P(x | e).

    Raises:
        EvidenceError: when the evidence does not fit the network.

    Source: Dawid 1992, Applications of a general propagation algorithm for probabilistic expert systems.
    """
    absorbed = absorb(compiled, evidence or EvidenceFactors(), leaf_message=_max_out)
    leaf_tables = _weighted_leaves(compiled, absorbed)
    tree = compiled.tree

    def table(clique: int) -> Array:
        return absorbed.sliced(compiled.conditionals[clique], tree.cliques[clique])

    collected = collect(compiled, absorbed, table, _max_out, everywhere=True)
    best = np.broadcast_to(collected.sent[0], (absorbed.batch,))
    alive = best > 0.0
    logs = np.where(alive, np.log(np.where(alive, best, 1.0)), -np.inf) + collected.log_scale
    chosen = _read_back(compiled, absorbed, collected)
    _read_leaves(leaf_tables, chosen)
    for axis, state in absorbed.hard.items():
        chosen[:, axis] = state
    states = chosen[:, list(tree.axis_of)]
    states[~alive] = -1
    return states, np.array(logs)


def _weighted_leaves(compiled: CompiledNetwork, absorbed: Absorbed) -> dict[int, tuple[Array, Scope]]:
    """For each leaf axis its table times its evidence; unobserved leaves also enter their best state as evidence."""
    tree = compiled.tree
    weighted: dict[int, tuple[Array, Scope]] = {}
    for variable, axis in enumerate(tree.axis_of):
        if axis < tree.core:
            continue
        values, scope = compiled.families[variable]
        values = absorbed.sliced(values, scope)
        if variable in absorbed.leaf_vectors:
            values = values * lift(absorbed.leaf_vectors[variable], scope[-1:], scope)
        else:
            absorbed.entering[tree.family_home[variable]].append((values.max(axis=-1), scope[:-1]))
        weighted[axis] = values, scope
    return weighted


def _read_back(compiled: CompiledNetwork, absorbed: Absorbed, collected: Collected) -> NDArray[np.intp]:
    """From the root outwards, the best states of what each clique adds, given those already chosen."""
    tree = compiled.tree
    rows = np.arange(absorbed.batch)
    chosen: NDArray[np.intp] = np.zeros((absorbed.batch, len(tree.sizes)), dtype=np.intp)

    def given(values: Array, scope: Scope, separator: Scope) -> Array:
        index = (rows % values.shape[0], *(chosen[:, axis] for axis in scope if axis in separator))
        picked: Array = values[index]
        return picked

    for clique, scope in enumerate(tree.cliques):
        separator = tree.separators[clique]
        added = tuple(axis for axis in scope if axis not in separator)
        if not added:
            continue
        table = given(absorbed.sliced(compiled.conditionals[clique], scope), scope, separator)
        ((incoming, inside),) = collected.incoming[clique]  # one factor: `collect` was not told to keep any apart
        rest = tuple(axis for axis in inside if axis not in separator)
        product, _ = multiply(table, added, given(incoming, inside, separator), rest)
        best = product.reshape(len(rows), -1).argmax(axis=1)
        for axis, states in zip(added, np.unravel_index(best, product.shape[1:]), strict=True):
            chosen[:, axis] = states
    return chosen


def _read_leaves(tables: dict[int, tuple[Array, Scope]], chosen: NDArray[np.intp]) -> None:
    """The best state of each leaf given its parents; sliced axes are still numbered from zero here."""
    rows = np.arange(chosen.shape[0])
    for axis, (values, scope) in tables.items():
        index = (rows % values.shape[0], *(chosen[:, parent] for parent in scope[:-1]))
        chosen[:, axis] = values[index].argmax(axis=1)
