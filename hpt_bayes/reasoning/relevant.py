"""Which variables' numbers can change the answer of a case; the others are barren."""

from __future__ import annotations

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, observed_variables


def needed(model: CompiledModel, entered: EnteredEvidence) -> tuple[str, ...]:
    """Variables whose tables the diagnoses and the place of a case are computed from.

    Args:
        model: the compiled network.
        entered: interpreted evidence.

    Returns:
        Names in network order: what evidence speaks of, the causes and the place, and everything above.
    """
    found = {*entered.hard, *(item.variable for item in entered.likelihoods), *model.targets.variables}
    found |= {name for item in entered.factors for name in item.scope}
    return _with_ancestors(model, found)


def relevant(model: CompiledModel, entered: EnteredEvidence) -> tuple[str, ...]:
    """Variables whose numbers bear on the diagnoses and the place of a case.

    Args:
        model: the compiled network.
        entered: interpreted evidence.

    Returns:
        Names in network order: those of `needed`, the findings that a message was computed for, the findings of the
        case definition (rows written given a confirmed case hang on them), and everything above.
    """
    network = model.network
    found = {*needed(model, entered)}
    found |= {name for name in observed_variables(entered) if name in network.variables}
    if network.case_definition is not None and network.published:
        found |= set(network.case_definition.enters)
    return _with_ancestors(model, found)


def _with_ancestors(model: CompiledModel, found: set[str]) -> tuple[str, ...]:
    network = model.network
    for name in reversed(tuple(network.variables)):
        if name in found:
            found.update(network.variables[name].parents)
    return tuple(name for name in network.variables if name in found)
