"""What the columns of a cohort mean: findings with their unit, upper limits, the setting, and columns to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.facts import listed_names
from hpt_bayes.evidence.finding import Finding, finding_named
from hpt_bayes.evidence.number import implied_unit, known_unit, needs_unit
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import SETTING

LIMIT = ".upper_limit"


@dataclass(frozen=True)
class FindingColumn:
    """A column of findings.

    Attributes:
        column: its heading.
        finding: name of the finding.
        unit: of the numbers in it; None where the cells name theirs or the finding has none.
        limit: heading of the column with the laboratory's upper limit, or None.
    """

    column: str
    finding: str
    unit: str | None
    limit: str | None


@dataclass(frozen=True)
class Columns:
    """The columns of a cohort.

    Attributes:
        findings: those that are evidence.
        keep: those copied to the answer.
        setting: heading of the column with each patient's setting, or None.
        settings: the settings of every patient where there is no such column; empty for a foreign network.
    """

    findings: tuple[FindingColumn, ...]
    keep: tuple[str, ...]
    setting: str | None
    settings: tuple[str, ...]

    @property
    def needed(self) -> tuple[str, ...]:
        """Every column that is read, each once."""
        limits = [each.limit for each in self.findings if each.limit is not None]
        settings = [] if self.setting is None else [self.setting]
        return tuple(dict.fromkeys([*self.keep, *settings, *(each.column for each in self.findings), *limits]))


def read_columns(
    network: Network,
    names: Sequence[object],
    numeric: Sequence[str],
    units: Mapping[str, str],
    setting: str | None,
    keep: Sequence[str],
) -> Columns:
    """Say what each column means, before any row is read.

    Args:
        network: what is believed.
        names: headings of the table.
        numeric: headings of columns whose cells are numbers.
        units: unit of the numbers of a column, by heading.
        setting: the setting of every patient, or None when a column `setting` tells it.
        keep: columns copied to the answer and otherwise not read.

    Returns:
        The columns.

    Raises:
        EvidenceError: a heading that is no text, twice there, or no finding; an unknown unit or one that is missing; no
            setting, or two; a kept column that is not there.
    """
    headings, keep = _headings(names), listed_names("column", keep)
    for name in keep:
        if name not in headings:
            raise EvidenceError(f"column {name!r} is to be kept, but the table has none; {hint(name, headings)}")
    for name in units:
        if name not in headings:
            raise EvidenceError(f"units names column {name!r}, but the table has none; {hint(name, headings)}")
    from_column = SETTING in headings and SETTING not in keep and bool(network.settings)
    settings = _settings(network, setting, from_column)
    findings: dict[str, FindingColumn] = {}
    for heading in headings:
        if heading in keep or (from_column and heading == SETTING) or heading.endswith(LIMIT):
            continue
        try:
            finding = finding_named(network, heading)
        except EvidenceError as error:
            raise EvidenceError(f"column {heading!r}: {error}; columns that are no finding go into keep") from None
        unit = _unit(finding, heading, units.get(heading), heading in numeric)
        limit = heading + LIMIT if heading + LIMIT in headings else None
        findings[heading] = FindingColumn(heading, finding.name, unit, limit)
    for heading in headings:
        about = heading.removesuffix(LIMIT)
        if heading.endswith(LIMIT) and heading not in keep and about not in findings:
            raise EvidenceError(f"column {heading!r} is the upper limit of {about!r}, but the table has no such column")
    return Columns(tuple(findings.values()), tuple(keep), SETTING if from_column else None, settings)


def _headings(names: Sequence[object]) -> tuple[str, ...]:
    headings: list[str] = []
    for name in names:
        if not isinstance(name, str):
            raise EvidenceError(f"expected headings that are text, found {name!r}")
        if name in headings:
            raise EvidenceError(f"expected each column once, found {name!r} twice")
        headings.append(name)
    return tuple(headings)


def _settings(network: Network, setting: str | None, from_column: bool) -> tuple[str, ...]:
    if not network.settings:
        if setting is not None:
            raise EvidenceError(f"{network.id} has no settings; leave `setting` out")
        return ()
    if from_column == (setting is not None):
        found = "both" if from_column else "neither"
        raise EvidenceError(f"expected either a column `setting` or setting=..., found {found}")
    return () if setting is None else settings_named(network, setting)


def settings_named(network: Network, text: str) -> tuple[str, ...]:
    """The settings a text names: one, or several joined by `|`.

    Args:
        network: what is believed.
        text: as in a cell.

    Raises:
        EvidenceError: an unknown setting.
    """
    chosen = tuple(part.strip() for part in text.split("|"))
    for name in chosen:
        if name not in network.settings:
            raise EvidenceError(f"unknown setting {name!r}; {hint(name, network.settings)}")
    return chosen


def _unit(finding: Finding, heading: str, unit: str | None, numeric: bool) -> str | None:
    if unit is not None:
        if not finding.numeric:
            raise EvidenceError(f"column {heading!r}: {finding.name} takes no number, so no unit; found {unit!r}")
        return known_unit(finding, unit)
    if numeric and finding.numeric and implied_unit(finding) is None:
        raise EvidenceError(f"column {heading!r} holds numbers without a unit; {needs_unit(finding)}, in units")
    return None
