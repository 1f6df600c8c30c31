"""Products of tables summed down to the variables asked for, by contracting the cheapest pair first.

A factor is a scope (names of its axes) and an array. The plan of contractions depends on scopes and sizes only, so it
is made once and run on many versions of the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Scope = tuple[str, ...]


def contract(a: Array, scope_a: Scope, b: Array, scope_b: Scope, out: Scope) -> Array:
    """Multiply two factors and sum the axes that are not in `out` away, as one batched matrix product.

    Args:
        a: one axis per name of `scope_a`.
        scope_a: names.
        b: one axis per name of `scope_b`.
        scope_b: names.
        out: names to keep, in the order of `pair_scope`.

    Returns:
        one axis per name of `out`.
    """
    kept = set(out)
    if any(x not in kept and x not in scope_b for x in scope_a):
        a, scope_a = sum_to(a, scope_a, [x for x in scope_a if x in kept or x in scope_b])
    if any(x not in kept and x not in scope_a for x in scope_b):
        b, scope_b = sum_to(b, scope_b, [x for x in scope_b if x in kept or x in scope_a])
    batch = [x for x in scope_a if x in scope_b and x in kept]
    summed = [x for x in scope_a if x in scope_b and x not in kept]
    left = [x for x in scope_a if x not in scope_b]
    right = [x for x in scope_b if x not in scope_a]
    size = dict(zip(scope_a, a.shape, strict=True)) | dict(zip(scope_b, b.shape, strict=True))
    n_batch, n_left, n_summed, n_right = (math.prod(size[x] for x in part) for part in (batch, left, summed, right))
    first = a.transpose([scope_a.index(x) for x in (*batch, *left, *summed)]).reshape(n_batch, n_left, n_summed)
    second = b.transpose([scope_b.index(x) for x in (*batch, *summed, *right)]).reshape(n_batch, n_summed, n_right)
    product = np.matmul(first, second) if summed else first * second
    return product.reshape([size[x] for x in (*batch, *left, *right)])


def sum_to(values: Array, scope: Scope, out: Sequence[str]) -> tuple[Array, Scope]:
    """Sum every axis that is not in `out` away and put the rest in that order."""
    kept = [x for x in scope if x in out]
    values = values.sum(axis=tuple(i for i, x in enumerate(scope) if x not in out))
    return values.transpose([kept.index(x) for x in out if x in kept]), tuple(x for x in out if x in kept)


def pair_scope(scope_a: Scope, scope_b: Scope, kept: Collection[str]) -> Scope:
    """The scope of a contracted pair: what they share, then what each has alone."""
    shared = [x for x in scope_a if x in scope_b and x in kept]
    left = [x for x in scope_a if x not in scope_b and x in kept]
    return (*shared, *left, *(x for x in scope_b if x not in scope_a and x in kept))


@dataclass(frozen=True)
class Plan:
    """Which factors to contract, in order: each step takes two by number and appends their product.

    Attributes:
        scopes: of the factors given.
        steps: (first, second, scope of the product).
        left: numbers of the factors that remain.
    """

    scopes: tuple[Scope, ...]
    steps: tuple[tuple[int, int, Scope], ...]
    left: tuple[int, ...]

    def run(self, arrays: Sequence[Array]) -> list[tuple[Scope, Array]]:
        """The factors that remain, with their scopes."""
        scopes = self._every_scope()
        values: list[Array | None] = list(arrays)
        for first, second, out in self.steps:
            a, b = values[first], values[second]
            assert a is not None and b is not None
            values.append(contract(a, scopes[first], b, scopes[second], out))
            values[first] = values[second] = None
        found = []
        for number in self.left:
            array = values[number]
            assert array is not None
            found.append((scopes[number], array))
        return found

    def gradients(self, arrays: Sequence[Array], wanted: Sequence[int]) -> list[Array]:
        """Derivatives of the product, summed to what every step keeps, with respect to some of the factors.

        Args:
            arrays: as for `run`; the plan must leave one factor.
            wanted: numbers of factors that have every axis of the result.

        Returns:
            one array for each, in the shape of the factor (axes that it is the same along have length one).
        """
        scopes = self._every_scope()
        values = list(arrays)
        for first, second, out in self.steps:
            values.append(contract(values[first], scopes[first], values[second], scopes[second], out))
        above = {*wanted}
        for number, (first, second, _) in enumerate(self.steps, start=len(arrays)):
            if first in above or second in above:
                above.add(number)
        (last,) = self.left
        found = {last: np.ones_like(values[last])}
        for number in range(len(values) - 1, len(arrays) - 1, -1):
            first, second, out = self.steps[number - len(arrays)]
            for own, other in ((first, second), (second, first)):
                if own in above:
                    kept = pair_scope(out, scopes[other], scopes[own])
                    back = contract(found[number], out, values[other], scopes[other], kept)
                    ordered = back.transpose([kept.index(x) for x in scopes[own] if x in kept])
                    shape = [n if x in kept else 1 for x, n in zip(scopes[own], values[own].shape, strict=True)]
                    found[own] = ordered.reshape(shape)
        return [found[number] for number in wanted]

    def laid_out(self, arrays: Sequence[Array]) -> tuple[list[Array], Plan]:
        """The first factors with their axes in the order in which their step reads them, and the plan for these."""
        found = list(arrays)
        scopes = list(self.scopes)
        steps = []
        for first, second, out in self.steps:
            for own, other in ((first, second), (second, first)):
                if own < len(found):
                    shared = [x for x in scopes[own] if x in scopes[other]]
                    batch, summed = [x for x in shared if x in out], [x for x in shared if x not in out]
                    alone = [x for x in scopes[own] if x not in shared]
                    order = (*batch, *alone, *summed) if own == first else (*batch, *summed, *alone)
                    found[own] = found[own].transpose([scopes[own].index(x) for x in order]).copy()
                    scopes[own] = order
            scopes.append(pair_scope(scopes[first], scopes[second], out))
            steps.append((first, second, scopes[-1]))
        return found, Plan(tuple(scopes[: len(self.scopes)]), tuple(steps), self.left)

    def _every_scope(self) -> list[Scope]:
        """Scopes of the factors given and of every product."""
        return [*self.scopes, *(out for _, _, out in self.steps)]


def plan(scopes: Sequence[Scope], sizes: Mapping[str, int], keep: Collection[str], one: bool = False) -> Plan:
    """Plan contractions that sum every variable outside `keep` away.

    Args:
        scopes: of the factors.
        sizes: number of states by name.
        keep: variables that stay.
        one: True to multiply until a single factor is left, False to stop when nothing is left to sum.

    Returns:
        the plan; greedy: the pair whose product adds the fewest cells goes first.
    """
    mentioned = {name for scope in scopes for name in scope}
    sized = tuple(sorted((name, sizes[name]) for name in mentioned))
    return _planned(tuple(scopes), sized, frozenset(keep), one)


@lru_cache(maxsize=256)
def _planned(scopes: tuple[Scope, ...], sized: tuple[tuple[str, int], ...], kept: frozenset[str], one: bool) -> Plan:
    sizes = dict(sized)
    alive = dict(enumerate(scopes))
    users: dict[str, set[int]] = {}
    for number, scope in alive.items():
        for name in scope:
            users.setdefault(name, set()).add(number)

    def cells(scope: Scope) -> int:
        return math.prod(sizes[name] for name in scope)

    def priced(i: int, j: int) -> tuple[float, int, int, Scope]:
        stays = {x for x in (*alive[i], *alive[j]) if x in kept or users[x] - {i, j}}
        out = pair_scope(alive[i], alive[j], stays)
        return cells(out) - cells(alive[i]) - cells(alive[j]), i, j, out

    def pairs(i: int) -> dict[tuple[int, int], tuple[float, int, int, Scope]]:
        near = {j for name in alive[i] if one or name not in kept for j in users[name]} - {i}
        return {(min(i, j), max(i, j)): priced(min(i, j), max(i, j)) for j in near}

    prices: dict[tuple[int, int], tuple[float, int, int, Scope]] = {}
    for number in alive:
        prices |= pairs(number)
    steps = []
    following = len(alive)
    while True:
        if not prices:
            if one and len(alive) > 1:
                i, j = sorted(alive, key=lambda n: cells(alive[n]))[:2]
                chosen = priced(min(i, j), max(i, j))
            else:
                break
        else:
            chosen = min(prices.values())
        _, i, j, out = chosen
        steps.append((i, j, out))
        for number in (i, j):
            for name in alive.pop(number):
                users[name].discard(number)
        prices = {pair: price for pair, price in prices.items() if i not in pair and j not in pair}
        alive[following] = out
        for name in out:
            users[name].add(following)
        prices |= pairs(following)
        following += 1
    return Plan(tuple(scopes), tuple(steps), tuple(alive))
