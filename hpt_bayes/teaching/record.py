"""A learner's record: finished cases, boxes of the traps, an open case; saved as JSON, replaced whole or not at all.

An open case is kept as what the learner did, and replayed; the answers are computed again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from hpt_bayes.errors import EvidenceError, HptBayesError
from hpt_bayes.files import path_of, write_whole
from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.identity import identity
from hpt_bayes.teaching.patient import Origin
from hpt_bayes.teaching.patients import patient_again
from hpt_bayes.teaching.progress import Placed, Progress, after_case, due, progress
from hpt_bayes.teaching.session import Session, begin
from hpt_bayes.teaching.steps import Committed, Ordered
from hpt_bayes.teaching.traps import trap_named

FORMAT = "hpt_bayes quiz record"
VERSION = 1


@dataclass(frozen=True)
class OpenCase:
    """A case that was left before its end.

    Attributes:
        origin: how to have the patient again.
        digest: of the model it was worked up with.
        steps: what the learner did: `{"causes": ..., "regions": ...}` or `{"order": study}`.
    """

    origin: Origin
    digest: str
    steps: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Record:
    """What a learner has done; every verb returns a new record.

    Attributes:
        cases: the summary of every finished case, JSON-safe, oldest first.
        boxes: where each trap is, by name.
        open: a case that was left before its end, or None.
    """

    cases: tuple[Mapping[str, Any], ...] = ()
    boxes: Mapping[str, Placed] = field(default_factory=dict)
    open: OpenCase | None = None

    @property
    def due(self) -> tuple[str, ...]:
        """Names of the traps that should come again now, most urgent first."""
        return due(self.boxes, len(self.cases) + 1)

    def progress(self) -> Progress:
        """How the learner is doing over all finished cases."""
        return progress(self.cases, self.boxes, left_open=self.open is not None)

    def finished(self, session: Session) -> Record:
        """The record with a finished case.

        Raises:
            EvidenceError: when the case has not ended.
        """
        told = session.summary()
        model = identity(session.network)
        entry = {
            **told.to_dict(),
            "origin": asdict(session.patient.origin),
            "model": {"id": model.id, "version": model.version, "digest": model.digest},
        }
        always = [name for name in self.boxes if not trap_named(name).lines]  # every case faces what is always open
        moved = after_case(self.boxes, [*told.faced, *always], told.sprung, len(self.cases) + 1)
        other = self.open is not None and self.open.origin != session.patient.origin
        return Record((*self.cases, entry), moved, self.open if other else None)

    def left(self, session: Session) -> Record:
        """The record with a case to go on with later."""
        steps: list[Mapping[str, Any]] = []
        for step in session.steps:
            if isinstance(step, Committed):
                steps.append(step.forecast.to_dict())
            elif isinstance(step, Ordered):
                steps.append({"order": step.study})
        return replace(self, open=OpenCase(session.patient.origin, session.network.digest, tuple(steps)))

    def resumed(self, network: Network | None = None) -> Session:
        """The open case as it was left.

        Args:
            network: the model the case was begun with; the packaged one when None.

        Raises:
            EvidenceError: no open case, or one of another model.
        """
        network = load_network() if network is None else network
        if self.open is None:
            raise EvidenceError("the record has no open case")
        if self.open.digest != network.digest:
            raise EvidenceError("the open case was begun with another version of the model and cannot be gone on with")
        session = begin(network, patient_again(network, self.open.origin))
        for step in self.open.steps:
            if "order" in step:
                session = session.order(str(step["order"]))
            else:
                session = session.commit(step["causes"], step["regions"])
        return session

    def save(self, path: str | Path) -> None:
        """Write the record as JSON; the old file stays whole until the new one is.

        Args:
            path: of the file.

        Raises:
            EvidenceError: the file cannot be written.
        """
        write_whole(path, json.dumps(self.to_dict(), indent=1, allow_nan=False, ensure_ascii=False) + "\n")

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded; what `save` writes."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "cases": [dict(each) for each in self.cases],
            "boxes": {name: asdict(each) for name, each in self.boxes.items()},
            "open": None
            if self.open is None
            else {
                "origin": asdict(self.open.origin),
                "digest": self.open.digest,
                "steps": [dict(step) for step in self.open.steps],
            },
        }


def read_record(path: str | Path) -> Record:
    """Read a record; a file that does not exist is an empty one.

    Args:
        path: of the file.

    Raises:
        EvidenceError: the file cannot be read, is no record, is of a later version, or is damaged.
    """
    path = path_of(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Record()
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{path}: the record cannot be read ({_reason(error)})") from None
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{path}: expected a quiz record, found a file that is no JSON ({error})") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise EvidenceError(f"{path}: expected a quiz record ({FORMAT!r}), found another file; it is left as it is")
    if data.get("version") != VERSION:
        found = data.get("version")
        raise EvidenceError(f"{path}: expected a quiz record of version {VERSION}, found version {found!r}")
    try:
        return _record(data)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, HptBayesError) as error:
        raise EvidenceError(f"{path}: the quiz record is damaged ({_reason(error)}); mend or move it") from None


def _record(data: Mapping[str, Any]) -> Record:
    boxes = {
        trap_named(name).name: Placed(_whole(each["box"]), _whole(each["due"])) for name, each in data["boxes"].items()
    }
    left, cases = data["open"], data["cases"]
    if not isinstance(cases, list) or not all(isinstance(each, dict) for each in cases):
        raise ValueError("cases are not a list of records")
    record = Record(tuple(cases), boxes, None if left is None else _open_case(left))
    _ = record.progress()  # refuses a case that lacks its scores
    return record


def _open_case(left: Mapping[str, Any]) -> OpenCase:
    origin = Origin(
        str(left["origin"]["kind"]),
        str(left["origin"]["name"]),
        _whole(left["origin"]["seed"]),
        str(left["origin"]["trap"]),
    )
    steps = tuple(left["steps"])
    for step in steps:
        if "order" not in step and not (isinstance(step["causes"], dict) and isinstance(step["regions"], dict)):
            raise ValueError("a step is neither a forecast nor an order")
    return OpenCase(origin, str(left["digest"]), steps)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"expected a whole number, found {value!r}")
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
