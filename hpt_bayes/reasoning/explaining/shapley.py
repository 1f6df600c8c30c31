"""Shapley shares: what each finding contributes to a sum, averaged over all orders in which findings could arrive.

share_i = sum over subsets S without i of |S|! (n - |S| - 1)! / n! [v(S + i) - v(S)] (Shapley 1953); the shares add up
to v(all) - v(nothing). Subsets are numbered by bits, the first finding having the highest.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = Callable[[NDArray[np.bool_]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares of n findings.

    Attributes:
        share: (n,), adding up to v(all) - v(nothing).
        error: standard error of each share, (n,); zero when every order was counted.
        lowest: smallest contribution over the orders counted, (n,).
        highest: largest contribution, (n,).
        orders: number of orders drawn; None when all were counted.
    """

    share: NDArray[np.float64]
    error: NDArray[np.float64]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]
    orders: int | None = None


def exact_shares(values: NDArray[np.float64]) -> Shares:
    """Shares over all orders.

    Args:
        values: v of every subset, (2^n,), finite.

    Returns:
        The shares, without error.

    Source:
        Shapley 1953, A value for n-person games.
    """
    n = len(values).bit_length() - 1
    size = np.array([int(number).bit_count() for number in range(len(values) // 2)])
    weight = np.array([1.0 / (n * math.comb(n - 1, k)) for k in range(n)])[size] if n else np.ones(1)
    share, lowest, highest = np.zeros(n), np.zeros(n), np.zeros(n)
    for position in range(n):
        halves = values.reshape(1 << position, 2, -1)
        gain = (halves[:, 1] - halves[:, 0]).reshape(-1)
        share[position] = weight @ gain
        lowest[position], highest[position] = gain.min(), gain.max()
    return Shares(share, np.zeros(n), lowest, highest)


def sampled_shares(values: Values, n: int, orders: int, seed: int) -> Shares:
    """Shares over orders drawn at random, each together with its reverse.

    Args:
        values: v of some subsets given as (rows, n) of counted-in flags, -> (rows,).
        n: number of findings, two or more.
        orders: number of orders to draw, an even number of four or more.
        seed: of the draw.

    Returns:
        The shares with their standard errors over the pairs of orders; the range is over the orders drawn.

    Source:
        Castro, Gomez & Tejada 2009, Polynomial calculation of the Shapley value based on sampling; antithetic pairs
        as Mitchell et al. 2022, Sampling permutations for Shapley value estimation.
    """
    draws = np.random.default_rng(seed)
    half = np.array([draws.permutation(n) for _ in range(orders // 2)])
    drawn = np.concatenate([half, half[:, ::-1]])
    place = np.argsort(drawn, axis=1)
    # Row k of an order holds the k findings that came first.
    rows = place[:, None, :] < np.arange(n + 1)[None, :, None]
    flat, back = np.unique(rows.reshape(-1, n), axis=0, return_inverse=True)
    steps = np.diff(values(flat)[back.reshape(-1)].reshape(len(drawn), n + 1), axis=1)
    gains = np.take_along_axis(steps, place, axis=1)
    pairs = (gains[: len(half)] + gains[len(half) :]) / 2.0
    error = pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))
    return Shares(pairs.mean(axis=0), error, gains.min(axis=0), gains.max(axis=0), len(drawn))
