"""Draws of the numbers as written: each published row once, however many cells it fills.

Proportions are Beta or Dirichlet with their effective sample size; multipliers are log-normal; lambda^2 and the share
at the exact place are logit-normal; loadings are normal; ordinal and interval rows move by one common shift N(0, 1/ess)
and one log-scale factor N(0, 1/(2 ess)) on the probit of the cumulative row. A number with a 90 % range only takes the
spread of that range. A share of 0 or 1 stays.

Rows that cite the same source and quantity (same evidence, formula and reason; the same figures too unless a formula
derives them from one quantity) share their draw: equal rows are drawn equal, different ones at the same quantile. Every
row has its own stream of random numbers, so a draw does not depend on which other numbers are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from weakref import WeakKeyDictionary
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.evidence.number import checked_whole
from hpt_bayes.network.network import Network
from hpt_bayes.network.probit import beta_quantile, cumulative_probits, masses
from hpt_bayes.network.provenance import Number
from hpt_bayes.reasoning.basis import numbers_of
from hpt_bayes.reasoning.varying.drawn_tables import require_written

LEVELS = (0.05, 0.95)
"""Ends of the 90 % interval over draws."""

Array = NDArray[np.float64]

NORMAL_90 = 1.6448536269514722
"""Quantile of the standard normal at 0.95: half the width of a 90 % range."""
MOST = 100_000
"""Draws of one question: the numbers of a case take 20 kB in each."""
_LEAST = 1e-12

_SHARED: WeakKeyDictionary[Network, dict[str, set[tuple[float, ...]]]] = WeakKeyDictionary()


def draw_numbers(network: Network, names: Iterable[str], draws: int, seed: int) -> dict[str, Array]:
    """Draw the numbers of some variables.

    Args:
        network: as loaded.
        names: variables; those without numbers of their own are left out.
        draws: D, how many versions.
        seed: the same seed gives the same draws, whatever other variables are asked for.

    Returns:
        By variable (D, n), in the order of `numbers_of`; for `tables_with`.

    Raises:
        EvidenceError: fewer than one draw or more than `MOST`, or a seed below 0; a network of another program.
    """
    checked_whole("seed", seed, 0)
    checked_whole("draws", draws, 1, MOST)
    require_written(network)
    found = {}
    for name in names:
        numbers = numbers_of(network, name)
        if numbers:
            found[name] = np.concatenate([_drawn(network, name, row, draws, seed) for row in rows_of(numbers)], axis=1)
    return found


def rows_of(numbers: Sequence[Number]) -> list[list[Number]]:
    """The numbers of a table by published row, in order."""
    return [list(group) for _, group in groupby(numbers, key=lambda number: number.row)]


def share_key(variable: str, row: Sequence[Number]) -> str:
    """What rows with one draw have in common: their source and quantity; a row that cites nothing stands alone."""
    first = row[0]
    known = first.provenance
    if not known.evidence:
        return f"{variable}:{first.path}"
    said: list[object] = [first.family, known.basis, known.evidence, known.formula, known.why]
    if known.formula is None or first.family == "dirichlet":
        said += [[number.value for number in row], first.ess, first.range]
    return repr(said)


def _shared(network: Network) -> dict[str, set[tuple[float, ...]]]:
    """The different figures that each key stands for."""
    if network not in _SHARED:
        keys: dict[str, set[tuple[float, ...]]] = {}
        for name in network.variables:
            for row in rows_of(numbers_of(network, name)):
                keys.setdefault(share_key(name, row), set()).add((row[0].value, row[0].ess or 0.0))
        _SHARED[network] = keys
    return _SHARED[network]


def _drawn(network: Network, variable: str, row: Sequence[Number], draws: int, seed: int) -> Array:
    """One row, (D, numbers of the row)."""
    key = share_key(variable, row)
    rng = np.random.default_rng([seed, crc32(key.encode())])
    values, first = np.array([number.value for number in row]), row[0]
    if first.family == "dirichlet":
        return _dirichlet(values, _size(first), draws, rng)
    if first.family == "ordinal":
        return _ordinal(network.variables[variable].states, row, rng.standard_normal((2, draws)))
    if first.family == "beta":
        if not 0.0 < first.value < 1.0:
            return np.full((draws, 1), first.value)
        a, b = _size(first) * first.value, _size(first) * (1.0 - first.value)
        common = len(_shared(network)[key]) > 1
        share = beta_quantile(a, b, rng.random(draws)) if common else rng.beta(a, b, draws)
        return np.asarray(np.clip(share, _LEAST, 1.0 - _LEAST))[:, None]
    z = rng.standard_normal(draws)[:, None]
    if first.family == "log_normal":
        return np.asarray(values * np.exp(_log_spread(first) * z))
    if first.family == "normal":
        return np.asarray(values + _spread(first.range, first.ess) * z)
    return _logit_normal(first, z)


def _dirichlet(values: Array, size: float, draws: int, rng: np.random.Generator) -> Array:
    live = values > 0.0
    drawn = np.zeros((draws, len(values)))
    gamma = np.maximum(rng.standard_gamma(size * values[live] / values.sum(), (draws, int(live.sum()))), 1e-300)
    drawn[:, live] = np.maximum(gamma / gamma.sum(axis=1, keepdims=True), _LEAST)
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))


def _ordinal(states: Sequence[str], row: Sequence[Number], z: Array) -> Array:
    """A row of bins in the order of its numbers; bins that are named may stand in any order and leave one out."""
    names = [number.path.rpartition(".p.")[2] for number in row]
    by_name = not all(name.isdigit() for name in names) or set(names) <= set(states)
    at = [states.index(name) if by_name else position for position, name in enumerate(names)]
    shares = np.zeros(len(states) if by_name else len(row))
    shares[at] = [number.value for number in row]
    if by_name:
        missing = [position for position in range(len(states)) if position not in at]
        shares[missing] = max(1.0 - shares.sum(), 0.0) / max(len(missing), 1)
    size = _size(row[0])
    shift, scale = z[0] / np.sqrt(size), np.exp(z[1] / np.sqrt(2.0 * size))
    probits = cumulative_probits(shares / shares.sum())
    moved = masses(probits * scale[:, None] + shift[:, None])
    moved = np.where(shares > 0.0, np.maximum(moved, _LEAST), 0.0)
    return np.asarray((moved / moved.sum(axis=1, keepdims=True))[:, at])


def _logit_normal(number: Number, z: Array) -> Array:
    if not 0.0 < number.value < 1.0:
        return np.full(z.shape, number.value)
    if number.range is not None:
        low, high = (_logit(min(max(end, 1e-3), 1.0 - 1e-3)) for end in number.range)
        spread = (high - low) / (2.0 * NORMAL_90)
    else:
        spread = 1.0 / np.sqrt(_size(number) * number.value * (1.0 - number.value))
    return np.asarray(1.0 / (1.0 + np.exp(-(_logit(number.value) + spread * z))))


def _logit(share: float) -> float:
    return float(np.log(share / (1.0 - share)))


def _spread(limits: tuple[float, float] | None, ess: float | None) -> float:
    """Standard deviation of a number on its own scale."""
    return (limits[1] - limits[0]) / (2.0 * NORMAL_90) if limits is not None else 1.0 / float(np.sqrt(ess or np.inf))


def _log_spread(number: Number) -> float:
    """Standard deviation of the logarithm of a multiplier; all those of a modifier have one."""
    if number.range is None:
        return _spread(None, number.ess)
    low, high = number.range
    if low <= 0.0:
        low = number.value**2 / high if high > 0.0 else 0.0
    return float(np.log(high / low)) / (2.0 * NORMAL_90) if low > 0.0 else 0.0


def _size(number: Number) -> float:
    """Effective sample size; that of a number with a range only has the spread of the range."""
    if number.ess is not None:
        return number.ess
    spread = _spread(number.range, None)
    if spread <= 0.0 or not 0.0 < number.value < 1.0:
        return 1e6
    return max(number.value * (1.0 - number.value) / spread**2 - 1.0, 1.0)
