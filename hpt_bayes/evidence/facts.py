"""What a case holds: facts, checked and frozen, and the evidence they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.finding import finding_named
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.evidence.observation import Observation
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.yaml_reader import describe


@dataclass(frozen=True)
class Facts:
    """The facts of a case, checked.

    Attributes:
        network: what is believed.
        settings: the setting, or several it may be; empty for a foreign network.
        constraints: conditions that rule studies out.
        unavailable: studies this centre cannot do.
        name: of the case.
        notes: free text, never used.
        observations: in order of entry.
        retracted: names that the setting would enter and that were taken back.
        said: what a series says that the setting was derived from; sentences.
    """

    network: Network
    settings: tuple[str, ...]
    constraints: tuple[str, ...]
    unavailable: tuple[str, ...]
    name: str
    notes: str
    observations: tuple[Observation, ...] = ()
    retracted: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


def evidence_of(facts: Facts) -> EnteredEvidence:
    """Everything entered, interpreted.

    Raises:
        EvidenceError: readings that cannot stand together, or a name that cannot be taken back.
    """
    entered = interpret(
        facts.network, facts.settings, facts.observations, facts.constraints, facts.unavailable, facts.retracted
    )
    return replace(entered, notes=(*facts.said, *entered.notes)) if facts.said else entered


def without(facts: Facts, entered: EnteredEvidence, finding: str) -> Facts:
    """The facts without any reading of a finding.

    Args:
        facts: of a case.
        entered: their evidence.
        finding: name of an entered finding, or `case_definition`.

    Raises:
        EvidenceError: when nothing was entered under that name, or it is the setting.
    """
    if finding in entered.conditions:
        changed = replace(facts, retracted=(*facts.retracted, finding))
        evidence_of(changed)  # the setting itself cannot be retracted
        return changed
    names = {entry.finding for entry in facts.observations}
    if finding not in (*names, *facts.retracted):
        finding = finding_named(facts.network, finding).name
    if finding not in names:
        raise EvidenceError(f"nothing was entered for {finding!r}; {hint(finding, entered.findings)}")
    return replace(facts, observations=tuple(entry for entry in facts.observations if entry.finding != finding))


def checked_settings(network: Network, settings: str | Sequence[str] | None) -> tuple[str, ...]:
    """The setting, or several that stay open.

    Args:
        network: whose settings are known.
        settings: one, several, or None for a foreign network.

    Raises:
        EvidenceError: an unknown setting, none where one is required, or one given to a foreign network.
    """
    given = () if settings is None else listed_names("setting", settings)
    if network.foreign:
        if given:
            raise EvidenceError(f"{network.id} has no settings; leave `setting` out")
        return ()
    if not given:
        raise EvidenceError(f"a setting is required: one of {', '.join(network.settings)}, or several of them")
    return checked_names("setting", given, network.settings)


def checked_names(kind: str, names: str | Iterable[str], valid: Iterable[str]) -> tuple[str, ...]:
    """Names that are known, each once.

    Args:
        kind: what they name, for the message.
        names: one or several.
        valid: the known ones.

    Raises:
        EvidenceError: something else than names, or an unknown one, with the nearest known one.
    """
    known, listed = tuple(valid), listed_names(kind, names)
    for name in listed:
        if name not in known:
            raise EvidenceError(f"unknown {kind} {name!r}; {hint(name, known)}")
    return listed


def checked_text(what: str, text: object) -> str:
    """Text that is shown and kept.

    Args:
        what: it is, for the message.
        text: as given.

    Raises:
        EvidenceError: something else than text.
    """
    if not isinstance(text, str):
        raise EvidenceError(f"expected text as {what}, found {describe(text)}")
    return text


def listed_names(kind: str, names: object) -> tuple[str, ...]:
    """One name or several as a tuple, each once.

    Args:
        kind: what they name, for the message.
        names: as given.

    Raises:
        EvidenceError: something else than names.
    """
    if isinstance(names, str):
        return (names,)
    listed = tuple(names) if isinstance(names, Iterable) else (names,)
    for name in listed:
        if not isinstance(name, str):
            raise EvidenceError(f"expected the name of a {kind}, or several, found {describe(name)}")
    return tuple(dict.fromkeys(listed))
