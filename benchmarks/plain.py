"""A network and its evidence as every program takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import EvidenceFactors
from hpt_bayes.reasoning.compiled import CompiledModel

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plain:
    """Arrays of a network, one state or one vector of evidence a variable.

    Attributes:
        cardinalities: number of states of each variable.
        parents: of each variable.
        tables: P(variable | parents), (*cards of parents, card).
        hard: state of each variable known with certainty.
        vectors: P(what was seen | state) of the other observed variables.
        log_scale: what log P(e) is larger by than that of the arrays, natural log.
    """

    cardinalities: tuple[int, ...]
    parents: tuple[tuple[int, ...], ...]
    tables: tuple[Array, ...]
    hard: Mapping[int, int]
    vectors: Mapping[int, Array]
    log_scale: float

    @property
    def free(self) -> tuple[int, ...]:
        """Variables without evidence."""
        observed = {*self.hard, *self.vectors}
        return tuple(v for v in range(len(self.cardinalities)) if v not in observed)


def plain(model: CompiledModel, evidence: EvidenceFactors) -> Plain:
    """The arrays of a compiled model with evidence.

    A factor over several variables becomes one more child of them that is observed. Several vectors on one variable are
    multiplied, because pgmpy drops the second and pyAgrum refuses it; a vector with one positive entry becomes
    certainty, because pyAgrum 3.3.1 gives a wrong P(e) where that entry is not 1.

    Args:
        model: the compiled network.
        evidence: of a batch of one.
    """
    engine = model.engine
    cards, parents, tables = list(engine.cardinalities), list(engine.parents), list(engine.tables)
    hard, log_scale = dict(evidence.hard), 0.0
    vectors: dict[int, Array] = {}
    for scope, values in evidence.factors:
        array = np.asarray(values, dtype=float).reshape([cards[v] for v in scope])
        top = float(array.max())
        log_scale += float(np.log(top))
        hard[len(cards)] = 0
        cards.append(2)
        parents.append(tuple(scope))
        tables.append(np.stack([array / top, 1.0 - array / top], axis=-1))
    for v, vector in evidence.likelihoods:
        one = np.asarray(vector, dtype=float).reshape(cards[v])
        vectors[v] = vectors[v] * one if v in vectors else one
    for v in [v for v, vector in vectors.items() if np.count_nonzero(vector) == 1 or v in hard]:
        vector = vectors.pop(v)
        hard.setdefault(v, int(vector.argmax()))
        log_scale += float(np.log(vector[hard[v]]))
    return Plain(tuple(cards), tuple(parents), tuple(tables), hard, vectors, log_scale)
