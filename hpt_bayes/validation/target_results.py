"""Published targets beside what the model returns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.network.network import Network
from hpt_bayes.validation.query import EVERYBODY, Population, mean, probability
from hpt_bayes.validation.shown import digits
from hpt_bayes.validation.targets import Against, NotEncodable, Target
from hpt_bayes.validation.tolerance import Published, published_of

Known = dict[tuple[object, ...], float]


@dataclass(frozen=True)
class TargetResult:
    """One target.

    Attributes:
        number: list and number there.
        asks: the question in words.
        setting: one, or several joined by `|`.
        published: what was published.
        model: what the model returns; nan when nobody in it meets the conditions.
        met: whether it lies within the tolerance.
        tolerances: distance from what was published, in tolerances (see `Published.unit`).
        listed: whether the tolerance is the list's own.
        evidence: keys of the published rows.
        why: what a miss comes from; "" when none was written.
    """

    number: str
    asks: str
    setting: str
    published: Published
    model: float
    met: bool
    tolerances: float
    listed: bool
    evidence: tuple[str, ...]
    why: str

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {
            "number": self.number,
            "asks": self.asks,
            "setting": self.setting,
            "published": {"low": self.published.low, "high": self.published.high, "value": self.published.value},
            "tolerance": self.published.tolerance,
            "tolerance_listed": self.listed,
            "model": None if math.isnan(self.model) else self.model,
            "met": self.met,
            "tolerances": None if math.isnan(self.model) else self.tolerances,
            "evidence": list(self.evidence),
            "why": self.why or None,
        }


@dataclass(frozen=True, repr=False)
class TargetResults(Result):
    """All targets.

    Attributes:
        results: worst first.
        not_encodable: listed targets without variables in the network.
    """

    results: tuple[TargetResult, ...]
    not_encodable: tuple[NotEncodable, ...]

    @property
    def met(self) -> int:
        """How many are met."""
        return sum(each.met for each in self.results)

    @property
    def missed(self) -> tuple[TargetResult, ...]:
        """Those not met, worst first."""
        return tuple(each for each in self.results if not each.met)

    @property
    def far(self) -> tuple[TargetResult, ...]:
        """Those missed by more than three tolerances."""
        return tuple(each for each in self.missed if not each.tolerances <= 3)

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {
            "encodable": len(self.results),
            "met": self.met,
            "missed_by_more_than_three_tolerances": len(self.far),
            "results": [each.to_dict() for each in self.results],
            "not_encodable": [
                {"number": each.number, "asks": each.asks, "reason": each.reason} for each in self.not_encodable
            ],
        }

    def to_frame(self) -> Frame:
        """One row a target that can be asked, worst first."""
        return to_frame([_flat(each.to_dict()) for each in self.results])

    def blocks(self) -> tuple[Rows, ...]:
        """Counts, misses with their reason, every target worst first, and what cannot be asked."""
        count, missed = len(self.results), self.missed
        columns = ("list", "question", "published", "tolerance", "model", "met", "off by", "evidence")
        cells = tuple(_cells(each) for each in self.results)
        said = (
            f"{self.met} of {count} met ({digits(self.met / count)}); {len(missed)} missed, {len(self.far)} of them by "
            "more than three tolerances.",
            "A tolerance with * was chosen, the list names none; without a tolerance the model must lie inside the "
            "interval, and a miss is counted in half intervals.",
        )
        reasons = tuple((each.number, each.asks, each.why or "no reason written") for each in missed)
        outside = tuple((each.number, each.asks, each.reason) for each in self.not_encodable)
        return (
            Rows("Published targets, worst first", columns, cells, said, right=frozenset({2, 3, 4, 6})),
            Rows("Why targets are missed", ("list", "question", "tension between sources"), reasons),
            Rows("Listed targets the network has no variables for", ("list", "question", "reason"), outside),
        )


def _cells(result: TargetResult) -> tuple[str, ...]:
    published = result.published
    ends = f"{digits(published.low)} to {digits(published.high)}"
    shown = digits(published.low) if published.low == published.high else ends
    if published.value is not None and published.low != published.high:
        shown = f"{digits(published.value)} ({ends})"
    tolerance = "inside" if published.tolerance == 0 else digits(published.tolerance) + ("" if result.listed else "*")
    off = digits(result.tolerances)
    met, keys = "yes" if result.met else "no", ", ".join(result.evidence)
    return (result.number, result.asks, shown, tolerance, digits(result.model), met, off, keys)


def _flat(result: dict[str, Any]) -> dict[str, object]:
    """A result with the ends and the value of what was published as columns of their own."""
    published = result.pop("published")
    return {**result, **{f"published_{name}": figure for name, figure in published.items()}}


def target_results(
    network: Network,
    targets: Iterable[Target],
    not_encodable: Iterable[NotEncodable] = (),
    advance: Callable[[int], object] = lambda _: None,
) -> TargetResults:
    """Ask the model every target.

    Args:
        network: as loaded.
        targets: checked.
        not_encodable: carried along.
        advance: told how many targets were asked, for a progress bar.

    Returns:
        The results, worst first.

    Raises:
        ModelFileError: a target without a number or a tolerance to compare with.
    """
    results, known = [], {}  # type: list[TargetResult], Known
    for target in targets:
        results.append(_result(network, target, known))
        advance(1)
    results.sort(key=lambda each: -(math.inf if math.isnan(each.tolerances) else each.tolerances))
    return TargetResults(tuple(results), tuple(not_encodable))


def _result(network: Network, target: Target, known: Known) -> TargetResult:
    published = published_of(target, network.evidence_rows)
    value = asked(network, target, known)
    return TargetResult(
        number=target.number,
        asks=target.asks,
        setting=" | ".join(target.setting),
        published=published,
        model=value,
        met=published.met_by(value),
        tolerances=published.tolerances(value),
        listed=target.listed,
        evidence=target.evidence,
        why=target.why or "",
    )


def asked(network: Network, target: Target, known: Known | None = None) -> float:
    """What the model returns for a target, in the published unit.

    Args:
        network: as loaded.
        target: checked.
        known: answers to questions asked before, added to; the same question is asked once.
    """
    known = {} if known is None else known
    value = _side(network, target, None, known)
    if target.against is not None:
        value = _compared(target, value, _side(network, target, target.against, known))
    return value if target.multiply is None else value * target.multiply


def _side(network: Network, target: Target, against: Against | None, known: Known) -> float:
    given = target.given if against is None or against.given is None else against.given
    event = target.event if against is None or against.event is None else against.event
    key = (target.setting, target.confirmed, str(given), str(event), target.mean_of)
    if key not in known:
        population = Population(target.setting, target.confirmed, given or EVERYBODY)
        if target.mean_of is not None:
            known[key] = mean(network, population, target.mean_of)
        else:
            assert event is not None, "checked: an event or a mean"
            known[key] = probability(network, population, event.alternatives)
    return known[key]


def _compared(target: Target, one: float, other: float) -> float:
    if target.measure == "difference":
        return one - other
    if target.measure == "predictive_value":
        share = target.prevalence or 0.0
        return _divided(share * one, share * one + (1 - share) * other)
    if target.measure == "odds_ratio":
        return _divided(_divided(one, 1 - one), _divided(other, 1 - other))
    return _divided(one, other)


def _divided(one: float, other: float) -> float:
    return one / other if other else math.nan
