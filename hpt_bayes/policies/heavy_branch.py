"""A branch of the junction tree too large to carry anew at every view: what comes from it, by kind of row of the root.

Rows that hold the same P(axes of the branch | row) are of one kind, whatever is shown in the branch; there are few.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Inward, from_cells
from hpt_bayes.policies.branches import come_with
from hpt_bayes.reasoning.lookahead.configurations import Rows
from hpt_bayes.reasoning.lookahead.meeting import Columns, Part
from hpt_bayes.reasoning.lookahead.meetings import Hanging, times

_ALIKE = 1e-11
"""How far random sums over the rows of one kind may be apart: rounding is a thousandth of it."""
_KEPT_TABLES = 64
_KEPT_COLUMNS = 4096
"""What is remembered of different things shown; the first ones are forgotten first."""


class HeavyBranch:
    """What a branch sends to the root, by kind of row.

    Args:
        inward: the ways to the root.
        cliques: of the branch, each before the next one towards the root.
        hang: where the results of looks hang.
        rows: of the root.
        whole: the same rows with the axes that the root shares with the branch.

    Attributes:
        kind: of each row, (rows,).
        kinds: how many there are.
    """

    def __init__(self, inward: Inward, cliques: Sequence[int], hang: Hanging, rows: Rows, whole: Rows) -> None:
        self._inward, self._cliques, self._hang = inward, cliques, hang
        self._scope = inward.separator(cliques[-1])
        kept = tuple(rows.cards)
        _, row = np.unique(whole.code(kept, whole.label), return_inverse=True)
        cells = int(np.prod(inward.cards(self._scope)))
        share = whole.weights / rows.weights[row.reshape(-1)]
        given = from_cells(share, row.reshape(-1), whole.code(self._scope), (len(rows.weights), cells))
        # Two random sums over the branch tell rows apart; the second one checks the first.
        sums = given @ np.random.default_rng(0).random((cells, 2))
        _, first, kind = np.unique(np.round(sums[:, 0], 11), return_index=True, return_inverse=True)
        if float(np.abs(sums - sums[first][kind.reshape(-1)]).max()) > _ALIKE:
            first = kind = np.arange(len(sums))
        self.kind: NDArray[np.int64] = kind.reshape(-1)
        self.kinds = len(first)
        self._given = given[first]
        self._columns: OrderedDict[Hashable, NDArray[np.float64]] = OrderedDict()
        self._tables: OrderedDict[Hashable, list[Part]] = OrderedDict()

    def column(self, key: Hashable, shown: Mapping[int, Sequence[Columns]]) -> NDArray[np.float64]:
        """P(shown in the branch | kind), (kinds,).

        Args:
            key: equal for what is shown equal.
            shown: by clique, single columns.
        """
        if key not in self._columns:
            _, column = come_with(self._inward, self._cliques, {}, shown)
            self._columns[key] = self._by_kind(column)[:, 0]
            if len(self._columns) > _KEPT_COLUMNS:
                self._columns.popitem(last=False)
        return self._columns[key]

    def parts(self, key: Hashable, shown: Mapping[int, Sequence[Columns]]) -> list[Part]:
        """P(x, shown in the branch | kind) of the looks of the branch, tables of shape (kinds, results)."""
        if key not in self._tables:
            found, _ = come_with(self._inward, self._cliques, self._hang, shown)
            self._tables[key] = [
                Part((), part.members, part.starts, self._by_kind((part.scope, part.table)), part.branch)
                for part in found
            ]
            if len(self._tables) > _KEPT_TABLES:
                self._tables.popitem(last=False)
        return self._tables[key]

    def _by_kind(self, columns: Columns) -> NDArray[np.float64]:
        everywhere: Columns = self._scope, np.ones((self._given.shape[1], 1))
        return np.asarray(self._given @ times(self._inward, everywhere, columns)[1])
