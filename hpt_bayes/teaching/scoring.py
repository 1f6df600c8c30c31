"""Proper scores of committed probabilities: honest probabilities have the best expected score.

Causes may overlap, so each row is a yes or no question of its own. With p the probability given to row d and y = 1
where d is true,

    Brier = mean over d of (p_d - y_d)^2,    log = mean over d of -ln P(y_d),

0 is perfect in both. A sum of strictly proper scores of its parts is proper. An answer of 0 or 100 % is taken as the
nearest one short of certainty, or a single wrong certainty would cost without end; the limit moves no honest answer
between `LEAST` and 1 - `LEAST`, and takes an honest one beyond it to the best answer that is left.

Source:
    Brier 1950, Monthly Weather Review 78:1; Good 1952, J R Stat Soc B 14:107; Gneiting & Raftery 2007, J Am Stat
    Assoc 102:359.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from hpt_bayes.errors import EvidenceError

LEAST = 0.005
"""Nearest a committed probability comes to 0 and to 1."""


@dataclass(frozen=True)
class Score:
    """How good a set of probabilities was; 0 is perfect.

    Attributes:
        log: mean of -ln P(what was true), natural log.
        brier: mean squared difference.
    """

    log: float
    brier: float

    def to_dict(self) -> dict[str, float]:
        """Both, unrounded."""
        return asdict(self)


def score(probabilities: Mapping[str, float], true: Collection[str]) -> Score:
    """Score probabilities of rows that may or may not be true.

    Args:
        probabilities: P(row), 0 to 1, of every row that is asked about.
        true: the rows that are true; others of it are ignored.

    Returns:
        The scores.

    Raises:
        EvidenceError: no row, or a probability outside 0 to 1.
    """
    if not probabilities:
        raise EvidenceError("expected at least one probability to score, found none")
    log = brier = 0.0
    for name, probability in probabilities.items():
        if not 0.0 <= probability <= 1.0:
            raise EvidenceError(f"expected a probability between 0 and 1 for {name}, found {probability!r}")
        given = min(max(probability, LEAST), 1.0 - LEAST)
        happened = name in true
        log -= math.log(given if happened else 1.0 - given)
        brier += (given - happened) ** 2
    return Score(log / len(probabilities), brier / len(probabilities))
