"""A branch of the junction tree too large to carry anew at every view: what comes from it, by kind of row of the root.

Rows that no result in the branch can tell apart are of one kind: P(shown in the branch | row) is the same for them,
whatever is shown. There are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Inward, Scope, from_cells
from hpt_bayes.policies.branches import Hung, Shown, come_with
from hpt_bayes.reasoning.lookahead.configurations import Rows
from hpt_bayes.reasoning.lookahead.meeting import Columns, Part
from hpt_bayes.reasoning.lookahead.meetings import times

_ALIKE = 1e-11
"""How far apart something random shown may be for rows of one kind: rounding is a thousandth of it."""
_KEPT_TABLES = 64
_KEPT_COLUMNS = 4096
"""For how many different things shown results and columns are remembered."""


class HeavyBranch:
    """What a branch sends to the root, by kind of row.

    Args:
        inward: the ways to the root.
        cliques: of the branch, each before the next one towards the root.
        hung: the results that hang on them.
        rows: of the root.
        whole: the same rows with the axes that the root shares with the branch.

    Attributes:
        kind: of each row, (rows,).
        kinds: how many there are.
        column: P(shown in the branch | kind), (kinds,), for pieces of evidence in the branch.
        parts: P(x, shown in the branch | kind) of the looks of the branch, tables of shape (kinds, results).
    """

    def __init__(self, inward: Inward, cliques: Sequence[int], hung: Hung, rows: Rows, whole: Rows) -> None:
        self._inward, self._cliques = inward, cliques
        self._hung = {clique: hung[clique] for clique in cliques if clique in hung}
        self._scope = inward.separator(cliques[-1])
        kept = tuple(rows.cards)
        _, row = np.unique(whole.code(kept, whole.label), return_inverse=True)
        cells = prod(inward.cards(self._scope))
        share = whole.weights / rows.weights[row.reshape(-1)]
        self._given = from_cells(share, row.reshape(-1), whole.code(self._scope), (len(rows.weights), cells))
        # Something random shown everywhere in the branch tells rows apart; showing other things checks that it does.
        random = np.random.default_rng(0)
        sums = np.concatenate([self._by_kind(self._shown_everywhere(random)) for _ in range(2)], axis=1)
        _, first, kind = np.unique(np.round(sums[:, 0], 11), return_index=True, return_inverse=True)
        if float(np.abs(sums - sums[first][kind.reshape(-1)]).max()) > _ALIKE:
            first = kind = np.arange(len(sums))
        self.kind: NDArray[np.int64] = kind.reshape(-1)
        self.kinds = len(first)
        self._given = self._given[first]
        self.column = lru_cache(_KEPT_COLUMNS)(self._column)
        self.parts = lru_cache(_KEPT_TABLES)(self._parts)

    def tells(self, scope: Scope) -> bool:
        """Whether kinds tell all that evidence over some axes could: results of one look hang on them together."""
        return any(set(scope) <= set(part.scope) for parts in self._hung.values() for part in parts)

    def _column(self, shown: tuple[Shown, ...]) -> NDArray[np.float64]:
        _, column = come_with(self._inward, self._cliques, {}, shown)
        return self._by_kind(column)[:, 0]

    def _parts(self, shown: tuple[Shown, ...]) -> list[Part]:
        found, _ = come_with(self._inward, self._cliques, self._hung, shown)
        return [
            Part((), part.members, part.starts, self._by_kind((part.scope, part.table)), part.branch) for part in found
        ]

    def _shown_everywhere(self, random: np.random.Generator) -> Columns:
        """P(shown | axes of the root) of one random piece of evidence over the axes of each look of the branch."""
        pieces = [
            Shown(clique, None, (part.scope, random.uniform(0.5, 1.5, (prod(self._inward.cards(part.scope)), 1))))
            for clique, parts in self._hung.items()
            for part in parts
        ]
        return come_with(self._inward, self._cliques, {}, pieces)[1]

    def _by_kind(self, columns: Columns) -> NDArray[np.float64]:
        everywhere: Columns = self._scope, np.ones((self._given.shape[1], 1))
        return np.asarray(self._given @ times(self._inward, everywhere, columns)[1])
