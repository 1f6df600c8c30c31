"""Names for people, by model name, in the words of the setting."""

from __future__ import annotations

from collections.abc import Sequence

from hpt_bayes.network.network import Network


def labels(network: Network, settings: Sequence[str] = ()) -> dict[str, str]:
    """Labels of everything a result may show.

    Args:
        network: as loaded.
        settings: settings of the case; a diagnosis may have other words in some settings.

    Returns:
        Label by name of diagnoses, gate rows, sites, settings, studies and variables.
    """
    found = {name: variable.label for name, variable in network.variables.items()}
    found |= {name: site.label for name, site in network.sites.items()}
    found |= {name: setting.label for name, setting in network.settings.items()}
    found |= {name: study.label for name, study in network.studies.items()}
    found |= {row.name: row.label for row in network.gate}
    for row in network.diagnoses:
        words = {row.label_in.get(setting, row.label) for setting in settings}
        found[row.name] = words.pop() if len(words) == 1 else row.label
    return found
