"""The inverse question: which value of a number would change the leading diagnosis or the most telling study."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.labels import Labels, labels
from hpt_bayes.reasoning.progress import STEPS, Advance, Share, ignored
from hpt_bayes.reasoning.varying.drawn_models import drawn_models
from hpt_bayes.reasoning.varying.one_way import GRID, How, bisect, curves, diagnosis_position, leaders, range_of
from hpt_bayes.reasoning.varying.parameters import parameter_named, with_number
from hpt_bayes.reasoning.varying.study_draws import Quantity, bits

Array = NDArray[np.float64]

_STUDY_POINTS = 11
_STUDY_ROOT = 1e-3
_STUDY_WORK = 18  # models asked on a side of the number: the points, and seven halvings between two of them


@dataclass(frozen=True, repr=False)
class Inverse(Result):
    """The value a number would need for the answer to change.

    Attributes:
        case: name of the case.
        number: `variable:path`.
        place: file:line:column.
        value: as written.
        what: what would change: the leading diagnosis or the most telling study.
        now: what it is with the number as written.
        below: the largest smaller value at which it changes, or None when no smaller one does.
        above: the smallest larger value at which it changes, or None.
        then_below: what it is there.
        then_above: what it is there.
        how: exact or numerical.
        means: the number in words.
        labels: names for people.
    """

    case: str
    number: str
    place: str
    value: float
    what: str
    now: str
    below: float | None
    above: float | None
    then_below: str | None
    then_above: str | None
    how: How
    means: str
    labels: Labels

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "labels"}

    def to_frame(self) -> Frame:
        """One row."""
        return to_frame([self.to_dict()])

    def blocks(self) -> tuple[Rows, ...]:
        """One sentence for each side."""
        names = {**self.labels.diagnoses, **self.labels.studies}
        said = []
        for word, value, then in (("below", self.below, self.then_below), ("above", self.above, self.then_above)):
            if value is not None and then is not None:
                said.append(f"{word} {value:.4g} it would be {names.get(then, then)}")
        ends = "; ".join(said) or "no other value of it changes that"
        text = f"{self.means} ({self.number}) is written as {self.value:.3g}: {names.get(self.now, self.now)}; {ends}."
        return (lines_block(f"What would change the {self.what} ({self.how})", [text]),)


def inverse(
    model: CompiledModel,
    entered: EnteredEvidence,
    number: str,
    *,
    study: bool = False,
    quantity: Quantity = bits,
    case: str = "",
    advance: Advance = ignored,
) -> Inverse:
    """Which value of a number would change the leading diagnosis, or the most telling study.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        number: `variable:path`; a share is followed over 0 to 1, anything else over its 90 % range.
        study: ask about the most telling study instead of the leading diagnosis.
        quantity: what studies are ranked by.
        case: name of the case, for the result.
        advance: told of progress with `study`, `progress.STEPS` in all.

    Raises:
        EvidenceError: an unknown number; no feasible study; a network of another program.
        ImpossibleEvidence: when the findings cannot be true together.
    """
    _, _, leading = diagnosis_position(model, entered, None)
    parameter = parameter_named(model.network, number)
    names = model.targets.diagnosis_names
    share = parameter.number.family in ("dirichlet", "beta", "ordinal", "logit_normal")
    low, high = (1e-4, 1.0 - 1e-4) if share else range_of(model, parameter)
    low, high = min(low, parameter.value), max(high, parameter.value)
    how: How = "numerical"
    if study:
        points, precision = _STUDY_POINTS, _STUDY_ROOT

        def answers(x: Array, told: Advance = ignored) -> list[str]:
            found = []
            for drawn, read in drawn_models(
                model, entered, {parameter.variable: with_number(model.network, parameter, x)}
            ):
                ranked = quantity(drawn, read)
                if not ranked:
                    raise EvidenceError("no study is feasible in this case, so none is advised")
                found.append(max(ranked, key=lambda name: ranked[name]))
                told(1)
            return found

        now = answers(np.array([parameter.value]))[0]
    else:
        points, precision = GRID, 1e-6
        found_curves = curves(model, entered, parameter, low, high)
        how = found_curves.how

        def answers(x: Array, told: Advance = ignored) -> list[str]:
            return [names[position] for position in leaders(model, found_curves.at(x))]

        now = names[leading]
    sides = [
        _change(answers, now, np.linspace(parameter.value, end, points), precision, advance) for end in (low, high)
    ]
    return Inverse(
        case=case,
        number=number,
        place=str(parameter.place),
        value=parameter.value,
        what="most telling study" if study else "leading diagnosis",
        now=now,
        below=sides[0][0],
        above=sides[1][0],
        then_below=sides[0][1],
        then_above=sides[1][1],
        how=how,
        means=parameter.in_words(model.network),
        labels=labels(model.network, entered.settings),
    )


def _change(
    answers: Callable[[Array, Advance], list[str]], now: str, grid: Array, precision: float, advance: Advance
) -> tuple[float | None, str | None]:
    """The first value of a grid's line at which the answer is another one, and what it is there; None for no such."""
    told = Share(advance, STEPS // 2, _STUDY_WORK)
    seen = answers(grid, told) if grid[0] != grid[-1] else []
    at = next((position for position, name in enumerate(seen) if name != now), None)
    found: tuple[float | None, str | None] = (None, None)
    if at is not None:
        root = bisect(lambda value: answers(np.array([value]), told)[0] != now, grid[at - 1], grid[at], precision)
        found = float(root), seen[at]
    told.finish()
    return found
