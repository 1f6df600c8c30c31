"""Findings given what is known with certainty: only unknown variables stay parents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.lookahead.separation import Hidden
from hpt_bayes.reasoning.studies.information import ResultModel


def narrowed(
    model: CompiledModel, entered: EnteredEvidence, hidden: Hidden, findings: Sequence[ResultModel]
) -> tuple[ResultModel, ...]:
    """The findings with their tables taken at the known states.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        hidden: what is unknown.
        findings: of one study.

    Returns:
        The same findings with unknown parents only.
    """
    found = []
    for each in findings:
        at = tuple(_state(model, entered, p) if p in hidden.known else slice(None) for p in each.parents)
        found.append(ResultModel(hidden.free(each.parents), each.results, each.table[at]))
    return tuple(found)


def _state(model: CompiledModel, entered: EnteredEvidence, name: str) -> int:
    """Position in the core of the state of a variable that is known with certainty."""
    if name not in entered.hard:
        return 0
    return int(np.searchsorted(model.kept[name], entered.hard[name]))
