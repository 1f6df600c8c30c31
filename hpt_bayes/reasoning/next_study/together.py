"""What several studies would show together: exactly, from the compressed joint or the engine, or from draws.

Studies that the compressed joint separates are independent given its configurations z, all at once (the separation is
one of graphs), so P(u, x, y, ... | e) = sum over z with label u of P(z | e) P(x | z, e) P(y | z, e) ...; others are
observed in the engine, many joint results in one batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated, EvidenceFactors, propagate
from hpt_bayes.evidence.entered import ScopeFactor
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence
from hpt_bayes.reasoning.lookahead.lookahead import Lookahead
from hpt_bayes.reasoning.lookahead.looks import Look, shown_after
from hpt_bayes.reasoning.studies.information import ResultModel

_BATCH = 64
_CELLS = 2**24


def one_after_the_other(looks: Sequence[Look]) -> tuple[Look, ...]:
    """Looks without the findings that an earlier one reveals; those that reveal nothing more are left out."""
    known: list[str] = []
    found = []
    for look in looks:
        left = look.without(known)
        if left is not None:
            found.append(left)
            known += look.study.reveals
    return tuple(found)


def joint_of(
    model: CompiledModel, entered: EnteredEvidence, ahead: Lookahead, numbers: Sequence[int]
) -> NDArray[np.float64]:
    """P(u, x, y, ... | e) of several looks without a finding in common.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        ahead: what the looks would show.
        numbers: of the looks.

    Returns:
        (labels, joint results), the result of the last look varying fastest.
    """
    hub = ahead.hub
    if not all(hub.separated(one, other) for one, other in combinations(numbers, 2)) or not numbers:
        return _observed(model, entered, ahead, [ahead.looks[number] for number in numbers])
    parts = [hub.part_of(number) for number in numbers]
    labels, inside, weights = hub.rows(tuple(dict.fromkeys(name for part in parts for name in part.depends)))
    tables = [part.of(inside, hub.cards)[:, part.slice_of(number)] for part, number in zip(parts, numbers, strict=True)]
    half = next(
        at for at in range(1, len(tables) + 1) if _width(tables[:at]) >= _width(tables[at:]) or at == len(tables)
    )
    joint = np.zeros((len(ahead.labels.clear), _width(tables[:half]), _width(tables[half:])))
    step = max(1, _CELLS // (_width(tables[:half]) + _width(tables[half:])))
    for label in range(len(joint)):
        rows = np.flatnonzero(labels == label)
        for start in range(0, len(rows), step):
            few = rows[start : start + step]
            left = _products([table[few] for table in tables[:half]], len(few))
            right = _products([table[few] for table in tables[half:]], len(few))
            joint[label] += (left * weights[few, None]).T @ right
    return joint.reshape(len(joint), -1)


def _width(tables: Sequence[NDArray[np.float64]]) -> int:
    return int(np.prod([table.shape[1] for table in tables]))


def _products(tables: Sequence[NDArray[np.float64]], rows: int) -> NDArray[np.float64]:
    """Every product of one column of each table, the last table varying fastest, (rows, columns)."""
    return reduce(
        lambda done, table: np.asarray((done[:, :, None] * table[:, None, :]).reshape(rows, -1)),
        tables,
        np.ones((rows, 1)),
    )


def _observed(
    model: CompiledModel, entered: EnteredEvidence, ahead: Lookahead, looks: Sequence[Look]
) -> NDArray[np.float64]:
    shape = [look.size for look in looks]
    results = np.stack(np.unravel_index(np.arange(int(np.prod(shape))), shape), axis=1) if looks else np.zeros((1, 0))
    labels = ahead.labels.of_target
    joint = np.zeros((len(ahead.labels.clear), len(results)))
    for start, chance, targets in observed(model, entered, looks, results.astype(np.int64)):
        for row, (p, configurations) in enumerate(zip(chance, targets, strict=True)):
            held = np.bincount(labels[labels >= 0], configurations[labels >= 0], minlength=len(joint))
            joint[:, start + row] = p * held
    return joint


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
    for start in range(0, len(results), _BATCH):
        batch = results[start : start + _BATCH]
        told = propagate(model.engine, _with_results(model, base, looks, batch))
        chance = np.broadcast_to(np.exp(told.log_evidence - now), (len(batch),))
        targets = told.joint(model.axes(model.targets.variables))
        yield start, chance, np.broadcast_to(targets.reshape(len(targets), -1), (len(batch), int(targets[0].size)))


def _with_results(
    model: CompiledModel, base: EvidenceFactors, looks: Sequence[Look], results: NDArray[np.int64]
) -> EvidenceFactors:
    """The evidence of a case with one joint result in each row of the batch."""
    extra = []
    for column, look in enumerate(looks):
        at = np.unravel_index(results[:, column], look.shape)
        for finding, states in zip(look.findings, at, strict=True):
            extra.append((model.axes(finding.parents), np.moveaxis(finding.table[..., states], -1, 0)))
    return replace(base, factors=(*base.factors, *extra))


def drawn_results(
    model: CompiledModel, entered: EnteredEvidence, looks: Sequence[Look], draws: int, seed: int
) -> NDArray[np.int64]:
    """Joint results drawn from P(x | e), finding after finding, each given those before it.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        looks: without a finding in common.
        draws: how many.
        seed: of the draws.

    Returns:
        Number of the result of each look, (draws, looks); draws that share their results so far share a propagation.
    """
    random = np.random.default_rng(seed)
    base = engine_evidence(model, entered)
    singles = [replace(look, findings=(finding,)) for look in looks for finding in look.findings]
    drawn = np.zeros((draws, 0), dtype=np.int64)
    for number, single in enumerate(singles):
        distinct, belongs = np.unique(drawn, axis=0, return_inverse=True)
        chance = np.empty((len(distinct), single.size))
        for start in range(0, len(distinct), _BATCH):
            batch = distinct[start : start + _BATCH]
            told = propagate(model.engine, _with_results(model, base, singles[:number], batch))
            chance[start : start + _BATCH] = _chances(model, told, single.findings[0])
        edges = np.cumsum(chance, axis=1)[belongs.reshape(-1)]
        result = (random.random(draws)[:, None] * edges[:, -1:] >= edges).sum(axis=1)
        drawn = np.column_stack([drawn, result])
    found, at = np.zeros((draws, len(looks)), dtype=np.int64), 0
    for column, look in enumerate(looks):
        columns = drawn[:, at : at + len(look.shape)]
        found[:, column] = np.ravel_multi_index(tuple(columns.T), look.shape)
        at += len(look.shape)
    return found


def _chances(model: CompiledModel, told: Calibrated, finding: ResultModel) -> NDArray[np.float64]:
    joint = told.joint(model.axes(finding.parents))
    return np.asarray(joint.reshape(len(joint), -1) @ finding.table.reshape(-1, finding.table.shape[-1]))


def entered_after(model: CompiledModel, entered: EnteredEvidence, look: Look, result: int) -> EnteredEvidence:
    """The entries with a result of a look: as evidence, and as conditions on entries read it.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        look: that gave the result.
        result: its number.
    """
    shown = shown_after(model, entered, look, result)
    at = np.unravel_index(result, look.shape)
    factors = []
    for finding, name, state in zip(look.findings, look.study.reveals, at, strict=True):
        full = np.zeros(tuple(model.network.variables[parent].size for parent in finding.parents))
        full[np.ix_(*(model.kept[parent] for parent in finding.parents))] = finding.table[..., int(state)]
        factors.append(ScopeFactor(finding.parents, full, name, finding.results[int(state)]))
    return replace(shown, factors=(*shown.factors, *factors))
