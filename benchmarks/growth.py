"""How cost grows with cases, studies, depth of a plan, draws of the numbers and treewidth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from benchmarks.cohorts import patients
from benchmarks.plain import Array
from benchmarks.results import machine, time_text
from benchmarks.subjects import Subject, patient
from benchmarks.timing import in_turn
from benchmarks.trees import TREE_VARIABLES, random_tree
from hpt_bayes.cohort.frames import score_cohort
from hpt_bayes.engine import CompiledNetwork, propagate
from hpt_bayes.reasoning.next_study.planning import plan
from hpt_bayes.reasoning.next_study.ranking_of_studies import next_studies
from hpt_bayes.reasoning.varying.uncertainty import uncertainty

_FITTED = 0.05
"""A power law is fitted to sizes from this share of the largest: below, fixed costs dominate."""
_WIDEST = 3
"""How many of the largest sizes an exponential is fitted to."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Processor time against one size.

    Attributes:
        size: what grows.
        of: the question timed.
        at: sizes measured.
        seconds: median processor times.
        beyond: sizes that were not measured, to extrapolate to.
        exponential: whether time is fitted as base**size instead of size**exponent.
        fitted: whether a fit makes sense.
    """

    size: str
    of: str
    at: tuple[int, ...]
    seconds: tuple[float, ...]
    beyond: tuple[int, ...] = ()
    exponential: bool = False
    fitted: bool = True

    @property
    def slope(self) -> float:
        """Exponent of a power law, or the base of an exponential, by least squares on the upper end."""
        slope, _ = self._line()
        return float(np.exp(slope)) if self.exponential else slope

    def extrapolated(self) -> Mapping[int, float]:
        """Seconds at the sizes beyond, on the fitted line."""
        slope, level = self._line()
        return {size: float(np.exp(level + slope * self._axis((size,))[0])) for size in self.beyond}

    def _line(self) -> tuple[float, float]:
        large = [size >= _FITTED * max(self.at) for size in self.at]
        count = _WIDEST if self.exponential else sum(large)
        x, y = self._axis(self.at)[-count:], np.log(self.seconds)[-count:]
        slope, level = np.polyfit(x, y, 1)
        return float(slope), float(level)

    def _axis(self, sizes: Sequence[int]) -> Array:
        x = np.asarray(sizes, dtype=float)
        return x if self.exponential else np.asarray(np.log(x))


def measured(quick: bool = False) -> list[Curve]:
    """All curves.

    Args:
        quick: treewidth only, narrow, to see that everything runs.
    """
    if quick:
        return [by_treewidth((2, 4, 6))]
    subject = patient()
    return [by_cases(subject), by_studies(subject), by_depth(subject), by_draws(subject), by_treewidth()]


def by_cases(subject: Subject, rows: Sequence[int] = (1, 10, 100, 1_000, 2_000)) -> Curve:
    """Rows of a cohort; a national one is extrapolated."""
    network, setting = subject.case.facts.network, subject.entered.settings[0]
    frame = patients(network, max(rows))

    def score(count: int) -> object:
        return score_cohort(frame.iloc[:count], setting=setting, network=network, workers=1)

    times = _timed({count: partial(score, count) for count in rows}, 3)
    return Curve("cases", "score_cohort, one process", tuple(rows), times, (10_000, 100_000, 1_000_000))


def by_studies(subject: Subject) -> Curve:
    """The first studies of the model file only."""
    model, network = subject.model, subject.case.facts.network
    counts = (*range(10, len(network.studies), 10), len(network.studies))

    def rank(count: int) -> object:
        few = dict(list(network.studies.items())[:count])
        return next_studies(replace(model, network=replace(network, studies=few)), subject.entered)

    return Curve("studies", "ranking", counts, _timed({count: partial(rank, count) for count in counts}, 3))


def by_depth(subject: Subject) -> Curve:
    """A ranking, the exact plan of two steps, and the beam of three."""
    model, entered = subject.model, subject.entered
    calls: dict[int, Callable[[], object]] = {
        1: partial(next_studies, model, entered),
        2: partial(plan, model, entered, steps=2),
        3: partial(plan, model, entered, steps=3),
    }
    return Curve("plan depth", "ranking, plan of two steps, beam of three", (1, 2, 3), _timed(calls, 1), fitted=False)


def by_draws(subject: Subject, counts: Sequence[int] = (1, 10, 100, 1_000)) -> Curve:
    """Versions of the numbers."""
    calls = {count: partial(uncertainty, subject.model, subject.entered, draws=count) for count in counts}
    return Curve("draws", "intervals on every diagnosis", tuple(counts), _timed(calls, 1), (10_000,))


def by_treewidth(widths: Sequence[int] = (2, 4, 6, 8, 10, 12, 14, 16, 18, 20)) -> Curve:
    """Networks of the same size and growing treewidth."""
    trees = {width: random_tree(width) for width in widths}
    times = _timed({width: partial(_answer, tree) for width, tree in trees.items()}, 5)
    of = f"posterior of all of {TREE_VARIABLES} binary variables"
    return Curve("treewidth", of, tuple(widths), times, exponential=True)


def _timed(calls: Mapping[int, Callable[[], object]], repeats: int) -> tuple[float, ...]:
    """Medians by size; one call beforehand builds what all of them reuse."""
    next(iter(calls.values()))()
    return tuple(in_turn(calls, repeats).values())


def _answer(tree: CompiledNetwork) -> object:
    return propagate(tree).marginals()


def section(curves: Sequence[Curve]) -> str:
    """Tables of what was measured, and the fits; extrapolated figures are marked."""
    parts = [machine(), "", "![How cost grows](growth.png)", ""]
    parts += ["| size | question | growth, fitted to the large sizes |", "|---|---|---|"]
    for curve in curves:
        growth = f"time ~ {curve.slope:.2f}^size" if curve.exponential else f"time ~ size^{curve.slope:.2f}"
        parts.append(f"| {curve.size} | {curve.of} | {growth if curve.fitted else 'three points, no fit'} |")
    for curve in curves:
        beyond = curve.extrapolated() if curve.beyond else {}
        sizes = [f"{size:,}" for size in curve.at] + [f"{size:,} (extrapolated)" for size in beyond]
        times = [time_text(s) for s in curve.seconds] + [f"*{time_text(s)}*" for s in beyond.values()]
        parts += ["", f"| {curve.size} | {' | '.join(sizes)} |", "|---|" + "---:|" * len(sizes)]
        parts.append(f"| time | {' | '.join(times)} |")
    return "\n".join(parts)
