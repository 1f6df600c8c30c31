"""Places a gland can be at: side, region, approach and which places reports confuse with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from hpt_bayes.network.faults import STRICT, Faults
from hpt_bayes.network.fields import Record, Text
from hpt_bayes.network.figures import Names
from hpt_bayes.network.nearest import hint


class Site(Record):
    """One place.

    Args:
        name: as in the states of the place variable.
        label: words for people.
        side: left, right or none (midline).
        region: group of sites shown together.
        approach: how a surgeon gets there.
        neighbors: places a report may name instead.
        also: other names reports use.
    """

    name: Text
    label: Text
    side: Literal["left", "right", "none"] = "none"
    region: Text
    approach: Text
    neighbors: Names = ()
    also: Names = ()


def check_sites(sites: Mapping[str, Site], faults: Faults = STRICT) -> None:
    """Check that neighbours name known sites.

    Args:
        sites: by name.
        faults: takes what is wrong.

    Raises:
        ModelFileError: an unknown neighbour (through `faults`).
    """
    for site in sites.values():
        for name in site.neighbors:
            if name not in sites:
                place = site.place_of("neighbors")
                faults(
                    place.error(
                        f"expected the neighbors of {site.name} to be sites, found {name!r}; {hint(name, sites)}"
                    )
                )


def same_side(first: Site, second: Site) -> bool:
    """Whether two sites lie on one side; a midline site is on both."""
    return "none" in (first.side, second.side) or first.side == second.side
