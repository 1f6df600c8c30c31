"""Rows that were published for single readings, turned into rows of the usual level behind them.

A series reports one measurement a patient; the level is what repeated measurements scatter around, so its spread is
smaller. With B the probability that a reading of step k falls into published bin j, the masses m of the steps are
those for which sum_k m_k B_kj comes nearest (in Kullback-Leibler divergence) to the written shares, approached in a few
rounds from the curve through the written row. The rounds are few on purpose: the first ones take away the spread that
readings add, later ones would put holes into the level wherever a published row bends more sharply than readings can.

Source: Richardson 1972, J Opt Soc Am 62:55-59; Lucy 1974, Astron J 79:745-754 (the iteration); Vardi and Lee 1993,
J R Stat Soc B 55:569-612 (that it is maximum likelihood, keeps masses positive and always approaches the nearest).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hpt_bayes.network.measurement import Kernel

Array = NDArray[np.float64]

ROUNDS = 5
_LEAST = 1e-12


def bins_of_readings(kernel: Kernel, edges: ArrayLike, log: bool) -> Array:
    """P(reading in a published bin | step of the level).

    Args:
        kernel: of the analyte over the steps.
        edges: between the bins, rising, in the level's unit.
        log: whether the kernel is on logarithms.

    Returns:
        shape (steps, bins); rows sum to one.
    """
    at = np.asarray(edges, dtype=float)
    ends = np.concatenate([[-np.inf], np.log(at) if log else at, [np.inf]])
    bins = kernel.between(ends[:-1], ends[1:]).T
    return np.asarray(bins / bins.sum(axis=1, keepdims=True))


def usual_masses(shares: Array, start: Array, bins: Array) -> Array:
    """Masses of the level's steps whose single readings return published shares.

    Args:
        shares: of the bins as written, positive, summing to one, shape (..., bins).
        start: masses of the steps if the row were one of usual levels, shape (..., steps).
        bins: of readings, see `bins_of_readings`, shape (steps, bins).

    Returns:
        masses, shape (..., steps). Readings return the cumulative shares to about 0.005, 0.05 at
        worst where a row ends at a cut.
    """
    masses = np.maximum(start, _LEAST)
    for _ in range(ROUNDS):
        masses = np.maximum(masses * ((shares / (masses @ bins)) @ bins.T), _LEAST)
    return np.asarray(masses / masses.sum(axis=-1, keepdims=True))
