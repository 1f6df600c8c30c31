"""What may be decided after a result: it can change the indication, the operative risk or what is contraindicated.

Studies are valued with those as they stand, because gains in utility can only be compared on one scale; which action is
the best after a result is told by those it brings.
"""

from __future__ import annotations

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.network.remembered import remembered
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.deciding.utility import DecisionProblem, decision_problem
from hpt_bayes.reasoning.lookahead.looks import Look
from hpt_bayes.reasoning.next_study.together import entered_after


def decided_after(
    model: CompiledModel, entered: EnteredEvidence, problem: DecisionProblem, look: Look, result: int
) -> tuple[EnteredEvidence, DecisionProblem]:
    """The entries and the decision problem once a study has shown something.

    Args:
        model: the compiled network.
        entered: what is known before.
        problem: of these entries.
        look: the study.
        result: its number.

    Returns:
        Both as they were where nothing that decides on actions is told by the study.
    """
    if _deciding(model.network).isdisjoint(look.reveals):
        return entered, problem
    after = entered_after(model, entered, look, result)
    return after, decision_problem(model, after) or problem


@remembered
def _deciding(network: Network) -> frozenset[str]:
    """The findings that conditions of indications, risks and contraindications read."""
    management = network.management
    if management is None:
        return frozenset()
    events = [each.when for each in management.indications]
    events += [each.when for each in management.risks if each.when is not None]
    events += [each.when for action in management.actions for each in action.contraindications]
    read = {name for event in events for name in event.variables}
    read |= {twin for name in read for twin in network.twins_of(name)}
    return frozenset(
        name
        for name, variable in network.variables.items()
        if name in read or (variable.role == "measurement" and not read.isdisjoint(variable.parents[:1]))
    )
