"""A compiled model for one version of the numbers, for questions that are asked of one model at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine.compiled import with_tables
from hpt_bayes.evidence.entered import EnteredEvidence
from hpt_bayes.network.tables import plain
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.varying.drawn_tables import Expansion, messages_of, tables_with

Array = NDArray[np.float64]

_CHUNK = 10


def drawn_models(
    model: CompiledModel, entered: EnteredEvidence, values: Mapping[str, Array]
) -> Iterator[tuple[CompiledModel, EnteredEvidence]]:
    """Each version of the numbers as a model of its own, with the evidence as that model reads it.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        values: by variable, its numbers in D versions, (D, n).

    Yields:
        For each version in order the compiled model (names, axes and junction tree are shared) and the evidence.

    Raises:
        EvidenceError: numbers of an unknown variable or the wrong count; a network of another program.
    """
    draws = len(next(iter(values.values())))
    for start in range(0, draws, _CHUNK):
        few = {name: each[start : start + _CHUNK] for name, each in values.items()}
        tables = tables_with(model, few)
        read = _messages(model, entered, few, tables)
        asked = target_tables(model, few)
        for i in range(min(_CHUNK, draws - start)):
            mine = {axis: table[min(i, len(table) - 1)] for axis, table in tables.items()}
            places = {name: table[i] for name, table in asked.items()}
            yield _with(model, mine, places), _reread(entered, read, i)


def _with(model: CompiledModel, tables: Mapping[int, Array], places: Mapping[str, Array]) -> CompiledModel:
    named = {model.names[axis]: table for axis, table in tables.items()}
    core = replace(model.core, tables={**model.core.tables, **named})
    network = replace(model.network, target_tables={**model.network.target_tables, **places})
    return replace(model, network=network, core=core, engine=with_tables(model.engine, tables))


def target_tables(model: CompiledModel, values: Mapping[str, Array]) -> dict[str, Array]:
    """P(a finding about one place | place), (D, place asked about, place, states) over all states, where it changed."""
    found = {}
    for name in model.network.target_tables:
        spec = model.network.variables[name].spec
        if name in values and isinstance(spec, plain.Spec):
            found[name] = plain.expand_targets(spec, Expansion(model, values).context(name), values[name])
    return found


def _messages(
    model: CompiledModel, entered: EnteredEvidence, values: Mapping[str, Array], tables: Mapping[int, Array]
) -> dict[int, Array]:
    """The messages that change, over all states of their scope; a state that is not kept has likelihood zero."""
    drawn = {}
    for position, message in messages_of(Expansion(model, values), entered, tables):
        scope = entered.items[position].scope
        full = np.zeros((len(message), *(model.network.variables[name].size for name in scope)))
        full[np.ix_(np.arange(len(message)), *(model.kept[name] for name in scope))] = message
        drawn[position] = full
    return drawn


def _reread(entered: EnteredEvidence, drawn: Mapping[int, Array], i: int) -> EnteredEvidence:
    """The evidence with the messages of one version."""

    def of(position: int, array: Array) -> Array:
        return drawn[position][min(i, len(drawn[position]) - 1)] if position in drawn else array

    first = len(entered.likelihoods)
    return replace(
        entered,
        likelihoods=tuple(replace(item, vector=of(at, item.vector)) for at, item in enumerate(entered.likelihoods)),
        factors=tuple(replace(item, array=of(first + at, item.array)) for at, item in enumerate(entered.factors)),
    )
