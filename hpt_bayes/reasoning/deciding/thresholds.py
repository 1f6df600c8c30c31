"""At which probability of a cause or a place the best action would be another one, exactly.

Let q be the probability of a class, everything inside it and everything outside it keeping its proportions. The
expected utility of each action is then a straight line in q, so the best action changes where two lines cross.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_ROUNDING = 1e-13


@dataclass(frozen=True)
class Crossing:
    """Where the best action changes.

    Attributes:
        probability: of the class.
        action: the best one beyond it.
    """

    probability: float
    action: str

    def to_dict(self) -> dict[str, object]:
        """JSON-safe values."""
        return {"probability": self.probability, "action": self.action}


@dataclass(frozen=True)
class Threshold:
    """How far the probability of a class may move before another action is best.

    Attributes:
        of: class or region.
        kind: `cause` or `region`.
        probability: as it is now.
        below: the nearest change downwards, or None.
        above: the nearest change upwards, or None.
    """

    of: str
    kind: str
    probability: float
    below: Crossing | None
    above: Crossing | None

    def to_dict(self) -> dict[str, object]:
        """JSON-safe values."""
        return {
            "of": self.of,
            "kind": self.kind,
            "probability": self.probability,
            "below": None if self.below is None else self.below.to_dict(),
            "above": None if self.above is None else self.above.to_dict(),
        }


def threshold(
    of: str, kind: str, actions: tuple[str, ...], utilities: Array, posterior: Array, inside: NDArray[np.bool_]
) -> Threshold | None:
    """The nearest changes of the best action as the probability of one class moves.

    Args:
        of: name of the class.
        kind: `cause` or `region`.
        actions: names.
        utilities: (actions, states).
        posterior: P(state), (states,).
        inside: states of the class, (states,).

    Returns:
        The threshold; None when the class is impossible or certain, so that no proportions are known.
    """
    q = float(posterior[inside].sum())
    rest = float(posterior[~inside].sum())
    if q <= 0 or rest <= 0:
        return None
    with_it = utilities[:, inside] @ posterior[inside] / q
    without = utilities[:, ~inside] @ posterior[~inside] / rest
    now = q / (q + rest)
    best = int(np.argmax(now * with_it + (1 - now) * without))
    gains = with_it - with_it[best], without - without[best]  # of each action over the best one, at q = 1 and q = 0
    below = _nearest(actions, gains[0], gains[1], now, upwards=False)
    above = _nearest(actions, gains[0], gains[1], now, upwards=True)
    return Threshold(of, kind, now, below, above)


def _nearest(actions: tuple[str, ...], at_one: Array, at_zero: Array, now: float, *, upwards: bool) -> Crossing | None:
    """The first line that rises above the best one on the way from now to one or to zero."""
    beyond = at_one if upwards else at_zero
    better = np.flatnonzero(beyond > _ROUNDING)
    if better.size == 0:
        return None
    crossings = at_zero[better] / (at_zero[better] - at_one[better])
    distance = np.maximum(crossings - now if upwards else now - crossings, 0.0)
    order = np.lexsort((-beyond[better], distance))  # of lines that cross together the one that is best beyond
    first = int(order[0])
    q = float(np.clip(crossings[first], 0.0, 1.0))
    return Crossing(q, actions[better[first]])
