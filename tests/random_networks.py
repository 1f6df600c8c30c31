"""Hypothesis strategies: small random networks, some with zeros or separate parts, and evidence on them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st
from oracle import Array, Arrays


@dataclass(frozen=True)
class RandomEvidence:
    """Evidence of B rows; likelihoods, factors and tables have a leading axis of length one or B."""

    rows: int
    hard: dict[int, int] = field(default_factory=dict)
    likelihoods: tuple[tuple[int, Array], ...] = ()
    factors: tuple[tuple[tuple[int, ...], Array], ...] = ()
    tables: dict[int, Array] = field(default_factory=dict)

    def row(
        self, index: int
    ) -> tuple[dict[int, int], list[tuple[int, Array]], list[tuple[tuple[int, ...], Array]], dict[int, Array]]:
        """The evidence of one row, as the oracle takes it."""
        return (
            self.hard,
            [(v, values[index % len(values)]) for v, values in self.likelihoods],
            [(scope, values[index % len(values)]) for scope, values in self.factors],
            {v: values[index % len(values)] for v, values in self.tables.items()},
        )


def random_table(rng: np.random.Generator, shape: tuple[int, ...], zeros: float) -> Array:
    """Random conditional distributions over the last axis; a share `zeros` of the entries is structurally zero."""
    table = rng.gamma(0.7, size=shape) + 1e-3
    table[rng.random(shape) < zeros] = 0.0
    table[..., 0] += table.sum(axis=-1) == 0.0
    result: Array = table / table.sum(axis=-1, keepdims=True)
    return result


@st.composite
def networks(draw: st.DrawFn, max_variables: int = 7) -> Arrays:
    """A network of up to `max_variables` variables with one to four states, numbered in no causal order."""
    n = draw(st.integers(1, max_variables) | st.just(max_variables))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    zeros = draw(st.sampled_from([0.0, 0.0, 0.3, 0.6]))
    density = draw(st.sampled_from([0.2, 0.5, 0.8]))
    order = rng.permutation(n)
    cards = tuple(int(c) for c in rng.choice([1, 2, 2, 3, 3, 4], size=n))
    parents: list[tuple[int, ...]] = [()] * n
    for position, variable in enumerate(order):
        chosen = [int(v) for v in order[:position] if rng.random() < density]
        parents[variable] = tuple(rng.permutation(chosen)[:3].tolist())
    tables = tuple(random_table(rng, (*(cards[p] for p in parents[v]), cards[v]), zeros) for v in range(n))
    return Arrays(cards, tuple(parents), tables)


@st.composite
def evidence_on(draw: st.DrawFn, network: Arrays, *, tables: bool = True) -> RandomEvidence:
    """Hard, set, likelihood and repeated evidence, factors over families, and replaced tables, in one to three rows."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.integers(1, 3))
    n = len(network.cardinalities)
    kinds = draw(
        st.lists(st.sampled_from(["hard", "hard", "set", "likelihood", "factor", "table", "zero_row"]), max_size=6)
    )
    hard: dict[int, int] = {}
    likelihoods: list[tuple[int, Array]] = []
    factors: list[tuple[tuple[int, ...], Array]] = []
    replaced: dict[int, Array] = {}
    for kind in kinds:
        variable = int(rng.integers(n))
        card = network.cardinalities[variable]
        leading = int(rng.choice([1, rows]))
        if kind == "hard":
            hard[variable] = int(rng.integers(card))
        elif kind == "set":
            likelihoods.append((variable, (rng.random((leading, card)) < 0.6).astype(float)))
        elif kind == "likelihood":
            likelihoods.append((variable, rng.gamma(0.5, size=(leading, card))))
        elif kind == "zero_row":
            vector = rng.random((rows, card))
            vector[int(rng.integers(rows))] = 0.0
            likelihoods.append((variable, vector))
        elif kind == "factor":
            scope = tuple(rng.permutation(network.parents[variable]).astype(int).tolist())
            factors.append((scope, rng.random((leading, *(network.cardinalities[v] for v in scope)))))
        elif tables:
            shape = network.tables[variable].shape
            replaced[variable] = np.stack([random_table(rng, shape, 0.2) for _ in range(leading)])
    return RandomEvidence(rows, hard, tuple(likelihoods), tuple(factors), replaced)
