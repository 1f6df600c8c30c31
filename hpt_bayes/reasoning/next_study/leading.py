"""What leads after a result: the largest diagnosis and the most probable place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.next_study.question import Question
from hpt_bayes.reasoning.studies.information import summed


@dataclass(frozen=True)
class Leading:
    """What leads.

    Attributes:
        diagnosis: largest diagnosis, or None without diagnoses.
        diagnosis_probability: P(diagnosis | e, result), or None.
        site: most probable place, or None without a place.
        site_probability: P(place | e, result), or None.
    """

    diagnosis: str | None
    diagnosis_probability: float | None
    site: str | None
    site_probability: float | None


NOTHING = Leading(None, None, None, None)


def leading(model: CompiledModel, asked: Question, joint: NDArray[np.float64]) -> tuple[Leading, ...]:
    """What leads after each result.

    Args:
        model: the compiled network.
        asked: what each group of target configurations means.
        joint: P(group, result | e), (groups, results).

    Returns:
        One for each result; nothing leads after a result of probability zero.
    """
    targets = model.targets
    chance = joint.sum(axis=0)
    diagnoses = asked.indicators.T.astype(float) @ joint
    sites: NDArray[np.float64] | None = None
    places: tuple[str, ...] = ()
    if asked.site is not None and targets.site is not None:
        places = model.core.variables[targets.site].states
        sites = summed(joint, asked.site, len(places))
    found = []
    for x, p in enumerate(chance.tolist()):
        if p <= 0:
            found.append(NOTHING)
            continue
        name = place = None
        name_p = place_p = None
        if diagnoses.shape[0]:
            first = int(np.argmax(np.where(targets.leaders, diagnoses[:, x], -1.0)))
            name, name_p = targets.diagnosis_names[first], float(diagnoses[first, x] / p)
        if sites is not None:
            best = int(np.argmax(sites[:, x]))
            place, place_p = places[best], float(sites[best, x] / p)
        found.append(Leading(name, name_p, place, place_p))
    return tuple(found)
