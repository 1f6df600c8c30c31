"""What was changed before measuring again: the words of a user become a second slice of the network."""

from __future__ import annotations

from collections.abc import Mapping

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.finding import finding_named
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.twin import AFTER, with_second_slice


def intervened(network: Network, changes: Mapping[str, object]) -> Network:
    """Return the network in which blood and urine can be entered as they were after something was changed.

    Args:
        network: as loaded.
        changes: finding -> the state or group it was set to; for a laboratory measurement its usual level is set.

    Returns:
        The network with a second slice.

    Raises:
        EvidenceError: nothing is changed, something that the model does not know how to change, or to an unknown
            state; or the network has a second slice already.
    """
    if network.second_slice is not None:
        raise EvidenceError(
            f"one change before measuring again is possible, found a second one after {network.second_slice.text}; "
            "name everything that was changed at once"
        )
    if not changes:
        raise EvidenceError(f"expected what was changed and to which state, found nothing; {_known(network)}")
    values: dict[str, tuple[str, ...]] = {}
    words: dict[str, str] = {}
    for name, value in changes.items():
        finding = finding_named(network, name)
        if finding.name not in network.interventions or finding.variable is None:
            raise EvidenceError(f"{finding.name} cannot be changed before measuring again; {_known(network, name)}")
        measured = finding.kind == "measurement"
        variable = network.variables[finding.variable.parents[0]] if measured else finding.variable
        states = variable.members(value) if isinstance(value, str) else None
        if not isinstance(value, str) or not states:
            valid = tuple(variable.groups) if variable.edges is not None else variable.states
            raise EvidenceError(f"{finding.name}: expected a state to set it to, found {value!r}; {hint(value, valid)}")
        if finding.name in words:
            raise EvidenceError(f"{finding.name} is changed twice, to {words[finding.name]} and to {value}")
        values[variable.name], words[finding.name] = states, value
    return with_second_slice(network, words, values)


def after(network: Network, finding: str) -> str:
    """Return the name under which a reading taken now is entered.

    Args:
        network: with or without a second slice.
        finding: as a user writes it.

    Returns:
        The name of the twin for a laboratory measurement or an input of one after a change; else `finding`.

    Raises:
        EvidenceError: an unknown finding, or one that was set.
    """
    second = network.second_slice
    if second is None:
        return finding
    known = finding_named(network, finding).name
    if known in second.values:
        raise EvidenceError(
            f"{known} was set when the patient was changed ({second.text}); observe how it was before intervening"
        )
    return AFTER + finding if AFTER + known in network.analytes else finding


def _known(network: Network, near: str = "") -> str:
    if not network.interventions:
        return f"{network.id} names nothing that can be changed"
    return hint(near, network.interventions)
