"""Studies done together, before any result is seen: what up to three of the best gain, and which are worth a choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from hpt_bayes.display.numbers import amount, gained
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.beliefs import target_beliefs
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate
from hpt_bayes.reasoning.deciding.utility import decision_problem
from hpt_bayes.reasoning.identity import ModelIdentity, identity
from hpt_bayes.reasoning.impossible import require_possible
from hpt_bayes.reasoning.lookahead.lookahead import decision_labels, lookahead
from hpt_bayes.reasoning.lookahead.looks import open_looks
from hpt_bayes.reasoning.next_study.candidates import BEST, best_looks
from hpt_bayes.reasoning.next_study.ranking_of_studies import next_studies
from hpt_bayes.reasoning.next_study.together import one_after_the_other
from hpt_bayes.reasoning.next_study.value import decision_value
from hpt_bayes.reasoning.studies.burden import burden_parts, burden_together
from hpt_bayes.reasoning.studies.outcomes import seen_target
from hpt_bayes.reasoning.studies.study_status import why_premature

LARGEST = 3
MOST = sum(comb(BEST, size) for size in range(LARGEST + 1))
_SHOWN = 12
_LEAST_SHOWN = 5e-5
"""Gain from which a bundle is offered as a choice; less reads 0.0000."""


@dataclass(frozen=True)
class Bundle:
    """Studies ordered together.

    Attributes:
        studies: names, best single one first.
        gain: expected gain in utility from acting on all results (EVSI of the bundle).
        burden: in utility; studies of one group share a visit.
        cost_usd: sum of the known costs, US dollars.
        dose_msv: sum of the known doses, millisievert.
        efficient: no other bundle gains at least as much for less burden, or more for the same.
    """

    studies: tuple[str, ...]
    gain: float
    burden: float
    cost_usd: float
    dose_msv: float
    efficient: bool

    @property
    def net(self) -> float:
        """Gain less burden."""
        return self.gain - self.burden

    def to_dict(self) -> dict[str, object]:
        """JSON-safe values."""
        return {
            "studies": list(self.studies),
            "gain": self.gain,
            "burden": self.burden,
            "net": self.net,
            "cost_usd": self.cost_usd,
            "dose_msv": self.dose_msv,
            "efficient": self.efficient,
        }


@dataclass(frozen=True, repr=False)
class Bundles(Result):
    """Every bundle of up to three of the best studies, largest net gain first.

    Attributes:
        case: name of the case.
        model: the model used.
        candidates: the studies bundled.
        bundles: largest net gain first.
        labels: name for people, by study.
        scope: one line on what this is for.
    """

    case: str
    model: ModelIdentity
    candidates: tuple[str, ...]
    bundles: tuple[Bundle, ...]
    labels: Mapping[str, str]
    scope: str

    @property
    def front(self) -> tuple[Bundle, ...]:
        """The Pareto-efficient ones, least burden first."""
        return tuple(sorted((each for each in self.bundles if each.efficient), key=lambda each: each.burden))

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded."""
        return {
            "case": self.case,
            "model": self.model.to_dict(),
            "candidates": list(self.candidates),
            "bundles": [each.to_dict() for each in self.bundles],
        }

    def to_frame(self) -> Frame:
        """One row per bundle: studies joined by ` + `, gain, burden, net, cost, dose, efficient."""
        return to_frame([each.to_dict() | {"studies": " + ".join(each.studies)} for each in self.bundles])

    def blocks(self) -> tuple[Rows, ...]:
        """The efficient bundles, then the others of largest net gain."""
        closing = Rows(f"Model {self.model}", (), (), (self.scope,) if self.scope else ())
        front = [each for each in self.front if not each.studies or each.gain >= _LEAST_SHOWN]
        best = next(each for each in self.bundles if each.efficient)
        others = [each for each in self.bundles if not each.efficient][:_SHOWN]
        told = f"Largest net gain: {self._names(best)} ({gained(best.net)})."
        return (
            self._table("Worth a choice: none gains as much for less burden", front[:_SHOWN], (told,)),
            *((self._table("Others, largest net gain first", others),) if others else ()),
            closing,
        )

    def _names(self, bundle: Bundle) -> str:
        return " + ".join(self.labels.get(name, name) for name in bundle.studies) or "none"

    def _table(self, title: str, bundles: Sequence[Bundle], told: Sequence[str] = ()) -> Rows:
        cells = []
        efficient = sum(each.efficient for each in self.bundles)
        every = efficient if told else len(self.bundles) - efficient
        for each in bundles:
            figures = gained(each.gain), gained(each.burden), gained(each.net)
            cells.append((self._names(each), *figures, amount(each.cost_usd), amount(each.dose_msv)))
        columns = ("studies", "gain", "burden", "net", "USD", "mSv")
        rest = every - len(cells)
        notes = (*told, f"{rest} more with --json.") if rest else tuple(told)
        return Rows(title, columns, tuple(cells), notes, right=frozenset(range(1, 6)))


