"""Names for people, by model name and kind, in the words of the setting.

One name may be a diagnosis, a row of the gate, a variable and a place at once, each with its own words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hpt_bayes.network.network import Network


@dataclass(frozen=True)
class Labels:
    """Label by name, for each kind of thing a result may show."""

    diagnoses: Mapping[str, str]
    gate: Mapping[str, str]
    sites: Mapping[str, str]
    studies: Mapping[str, str]
    variables: Mapping[str, str]


def labels(network: Network, settings: Sequence[str] = ()) -> Labels:
    """Labels of everything a result may show.

    Args:
        network: as loaded.
        settings: settings of the case; a diagnosis may have other words in some settings.

    Returns:
        Labels by kind.
    """
    diagnoses = {}
    for row in network.diagnoses:
        words = {row.label_in.get(setting, row.label) for setting in settings}
        diagnoses[row.name] = words.pop() if len(words) == 1 else row.label
    return Labels(
        diagnoses=diagnoses,
        gate={row.name: row.label for row in network.gate},
        sites={name: site.label for name, site in network.sites.items()},
        studies={name: study.label for name, study in network.studies.items()},
        variables={name: variable.label for name, variable in network.variables.items()},
    )
