"""network.yaml: what the model is called, its settings, diagnoses, gate, sites and the contradictions said first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from hpt_bayes.network.events import EventField
from hpt_bayes.network.fields import Flag, Record, SourcedValue, Text
from hpt_bayes.network.figures import Name, Names, refuse
from hpt_bayes.network.sites import Site
from hpt_bayes.network.yaml_reader import YamlMap, describe


class Setting(Record):
    """What was done and claimed when the patient is seen.

    Args:
        name: state of the variable `setting`.
        label: words for people.
        entry: the rule for choosing it, one line.
        reoperative: whether a parathyroid operation went before.
        disease: primary or renal.
        fits: findings that suggest this setting when another one is contradicted.
    """

    name: Text
    label: Text
    entry: Text
    reoperative: Flag
    disease: Literal["primary", "renal"]
    fits: EventField | None = None
    also: Names = ()


class CaseDefinition(Record):
    """The finding that choosing a setting enters.

    Args:
        name: it is retracted by.
        settings: that enter it.
        enters: variable -> state.
    """

    name: Text
    settings: Names
    enters: dict[str, Name]


class Diagnosis(Record):
    """A named event shown as a row.

    Args:
        name: of the row.
        label: words for people.
        label_in: setting -> other words.
        when: where it is true.
        qualifies: True for a row that never leads alone.
    """

    name: Text
    label: Text
    label_in: dict[str, Text] = Field(default_factory=dict)
    when: EventField
    qualifies: Flag = False


class GateRow(Record):
    """One of the exclusive events shown first."""

    name: Text
    label: Text
    when: EventField


class Targets(Record):
    """What `etiology` and `site` mean: the diagnoses, and the variable of the place."""

    etiology: Literal["diagnoses"]
    site: Text


class StopLine(Record):
    """Something that must be settled before anything else.

    Args:
        name: of the line.
        when: what the entries must show.
        unless: findings any one of which, once entered, silences the line.
        unless_shown: silences the line once the entries show it; on a level or a measurement all its readings together.
        text: one sentence for people.
        source: where it is said.
    """

    name: Text
    when: EventField
    unless: Names = ()
    unless_shown: EventField | None = None
    text: Text
    source: Names = ()


class Intervention(Record):
    """Something that can be changed before blood and urine are taken again.

    Args:
        finding: the context that is changed, or the laboratory measurement whose level is.
        text: one sentence for people.
    """

    finding: Text
    text: Text


class AliasFinding(Record):
    """A finding that is another name for states of a variable.

    Args:
        name: of the finding.
        variable: it is entered on.
        states: state of the finding -> states of the variable.
    """

    name: Text
    label: Text
    variable: Text
    states: dict[str, Names]
    also: Names = ()
    question: str = ""


def _alias_findings(value: object) -> list[Any]:
    """Read `{dialysis: {variable: kidney_status, present: [...], absent: [...]}}`."""
    if not isinstance(value, Mapping):
        raise refuse(f"expected findings by name, found {describe(value)}")
    found: list[Any] = []
    for name, entry in value.items():
        if not isinstance(entry, YamlMap):
            raise refuse(f"expected variable and states of {name}, found {describe(entry)}", name)
        own = ("variable", "label", "also", "question", "note")
        fields: dict[str, Any] = {key: entry[key] for key in own if key in entry}
        fields |= {"name": name, "at": entry.at, "places": entry.values_at}
        fields.setdefault("label", name.replace("_", " ").capitalize())
        fields["states"] = {key: states for key, states in entry.items() if key not in own}
        found.append(fields)
    return found


class Manifest(Record):
    """The whole of network.yaml.

    Args:
        id: of the model.
        version: of the model.
        title: one line.
        scope: what it is for, one line.
        files: variable files, in any order.
        floor: smallest probability of a finding's row.
    """

    id: Text
    version: Name
    title: Text
    scope: Text
    files: Annotated[Names, Field(min_length=1)]
    floor: SourcedValue
    settings: tuple[Setting, ...] = ()
    case_definition: CaseDefinition | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    gate: tuple[GateRow, ...] = ()
    gate_clear: SourcedValue | None = None
    targets: Targets | None = None
    sites: tuple[Site, ...] = ()
    site_groups: dict[str, Names] = Field(default_factory=dict)
    alias_findings: Annotated[tuple[AliasFinding, ...], BeforeValidator(_alias_findings)] = ()
    stop_lines: tuple[StopLine, ...] = ()
    interventions: tuple[Intervention, ...] = ()
