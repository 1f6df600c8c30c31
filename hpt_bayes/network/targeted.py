"""One table that must return given rows, and everything in the network that bears on it.

All other tables are multiplied and summed down to the family of the targeted one once; then a table that returns its
rows is a division (rows for each configuration) or a scaling (rows that are averages over some parents).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.factors import Plan, Scope, plan
from hpt_bayes.network.variables import Place, Variable

Array = NDArray[np.float64]

DRAWS = "(draws)"
CLOSE = 1e-12
_INNER = 30
_CLOSER = 0.1


@dataclass(frozen=True)
class Target:
    """What a table must return.

    Attributes:
        name: of the variable.
        over: the parents its target is conditional on; the others are averaged over.
        rows: the target, axes (draws if any, *over, states).
        confirmed: whether it holds given a confirmed case, or for everybody.
    """

    name: str
    over: Scope
    rows: Array
    confirmed: bool


def ancestors(names: Sequence[str], variables: Mapping[str, Variable]) -> set[str]:
    """The named variables and everything above them."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += variables[name].parents
    return found


@dataclass(frozen=True)
class Around:
    """Everything but the targeted tables, summed down to the variables of these.

    Attributes:
        leaves: variables that the evidence bears on.
        factors: with their scopes.
    """

    leaves: tuple[str, ...]
    factors: tuple[tuple[Scope, Array], ...]


def around(
    targets: Sequence[Target],
    variables: Mapping[str, Variable],
    tables: Mapping[str, Array],
    evidence: Sequence[tuple[Scope, Array]],
    sizes: Mapping[str, int],
) -> Around:
    """Sum out what no targeted table mentions.

    Args:
        targets: whose tables are left out.
        variables: of the network.
        tables: (*parents, child), or (D, *parents, child).
        evidence: factors to multiply in.
        sizes: states by name; `DRAWS` among them when any table is drawn.
    """
    flagged = {each.name for each in targets}
    families = [x for name in flagged for x in (*variables[name].parents, name)]
    leaves = tuple(dict.fromkeys(x for scope, _ in evidence for x in scope if x != DRAWS))
    relevant = ancestors([*families, *leaves], variables)
    factors = list(evidence)
    for name in (each for each in variables if each in relevant and each not in flagged):
        scope, table = (*variables[name].parents, name), tables[name]
        factors.append(((DRAWS, *scope) if table.ndim > len(scope) else scope, table))
    steps = plan([scope for scope, _ in factors], sizes, {*families, DRAWS})
    return Around(leaves, tuple(steps.run([values for _, values in factors])))


