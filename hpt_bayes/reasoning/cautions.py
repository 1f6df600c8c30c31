"""Cautions: the pitfalls that what was entered calls for, from the model file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.shown import shows

if TYPE_CHECKING:
    from hpt_bayes.network.cautions import Caution


@dataclass(frozen=True)
class StudyCaution:
    """A pitfall that concerns studies.

    Attributes:
        text: one sentence.
        studies: names of the studies it concerns.
    """

    text: str
    studies: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe values."""
        return {"caution": self.text, "studies": list(self.studies)}


def cautions(network: Network, entered: EnteredEvidence, *, stop: bool = False) -> tuple[str, ...]:
    """The pitfalls to mind, or those to settle before anything else.

    Args:
        network: whose model file declares them, most urgent first.
        entered: interpreted evidence.
        stop: return the cautions that are stop lines instead of the others.

    Returns:
        One sentence each, in the order of the model file.
    """
    return tuple(each.text for each in _applying(network, entered, [c for c in network.cautions if c.stop is stop]))


def study_cautions(network: Network, entered: EnteredEvidence) -> tuple[StudyCaution, ...]:
    """The pitfalls that concern some study, those that are stop lines included.

    Args:
        network: whose model file declares them, most urgent first.
        entered: interpreted evidence.

    Returns:
        In the order of the model file.
    """
    return tuple(StudyCaution(each.text, each.studies) for each in _applying(network, entered) if each.studies)


def held_back(network: Network, entered: EnteredEvidence) -> str | None:
    """Why localisation waits whatever leads: the reason of the most urgent pitfall that holds it back, or None.

    Args:
        network: whose model file declares them, most urgent first.
        entered: interpreted evidence.
    """
    return next((each.premature for each in _applying(network, entered, holding_back(network))), None)


def holding_back(network: Network) -> tuple[Caution, ...]:
    """The cautions of a network that make localisation wait."""
    return tuple(each for each in network.cautions if each.premature)


def _applying(
    network: Network, entered: EnteredEvidence, among: Sequence[Caution] | None = None
) -> tuple[Caution, ...]:
    told = {
        network.original(entry.finding)
        for entry in entered.observations
        if entry.numeric or entry.states or entry.likelihood is not None  # a nondiagnostic scan tells nothing
    }
    return tuple(
        each
        for each in (network.cautions if among is None else among)
        if told.isdisjoint(each.unless) and shows(network, _without_field(network, entered, each), each.when)
    )


def _without_field(network: Network, entered: EnteredEvidence, caution: Caution) -> EnteredEvidence:
    """The entries apart from scans with the field of view that makes the caution needless."""
    if caution.unless_field is None:
        return entered
    kept = tuple(each for each in entered.observations if each.attribute("field") != caution.unless_field)
    if len(kept) == len(entered.observations):
        return entered
    return interpret(network, entered.settings, kept, entered.constraints, entered.unavailable)
