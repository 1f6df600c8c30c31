"""How the answer moves with one number or two: sensitivity functions.

With the rest of its row scaled in proportion, P(D, e) and P(e) are linear in an entry of a plain table or a noisy-OR,
so P(D | e) is a quotient of two lines, known exactly from two propagations. Everything else (solved intercepts, odds,
repeated readings, rows written given a confirmed case, rows that the floor touches) is computed on a grid and
labelled numerical.

Source: Laskey 1995; Coupe & van der Gaag 2002, Properties of sensitivity analysis of Bayesian belief networks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.tables import noisy_or, plain
from hpt_bayes.network.targeted import ancestors
from hpt_bayes.network.variables import FLOORED_ROLES
from hpt_bayes.reasoning.beliefs import target_beliefs
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate
from hpt_bayes.reasoning.impossible import require_possible
from hpt_bayes.reasoning.varying.drawn_beliefs import drawn_beliefs
from hpt_bayes.reasoning.varying.drawn_tables import Expansion, require_written
from hpt_bayes.reasoning.varying.draws import LEVELS, draw_numbers
from hpt_bayes.reasoning.varying.parameters import Parameter, with_number, written

Array = NDArray[np.float64]
How = Literal["exact", "numerical"]

GRID = 41
ROOT = 1e-6
_QUANTILE_DRAWS = 2000


@dataclass(frozen=True, eq=False)
class Curves:
    """Every diagnosis as a function of one number.

    Attributes:
        parameter: the number.
        low: where the function begins.
        high: where it ends.
        how: exact from two propagations, or numerical.
        at: P(diagnosis | e) at values of the number, (n,) -> (n, diagnoses).
    """

    parameter: Parameter
    low: float
    high: float
    how: How
    at: Callable[[Array], Array]


def range_of(model: CompiledModel, parameter: Parameter) -> tuple[float, float]:
    """The 90 % range of a number: as written, else the 5 and 95 % points of its draws."""
    number = parameter.number
    if number.range is not None and number.range[0] < number.range[1] and number.family != "dirichlet":
        return number.range
    drawn = draw_numbers(model.network, [parameter.variable], _QUANTILE_DRAWS, 0)[parameter.variable]
    low, high = np.quantile(drawn[:, parameter.position], LEVELS)
    return float(low), float(high)


def is_linear(model: CompiledModel, entered: EnteredEvidence, parameter: Parameter, low: float, high: float) -> bool:
    """Whether P(D, e) is linear in a number between two values.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        parameter: the number.
        low: smaller value.
        high: larger value.
    """
    network = model.network
    variable = network.variables[parameter.variable]
    if not isinstance(variable.spec, (plain.Spec, noisy_or.Spec)):
        return False
    moved = Expansion(model, {variable.name: written(network, variable.name)[None]}).moved
    if moved != (variable.name,) or any(
        item.readings is not None and item.readings.variable == variable.name and len(item.readings.vectors) > 1
        for item in entered.items
    ):
        return False
    if network.published and network.case_definition is not None:
        families = [each for name in network.published for each in (*network.variables[name].parents, name)]
        if variable.name in ancestors([*families, *network.case_definition.enters], network.variables):
            return False
    if variable.role in FLOORED_ROLES and network.floor > 0.0:
        ends = np.array([low, parameter.value, high])
        table = Expansion(model, {variable.name: with_number(network, parameter, ends)}).table(variable.name)
        moving = table[:, (table != table[:1]).any(axis=(0, -1))]
        return bool(((moving > network.floor * (1.0 + 1e-6)) | (moving == 0.0)).all())
    return True


def curves(model: CompiledModel, entered: EnteredEvidence, parameter: Parameter, low: float, high: float) -> Curves:
    """Every diagnosis as a function of one number between two values.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        parameter: the number.
        low: smaller value.
        high: larger value.
    """
    if low < high and is_linear(model, entered, parameter, low, high):
        joint, total = _lines(model, entered, parameter, low, high)

        def exact(x: Array) -> Array:
            place = ((np.asarray(x) - low) / (high - low))[:, None]
            whole = total[0] + (total[1] - total[0]) * place
            return np.asarray((joint[0] + (joint[1] - joint[0]) * place) / whole)

        return Curves(parameter, low, high, "exact", exact)
    return Curves(parameter, low, high, "numerical", lambda x: brute(model, entered, parameter, np.asarray(x)))


def _lines(
    model: CompiledModel, entered: EnteredEvidence, parameter: Parameter, low: float, high: float
) -> tuple[Array, Array]:
    """P(D, e) and P(e) at both ends up to one factor: (2, diagnoses) and (2, 1)."""
    values = with_number(model.network, parameter, np.array([low, high]))
    found = drawn_beliefs(model, entered, {parameter.variable: values})
    weight = np.exp(found.log_evidence - found.log_evidence.max())[:, None]
    return found.diagnoses * weight, weight


def brute(model: CompiledModel, entered: EnteredEvidence, parameter: Parameter, x: Array) -> Array:
    """P(diagnosis | e) at values of a number by propagating each, (n,) -> (n, diagnoses)."""
    return drawn_beliefs(model, entered, {parameter.variable: with_number(model.network, parameter, x)}).diagnoses


def leaders(model: CompiledModel, diagnoses: Array) -> NDArray[np.intp]:
    """Position of the leading diagnosis, (n, diagnoses) -> (n,)."""
    return np.asarray(np.where(model.targets.leaders, diagnoses, -1.0).argmax(axis=1))


def diagnosis_position(model: CompiledModel, entered: EnteredEvidence, diagnosis: str | None) -> tuple[int, float, int]:
    """Position and probability of a diagnosis, the leading one when None, and the position of the leading one.

    Raises:
        EvidenceError: an unknown diagnosis, or a network without any.
        ImpossibleEvidence: when the findings cannot be true together.
    """
    require_written(model.network)
    names = model.targets.diagnosis_names
    if not names:
        raise EvidenceError(f"{model.network.id} declares no diagnoses")
    if diagnosis is not None and diagnosis not in names:
        raise EvidenceError(f"unknown diagnosis {diagnosis!r}; {hint(diagnosis, names)}")
    calibrated = calibrate(model, entered)
    require_possible(model, entered, calibrated)
    found = target_beliefs(model, calibrated).diagnoses
    leading = int(leaders(model, np.array([list(found.values())]))[0])
    at = leading if diagnosis is None else names.index(diagnosis)
    return at, found[names[at]], leading


def first_change(found: Curves, model: CompiledModel, start: float, end: float) -> float | None:
    """Where the leading diagnosis first changes on the way from one value of a number to another.

    Args:
        found: the curves.
        model: the compiled network.
        start: value with the leader in question.
        end: value to go to.

    Returns:
        The value to 1e-6 (bisection between the points of a grid), or None when the leader stays on the grid.
    """
    grid = np.linspace(start, end, GRID)
    led = leaders(model, found.at(grid))
    other = np.flatnonzero(led != led[0])
    if not len(other):
        return None
    return bisect(
        lambda x: bool(leaders(model, found.at(np.array([x])))[0] != led[0]), grid[other[0] - 1], grid[other[0]]
    )


def bisect(changed: Callable[[float], bool], low: float, high: float, precision: float = ROOT) -> float:
    """The point between a value where something holds not and one where it does, to a precision of the values' size."""
    while abs(high - low) > precision * max(1.0, abs(high)):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if changed(middle) else (middle, high)
    return 0.5 * (low + high)
