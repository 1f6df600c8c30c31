"""A clique where studies meet: given it, and the evidence, what one shows is independent of what another shows.

    P(u, x, y | e) = sum over configurations z of P(u, z | e) P(x | z, e) P(y | z, e)

for results x and y that come to the clique from different branches of the junction tree, or hang on the clique itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial, reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Scope, SparseMatrix, from_cells
from hpt_bayes.reasoning.lookahead.configurations import Configurations, Rows

Columns = tuple[Scope, NDArray[np.float64]]
"""Axes, and P(results | axes, e), (configurations, results)."""

_KEPT = 4
"""Ways to spread rows over other axes that are kept at a time: neighbouring questions mostly ask for the same."""
_CHUNK = 2**22
"""Cells of P(u, x, y | e) held at a time."""
_PRODUCTS = 2**24
"""Cells of products of several studies held at a time."""


@dataclass(frozen=True, eq=False)
class Part:
    """Looks whose results depend on the same axes.

    Attributes:
        scope: those axes.
        members: numbers of the looks.
        starts: first column of each member and the number of columns, (members + 1,).
        table: P(x | scope, e), (configurations, results of all members).
        branch: the clique the results come from; None where they hang on the meeting clique itself and are independent
            of each other given it.
    """

    scope: Scope
    members: tuple[int, ...]
    starts: NDArray[np.int64]
    table: NDArray[np.float64]
    branch: int | None

    def columns(self, look: int) -> NDArray[np.float64]:
        """P(x | scope, e) of one member, (configurations, results)."""
        place = self.members.index(look)
        return self.table[:, self.starts[place] : self.starts[place + 1]]


class Meeting:
    """What comes together in one clique.

    Args:
        clique: where the parts meet.
        parts: they, of different branches or of none.
        configurations: P(u, z | e) over the axes of any clique.
    """

    def __init__(self, clique: int, parts: Sequence[Part], configurations: Configurations) -> None:
        self.parts = tuple(parts)
        self._labels = configurations.labels
        whole = tuple(sorted({axis for part in parts for axis in part.scope}))
        self.rows = partial(configurations.of, clique, whole=whole)
        self._spread = lru_cache(maxsize=_KEPT)(partial(_spread, self.rows))

    def part(self, look: int) -> Part:
        """The part a look belongs to."""
        return next(part for part in self.parts if look in part.members)

    def pairs(self) -> Iterator[tuple[Part, Part]]:
        """The parts whose looks meet here, each two once; a part with itself where its looks meet here."""
        for i, one in enumerate(self.parts):
            for other in self.parts[i:]:
                if one.branch is None or one.branch != other.branch:
                    yield one, other

    def blocks(
        self, scopes: tuple[Scope, Scope], x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> Iterator[NDArray[np.float64]]:
        """P(u, x, y | e) for chunks of the first results.

        Args:
            scopes: the axes both depend on.
            x: P(x | first scope, e), (configurations, results).
            y: P(y | second scope, e), (configurations, results).

        Yields:
            (labels, some results x, results y).
        """
        mine, carried = self.carried(scopes[0], scopes[1], y)
        place, ends = mine.code(scopes[0]), np.searchsorted(mine.label, np.arange(self._labels + 1))
        step = max(1, _CHUNK // max(1, self._labels * y.shape[1]))
        for start in range(0, x.shape[1], step):
            few = x[:, start : start + step]
            block = np.empty((self._labels, few.shape[1], y.shape[1]))
            for number, (low, high) in enumerate(pairwise(ends)):
                block[number] = few[place[low:high]].T @ carried[low:high]
            yield block

    def product(self, tables: Sequence[Columns]) -> NDArray[np.float64]:
        """P(u, x, y, ... | e) of several sets of results of different branches.

        Args:
            tables: for each set its axes and P(x | axes, e), (configurations, results).

        Returns:
            (labels, joint results), the result of the last set varying fastest.
        """
        rows = self.rows(tuple(sorted({axis for scope, _ in tables for axis in scope})))
        codes = [rows.code(scope) for scope, _ in tables]
        widths = [table.shape[1] for _, table in tables]
        half = next((at for at in range(1, len(widths)) if np.prod(widths[:at]) >= np.prod(widths[at:])), len(widths))
        left, right = int(np.prod(widths[:half])), int(np.prod(widths[half:]))
        joint = np.zeros((self._labels, left, right))
        step = max(1, _PRODUCTS // (left + right))
        ends = np.searchsorted(rows.label, np.arange(len(joint) + 1))
        for label, (low, high) in enumerate(pairwise(ends)):
            for start in range(low, high, step):
                few = slice(start, min(start + step, high))
                sides = [table[code[few]] for code, (_, table) in zip(codes, tables, strict=True)]
                one = _multiplied(sides[:half], few.stop - few.start) * rows.weights[few, None]
                joint[label] += one.T @ _multiplied(sides[half:], few.stop - few.start)
        return joint.reshape(len(joint), -1)

    def chosen(self, tables: Sequence[Columns], choice: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
        """P(u, x, y, ... | e) of some joint results of different branches.

        Args:
            tables: for each branch its axes and P(x | axes, e), (configurations, results).
            choice: for each branch its result in each joint result, (joint results,).

        Returns:
            (labels, joint results).
        """
        widest = max(range(len(tables)), key=lambda at: len(tables[at][1]))
        others = [at for at in range(len(tables)) if at != widest]
        scope = tuple(sorted({axis for at in others for axis in tables[at][0]}))
        mine, carried = self.carried(scope, *tables[widest])
        codes = [mine.code(tables[at][0]) for at in others]
        # One row for each joint result, so that what is picked lies side by side.
        picked = np.ascontiguousarray(carried.T)
        flipped = [np.ascontiguousarray(tables[at][1].T) for at in others]
        joint = np.zeros((len(choice[0]), self._labels))
        found, starts = np.unique(mine.label, return_index=True)
        step = max(1, _CHUNK // len(carried))
        for start in range(0, len(choice[0]), step):
            few = slice(start, start + step)
            values = picked[choice[widest][few]]
            for at, code, table in zip(others, codes, flipped, strict=True):
                values *= table[choice[at][few]][:, code]
            joint[few, found] = np.add.reduceat(values, starts, axis=1)
        return joint.T

    def carried(self, scope: Scope, inside: Scope, table: NDArray[np.float64]) -> tuple[Rows, NDArray[np.float64]]:
        """The rows over one scope, and what each holds of results that depend on another: P(u, z, x | e).

        Many rows over both scopes are one where the first cannot tell them apart.
        """
        merged, spread = self._spread(scope, inside)
        return merged, spread @ table


def _spread(rows_over: Callable[[Scope], Rows], scope: Scope, inside: Scope) -> tuple[Rows, SparseMatrix]:
    """The rows over one scope, and P(u, z, configuration of the other), (rows, configurations)."""
    rows = rows_over(tuple(sorted({*scope, *inside})))
    merged, into = rows.merged_into(scope)
    cells = int(np.prod([rows.cards[axis] for axis in inside], dtype=np.int64))
    return merged, from_cells(rows.weights, into, rows.code(inside), (len(merged.weights), cells))


def _multiplied(tables: Sequence[NDArray[np.float64]], rows: int) -> NDArray[np.float64]:
    """Every product of one column of each table, the last table varying fastest, (rows, columns)."""
    return reduce(
        lambda done, table: np.asarray((done[:, :, None] * table[:, None, :]).reshape(rows, -1)),
        tables,
        np.ones((rows, 1)),
    )
