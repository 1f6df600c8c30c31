"""When a scan is right, and when two scans agree: relations between foci and the place of the gland.

"Localised" is what the sensitivities of the model mean: shown at the correct side or better, or as several or diffuse.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.network import Network
from hpt_bayes.network.tables.localization import Spec
from hpt_bayes.network.tables.places import NO_PLACE, kernels, reported_sites
from hpt_bayes.network.variables import Variable

Holds = NDArray[np.bool_]

_FOCUS = "focus@"
_MANY = ("several", "diffuse")


def is_scan(variable: Variable) -> bool:
    """Whether a variable is a study that shows places."""
    return isinstance(variable.spec, Spec)


def localised(network: Network, scans: Sequence[str]) -> tuple[tuple[str, ...], Holds]:
    """Where every one of some scans shows the gland at the correct side or better.

    Args:
        network: as loaded.
        scans: names of scans.

    Returns:
        The place variable and the scans, and a boolean array with one axis each.
    """
    site = network.site_variable
    assert site is not None, "a network with scans has a place"
    size = network.variables[site].size
    holds = np.ones((size, *(network.variables[scan].size for scan in scans)), dtype=bool)
    for position, scan in enumerate(scans):
        one = _one(network, scan)
        shape = [size, *(one.shape[1] if axis == position else 1 for axis in range(len(scans)))]
        holds &= one.reshape(shape)
    return (site, *scans), holds


def _one(network: Network, scan: str) -> Holds:
    """Where one scan shows the gland: (places, states of the scan)."""
    variable, spec = network.variables[scan], network.variables[scan].spec
    assert isinstance(spec, Spec), "checked: a scan"
    places = network.variables[spec.place].states
    reported = reported_sites(spec.reports, network.sites, network.site_groups)
    kernel = kernels(places, reported, (), network.sites, network.site_groups)
    right = (kernel.exact > 0) | (kernel.beside > 0)
    holds = np.zeros((len(places), variable.size), dtype=bool)
    for state, name in enumerate(variable.states):
        if name.startswith(_FOCUS):
            holds[:, state] = right[:, reported.index(name.removeprefix(_FOCUS))]
        elif name in _MANY:
            holds[:, state] = [place != NO_PLACE for place in places]
    return holds


def concordant(network: Network, scans: Sequence[str]) -> tuple[tuple[str, ...], Holds]:
    """Where two scans show a focus on the same side of the neck, or in the same region of the midline.

    Args:
        network: as loaded.
        scans: two names.

    Returns:
        The scans, and a boolean array with one axis each.
    """
    first, second = (network.variables[scan] for scan in scans)
    holds = np.zeros((first.size, second.size), dtype=bool)
    for row, one in enumerate(first.states):
        for column, other in enumerate(second.states):
            if one.startswith(_FOCUS) and other.startswith(_FOCUS):
                holds[row, column] = _same_place(network, one.removeprefix(_FOCUS), other.removeprefix(_FOCUS))
    return tuple(scans), holds


def _same_place(network: Network, one: str, other: str) -> bool:
    here, there = network.sites[one], network.sites[other]
    if here.side == there.side == "none":
        return here.region == there.region
    return here.side == there.side
