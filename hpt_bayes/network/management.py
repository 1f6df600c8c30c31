"""management.yaml: what can be done, what each action achieves in whom, what it costs, and what must come first.

Utilities are written in parts a clinician can judge one by one. One is as well as without the disease, zero is death:

    utility = 1 - untreated x (1 - relief) - harm - losses

`untreated` is what a cause costs a patient in whom nothing is done; `relief` the share of that an action takes away,
by cause and place; `harm` what the action itself costs; a loss is added where an action is done to the wrong patient.
Nothing is worth less than zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SkipValidation

from hpt_bayes.network.events import EventField
from hpt_bayes.network.fields import Defaults, Record, SourcedValue, Text, Uncertain
from hpt_bayes.network.figures import Names, refuse
from hpt_bayes.network.yaml_reader import describe

Kind = Literal["operation", "ablation", "medical", "workup", "observation", "referral"]
TARGET = "target"
ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Grades:
    """One number, or one for each indication or each operative risk.

    Args:
        names: indications or risks; None for one number.
        values: one for each name.
    """

    names: tuple[str, ...] | None
    values: tuple[float, ...]


def read_grades(value: object) -> Grades:
    """Return a number between 0 and 1, or several by indication or risk."""
    if isinstance(value, Grades):
        return value
    if isinstance(value, Mapping):
        if not value:
            raise refuse("expected numbers by indication or risk, found an empty mapping")
        return Grades(tuple(value), tuple(_share(each, name) for name, each in value.items()))
    return Grades(None, (_share(value),))


def _share(value: object, *path: str) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        raise refuse(f"expected a number, found {describe(value)}", *path)
    if not 0 <= value <= 1:
        raise refuse(f"expected a number between 0 and 1, found {describe(value)}", *path)
    return float(value)


class Graded(Uncertain):
    """A judged number (`value`), perhaps by indication or by operative risk.

    Args:
        name: it is overridden by.
        value: between 0 and 1; a 90 % `range` beside several values is that of the first, the others in proportion.
    """

    name: Text
    value: Annotated[SkipValidation[Grades], BeforeValidator(read_grades)]


class CauseClass(Record):
    """Causes that call for one and the same management; the first class that holds is taken."""

    name: Text
    label: Text
    when: EventField


class Region(Record):
    """Places that one operation reaches; the first region that holds is taken."""

    name: Text
    label: Text
    when: EventField


class Indication(Record):
    """How strongly the disease calls for treatment.

    Args:
        name: of the state.
        label: words for people.
        when: what the entries must show; the first state that is shown is taken.
        share: of patients in whom nothing decides it; used when no state is shown.
    """

    name: Text
    label: Text
    when: EventField
    share: SourcedValue


class Risk(Record):
    """How dangerous an operation in the neck is.

    Args:
        name: of the state.
        label: words for people.
        when: what the entries must show, the first state that is shown is taken; left out on the last, which is else.
    """

    name: Text
    label: Text
    when: EventField | None = None


class Untreated(Graded):
    """What the causes of some classes cost a patient in whom nothing is done."""

    classes: Annotated[Names, Field(min_length=1)]


class Relief(Graded):
    """The share of the untreated cost that an action takes away; the first row that fits is taken, none leaves it.

    Args:
        classes: of causes.
        regions: of places, `target` for those the action aims at, `elsewhere` for the others; empty for all.
    """

    classes: Annotated[Names, Field(min_length=1)]
    regions: Names = ()


class Loss(Graded):
    """What is added where actions are done to the wrong patient or in the wrong place.

    Args:
        classes: of causes; empty for all.
        regions: of places, `target` and `elsewhere` speak of actions with a target only; empty for all.
        kinds: of actions; empty for all.
        spared: actions it does not concern.
    """

    classes: Names = ()
    regions: Names = ()
    kinds: tuple[Kind, ...] = ()
    spared: Names = ()


class Requirement(Record):
    """What must be settled before an action.

    Args:
        name: actions require it by.
        applies: what the entries must show for it to matter; always when left out.
        shown: entries that settle it.
        entered: findings that settle it, once `times` readings of them are entered.
        times: readings of `entered` that are needed.
        missing: one sentence, said while it is not settled.
    """

    name: Text
    applies: EventField | None = None
    shown: EventField | None = None
    entered: Names = ()
    times: Annotated[int, Field(strict=True, ge=1)] = 1
    missing: Text


class Contraindication(Record):
    """When an action must not be taken."""

    when: EventField
    reason: Text
    source: Names = ()


class Block(Record):
    """Stop lines under which actions of some kinds are not yet to be taken, however good they look.

    Args:
        name: of the block.
        lines: names of stop lines, and of cautions that are stop lines.
        kinds: of actions.
        text: the reason, in a few words.
    """

    name: Text
    lines: Annotated[Names, Field(min_length=1)]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    text: Text


class Stopping(Record):
    """When further studies are not worth doing although they may still change the action.

    Args:
        same_decision: probability, from which on, that all of them together leave the action as it is.
        regret: expected loss in utility, up to which, from acting without them.
    """

    same_decision: SourcedValue
    regret: SourcedValue


class Action(Record):
    """Something that can be done.

    Args:
        name: of the action; with several targets there is one action for each, `name@region`.
        label: words for people.
        detail: how it is done, one line; empty where the label says it.
        kind: of action.
        settings: in which it exists; all when empty.
        target: regions it can aim at; empty for an action that aims at no place.
        harm: name of what it costs the patient by itself.
        relief: what it achieves, by class and region.
        requires: names of requirements.
        contraindications: when it must not be taken.
    """

    name: Text
    label: Text
    detail: str = ""
    kind: Kind
    settings: Names = ()
    target: Names = ()
    harm: Text
    relief: tuple[Relief, ...] = ()
    requires: Names = ()
    contraindications: tuple[Contraindication, ...] = ()


@dataclass(frozen=True)
class AimedAction:
    """An action at one of its targets.

    Args:
        name: `focused_exploration@left_neck`, or that of the action where there is one target or none.
        label: words for people.
        action: as written.
        target: region, or None.
    """

    name: str
    label: str
    action: Action
    target: str | None


class Management(Defaults):
    """The whole of management.yaml.

    Args:
        near_tie: difference in expected utility that the judgements cannot tell apart.
        classes: of causes, covering everything.
        regions: of places, covering everything.
        indications: for treatment, first match wins.
        risks: of an operation in the neck, the last is else.
        untreated: cost of each class in whom nothing is done.
        harms: what actions cost by themselves.
        losses: what is added where an action is done to the wrong patient.
        requirements: what must be settled before an action.
        blocks: stop lines under which actions are not yet to be taken.
        actions: that can be taken.
        stopping: when studies stop; None where the file does not say.
    """

    near_tie: SourcedValue
    classes: Annotated[tuple[CauseClass, ...], Field(min_length=1)]
    regions: Annotated[tuple[Region, ...], Field(min_length=1)]
    indications: Annotated[tuple[Indication, ...], Field(min_length=1)]
    risks: Annotated[tuple[Risk, ...], Field(min_length=1)]
    untreated: tuple[Untreated, ...]
    harms: tuple[Graded, ...]
    losses: tuple[Loss, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    blocks: tuple[Block, ...] = ()
    actions: Annotated[tuple[Action, ...], Field(min_length=1)]
    stopping: Stopping | None = None

    @cached_property
    def aimed(self) -> tuple[AimedAction, ...]:
        """Every action at every target, in file order."""
        regions = {each.name: each.label for each in self.regions}
        found: list[AimedAction] = []
        for action in self.actions:
            if len(action.target) < 2:
                found.append(AimedAction(action.name, action.label, action, next(iter(action.target), None)))
                continue
            for region in action.target:
                label = f"{action.label}: {regions.get(region, region)}"
                found.append(AimedAction(f"{action.name}@{region}", label, action, region))
        return tuple(found)

    def graded(self) -> Iterator[tuple[str, Graded]]:
        """Every judged number of the utilities with its dotted name, in file order."""
        for kind, records in (("untreated", self.untreated), ("harm", self.harms), ("loss", self.losses)):
            yield from ((f"{kind}.{each.name}", each) for each in records)
        for action in self.actions:
            yield from ((f"relief.{action.name}.{each.name}", each) for each in action.relief)

    @cached_property
    def numbers(self) -> Mapping[str, float]:
        """Every number a user may override by its dotted name, e.g. `harm.neck.reoperative` or `share.met`."""
        found: dict[str, Any] = {}
        for path, each in self.graded():
            names = each.value.names
            keys = [path] if names is None else [f"{path}.{name}" for name in names]
            found |= dict(zip(keys, each.value.values, strict=True))
        return found | {f"share.{each.name}": each.share.value for each in self.indications}
