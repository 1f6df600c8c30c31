"""The packaged network and posteriors of patients described in a few entries, computed once."""

from __future__ import annotations

from functools import cache
from typing import Any

import hpt_bayes as hpt

Entry = tuple[Any, ...]


@cache
def network() -> hpt.Network:
    """The packaged network, loaded once."""
    return hpt.load_network()


@cache
def posterior(setting: str, *entries: Entry, confirmed: bool = True) -> hpt.Posterior:
    """The posterior of a patient: entries are (finding, value) or (finding, value, unit)."""
    case = hpt.Case(network(), setting)
    for finding, value, *unit in entries:
        case = case.observe(finding, value, *unit)
    return (case if confirmed else case.retract("case_definition")).posterior()
