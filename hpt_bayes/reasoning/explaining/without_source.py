"""A network in which the rows of one source no longer tell causes apart; everything else is as written.

A row of a finding, or of anything else below the causes, becomes the average of its table over the configurations of
the parents that are no context, weighted by P(parents | context) with nothing observed. A row of a cause itself becomes
equal shares of the states that are possible in it: without its source nothing is known of how common they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated, EvidenceFactors
from hpt_bayes.evidence.entered import Readings, ScopeFactor, VariableLikelihood
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence
from hpt_bayes.reasoning.varying.written_effect import Effect

Array = NDArray[np.float64]


def without_source(
    model: CompiledModel,
    entered: EnteredEvidence,
    given: Calibrated,
    effects: Mapping[str, Effect],
    cited: Mapping[str, NDArray[np.intp]],
) -> tuple[dict[int, Array], EvidenceFactors]:
    """The tables and the evidence without what one source says.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        given: propagation of the context alone.
        effects: which rows each number fills, by variable.
        cited: positions of the numbers that cite the source, by variable.

    Returns:
        Replacement tables by engine variable, and the evidence with every message that was computed from one of them.
    """
    rows = {name: np.asarray(effects[name].rows[at].any(axis=0)) for name, at in cited.items()}
    tables = {model.axis[name]: _flattened(model, given, name, filled) for name, filled in rows.items() if filled.any()}
    kept = entered
    moved: list[tuple[tuple[int, ...], Array]] = []
    items: list[VariableLikelihood | ScopeFactor] = [*entered.likelihoods, *entered.factors]
    for item in items:
        readings = item.readings
        if readings is None or model.axis[readings.variable] not in tables:
            continue
        scope = (item.variable,) if isinstance(item, VariableLikelihood) else item.scope
        array = item.vector if isinstance(item, VariableLikelihood) else item.array
        array = array[np.ix_(*(model.kept[name] for name in scope))]
        moved.append((model.axes(scope), _message(model, given, readings, scope, array, tables, rows)))
        kept = replace(
            kept,
            likelihoods=tuple(each for each in kept.likelihoods if each is not item),
            factors=tuple(each for each in kept.factors if each is not item),
        )
    evidence = engine_evidence(model, kept)
    return tables, replace(
        evidence,
        likelihoods=(*evidence.likelihoods, *((scope[0], array) for scope, array in moved if len(scope) == 1)),
        factors=(*evidence.factors, *(each for each in moved if len(each[0]) > 1)),
    )


def _message(
    model: CompiledModel,
    given: Calibrated,
    readings: Readings,
    scope: tuple[str, ...],
    array: Array,
    tables: Mapping[int, Array],
    rows: Mapping[str, NDArray[np.bool_]],
) -> Array:
    """A message computed from a table, again; with a table of its own (place, field of view) it is averaged itself."""
    name = readings.variable
    if readings.site is None and readings.field is None:
        return readings.message(tables[model.axis[name]], model.kept[name])
    average = _average(model, given, scope, array[..., None])[..., 0]
    if array.shape == rows[name].shape:
        return np.where(rows[name], average, array)
    return average


def _flattened(model: CompiledModel, given: Calibrated, name: str, filled: NDArray[np.bool_]) -> Array:
    """A table with some rows replaced."""
    table, variable = model.core.tables[name], model.core.variables[name]
    if name in model.targets.causes or variable.role == "cause":
        possible = (table > 0.0).astype(float)
        instead = possible / possible.sum(axis=-1, keepdims=True)
    else:
        instead = _average(model, given, variable.parents, table)
    return np.where(filled[..., None], instead, table)


def _average(model: CompiledModel, given: Calibrated, parents: tuple[str, ...], table: Array) -> Array:
    """A table averaged over the parents that are no context, one average for each configuration of those that are."""
    if not parents:
        return table
    weight = np.asarray(given.joint(model.axes(parents))[0])
    axes = tuple(at for at, name in enumerate(parents) if model.core.variables[name].role != "context")
    total = weight.sum(axis=axes, keepdims=True)
    # Where the context excludes a configuration its rows do not matter; equal weights keep them distributions.
    weight = np.where(
        total > 0.0, weight / np.where(total > 0.0, total, 1.0), 1.0 / np.prod([weight.shape[a] for a in axes])
    )
    mean = (table * weight[..., None]).sum(axis=axes, keepdims=True)
    return np.broadcast_to(mean, table.shape)
