"""Evidence as factors: what was observed, and how it enters the cliques."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine.compiled import CompiledNetwork, affected_cliques, in_axis_order
from hpt_bayes.engine.contraction import Array, Scope, contract, rescale
from hpt_bayes.errors import EvidenceError

_Number = TypeVar("_Number", np.float64, np.bool_)
Eliminate = Callable[[Array, Scope, Array, Scope, Scope], Array]


@dataclass(frozen=True)
class EvidenceFactors:
    """Evidence on the variables of a compiled network; B is the number of rows of the batch.

    Attributes:
        hard: state of each variable known with certainty, the same in every row.
        likelihoods: (variable, vector of shape (card,) or (B, card)); several on one variable multiply, and a set of
            states is a vector with ones over the set.
        factors: (scope, array of shape (*cards) or (B, *cards)) over several variables that share a clique.
    """

    hard: Mapping[int, int] = field(default_factory=dict)
    likelihoods: tuple[tuple[int, NDArray[np.float64]], ...] = ()
    factors: tuple[tuple[tuple[int, ...], NDArray[np.float64]], ...] = ()


@dataclass(frozen=True)
class Absorbed:
    """Evidence sorted to the cliques it enters.

    Attributes:
        batch: number of rows B.
        hard: state of each hard-observed axis, leaves included.
        slices: for each axis the slice that hard evidence leaves of it; everything for a leaf.
        entering: for each clique that evidence enters, its factors (values, scope).
        leaf_vectors: for each observed leaf the product of its evidence, shape (B or 1, card).
        replaced: replacement tables, ascending axes, sliced; by variable.
        affected: cliques whose stored conditional the replacement tables make invalid.
        logs: natural logs of what was divided out of the leaf vectors, each of shape (B or 1,).
    """

    batch: int
    hard: dict[int, int]
    slices: tuple[slice, ...]
    entering: dict[int, list[tuple[Array, Scope]]]
    leaf_vectors: dict[int, Array]
    replaced: dict[int, tuple[Array, Scope]]
    affected: frozenset[int]
    logs: list[Array]

    def sliced(self, values: NDArray[_Number], scope: Scope) -> NDArray[_Number]:
        """The part of a table that hard evidence leaves, as a view; every axis is kept."""
        if not self.hard:
            return values
        return values[(slice(None), *(self.slices[axis] for axis in scope))]


def _batched(given: NDArray[np.float64], shape: tuple[int, ...], what: str) -> Array:
    values: Array = np.asarray(given, dtype=np.float64)
    if values.ndim == len(shape):
        values = values[None]
    if values.shape[1:] != shape:
        raise EvidenceError(f"{what}: expected shape {shape} or (B, *{shape}), got {np.shape(given)}")
    if not (values >= 0.0).all() or not np.isfinite(values).all():
        raise EvidenceError(f"{what}: every entry must be a finite number and not negative")
    return values


def _known(compiled: CompiledNetwork, variable: int) -> int:
    if not 0 <= variable < len(compiled.cardinalities):
        raise EvidenceError(f"unknown variable {variable}: expected 0 to {len(compiled.cardinalities) - 1}")
    return variable


def _batch_size(arrays: Sequence[Array]) -> int:
    sizes = {values.shape[0] for values in arrays}
    many = sizes - {1}
    if len(many) > 1:
        raise EvidenceError(f"evidence and tables disagree on the number of rows: {sorted(many)}")
    return many.pop() if many else 1


def absorb(
    compiled: CompiledNetwork,
    evidence: EvidenceFactors,
    tables: Mapping[int, NDArray[np.float64]] | None = None,
    families: Sequence[tuple[Array, Scope]] | None = None,
    leaf_message: Eliminate = contract,
) -> Absorbed:
    """Check evidence and sort it to the cliques.

    Args:
        compiled: the network.
        evidence: what was observed.
        tables: replacement tables by variable, shape (B or 1, *cards of parents, card).
        families: tables to use in place of the network's own, as in `CompiledNetwork.families`.
        leaf_message: how a leaf's table and its evidence become a factor over its parents; see `Eliminate`.

    Returns:
        the factors of each clique.

    Raises:
        EvidenceError: for an unknown variable or state, a wrong shape, a negative or not finite entry, batches of
            different length, or a factor whose scope no clique holds.
    """
    tree, cards = compiled.tree, compiled.cardinalities
    families = compiled.families if families is None else families
    hard: dict[int, int] = {}
    for variable, state in evidence.hard.items():
        if not 0 <= state < cards[_known(compiled, variable)]:
            raise EvidenceError(f"variable {variable} has states 0 to {cards[variable] - 1}, got {state}")
        hard[tree.axis_of[variable]] = int(state)
    slices = tuple(
        slice(hard[axis], hard[axis] + 1) if axis in hard and axis < tree.core else slice(None)
        for axis in range(len(cards))
    )
    likelihoods = [
        (v, _batched(values, (cards[_known(compiled, v)],), f"likelihood of variable {v}"))
        for v, values in evidence.likelihoods
    ]
    factors = [
        (scope, _batched(values, tuple(cards[_known(compiled, v)] for v in scope), f"factor over {scope}"))
        for scope, values in evidence.factors
    ]
    replaced: dict[int, tuple[Array, Scope]] = {}
    for variable, given in (tables or {}).items():
        family = (*compiled.parents[_known(compiled, variable)], variable)
        values = _batched(given, tuple(cards[v] for v in family), f"table of variable {variable}")
        replaced[variable] = in_axis_order(values, [tree.axis_of[v] for v in family])
    batch = _batch_size(
        [v for _, v in likelihoods] + [v for _, v in factors] + [values for values, _ in replaced.values()]
    )

    absorbed = Absorbed(
        batch=batch,
        hard=hard,
        slices=slices,
        entering=defaultdict(list),
        leaf_vectors={},
        replaced={},
        affected=affected_cliques(compiled, replaced),
        logs=[],
    )
    entering = absorbed.entering
    for variable, (values, scope) in replaced.items():
        absorbed.replaced[variable] = absorbed.sliced(values, scope), scope
        if not compiled.is_leaf(variable):
            entering[tree.family_home[variable]].append(absorbed.replaced[variable])
    leaf_vectors = absorbed.leaf_vectors
    for variable, values in likelihoods:
        _enter_vector(compiled, absorbed, variable, values)
    for scope, values in factors:
        if len(scope) == 1:
            _enter_vector(compiled, absorbed, scope[0], values)
            continue
        if len(set(scope)) != len(scope):
            raise EvidenceError(f"factor over {scope} names a variable twice")
        ordered, axes = in_axis_order(values, [tree.axis_of[v] for v in scope])
        home = tree.home(axes) if all(axis < tree.core for axis in axes) else None
        if home is None:
            raise EvidenceError(f"no clique holds the factor over {scope}: compile the network with it in `together`")
        entering[home].append((absorbed.sliced(ordered, axes), axes))
    for variable in evidence.hard:
        if compiled.is_leaf(variable):
            one_hot = np.zeros((1, cards[variable]))
            one_hot[0, evidence.hard[variable]] = 1.0
            leaf_vectors[variable] = leaf_vectors[variable] * one_hot if variable in leaf_vectors else one_hot
    for variable, vector in leaf_vectors.items():
        values, scope = absorbed.replaced.get(variable, families[variable])
        leaf = tree.axis_of[variable]
        if variable not in absorbed.replaced:
            values = absorbed.sliced(values, scope)
        message = leaf_message(values, scope, vector, (leaf,), scope[:-1])
        entering[tree.family_home[variable]].append((message, scope[:-1]))
    return absorbed


def _enter_vector(compiled: CompiledNetwork, absorbed: Absorbed, variable: int, values: Array) -> None:
    """Add a vector over one variable: kept apart for a leaf, entering the smallest clique otherwise."""
    if compiled.is_leaf(variable):
        earlier = absorbed.leaf_vectors.get(variable)
        vector, log = rescale(values if earlier is None else earlier * values)
        absorbed.leaf_vectors[variable] = vector
        absorbed.logs.append(log)
        return
    scope = (compiled.tree.axis_of[variable],)
    absorbed.entering[compiled.tree.smallest[scope[0]]].append((absorbed.sliced(values, scope), scope))