@dataclass(frozen=True)
class Part:
    """One target, the factors around its table, and the plan that multiplies them down to its family."""

    target: Target
    scope: Scope
    fixed: tuple[Array, ...]
    moving: tuple[str, ...]
    steps: Plan
    place: Place

    @classmethod
    def of(
        cls,
        target: Target,
        targets: Sequence[Target],
        variables: Mapping[str, Variable],
        outside: Around,
        sizes: Mapping[str, int],
    ) -> Part | None:
        """What bears on a target; None when its table is what is written, since no evidence is below it."""
        name = target.name
        family = (*variables[name].parents, name)
        if target.over == variables[name].parents and name not in ancestors(outside.leaves, variables):
            return None
        relevant = ancestors([*family, *outside.leaves], variables)
        moving = tuple(each.name for each in targets if each.name in relevant and each.name != name)
        prefix = (DRAWS,) if DRAWS in sizes else ()
        scopes = [scope for scope, _ in outside.factors]
        scopes += [(*prefix, *variables[each].parents, each) for each in moving]
        steps = plan([*scopes, ()], sizes, (*prefix, *family), one=True)
        fixed = tuple(values for _, values in outside.factors)
        return cls(target, (*prefix, *family), fixed, moving, steps, variables[name].place)

    @property
    def _named(self) -> set[str]:
        return {*self.target.over, self.target.name}

    def _weight(self, current: Mapping[str, Array]) -> Array:
        """P(parents, confirmed | X) up to a factor, given the other tables: axes of the scope, some of length one."""
        factors = [*self.fixed, *(current[each] for each in self.moving), np.ones(())]
        ((found, weight),) = self.steps.run(factors)
        table = current[self.target.name]
        shape = [table.shape[i] if x in found else 1 for i, x in enumerate(self.scope)]
        ordered: Array = weight.transpose([found.index(x) for x in self.scope if x in found])
        return ordered.reshape(shape)

    def averaged(self) -> tuple[int, ...]:
        """Axes of the scope that the target is an average over."""
        return tuple(i for i, x in enumerate(self.scope) if x != DRAWS and x not in self._named)

    def update(self, current: Mapping[str, Array]) -> tuple[float, Array]:
        """How far the current table is from its target, and the table that returns it given the other tables."""
        table, rows, averaged = current[self.target.name], self.target_rows(), self.averaged()
        weight = self._weight(current)
        off = float(self._difference(table * weight, rows).max())
        if off < CLOSE / 10:
            return off, table
        if not averaged:
            self._refuse_impossible(weight, rows)
            solved = np.divide(rows, weight, out=np.zeros(table.shape), where=weight > 0.0)
            total = solved.sum(axis=-1, keepdims=True)
            return off, np.where(total > 0.0, solved / np.where(total > 0.0, total, 1.0), table)
        # The other tables still move, so each sweep only comes a good deal closer.
        first = 0.0
        for _ in range(_INNER):
            joint = (table * weight).sum(axis=averaged, keepdims=True)
            total = joint.sum(axis=-1, keepdims=True)
            self._refuse_impossible(joint, rows)
            scale = np.divide(rows * total, joint, out=np.ones(joint.shape), where=joint > 0.0)
            table = table * scale
            sums = table.sum(axis=-1, keepdims=True)
            table = table / np.where(sums > 0.0, sums, 1.0)
            change = float(np.abs(scale - 1.0).max())
            first = first or change
            if change < max(CLOSE / 10, _CLOSER * first):
                break
        return off, table

    def where(self, current: Mapping[str, Array], variables: Mapping[str, Variable]) -> str:
        """The state and configuration that is furthest from its target, in words."""
        off = self._difference(current[self.target.name] * self._weight(current), self.target_rows())
        index = np.unravel_index(int(np.argmax(off)), off.shape)
        named = [(x, variables[x].states[i]) for x, i in zip(self.scope, index, strict=True) if x in self._named]
        return ", ".join(f"{name}: {state}" for name, state in [named[-1], *named[:-1]])

    def target_rows(self) -> Array:
        """The target on the axes of the scope, length one where it is averaged over."""
        rows, count = self.target.rows, len(self.target.over) + 1
        have = iter(rows.shape[rows.ndim - count :])
        shape = [next(have) if x in self._named else 1 for x in self.scope]
        if rows.ndim > count:
            shape[0] = rows.shape[0]
        return rows.reshape(shape)

    def _difference(self, joint: Array, rows: Array) -> Array:
        """What a joint returns, less the target, without sign; zero where it says nothing."""
        returned = joint.sum(axis=self.averaged(), keepdims=True)
        total = returned.sum(axis=-1, keepdims=True)
        share = np.divide(returned, total, out=np.array(np.broadcast_to(rows, returned.shape)), where=total > 0.0)
        difference: Array = np.abs(share - rows)
        return difference

    def _refuse_impossible(self, weight: Array, rows: Array) -> None:
        possible = weight.sum(axis=-1, keepdims=True) > 0.0
        if (possible & (weight <= 0.0) & (rows > 0.0)).any():
            raise self.place.error(
                f"expected causes that a confirmed case allows, found a state of {self.target.name} above 0 given the "
                "case definition that can never meet it"
            )
