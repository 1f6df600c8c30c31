"""Where a localisation study points to: distributions over the places it can report, given where the gland is.

A detected gland is reported at its place or beside it; a wrong report is neither, stays on the gland's side or goes
elsewhere in the neck, and lies where false reports without a gland lie if it can: at thyroid lobes. A place the study
cannot report is reported at the nearest places it can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.sites import Site, same_side

Array = NDArray[np.float64]

NO_PLACE, MANY_PLACES = "none", "multiple"
ORTHOTOPIC, NECK = "orthotopic", "neck"
MIMICS = ("orthotopic", "intrathyroidal")


@dataclass(frozen=True)
class Kernels:
    """Distributions over the F reported places; rows of zeros where there is nowhere to point to.

    Attributes:
        exact: of a report at the gland's place, shape (places, F).
        beside: of a report of the right side but not the place, shape (places, F).
        same: of a wrong report on the gland's side, shape (places, F).
        other: of a wrong report elsewhere in the neck, shape (places, F).
        rest: of a wrong report at the places left, shape (places, F).
        false: of a report without a gland, shape (F,).
        false_rest: of such a report at the places left, shape (F,).
    """

    exact: Array
    beside: Array
    same: Array
    other: Array
    rest: Array
    false: Array
    false_rest: Array


def reported_sites(
    reports: Sequence[str], sites: Mapping[str, Site], groups: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """The sites that a list of sites and site groups names, in the order of `sites`."""
    named = {site for name in reports for site in groups.get(name, (name,))}
    return tuple(site for site in sites if site in named)


def kernels(
    places: Sequence[str],
    reported: Sequence[str],
    hidden: Sequence[str],
    sites: Mapping[str, Site],
    groups: Mapping[str, tuple[str, ...]],
) -> Kernels:
    """Return where a study points to.

    Args:
        places: states of the place variable, `none` and `multiple` among them.
        reported: sites with a focus state, in state order: the F axis.
        hidden: sites outside this reading's field of view; no report points there.
        sites: with sides and neighbors.
        groups: site group -> sites.
    """
    seen = [site for site in reported if site not in hidden]
    likely = [site for name in MIMICS for site in groups.get(name, ()) if site in seen] or seen
    rows: dict[str, list[Array]] = {name: [] for name in ("exact", "beside", "same", "other", "rest")}
    for place in places:
        right = _right(place, seen, sites, groups)
        beside = _beside(place, seen, sites) or right
        far = [site for site in seen if site not in right and site not in beside]
        side = None if place == MANY_PLACES or place not in sites else sites[place].side
        same = _likely([site for site in far if sites[site].side == side], likely)
        other = _likely([site for site in far if site in groups.get(NECK, ()) and site not in same], likely)
        rest = [site for site in far if site not in same and site not in other]
        if place == NO_PLACE:
            right = beside = same = other = rest = []
        both = (same or other or rest, other or same or rest)
        for name, members in zip(rows, (right, beside, *both, rest), strict=True):
            rows[name].append(_even(members, reported))
    left = [site for site in seen if site not in likely]
    stacked = {name: np.stack(each) for name, each in rows.items()}
    return Kernels(**stacked, false=_even(likely, reported), false_rest=_even(left, reported))


def _likely(members: list[str], likely: Sequence[str]) -> list[str]:
    """Those members where mimics lie, else all of them."""
    return [site for site in members if site in likely] or members


def _even(members: Sequence[str], reported: Sequence[str]) -> Array:
    row = np.zeros(len(reported))
    for site in members:
        row[list(reported).index(site)] = 1.0 / len(members)
    return row


def _right(
    place: str, seen: Sequence[str], sites: Mapping[str, Site], groups: Mapping[str, tuple[str, ...]]
) -> list[str]:
    """The places that count as the gland's: itself, else the nearest that can be reported."""
    if place == MANY_PLACES:
        return [site for site in groups.get(ORTHOTOPIC, ()) if site in seen] or list(seen)
    visited = {place}
    ring = [place] if place in sites else []
    while ring:
        found = [site for site in ring if site in seen]
        if found:
            return found
        following = dict.fromkeys(
            near for site in ring for near in sites[site].neighbors if near in sites and near not in visited
        )
        visited.update(following)
        ring = list(following)
    return []


def _beside(place: str, seen: Sequence[str], sites: Mapping[str, Site]) -> list[str]:
    """The reportable neighbors on the same side, when the place itself can be reported."""
    if place not in seen:
        return []
    here = sites[place]
    return [site for site in here.neighbors if site in seen and same_side(here, sites[site])]
