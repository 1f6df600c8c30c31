"""Impossible evidence is refused, with a smallest subset of findings that cannot be true together."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

import numpy as np

from hpt_bayes.engine import Calibrated, possible
from hpt_bayes.errors import ImpossibleEvidence
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.variables import SETTING
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence, too_improbable

_LARGEST_SEARCHED = 3


def require_possible(model: CompiledModel, entered: EnteredEvidence, calibrated: Calibrated) -> None:
    """Refuse evidence of probability zero.

    Zero is decided on the boolean support of the whole evidence set, whatever is asked, so that a long product
    of small numbers is never mistaken for a contradiction.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        calibrated: its propagation.

    Raises:
        ImpossibleEvidence: naming a smallest contradictory subset.
        EvidenceError: the findings are possible, but their probability is below the smallest number.
    """
    if np.isfinite(calibrated.log_evidence[0]):
        return
    if possible(model.engine, engine_evidence(model, entered))[0]:
        raise too_improbable(entered)
    subset, minimum = contradictory_subset(model, entered)
    raise ImpossibleEvidence([entered.describe(name) for name in subset], minimum, " or ".join(entered.settings))


def contradictory_subset(model: CompiledModel, entered: EnteredEvidence) -> tuple[tuple[str, ...], bool]:
    """A smallest set of findings without a common explanation in the setting of the case.

    An irreducible set is found by leaving findings out one at a time; smaller sets are then searched by size up
    to three, so the answer is a minimum when it has at most four findings.

    Args:
        model: the compiled network.
        entered: evidence of probability zero.

    Returns:
        The names of the findings, and whether no smaller contradictory set exists.
    """
    names = tuple(name for name in entered.findings if name != SETTING)
    kept = list(names)
    for name in names:
        smaller = [other for other in kept if other != name]
        if not _supported(model, entered, smaller):
            kept = smaller
    for size in range(1, min(len(kept), _LARGEST_SEARCHED + 1)):
        for subset in combinations(names, size):
            if not _supported(model, entered, subset):
                return subset, True
    return tuple(kept), len(kept) <= _LARGEST_SEARCHED + 1


def _supported(model: CompiledModel, entered: EnteredEvidence, names: Collection[str]) -> bool:
    return bool(possible(model.engine, engine_evidence(model, entered, {SETTING, *names}))[0])
