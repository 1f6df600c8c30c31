"""What must agree between the files: events, settings, diagnoses, gate, studies, aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from hpt_bayes.network.cautions import KnownNames, check_cautions
from hpt_bayes.network.draft import STUDIES, Draft
from hpt_bayes.network.events import Event, check_event, event_array
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.fields import Record
from hpt_bayes.network.management_check import ManagementNames, check_management
from hpt_bayes.network.manifest import Diagnosis, GateRow
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.patterns import configuration
from hpt_bayes.network.pooled import check_pools
from hpt_bayes.network.tables import kind_of
from hpt_bayes.network.variables import SETTING, Variable

_LARGEST = 2_000_000


def check_consistency(draft: Draft, variables: Mapping[str, Variable], faults: Faults) -> None:
    """Check what the files say about each other.

    Args:
        draft: as read.
        variables: resolved.
        faults: takes what is wrong.

    Raises:
        ModelFileError: the first fault (through `faults`).
    """
    _check_settings(draft, variables, faults)
    _check_case_definition(draft, variables, faults)
    _check_aliases(draft, variables, faults)
    _check_rows(draft, variables, faults)
    _check_studies(draft, variables, faults)
    _check_cautions(draft, variables, faults)
    _check_management(draft, variables, faults)
    _check_pools(draft, variables, faults)
    _check_interventions(draft, variables, faults)
    _check_names(variables, faults)
    targets = draft.manifest.targets
    if targets is not None and targets.site not in variables and targets.site not in draft.broken:
        place = targets.place_of("site")
        faults(place.error(f"expected a variable as target, found {targets.site!r}; {hint(targets.site, variables)}"))


def _event(event: Event | None, draft: Draft, variables: Mapping[str, Variable], faults: Faults) -> bool:
    """Check an event; return whether it can be evaluated."""
    if event is None:
        return True
    if any(_lost(name, draft, variables) for name in event.variables):
        return False
    before = len(faults.found)
    check_event(event, variables, faults)
    return len(faults.found) == before


def _lost(name: str, draft: Draft, variables: Mapping[str, Variable]) -> bool:
    """Whether a name has a fault of its own, which is enough to report."""
    analyte = draft.analytes.get(name)
    written = draft.variables.get(name)
    return (
        name in draft.broken
        or (written is not None and written.spec is None)
        or (analyte is not None and not analyte.input_only and name not in variables)
    )


def _unknown(record: Record, key: str, what: str, name: str, valid: Iterable[str], faults: Faults) -> None:
    names = list(valid)
    if name not in names:
        faults(record.place_of(key).error(f"expected {what}, found {name!r}; {hint(name, names)}"))


def _once(records: Sequence[Diagnosis | GateRow], what: str, faults: Faults) -> None:
    seen: dict[str, Diagnosis | GateRow] = {}
    for record in records:
        if record.name in seen:
            first = seen[record.name].place_of("name")
            faults(
                record.place_of("name").error(
                    f"expected each {what} once, found {record.name!r} again; first at {first}"
                )
            )
        seen.setdefault(record.name, record)


def _check_settings(draft: Draft, variables: Mapping[str, Variable], faults: Faults) -> None:
    settings = draft.manifest.settings
    if not settings:
        return
    states = variables[SETTING].states if SETTING in variables else ()
    if SETTING not in variables and SETTING not in draft.broken:
        place = draft.manifest.place_of("settings")
        faults(place.error(f"expected a variable named {SETTING!r} for the settings, found none"))
    for setting in settings:
        if states:
            _unknown(setting, "name", f"a state of {SETTING}", setting.name, states, faults)
        _event(setting.fits, draft, variables, faults)
    names = [setting.name for setting in settings]
    for state in states:
        if state not in names:
            place = variables[SETTING].place
            faults(
                place.error(
                    f"expected a setting for every state of {SETTING}, found none for {state!r}; {hint(state, names)}"
                )
            )


def _check_case_definition(draft: Draft, variables: Mapping[str, Variable], faults: Faults) -> None:
    definition = draft.manifest.case_definition
    if definition is None:
        return
    names = [setting.name for setting in draft.manifest.settings]
    for name in definition.settings:
        _unknown(definition, "settings", "a setting", name, names, faults)
    for name, state in definition.enters.items():
        if name in draft.broken:
            continue
        if name not in variables:
            _unknown(definition, "enters", "a variable to enter", name, variables, faults)
        else:
            _unknown(definition, "enters", f"a state of {name}", state, variables[name].states, faults)


def _check_aliases(draft: Draft, variables: Mapping[str, Variable], faults: Faults) -> None:
    for alias in draft.manifest.alias_findings:
        if alias.variable not in variables:
            if alias.variable not in draft.broken:
                _unknown(alias, "variable", "a variable", alias.variable, variables, faults)
            continue
        variable = variables[alias.variable]
        for key, states in alias.states.items():
            for state in states:
                _unknown(alias, key, f"a state of {variable.name}", state, variable.states, faults)
        if alias.name in variables:
            place = variables[alias.name].place
            faults(alias.at.error(f"expected a name no variable has, found {alias.name!r}, a variable at {place}"))


def _check_rows(draft: Draft, variables: Mapping[str, Variable], faults: Faults) -> None:
    manifest = draft.manifest
    names = [setting.name for setting in manifest.settings]
    _once(manifest.diagnoses, "diagnosis", faults)
    _once(manifest.gate, "gate row", faults)
    fine = [_event(row.when, draft, variables, faults) for row in manifest.diagnoses]
    gate = [_event(row.when, draft, variables, faults) for row in manifest.gate]
    for row in manifest.diagnoses:
        for name in row.label_in:
            _unknown(row, "label_in", "a setting", name, names, faults)
    for line in manifest.stop_lines:
        _event(line.when, draft, variables, faults)
        if line.unless_shown is not None:
            _event(line.unless_shown, draft, variables, faults)
        for name in line.unless:
            if name not in draft.broken:
                _unknown(line, "unless", "a finding", name, _findings(draft, variables), faults)
    if manifest.diagnoses and all(fine):
        _cover(manifest.diagnoses, variables, manifest, "diagnoses", False, faults)
    if manifest.gate and all(gate):
        _cover(manifest.gate, variables, manifest, "gate", True, faults)


def _cover(
    rows: Sequence[Diagnosis | GateRow],
    variables: Mapping[str, Variable],
    manifest: Record,
    key: str,
    exclusive: bool,
    faults: Faults,
) -> None:
    """Check that rows cover every configuration of the variables they mention, and once when exclusive."""
    names = list(dict.fromkeys(name for row in rows for name in row.when.variables))
    axes = [variables[name] for name in names]
    if np.prod([float(axis.size) for axis in axes]) * len(rows) > _LARGEST * 16:
        return
    counts = np.zeros([axis.size for axis in axes], dtype=np.int8)
    for row in rows:
        holds = event_array(row.when, names, variables)
        if exclusive and (holds & (counts > 0)).any():
            both = configuration(holds & (counts > 0), axes)
            other = next(each for each in rows if (event_array(each.when, names, variables) & holds).any())
            faults(row.at.error(f"expected exclusive rows in {key}, found {both} in {row.name} and in {other.name}"))
        counts += holds
    if (counts == 0).any():
        place = manifest.place_of(key)
        faults(
            place.error(
                f"expected {key} that cover everything together, found none for {configuration(counts == 0, axes)}"
            )
        )


def _check_studies(draft: Draft, variables: Mapping[str, Variable], faults: Faults) -> None:
    if draft.studies is None:
        return
    settings = [setting.name for setting in draft.manifest.settings]
    constraints = [each.name for each in draft.studies.constraints]
    findings = [name for name, each in variables.items() if each.enterable]
    for study in draft.orders.values():
        for name in study.reveals:
            if not _lost(name, draft, variables):
                _unknown(study, "reveals", f"a finding that {study.name} reveals", name, findings, faults)
        for name in study.acr:
            _unknown(study, "acr", "a setting", name, settings, faults)
        _event(study.needs, draft, variables, faults)
        for constraint in study.constraints:
            if constraint.event is not None:
                _event(constraint.event, draft, variables, faults)
            else:
                _unknown(constraint, "when", "a constraint or an event", str(constraint.when), constraints, faults)


def _findings(draft: Draft, variables: Mapping[str, Variable]) -> list[str]:
    """Everything a user may enter: variables, inputs of derived quantities, aliases."""
    found = [name for name, each in variables.items() if each.enterable]
    found += [name for name, each in draft.analytes.items() if each.input_only]
    return found + [alias.name for alias in draft.manifest.alias_findings]


def _check_cautions(draft: Draft, variables: Mapping[str, Variable], faults: Faults) -> None:
    broken = any(Path(fault.file or "").name == STUDIES for fault in faults.found)
    known = KnownNames(
        variables=variables,
        findings=_findings(draft, variables),
        studies=None if broken else draft.orders,
        evidence=draft.evidence_rows,
        lost=lambda name: _lost(name, draft, variables),
    )
    check_cautions(draft.cautions, known, faults)


def _check_interventions(draft: Draft, variables: Mapping[str, Variable], faults: Faults) -> None:
    """Check that what can be changed is something a user enters: a context, or a measurement for its level."""
    changeable = [name for name, each in variables.items() if each.role in ("context", "measurement")]
    for each in draft.manifest.interventions:
        if not _lost(each.finding, draft, variables):
            _unknown(each, "finding", "a context or a measurement to change", each.finding, changeable, faults)


def _check_pools(draft: Draft, variables: Mapping[str, Variable], faults: Faults) -> None:
    for variable in variables.values():
        if variable.spec is not None:
            check_pools(variable, kind_of(variable.spec.kind).numbers(variable.spec), draft.evidence_rows, faults)


def _check_management(draft: Draft, variables: Mapping[str, Variable], faults: Faults) -> None:
    if draft.management is None:
        return
    manifest = draft.manifest
    events = [*(row.when for row in manifest.diagnoses), *(row.when for row in manifest.gate)]
    site = () if manifest.targets is None else (manifest.targets.site,)
    known = ManagementNames(
        variables=variables,
        targets=list(dict.fromkeys([*(name for event in events for name in event.variables), *site])),
        findings=_findings(draft, variables),
        settings=[setting.name for setting in manifest.settings],
        lines=[line.name for line in manifest.stop_lines] + [each.name for each in draft.cautions if each.stop],
        evidence=draft.evidence_rows,
        lost=lambda name: _lost(name, draft, variables),
    )
    check_management(draft.management, known, faults)


def _check_names(variables: Mapping[str, Variable], faults: Faults) -> None:
    """Check that no other name of a variable is the name of another one."""
    owner: dict[str, str] = {name: name for name in variables}
    for name, variable in variables.items():
        for also in variable.also:
            if owner.setdefault(also, name) != name:
                faults(
                    variable.place.error(
                        f"expected other names of {name} that are its own, found {also!r}, a name of {owner[also]}"
                    )
                )
