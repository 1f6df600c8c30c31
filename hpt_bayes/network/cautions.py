"""cautions.yaml: pitfalls, each a condition on what was entered and one sentence with its source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from hpt_bayes.network.events import EventField, check_event
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.fields import Flag, Record, Text
from hpt_bayes.network.figures import Names, refuse
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.variables import Variable
from hpt_bayes.network.yaml_reader import describe

LONGEST = 240
TEXTS_CITED = (
    "acr_workflow_secondary",
    "acr_workflow_persistent",
    "reoperative_review",
    "ablation_study",
    "common_practice",
)
"""Sources that are texts, not published numbers; as in studies.yaml."""


def _sentence(value: object) -> str:
    """Read one sentence short enough to be read at the bedside."""
    if not isinstance(value, str) or not value:
        raise refuse(f"expected text for text, found {describe(value)}")
    if not value.endswith("."):
        raise refuse(f"expected a sentence that ends with a full stop, found {value[-20:]!r} at its end")
    if ". " in value:
        raise refuse("expected one sentence, found several")
    if len(value) > LONGEST:
        raise refuse(f"expected at most {LONGEST} characters, found {len(value)}")
    return value


class Caution(Record):
    """A pitfall.

    Args:
        name: of the caution.
        when: what the entries must show.
        unless: findings any one of which, once entered, silences the caution.
        unless_field: a field of view; a scan reported with it shows nothing here.
        studies: orders it concerns; it is shown with them.
        text: one sentence for people.
        source: where it is said: keys of published numbers, or names of TEXTS_CITED.
        stop: whether it must be settled before anything else.
        premature: why localisation waits until it is settled, however likely gland disease is; empty where it does not.
    """

    name: Text
    when: EventField
    unless: Names = ()
    unless_field: Literal["neck", "neck_and_chest"] | None = None
    studies: Names = ()
    text: Annotated[str, BeforeValidator(_sentence)]
    source: Annotated[Names, Field(min_length=1)]
    stop: Flag = False
    premature: Text | Literal[""] = ""


class CautionsFile(Record):
    """The whole of cautions.yaml, most urgent first; cautions are read one by one."""

    cautions: tuple[Any, ...]


@dataclass(frozen=True)
class KnownNames:
    """What a caution may name.

    Args:
        variables: of the network, by name.
        findings: everything that can be entered, under any kind.
        studies: that can be ordered; None when their file has faults, which is enough to report.
        evidence: keys of published numbers.
        lost: whether a name has a fault of its own, which is enough to report.
    """

    variables: Mapping[str, Variable]
    findings: Collection[str]
    studies: Collection[str] | None
    evidence: Collection[str]
    lost: Callable[[str], bool]


def check_cautions(cautions: Iterable[Caution], known: KnownNames, faults: Faults) -> None:
    """Check that cautions name what can be entered, ordered and cited, each under its own name.

    Args:
        cautions: as written.
        known: names of the other files.
        faults: takes what is wrong.

    Raises:
        ModelFileError: the first fault (through `faults`).
    """
    seen: dict[str, Caution] = {}
    for caution in cautions:
        if caution.name in seen:
            first = seen[caution.name].place_of("name")
            message = f"expected each caution once, found {caution.name!r} again; first at {first}"
            faults(caution.place_of("name").error(message))
        seen.setdefault(caution.name, caution)
        _check_condition(caution, known, faults)
        _check_names(caution, "unless", "a finding", known.findings, known, faults)
        if known.studies is not None:
            _check_names(caution, "studies", "a study", known.studies, known, faults)
        _check_names(caution, "source", "an evidence key or a text", (*TEXTS_CITED, *known.evidence), known, faults)


def _check_condition(caution: Caution, known: KnownNames, faults: Faults) -> None:
    """A condition on something nobody can enter would never hold."""
    if any(known.lost(name) for name in caution.when.variables):
        return
    enterable = {name: each for name, each in known.variables.items() if each.enterable}
    for pattern in caution.when.alternatives:
        for condition in pattern.conditions:
            if condition.variable in known.variables and condition.variable not in enterable:
                message = f"expected something that can be entered, found {condition.variable!r}"
                faults(condition.at.error(f"{message}; {hint(condition.variable, enterable)}"))
                return
    check_event(caution.when, known.variables, faults)


def _check_names(
    caution: Caution, key: str, what: str, valid: Collection[str], known: KnownNames, faults: Faults
) -> None:
    for name in getattr(caution, key):
        if name not in valid and not known.lost(name):
            faults(caution.place_of(key).error(f"expected {what}, found {name!r}; {hint(name, valid)}"))
