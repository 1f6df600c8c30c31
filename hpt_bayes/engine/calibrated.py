"""The answer of a propagation: log P(e), marginals, and joints of any variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine.beliefs import Beliefs
from hpt_bayes.engine.contraction import Array, Scope, arrange, contract, union
from hpt_bayes.engine.grouping import Grouping
from hpt_bayes.engine.joints import MAX_JOINT, halves_with, joint_table, refuse_large


@dataclass(frozen=True)
class Calibrated:
    """Posterior of a network for each row of a batch; rows with impossible evidence hold zeros.

    Attributes:
        log_evidence: natural log of P(e), shape (B,); -inf when the evidence is impossible.
        beliefs: the calibrated junction tree.
    """

    log_evidence: NDArray[np.float64]
    beliefs: Beliefs = field(repr=False)

    def marginal(self, variable: int) -> NDArray[np.float64]:
        """P(variable | e) of each row.

        Args:
            variable: any variable; an observed one gives its posterior, which is one-hot for hard evidence.

        Returns:
            shape (B, card), rows summing to one, or zeros where the evidence is impossible; read-only.

        Raises:
            EvidenceError: for an unknown variable.
        """
        axes = self.beliefs.axes((variable,))
        return self._finished(self.beliefs.single(variable), axes, axes)

    def marginals(self, variables: Iterable[int] | None = None) -> dict[int, NDArray[np.float64]]:
        """`marginal` of several variables, of all when left out."""
        asked = range(len(self.beliefs.compiled.cardinalities)) if variables is None else variables
        return {variable: self.marginal(variable) for variable in asked}

    def joint(self, scope: Sequence[int], *, max_cells: int = MAX_JOINT) -> NDArray[np.float64]:
        """P(scope | e) of each row.

        Args:
            scope: variables, in the order of the answer's axes; they need not share a clique.
            max_cells: largest table to build on the way, in cells.

        Returns:
            shape (B, *cards of scope), summing to one in each row, or zeros where the evidence is impossible;
            read-only.

        Raises:
            EvidenceError: for an unknown variable.
            NetworkTooWide: when a table on the way would have more than `max_cells` cells.
        """
        axes = self.beliefs.axes(scope)
        ascending = tuple(sorted(set(axes)))
        return self._finished(joint_table(self.beliefs, ascending, max_cells), ascending, axes)

    def joints_with(
        self,
        target_scope: Sequence[int],
        scopes: Iterable[Sequence[int]],
        *,
        groups: NDArray[np.integer] | None = None,
        max_cells: int = MAX_JOINT,
    ) -> Iterator[NDArray[np.float64]]:
        """P(target, scope | e) for many scopes, sharing the way between the target's clique and the others.

        Target and scope meet at a separator S of the way, as P(T, scope) = sum_S P(T, S) P(scope | S): the target
        travels outwards and scopes inwards, whichever is smaller, and the conditionals between separators are shared.

        Args:
            target_scope: variables that share a clique (see `together` of `compile_network`).
            scopes: the sets of variables to pair with the target, leaves included; each in one clique is fastest.
            groups: number of the group of each configuration of the target, in the order of `target_scope`, the last
                variable varying fastest; -1 leaves the configuration out. Each configuration for itself when left out.
            max_cells: largest table to build on the way, in cells.

        Yields:
            for each scope in turn, shape (B, *cards of target, *cards of scope); with groups P(group, scope | e),
            shape (B, groups, *cards of scope), where the scope may name target variables; read-only.

        Raises:
            EvidenceError: for an unknown variable, groups of another shape, or when no clique holds the target.
            NetworkTooWide: when a table on the way would have more than `max_cells` cells.
        """
        target = self.beliefs.axes(target_scope)
        asked = [self.beliefs.axes(scope) for scope in scopes]
        ascending = [tuple(sorted(set(scope))) for scope in asked]
        tree, slices = self.beliefs.compiled.tree, self.beliefs.absorbed.slices
        grouping = None
        if groups is not None:
            sizes = [tree.sizes[axis] for axis in target]
            grouping = Grouping(target, sizes, [slices[axis] for axis in target], groups)
        distinct = tuple(sorted(set(target)))
        halves = halves_with(self.beliefs, distinct, ascending, max_cells)
        for scope, wanted, (left, right) in zip(asked, ascending, halves, strict=True):
            if grouping is not None:
                refuse_large(self.beliefs, wanted, max_cells // max(grouping.size, 1))
                yield self._finished(*grouping.total(left, right, wanted), scope, grouped=True)
            else:
                out = union(distinct, wanted)
                refuse_large(self.beliefs, out, max_cells)
                yield self._finished(contract(*left, *right, out), out, (*target, *scope))

    def _finished(self, values: Array, scope: Scope, wanted: Scope, *, grouped: bool = False) -> NDArray[np.float64]:
        """Give sliced axes their full length back, order the axes as asked, and repeat for every row.

        Args:
            values: shape (B or 1, *cards of scope), or with groups (B or 1, groups, *cards of scope).
            scope: axes of `values`.
            wanted: axes of the answer.
            grouped: whether the second axis of `values` counts groups.
        """
        leading = values.shape[: 2 if grouped else 1]
        values = values.reshape(-1, *values.shape[len(leading) :])
        hard, tree = self.beliefs.absorbed.hard, self.beliefs.compiled.tree
        observed = [axis for axis in scope if axis in hard and axis < tree.core and tree.sizes[axis] > 1]
        if observed:
            full = np.zeros((values.shape[0], *(tree.sizes[axis] for axis in scope)))
            full[(slice(None), *(self.beliefs.absorbed.slices[axis] for axis in scope))] = values
            values = full
        if scope != wanted:
            values = arrange(values, scope, wanted)
        answer = values.reshape(*leading, *values.shape[1:])
        if len(answer) == len(self.log_evidence):
            answer = answer.view()
            answer.flags.writeable = False
            return answer
        return np.broadcast_to(answer, (len(self.log_evidence), *answer.shape[1:]))
