"""The slope of the answer in every number, from two propagations.

d P(D | e) / d T(x | pa) = [P(D, x, pa | e) - P(D | e) P(x, pa | e)] / T(x | pa) for every cell of every table; the
slope in a number as written is that, times how the cells follow the number (a central difference of the expansion).
Rows written given a confirmed case are held: the slope says where to look, the exact figures come afterwards.

Source: Darwiche 2003, A differential approach to inference in Bayesian networks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import propagate
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence
from hpt_bayes.reasoning.relevant import needed, relevant
from hpt_bayes.reasoning.varying.drawn_tables import Expansion, messages_of
from hpt_bayes.reasoning.varying.parameters import Parameter, parameters, with_number

Array = NDArray[np.float64]

_STEP = 1e-3
_CELLS = 4_000_000


def slopes(model: CompiledModel, entered: EnteredEvidence, indicator: NDArray[np.bool_]) -> dict[str, float]:
    """d P(event | e) / d number for every free number that bears on a case.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        indicator: which configurations of the cause nodes make the event true, (configurations,).

    Returns:
        Slope by name of the parameter.
    """
    cells = _cell_slopes(model, entered, indicator)
    found = {}
    for name in relevant(model, entered):
        free = [each for each in parameters(model.network, [name]) if each.free]
        for some in _portions(model, name, free):
            steps = np.array([_step(each) for each in some])
            up = [
                with_number(model.network, each, np.array([each.value + h]))[0]
                for each, h in zip(some, steps, strict=True)
            ]
            down = [
                with_number(model.network, each, np.array([each.value - h]))[0]
                for each, h in zip(some, steps, strict=True)
            ]
            expansion = Expansion(model, {name: np.array(up + down)})
            total = np.zeros(2 * len(some))
            for moved in expansion.moved:
                if moved in cells:
                    total += expansion.table(moved).reshape(len(total), -1) @ cells[moved].ravel()
            for position, message in messages_of(expansion, entered):
                total += message.reshape(len(total), -1) @ cells[f"({position})"].ravel()
            change = (total[: len(some)] - total[len(some) :]) / (2.0 * steps)
            found.update({each.name: float(slope) for each, slope in zip(some, change, strict=True)})
    return found


def _step(parameter: Parameter) -> float:
    if parameter.number.family in ("normal", "log_normal"):
        return _STEP * max(abs(parameter.value), _STEP)
    return _STEP * min(parameter.value, 1.0 - parameter.value)


def _portions(model: CompiledModel, name: str, free: list[Parameter]) -> Iterator[list[Parameter]]:
    size = max(1, _CELLS // (2 * max(model.core.tables[name].size, 30_000)))
    for start in range(0, len(free), size):
        yield free[start : start + size]


def _cell_slopes(model: CompiledModel, entered: EnteredEvidence, indicator: NDArray[np.bool_]) -> dict[str, Array]:
    """Slope of P(event | e) in every cell, by variable; those of messages under their position in brackets."""
    evidence = engine_evidence(model, entered)
    causes = model.targets.causes
    event = (model.axes(causes), indicator.astype(float).reshape(model.cards(causes)))
    both = propagate(model.engine, evidence)
    within = propagate(model.engine, replace(evidence, factors=(*evidence.factors, event)))
    share = float(np.exp(within.log_evidence[0] - both.log_evidence[0]))
    found = {}

    def enter(key: str, scope: tuple[str, ...], table: Array) -> None:
        axes = model.axes(scope)
        slope = share * (within.joint(axes)[0] - both.joint(axes)[0])
        found[key] = np.divide(slope, table, out=np.zeros(table.shape), where=table > 0.0)

    for name in needed(model, entered):
        enter(name, (*model.core.variables[name].parents, name), model.core.tables[name])
    for position, item in enumerate(entered.items):
        if item.readings is not None:
            enter(f"({position})", item.scope, item.array[np.ix_(*(model.kept[each] for each in item.scope))])
    return found
