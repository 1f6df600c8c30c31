"""What a study should tell about: the target configurations that are still possible, in the groups that matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.nearest import hint
from hpt_bayes.reasoning.compiled import CompiledModel

BOTH = "both"


@dataclass(frozen=True)
class Question:
    """A target, its configurations of positive posterior probability, and the groups of those that count as one.

    Attributes:
        names: the target variables.
        groups: number of the group of each configuration, the last variable varying fastest, -1 for one that is
            impossible, (configurations,).
        fixed: target variables whose state the group tells.
        states: state of each fixed variable in each group, (groups, fixed variables).
        parts: for each thing the bits may be about, the number of the part each group belongs to, (groups,).
        ranked_by: the key of `parts` the ranking uses.
        indicators: which diagnoses each group makes true, (groups, diagnoses); no columns without diagnoses.
        site: state of the place in each group, (groups,); None without a place.
        state: state of the decision in each group, (groups,); None without actions, or with a target of its own.
    """

    names: tuple[str, ...]
    groups: NDArray[np.int64]
    fixed: tuple[str, ...]
    states: NDArray[np.int64]
    parts: Mapping[str, NDArray[np.int64]]
    ranked_by: str
    indicators: NDArray[np.bool_]
    site: NDArray[np.int64] | None
    state: NDArray[np.int64] | None = None


def question(
    model: CompiledModel, calibrated: Calibrated, target: str | None, states: NDArray[np.int64] | None = None
) -> Question:
    """The question a ranking answers.

    Args:
        model: the compiled network.
        calibrated: a batch of one.
        target: a variable, or None for cause and place.
        states: state of a decision in each configuration of the targets, kept apart when given, (configurations,).

    Returns:
        The question.

    Raises:
        EvidenceError: for an unknown variable, or None where the network declares no diagnoses.
    """
    variables = model.core.variables
    if target is not None and (not isinstance(target, str) or target not in variables):
        raise EvidenceError(f"unknown variable {target!r} as target; {hint(target, variables)}")
    if target is None and not model.targets.causes:
        raise EvidenceError(f"{model.network.id} declares no diagnoses, so name what to learn about: target=VARIABLE")
    if target is not None:
        return _about_variable(model, calibrated, target)
    return _about_cause(model, calibrated, states)


def _about_variable(model: CompiledModel, calibrated: Calibrated, target: str) -> Question:
    """Each state of one variable is a group."""
    possible = calibrated.marginal(model.axis[target])[0] > 0
    states, groups = _numbered(np.arange(len(possible)), possible)
    nothing = np.zeros((len(states), 0), dtype=bool)
    return Question((target,), groups, (target,), states[:, None], {target: states}, target, nothing, None)


def _about_cause(model: CompiledModel, calibrated: Calibrated, states: NDArray[np.int64] | None) -> Question:
    """The causes with the same diagnoses are one etiology; each etiology at each place, and state, is a group."""
    targets = model.targets
    possible = calibrated.joint(model.axes(targets.variables))[0].reshape(-1) > 0
    places = len(model.core.variables[targets.site].states) if targets.site else 1
    pairs = (targets.etiology[:, None] * places + np.arange(places)).reshape(-1)
    count = 1 if states is None else int(states.max()) + 1
    found, groups = _numbered(pairs if states is None else pairs * count + states, possible)
    state = None if states is None else found % count
    pair, both = np.unique(found // count, return_inverse=True)
    etiology, site = pair[both] // places, pair[both] % places
    indicators = targets.vectors[etiology]
    if not targets.site:
        nowhere = np.zeros((len(found), 0), dtype=np.int64)
        parts = {"etiology": etiology}
        return Question(targets.variables, groups, (), nowhere, parts, "etiology", indicators, None, state)
    parts = {"etiology": etiology, "site": site, BOTH: both.reshape(-1)}
    return Question(targets.variables, groups, (targets.site,), site[:, None], parts, BOTH, indicators, site, state)


def _numbered(labels: NDArray[np.int64], possible: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The labels of possible configurations, each once, and the position of each configuration's label, or -1."""
    found, places = np.unique(labels[possible], return_inverse=True)
    groups = np.full(len(labels), -1, dtype=np.int64)
    groups[possible] = places.reshape(-1)
    return found, groups
