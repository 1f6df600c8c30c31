"""Changes to a case as text: `finding=reading`, several at once, an empty reading to take back, `setting=`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.text_form import plain
from hpt_bayes.reasoning.restricted import SETTING


@dataclass(frozen=True)
class Wanted:
    """Changes as read.

    Attributes:
        settings: the setting to change to, or several; empty to leave it.
        findings: name as written -> reading in the text form, None to take back.
    """

    settings: tuple[str, ...]
    findings: Mapping[str, str | None]


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
        settings.append((setting,) if isinstance(setting, str) else tuple(setting))
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


def _text(name: str, given: object) -> str | None:
    if given is None:
        return None
    if isinstance(given, str):
        return given.strip() or None
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return plain(given)
    raise EvidenceError(f"{name}: expected a reading as text, found {given!r}")
