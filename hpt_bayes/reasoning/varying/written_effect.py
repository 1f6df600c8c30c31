"""What the numbers of one variable do: which rows of its table each fills, and how each moves the answer.

The gradient goes through the tables: d log P(D, e) / d T = P(cell | D, e) / T exactly, from a propagation given D, and
d T / d number by a difference of the expansion alone. Messages that were computed from a table move with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated, EvidenceFactors
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.provenance import Number
from hpt_bayes.reasoning.basis import numbers_of
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.varying.drawn_tables import Expansion
from hpt_bayes.reasoning.varying.parameters import Parameter, evidence_with, tables_with

Array = NDArray[np.float64]

_STEP = 1e-5
_SAME = 1e-12
_FILLS = 1e-2
"""A number fills the rows that move at least this much, relative to the row it moves most."""


@dataclass(frozen=True, eq=False)
class Effect:
    """What the numbers of one variable do.

    Attributes:
        gradient: of log P(D) / P(R) along each number, the rest of its distribution scaled to keep its sum, (n,).
        rows: for each number, which parent configurations of the variable's own table it fills, (n, *parent cards).
    """

    gradient: Array
    rows: NDArray[np.bool_]


def effect_of(
    model: CompiledModel, entered: EnteredEvidence, given: tuple[Calibrated, Calibrated], name: str
) -> Effect:
    """What the numbers of a variable do in a case.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        given: propagations given either hypothesis.
        name: a variable with numbers of its own.

    Returns:
        Gradient and rows of each number; a share of 0 or 1 cannot move and has gradient 0.
    """
    network = model.network
    numbers = numbers_of(network, name)
    movable = [position for position, number in enumerate(numbers) if Parameter(name, position, number).free]
    steps = np.array([_step(numbers[position]) for position in movable])
    values = {name: _moved(numbers, movable, steps)}
    tables = tables_with(model, values)
    evidence = evidence_with(model, entered, values, tables)
    many = len(values[name])
    slopes = np.zeros(many - 1)
    for variable, table in tables.items():
        family = (*model.engine.parents[variable], variable)
        slopes += _slope(given, family, table, many)
    for scope, message in _messages(evidence):
        if many > 1 and message.ndim == len(scope) + 1 and len(message) == many:
            slopes += _slope(given, scope, message, many)
    moved = np.zeros((many - 1, *model.cards(network.variables[name].parents)))
    # A table derived from rows given a confirmed case moves a little everywhere; as written it moves where filled.
    table = Expansion(model, values).table(name) if name in network.published else tables[model.axis[name]]
    if len(table) == many:
        moved = np.abs(table[1:] - table[0]).max(axis=-1)
    largest = moved.reshape(many - 1, -1).max(axis=1, initial=0.0).reshape(-1, *(1,) * (moved.ndim - 1))
    filled = (moved > _FILLS * largest) & (largest > 0)
    gradient, rows = np.zeros(len(numbers)), np.zeros((len(numbers), *moved.shape[1:]), dtype=bool)
    gradient[movable] = slopes / steps
    rows[movable] = filled
    free = ~filled.any(axis=0)
    for each in _stiff(numbers, movable):
        rows[each] = free & _equal(model, name, numbers, each)
    return Effect(gradient, rows)


def _stiff(numbers: tuple[Number, ...], movable: list[int]) -> list[list[int]]:
    """The rows in which no number can move, such as 0, 0, 1: positions of their numbers."""
    loose = {numbers[position].row for position in movable}
    rows: dict[int, list[int]] = {}
    for position, number in enumerate(numbers):
        if number.row not in loose and number.family in ("dirichlet", "ordinal", "beta"):
            rows.setdefault(number.row, []).append(position)
    return list(rows.values())


def _equal(model: CompiledModel, name: str, numbers: tuple[Number, ...], row: list[int]) -> NDArray[np.bool_]:
    """Which parent configurations hold exactly a row whose zeros and ones no change of a number can reveal."""
    variable, table = model.network.variables[name], model.core.tables[name]
    names = [numbers[position].path.rpartition(".p.")[2] for position in row]
    full = np.zeros(variable.size)
    for order, (position, state) in enumerate(zip(row, names, strict=True)):
        full[variable.states.index(state) if state in variable.states else order] = numbers[position].value
    return np.asarray((np.abs(table - full[model.kept[name]]) < _SAME).all(axis=-1))


def _moved(numbers: tuple[Number, ...], movable: list[int], steps: Array) -> Array:
    """The numbers as written, then with each movable one a step larger and the rest of its distribution scaled."""
    own = np.array([number.value for number in numbers])
    versions = np.repeat(own[None], len(movable) + 1, axis=0)
    rows = np.array([number.row for number in numbers])
    for version, (position, step) in enumerate(zip(movable, steps.tolist(), strict=True), start=1):
        if numbers[position].family in ("dirichlet", "ordinal"):
            versions[version, rows == rows[position]] *= 1.0 - step / (1.0 - own[position])
        versions[version, position] = own[position] + step
    return versions


def _slope(given: tuple[Calibrated, Calibrated], scope: tuple[int, ...], array: Array, many: int) -> Array:
    """Change of log P(D) / P(R) with each moved number, to first order."""
    if len(array) != many:
        return np.zeros(many - 1)
    first, second = (each.joint(scope)[0] for each in given)
    weight = np.where(array[0] > 0.0, (first - second) / np.where(array[0] > 0.0, array[0], 1.0), 0.0)
    return np.asarray((array[1:] - array[0]).reshape(many - 1, -1) @ weight.reshape(-1))


def _messages(evidence: EvidenceFactors) -> list[tuple[tuple[int, ...], Array]]:
    return [((variable,), vector) for variable, vector in evidence.likelihoods] + list(evidence.factors)


def _step(number: Number) -> float:
    """A small step that keeps the number what it is: a share between 0 and 1, a multiplier above 0."""
    if number.family == "normal":
        return _STEP
    if number.family == "log_normal":
        return _STEP * number.value
    return _STEP * min(number.value, 1.0 - number.value)
