"""What each finding weighs for a diagnosis: alone, given all the others, and as its share over all orders.

Weights are in decibans, 10 log10 of a Bayes factor (Good 1985): ten are a factor of ten, one is about the smallest
change a person notices. The context is conditioned on and never weighed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import EvidenceFactors, propagate
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence
from hpt_bayes.reasoning.explaining.coalitions import coalitions
from hpt_bayes.reasoning.explaining.hypotheses import Hypotheses, decibans
from hpt_bayes.reasoning.explaining.shapley import Shares, exact_shares, sampled_shares
from hpt_bayes.reasoning.progress import STEPS, Advance, Share, ignored

NEUTRAL = 1.0
"""A share smaller than this, in decibans, is called neutral: Good 1985 gives one as about the smallest noticed."""
LARGEST_EXACT = 16
"""Findings up to which every order is counted."""
ORDERS = 200
"""Orders drawn above it."""

_ROWS = 64

Verdict = Literal["supporting", "conflicting", "neutral"]


@dataclass(frozen=True)
class FindingWeight:
    """What one finding weighs, in decibans; positive speaks for the diagnosis.

    Attributes:
        finding: name.
        text: as entered, for people.
        alone: weight when it is the first finding, given the context only.
        last: weight when all the others are known: what leaving it out would lose.
        share: Shapley share; the shares add up to the weight of all findings together.
        error: standard error of the share; 0 when every order was counted.
        lowest: smallest weight in any order counted.
        highest: largest.
    """

    finding: str
    text: str
    alone: float
    last: float
    share: float
    error: float
    lowest: float
    highest: float

    @property
    def verdict(self) -> Verdict:
        """Whether it speaks for the diagnosis, against it, or hardly."""
        if abs(self.share) < NEUTRAL:
            return "neutral"
        return "supporting" if self.share > 0 else "conflicting"


@dataclass(frozen=True)
class Weights:
    """The weights of all findings.

    Attributes:
        before: decibans of the diagnosis given the context alone.
        after: decibans given everything; `after - before` is what the findings weigh together.
        findings: largest share first.
        orders: number of orders drawn; None when all were counted.
    """

    before: float
    after: float
    findings: tuple[FindingWeight, ...]
    orders: int | None


def weigh(
    model: CompiledModel,
    entered: EnteredEvidence,
    hypotheses: Hypotheses,
    context: frozenset[str],
    *,
    seed: int = 0,
    largest_exact: int = LARGEST_EXACT,
    advance: Advance = ignored,
) -> Weights:
    """Weigh the findings.

    Args:
        model: the compiled network.
        entered: evidence under which both hypotheses are possible.
        hypotheses: what they are weighed for.
        context: findings that are conditioned on.
        seed: of the orders, where not all are counted.
        largest_exact: number of findings up to which all orders are counted.
        advance: told of progress, `progress.STEPS` in all.

    Returns:
        The weights.

    Raises:
        EvidenceError: the findings together are too improbable for double precision.
    """
    names = tuple(name for name in entered.findings if name not in context)
    n = len(names)
    ends = _Rows(model, entered, hypotheses, context, names)
    together = coalitions(model, entered, names, context, hypotheses.events) if n <= largest_exact else None
    if together is not None and together.feasible:
        table = decibans(together.probabilities())
        everything = len(table) - 1
        first = np.array([table[1 << (n - 1 - i)] - table[0] for i in range(n)])
        last = np.array([table[-1] - table[everything ^ (1 << (n - 1 - i))] for i in range(n)])
        before, after, shares = float(table[0]), float(table[-1]), exact_shares(table)
        advance(STEPS)
    else:
        eye = np.eye(n, dtype=bool)
        values = ends(np.concatenate([np.zeros((1, n), bool), np.ones((1, n), bool), eye, ~eye]))
        before, after = float(values[0]), float(values[1])
        first, last = values[2 : n + 2] - before, after - values[n + 2 :]
        shares = sampled_shares(replace(ends, advance=advance), n, ORDERS, seed)
    return Weights(before, after, _listed(entered, names, first, last, shares), shares.orders)


def _listed(
    entered: EnteredEvidence,
    names: tuple[str, ...],
    first: NDArray[np.float64],
    last: NDArray[np.float64],
    shares: Shares,
) -> tuple[FindingWeight, ...]:
    columns = (first, last, shares.share, shares.error, shares.lowest, shares.highest)
    figures = np.stack(columns, axis=1).tolist() if names else []
    found = [FindingWeight(name, entered.texts[name], *row) for name, row in zip(names, figures, strict=True)]
    return tuple(sorted(found, key=lambda each: -each.share))


@dataclass(frozen=True, eq=False)
class _Rows:
    """Decibans of the diagnosis for some subsets of the findings, as rows of a batch through the engine."""

    model: CompiledModel
    entered: EnteredEvidence
    hypotheses: Hypotheses
    context: frozenset[str]
    names: tuple[str, ...]
    advance: Advance = ignored

    def __call__(self, counted: NDArray[np.bool_]) -> NDArray[np.float64]:
        """counted: (rows, findings) -> (rows,)."""
        told, parts = Share(self.advance, STEPS, len(counted)), []
        for start in range(0, len(counted), _ROWS):
            parts.append(self._some(counted[start : start + _ROWS]))
            told(_ROWS)
        return np.concatenate(parts)

    def _some(self, counted: NDArray[np.bool_]) -> NDArray[np.float64]:
        model = self.model
        given = engine_evidence(model, self.entered, self.context)
        likelihoods, factors = list(given.likelihoods), list(given.factors)
        for position, name in enumerate(self.names):
            evidence = engine_evidence(model, self.entered, {name})
            there = counted[:, position]
            for variable, state in evidence.hard.items():
                likelihoods.append((variable, _where(there, np.eye(model.engine.cardinalities[variable])[state])))
            likelihoods += [(variable, _where(there, vector)) for variable, vector in evidence.likelihoods]
            factors += [(scope, _where(there, array)) for scope, array in evidence.factors]
        evidence = EvidenceFactors(given.hard, tuple(likelihoods), tuple(factors))
        return decibans(self.hypotheses.joint(model, propagate(model.engine, evidence)).T)


def _where(there: NDArray[np.bool_], array: NDArray[np.float64]) -> NDArray[np.float64]:
    """The evidence in the rows that count it in, ones in the others."""
    return np.where(there.reshape(-1, *(1,) * array.ndim), array, 1.0)
