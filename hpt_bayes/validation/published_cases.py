"""Published cases: does the answer hold the true diagnosis, by cause and setting, never pooled over either.

Rank: 1 + diagnoses that are more probable. Log score: -ln P(diagnosis | e), natural log, 0 is perfect.
A case with several true diagnoses counts under each of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import mean, median

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import calibrate, compile_model
from hpt_bayes.validation.answers import answer, group_of, in_order
from hpt_bayes.validation.cases_read import PublishedCase, entered
from hpt_bayes.validation.shown import digits


@dataclass(frozen=True)
class CaseResult:
    """One published case.

    Attributes:
        case: its name.
        group: first time, persistent or recurrent, ...; results are never pooled over it.
        core: proven, unambiguous and not sparse.
        accept: the true diagnoses.
        probabilities: P(diagnosis | e) of each true one.
        ranks: rank of each true one.
        any_accepted: P(at least one true diagnosis | e).
        leading: the leading diagnosis.
        misleading: findings that pointed the wrong way.
        without: P(at least one true diagnosis) with those left out; None when there are none.
        leading_without: the leading diagnosis with those left out; None when there are none.
    """

    case: str
    group: str
    core: bool
    accept: tuple[str, ...]
    probabilities: tuple[float, ...]
    ranks: tuple[int, ...]
    any_accepted: float
    leading: str
    misleading: tuple[str, ...]
    without: float | None
    leading_without: str | None

    @property
    def true(self) -> tuple[tuple[str, int, float], ...]:
        """Each true diagnosis with its rank and probability."""
        return tuple(zip(self.accept, self.ranks, self.probabilities, strict=True))

    @property
    def best_rank(self) -> int:
        """Rank of the best placed true diagnosis."""
        return min(self.ranks)


@dataclass(frozen=True)
class EtiologyScore:
    """Cases of one group that have one true diagnosis.

    Attributes:
        group: of settings.
        subset: core or all.
        diagnosis: the true one; "any accepted" for the group's cases by their best placed true diagnosis.
        cases: how many.
        first: share with rank 1.
        first_three: share with rank 3 or better.
        log_score: mean of -ln P(diagnosis | e).
        median_rank: of the diagnosis.
    """

    group: str
    subset: str
    diagnosis: str
    cases: int
    first: float
    first_three: float
    log_score: float
    median_rank: float


@dataclass(frozen=True, repr=False)
class CaseResults(Result):
    """All published cases."""

    cases: tuple[CaseResult, ...]

    @property
    def scores(self) -> tuple[EtiologyScore, ...]:
        """By group, subset and true diagnosis."""
        found: list[EtiologyScore] = []
        for group in in_order(each.group for each in self.cases):
            for subset in ("core", "all"):
                chosen = [each for each in self.cases if each.group == group and (subset == "all" or each.core)]
                for name in sorted({label for each in chosen for label in each.accept}):
                    pairs = [(r, p) for each in chosen for label, r, p in each.true if label == name]
                    found.append(_score(group, subset, name, pairs))
        return tuple(found)

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {"scores": [asdict(each) for each in self.scores], "cases": [asdict(each) for each in self.cases]}

    def to_frame(self) -> Frame:
        """One row a case."""
        return to_frame([asdict(each) for each in self.cases])

    def blocks(self) -> tuple[Rows, ...]:
        """Scores by group and cause, cases without a true diagnosis among the first three, misleading readings."""
        columns = ("group", "subset", "true diagnosis", "cases", "first", "first three", "log score", "median rank")
        cells = tuple(
            (
                each.group, each.subset, each.diagnosis, str(each.cases), digits(each.first), digits(each.first_three),
                digits(each.log_score), f"{each.median_rank:g}",
            )
            for each in self.scores
        )  # fmt: skip
        note = (
            "Log score: mean of -ln P(diagnosis). A case with several true diagnoses counts under each; a rank counts "
            "the more probable diagnoses. Rare causes are over-represented in print; no number is set from cases."
        )
        ordered = sorted((each for each in self.cases if each.best_rank > 3), key=lambda each: each.any_accepted)
        missed = tuple(
            (e.case, e.group, ", ".join(e.accept), str(e.best_rank), digits(e.any_accepted), e.leading) for e in ordered
        )
        headings = ("case", "group", "true", "best rank", "P(any true)", "leading instead")
        title, right = "Published cases without a true diagnosis among the first three", frozenset({3, 4})
        return (
            Rows("Published cases by group and cause", columns, cells, (note,), right=frozenset({3, 4, 5, 6, 7})),
            Rows(title, headings, missed, right=right),
            self._misleading(),
        )

    def _misleading(self) -> Rows:
        rows = sorted((each for each in self.cases if each.without is not None), key=_shift)
        cells = tuple(
            (each.case, ", ".join(each.misleading), digits(each.without), digits(each.any_accepted), each.leading)
            for each in rows
        )
        decided = sum(each.leading != each.leading_without for each in rows)
        fall = -mean(map(_shift, rows)) if rows else 0.0
        least = min((each.any_accepted for each in rows), default=0.0)
        note = (
            f"{len(rows)} cases have readings that pointed the wrong way; with them another diagnosis leads in "
            f"{decided}, and P(any true) falls by {digits(fall)} on average. At least {digits(least)} is left to a "
            "true diagnosis."
        )
        columns = ("case", "misleading", "P(any true) without", "with", "leading with")
        title = "Misleading readings: fed as they were read, and left out"
        return Rows(title, columns, cells, (note,), right=frozenset({2, 3}))


def _shift(case: CaseResult) -> float:
    return case.any_accepted - (case.any_accepted if case.without is None else case.without)


def _score(group: str, subset: str, name: str, pairs: list[tuple[int, float]]) -> EtiologyScore:
    ranks = [rank for rank, _ in pairs]
    return EtiologyScore(
        group=group,
        subset=subset,
        diagnosis=name,
        cases=len(pairs),
        first=mean(rank == 1 for rank in ranks),
        first_three=mean(rank <= 3 for rank in ranks),
        log_score=mean(-math.log(max(p, 1e-300)) for _, p in pairs),
        median_rank=median(ranks),
    )


def case_results(network: Network, cases: Iterable[PublishedCase]) -> CaseResults:
    """Answer every published case.

    Args:
        network: as loaded.
        cases: with labels.

    Returns:
        The results, in the order of the labels.
    """
    return CaseResults(tuple(_result(network, case) for case in cases))


def _result(network: Network, case: PublishedCase) -> CaseResult:
    file, label = case.file, case.label
    model = compile_model(network, file.settings)
    found = answer(model, calibrate(model, entered(network, file)))
    left = answer(model, calibrate(model, entered(network, file, label.misleading))) if label.misleading else None
    shares = found.diagnoses
    return CaseResult(
        case=file.name,
        group=group_of(network, file.settings),
        core=label.core,
        accept=label.accept,
        probabilities=tuple(shares[name] for name in label.accept),
        ranks=tuple(found.rank(name) for name in label.accept),
        any_accepted=found.any_of(label.accept),
        leading=found.leading,
        misleading=label.misleading,
        without=None if left is None else left.any_of(label.accept),
        leading_without=None if left is None else left.leading,
    )
