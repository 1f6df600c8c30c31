"""One branch of the junction tree with evidence in it: what its studies would show and what was shown, at the root."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np

from hpt_bayes.engine import Inward
from hpt_bayes.reasoning.lookahead.meeting import Columns, Part
from hpt_bayes.reasoning.lookahead.meetings import carried_on, sent_on, times

Hung = Mapping[int, Sequence[Part]]
"""The results that hang on each clique."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A piece of evidence the propagation does not know; equal pieces are one object, so they can be looked up.

    Attributes:
        clique: where it hangs.
        branch: of the root, where it comes from; None where it hangs on the root.
        column: P(shown | axes), a single column.
    """

    clique: int
    branch: int | None
    column: Columns


def come_with(inward: Inward, cliques: Sequence[int], hung: Hung, shown: Sequence[Shown]) -> tuple[list[Part], Columns]:
    """Results of a branch together with what was shown in it.

    Args:
        inward: the ways to the root.
        cliques: of the branch, each before the next one towards the root.
        hung: the results that hang on its cliques.
        shown: evidence that hangs on its cliques.

    Returns:
        The parts P(x, shown | axes of the root) and the column P(shown | axes of the root).
    """
    coming: dict[int, list[Part]] = defaultdict(list)
    told: dict[int, dict[int | None, Columns]] = defaultdict(dict)
    nothing: Columns = (), np.ones((1, 1))
    product = partial(times, inward)
    for clique in cliques:
        here = reduce(product, (piece.column for piece in shown if piece.clique == clique), nothing)
        parts = []
        for part in (*coming[clique], *hung.get(clique, ())):
            # What was shown in a part's own branch is in its columns already.
            others = [column for before, column in told[clique].items() if before != part.branch]
            scope, table = reduce(product, others, product((part.scope, part.table), here))
            parts.append(Part(scope, part.members, part.starts, table, part.branch))
        whole = reduce(product, told[clique].values(), here)
        after = inward.towards_root(clique)
        coming[after] += sent_on(inward, clique, parts) if parts else []
        told[after][clique] = carried_on(inward, clique, whole) if whole[0] else whole
    last = cliques[-1]
    return coming[inward.towards_root(last)], told[inward.towards_root(last)][last]
