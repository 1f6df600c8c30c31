"""Readings in states: one stays on its leaf, several are correlated draws and become a message to its parents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.entered import Collector, Readings
from hpt_bayes.evidence.field_of_view import fields_of_view, table_in_field
from hpt_bayes.evidence.finding import Finding
from hpt_bayes.evidence.observed import Observation
from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import Variable

_NOISY = ("finding", "measurement")


def enter_states(network: Network, finding: Finding, readings: Sequence[Observation], into: Collector) -> None:
    """Enter the readings of one finding that are states, sets or likelihoods.

    Args:
        network: what is believed.
        finding: with a variable.
        readings: of that finding, in order of entry; those that are no evidence are passed over.
        into: receives the evidence.

    Raises:
        EvidenceError: readings of a fact that is not a noisy observation contradict each other.
    """
    variable = finding.variable
    assert variable is not None, "inputs of derived quantities have no states"
    told = [each for each in readings if each.states or each.likelihood is not None]
    if not told:
        return
    text = "; ".join(each.text for each in told)
    if finding.kind == "alias":
        _enter_fact(variable, [_alias_vector(network, finding, each) for each in told], finding.name, text, into)
    elif finding.kind == "site_specific":
        _enter_at_sites(network, variable, told, into)
    elif finding.kind == "localisation":
        _enter_by_field(network, variable, told, into)
    elif len(told) == 1:
        into.vector(variable.name, state_vector(variable.states, told[0]), finding.name, text)
    elif finding.kind == "measurement":
        for each in told:
            behind = Readings(variable.name, (state_vector(variable.states, each),))
            message = behind.message(network.tables[variable.name])
            into.probability(variable.parents, message, finding.name, each.text, behind)
    else:
        _enter_several(variable, told, network.tables[variable.name], text, into)


def state_vector(states: Sequence[str], reading: Observation) -> NDArray[np.float64]:
    """Return the likelihood of a reading over the states of its finding.

    Args:
        states: in table order.
        reading: a set of states, or a likelihood.

    Returns:
        Shape (states,), not negative, at least one entry above 0.
    """
    if reading.likelihood is not None:
        return np.array(reading.likelihood, dtype=np.float64)
    allowed = set(reading.states)
    return np.array([1.0 if state in allowed else 0.0 for state in states])


def _enter_several(
    variable: Variable,
    readings: Sequence[Observation],
    table: NDArray[np.float64],
    text: str,
    into: Collector,
    field: str | None = None,
) -> None:
    """Several readings of one variable: correlated draws where the model gives their correlation, else one fact."""
    vectors = [state_vector(variable.states, each) for each in readings]
    correlation = reading_correlation(variable)
    if correlation is None or not variable.parents:
        _enter_fact(variable, vectors, variable.name, text, into)
        return
    behind = Readings(variable.name, tuple(vectors), correlation, field)
    into.probability(variable.parents, behind.message(table), variable.name, text, behind)


def reading_correlation(variable: Variable) -> float | None:
    """Return the correlation of repeated readings given the parents, or None when the model gives none."""
    stated = None if variable.spec is None else variable.spec.reading_correlation
    return None if stated is None else stated.value


def _enter_fact(
    variable: Variable, vectors: Sequence[NDArray[np.float64]], finding: str, text: str, into: Collector
) -> None:
    """Several statements of one fact must all hold; reports of a finding that contradict each other leave it open."""
    together = np.prod(vectors, axis=0)
    if together.any():
        into.vector(variable.name, together, finding, text)
        return
    if variable.role not in _NOISY:
        raise EvidenceError(f"{finding} was entered with values that exclude each other: {text}; retract one of them")
    into.assume(finding, "entered with results that exclude each other, so taken as one of them")
    into.vector(variable.name, np.sum(vectors, axis=0), finding, text)


def _alias_vector(network: Network, finding: Finding, reading: Observation) -> NDArray[np.float64]:
    """A reading of an alias finding over the states of the variable behind it."""
    alias = network.alias_findings[finding.name]
    weights = dict(zip(finding.states, state_vector(finding.states, reading), strict=True))
    target = network.variables[alias.variable]
    vector = np.zeros(target.size)
    for state, weight in weights.items():
        for member in alias.states[state]:
            for name in target.members(member) or ():
                vector[target.states.index(name)] = weight
    return vector


def _enter_at_sites(network: Network, variable: Variable, readings: Sequence[Observation], into: Collector) -> None:
    """Each punctured place is its own question to the place of the gland; repeats at one place are correlated."""
    tables = network.target_tables[variable.name]
    asked = target_sites(network, variable)
    for site in dict.fromkeys(each.sites for each in readings):
        there = [each for each in readings if each.sites == site]
        vectors = tuple(state_vector(variable.states, each) for each in there)
        behind = Readings(variable.name, vectors, reading_correlation(variable) or 0.0, site=site[0])
        message = behind.message(tables[asked.index(site[0])])
        text = "; ".join(each.text for each in there)
        into.probability((variable.target_of or "",), message, variable.name, text, behind)


def target_sites(network: Network, variable: Variable) -> tuple[str, ...]:
    """Return the places a target-specific finding can be asked about, in the order of its tables' first axis."""
    return network.variables[variable.target_of or ""].states


def _enter_by_field(network: Network, variable: Variable, readings: Sequence[Observation], into: Collector) -> None:
    """Readings of a localisation study; those with another field of view than usual have their own table."""
    views = fields_of_view(variable)
    groups: dict[str | None, list[Observation]] = {}
    for each in readings:
        field = each.attribute("field")
        groups.setdefault(str(field) if field in views[1:] else None, []).append(each)
    for field, group in groups.items():
        text = "; ".join(_with_field(each) for each in group)
        table = table_in_field(network, variable, field)
        if len(group) > 1:
            _enter_several(variable, group, table, text, into, field)
        elif field is None:
            into.vector(variable.name, state_vector(variable.states, group[0]), variable.name, text)
        else:
            behind = Readings(variable.name, (state_vector(variable.states, group[0]),), field=field)
            into.probability(variable.parents, behind.message(table), variable.name, text, behind)


def _with_field(reading: Observation) -> str:
    field = reading.attribute("field")
    return reading.text if field is None else f"{reading.text} (field {field})"
