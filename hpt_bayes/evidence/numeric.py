"""A measured number as likelihood over the level it reads, and over what may have corrupted the reading."""

from __future__ import annotations

from functools import partial

import numpy as np

from hpt_bayes.evidence.entered import Collector
from hpt_bayes.evidence.measured import Measured
from hpt_bayes.network.measurement import reading_likelihood
from hpt_bayes.network.network import Network

SMALLEST = 1e-12
"""Smallest likelihood relative to the largest: numbers far apart are improbable together, never impossible."""


def enter_number(network: Network, reading: Measured, into: Collector) -> None:
    """Enter one number, bound or range of an analyte; several of one level multiply.

    Args:
        network: what is believed.
        reading: in the analyte's unit.
        into: receives the evidence, under the name of the analyte.

    Raises:
        EvidenceError: a limit that is needed is missing.
    """
    analyte = network.analytes[reading.analyte]
    parents = network.variables[reading.analyte].parents
    level = network.variables[parents[0]]
    corrupting = network.variables[parents[1]] if len(parents) > 1 else None
    likelihood = partial(reading_likelihood, level, analyte, upper_limit=reading.upper_limit, multiple=reading.multiple)
    array = likelihood(reading.value, lower=reading.lower, upper=reading.upper, corrupting=corrupting)
    sound = array
    if corrupting is not None and analyte.corrupted_by is not None:
        sound = np.delete(array, corrupting.states.index(analyte.corrupted_by.state), axis=-1)
    if not sound.any():
        figure = next(each for each in (reading.value, reading.upper, reading.lower) if each is not None)
        below = likelihood(upper=figure)
        step = level.size - 1 if below.min() > 0.5 else 0
        array = np.zeros_like(array)
        array[step] = 1.0
        said = f"{reading.text} lies beyond the steps of {level.name} and is read as {level.states[step]}"
        into.assume(reading.analyte, said)
    array = np.maximum(array, SMALLEST * array.max())
    into.factor(parents, array, reading.analyte, reading.text)
