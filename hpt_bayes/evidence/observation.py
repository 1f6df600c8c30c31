"""One reading of one finding, checked at the door: an `Observation` with a wrong name, unit or value cannot exist."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from numbers import Real

import numpy as np

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.attributes import checked_attributes, checked_date
from hpt_bayes.evidence.finding import Finding, finding_named, spelled
from hpt_bayes.evidence.number import amount, as_float
from hpt_bayes.evidence.observed import Observation
from hpt_bayes.evidence.state import Named, state_named
from hpt_bayes.evidence.steps import step_states
from hpt_bayes.evidence.text_form import Reading, parse
from hpt_bayes.evidence.weights import Likelihood, checked_likelihood
from hpt_bayes.network.network import Network

__all__ = ["Likelihood", "Observation", "observation"]


def observation(
    network: Network,
    finding: str,
    value: object = None,
    unit: str | None = None,
    *,
    upper_limit: float | str | None = None,
    site: str | Sequence[str] | None = None,
    any_of: Sequence[str] | None = None,
    likelihood: Likelihood | None = None,
    date: str | datetime.date | None = None,
    **attributes: object,
) -> Observation:
    """Check one reading and put it in the names of the network.

    Args:
        network: what is believed.
        finding: name of the finding.
        value: a number, a state or group, text in the one text form, or `[low, high]`.
        unit: of the number.
        upper_limit: the laboratory's upper limit in `unit`, or "unknown".
        site: place of a focus, or the punctured place; groups and lists stand for "one of these".
        any_of: states or groups of which one is true.
        likelihood: P(what was seen | state), in state order or by state.
        date: ISO date.
        attributes: what else the report says.

    Returns:
        The observation.

    Raises:
        EvidenceError: the entry cannot be accepted; the message says what can.
    """
    known = finding_named(network, finding)
    checked, attribute_notes = checked_attributes(known, attributes)
    day = checked_date(known.name, date)
    ways = {"a value or result": value, "any_of": any_of, "likelihood": likelihood}
    given = [way for way, entered in ways.items() if entered is not None]
    if len(given) != 1:
        found = " and ".join(given) or "nothing"
        raise EvidenceError(f"{known.name}: expected exactly one of {', '.join(ways)}; found {found}")
    if likelihood is not None:
        _only_with_numbers(known, unit, upper_limit)
        made = _likelihood(network, known, likelihood, site)
    elif any_of is not None:
        _only_with_numbers(known, unit, upper_limit)
        made = _any_of(network, known, any_of, site)
    else:
        made = _value(network, known, value, unit, upper_limit, site)
        if made.numeric and unit is None and not (isinstance(value, str) and parse(value).unit):
            _name_implies_no_unit(known, finding)
    renamed = () if known.name == finding else (f"{finding!r} read as {known.name}",)
    return replace(made, date=day, attributes=checked, notes=(*renamed, *made.notes, *attribute_notes))


def _value(
    network: Network,
    finding: Finding,
    value: object,
    unit: str | None,
    upper_limit: float | str | None,
    site: str | Sequence[str] | None,
) -> Observation:
    reading = _reading(finding, value)
    if isinstance(reading, Reading) and reading.retracts:
        raise EvidenceError(f"{finding.name}: expected a reading, found empty text; to take it back, retract it")
    if isinstance(reading, Reading) and reading.numeric and finding.numeric:
        if site is not None:
            raise EvidenceError(f"{finding.name} has no site, found site {site!r}")
        _not_twice(finding, "unit", reading.unit, unit)
        _not_twice(finding, "upper_limit", reading.upper_limit, upper_limit)
        unit = unit if reading.unit is None else reading.unit
        upper_limit = upper_limit if reading.upper_limit is None else reading.upper_limit
        return _number(finding, replace(reading, unit=unit, upper_limit=upper_limit))
    if isinstance(reading, Reading) and (reading.unit is not None or reading.upper_limit is not None):
        amount(finding, reading)
    _only_with_numbers(finding, unit, upper_limit, value if isinstance(value, str) else None)
    if isinstance(reading, str):
        return _named(finding, state_named(network, finding, reading, site))
    if len(reading.states) > 1:
        return _any_of(network, finding, reading.states, site)
    if reading.numeric and reading.value is None:
        amount(finding, reading)
    word = reading.value if reading.numeric else reading.states[0]
    return _named(finding, state_named(network, finding, word, site))


def _reading(finding: Finding, value: object) -> Reading | str:
    """What was entered, as a reading; a name of a state is taken as it is, whatever it looks like."""
    if isinstance(value, str):
        if value in finding.states or value in finding.groups or value in finding.state_aliases:
            return value
        return parse(value)
    if isinstance(value, (list, tuple)):
        if len(value) != 2:
            raise EvidenceError(
                f"{finding.name}: expected [low, high], found a list of {len(value)}; several states go in any_of"
            )
        lower, upper = (_figure(finding, each) for each in value)
        if not lower < upper:
            found = f"[{lower:g}, {upper:g}]"
            raise EvidenceError(f"{finding.name}: expected [low, high] with low below high, found {found}")
        return Reading(lower=lower, upper=upper)
    return Reading(value=_figure(finding, value))


def _figure(finding: Finding, value: object) -> float:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        wanted = "a number or a state" if finding.numeric else f"one of {', '.join(finding.words)}"
        raise EvidenceError(f"{finding.name}: expected {wanted}, found {value!r}")
    return as_float(value)


def _number(finding: Finding, reading: Reading) -> Observation:
    checked = amount(finding, reading)
    states: tuple[str, ...] = ()
    if finding.kind == "steps" and finding.variable is not None:
        states = step_states(finding.variable, checked.value, checked.lower, checked.upper)
    return Observation(
        finding.name,
        checked.value,
        checked.lower,
        checked.upper,
        checked.unit,
        checked.upper_limit,
        states=states,
        notes=checked.notes,
        assumed=checked.assumed,
    )


def _named(finding: Finding, named: Named) -> Observation:
    return Observation(
        finding.name,
        result=named.text,
        states=named.states,
        sites=named.sites,
        notes=named.notes,
        assumed=named.assumed,
    )


def _any_of(network: Network, finding: Finding, words: object, site: str | Sequence[str] | None) -> Observation:
    if isinstance(words, str) or not isinstance(words, Sequence) or not words:
        found = "an empty list" if isinstance(words, Sequence) and not words else repr(words)
        raise EvidenceError(f"{finding.name}: expected any_of to be a list of states, found {found}")
    found_all = [state_named(network, finding, word, _site_of(finding, word, site)) for word in words]
    if len(found_all) == 1:
        return _named(finding, found_all[0])
    if any(not each.states for each in found_all):
        raise EvidenceError(f"{finding.name}: nondiagnostic is no evidence and cannot be one of several results")
    if finding.kind == "site_specific" and len({each.sites for each in found_all}) > 1:
        raise EvidenceError(f"{finding.name} is evidence about one place only; enter each place as its own reading")
    allowed = {state for each in found_all for state in each.states}
    named_sites = {place for each in found_all for place in each.sites}
    return Observation(
        finding.name,
        any_of=tuple(part for each in found_all for part in each.text.split("|")),
        states=tuple(state for state in finding.states if state in allowed),
        sites=tuple(place for place in network.sites if place in named_sites),
        notes=tuple(note for each in found_all for note in each.notes),
        assumed="; ".join(dict.fromkeys(each.assumed for each in found_all if each.assumed)),
    )


def _site_of(finding: Finding, word: object, site: str | Sequence[str] | None) -> str | Sequence[str] | None:
    """The site given for the whole list belongs to those of its words that can have one."""
    if finding.kind == "localisation" and isinstance(word, str) and word.partition("@")[0] in ("negative", "diffuse"):
        return None
    return site


def _likelihood(network: Network, finding: Finding, given: Likelihood, site: str | Sequence[str] | None) -> Observation:
    weights = checked_likelihood(finding, given)
    if site is None and finding.kind != "site_specific":
        return Observation(finding.name, likelihood=weights)
    place = state_named(network, finding, finding.states[0], site)
    return Observation(finding.name, likelihood=weights, sites=place.sites, notes=place.notes)


def _only_with_numbers(finding: Finding, unit: object, upper_limit: object, text: str | None = None) -> None:
    none = "no number is given" if text is None else f"{text!r} is none"
    for what, given in (("unit", unit), ("upper_limit", upper_limit)):
        if given is not None:
            raise EvidenceError(f"{finding.name}: {what} {given!r} belongs to a number, and {none}")


def _name_implies_no_unit(finding: Finding, written: str) -> None:
    """A bare number is the finding's own unit; under another name (FECa for the ratio) it may be meant in another."""
    units = {} if finding.analyte is None else finding.analyte.units
    if len(set(units.values())) > 1 and spelled(written) != spelled(finding.name):
        raise EvidenceError(f"{finding.name}, entered as {written!r}: give the unit, one of {', '.join(units)}")


def _not_twice(finding: Finding, what: str, first: object, second: object) -> None:
    if first is not None and second is not None and first != second:
        raise EvidenceError(f"{finding.name}: {what} is given twice, {first!r} and {second!r}; leave one out")
