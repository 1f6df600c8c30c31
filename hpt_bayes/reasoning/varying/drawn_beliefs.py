"""Diagnoses, gate and place for many versions of the numbers at once.

Every version has tables of its own, so nothing of the compiled tree can be shared. The relevant tables, cut down to
what was observed, are multiplied and summed with the batch as one more axis, by the same plan for every chunk. A
chunk holds few enough versions that memory stays far below 1 GiB.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.factors import Plan, Scope, contract, pair_scope, plan, sum_to
from hpt_bayes.network.targeted import DRAWS
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.relevant import needed
from hpt_bayes.reasoning.side_by_side import side_by_side
from hpt_bayes.reasoning.varying.drawn_tables import drawn_case

Array = NDArray[np.float64]
T = TypeVar("T")

CHUNK = 40


@dataclass(frozen=True, eq=False)
class DrawnBeliefs:
    """Answers for D versions of the numbers.

    Attributes:
        log_evidence: natural log of P(e) given the settings, (D,); -inf when a version makes the evidence impossible.
        diagnoses: P(diagnosis | e), (D, diagnoses), in the order of `model.targets.diagnosis_names`.
        gate: P(gate row | e), (D, rows).
        site: P(place | e), (D, kept places); (D, 0) without a place.
    """

    log_evidence: Array
    diagnoses: Array
    gate: Array
    site: Array


def drawn_beliefs(
    model: CompiledModel,
    entered: EnteredEvidence,
    values: Mapping[str, Array],
    advance: Callable[[int], object] = lambda done: None,
) -> DrawnBeliefs:
    """Propagate every version of the numbers.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        values: by variable, its numbers in D versions, (D, n).
        advance: told how many versions were done since it was last called.

    Returns:
        The answers, in order.

    Raises:
        EvidenceError: numbers of an unknown variable or the wrong count; a network of another program.
    """
    parts = _by_chunk(model, entered, values, partial(_read, model), advance)
    return DrawnBeliefs(
        *(np.concatenate([getattr(each, name) for each in parts]) for name in DrawnBeliefs.__dataclass_fields__)
    )


def drawn_groups(
    model: CompiledModel,
    entered: EnteredEvidence,
    values: Mapping[str, Array],
    groups: NDArray[np.int64],
    advance: Callable[[int], object] = lambda done: None,
) -> Array:
    """P(group | e) in every version that the evidence leaves possible.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        values: by variable, its numbers in D versions, (D, n).
        groups: the group of each configuration of `model.targets.variables`, the last varying fastest.
        advance: told how many versions were done since it was last called.

    Returns:
        In order, (versions that are possible, groups).

    Raises:
        EvidenceError: numbers of an unknown variable or the wrong count; a network of another program.
    """
    member = np.eye(int(groups.max()) + 1)[groups]
    parts = _by_chunk(model, entered, values, lambda joint: joint.reshape(len(joint), -1) @ member, advance)
    found = np.concatenate(parts)
    total = found.sum(axis=1, keepdims=True)
    alive = total[:, 0] > 0.0
    return np.asarray(found[alive] / total[alive])


def _by_chunk(
    model: CompiledModel,
    entered: EnteredEvidence,
    values: Mapping[str, Array],
    read: Callable[[Array], T],
    advance: Callable[[int], object],
) -> list[T]:
    """What `read` finds in P(causes, place, e) of each chunk of versions, in order."""
    draws = len(next(iter(values.values())))
    plans: dict[tuple[Scope, ...], Plan] = {}

    def part(start: int) -> T:
        joint = _joint(model, entered, {name: each[start : start + CHUNK] for name, each in values.items()}, plans)
        advance(len(joint))
        return read(joint)

    return list(side_by_side(part, range(0, draws, CHUNK), min(os.cpu_count() or 1, 4)))


def _joint(
    model: CompiledModel,
    entered: EnteredEvidence,
    values: Mapping[str, Array],
    plans: dict[tuple[Scope, ...], Plan],
) -> Array:
    """P(causes, place, e) in each version, (D, *cards of the target variables)."""
    draws = len(next(iter(values.values())))
    names = needed(model, entered)
    tables, evidence = drawn_case(model, entered, values, names)
    hard = {model.names[axis]: state for axis, state in evidence.hard.items()}
    factors = [((*model.core.variables[name].parents, name), tables[name]) for name in names]
    factors += [((model.names[axis],), vector) for axis, vector in evidence.likelihoods]
    factors += [(tuple(model.names[axis] for axis in scope), array) for scope, array in evidence.factors]
    scopes, arrays = [], []
    for scope, array in factors:
        lead = (slice(None),) if array.ndim > len(scope) else ()
        cut = array[(*lead, *(hard.get(name, slice(None)) for name in scope))]
        free = tuple(name for name in scope if name not in hard)
        if lead and len(cut) == 1:
            cut, lead = cut[0], ()
        scopes.append((DRAWS, *free) if lead else free)
        arrays.append(cut)
    key = tuple(scopes)
    targets = tuple(name for name in model.targets.variables if name not in hard)
    if key not in plans:
        # One draw decides the plan: with the draws counted, tables that are not drawn would look small and be
        # multiplied together first, into a product many times larger.
        sizes = {name: model.core.variables[name].size for name in names} | {DRAWS: 1}
        plans[key] = plan(scopes, sizes, {DRAWS, *targets})
    joint, scope = _product(plans[key].run(arrays), (DRAWS, *targets))
    full = np.zeros((draws, *model.cards(model.targets.variables)))
    full[
        (slice(None), *(slice(hard[n], hard[n] + 1) if n in hard else slice(None) for n in model.targets.variables))
    ] = joint.reshape(len(joint), *(1 if n in hard else model.core.variables[n].size for n in model.targets.variables))
    return full


def _product(factors: list[tuple[Scope, Array]], out: Scope) -> tuple[Array, Scope]:
    """The product of the factors that are left, smallest first, on the axes of `out`."""
    ordered = sorted(factors, key=lambda item: item[1].size)
    scope, values = ordered[0]
    for following, array in ordered[1:]:
        joined = pair_scope(scope, following, {*scope, *following})
        values, scope = contract(values, scope, array, following, joined), joined
    values, scope = sum_to(values, scope, out)
    if DRAWS not in scope:
        values, scope = values[None], (DRAWS, *scope)
    return values, scope


def _read(model: CompiledModel, joint: Array) -> DrawnBeliefs:
    """Answers from P(causes, place, e), (D, *cards of the target variables)."""
    targets = model.targets
    places = model.core.variables[targets.site].size if targets.site else 1
    flat = joint.reshape(len(joint), -1, places)
    total = flat.sum(axis=(1, 2))
    alive = total > 0.0
    scale = alive / np.where(alive, total, 1.0)
    causes = flat.sum(axis=2) * scale[:, None]
    site = flat.sum(axis=1) * scale[:, None]
    with np.errstate(divide="ignore"):
        log_evidence = np.log(total)
    return DrawnBeliefs(
        log_evidence,
        np.minimum(targets.diagnoses(causes), 1.0),
        np.minimum(causes @ targets.gate.T.astype(float), 1.0),
        site if targets.site else site[:, :0],
    )
