"""From what was entered to what the network takes: setting, case definition, and every finding as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType

import numpy as np

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.categorical import enter_states
from hpt_bayes.evidence.derived import derived
from hpt_bayes.evidence.entered import Collector, EnteredEvidence, FindingEvidence, ScopeFactor, VariableLikelihood
from hpt_bayes.evidence.finding import finding_named
from hpt_bayes.evidence.limits import require_limits_of_the_age
from hpt_bayes.evidence.measured import measured
from hpt_bayes.evidence.numeric import enter_number
from hpt_bayes.evidence.observation import Observation
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.twin import AFTER
from hpt_bayes.network.variables import SETTING

__all__ = ["EnteredEvidence", "FindingEvidence", "ScopeFactor", "VariableLikelihood", "interpret"]


def interpret(
    network: Network,
    settings: Sequence[str] = (),
    observations: Sequence[Observation] = (),
    constraints: Iterable[str] = (),
    unavailable: Iterable[str] = (),
    retracted: Sequence[str] = (),
) -> EnteredEvidence:
    """Interpret everything entered for one patient.

    Args:
        network: what is believed.
        settings: the setting, or several it may be; none for a foreign network.
        observations: in order of entry; the same finding again is a further reading.
        constraints: conditions that rule studies out.
        unavailable: studies this centre cannot do.
        retracted: findings that are not entered; `case_definition` is entered with the setting unless named here.

    Returns:
        The evidence, each part with the finding it comes from.

    Raises:
        EvidenceError: an unknown setting, constraint, study or retracted name; readings that cannot stand together.
    """
    into = Collector()
    chosen = _enter_setting(network, settings, into)
    _check_retracted(network, retracted, observations)
    kept = tuple(each for each in observations if each.finding not in retracted)
    conditions = [SETTING] if chosen else []
    conditions += _enter_case_definition(network, chosen, kept, retracted, into)
    require_limits_of_the_age(network, kept)
    _enter_findings(network, kept, into)
    return EnteredEvidence(
        settings=chosen,
        constraints=_known("constraint", constraints, network.constraints),
        unavailable=_known("study", unavailable, network.studies),
        observations=kept,
        hard=MappingProxyType(into.hard),
        hard_findings=MappingProxyType(into.hard_findings),
        likelihoods=tuple(into.likelihoods),
        factors=tuple(into.factors),
        texts=MappingProxyType(into.texts),
        conditions=tuple(conditions),
        assumed=MappingProxyType(into.assumed),
        not_counted_twice=tuple(dict.fromkeys(into.not_counted_twice)),
        notes=tuple(dict.fromkeys(into.notes)),
    )


def _enter_setting(network: Network, settings: Sequence[str], into: Collector) -> tuple[str, ...]:
    if isinstance(settings, str):
        settings = (settings,)
    if network.foreign or not network.settings:
        if settings:
            raise EvidenceError(f"{network.id} has no settings, found setting {settings[0]!r}; leave it out")
        return ()
    if not settings:
        raise EvidenceError(f"a setting is needed: one of {', '.join(network.settings)}")
    chosen = _known("setting", settings, network.settings)
    states = network.variables[SETTING].states
    vector = np.array([1.0 if state in chosen else 0.0 for state in states])
    into.vector(SETTING, vector, SETTING, " or ".join(chosen))
    return chosen


def _enter_case_definition(
    network: Network,
    chosen: Sequence[str],
    observations: Sequence[Observation],
    retracted: Sequence[str],
    into: Collector,
) -> list[str]:
    """Enter what the choice of a setting implies; a variable the user observed keeps the user's value."""
    definition = network.case_definition
    if definition is None or definition.name in retracted or not set(chosen) & set(definition.settings):
        return []
    observed = {each.finding for each in observations}
    for name, state in definition.enters.items():
        if name in observed:
            into.assume(definition.name, f"{name} was entered and replaces what the setting implies")
            continue
        variable = network.variables[name]
        vector = np.zeros(variable.size)
        vector[[variable.states.index(member) for member in variable.members(str(state)) or ()]] = 1.0
        into.vector(name, vector, definition.name, str(state))
    return [definition.name] if definition.name in into.texts else []


def _enter_findings(network: Network, observations: Sequence[Observation], into: Collector) -> None:
    computed = derived(network, observations)
    if network.second_slice is not None:
        into.notes.append(
            f"readings named {AFTER}* were taken after a change ({network.second_slice.text}), the others before it"
        )
    for name, text in computed.assumed:
        into.assume(name, text)
    into.not_counted_twice += computed.not_counted_twice
    into.notes += computed.notes
    by_finding: dict[str, list[Observation]] = {}
    for each in observations:
        into.notes += each.notes
        if each.assumed:
            into.assume(each.finding, each.assumed)
        by_finding.setdefault(each.finding, [])
        if not computed.replaces(each):
            by_finding[each.finding].append(each)
    for reading in computed.readings:
        enter_number(network, reading, into)
    for name, readings in by_finding.items():
        finding = finding_named(network, name)
        numbers = [each for each in readings if each.numeric and finding.kind == "measurement"]
        for each in numbers:
            assert finding.analyte is not None, "a measurement has an analyte"
            enter_number(network, measured(finding.analyte, each), into)
        words = [each for each in readings if not any(each is number for number in numbers)]
        if words and finding.kind != "input":
            enter_states(network, finding, words, into)


def _check_retracted(network: Network, retracted: Sequence[str], observations: Sequence[Observation]) -> None:
    known = {each.finding for each in observations}
    if network.case_definition is not None:
        known.add(network.case_definition.name)
    for name in retracted:
        if name == SETTING:
            raise EvidenceError("the setting cannot be retracted; give another one, or any_of several")
        if name not in known:
            raise EvidenceError(f"{name!r} cannot be retracted, it was not entered; {hint(name, sorted(known))}")


def _known(kind: str, names: Iterable[str], valid: Iterable[str]) -> tuple[str, ...]:
    listed = (names,) if isinstance(names, str) else tuple(names)
    allowed = tuple(valid)
    for name in listed:
        if name not in allowed:
            raise EvidenceError(f"unknown {kind} {name!r}; {hint(name, allowed)}")
    return tuple(dict.fromkeys(listed))
