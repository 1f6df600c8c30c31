"""A ranking with what paired draws of the numbers say: how often each study is best, and which cannot be told apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.next_study.ranking import Ranking
from hpt_bayes.reasoning.next_study.ranking_of_studies import next_studies
from hpt_bayes.reasoning.next_study.value import tie_groups
from hpt_bayes.reasoning.varying.study_draws import best_shares


def ranked_by(ranking: Ranking, target: str | None) -> Callable[[CompiledModel, EnteredEvidence], dict[str, float]]:
    """What studies are compared by in each draw: their index one step ahead where one is worth doing, else their bits.

    Args:
        ranking: of a case.
        target: the variable it is about, or None for cause and place.
    """

    def quantity(model: CompiledModel, entered: EnteredEvidence) -> dict[str, float]:
        rows = [row for row in next_studies(model, entered, target=target).studies if row.feasible]
        if ranking.best_value is None:
            return {row.study: row.information_bits for row in rows}
        return {row.study: row.index or 0.0 for row in rows}

    return quantity


def with_draws(ranking: Ranking, names: Sequence[str], values: NDArray[np.float64]) -> Ranking:
    """The ranking with what paired draws of the numbers say.

    Args:
        ranking: of a case.
        names: of studies.
        values: what they are ranked by in each draw, minus infinity where one is not feasible, (draws, studies).

    Returns:
        The ranking with the share of draws in which each study is best, and the ties the draws leave among studies
        that are worth anything in some draw.
    """
    some = np.flatnonzero((values > 0).any(axis=0))
    groups = tie_groups(np.maximum(values[:, some], 0.0))
    ties = tuple(tuple(names[some[number]] for number in group) for group in groups)
    return replace(ranking, draw_shares=best_shares(names, values), ties=ties)
