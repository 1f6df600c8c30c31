"""Two numbers at once: one diagnosis over the 90 % ranges of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpt_bayes.display.numbers import percent
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.labels import Labels, labels
from hpt_bayes.reasoning.varying.drawn_beliefs import drawn_beliefs
from hpt_bayes.reasoning.varying.one_way import How, diagnosis_position, is_linear, leaders, range_of
from hpt_bayes.reasoning.varying.parameters import Parameter, parameter_named, with_number

SIDE = 11


@dataclass(frozen=True, repr=False)
class TwoWay(Result):
    """One diagnosis as a function of two numbers.

    Attributes:
        case: name of the case.
        diagnosis: whose probability is followed.
        numbers: the two, `variable:path`.
        first: values of the first number, rising.
        second: values of the second number, rising.
        probabilities: P(diagnosis | e), a row for each value of the first number.
        leading: the leading diagnosis, likewise.
        how: exact (quotient of bilinear functions, from four propagations) or numerical.
        written: the two numbers as written.
        means: the two numbers in words.
        labels: names for people.
    """

    case: str
    diagnosis: str
    numbers: tuple[str, str]
    first: tuple[float, ...]
    second: tuple[float, ...]
    probabilities: tuple[tuple[float, ...], ...]
    leading: tuple[tuple[str, ...], ...]
    how: How
    written: tuple[float, float]
    means: tuple[str, str]
    labels: Labels

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded."""
        return {
            "case": self.case,
            "diagnosis": self.diagnosis,
            "numbers": list(self.numbers),
            "first": list(self.first),
            "second": list(self.second),
            "probabilities": [list(row) for row in self.probabilities],
            "leading": [list(row) for row in self.leading],
            "how": self.how,
            "written": list(self.written),
            "means": list(self.means),
        }

    def to_frame(self) -> Frame:
        """One row per pair of values."""
        return to_frame(
            [
                {"first": x, "second": y, "probability": self.probabilities[i][j], "leading": self.leading[i][j]}
                for i, x in enumerate(self.first)
                for j, y in enumerate(self.second)
            ]
        )

    def blocks(self) -> tuple[Rows, ...]:
        """Five by five points of the surface."""
        at = [round(i * (len(self.first) - 1) / 4) for i in range(5)]
        cells = tuple((f"{self.first[i]:.3g}", *(percent(self.probabilities[i][j]) for j in at)) for i in at)
        columns = ("", *(f"{self.second[j]:.3g}" for j in at))
        name = self.labels.diagnoses.get(self.diagnosis, self.diagnosis)
        notes = tuple(
            f"{way}: {means} ({number})."
            for way, means, number in zip(("Down", "Across"), self.means, self.numbers, strict=True)
        )
        return (Rows(f"{name} by two numbers ({self.how})", columns, cells, notes, right=frozenset(range(6))),)


def two_way(
    model: CompiledModel,
    entered: EnteredEvidence,
    first: str,
    second: str,
    diagnosis: str | None = None,
    *,
    case: str = "",
) -> TwoWay:
    """One diagnosis as a function of two numbers over their 90 % ranges.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        first: a number, `variable:path`.
        second: another number.
        diagnosis: the leading one when None.
        case: name of the case, for the result.

    Raises:
        EvidenceError: an unknown number or diagnosis, the same number twice; a network of another program.
        ImpossibleEvidence: when the findings cannot be true together.
    """
    at, _, _ = diagnosis_position(model, entered, diagnosis)
    both = parameter_named(model.network, first), parameter_named(model.network, second)
    if first == second:
        raise EvidenceError(f"expected two different numbers, found {first} twice")
    ends = [range_of(model, each) for each in both]
    x, y = (np.linspace(low, high, SIDE) for low, high in ends)
    plain = all(
        low < high and is_linear(model, entered, each, low, high) for each, (low, high) in zip(both, ends, strict=True)
    )
    how: How = "exact" if plain and both[0].variable != both[1].variable else "numerical"
    grid = _corners(*ends) if how == "exact" else np.array([(a, b) for a in x for b in y])
    found = drawn_beliefs(model, entered, _values(model, both, grid))
    values = found.diagnoses
    if how == "exact":
        weight = np.exp(found.log_evidence - found.log_evidence.max())[:, None]
        u, v = np.meshgrid(np.linspace(0.0, 1.0, SIDE), np.linspace(0.0, 1.0, SIDE), indexing="ij")
        mix = np.stack([(1 - u) * (1 - v), (1 - u) * v, u * (1 - v), u * v], axis=-1).reshape(-1, 4)
        values = (mix @ (values * weight)) / (mix @ weight)
    names = model.targets.diagnosis_names
    led = leaders(model, values).reshape(SIDE, SIDE)
    return TwoWay(
        case=case,
        diagnosis=names[at],
        numbers=(first, second),
        first=tuple(x.tolist()),
        second=tuple(y.tolist()),
        probabilities=tuple(tuple(row) for row in values[:, at].reshape(SIDE, SIDE).tolist()),
        leading=tuple(tuple(names[position] for position in row) for row in led),
        how=how,
        written=(both[0].value, both[1].value),
        means=(both[0].in_words(model.network), both[1].in_words(model.network)),
        labels=labels(model.network, entered.settings),
    )


def _corners(first: tuple[float, float], second: tuple[float, float]) -> np.ndarray:
    return np.array([(a, b) for a in first for b in second])


def _values(model: CompiledModel, both: tuple[Parameter, Parameter], grid: np.ndarray) -> dict[str, np.ndarray]:
    one, other = both
    if one.variable != other.variable:
        return {each.variable: with_number(model.network, each, grid[:, i]) for i, each in enumerate(both)}
    if one.number.row == other.number.row and one.number.family in ("dirichlet", "ordinal"):
        raise EvidenceError(f"{one.name} and {other.name} are parts of one row: change one, the other follows")
    values = with_number(model.network, one, grid[:, 0])
    follows = with_number(model.network, other, grid[:, 1])
    at = [i for i in range(values.shape[1]) if (follows[:, i] != follows[0, i]).any() or i == other.position]
    values[:, at] = follows[:, at]
    return {one.variable: values}
