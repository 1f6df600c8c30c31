"""Tables written given a confirmed case, solved for many versions of the numbers at once.

Every target's weight is read off one backward pass through the product of all tables, all tables are moved at once,
and each version's step is corrected by what its last few steps changed. It ends where sweeps over the targets one after
another end; where it does not get there, the sweeps are made instead.

Source: Darwiche 2003, J ACM 50:280-305 (all weights from one backward pass); Walker and Ni 2011, SIAM J Numer Anal
49:1715-1735 (Anderson acceleration).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.factors import Plan, plan
from hpt_bayes.network.targeted import CLOSE, DRAWS, Around, Part, Target
from hpt_bayes.network.variables import Variable

Array = NDArray[np.float64]

_STEPS = 30
_BACK = 6
_RIDGE = 1e-10


@dataclass(frozen=True)
class _Weighing:
    """All tables under the same evidence: the plan of their product and which of its factors are targets."""

    fixed: tuple[Array, ...]
    moving: tuple[str, ...]
    asked: tuple[str, ...]
    steps: Plan

    @classmethod
    def of(
        cls, targets: Sequence[Target], variables: Mapping[str, Variable], outside: Around, asked: tuple[str, ...]
    ) -> _Weighing:
        moving = tuple(each.name for each in targets)
        scopes = [scope for scope, _ in outside.factors]
        scopes += [(DRAWS, *variables[name].parents, name) for name in moving]
        sizes = {name: each.size for name, each in variables.items()} | {DRAWS: 1}
        steps = plan([*scopes, ()], sizes, {DRAWS}, one=True)
        fixed, steps = steps.laid_out([values for _, values in outside.factors])
        return cls(tuple(fixed), moving, asked, steps)

    def weights(self, tables: Mapping[str, Array]) -> dict[str, Array]:
        """P(parents, confirmed | X) up to a factor for each target asked about, (D, *parents, states)."""
        factors = [*self.fixed, *(tables[name] for name in self.moving), np.ones(())]
        wanted = [len(self.fixed) + self.moving.index(name) for name in self.asked]
        return dict(zip(self.asked, self.steps.gradients(factors, wanted), strict=True))


class Simultaneous:
    """Several targets that hang on each other.

    Args:
        parts: the targets that are not returned as written.
        targets: all of them.
        variables: of the network.
        outside: everything but the targeted tables, by whether a case is confirmed.
        tables: of the targets as written, (D, *parents, states).
    """

    def __init__(
        self,
        parts: Sequence[Part],
        targets: Sequence[Target],
        variables: Mapping[str, Variable],
        outside: Mapping[bool, Around],
        tables: Mapping[str, Array],
    ) -> None:
        self.parts, self.tables = parts, tables
        self._weighings = [
            _Weighing.of(targets, variables, around, asked)
            for confirmed, around in outside.items()
            if (asked := tuple(each.target.name for each in parts if each.target.confirmed == confirmed))
        ]
        self._rows = [part.target_rows() for part in parts]
        self._shapes = [
            tuple(size for axis, size in enumerate(rows.shape) if axis) for rows in self._rows
        ]  # with length one where averaged over

    def _tables_of(self, logs: Array) -> dict[str, Array]:
        """The tables, given the logarithms (D, n) of rows, or of what the weights of a base are scaled by."""
        found = dict(self.tables)
        at = 0
        for part, rows, shape in zip(self.parts, self._rows, self._shapes, strict=True):
            count = int(np.prod(shape))
            mine = np.exp(logs[:, at : at + count]).reshape(-1, *shape)
            at += count
            table = self.tables[part.target.name] * mine if part.averaged() else np.where(rows > 0.0, mine, 0.0)
            total = table.sum(axis=-1, keepdims=True)
            found[part.target.name] = table / np.where(total > 0.0, total, 1.0)
        return found

    def _first(self, near: Mapping[str, Array]) -> Array:
        """Logarithms of given rows, (D, n); weights of a base begin as written."""
        draws = max(len(self.tables[part.target.name]) for part in self.parts)
        logs = []
        for part, rows, shape in zip(self.parts, self._rows, self._shapes, strict=True):
            start = np.ones(shape) if part.averaged() else near[part.target.name]
            live = np.broadcast_to((rows > 0.0) & (start > 0.0), (draws, *shape))
            logs.append(np.log(np.where(live, start, 1.0)).reshape(draws, -1))
        return np.concatenate(logs, axis=1)

    def _following(self, logs: Array) -> tuple[float, Array] | None:
        """How far the tables are from their targets, and the logarithms that return each target given the others.

        None when a state above 0 can never meet the case definition.
        """
        tables = self._tables_of(logs)
        weights: dict[str, Array] = {}
        for weighing in self._weighings:
            weights |= weighing.weights(tables)
        off = 0.0
        found = np.empty_like(logs)
        at = 0
        for part, rows, shape in zip(self.parts, self._rows, self._shapes, strict=True):
            joint = tables[part.target.name] * weights[part.target.name]
            averaged = part.averaged()
            returned = joint.sum(axis=averaged, keepdims=True) if averaged else joint
            total = returned.sum(axis=-1, keepdims=True)
            alive = total > 0.0
            if (alive & (returned <= 0.0) & (rows > 0.0)).any() or not np.isfinite(total).all():
                return None
            share = np.where(alive, returned / np.where(alive, total, 1.0), rows)
            off = max(off, float(np.abs(share - rows).max()))
            live = rows > 0.0
            step = np.where(live, np.log(np.where(live, rows, 1.0)) - np.log(np.where(live, share, 1.0)), 0.0)
            count = int(np.prod(shape))
            moved = logs[:, at : at + count].reshape(step.shape) + step
            # Rows count up to a factor: the level of their logarithms is held.
            level = (moved * live).sum(axis=-1, keepdims=True) / np.maximum(live.sum(axis=-1, keepdims=True), 1)
            found[:, at : at + count] = np.where(live, moved - level, 0.0).reshape(len(logs), -1)
            at += count
        return (off, found) if np.isfinite(found).all() else None

    def solve(self, near: Mapping[str, Array]) -> tuple[dict[str, Array], float, int] | None:
        """The targeted tables of every version.

        Args:
            near: tables to begin at, (*parents, states) or (D, *parents, states), for the targets that hold row by row.

        Returns:
            The tables, the largest distance from a target, and the steps; None when a version does not get there.
        """
        logs = self._first(near)
        steps: list[Array] = []
        changes: list[Array] = []
        before: tuple[Array, Array] | None = None
        for done in range(_STEPS):
            found = self._following(logs)
            if found is None:
                return None
            off, following = found
            if off < CLOSE:
                return self._tables_of(logs), off, done
            wanted = following - logs
            if before is not None:
                steps, changes = [*steps, logs - before[0]][-_BACK:], [*changes, wanted - before[1]][-_BACK:]
            before = (logs, wanted)
            logs = following
            if steps:
                logs = logs - _sharpened(np.stack(steps, axis=1), np.stack(changes, axis=1), wanted)
        return None


def _sharpened(steps: Array, changes: Array, wanted: Array) -> Array:
    """What the last steps (D, m, n) and the changes they made say about a wanted step (D, n): Anderson's correction."""
    size = np.sqrt((changes * changes).sum(axis=2))
    unit = 1.0 / np.where(size > 0.0, size, 1.0)
    scaled = changes * unit[..., None]
    gram = np.einsum("dmn,dkn->dmk", scaled, scaled) + _RIDGE * np.eye(changes.shape[1])
    share = np.linalg.solve(gram, np.einsum("dmn,dn->dm", scaled, wanted)[..., None])[..., 0] * unit
    return np.asarray(np.einsum("dm,dmn->dn", share, steps + changes), dtype=np.float64)
