"""What the answer would need to change: every number of the model, one at a time.

Parameter sensitivity only: how the answer moves with the numbers in the model files. How it moves with what was found
in the patient is another question, answered by `explain` and `what_if`, and never shown together with this one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.display.numbers import percent, percent_range
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block, to_frame
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.evidence.number import checked_whole
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.identity import ModelIdentity, identity
from hpt_bayes.reasoning.labels import Labels, labels
from hpt_bayes.reasoning.relevant import relevant
from hpt_bayes.reasoning.varying.gradients import slopes
from hpt_bayes.reasoning.varying.one_way import How, curves, diagnosis_position, first_change, leaders, range_of
from hpt_bayes.reasoning.varying.parameters import Parameter, parameters

EXACT_FOR = 12


@dataclass(frozen=True)
class Bar:
    """One number of the tornado.

    Attributes:
        number: `variable:path`.
        place: file:line:column.
        basis: measured, derived or judged.
        value: as written.
        low: lower end of its 90 % range.
        high: upper end.
        at_low: P(diagnosis | e) at the lower end.
        at_high: P(diagnosis | e) at the upper end.
        how: `exact` from two propagations of a linear-fractional function, or `numerical`.
        overturns_below: largest value below at which another diagnosis leads, or None within its range.
        overturns_above: smallest value above at which another diagnosis leads, or None within its range.
        then_leads: the diagnosis that leads there, or None.
        means: the number in words.
    """

    number: str
    place: str
    basis: str
    value: float
    low: float
    high: float
    at_low: float
    at_high: float
    how: How
    overturns_below: float | None
    overturns_above: float | None
    then_leads: str | None
    means: str

    @property
    def swing(self) -> float:
        """How far the probability moves between the ends of the range."""
        return abs(self.at_high - self.at_low)

    @property
    def decides(self) -> bool:
        """Whether another diagnosis leads somewhere inside its 90 % range."""
        return self.overturns_below is not None or self.overturns_above is not None

    def to_dict(self) -> dict[str, object]:
        """JSON-safe values."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"swing": self.swing}


