"""What was not entered is averaged over; this finds the unentered fact that could move the answer most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpt_bayes.engine import Calibrated
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import CompiledModel, observed_variables

# A state less probable than this is not offered as "what if it were so": it would always look decisive.
_LEAST_STATE = 0.02
# A fact that moves the leading diagnosis by less than this is not worth naming.
_LEAST_REACH = 0.005


@dataclass(frozen=True)
class Assumption:
    """Something not entered that the answer averages over.

    Attributes:
        variable: its name.
        label: its name for people.
        state: the state that would move the leading diagnosis furthest.
        diagnosis: the leading diagnosis.
        probability: P(diagnosis | e, that state).
    """

    variable: str
    label: str
    state: str
    diagnosis: str
    probability: float


def background(network: Network) -> tuple[str, ...]:
    """Names of the variables that describe the patient, not the disease: context, and levels that hang on it alone."""
    found = []
    for name, variable in network.variables.items():
        above = (network.variables[parent].role for parent in network.ancestors(name))
        if variable.role == "context" or (variable.role == "level" and all(role == "context" for role in above)):
            found.append(name)
    return tuple(found)


def most_influential(model: CompiledModel, entered: EnteredEvidence, calibrated: Calibrated) -> Assumption | None:
    """The unentered background fact that could move the leading diagnosis most.

    Args:
        model: the compiled network.
        entered: possible evidence.
        calibrated: its propagation.

    Returns:
        The fact, with P(diagnosis | e, fact) at its most telling state that is not very improbable; None when
        everything is entered, nothing would move it, or the network has no diagnoses.
    """
    targets = model.targets
    observed = observed_variables(entered)
    names = tuple(name for name in background(model.network) if name not in observed)
    if not targets.causes or not names:
        return None
    joint = calibrated.joint(model.axes(targets.causes))[0].reshape(-1)
    rows = np.where(targets.leaders, targets.indicators.astype(float) @ joint, -1.0)
    leading = int(np.argmax(rows))
    indicator = targets.indicators[leading].astype(float)
    best: tuple[float, Assumption] | None = None
    asked = tuple(name for name in names if name not in targets.causes)
    tables = calibrated.joints_with(model.axes(targets.causes), [(model.axis[name],) for name in asked])
    for name, table in zip(asked, tables, strict=True):
        variable = model.core.variables[name]
        with_state = table[0].reshape(len(joint), variable.size)
        states = with_state.sum(axis=0)
        for position, probability in enumerate(states):
            if probability < _LEAST_STATE:
                continue
            given = float(indicator @ with_state[:, position] / probability)
            reach = abs(given - float(rows[leading]))
            if reach > (_LEAST_REACH if best is None else best[0]):
                diagnosis = targets.diagnosis_names[leading]
                best = reach, Assumption(name, variable.label, variable.states[position], diagnosis, given)
    return None if best is None else best[1]
