"""Is a probability of 30 % right three times in ten: reliability bins, Brier score, log score and confusion.

Brier score of a diagnosis: mean (p - true)^2 (Brier 1950); of exact answers it should be near mean p (1 - p).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.display.numbers import words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.validation.shown import digits
from hpt_bayes.validation.simulated import SimulatedPatients
from hpt_bayes.validation.tolerance import wilson

EDGES = (0.0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class Bin:
    """Answers of similar probability.

    Attributes:
        low: least probability.
        high: largest probability.
        answers: how many pairs of patient and diagnosis.
        predicted: mean probability.
        observed: share in which the diagnosis was true.
        interval: Wilson's 95 % interval of `observed`.
    """

    low: float
    high: float
    answers: int
    predicted: float
    observed: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class SettingScore:
    """Scores of the patients of one setting (or of all).

    Attributes:
        setting: its name.
        patients: how many.
        right: share whose leading diagnosis is true.
        brier: mean over patients of the Brier score summed over diagnoses.
        expected_brier: the same if every probability is exact, mean sum p (1 - p).
        log_score: mean of -ln P(the true vector of diagnoses | findings).
    """

    setting: str
    patients: int
    right: float
    brier: float
    expected_brier: float
    log_score: float


@dataclass(frozen=True, repr=False)
class Calibration(Result):
    """Answers to simulated patients.

    Attributes:
        findings: that every patient had.
        seed: of the random numbers.
        scores: by setting.
        bins: all diagnoses of all patients, by probability.
        confusion: (true diagnosis, leading diagnosis, patients), most frequent first; a patient with several true
            diagnoses that may lead counts under each.
    """

    findings: tuple[str, ...]
    seed: int
    scores: tuple[SettingScore, ...]
    bins: tuple[Bin, ...]
    confusion: tuple[tuple[str, str, int], ...]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {
            "findings": list(self.findings),
            "seed": self.seed,
            "scores": [asdict(each) for each in self.scores],
            "bins": [{**asdict(each), "interval": list(each.interval)} for each in self.bins],
            "confusion": [{"true": true, "leading": led, "patients": count} for true, led, count in self.confusion],
        }

    def to_frame(self) -> Frame:
        """One row a setting: its scores."""
        return to_frame([asdict(each) for each in self.scores])

    def blocks(self) -> tuple[Rows, ...]:
        """Scores, reliability and confusion."""
        total = sum(each.patients for each in self.scores)
        scores = tuple(
            (words(e.setting), str(e.patients), *map(digits, (e.right, e.brier, e.expected_brier, e.log_score)))
            for e in self.scores
        )
        bins = tuple(
            (
                f"{each.low:g} to {each.high:g}", str(each.answers), digits(each.predicted), digits(each.observed),
                f"{digits(each.interval[0])} to {digits(each.interval[1])}",
            )
            for each in self.bins
        )  # fmt: skip
        note = (
            f"Self-consistency: {total} patients drawn from the model (seed {self.seed}), case definition met, each "
            f"known by {', '.join(self.findings)}. It tests the arithmetic, not whether the numbers are true. Brier is "
            "summed over diagnoses; beside it what exact probabilities would give."
        )
        right = frozenset({1, 2, 3, 4, 5})
        return (
            Rows(
                "Simulated patients: scores", ("setting", "patients", "leader true", "Brier", "if exact", "log score"),
                scores, (note,), right=right,
            ),
            Rows(
                "Simulated patients: reliability of every diagnosis",
                ("probability", "answers", "mean", "observed", "95 % interval"), bins, right=right,
            ),
            self._confusion(),
        )  # fmt: skip

    def _confusion(self) -> Rows:
        names = sorted({true for true, _, _ in self.confusion})
        count = {(true, led): number for true, led, number in self.confusion}
        cells = []
        for name in names:
            own = {led: number for (true, led), number in count.items() if true == name}
            others = sorted(((led, n) for led, n in own.items() if led != name), key=lambda item: (-item[1], item[0]))
            said = ", ".join(f"{words(led)} {number}" for led, number in others) or "none"
            cells.append((words(name), str(sum(own.values())), str(own.get(name, 0)), said))
        columns = ("true diagnosis", "patients", "leads", "another leads")
        return Rows("Simulated patients: confusion", columns, tuple(cells), right=frozenset({1, 2}))


def calibration(patients: SimulatedPatients, findings: tuple[str, ...], seed: int) -> Calibration:
    """Score simulated patients.

    Args:
        patients: with truth and answers.
        findings: they were known by.
        seed: they were drawn with.

    Returns:
        The scores.
    """
    led = leading(patients)
    chosen = np.array(patients.settings)
    scores = [_score(patients, led, setting, chosen == setting) for setting in dict.fromkeys(patients.settings)]
    bins = reliability(patients.predicted.reshape(-1), patients.truth.reshape(-1))
    return Calibration(findings, seed, tuple(scores), bins, _confused(patients, led))


def leading(patients: SimulatedPatients) -> NDArray[np.int64]:
    """Position of each patient's leading diagnosis, (patients,)."""
    return np.asarray(np.argmax(np.where(patients.leaders, patients.predicted, -1.0), axis=1), dtype=np.int64)


def brier(predicted: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Mean over patients of sum over diagnoses of (p - true)^2.

    Args:
        predicted: (patients, diagnoses).
        truth: (patients, diagnoses).
    """
    return float(((predicted - truth) ** 2).sum(axis=1).mean())


def reliability(predicted: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Answers by probability; empty bins are left out.

    Args:
        predicted: (answers,).
        truth: (answers,).
    """
    found = []
    for low, high in pairwise(EDGES):
        inside = (predicted >= low) & ((predicted < high) | (high == EDGES[-1]))
        count = int(inside.sum())
        if count:
            observed = float(truth[inside].mean())
            ends = wilson(observed * count, count)
            found.append(Bin(low, high, count, float(predicted[inside].mean()), observed, ends))
    return tuple(found)


def _score(
    patients: SimulatedPatients, led: NDArray[np.int64], setting: str, inside: NDArray[np.bool_]
) -> SettingScore:
    predicted, truth = patients.predicted[inside], patients.truth[inside]
    return SettingScore(
        setting=setting,
        patients=int(inside.sum()),
        right=float(truth[np.arange(len(truth)), led[inside]].mean()),
        brier=brier(predicted, truth),
        expected_brier=float((predicted * (1 - predicted)).sum(axis=1).mean()),
        log_score=float(-np.log(np.maximum(patients.vectors[inside], 1e-300)).mean()),
    )


def _confused(patients: SimulatedPatients, led: NDArray[np.int64]) -> tuple[tuple[str, str, int], ...]:
    names, found = patients.diagnosis_names, []
    for row, name in enumerate(names):
        if patients.leaders[row]:
            chosen, counts = np.unique(led[patients.truth[:, row]], return_counts=True)
            found += [(name, names[int(at)], int(count)) for at, count in zip(chosen, counts, strict=True)]
    return tuple(sorted(found, key=lambda each: (-each[2], each[0], each[1])))
