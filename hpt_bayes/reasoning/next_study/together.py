"""Several studies one after the other: what is left of each, results drawn for all, and entries after a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated, drawn_states
from hpt_bayes.evidence.entered import ScopeFactor
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.lookahead.openings import shown_after


def one_after_the_other(looks: Sequence[Look]) -> tuple[Look, ...]:
    """Looks without the findings that an earlier one reveals; those that reveal nothing more are left out."""
    known: list[str] = []
    found = []
    for look in looks:
        left = look.without(known)
        if left is not None:
            found.append(left)
            known += look.reveals
    return tuple(found)


def drawn_results(
    model: CompiledModel, calibrated: Calibrated, looks: Sequence[Look], draws: int, seed: int
) -> NDArray[np.int64]:
    """Joint results drawn from P(x | e): the hidden state of a patient, then what each study shows of it.

    Args:
        model: the compiled network.
        calibrated: the propagation of the case.
        looks: without a finding in common.
        draws: how many.
        seed: of the draws.

    Returns:
        Number of the result of each look, (draws, looks).
    """
    random = np.random.default_rng(seed)
    names = tuple(dict.fromkeys(name for look in looks for name in look.parents))
    states = dict(zip(names, drawn_states(calibrated, draws, random, model.axes(names)).T, strict=True))
    found = np.zeros((draws, len(looks)), dtype=np.int64)
    for column, look in enumerate(looks):
        shown = []
        for finding in look.findings:
            chance = np.broadcast_to(
                finding.table[tuple(states[name] for name in finding.parents)], (draws, len(finding.results))
            )
            edges = np.cumsum(chance, axis=1)
            shown.append((random.random(draws)[:, None] * edges[:, -1:] >= edges).sum(axis=1))
        found[:, column] = np.ravel_multi_index(shown, look.shape)
    return found


def entered_after(model: CompiledModel, entered: EnteredEvidence, look: Look, result: int) -> EnteredEvidence:
    """The entries with a result of a look: as evidence, and as conditions on entries read it.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        look: that gave the result.
        result: its number.
    """
    shown = shown_after(model, entered, look, result)
    at = np.unravel_index(result, look.shape)
    factors = []
    for finding, name, state in zip(look.findings, look.reveals, at, strict=True):
        full = np.zeros(tuple(model.network.variables[parent].size for parent in finding.parents))
        full[np.ix_(*(model.kept[parent] for parent in finding.parents))] = finding.table[..., int(state)]
        factors.append(ScopeFactor(finding.parents, full, name, finding.results[int(state)]))
    return replace(shown, factors=(*shown.factors, *factors))
