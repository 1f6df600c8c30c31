"""One diagnosis as a function of one number of the model files, and where another diagnosis would lead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np

from hpt_bayes.display.numbers import percent
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.evidence.number import as_float
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.labels import Labels, labels
from hpt_bayes.reasoning.varying.one_way import GRID, How, curves, diagnosis_position, first_change, leaders, range_of
from hpt_bayes.reasoning.varying.parameters import parameter_named


@dataclass(frozen=True, repr=False)
class OneWay(Result):
    """One diagnosis as a function of one number.

    Attributes:
        case: name of the case.
        number: `variable:path`.
        place: file:line:column.
        diagnosis: whose probability is followed.
        value: of the number, as written.
        values: of the number, rising.
        probabilities: P(diagnosis | e) there.
        leading: the leading diagnosis there.
        how: exact or numerical.
        changes: values to 1e-6 at which the leading diagnosis changes.
        means: the number in words.
        labels: names for people.
    """

    case: str
    number: str
    place: str
    diagnosis: str
    value: float
    values: tuple[float, ...]
    probabilities: tuple[float, ...]
    leading: tuple[str, ...]
    how: How
    changes: tuple[float, ...]
    means: str
    labels: Labels

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded."""
        return {
            name: list(value) if isinstance(value := getattr(self, name), tuple) else value
            for name in self.__dataclass_fields__
            if name != "labels"
        }

    def to_frame(self) -> Frame:
        """One row per value of the number."""
        rows = zip(self.values, self.probabilities, self.leading, strict=True)
        return to_frame([{"value": x, "probability": p, "leading": name} for x, p, name in rows])

    def blocks(self) -> tuple[Rows, ...]:
        """Eleven points of the function and where the leader changes."""
        points = [round(i * (len(self.values) - 1) / 10) for i in range(11)]
        names = self.labels.diagnoses
        cells = tuple(
            (f"{self.values[i]:.3g}", percent(self.probabilities[i]), names.get(self.leading[i], self.leading[i]))
            for i in dict.fromkeys(points)
        )
        said = [f"The leading diagnosis changes at {x:.4g}; written is {self.value:.4g}." for x in self.changes]
        title = f"{names.get(self.diagnosis, self.diagnosis)} by {self.number} ({self.how})"
        return (
            Rows(title, ("number", "", "leads"), cells, (self.means,), right=frozenset({0, 1})),
            lines_block("Changes", said or ["The leading diagnosis is the same at every value shown."]),
        )


def one_way(
    model: CompiledModel,
    entered: EnteredEvidence,
    number: str,
    diagnosis: str | None = None,
    *,
    between: tuple[float, float] | None = None,
    case: str = "",
) -> OneWay:
    """One diagnosis as a function of one number.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        number: `variable:path`.
        diagnosis: the leading one when None.
        between: values of the number; its 90 % range when None.
        case: name of the case, for the result.

    Raises:
        EvidenceError: an unknown number or diagnosis, or an empty range; a network of another program.
        ImpossibleEvidence: when the findings cannot be true together.
    """
    at, _, _ = diagnosis_position(model, entered, diagnosis)
    parameter = parameter_named(model.network, number)
    low, high = range_of(model, parameter) if between is None else _ends(number, between)
    found = curves(model, entered, parameter, low, high)
    grid = np.linspace(low, high, GRID)
    values = found.at(grid)
    led = leaders(model, values)
    changes = [
        first_change(found, model, float(grid[i]), float(grid[i + 1])) for i in np.flatnonzero(led[1:] != led[:-1])
    ]
    names = model.targets.diagnosis_names
    return OneWay(
        case=case,
        number=number,
        place=str(parameter.place),
        diagnosis=names[at],
        value=parameter.value,
        values=tuple(grid.tolist()),
        probabilities=tuple(values[:, at].tolist()),
        leading=tuple(names[position] for position in led),
        how=found.how,
        changes=tuple(each for each in changes if each is not None),
        means=parameter.in_words(model.network),
        labels=labels(model.network, entered.settings),
    )


def _ends(number: str, between: object) -> tuple[float, float]:
    """The ends of a range of values as given, checked."""
    ends = tuple(between) if isinstance(between, Sequence) else ()
    figures = [as_float(end) for end in ends if not isinstance(end, bool) and isinstance(end, Real)]
    if len(ends) != 2 or len(figures) != 2 or not -math.inf < figures[0] < figures[1] < math.inf:
        raise EvidenceError(f"{number}: expected a range of values, (low, high), found {between!r}")
    return figures[0], figures[1]
