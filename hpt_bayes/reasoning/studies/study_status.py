"""Whether a study can be done now, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.cautions import held_back
from hpt_bayes.reasoning.shown import entered_states, shows

Status = Literal["available", "premature", "done", "excluded"]


@dataclass(frozen=True)
class StudyStatus:
    """Whether a study can be done now.

    Attributes:
        status: available, premature (imaging does not make the diagnosis), done, or excluded.
        reasons: why not, or what to mind; sentences.
    """

    status: Status
    reasons: tuple[str, ...]

    @property
    def feasible(self) -> bool:
        """Whether the study can be ordered now."""
        return self.status == "available"


def study_status(network: Network, entered: EnteredEvidence, study: Study, premature: str | None) -> StudyStatus:
    """The status of one study in one case.

    Args:
        network: as loaded.
        entered: interpreted evidence.
        study: one of the network's studies.
        premature: why localisation would come too early, or None when it would not.

    Returns:
        Status and reasons.
    """
    cautions = []
    if study.name in entered.unavailable:
        return StudyStatus("excluded", ("not available at this centre",))
    for rule in study.constraints:
        applies = rule.when in entered.constraints if rule.event is None else shows(network, entered, rule.event)
        if applies and rule.grade == "excluded":
            return StudyStatus("excluded", (rule.reason,))
        if applies:
            cautions.append(f"caution: {rule.reason}")
    if all(was_entered(network, entered, finding) for finding in study.reveals):
        return StudyStatus("done", ("already entered; enter a repeat as a further reading",))
    if study.needs is not None and not shows(network, entered, study.needs):
        return StudyStatus("excluded", (f"offered only when {study.needs_text or study.needs}",))
    if study.kind == "localisation" and premature is not None:
        return StudyStatus("premature", (premature, *cautions))
    return StudyStatus("available", tuple(cautions))


def was_entered(network: Network, entered: EnteredEvidence, finding: str) -> bool:
    """Whether any reading of a finding was entered."""
    return finding in entered.findings or bool(entered_states(network, entered, finding))


def why_premature(network: Network, entered: EnteredEvidence, gate: Mapping[str, float]) -> str | None:
    """Why localisation studies would come too early, or None.

    Args:
        network: as loaded.
        entered: interpreted evidence.
        gate: P(gate row | e), in the order of the model file.

    Returns:
        One sentence, or None when gland disease leads clearly and no pitfall holds localisation back.
    """
    held = held_back(network, entered)
    if held is not None:
        return f"imaging does not make the diagnosis: {held}"
    if network.gate_clear is None or not gate:
        return None
    first, *others = gate
    if gate[first] >= network.gate_clear:
        return None
    label = {row.name: row.label for row in network.gate}
    rival = max(others, key=lambda name: gate[name])
    return f"imaging does not make the diagnosis: first settle '{label[first]}' against '{label[rival]}'"
