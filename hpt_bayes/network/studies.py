"""studies.yaml: what can be ordered, what it reveals, what it costs the patient, and when it must not be done."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from hpt_bayes.network.events import Event, EventField, read_event
from hpt_bayes.network.fields import Defaults, NotNegative, Record, SourcedValue, Text
from hpt_bayes.network.figures import Names

Rating = Literal["usually_appropriate", "may_be_appropriate", "usually_not_appropriate", "not_rated"]


class Dose(SourcedValue):
    """Effective dose, with the class a guideline gives it."""

    value: NotNegative
    dose_class: Annotated[str | None, Field(alias="class")] = None


class Burden(Defaults):
    """What a study costs the patient.

    Args:
        cost_usd: US dollars.
        dose_msv: millisievert.
        invasiveness: 0 (none) to 4.
        contrast: given or not.
        minutes: of the patient's time.
        serious_complication: probability.
        delay_days: until the result.
    """

    cost_usd: SourcedValue | None = None
    dose_msv: Dose | None = None
    invasiveness: Annotated[int, Field(strict=True, ge=0, le=4)] = 0
    contrast: Literal["none", "iodinated", "gadolinium"] = "none"
    minutes: SourcedValue | None = None
    serious_complication: SourcedValue | None = None
    delay_days: Annotated[SourcedValue | None, BeforeValidator(lambda value: value)] = None


def _event_or_name(value: object) -> object:
    return value if isinstance(value, str) else read_event(value)


class StudyConstraint(Record):
    """When a study is excluded or needs caution: an event, or the name of a constraint users list."""

    when: Annotated[Any, BeforeValidator(_event_or_name)]
    grade: Literal["excluded", "caution"]
    reason: Text
    source: Names = ()

    @property
    def event(self) -> Event | None:
        """The event, or None when `when` is the name of a constraint."""
        return self.when if isinstance(self.when, Event) else None


class SequenceRule(Record):
    """What this study must come before."""

    before: Text
    text: Text
    source: Names = ()


class Study(Defaults):
    """One thing that can be ordered.

    Args:
        name: of the order.
        label: words for people.
        reveals: findings, up to three.
        group: shared draw, collection or visit.
        kind: what it is about.
        burden: on the patient.
        acr: setting -> appropriateness rating; a setting left out is unknown.
        order_text: what to write on the request.
        needs: when it is offered.
        needs_text: the same in words; shown when it is not offered.
        constraints: when it is excluded or needs caution.
        sequence: what it must come before.
    """

    name: Text
    label: Text
    reveals: Annotated[Names, Field(min_length=1, max_length=3)]
    group: Text | None = None
    kind: Literal["localisation", "biochemistry", "genetics", "record", "examination", "confirmatory"]
    burden: Burden
    acr: dict[str, Rating] = Field(default_factory=dict)
    order_text: str = ""
    needs: EventField | None = None
    needs_text: str = ""
    constraints: tuple[StudyConstraint, ...] = ()
    sequence: tuple[SequenceRule, ...] = ()
    also: Names = ()


class Constraint(Record):
    """Something about the patient that users may list."""

    name: Text
    label: Text
    also: Names = ()


class StudiesFile(Record):
    """The whole of studies.yaml; studies are read one by one."""

    studies: tuple[Any, ...]
    constraints: tuple[Constraint, ...] = ()
    burden_weights: dict[str, SourcedValue] = Field(default_factory=dict)
