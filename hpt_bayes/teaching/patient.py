"""A patient to be revealed: what is shown at first, what each study would show, and the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hpt_bayes.evidence.observation import Observation
from hpt_bayes.network.network import Network
from hpt_bayes.network.studies import Study


@dataclass(frozen=True)
class Truth:
    """What is true of a patient.

    Attributes:
        diagnoses: every diagnosis that is true.
        region: where the gland is, as the sites of the model group it; None where it is not known.
        note: where the truth comes from, for people.
    """

    diagnoses: frozenset[str]
    region: str | None
    note: str = ""


@dataclass(frozen=True)
class Origin:
    """How a patient can be had again.

    Attributes:
        kind: simulated or published.
        name: setting of a simulated patient, name of a published case.
        seed: of a simulated patient.
        trap: the trap a simulated patient was chosen for, or "".
    """

    kind: str
    name: str
    seed: int = 0
    trap: str = ""


@dataclass(frozen=True)
class Patient:
    """A patient to be worked up.

    Attributes:
        name: for people; it tells nothing of the truth.
        origin: how to have the patient again.
        settings: the setting.
        opening: shown at first.
        hidden: what can be found out, in order; of a finding that is about one place, one for each place.
        truth: never shown before the end.
        constraints: conditions that rule studies out.
        unavailable: studies that cannot be had.
        retracted: names that the setting would enter and that were taken back.
        notes: the story, when there is one.
    """

    name: str
    origin: Origin
    settings: tuple[str, ...]
    opening: tuple[Observation, ...]
    hidden: tuple[Observation, ...]
    truth: Truth
    constraints: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()
    notes: str = field(default="", compare=False)

    def reports(self, study: Study) -> bool:
        """Whether a study can show anything in this patient; a published case reports few.

        Args:
            study: of the network.
        """
        return any(entry.finding in study.reveals for entry in self.hidden)

    def shown_by(self, study: Study, place: str | None) -> tuple[Observation, ...]:
        """What a study shows in this patient.

        Args:
            study: that is ordered.
            place: that is punctured by a study of one place; None without one.

        Returns:
            The readings; none where the case does not report the study.
        """
        return tuple(
            entry
            for entry in self.hidden
            if entry.finding in study.reveals and (place is None or not entry.sites or entry.sites == (place,))
        )


def region_of(network: Network, site: object) -> str | None:
    """The region of a site or a site group; None for one that spans several, or for anything else."""
    members = network.site_groups.get(str(site), (str(site),))
    regions = {network.sites[name].region for name in members if name in network.sites}
    return regions.pop() if len(regions) == 1 else None


def regions(network: Network) -> Mapping[str, str]:
    """Words for people of every region, in the order of the sites."""
    names = dict.fromkeys(site.region for site in network.sites.values())
    return {name: _region_label(network, name) for name in names}


def _region_label(network: Network, region: str) -> str:
    """The label of the only site of a region, else its name in words."""
    sites = [site for site in network.sites.values() if site.region == region]
    return sites[0].label if len(sites) == 1 else region.replace("_", " ").capitalize()