def bundles(
    model: CompiledModel, entered: EnteredEvidence, *, case: str = "", advance: Callable[[int], object] | None = None
) -> Bundles:
    """What up to three of the eight best studies gain when they are done together.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        case: name of the case, for the result.
        advance: told of each of the at most `MOST` bundles that is valued.

    Returns:
        Every bundle, the empty one included, exactly.

    Raises:
        ImpossibleEvidence: when the findings cannot be true together.
        EvidenceError: a network without actions.
    """
    network = model.network
    calibrated = calibrate(model, entered)
    require_possible(model, entered, calibrated)
    problem = decision_problem(model, entered)
    labels = {name: study.label for name, study in network.studies.items()}
    if problem is None:
        raise EvidenceError(f"{network.id} has no actions, so bundles of studies have no value")
    premature = why_premature(network, entered, target_beliefs(model, calibrated).gate)
    open_now = open_looks(model, entered, calibrated, premature)
    looks = best_looks(next_studies(model, entered).studies, open_now, seen_target(model, entered, calibrated))
    matters = decision_labels(model, calibrated, problem)
    ahead = lookahead(model, entered, calibrated, matters, looks)
    found = []
    for size in range(LARGEST + 1):
        for numbers in combinations(range(len(looks)), size):
            kept = one_after_the_other([looks[number] for number in numbers])
            if sum(len(look.findings) for look in kept) == sum(len(looks[number].findings) for number in numbers):
                told = ahead.joint(numbers)
            else:
                told = lookahead(model, entered, calibrated, matters, kept).joint(range(len(kept)))
            studies = [looks[number].study for number in numbers]
            parts = [burden_parts(network, study) for study in studies]
            found.append(
                Bundle(
                    studies=tuple(study.name for study in studies),
                    gain=decision_value(ahead.labels.utilities, told),
                    burden=burden_together(network, studies),
                    cost_usd=sum(part.cost_usd or 0.0 for part in parts),
                    dose_msv=sum(part.dose_msv or 0.0 for part in parts),
                    efficient=False,
                )
            )
            if advance is not None:
                advance(1)
    return Bundles(
        case, identity(network), tuple(look.study.name for look in looks), _marked(found), labels, network.scope
    )


def _marked(found: Sequence[Bundle]) -> tuple[Bundle, ...]:
    """The bundles with the Pareto-efficient ones marked, largest net gain first."""

    def better(one: Bundle, other: Bundle) -> bool:
        """Whether one gains as much for no more burden; of equal ones the smaller bundle, or the earlier one."""
        if one.gain < other.gain - _SAME or one.burden > other.burden + _SAME:
            return False
        equal = abs(one.gain - other.gain) <= _SAME and abs(one.burden - other.burden) <= _SAME
        return not equal or (len(one.studies), found.index(one)) < (len(other.studies), found.index(other))

    marked = [
        Bundle(each.studies, each.gain, each.burden, each.cost_usd, each.dose_msv, efficient)
        for each in found
        for efficient in (not any(better(other, each) for other in found if other is not each),)
    ]
    return tuple(sorted(marked, key=lambda each: -each.net))


_SAME = 1e-12
