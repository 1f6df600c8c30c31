"""Beliefs as natural frequencies: counts of patients nested in one population, which people reason with more easily.

Source:
    Gigerenzer & Hoffrage 1995, Psychol Rev 102:684.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from hpt_bayes.display.numbers import people, words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.nearest import hint
from hpt_bayes.reasoning.next_study.ranking import StudyResult
from hpt_bayes.teaching.patient import regions
from hpt_bayes.teaching.standing import Standing

_FEW, _MANY = 100, 1_000
_RESULTS = 8


@dataclass(frozen=True, repr=False)
class Frequencies(Result):
    """What the model believes of patients with the same findings.

    Attributes:
        causes: P(cause), which may overlap.
        regions: P(the gland is in the region).
        labels: words for people, of causes and regions.
    """

    causes: Mapping[str, float]
    regions: Mapping[str, float]
    labels: tuple[Mapping[str, str], Mapping[str, str]]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {"causes": dict(self.causes), "regions": dict(self.regions)}

    def to_frame(self) -> Frame:
        """One row per cause and per region, with its probability."""
        return to_frame(
            [
                {"about": kind, "name": name, "probability": p}
                for kind, shares in (("cause", self.causes), ("region", self.regions))
                for name, p in shares.items()
            ]
        )

    def blocks(self) -> tuple[Rows, ...]:
        """Of 100 patients, how many have what, with a dot for every five."""
        titles = (f"Of {_FEW} patients with these findings", f"In these {_FEW} the gland is")
        return tuple(
            Rows(title, ("", "patients", ""), _cells(shares, labels), right=frozenset({1}))
            for title, shares, labels in zip(titles, (self.causes, self.regions), self.labels, strict=True)
        )


@dataclass(frozen=True, repr=False)
class StudyFrequencies(Result):
    """What a study would show in patients with the same findings, and what those have.

    Attributes:
        study: its name.
        results: with P(result) and the leading diagnosis after each, most probable first.
        labels: words for people, of the study and of diagnoses.
    """

    study: str
    results: tuple[StudyResult, ...]
    labels: tuple[str, Mapping[str, str]]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {"study": self.study, "results": [asdict(each) for each in self.results]}

    def to_frame(self) -> Frame:
        """One row per result, most probable first."""
        return to_frame([asdict(each) for each in self.results])

    def blocks(self) -> tuple[Rows, ...]:
        """Of 1,000 patients, how many show each result, and how many of those have the leading diagnosis."""
        label, diagnoses = self.labels
        cells = tuple(
            (words(each.result), people(each.probability, _MANY), *_leading(each, diagnoses))
            for each in self.results[:_RESULTS]
        )
        rest = sum(each.probability for each in self.results[_RESULTS:])
        notes = (f"Other results: {people(rest, _MANY)}.",) if rest else ()
        columns = ("shows", "patients", "of these", "have")
        return (Rows(f"{label} in {_MANY:,} such patients", columns, cells, notes, right=frozenset({1, 2})),)


def frequencies(standing: Standing) -> Frequencies:
    """What the model believes, as natural frequencies.

    Args:
        standing: at any moment.
    """
    model = standing.forecast
    return Frequencies(model.causes, model.regions, (standing.causes, regions(standing.network)))


def study_frequencies(standing: Standing, study: str) -> StudyFrequencies:
    """What a study would show, as natural frequencies.

    Args:
        standing: at any moment.
        study: its name.

    Raises:
        EvidenceError: an unknown study.
    """
    rows = {row.study: row for row in standing.ranking.studies}
    if study not in rows:
        raise EvidenceError(f"unknown study {study!r}; {hint(study, rows)}")
    labels = standing.posterior.labels
    return StudyFrequencies(study, rows[study].results, (labels.studies[study], labels.diagnoses))


def _cells(shares: Mapping[str, float], labels: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    order = sorted(shares, key=lambda name: -shares[name])
    counted = [(labels[name], people(shares[name], _FEW), round(shares[name] * _FEW)) for name in order]
    return tuple((label, count, "●" * round(number / 5)) for label, count, number in counted if number)


def _leading(result: StudyResult, diagnoses: Mapping[str, str]) -> tuple[str, str]:
    if result.leading_diagnosis is None or result.diagnosis_probability is None:
        return "", ""
    return people(result.probability * result.diagnosis_probability, _MANY), diagnoses[result.leading_diagnosis]
