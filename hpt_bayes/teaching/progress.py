"""How a learner is doing over all finished cases, and when each trap comes back: Leitner's boxes, counted in cases.

A trap that was faced without being sprung moves up one box, one that was sprung goes back to the first. A trap of box
b is due again 2^(b-1) cases later: the next case, then after 2, 4, 8, 16.

Source:
    Leitner 1972, So lernt man lernen (the boxes); Settles & Meeder 2016, Proc ACL 1848 (intervals that double).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from hpt_bayes.display.numbers import amount, bits, share
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.number import as_float
from hpt_bayes.teaching.traps import trap_named

BOXES = 5


@dataclass(frozen=True)
class Placed:
    """Where a trap is.

    Attributes:
        box: 1 (just sprung, or new) to BOXES.
        due: number of the case from which it should come again.
    """

    box: int
    due: int

    def __post_init__(self) -> None:
        """Refuse a box that does not exist."""
        if not 1 <= self.box <= BOXES:
            raise EvidenceError(f"expected a box from 1 to {BOXES}, found {self.box}")


def after_case(
    placed: Mapping[str, Placed], faced: Collection[str], sprung: Collection[str], number: int
) -> dict[str, Placed]:
    """Where the traps are after a case.

    Args:
        placed: before it, by name.
        faced: names of the traps that were open in it.
        sprung: names of the traps that were sprung.
        number: how many cases are finished, this one included.

    Returns:
        By name; traps that were neither faced nor sprung stay where they were.
    """
    moved = dict(placed)
    for name in dict.fromkeys([*faced, *sprung]):
        earlier = placed[name].box if name in placed else 1
        box = 1 if name in sprung else min(earlier + 1, BOXES)
        moved[name] = Placed(box, number + 2 ** (box - 1))
    return moved


def due(placed: Mapping[str, Placed], number: int) -> tuple[str, ...]:
    """The traps that should come again: the lowest box first, then the one longest due.

    Args:
        placed: by name.
        number: of the next case.
    """
    waiting = [name for name, each in placed.items() if each.due <= number]
    return tuple(sorted(waiting, key=lambda name: (placed[name].box, placed[name].due)))


@dataclass(frozen=True, repr=False)
class Progress(Result):
    """Means and sums over finished cases; None without cases.

    Attributes:
        cases: how many.
        log: mean log score of the last forecast of each case.
        log_model: of the model, on the same findings.
        brier: mean Brier score, likewise.
        brier_model: of the model.
        regret_bits: mean given away by the orders of a case.
        cost_usd: mean of a case.
        dose_msv: mean of a case.
        sprung: how often each trap was sprung.
        boxes: where each trap is.
        open: whether a case waits to be gone on with.
    """

    cases: int
    log: float | None
    log_model: float | None
    brier: float | None
    brier_model: float | None
    regret_bits: float | None
    cost_usd: float | None
    dose_msv: float | None
    sprung: Mapping[str, int]
    boxes: Mapping[str, Placed]
    open: bool

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {
            **{key: value for key, value in self.__dict__.items() if key not in ("sprung", "boxes")},
            "sprung": dict(self.sprung),
            "boxes": {name: asdict(each) for name, each in self.boxes.items()},
        }

    def to_frame(self) -> Frame:
        """One row per trap that was met: how often it was sprung, its box, and the case from which it comes again."""
        return to_frame(
            [{"trap": name, "sprung": self.sprung.get(name, 0), **asdict(each)} for name, each in self.boxes.items()]
        )

    def blocks(self) -> tuple[Rows, ...]:
        """The scores, then the traps."""
        lines = [f"{self.cases} finished{', one left open' if self.open else ''}."]
        if self.cases:
            lines.append(f"Log score {share(self.log)} (model {share(self.log_model)}), 0 is perfect.")
            lines.append(f"Brier score {share(self.brier)} (model {share(self.brier_model)}).")
            lines.append(
                f"Per case: {bits(self.regret_bits)} bits given away, {amount(round(self.cost_usd or 0), 'USD')}, "
                f"{amount(self.dose_msv, 'mSv')}."
            )
        cells = tuple(
            (trap_named(name).label, str(self.sprung.get(name, 0)), str(each.box), f"case {each.due}")
            for name, each in sorted(self.boxes.items(), key=lambda item: (item[1].box, item[1].due))
        )
        table = Rows("Traps", ("", "sprung", "box", "again from"), cells, right=frozenset({1, 2}))
        return (lines_block("Your record", lines), *([table] if cells else []))


def progress(cases: Sequence[Mapping[str, Any]], boxes: Mapping[str, Placed], *, left_open: bool) -> Progress:
    """How a learner is doing.

    Args:
        cases: the summary of every finished case, as `Summary.to_dict` has it.
        boxes: where each trap is, by name.
        left_open: whether a case waits to be gone on with.
    """
    last = [case["forecasts"][-1] for case in cases]
    return Progress(
        cases=len(cases),
        log=_mean(each["causes"]["log"] for each in last),
        log_model=_mean(each["causes_model"]["log"] for each in last),
        brier=_mean(each["causes"]["brier"] for each in last),
        brier_model=_mean(each["causes_model"]["brier"] for each in last),
        regret_bits=_mean(case["regret_bits"] for case in cases),
        cost_usd=_mean(case["cost_usd"] for case in cases),
        dose_msv=_mean(case["dose_msv"] for case in cases),
        sprung=Counter(trap_named(name).name for case in cases for name in case["sprung"]),
        boxes=boxes,
        open=left_open,
    )


def _mean(values: Iterable[Any]) -> float | None:
    listed = [_number(value) for value in values]
    return fmean(listed) if listed else None


def _number(value: object) -> float:
    number = math.nan if isinstance(value, bool) or not isinstance(value, (int, float)) else as_float(value)
    if not math.isfinite(number):
        raise ValueError(f"expected a number, found {value!r}")
    return number
