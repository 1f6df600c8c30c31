"""Cases of the small model with actions, each beside every policy tried one by one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from expectimax import Expectimax
from small_management import network_with_actions

from hpt_bayes.case import Case
from hpt_bayes.network.network import Network

PLACE = "left_superior"
NAMES = ("nothing known", "a focus seen", "gland unclear")


@dataclass(frozen=True)
class Studied:
    """A case, and the oracle of what its studies are worth."""

    case: Case
    oracle: Expectimax

    @property
    def open(self) -> dict[str, str | None]:
        """The studies that can be done now, with the place of a puncture."""
        return dict(self.oracle.open(self.oracle.root))


def small_case(name: str, network: Network) -> Case:
    """A first-time patient without the blood panel."""
    case = Case(network, "first_time", unavailable=["blood_panel"], name=name)
    if name == "a focus seen":
        return case.observe("scan", "focus", site=PLACE)
    return case.observe("histology", "normal_only") if name == "gland unclear" else case


@cache
def studied(name: str) -> Studied:
    """The case of that name."""
    case = small_case(name, network_with_actions())
    return Studied(case, Expectimax(case, (PLACE,) if name == "a focus seen" else ()))


def impossible() -> Case:
    """Findings that cannot be true together."""
    return Case(network_with_actions(), "persistent").observe("previous_operations", 0)
