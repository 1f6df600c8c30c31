"""The errors of the package: one small tree, each with the message a user should read."""

from __future__ import annotations

from collections.abc import Sequence


class HptBayesError(Exception):
    """Base of every error raised on purpose by hpt_bayes."""


class ModelFileError(HptBayesError):
    """A model file that cannot be used, with the place of the fault.

    Args:
        message: what was expected, what was found, and the nearest valid name.
        file: path of the file, or None when the fault has no file.
        line: 1-based line, or None.
        column: 1-based column, or None.
    """

    def __init__(
        self, message: str, file: str | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        place = ":".join(str(part) for part in (file, line, column) if part is not None)
        super().__init__(f"{place}: {message}" if place else message)


class EvidenceError(HptBayesError):
    """A finding, value, unit, site, setting or option that cannot be accepted; the message says what can."""


class ImpossibleEvidence(HptBayesError):
    """Findings that cannot be true together in this model.

    Args:
        findings: the smallest contradictory subset that was found, as shown to the user.
        minimum: True when no smaller subset is contradictory, False when only irreducible.
        setting: the setting in which they contradict each other, or "" for a network without settings.
    """

    def __init__(self, findings: Sequence[str], minimum: bool = True, setting: str = "") -> None:
        self.findings = tuple(findings)
        self.minimum = minimum
        self.setting = setting
        kind = "smallest contradictory set" if minimum else "a contradictory set from which nothing can be left out"
        where = f"in the setting {setting} " if setting else ""
        change = "Retract or correct one of them" + (", or choose another setting." if setting else ".")
        super().__init__(
            f"{where}these findings cannot all be true in this model ({kind}): {'; '.join(self.findings)}. {change}"
        )


class NetworkTooWide(HptBayesError):
    """A network whose junction tree would be too large for exact inference."""
