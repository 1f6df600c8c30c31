"""The small management file spelled out: what an action is worth in a state."""

from __future__ import annotations

from collections.abc import Mapping

ACTIONS = ("observe", "ask_family", "focused@left", "focused@right", "bilateral")
"""Those of a first operation."""
SHARES = (("met", 0.7), ("not_met", 0.3))
"""Where nothing entered decides the indication."""


def region(site: str) -> str:
    sides = {"left": "left", "right": "right", "mediastinum": "chest"}
    return sides.get(site.split("_", maxsplit=1)[0], "elsewhere_or_none")


def cause(states: Mapping[str, str]) -> str:
    if states["fhh"] == "present":
        return "fhh"
    if states["lesion"] == "none":
        return "none"
    return "several" if states["lesion"] == "hyperplasia" or states["syndrome"] == "men1" else "single"


def worth(action: str, state: str, indication: str, risk: str) -> float:
    """The small management file, spelled out."""
    of, place = state.split("@")
    untreated = {"fhh": 0.05, "none": 0.0}.get(of, {"met": 0.3, "not_met": 0.1}[indication])
    knife = {"first": 0.02, "again": 0.06}[risk]
    relief, harm = 0.0, 0.0
    if action == "ask_family":
        relief = 0.9 if of == "fhh" else 0.0
    if action.startswith("focused"):
        harm = knife + 0.01
        target = action.split("@")[1]
        if of in ("single", "several"):
            relief = 0.3
        if of == "single" and place == target:
            relief = {"first": 0.98, "again": 0.9}[risk]
        if of == "single" and place != target:
            harm += {"met": 0.03, "not_met": 0.05}[indication]
    if action == "chest":
        harm = knife + 0.01
        if of == "single" and place == "chest":
            relief = 0.9
        elif of == "single":
            harm += {"met": 0.03, "not_met": 0.05}[indication]
    if action == "bilateral":
        harm = knife
        if of in ("single", "several") and place != "chest":
            relief = 0.85
    if action in ("chest", "bilateral") or action.startswith("focused"):
        harm += 0.1 if of in ("none", "fhh") else 0.0
    return 1.0 - untreated * (1.0 - relief) - harm
