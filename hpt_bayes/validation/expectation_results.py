"""Every expectation beside what the model says, two studies ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

from hpt_bayes.display.numbers import words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.beliefs import target_beliefs
from hpt_bayes.reasoning.compiled import calibrate, compile_model
from hpt_bayes.reasoning.deciding.decision import Decision, decide
from hpt_bayes.reasoning.next_study.ranking import StudyRow
from hpt_bayes.reasoning.next_study.ranking_of_studies import next_studies
from hpt_bayes.validation.expectations import Expectation, studies_named
from hpt_bayes.validation.patient import entered_of
from hpt_bayes.validation.shown import digits

Claim = tuple[bool, str]


@dataclass(frozen=True)
class ExpectationResult:
    """One expectation.

    Attributes:
        name: what is expected, in words.
        source: an article that says so, or None.
        says: what the model says.
        agrees: whether everything that is expected holds.
        numbers: the numbers that decide it; empty when it agrees.
        why: in words; "" when it agrees.
    """

    name: str
    source: str | None
    says: str
    agrees: bool
    numbers: tuple[str, ...]
    why: str


@dataclass(frozen=True, repr=False)
class ExpectationResults(Result):
    """All expectations."""

    results: tuple[ExpectationResult, ...]

    @property
    def agreed(self) -> int:
        """How many are met."""
        return sum(each.agrees for each in self.results)

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded but for what is said in words."""
        return {"asked": len(self.results), "agreed": self.agreed, "results": [asdict(each) for each in self.results]}

    def to_frame(self) -> Frame:
        """One row an expectation."""
        return to_frame([asdict(each) for each in self.results])

    def blocks(self) -> tuple[Rows, ...]:
        """What is expected beside what the model says, then the numbers behind every difference."""
        cells = tuple(
            (each.name, words(each.source or "-"), each.says, "yes" if each.agrees else "no") for each in self.results
        )
        note = (
            f"{self.agreed} of {len(self.results)} met, none forced. Values look two steps ahead, as `hpt-bayes next` "
            "does: each study with the best second one after each result. Where none is worth its burden, bits decide "
            "which leads. Patients: `expectations.yaml`."
        )
        differ = tuple(
            (each.name, "; ".join(each.numbers) or "none", each.why or "no reason written")
            for each in self.results
            if not each.agrees
        )
        return (
            Rows("What clinicians expect", ("expected", "source", "the model says", "met"), cells, (note,)),
            Rows("Numbers behind every expectation that is not met", ("expected", "numbers", "reason"), differ),
        )


def expectation_results(network: Network, asked: Iterable[Expectation]) -> ExpectationResults:
    """Ask the model about every expectation.

    Args:
        network: as loaded.
        asked: checked.

    Raises:
        EvidenceError: a reading that cannot be accepted, with the place of the patient.
    """
    return ExpectationResults(tuple(_result(network, each) for each in asked))


class _Answers:
    """What the model says about the patient of one expectation; each question is asked once."""

    def __init__(self, network: Network, asked: Expectation) -> None:
        self.network, self.asked = network, asked
        self.entered = entered_of(network, asked)
        self.model = compile_model(network, (asked.setting,))

    @cached_property
    def rows(self) -> tuple[StudyRow, ...]:
        """Every study, best first, valued with the best second one after each result."""
        return next_studies(self.model, self.entered, steps=2).studies

    @cached_property
    def compared(self) -> tuple[StudyRow, ...]:
        among = studies_named(self.network, self.asked.among)
        return tuple(row for row in self.rows if row.feasible and (row.study in among or not among))

    @cached_property
    def decision(self) -> Decision:
        return decide(self.model, self.entered)

    def of(self, names: Iterable[str]) -> list[StudyRow]:
        wanted = studies_named(self.network, names)
        return [row for row in self.rows if row.study in wanted]

    def diagnoses(self, without: Iterable[str] = ()) -> Mapping[str, float]:
        entered = entered_of(self.network, self.asked, tuple(without))
        return target_beliefs(self.model, calibrate(self.model, entered)).diagnoses


