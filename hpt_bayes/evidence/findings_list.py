"""The rows of `hpt-bayes findings [NAME]`: what can be entered, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hpt_bayes.evidence.finding import AT, SETTING, Finding, finding_named
from hpt_bayes.network.network import Network


@dataclass(frozen=True)
class FindingRow:
    """One finding as it is listed.

    Attributes:
        name: key of case files.
        label: words for people.
        group: context, finding, measurement, input (used in computed quantities only), alias or variable (foreign).
        states: that can be entered by name; the foci of an imaging study are one word, `focus`.
        groups: group name -> states; empty for groups of sites, see `sites`.
        sites: places a focus can be reported at.
        units: accepted for a number, own unit first; empty when no number can be entered.
        aliases: other names.
        question: one line of help.
    """

    name: str
    label: str
    group: str
    states: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    sites: tuple[str, ...]
    units: tuple[str, ...]
    aliases: tuple[str, ...]
    question: str


def findings(network: Network, name: str | None = None) -> tuple[FindingRow, ...]:
    """Return what can be entered.

    Args:
        network: what is believed.
        name: of one finding, or None for all.

    Returns:
        One row a finding, in the order of the model.

    Raises:
        EvidenceError: no finding has that name.
    """
    wanted = None if name is None else finding_named(network, name).name
    rows = []
    for info in network.findings():
        if (info.name == SETTING and network.settings) or wanted not in (None, info.name):
            continue
        finding = finding_named(network, info.name)
        rows.append(
            FindingRow(
                info.name,
                info.label,
                "variable" if network.foreign else info.kind,
                _states(finding),
                {group: members for group, members in info.groups.items() if AT not in group},
                finding.sites,
                info.units,
                info.also,
                info.question,
            )
        )
    return tuple(rows)


def _states(finding: Finding) -> tuple[str, ...]:
    return finding.words if finding.kind == "localisation" else finding.states
