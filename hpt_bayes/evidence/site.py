"""Places in a report: a site, a named group of sites, or another name of one, as the sites a study can report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.finding import Finding, spelled
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network


@dataclass(frozen=True)
class Sites:
    """The sites a report names.

    Attributes:
        names: sites or groups in the words of the network, as entered otherwise.
        members: the sites they stand for, in the order of the network.
        notes: which other names were read as what.
    """

    names: tuple[str, ...]
    members: tuple[str, ...]
    notes: tuple[str, ...] = ()


def sites_named(network: Network, finding: str, given: str | Sequence[str]) -> Sites:
    """Return the sites a user means.

    Args:
        network: what is believed.
        finding: for messages.
        given: one name or several; groups stand for all their sites.

    Returns:
        At least one site.

    Raises:
        EvidenceError: a name is unknown, fits several sites, or is not text; or there is none.
    """
    listed = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else (given,)
    if not listed:
        raise EvidenceError(f"{finding}: expected a site, found an empty list")
    names: list[str] = []
    members: set[str] = set()
    notes: list[str] = []
    for name in listed:
        if not isinstance(name, str):
            raise EvidenceError(f"{finding}: expected the name of a site, found {name!r}")
        known = _site_or_group(network, finding, name)
        if known != name:
            notes.append(f"{finding}: site {name!r} read as {known}")
        names.append(known)
        members.update((known,) if known in network.sites else network.site_groups[known])
    return Sites(tuple(dict.fromkeys(names)), tuple(site for site in network.sites if site in members), tuple(notes))


def reportable(finding: Finding, sites: Sites) -> tuple[str, ...]:
    """Return those of some sites a study can report a focus at.

    Args:
        finding: a localisation study.
        sites: as entered.

    Returns:
        At least one site.

    Raises:
        EvidenceError: every one is outside what the study can report; the message says what it can.
    """
    seen = set(finding.sites)
    found = tuple(site for site in sites.members if site in seen)
    if found:
        return found
    raise EvidenceError(
        f"{finding.name} cannot report a focus at {', '.join(sites.names)}, which is outside its field; "
        f"it can report {', '.join(finding.sites)}"
    )


def _site_or_group(network: Network, finding: str, name: str) -> str:
    if name in network.sites or name in network.site_groups:
        return name
    plain = spelled(name)
    fits = {site.name for site in network.sites.values() if plain in {spelled(other) for other in site.also}}
    fits |= {known for known in (*network.sites, *network.site_groups) if spelled(known) == plain}
    if len(fits) == 1:
        return fits.pop()
    if fits:
        choices = ", ".join(site for site in (*network.sites, *network.site_groups) if site in fits)
        raise EvidenceError(f"{finding}: site {name!r} fits several: {choices}; write one, or a list for one of these")
    valid = [*network.sites, *network.site_groups, *(other for site in network.sites.values() for other in site.also)]
    if not network.sites:
        raise EvidenceError(f"{finding}: site {name!r} given, but {network.id} has no sites")
    raise EvidenceError(f"{finding}: unknown site {name!r}; {hint(name, valid)}")
