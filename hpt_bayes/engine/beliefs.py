"""Beliefs: from the collected messages back outwards, only as far as a question needs.

Beliefs of a clique C: P(C | e) = table(C) x incoming(C) x outer(C), where outer(C) is the belief of the separator
towards the root divided by the message that C sent (Hugin). Nothing but small tables is ever stored.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpt_bayes.engine.collect import Collected, Tables
from hpt_bayes.engine.compiled import CompiledNetwork
from hpt_bayes.engine.contraction import Array, Factor, Scope, contract, contract_all, divide, lift, multiply, sum_to
from hpt_bayes.engine.evidence_factors import Absorbed
from hpt_bayes.errors import EvidenceError


class Beliefs:
    """Posterior tables of any part of a clique, each computed once, on first use.

    Args:
        compiled: the network.
        absorbed: evidence sorted to the cliques.
        tables: the sliced table of a clique.
        collected: the messages.
        weight: message of the root, shape (B or 1,); zero where the evidence is impossible.

    Source: Jensen, Lauritzen & Olesen 1990, Bayesian updating in causal probabilistic networks.
    """

    def __init__(
        self, compiled: CompiledNetwork, absorbed: Absorbed, tables: Tables, collected: Collected, weight: Array
    ) -> None:
        self.compiled = compiled
        self.absorbed = absorbed
        self._tables = tables
        self._collected = collected
        alive = weight > 0.0
        normalising = alive / np.where(alive, weight, 1.0)
        (values, scope), *others = collected.incoming[0]
        self._outer: dict[int, tuple[Factor, ...]] = {0: (multiply(normalising, (), values, scope), *others)}
        self._known: dict[tuple[int, Scope], Array] = {}

    def axes(self, variables: Sequence[int]) -> Scope:
        """The axis of each variable, in the order asked; an unknown variable is an EvidenceError."""
        axis_of = self.compiled.tree.axis_of
        for variable in variables:
            if not 0 <= variable < len(axis_of):
                raise EvidenceError(f"unknown variable {variable}: expected 0 to {len(axis_of) - 1}")
        return tuple(axis_of[variable] for variable in variables)

    def _weights(self, clique: int) -> tuple[Factor, ...]:
        """All that multiplies the table of a clique, as factors: incoming messages, and what the root's side sends."""
        if clique not in self._outer:
            tree = self.compiled.tree
            separator = tree.separators[clique]
            outer = self.within(tree.parent[clique], separator)
            if clique in self._collected.sent:
                outer = divide(outer, self._collected.sent[clique])
                self._outer[clique] = (outer, separator), *self._collected.incoming[clique]
            else:
                self._outer[clique] = ((outer, separator),)
        return self._outer[clique]

    def within(self, clique: int, scope: Scope) -> Array:
        """P(scope | e) for ascending axes of one clique, shape (B or 1, *cards); sliced axes have length one."""
        key = clique, scope
        if key not in self._known:
            source = self.compiled.tree.sources[clique].get(scope)
            if source is not None:
                self._known[key] = sum_to(self.within(clique, source), source, scope)
            else:
                axes = self.compiled.tree.cliques[clique]
                self._known[key] = contract_all(self._tables(clique), axes, self._weights(clique), scope)
        return self._known[key]

    def single(self, variable: int) -> Array:
        """P(variable | e), shape (B or 1, card); of a hard-observed clique variable only the observed state is left."""
        tree = self.compiled.tree
        axis = tree.axis_of[variable]
        if axis < tree.core:
            values = self.within(tree.smallest[axis], (axis,))
        else:
            table, family = self.leaf_table(variable)
            parents = family[:-1]
            values = contract(self.within(tree.family_home[variable], parents), parents, table, family, family[-1:])
        # So that a state which is certain reads exactly one.
        return divide(values, values.sum(axis=-1, keepdims=True))

    def leaf_table(self, variable: int) -> tuple[Array, Scope]:
        """P(leaf | parents, its own evidence), shape (B or 1, *cards of parents, card), and its scope."""
        if variable in self.absorbed.replaced:
            values, scope = self.absorbed.replaced[variable]
        else:
            values, scope = self.compiled.families[variable]
            values = self.absorbed.sliced(values, scope)
        vector = self.absorbed.leaf_vectors.get(variable)
        if vector is None:
            return values, scope
        weighted = values * lift(vector, scope[-1:], scope)
        return divide(weighted, weighted.sum(axis=-1, keepdims=True)), scope

    def with_leaves(self, clique: int, scope: Scope, leaves: dict[int, int]) -> Array:
        """P(scope | e) where the scope also names leaves whose parents the clique holds.

        Args:
            clique: the clique.
            scope: ascending axes of the clique, then leaf axes.
            leaves: variable of each leaf axis in the scope.

        Returns:
            shape (B or 1, *cards of scope).
        """
        tree = self.compiled.tree
        pending = [leaves[axis] for axis in scope if axis >= tree.core]
        tables = [self.leaf_table(variable) for variable in pending]
        inside = tuple(axis for axis in scope if axis < tree.core)
        needed = tuple(sorted(set(inside).union(*(parents[:-1] for _, parents in tables))))
        values = self.within(clique, needed)
        for position, (table, family) in enumerate(tables):
            later = set(inside).union(*(parents[:-1] for _, parents in tables[position + 1 :]))
            keep = tuple(axis for axis in needed if axis >= tree.core or axis in later) + family[-1:]
            values = contract(values, needed, table, family, keep)
            needed = keep
        return values
