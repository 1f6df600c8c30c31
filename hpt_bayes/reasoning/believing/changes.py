"""Changes to a case: read as text (`finding=reading`, an empty reading to take back, `setting=`), then applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hpt_bayes.display.numbers import words
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.entered import EnteredEvidence
from hpt_bayes.evidence.facts import Facts, checked_settings, evidence_of, listed_names, without
from hpt_bayes.evidence.finding import finding_named
from hpt_bayes.evidence.number import checked_number
from hpt_bayes.evidence.observation import observation
from hpt_bayes.evidence.text_form import plain
from hpt_bayes.network.variables import SETTING


@dataclass(frozen=True)
class Wanted:
    """Changes as read.

    Attributes:
        settings: the setting to change to, or several; empty to leave it.
        findings: name as written -> reading in the text form, None to take back.
    """

    settings: tuple[str, ...]
    findings: Mapping[str, str | None]


@dataclass(frozen=True)
class Change:
    """One thing that was changed.

    Attributes:
        finding: its name, or "setting".
        before: as it was entered; None when it was not.
        after: as it is in the changed case; None when it was taken back.
    """

    finding: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        return self.told(words(self.finding))

    def told(self, name: str) -> str:
        """The change in words, under a name for people."""
        if self.after is None:
            return f"{name}: taken back (was {words(self.before or '')})"
        if self.before is None:
            return f"{name}: {words(self.after)} (was not entered)"
        return f"{name}: {words(self.after)} (was {words(self.before)})"


def read_changes(
    changes: Sequence[str],
    findings: Mapping[str, str | float | None],
    setting: str | Sequence[str] | None = None,
) -> Wanted:
    """Read changes; names and readings are checked when they are applied.

    Args:
        changes: `finding=reading` each.
        findings: the same by name; a bare number stands for itself.
        setting: to change to, or several.

    Returns:
        The changes.

    Raises:
        EvidenceError: nothing to change, text without `=`, a reading that is no text, or something changed twice.
    """
    pairs: list[tuple[str, object]] = []
    for change in changes:
        if not isinstance(change, str):
            raise EvidenceError(f"expected a change like finding=reading, found {change!r}")
        name, equals, text = change.partition("=")
        if not equals or not name.strip():
            raise EvidenceError(f"expected a change like ct_4d=negative (ct_4d= takes it back), found {change!r}")
        pairs.append((name.strip(), text))
    pairs += findings.items()
    settings: list[tuple[str, ...]] = []
    if setting is not None:
        settings.append(listed_names("setting", setting))
    found: dict[str, str | None] = {}
    for name, given in pairs:
        reading = _text(name, given)
        if name == SETTING:
            settings.append(tuple(part.strip() for part in (reading or "").split("|") if part.strip()))
        elif name in found:
            raise EvidenceError(f"{name} is changed twice; give one reading (a|b means one of several)")
        else:
            found[name] = reading
    if len(settings) > 1:
        raise EvidenceError("the setting is changed twice; give one (a|b leaves it open)")
    if settings and not settings[0]:
        raise EvidenceError("the setting cannot be taken back; give another one, or several (persistent|recurrent)")
    if not found and not settings:
        raise EvidenceError("nothing to change: expected at least one finding=reading")
    return Wanted(settings[0] if settings else (), found)


def applied(facts: Facts, entered: EnteredEvidence, wanted: Wanted) -> tuple[Facts, tuple[Change, ...]]:
    """The facts of the changed case, and what was changed.

    Args:
        facts: of the case as entered; they stay as they are.
        entered: their evidence.
        wanted: the changes; a reading replaces all earlier ones of its finding.

    Raises:
        EvidenceError: a setting, finding or reading that cannot be accepted, or nothing to take back.
    """
    changed, made = facts, []
    if wanted.settings:
        settings = checked_settings(facts.network, wanted.settings)
        made.append(Change(SETTING, " | ".join(facts.settings), " | ".join(settings)))
        changed = replace(facts, settings=settings)
    for finding, text in wanted.findings.items():
        name = finding if finding in entered.findings else finding_named(facts.network, finding).name
        earlier = [entry.text for entry in facts.observations if entry.finding == name]
        if name in entered.conditions and text is None:
            earlier = [entered.texts[name]]
        if earlier or text is None:
            changed = without(changed, evidence_of(changed), name)
        if text is not None:
            entry = observation(facts.network, name, text)
            changed = replace(changed, observations=(*changed.observations, entry))
        made.append(Change(name, "; ".join(earlier) or None, None if text is None else entry.text))
    return changed, tuple(made)


def _text(name: str, given: object) -> str | None:
    if given is None:
        return None
    if isinstance(given, str):
        return given.strip() or None
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return plain(checked_number(name, given))
    raise EvidenceError(f"{name}: expected a reading as text, found {given!r}")
