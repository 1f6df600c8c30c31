"""The policies that can be compared by name: each is a plain function of what is known, and None means stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hpt_bayes.policies.view import View
from hpt_bayes.policies.workflow import acr_workflow

Policy = Callable[[View], str | None]


def nothing(view: View) -> str | None:
    """Order nothing: decide on the setting alone."""
    return None


def everything(view: View) -> str | None:
    """Order every study the patient can have, in the order of the model file."""
    return next((name for name in view.model.network.studies if view.can_order(name)), None)


def greedy_information(view: View) -> str | None:
    """Order the study with the most bits about cause and place; stop when none tells anything."""
    best = max(view.bits, key=lambda name: view.bits[name], default=None)
    return best if best is not None and view.bits[best] > 0 else None


def greedy_index(view: View) -> str | None:
    """Order the study with the highest gain for its burden, if any gains more than its burden; else stop."""
    worth = {name: each for name, each in view.worth.items() if each.net_value > 0}
    return max(worth, key=lambda name: worth[name].index, default=None)


def two_step_plan(view: View) -> str | None:
    """Order the first study of the best two-step plan, and plan again; stop when no plan has a positive net value."""
    worth = {name: net for name, net in view.planned.items() if net > 0}
    return max(worth, key=lambda name: worth[name], default=None)


@dataclass(frozen=True)
class NamedPolicy:
    """A policy with what the comparison must know of it.

    Attributes:
        name: as on the command line.
        label: words for people.
        choose: the function.
        patients: how many patients it is tried on at most, because choosing costs time; None for all.
        limited: whether it is stopped after the trial's number of studies, having no early end of its own.
    """

    name: str
    label: str
    choose: Policy
    patients: int | None = None
    limited: bool = False


POLICIES: Mapping[str, NamedPolicy] = {
    each.name: each
    for each in (
        NamedPolicy("nothing", "No study", nothing),
        NamedPolicy("acr_workflow", "ACR workflow", acr_workflow),
        NamedPolicy("everything", "Every study", everything, patients=200),
        NamedPolicy("greedy_information", "Most bits", greedy_information, limited=True),
        NamedPolicy("greedy_index", "Highest index", greedy_index, limited=True),
        NamedPolicy("two_step_plan", "Two-step plan", two_step_plan, patients=20, limited=True),
    )
}
"""Policies by name; the one whose choices take a second each is tried on fewer patients."""

USUAL = ("acr_workflow", "nothing", "everything")
"""Those compared when none are named: the ones whose choices cost nothing."""
