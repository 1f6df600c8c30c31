"""The explorer without its widgets: a frozen state and pure functions that enter, take back, undo, pin and compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, Self

from hpt_bayes.errors import HptBayesError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.evidence.observation import Observation
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.believing.changes import Change
from hpt_bayes.reasoning.believing.posterior import Posterior
from hpt_bayes.reasoning.believing.what_if import Contrast
from hpt_bayes.reasoning.next_study.ranking import Ranking


class ExploredFacts(Protocol):
    """What the explorer reads of a case's facts."""

    @property
    def network(self) -> Network:
        """The model."""

    @property
    def observations(self) -> tuple[Observation, ...]:
        """As entered."""


class Explored(Protocol):
    """What the explorer needs of a case."""

    @property
    def facts(self) -> ExploredFacts:
        """Everything the case holds."""

    @property
    def evidence(self) -> EnteredEvidence:
        """Everything entered, interpreted."""

    def observe(self, finding: str, value: str | None = None, unit: str | None = None, **details: Any) -> Self:
        """The case with one more reading; details are the site, the date and what else a report says."""

    def retract(self, finding: str) -> Self:
        """The case without any reading of a finding."""

    def posterior(self) -> Posterior:
        """What is believed."""

    def next_studies(self, *, steps: int | None = None) -> Ranking:
        """What each study would tell."""

    def save(self, path: str | Path) -> None:
        """Write the case as a case file."""


@dataclass(frozen=True)
class Entry:
    """A reading as typed; empty text is nothing.

    Attributes:
        finding: its name.
        value: a number, a bound, a range, a state or a group.
        unit: of the number.
        upper_limit: of the laboratory, a number or `unknown`.
        site: place of a focus, or the punctured place.
        field: field of view of a scan.
        date: ISO date.
    """

    finding: str
    value: str
    unit: str = ""
    upper_limit: str = ""
    site: str = ""
    field: str = ""
    date: str = ""


@dataclass(frozen=True)
class View:
    """A case with its answers, computed when first asked for, and kept."""

    case: Explored

    @cached_property
    def posterior(self) -> Posterior:
        """What is believed."""
        return self.case.posterior()

    @cached_property
    def ranking(self) -> Ranking | None:
        """What each study would tell; None for a foreign network, where there is no one target."""
        return None if self.case.facts.network.foreign else self.case.next_studies(steps=1)


@dataclass(frozen=True)
class ExplorerState:
    """Where the user is.

    Attributes:
        view: the case now.
        earlier: the views before, oldest first.
        pinned: the view to compare with, or None.
        message: the last refusal or success, for people.
        refused: whether it is a refusal.
    """

    view: View
    earlier: tuple[View, ...] = ()
    pinned: View | None = None
    message: str = ""
    refused: bool = False

    @property
    def case(self) -> Explored:
        """The case now."""
        return self.view.case


def opened(case: Explored) -> ExplorerState:
    """The state before anything is changed.

    Raises:
        ImpossibleEvidence: when what the case holds cannot be true together.
    """
    view = View(case)
    _ = view.posterior
    return ExplorerState(view)


def enter(state: ExplorerState, entry: Entry) -> ExplorerState:
    """The state with one more reading, or the same case with the reason why it cannot be accepted.

    Args:
        state: before.
        entry: as typed.
    """
    limit = entry.upper_limit.strip()

    def changed() -> Explored:
        value = entry.value.strip()
        if limit and not value.partition(" upper ")[1]:
            value = f"{value} {entry.unit}".strip() + f" upper {limit}"
            unit = None
        else:
            unit = entry.unit.strip() or None
        attributes: dict[str, Any] = {"field": entry.field} if entry.field else {}
        return state.case.observe(
            entry.finding, value or None, unit, site=entry.site or None, date=entry.date.strip() or None, **attributes
        )

    return _moved(state, changed, f"Entered {entry.finding}.")


def retract(state: ExplorerState, finding: str) -> ExplorerState:
    """The state without any reading of a finding, or the same case with the reason why not.

    Args:
        state: before.
        finding: its name.
    """
    return _moved(state, lambda: state.case.retract(finding), f"Took {finding} back.")


def undo(state: ExplorerState) -> ExplorerState:
    """The state before the last change; pinning is no change of the case and stays."""
    if not state.earlier:
        return replace(state, message="There is nothing to undo.", refused=True)
    return replace(state, view=state.earlier[-1], earlier=state.earlier[:-1], message="Undone.", refused=False)


def pin(state: ExplorerState) -> ExplorerState:
    """The state with the case as it is now kept to compare with."""
    return replace(state, pinned=state.view, message="Pinned: later answers are compared with this one.", refused=False)


def unpin(state: ExplorerState) -> ExplorerState:
    """The state without a comparison."""
    return replace(state, pinned=None, message="No longer compared.", refused=False)


def saved(state: ExplorerState, path: str) -> ExplorerState:
    """Write the case; the state says where, or why it could not.

    Args:
        state: whose case is written.
        path: of the case file.
    """
    if not path.strip():
        return replace(state, message="Give a file name, e.g. case.yaml.", refused=True)
    try:
        state.case.save(path.strip())
    except (HptBayesError, OSError) as error:
        return replace(state, message=f"Not saved: {error}", refused=True)
    return replace(state, message=f"Saved as {path.strip()}.", refused=False)


def compared(state: ExplorerState) -> Contrast | None:
    """What differs from the pinned case; None when none is pinned, or in a foreign network."""
    if state.pinned is None or state.case.facts.network.foreign:
        return None
    before, after = (_texts(view.case) for view in (state.pinned, state.view))
    names = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    changes = tuple(Change(name, before.get(name), after.get(name)) for name in names)
    return Contrast(changes, state.pinned.posterior, state.view.posterior, state.pinned.ranking, state.view.ranking)


def _moved(state: ExplorerState, change: Callable[[], Explored], done: str) -> ExplorerState:
    try:
        view = View(change())
        _ = view.posterior  # findings that cannot be true together are refused here, and the case stays as it was
    except HptBayesError as error:
        return replace(state, message=str(error), refused=True)
    return replace(state, view=view, earlier=(*state.earlier, state.view), message=done, refused=False)


def _texts(case: Explored) -> Mapping[str, str]:
    return {name: text for name, text in case.evidence.texts.items() if name not in case.evidence.conditions}