@dataclass(frozen=True, repr=False)
class Sensitivity(Result):
    """How far single numbers move the answer; parameters only.

    Attributes:
        case: name of the case.
        model: the model used.
        diagnosis: whose probability is followed.
        probability: with the numbers as written.
        leading: the leading diagnosis with the numbers as written.
        bars: the numbers with the largest swing, evaluated at the ends of their 90 % range, largest first.
        screened: how many free numbers bear on the case; they were ranked by slope times range first.
        labels: names for people.
    """

    case: str
    model: ModelIdentity
    diagnosis: str
    probability: float
    leading: str
    bars: tuple[Bar, ...]
    screened: int
    labels: Labels

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded."""
        return {
            "case": self.case,
            "model": self.model.to_dict(),
            "diagnosis": self.diagnosis,
            "probability": self.probability,
            "leading": self.leading,
            "screened": self.screened,
            "numbers": [bar.to_dict() for bar in self.bars],
        }

    def to_frame(self) -> Frame:
        """One row per number."""
        return to_frame([bar.to_dict() for bar in self.bars])

    def blocks(self) -> tuple[Rows, ...]:
        """The tornado as rows, then which numbers would overturn the leading diagnosis."""
        named = self.labels.diagnoses.get(self.diagnosis, self.diagnosis)
        notes = (
            f"{self.screened:,} numbers bear on this case; all were ranked by slope times 90 % range, these were then "
            "evaluated at both ends. Rows written for confirmed cases were held while ranking only.",
        )
        cells = tuple(
            (bar.number, bar.basis, f"{bar.value:.3g}", f"{bar.low:.2g}-{bar.high:.2g}", _moves(bar), bar.how)
            for bar in self.bars
        )
        title = f"{named}: {percent(self.probability)}; what single numbers do to it"
        columns = ("number", "basis", "value", "90 % range", "moves to", "")
        leader = self.labels.diagnoses.get(self.leading, self.leading)
        overturning = [self._overturns(bar) for bar in self.bars if bar.decides]
        return (
            Rows(title, columns, cells, notes, right=frozenset({2, 3, 4})),
            Rows("What these numbers are", ("number", "says"), tuple((bar.number, bar.means) for bar in self.bars)),
            lines_block(
                "Would overturn the leading diagnosis",
                overturning or [f"No single number listed here changes that {leader} leads, within its 90 % range."],
            ),
        )

    def _overturns(self, bar: Bar) -> str:
        then = self.labels.diagnoses.get(bar.then_leads or "", bar.then_leads or "another diagnosis")
        return f"{bar.means} ({bar.basis}, {bar.value:.3g}): {_beyond(bar)}, {then} would lead."


def _moves(bar: Bar) -> str:
    low, high = sorted((bar.at_low, bar.at_high))
    return percent_range(low, high)


def _beyond(bar: Bar) -> str:
    ends = []
    if bar.overturns_below is not None:
        ends.append(f"below {bar.overturns_below:.3g}")
    if bar.overturns_above is not None:
        ends.append(f"above {bar.overturns_above:.3g}")
    return " or ".join(ends)


def sensitivity(
    model: CompiledModel,
    entered: EnteredEvidence,
    diagnosis: str | None = None,
    *,
    numbers: int = EXACT_FOR,
    case: str = "",
    advance: Callable[[int], object] = lambda done: None,
) -> Sensitivity:
    """Which single numbers move a diagnosis most, over their 90 % ranges.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        diagnosis: the leading one when None.
        numbers: how many to evaluate exactly.
        case: name of the case, for the result.
        advance: told how many of the `numbers` were done since it was last called.

    Raises:
        EvidenceError: an unknown diagnosis, fewer than no numbers; a network of another program or without diagnoses.
        ImpossibleEvidence: when the findings cannot be true together.
    """
    checked_whole("numbers", numbers, 0)
    at, probability, leading = diagnosis_position(model, entered, diagnosis)
    ranked, screened = most_moving(model, entered, model.targets.indicators[at])
    bars = []
    for parameter in ranked[:numbers]:
        bars.append(bar_of(model, entered, parameter, at))
        advance(1)
    names = model.targets.diagnosis_names
    return Sensitivity(
        case=case,
        model=identity(model.network),
        diagnosis=names[at],
        probability=probability,
        leading=names[leading],
        bars=tuple(sorted(bars, key=lambda bar: -bar.swing)),
        screened=screened,
        labels=labels(model.network, entered.settings),
    )


def most_moving(
    model: CompiledModel, entered: EnteredEvidence, indicator: NDArray[np.bool_], basis: str | None = None
) -> tuple[list[Parameter], int]:
    """Numbers by slope times 90 % range, largest first, and how many there are.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        indicator: the event whose probability is followed, (configurations,).
        basis: only numbers of this basis; all when None.
    """
    slope = slopes(model, entered, indicator)
    known = [each for each in parameters(model.network, relevant(model, entered)) if each.name in slope]
    known = [each for each in known if basis is None or each.number.provenance.basis == basis]
    swing = {each.name: abs(slope[each.name]) * _width(each) for each in known}
    return sorted(known, key=lambda each: -swing[each.name]), len(known)


def _width(parameter: Parameter) -> float:
    """About how wide the 90 % range is, without drawing."""
    number = parameter.number
    if number.range is not None and number.family != "dirichlet":
        return number.range[1] - number.range[0]
    size = number.ess or 1.0
    return float(3.29 * np.sqrt(max(number.value * (1.0 - number.value), 0.0) / (size + 1.0)))


def bar_of(model: CompiledModel, entered: EnteredEvidence, parameter: Parameter, at: int) -> Bar:
    """A number at the ends of its 90 % range, and where it overturns the leading diagnosis inside it."""
    low, high = range_of(model, parameter)
    found = curves(model, entered, parameter, low, high)
    ends = found.at(np.array([low, high, parameter.value]))
    led = leaders(model, ends)
    value = min(max(parameter.value, low), high)
    below = first_change(found, model, value, low) if led[0] != led[2] else None
    above = first_change(found, model, value, high) if led[1] != led[2] else None
    then = led[0] if below is not None else led[1] if above is not None else None
    return Bar(
        number=parameter.name,
        place=str(parameter.place),
        basis=parameter.number.provenance.basis,
        value=parameter.value,
        low=low,
        high=high,
        at_low=float(ends[0, at]),
        at_high=float(ends[1, at]),
        how=found.how,
        overturns_below=below,
        overturns_above=above,
        then_leads=None if then is None else model.targets.diagnosis_names[then],
        means=parameter.in_words(model.network),
    )
