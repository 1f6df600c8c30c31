"""Words of a report as states: a state, a group, another spelling, `state@site`, or no evidence at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.finding import AT, EQUIVOCAL, FOCUS, NONDIAGNOSTIC, SEVERAL, Finding, spelled
from hpt_bayes.evidence.site import Sites, reportable, sites_named
from hpt_bayes.network.nearest import nearest
from hpt_bayes.network.network import Network
from hpt_bayes.network.tables.plain import NOT_A_PLACE


@dataclass(frozen=True)
class Named:
    """What one word of a report stands for.

    Attributes:
        text: the word in the names of the network, `state@site` when a site belongs to it.
        states: states of the finding it allows, in table order; none when it is no evidence.
        sites: sites named, in the order of the network.
        site_names: the same as entered, groups kept.
        notes: what was read as what, and what is not used.
        assumed: what had to be assumed, or "".
    """

    text: str
    states: tuple[str, ...]
    sites: tuple[str, ...] = ()
    site_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    assumed: str = ""


def state_named(network: Network, finding: Finding, word: object, site: str | Sequence[str] | None = None) -> Named:
    """Return what a word of a report means for a finding.

    Args:
        network: what is believed.
        finding: as entered.
        word: a state, a group, another spelling, `state@site`; a whole number where states are counts.
        site: the place of a focus or the punctured place, when not part of the word.

    Returns:
        The states it allows.

    Raises:
        EvidenceError: the word or the site is unknown, a site is missing or has no meaning, or is given twice.
    """
    text = word if isinstance(word, str) else _count(finding, word)
    if finding.kind not in ("localisation", "site_specific"):
        if site is not None:
            raise EvidenceError(f"{finding.name} has no site, found site {site!r}")
        known = _state_or_group(finding, text)
        return Named(known, _members(finding, known), notes=_renamed(finding, text, known))
    head, at, place = text.partition(AT)
    if at and site is not None:
        raise EvidenceError(f"{finding.name}: the site is given twice, in {text!r} and as site {site!r}; leave one out")
    given = place if at else site
    sites = None if given is None else sites_named(network, finding.name, given)
    known = _state_or_group(finding, head)
    notes = _renamed(finding, head, known) + (() if sites is None else sites.notes)
    if finding.kind == "site_specific":
        return _at_place(finding, known, sites, notes, network.sites)
    return _localised(finding, known, sites, notes)


def _localised(finding: Finding, known: str, sites: Sites | None, notes: tuple[str, ...]) -> Named:
    if known == FOCUS:
        if sites is None:
            said = "no site given, so a focus at any of the sites it can report"
            return Named(FOCUS, _foci(finding, finding.sites), notes=notes, assumed=said)
        found = reportable(finding, sites)
        return Named(_at(FOCUS, sites), _foci(finding, found), found, sites.names, notes)
    if sites is None:
        if known == NONDIAGNOSTIC:
            return Named(known, (), notes=(*notes, f"{finding.name}: a nondiagnostic study is no evidence"))
        return Named(known, _members(finding, known), notes=notes)
    if known == EQUIVOCAL:
        found = reportable(finding, sites)
        said = f"equivocal at {', '.join(sites.names)} read as equivocal or a focus there"
        return Named(_at(known, sites), (EQUIVOCAL, *_foci(finding, found)), found, sites.names, notes, said)
    if known == SEVERAL:
        said = f"{finding.name}: which of several sites ({', '.join(sites.names)}) is recorded, not used as evidence"
        return Named(_at(known, sites), (SEVERAL,), sites.members, sites.names, (*notes, said))
    found_sites = ", ".join(sites.names)
    raise EvidenceError(f"{finding.name}: {known} has no site, found site {found_sites}; only a focus has one")


def _at_place(
    finding: Finding, known: str, sites: Sites | None, notes: tuple[str, ...], places: Iterable[str]
) -> Named:
    example = next(iter(places), "...")
    if sites is None:
        raise EvidenceError(
            f"{finding.name} is evidence about one place only: give its site, for example site: {example}"
        )
    if len(sites.members) != 1:
        raise EvidenceError(
            f"{finding.name} is evidence about one place only, found {', '.join(sites.names)}; "
            f"write one of {', '.join(sites.members)}"
        )
    if sites.members[0] in NOT_A_PLACE:
        raise EvidenceError(f"{finding.name}: {sites.members[0]} is not a place; give the place, for example {example}")
    return Named(_at(known, sites), _members(finding, known), sites.members, sites.names, notes)


def _at(state: str, sites: Sites) -> str:
    return "|".join(f"{state}{AT}{name}" for name in sites.names)


def _foci(finding: Finding, sites: Sequence[str]) -> tuple[str, ...]:
    wanted = {f"{FOCUS}{AT}{site}" for site in sites}
    return tuple(state for state in finding.states if state in wanted)


def _members(finding: Finding, known: str) -> tuple[str, ...]:
    return (known,) if known in finding.states else tuple(finding.groups[known])


def _renamed(finding: Finding, word: str, known: str) -> tuple[str, ...]:
    return () if word == known else (f"{finding.name}: {word!r} read as {known}",)


def _state_or_group(finding: Finding, word: str) -> str:
    valid = _valid(finding)
    if word in valid:
        return word
    if word in finding.state_aliases:
        return finding.state_aliases[word]
    fits = {name for name in valid if spelled(name) == spelled(word)}
    fits |= {state for alias, state in finding.state_aliases.items() if spelled(alias) == spelled(word)}
    if len(fits) == 1:
        return fits.pop()
    if fits:
        choices = ", ".join(sorted(fits))
        raise EvidenceError(f"{finding.name}: {word!r} fits several results: {choices}; write one of them")
    close = nearest(word, [*valid, *finding.state_aliases])
    near = f"nearest valid name: {close!r}; " if close else ""
    if not valid:
        raise EvidenceError(f"{finding.name} is entered as a number with its unit, found {word!r}")
    raise EvidenceError(f"{finding.name}: unknown result {word!r}; {near}valid: {', '.join(finding.words)}")


def _valid(finding: Finding) -> dict[str, None]:
    """States and groups that can be written; the foci of a localisation study are one word, with a site apart."""
    if finding.kind == "localisation":
        plain = [name for name in (*finding.states, *finding.groups) if AT not in name]
        return dict.fromkeys([*plain, FOCUS, NONDIAGNOSTIC])
    if finding.analyte is not None and finding.analyte.states_only:
        return dict.fromkeys(finding.groups)
    return dict.fromkeys([*finding.states, *finding.groups])


def _count(finding: Finding, word: object) -> str:
    """A whole number as the state that counts it: `2`, or `3+` for three and more."""
    if isinstance(word, (int, float)) and not isinstance(word, bool) and float(word).is_integer():
        number = int(word)
        if str(number) in finding.states:
            return str(number)
        open_ended = [state for state in finding.states if state.endswith("+") and state[:-1].isdecimal()]
        if open_ended and number >= int(open_ended[-1][:-1]):
            return open_ended[-1]
    raise EvidenceError(f"{finding.name} is not a number, found {word!r}; valid: {', '.join(finding.words)}")
