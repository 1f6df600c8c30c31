"""Every policy of studies on the small model with actions, tried one by one on its full joint.

A first-time patient of the small model without the blood panel: states are the configurations of cause and place, the
results those people distinguish. What may follow what, and what everything costs, is spelled out here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from enumerated import Enumerated
from oracle import Array
from small_worth import ACTIONS, SHARES, cause, region, worth

from hpt_bayes.case import Case

TARGETS = ("lesion", "fhh", "syndrome", "gland_site")
FINDINGS = ("scan", "gene", "histology", "years_to_recurrence", "thyroid_nodules", "age")
GROUPED = {"years_to_recurrence": [[0, 1], [2, 3]], "age": [[0], [1, 2]]}
REVEALS = {
    "scan": ("scan",),
    "gene": ("gene",),
    "slides": ("histology", "years_to_recurrence"),
    "records": ("thyroid_nodules", "age"),
}
BURDENS = {"scan": 0.00525, "gene": 0.003, "slides": 1e-4, "records": 1e-4, "cytology": 1e-4}
CLEAR = 0.8


@dataclass(frozen=True)
class Known:
    """What was found: `joint` is P(configuration, findings not yet known; everything found), `seen` places of foci."""

    joint: Array
    done: frozenset[str] = frozenset()
    seen: tuple[str, ...] = ()

    @property
    def mass(self) -> Array:
        """P(configuration; everything found)."""
        mass: Array = self.joint.reshape(len(self.joint), -1).sum(axis=1)
        return mass


class Expectimax:
    """The patient of a case; findings that were entered count as known.

    Args:
        case: a first-time case of the small model with actions, the blood panel unavailable.
        seen: place of the focus that was entered, if any.
    """

    def __init__(self, case: Case, seen: tuple[str, ...] = ()) -> None:
        self.network = case.facts.network
        entered = set(case.evidence.findings)
        self.findings = [name for name in FINDINGS if name not in entered]
        joint = Enumerated.of(self.network, case.evidence).joint(*TARGETS, *self.findings)
        for axis, name in enumerate(self.findings):
            for_cells = [joint.take(cell, axis + 4).sum(axis + 4) for cell in GROUPED.get(name, [])]
            joint = np.stack(for_cells, axis + 4) if for_cells else joint
        states = [self.network.variables[name].states for name in TARGETS]
        self.rows = [dict(zip(TARGETS, names, strict=True)) for names in _product(states)]
        self.worth = np.array(
            [
                [
                    sum(
                        p * worth(action, f"{cause(row)}@{region(row['gland_site'])}", met, "first")
                        for met, p in SHARES
                    )
                    for row in self.rows
                ]
                for action in ACTIONS
            ]
        )
        self.clear = np.array([row["lesion"] != "none" and row["fhh"] == "absent" for row in self.rows])
        self.root = Known(joint.reshape(len(self.rows), *joint.shape[4:]), frozenset(entered), seen)

    @cached_property
    def now(self) -> float:
        """Utility of acting now."""
        return float((self.worth @ self.root.mass).max())

    def open(self, known: Known) -> list[tuple[str, str | None]]:
        """The studies that can be done, with the place of a puncture."""
        found: list[tuple[str, str | None]] = []
        for study, reveals in REVEALS.items():
            late = study == "scan" and self.clear @ known.mass < CLEAR * known.mass.sum()
            if not late and study not in known.done and not known.done.issuperset(reveals):
                found.append((study, None))
        return found + [("cytology", place) for place in known.seen if "cytology" not in known.done]

    def after(self, known: Known, study: str, place: str | None) -> list[Known]:
        """What is known after each result."""
        done = known.done | {study}
        if place is not None:
            sites = self.network.variables["gland_site"].states
            table = self.network.target_tables["cytology"][sites.index(place)]
            by_row = table[[sites.index(row["gland_site"]) for row in self.rows]]
            shape = (-1, *[1] * (known.joint.ndim - 1))
            return [replace(known, joint=known.joint * column.reshape(shape), done=done) for column in by_row.T]
        found = [replace(known, done=done)]
        for finding in (name for name in REVEALS[study] if name in self.findings):
            found = [
                replace(each, joint=self._kept(each.joint, finding, cell), seen=self._seen(each, finding, cell))
                for each in found
                for cell in range(each.joint.shape[1 + self.findings.index(finding)])
            ]
        return found

    def _kept(self, joint: Array, finding: str, cell: int) -> Array:
        axis = 1 + self.findings.index(finding)
        only = np.zeros(joint.shape[axis])
        only[cell] = 1.0
        return joint * only.reshape([-1 if at == axis else 1 for at in range(joint.ndim)])

    def _seen(self, known: Known, finding: str, cell: int) -> tuple[str, ...]:
        result = self.network.variables[finding].states[cell]
        return (*known.seen, result.split("@")[1]) if result.startswith("focus@") else known.seen

    def best(self, known: Known, depth: int, price: float = 1.0) -> float:
        """Utility less price times burden of the best policy of so many studies, weighed with P(everything found)."""
        mass = known.mass
        stop = float((self.worth @ mass).max())
        if depth == 0 or mass.sum() <= 0:
            return stop
        return max([stop, *(self.start(known, *each, depth, price) for each in self.open(known))])

    def start(self, known: Known, study: str, place: str | None, depth: int, price: float = 1.0) -> float:
        """The same of the best policy that starts with a study."""
        branches = sum(self.best(each, depth - 1, price) for each in self.after(known, study, place))
        return float(branches - price * BURDENS[study] * known.mass.sum())

    def index(self, study: str, place: str | None, depth: int) -> float:
        """The largest gain / burden of policies that start with a study: where the priced value falls to nothing."""

        def left(price: float) -> float:
            return self.start(self.root, study, place, depth, price) - self.now

        low, high = 0.0, 1e3
        if left(1e-9) <= 0:
            return 0.0
        for _ in range(37):
            middle = (low + high) / 2
            low, high = (middle, high) if left(middle) > 0 else (low, middle)
        return low

    def together(self, studies: Sequence[str], place: str | None = None) -> list[Array]:
        """P(configuration, results) for every joint result of some studies done at once."""
        found = [self.root]
        for study in studies:
            found = [more for each in found for more in self.after(each, study, place if study == "cytology" else None)]
        return [each.mass for each in found]


def _product(states: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    grid = np.indices([len(each) for each in states]).reshape(len(states), -1).T
    return [tuple(states[axis][at] for axis, at in enumerate(row)) for row in grid]
