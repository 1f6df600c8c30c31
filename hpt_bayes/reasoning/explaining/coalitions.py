"""P(diagnosis, some of the findings | context) for every subset of the findings at once.

Each finding gets an axis of length two, left out or counted in: its evidence becomes the factor (1, P(e_i | scope)).
Summing every variable away while these axes stay gives all 2^n subsets in one elimination, because a part of the
network carries only the axes of its own findings; as rows of a batch each would cost a propagation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import EvidenceFactors
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.factors import Plan, plan
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence

LARGEST_TABLE = 1 << 24
"""Cells of the largest table on the way; above it the subsets are not all computed."""
SMALLEST_PROBABILITY = 1e-280
"""Below it a product of probabilities may have lost terms in double precision."""

_HYPOTHESES = "hypotheses"
_Factor = tuple[tuple[str, ...], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Coalitions:
    """How to compute the subsets of some findings, before it is done.

    Attributes:
        findings: names of the findings, the first has the highest bit.
        plan: of the elimination.
        arrays: of its factors.
        cells: of the largest table on the way.
    """

    findings: tuple[str, ...]
    plan: Plan
    arrays: tuple[NDArray[np.float64], ...]
    cells: int

    @property
    def feasible(self) -> bool:
        """Whether all subsets fit."""
        return self.cells <= LARGEST_TABLE

    def probabilities(self) -> NDArray[np.float64]:
        """P(hypothesis, the findings of the subset, context), (hypotheses, 2^findings).

        Subset s holds finding i when bit i of s, counted from the highest, is set.

        Raises:
            EvidenceError: all findings together are too improbable for double precision.
        """
        ((scope, table),) = self.plan.run(self.arrays)
        order = [scope.index(name) for name in (_HYPOTHESES, *map(_axis, range(len(self.findings))))]
        found = np.ascontiguousarray(table.transpose(order)).reshape(table.shape[order[0]], -1)
        smallest = found[:, -1][found[:, -1] > 0].min(initial=1.0)
        if smallest < SMALLEST_PROBABILITY:
            raise EvidenceError(
                f"these findings together have probability {smallest:.0e}, too improbable for double precision; "
                "retract or widen one of them"
            )
        return found


def coalitions(
    model: CompiledModel,
    entered: EnteredEvidence,
    findings: tuple[str, ...],
    context: frozenset[str],
    hypotheses: NDArray[np.bool_],
) -> Coalitions:
    """Plan the computation of all subsets of some findings.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        findings: whose subsets are asked.
        context: findings that hold throughout.
        hypotheses: which configurations of the cause variables make each hypothesis true, (hypotheses, configurations).

    Returns:
        The plan; its cost is known before it is run.
    """
    given = engine_evidence(model, entered, context)
    known = {model.names[variable]: state for variable, state in given.hard.items()}
    factors = _named(model, EvidenceFactors(likelihoods=given.likelihoods, factors=given.factors))
    for number, name in enumerate(findings):
        factors += [
            ((_axis(number), *scope), np.stack([np.ones_like(array), array]))
            for scope, array in _named(model, engine_evidence(model, entered, {name}))
        ]
    causes = model.targets.causes
    events = hypotheses.reshape(len(hypotheses), *model.cards(causes)).astype(float)
    factors.append(((_HYPOTHESES, *causes), events))
    variables = model.core.variables
    asked = {name for scope, _ in factors for name in scope if name in variables} | set(known)
    for name in asked.union(*(model.core.ancestors(each) for each in asked)):
        factors.append(((*variables[name].parents, name), model.core.tables[name]))
    factors = [_sliced(factor, known) for factor in factors]
    # A finding without evidence of its own (a number that nothing hangs on) still needs its axis.
    factors += [((_axis(number),), np.ones(2)) for number in range(len(findings))]
    sizes = {name: size for scope, array in factors for name, size in zip(scope, array.shape, strict=True)}
    keep = {_HYPOTHESES, *map(_axis, range(len(findings)))}
    steps = plan([scope for scope, _ in factors], sizes, keep, one=True)
    cells = max((math.prod(sizes[name] for name in scope) for *_, scope in steps.steps), default=1)
    return Coalitions(findings, steps, tuple(array for _, array in factors), cells)


def _axis(number: int) -> str:
    """Name of the axis that says whether a finding is counted in; no variable has such a name."""
    return f"counted in: {number}"


def _named(model: CompiledModel, evidence: EvidenceFactors) -> list[_Factor]:
    """Evidence as factors over names; certain states as one-hot vectors."""
    cards = model.engine.cardinalities
    found: list[_Factor] = [
        ((model.names[variable],), np.eye(cards[variable])[state]) for variable, state in evidence.hard.items()
    ]
    found += [((model.names[variable],), vector) for variable, vector in evidence.likelihoods]
    found += [(tuple(model.names[variable] for variable in scope), array) for scope, array in evidence.factors]
    return found


def _sliced(factor: _Factor, known: dict[str, int]) -> _Factor:
    """A factor without the axes whose state the context fixes."""
    scope, array = factor
    kept = tuple(name for name in scope if name not in known)
    return kept, array[tuple(known.get(name, slice(None)) for name in scope)]
