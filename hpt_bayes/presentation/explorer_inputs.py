"""What the explorer offers: the findings that fit a search, and the inputs a finding has."""

from __future__ import annotations

from dataclasses import dataclass

from hpt_bayes.evidence.field_of_view import fields_of_view
from hpt_bayes.evidence.finding import Finding, finding_named
from hpt_bayes.network.network import FindingInfo, Network
from hpt_bayes.network.variables import SETTING


def findings_like(network: Network, text: str) -> tuple[FindingInfo, ...]:
    """The findings whose name, label or other name has every word of a text.

    Args:
        network: whose findings are meant.
        text: words or their parts; all findings when empty.

    Returns:
        The finding of that name first, then those whose name begins so, then the others in the order of the model.
    """
    wanted = text.casefold().replace("_", " ").split()

    def fits(info: FindingInfo) -> bool:
        said = " ".join((info.name, info.label, *info.also)).casefold().replace("_", " ")
        return all(word in said for word in wanted)

    found = [info for info in network.findings() if (info.name != SETTING or network.foreign) and fits(info)]
    plain = "_".join(wanted)
    found.sort(key=lambda info: (info.name != plain, not info.name.startswith(plain)))
    return tuple(found)


@dataclass(frozen=True)
class Inputs:
    """What can be given for a finding; an empty tuple hides the input.

    Attributes:
        states: words to choose from.
        numeric: whether a number can be typed.
        units: of the number.
        limit: whether the laboratory's upper limit matters.
        sites: places to choose from.
        fields: fields of view to choose from.
        help: one line.
    """

    states: tuple[str, ...]
    numeric: bool
    units: tuple[str, ...]
    limit: bool
    sites: tuple[str, ...]
    fields: tuple[str, ...]
    help: str


def inputs(network: Network, info: FindingInfo) -> Inputs:
    """What can be given for a finding.

    Args:
        network: whose finding it is.
        info: of the finding.
    """
    finding: Finding = finding_named(network, info.name)
    analyte = finding.analyte
    places: tuple[str, ...] = finding.sites
    if finding.kind == "site_specific":
        places = tuple(network.sites)
    return Inputs(
        states=finding.words,
        numeric=finding.numeric,
        units=info.units if finding.numeric else (),
        limit=analyte is not None and (analyte.multiple_of_limit or analyte.scaled_by_limit),
        sites=places,
        fields=() if finding.variable is None else fields_of_view(finding.variable),
        help=info.question,
    )