def _result(network: Network, asked: Expectation) -> ExpectationResult:
    answers = _Answers(network, asked)
    claims = [claim(answers, getattr(asked, key)) for key, claim in _CLAIMS.items() if getattr(asked, key)]
    agrees = all(held for held, _ in claims)
    return ExpectationResult(
        name=asked.name,
        source=asked.source,
        says="; ".join(dict.fromkeys(text for _, text in claims)),
        agrees=agrees,
        numbers=() if agrees else asked.numbers,
        why="" if agrees else asked.why or "",
    )


def _net(row: StudyRow) -> float:
    """Net value, two steps ahead; what cannot be done is worth nothing."""
    return row.net_value if row.feasible and row.net_value is not None else 0.0


def _leads(answers: _Answers, names: Sequence[str]) -> Claim:
    first = next(iter(answers.compared), None)
    if first is None or not first.worth_doing:
        held, text = _leads_by_bits(answers, names)
        return held, f"no study is worth its burden; {text}"
    text = f"{_words(first)} gains {digits(first.index or 0.0)} times its burden"
    return first.study in studies_named(answers.network, names), text


def _leads_by_net(answers: _Answers, names: Sequence[str]) -> Claim:
    first = max(answers.compared, key=_net, default=None)
    if first is None or _net(first) <= 0.0:
        held, text = _leads_by_bits(answers, names)
        return held, f"no study is worth its burden; {text}"
    return first.study in studies_named(answers.network, names), f"{_words(first)} has net value {digits(_net(first))}"


def _leads_by_bits(answers: _Answers, names: Sequence[str]) -> Claim:
    first = max(answers.compared, key=lambda row: row.information_bits, default=None)
    if first is None:
        return False, "no study can be done"
    text = f"{_words(first)} tells most, {digits(first.information_bits)} bits"
    return first.study in studies_named(answers.network, names), text


def _no_decision_value(answers: _Answers, names: Sequence[str]) -> Claim:
    some = [row for row in answers.of(names) if row.feasible and row.decision_value]
    if not some:
        return True, "no single result of any of them changes the action"
    return False, "may change the action: " + ", ".join(map(_words, some))


def _worth_nothing(answers: _Answers, names: Sequence[str]) -> Claim:
    worth = [row for row in answers.of(names) if _net(row) > 0.0]
    if not worth:
        return True, "none of them is worth its burden"
    return False, "worth their burden: " + ", ".join(f"{_words(row)} {digits(_net(row))}" for row in worth)


def _worth_doing(answers: _Answers, names: Sequence[str]) -> Claim:
    none, text = _worth_nothing(answers, names)
    return not none, text


def _not_offered(answers: _Answers, names: Sequence[str]) -> Claim:
    offered = [_words(row) for row in answers.of(names) if row.feasible]
    return not offered, "offered: " + ", ".join(offered) if offered else "none of them is offered"


def _advice(answers: _Answers, names: Sequence[str]) -> Claim:
    found = answers.decision
    tied = ", ".join(words(name) for name in found.ties if name != found.advice)
    text = f"advice: {words(found.advice or 'none')}" + (f", tied with {tied}" if tied else "")
    return not set(names).isdisjoint(found.ties), text


def _required(answers: _Answers, names: Sequence[str]) -> Claim:
    found, management = answers.decision, answers.network.management
    if found.advice is None or management is None:
        return False, "no action is advised"
    missing = found.row(found.advice).missing
    wanted = [each.missing for each in management.requirements if each.name in names]
    return set(wanted) <= set(missing), f"{words(found.advice)} waits for: {' '.join(missing) or 'nothing'}"


def _rises(answers: _Answers, names: Sequence[str]) -> Claim:
    before, after = answers.diagnoses(answers.asked.after), answers.diagnoses()
    text = ", ".join(f"{words(name)} {digits(before[name])} to {digits(after[name])}" for name in names)
    return all(after[name] > before[name] for name in names), text


def _words(row: StudyRow) -> str:
    return words(row.study)


_CLAIMS: Mapping[str, Callable[[_Answers, Sequence[str]], Claim]] = {
    "leads": _leads,
    "leads_by_net": _leads_by_net,
    "leads_by_bits": _leads_by_bits,
    "no_decision_value": _no_decision_value,
    "worth_nothing": _worth_nothing,
    "worth_doing": _worth_doing,
    "not_offered": _not_offered,
    "advice": _advice,
    "required": _required,
    "rises": _rises,
}
"""What answers each key of an expectation: whether it holds, and what the model says."""
