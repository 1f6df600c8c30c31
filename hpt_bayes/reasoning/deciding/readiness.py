"""What stands before an action: requirements that are not settled, and stop lines that say not yet."""

from __future__ import annotations

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.management import Action, Management, Requirement
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.cautions import cautions
from hpt_bayes.reasoning.shown import shows
from hpt_bayes.reasoning.stop_lines import stop_lines


def missing_before(network: Network, entered: EnteredEvidence, action: Action) -> tuple[str, ...]:
    """What an action requires and the entries do not show.

    Args:
        network: whose model file declares the action.
        entered: interpreted evidence.
        action: of it.

    Returns:
        One sentence for each, in the order of the action.
    """
    management = network.management
    assert management is not None
    required = {each.name: each for each in management.requirements}
    return tuple(required[name].missing for name in action.requires if not _settled(network, entered, required[name]))


def _settled(network: Network, entered: EnteredEvidence, requirement: Requirement) -> bool:
    if requirement.applies is not None and not shows(network, entered, requirement.applies):
        return True
    if requirement.shown is not None and shows(network, entered, requirement.shown):
        return True
    told = [
        entry
        for entry in entered.observations
        if entry.finding in requirement.entered and (entry.numeric or entry.states or entry.likelihood is not None)
    ]
    dated = {entry.date for entry in told if entry.date is not None}
    readings = len(dated) + sum(entry.date is None for entry in told)  # two values of one day are one reading
    return bool(requirement.entered) and readings >= requirement.times


def not_yet(network: Network, entered: EnteredEvidence, management: Management) -> dict[str, tuple[str, ...]]:
    """Why actions of a kind are not yet to be taken, by kind; kinds that nothing stops are left out.

    Args:
        network: whose stop lines and cautions are meant.
        entered: interpreted evidence.
        management: of the network.
    """
    said = {*stop_lines(network, entered), *cautions(network, entered, stop=True)}
    active = {line.name for line in network.stop_lines if line.text in said}
    active |= {each.name for each in network.cautions if each.stop and each.text in said}
    found: dict[str, tuple[str, ...]] = {}
    for block in management.blocks:
        if not active.isdisjoint(block.lines):
            for kind in block.kinds:
                found[kind] = (*found.get(kind, ()), block.text)
    return found
