"""Stop lines: what must be settled before anything else, from the model file."""

from __future__ import annotations

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.shown import shows


def stop_lines(network: Network, entered: EnteredEvidence) -> tuple[str, ...]:
    """The stop lines that the entries call for.

    Args:
        network: whose model file declares them, most urgent first.
        entered: interpreted evidence.

    Returns:
        One sentence each, in the order of the model file.
    """
    told = {entry.finding for entry in entered.observations}
    return tuple(
        line.text for line in network.stop_lines if told.isdisjoint(line.unless) and shows(network, entered, line.when)
    )
