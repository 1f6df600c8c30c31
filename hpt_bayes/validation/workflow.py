"""The decision points of the published workflows: the model's most informative feasible study beside the source's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from hpt_bayes.display.numbers import words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.network.network import Network
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.compiled import compile_model
from hpt_bayes.reasoning.next_study.ranking_of_studies import next_studies
from hpt_bayes.validation.patient import entered_of
from hpt_bayes.validation.shown import digits
from hpt_bayes.validation.targets import Decision


@dataclass(frozen=True)
class DecisionResult:
    """One decision point.

    Attributes:
        name: in words.
        source: the article, or an evidence key.
        expects: what the source does next.
        first: the model's most informative feasible study among those the source rates or names, or None.
        bits: it is expected to give about cause and place, or None.
        expected_bits: the most the source's own choice is expected to give, or None when it is not feasible.
        agrees: whether the two are the same.
        unrestricted: the most informative feasible one of all scans and confirmatory tests, or None.
        why: why they differ; "" when they agree or nothing was written.
    """

    name: str
    source: str
    expects: tuple[str, ...]
    first: str | None
    bits: float | None
    expected_bits: float | None
    agrees: bool
    unrestricted: str | None
    why: str


@dataclass(frozen=True, repr=False)
class WorkflowResults(Result):
    """All decision points."""

    results: tuple[DecisionResult, ...]

    @property
    def agreed(self) -> int:
        """How many agree."""
        return sum(each.agrees for each in self.results)

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {
            "compared": len(self.results),
            "agreed": self.agreed,
            "results": [{**asdict(each), "why": each.why or None} for each in self.results],
        }

    def to_frame(self) -> Frame:
        """One row a decision point."""
        return to_frame([asdict(each) for each in self.results])

    def blocks(self) -> tuple[Rows, ...]:
        """Agreement, the comparison, and an explanation of every disagreement."""
        cells = tuple(
            (
                each.name, words(each.source), " or ".join(map(words, each.expects)), digits(each.expected_bits),
                words(each.first or "none feasible"), digits(each.bits), "yes" if each.agrees else "no",
                words(each.unrestricted or "none"),
            )
            for each in self.results
        )  # fmt: skip
        note = (
            f"{self.agreed} of {len(self.results)} agree. The model's choice here is by information alone, "
            "compared among the studies the source rates or names; the last column is the most informative feasible "
            "one of all scans and confirmatory tests. What the sources say of actions is asked below, with value."
        )
        columns = ("decision point", "source", "source does", "bits", "model's first", "bits", "agree", "of all scans")
        differ = tuple((each.name, each.why or "no reason written") for each in self.results if not each.agrees)
        return (
            Rows("Agreement with published workflows", columns, cells, (note,), right=frozenset({3, 5})),
            Rows("Why the model's first study differs", ("decision point", "reason"), differ),
        )


def workflow_results(network: Network, decisions: Iterable[Decision]) -> WorkflowResults:
    """Rank the studies at every decision point.

    Args:
        network: as loaded.
        decisions: checked.

    Returns:
        The comparison.

    Raises:
        EvidenceError: a reading that cannot be accepted, with the decision point.
    """
    return WorkflowResults(tuple(_result(network, each) for each in decisions))


def _shown(network: Network, decision: Decision) -> dict[str, Study]:
    """Scans, confirmatory tests and what the source names: no other study is ranked, which saves most of the time."""
    return {
        name: study
        for name, study in network.studies.items()
        if study.kind in ("localisation", "confirmatory") or name in (*decision.among, *decision.expects)
    }


def _result(network: Network, decision: Decision) -> DecisionResult:
    entered = entered_of(network, decision)
    model = compile_model(network, (decision.setting,))
    ranking = next_studies(replace(model, network=replace(network, studies=_shown(network, decision))), entered)
    bits = {row.study: row.information_bits for row in ranking.studies if row.feasible}
    among = {study: bits[study] for study in decision.among if study in bits}
    first = max(among, key=lambda study: among[study], default=None)
    agrees = first in decision.expects
    return DecisionResult(
        name=decision.name,
        source=decision.source,
        expects=decision.expects,
        first=first,
        bits=None if first is None else among[first],
        expected_bits=max((bits[study] for study in decision.expects if study in bits), default=None),
        agrees=agrees,
        unrestricted=ranking.most_informative,
        why="" if agrees else (decision.why or ""),
    )
