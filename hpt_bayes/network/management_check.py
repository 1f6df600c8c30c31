"""What management.yaml must agree with: causes and places of the targets, findings, settings, stop lines, itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hpt_bayes.network.cautions import TEXTS_CITED
from hpt_bayes.network.events import Event, check_event, event_array
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.fields import Record
from hpt_bayes.network.management import ELSEWHERE, TARGET, Action, CauseClass, Graded, Management, Region
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.patterns import configuration
from hpt_bayes.network.variables import Variable


@dataclass(frozen=True)
class ManagementNames:
    """What management.yaml may name.

    Args:
        variables: of the network, by name.
        targets: the variables that diagnoses, gate and place are about.
        findings: everything that can be entered, under any kind.
        settings: of the network.
        lines: stop lines, and cautions that are stop lines.
        evidence: keys of published numbers.
        lost: whether a name has a fault of its own, which is enough to report.
    """

    variables: Mapping[str, Variable]
    targets: Collection[str]
    findings: Collection[str]
    settings: Collection[str]
    lines: Collection[str]
    evidence: Collection[str]
    lost: Callable[[str], bool]


def check_management(management: Management, known: ManagementNames, faults: Faults) -> None:
    """Check that management.yaml names what exists, values every class and leaves no configuration out.

    Args:
        management: as read.
        known: names of the other files.
        faults: takes what is wrong.

    Raises:
        ModelFileError: the first fault (through `faults`).
    """
    check = _Check(management, known, faults)
    check.names_once()
    check.states(management.classes, "classes")
    check.states(management.regions, "regions")
    check.cases()
    check.numbers()
    for action in management.actions:
        check.action(action)
    check.requirements_and_blocks()


class _Check:
    """One pass over one file; every method reports through `faults`."""

    def __init__(self, management: Management, known: ManagementNames, faults: Faults) -> None:
        self.management, self.known, self.faults = management, known, faults
        self.classes = [each.name for each in management.classes]
        self.regions = [each.name for each in management.regions]
        self.actions = [each.name for each in management.actions]

    def names_once(self) -> None:
        file = self.management
        lists: Sequence[tuple[str, Sequence[Record]]] = (
            ("class", file.classes),
            ("region", file.regions),
            ("indication", file.indications),
            ("risk", file.risks),
            ("cost", file.untreated),
            ("harm", file.harms),
            ("loss", file.losses),
            ("requirement", file.requirements),
            ("block", file.blocks),
            ("action", file.actions),
            *((f"relief of {action.name}", action.relief) for action in file.actions),
        )
        for what, records in lists:
            seen: dict[str, Record] = {}
            for record in records:
                name = str(getattr(record, "name", ""))
                if name in seen:
                    first = seen[name].place_of("name")
                    message = f"expected each {what} once, found {name!r} again; first at {first}"
                    self.faults(record.place_of("name").error(message))
                seen.setdefault(name, record)

    def states(self, states: Sequence[CauseClass | Region], key: str) -> None:
        """Classes and regions are functions of the target variables, and some state holds everywhere."""
        before = len(self.faults.found)
        for state in states:
            for pattern in state.when.alternatives:
                for condition in pattern.conditions:
                    if condition.variable in self.known.variables and condition.variable not in self.known.targets:
                        self.faults(
                            condition.at.error(
                                f"expected a variable the diagnoses or the place are about, found "
                                f"{condition.variable!r}; {hint(condition.variable, self.known.targets)}"
                            )
                        )
        fine = [self.event(state.when) for state in states]
        if not all(fine) or len(self.faults.found) > before:
            return
        names = list(dict.fromkeys(name for state in states for name in state.when.variables))
        axes = [self.known.variables[name] for name in names]
        held = np.zeros([axis.size for axis in axes], dtype=bool)
        for state in states:
            held |= event_array(state.when, names, self.known.variables)
        if not held.all():
            place = self.management.place_of(key)
            self.faults(
                place.error(f"expected {key} that cover everything, found none for {configuration(~held, axes)}")
            )

    def cases(self) -> None:
        """Indications and risks: conditions on what can be entered, shares that sum to one, a risk for everybody."""
        file = self.management
        for indication in file.indications:
            self.entered(indication.when)
        total = sum(each.share.value for each in file.indications)
        if abs(total - 1.0) > 1e-9 or any(each.share.value < 0 for each in file.indications):
            place = file.place_of("indications")
            self.faults(place.error(f"expected shares of the indications that sum to 1, found {total:.9g}"))
        for risk in file.risks[:-1]:
            if risk.when is None:
                self.faults(risk.at.error(f"expected when for the risk {risk.name}, found none; only the last is else"))
            else:
                self.entered(risk.when)
        if file.risks[-1].when is not None:
            place = file.risks[-1].place_of("when")
            self.faults(place.error("expected a last risk without when, for everybody else; found a condition"))

    def numbers(self) -> None:
        """What an untreated class costs is written once for each; every number is for all cases of one kind."""
        for _, each in self.management.graded():
            self.grades(each)
        owner: dict[str, str] = {}
        for cost in self.management.untreated:
            self.among(cost, "classes", "a class", cost.classes, self.classes)
            for name in cost.classes:
                if owner.setdefault(name, cost.name) != cost.name:
                    message = f"expected the untreated cost of each class once, found {name!r} again"
                    self.faults(cost.place_of("classes").error(f"{message}; first in {owner[name]}"))
        misnamed = any(name not in self.classes for name in owner)
        for name in self.classes:
            if name not in owner and not misnamed:
                place = self.management.place_of("untreated")
                self.faults(place.error(f"expected the untreated cost of every class, found none for {name!r}"))
        for loss in self.management.losses:
            self.among(loss, "classes", "a class", loss.classes, self.classes)
            self.among(loss, "regions", "a region", loss.regions, (*self.regions, TARGET, ELSEWHERE))
            self.among(loss, "spared", "an action", loss.spared, self.actions)

    def grades(self, each: Graded) -> None:
        names = each.value.names
        cases = [
            [state.name for state in self.management.indications],
            [state.name for state in self.management.risks],
        ]
        if names is not None and not any(set(names) == set(case) for case in cases):
            wanted = " or ".join(", ".join(case) for case in cases)
            self.faults(
                each.place_of("value").error(f"expected a number for each of {wanted}, found {', '.join(names)}")
            )

    def action(self, action: Action) -> None:
        self.among(action, "settings", "a setting", action.settings, self.known.settings)
        self.among(action, "target", "a region", action.target, self.regions)
        self.among(action, "harm", "a harm", (action.harm,), [each.name for each in self.management.harms])
        requirements = [each.name for each in self.management.requirements]
        self.among(action, "requires", "a requirement", action.requires, requirements)
        words = (TARGET, ELSEWHERE) if action.target else ()
        for part in action.relief:
            self.among(part, "classes", "a class", part.classes, self.classes)
            self.among(part, "regions", "a region", part.regions, (*self.regions, *words))
        for each in action.contraindications:
            self.entered(each.when)
            cited = (*TEXTS_CITED, *self.known.evidence)
            self.among(each, "source", "an evidence key or a text", each.source, cited)

    def requirements_and_blocks(self) -> None:
        for each in self.management.requirements:
            if each.shown is None and not each.entered:
                self.faults(each.at.error(f"expected shown or entered for {each.name}, found neither"))
            self.entered(each.applies)
            self.entered(each.shown)
            findings = [name for name in each.entered if not self.known.lost(name)]
            self.among(each, "entered", "a finding", findings, self.known.findings)
        for block in self.management.blocks:
            self.among(block, "lines", "a stop line", block.lines, self.known.lines)

    def event(self, event: Event) -> bool:
        """Check an event; return whether it can be evaluated."""
        if any(self.known.lost(name) for name in event.variables):
            return False
        before = len(self.faults.found)
        check_event(event, self.known.variables, self.faults)
        return len(self.faults.found) == before

    def entered(self, event: Event | None) -> None:
        """A condition on something nobody can enter would never be shown; a level is shown by what measures it."""
        if event is None or not self.event(event):
            return
        can = {name: each for name, each in self.known.variables.items() if each.enterable or each.role == "level"}
        for pattern in event.alternatives:
            for condition in pattern.conditions:
                if condition.variable not in can:
                    message = f"expected something that can be entered, found {condition.variable!r}"
                    self.faults(condition.at.error(f"{message}; {hint(condition.variable, can)}"))

    def among(self, record: Record, key: str, what: str, names: Iterable[str], valid: Collection[str]) -> None:
        for name in names:
            if name not in valid:
                self.faults(record.place_of(key).error(f"expected {what}, found {name!r}; {hint(name, valid)}"))
