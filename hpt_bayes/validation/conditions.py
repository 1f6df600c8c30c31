"""Conditions of a question to the model as evidence: states, groups, ranges of numbers, and relations between scans.

lesion: single                     a state, a group, or a list of them
pth: ">7.7"                        a range, in the variable's unit ("<0.010", "[1, 2]"); steps count in part
fna_pth_washout@left_inferior: high   a finding about one punctured place
localised: ultrasound              the scan shows the gland at the right side or better; of a list, every one
concordant: [ultrasound, ct_4d]    both show a focus, on one side or in one region of the midline
not_localised, not_concordant      the opposite
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.categorical import target_sites
from hpt_bayes.evidence.text_form import parse
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.patterns import Condition, Pattern, state_indices
from hpt_bayes.network.variables import Variable
from hpt_bayes.validation.scans import concordant, is_scan, localised

Array = NDArray[np.float64]

RELATIONS = {"localised": True, "not_localised": False, "concordant": True, "not_concordant": False}
_RANGES = ("<", ">", "[")


@dataclass(frozen=True)
class Weights:
    """One condition as weights over the states of variables of the network as loaded.

    Attributes:
        scope: names of the variables, one axis each.
        array: share of each configuration that meets the condition, 0 to 1.
        relation: whether the scope need not lie in one clique.
    """

    scope: tuple[str, ...]
    array: Array
    relation: bool


def check_pattern(pattern: Pattern, network: Network, faults: Faults) -> None:
    """Check that conditions name what the network has.

    Args:
        pattern: as written.
        network: as loaded.
        faults: takes unknown variables, states, places and scans, each with its place.
    """
    for condition in pattern.conditions:
        if condition.variable in RELATIONS:
            scans = [name for name, each in network.variables.items() if is_scan(each)]
            expected = f"expected a scan under {condition.variable}"
            for position, name in enumerate(condition.names):
                if name not in scans:
                    faults(condition.place_of(position).error(f"{expected}, found {name!r}; {hint(name, scans)}"))
            if condition.variable.endswith("concordant") and len(condition.names) != 2:
                found = len(condition.names)
                faults(condition.at.error(f"expected two scans under {condition.variable}, found {found}"))
            continue
        name, _, site = condition.variable.partition("@")
        if name not in network.variables:
            faults(condition.at.error(f"expected a variable, found {name!r}; {hint(name, network.variables)}"))
        elif site and name not in network.target_tables:
            valid = hint(name, network.target_tables)
            faults(condition.at.error(f"expected a finding about a punctured place, found {name!r}; {valid}"))
        elif site and site not in network.sites:
            faults(condition.at.error(f"expected a site after @, found {site!r}; {hint(site, network.sites)}"))
        else:
            with faults.caught():
                _shares(condition, network.variables[name], faults)


def weights(condition: Condition, network: Network) -> Weights:
    """A condition as weights.

    Args:
        condition: checked by `check_pattern`.
        network: as loaded.
    """
    if condition.variable in RELATIONS:
        relation = localised if condition.variable.endswith("localised") else concordant
        scope, holds = relation(network, condition.names)
        return Weights(scope, (holds == RELATIONS[condition.variable]).astype(float), True)
    name, _, site = condition.variable.partition("@")
    variable = network.variables[name]
    share = _shares(condition, variable, Faults())
    if not site:
        return Weights((name,), share, False)
    about = variable.target_of
    assert about is not None, "checked: the finding is about a place"
    place = target_sites(network, variable).index(site)
    return Weights((about,), network.target_tables[name][place] @ share, False)


def _shares(condition: Condition, variable: Variable, faults: Faults) -> Array:
    """The share of each state that meets a condition: 0 or 1, or the part of a step that a range holds."""
    total = np.zeros(variable.size)
    plain = [position for position, name in enumerate(condition.names) if not name.startswith(_RANGES)]
    for position, name in enumerate(condition.names):
        if position not in plain:
            total += _in_range(condition, position, name, variable)
    if plain:
        places = tuple(condition.place_of(position) for position in plain)
        named = Condition(condition.variable, tuple(condition.names[at] for at in plain), condition.at, places)
        indices = state_indices(named, variable, faults)
        total[slice(None) if indices is None else indices] = 1.0
    return np.minimum(total, 1.0)


def _in_range(condition: Condition, position: int, text: str, variable: Variable) -> Array:
    place = condition.place_of(position)
    if variable.edges is None or variable.support is None:
        raise place.error(f"expected a state of {variable.name}, which has no numbers, found {text!r}")
    try:
        reading = parse(text)
    except EvidenceError as error:
        raise place.error(str(error)) from None
    if not reading.numeric or reading.unit is not None:
        raise place.error(f'expected a range in {variable.unit} like "<10" or "[10, 20]", found {text!r}')
    bounds = variable.bounds
    low = bounds[0] if reading.lower is None else reading.lower
    high = bounds[-1] if reading.upper is None else reading.upper
    if variable.scale == "log":
        bounds, low, high = np.log(bounds), np.log(low), np.log(high)
    inside = np.minimum(bounds[1:], high) - np.maximum(bounds[:-1], low)
    return np.asarray(np.clip(inside / np.diff(bounds), 0.0, 1.0))


def step_means(variable: Variable) -> Array:
    """The mean of a number within each step, taken as even on the variable's scale: shape (steps,), in its unit."""
    low, high = variable.bounds[:-1], variable.bounds[1:]
    if variable.scale == "log":
        return np.asarray((high - low) / np.log(high / low))
    return np.asarray((low + high) / 2)
