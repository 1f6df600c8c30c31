"""What was not entered is averaged over; this finds the unentered fact that could move the answer most."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hpt_bayes.engine import Calibrated, propagate
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence, observed_variables

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
    roles = {name: variable.role for name, variable in network.variables.items()}

    def on_context_alone(name: str) -> bool:
        return all(roles[above] == "context" for above in network.ancestors(name))

    return tuple(
        name for name, role in roles.items() if role == "context" or (role == "level" and on_context_alone(name))
    )


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
    diagnosis, probability = targets.diagnosis_names[leading], float(rows[leading])
    causes = model.axes(targets.causes), targets.indicators[leading].reshape(model.cards(targets.causes)).astype(float)
    evidence = engine_evidence(model, entered)
    if_true = propagate(model.engine, replace(evidence, factors=(*evidence.factors, causes)))
    best: tuple[float, Assumption] | None = None
    for name in names:
        if name in targets.causes:
            continue
        variable, axis = model.core.variables[name], model.axis[name]
        states = calibrated.marginal(axis)[0]
        likely = states >= _LEAST_STATE
        # Bayes: P(diagnosis | e, state) = P(state | e, diagnosis) P(diagnosis | e) / P(state | e).
        given = if_true.marginal(axis)[0][likely] * probability / states[likely]
        for position, value in zip(np.flatnonzero(likely), given.tolist(), strict=True):
            reach = abs(value - probability)
            if reach > (_LEAST_REACH if best is None else best[0]):
                best = reach, Assumption(name, variable.label, variable.states[position], diagnosis, value)
    return None if best is None else best[1]
