"""Every study ranked on the same draws of the numbers, by bits or another quantity, and how often each comes first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.next_study.ranking_of_studies import next_studies
from hpt_bayes.reasoning.progress import Advance, ignored
from hpt_bayes.reasoning.varying.drawn_models import drawn_models
from hpt_bayes.reasoning.varying.draws import draw_numbers

Quantity = Callable[[CompiledModel, EnteredEvidence], Mapping[str, float]]
"""What the studies of one version of the numbers are ranked by, larger is better."""

STUDY_DRAWS = 200


def bits(model: CompiledModel, entered: EnteredEvidence) -> dict[str, float]:
    """What studies are ranked by: the bits of each feasible one about cause and place."""
    return {row.study: row.information_bits for row in next_studies(model, entered).studies if row.feasible}


def study_shares(
    model: CompiledModel,
    entered: EnteredEvidence,
    *,
    draws: int = STUDY_DRAWS,
    seed: int = 0,
    quantity: Quantity = bits,
    advance: Advance = ignored,
) -> dict[str, float]:
    """The share of draws in which each study comes first; every study is ranked on the same draws.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        draws: how many versions of the numbers.
        seed: of the draws.
        quantity: what the studies of one version are ranked by, larger is better; bits by default.
        advance: told how many versions were done since it was last called.

    Returns:
        Share by study, for every study that is best at least once, most often first. Draws without a feasible study
        count for none.

    Raises:
        EvidenceError: fewer than one draw; a network of another program.
        ImpossibleEvidence: when the findings cannot be true together.
    """
    names, values = study_draws(model, entered, draws=draws, seed=seed, quantity=quantity, advance=advance)
    return best_shares(names, values)


def study_draws(
    model: CompiledModel,
    entered: EnteredEvidence,
    *,
    draws: int = STUDY_DRAWS,
    seed: int = 0,
    quantity: Quantity = bits,
    advance: Advance = ignored,
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """What every study is ranked by in each draw; the draws are paired.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        draws: how many versions of the numbers.
        seed: of the draws.
        quantity: what the studies of one version are ranked by, larger is better; bits by default.
        advance: told how many versions were done since it was last called.

    Returns:
        Names of the studies that are feasible in some draw, and their values, minus infinity where a study is not
        feasible, (draws, studies).

    Raises:
        EvidenceError: fewer than one draw; a network of another program.
        ImpossibleEvidence: when the findings cannot be true together.
    """
    found = []
    values = draw_numbers(model.network, model.network.variables, draws, seed)
    for drawn, read in drawn_models(model, entered, values):
        found.append(quantity(drawn, read))
        advance(1)
    names = tuple(dict.fromkeys(name for each in found for name in each))
    table = [[each.get(name, -np.inf) for name in names] for each in found]
    return names, np.array(table, dtype=np.float64).reshape(len(found), len(names))


def best_shares(names: Sequence[str], values: NDArray[np.float64]) -> dict[str, float]:
    """The share of draws in which each study is best, most often first; draws without a study count for none.

    Args:
        names: of the studies.
        values: in each draw, minus infinity where a study is not feasible, (draws, studies).
    """
    if not names:
        return {}
    some = np.isfinite(values).any(axis=1)
    wins = np.bincount(values[some].argmax(axis=1), minlength=len(names)) / len(values)
    return {names[number]: float(wins[number]) for number in np.argsort(-wins, kind="stable") if wins[number] > 0}
