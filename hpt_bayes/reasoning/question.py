"""What a study should tell about: the target configurations that are still possible, and how they are grouped."""

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
    """A target and its configurations of positive posterior probability.

    Attributes:
        names: the target variables.
        kept: positions of the kept configurations in the flattened joint, (n,).
        states: state of each target variable in each kept configuration, (n, variables).
        groups: for each thing the bits may be about, the number of each kept configuration's group, (n,).
        ranked_by: the key of `groups` the ranking uses.
        indicators: which diagnoses each kept configuration makes true, (n, diagnoses); no columns without diagnoses.
        site: state of the place in each kept configuration, (n,); None without a place.
    """

    names: tuple[str, ...]
    kept: NDArray[np.int64]
    states: NDArray[np.int64]
    groups: Mapping[str, NDArray[np.int64]]
    ranked_by: str
    indicators: NDArray[np.bool_]
    site: NDArray[np.int64] | None


def question(model: CompiledModel, calibrated: Calibrated, target: str | None) -> Question:
    """The question a ranking answers.

    Args:
        model: the compiled network.
        calibrated: a batch of one.
        target: a variable, or None for cause and place.

    Returns:
        The question.

    Raises:
        EvidenceError: for an unknown variable, or None where the network declares no diagnoses.
    """
    variables = model.core.variables
    if target is not None and target not in variables:
        raise EvidenceError(f"unknown variable {target!r} as target; {hint(target, variables)}")
    if target is None and not model.targets.causes:
        raise EvidenceError(f"{model.network.id} declares no diagnoses, so name what to learn about: target=VARIABLE")
    names = (target,) if target is not None else model.targets.variables
    joint = calibrated.joint(model.axes(names))[0]
    kept = np.flatnonzero(joint.reshape(-1) > 0)
    states = np.stack(np.unravel_index(kept, joint.shape), axis=1)
    if target is not None:
        return Question(names, kept, states, {target: states[:, 0]}, target, np.zeros((len(kept), 0), dtype=bool), None)
    causes = len(model.targets.causes)
    cause = np.ravel_multi_index(tuple(states[:, :causes].T), joint.shape[:causes])
    etiology = model.targets.etiology[cause]
    groups = {"etiology": etiology}
    site = states[:, causes] if model.targets.site else None
    if site is not None:
        groups |= {"site": site, BOTH: etiology * joint.shape[causes] + site}
    groups = {name: np.unique(group, return_inverse=True)[1].reshape(-1) for name, group in groups.items()}
    ranked_by = BOTH if site is not None else "etiology"
    return Question(names, kept, states, groups, ranked_by, model.targets.indicators.T[cause], site)
