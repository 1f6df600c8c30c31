"""Where patients come from: drawn from the model in one setting, or published with a proven diagnosis.

Whether a simulated patient is chosen depends only on what is shown at first, so an honest learner stays calibrated.
"""

from __future__ import annotations

import numpy as np

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.categorical import target_sites
from hpt_bayes.evidence.interpret import interpret
from hpt_bayes.evidence.observation import Observation, observation
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import SETTING
from hpt_bayes.policies.simulate import simulate
from hpt_bayes.policies.simulated import SimulatedPatients
from hpt_bayes.teaching.patient import Origin, Patient, Truth, region_of
from hpt_bayes.teaching.traps import Trap, open_lines, trap_named
from hpt_bayes.validation.cases_read import PublishedCase, read_published_cases

_TRIED = 400
_DRAWN_LABS = ("adjusted_calcium", "pth")
_FIRST_LABS = (*_DRAWN_LABS, "total_calcium", "ionized_calcium", "calcium", "albumin")
"""Laboratory that makes somebody a patient; the rest has to be ordered."""
_KNOWN_KINDS = ("record", "examination")


def simulated_patient(network: Network, setting: str, seed: int) -> Patient:
    """A patient drawn from the model.

    Args:
        network: what is believed, and what is true of its patients.
        setting: what was done and claimed; patients meet its case definition.
        seed: the same seed gives the same patient.

    Raises:
        EvidenceError: an unknown setting.
    """
    drawn = simulate(1, setting, seed, False, network)
    return _drawn(drawn, 0, _shown_first(network), "")


def patient_showing(network: Network, setting: str, seed: int, trap: Trap) -> Patient | None:
    """A patient drawn from the model who shows a trap at first; None where nobody does.

    Args:
        network: what is believed, and what is true of its patients.
        setting: what was done and claimed; patients meet its case definition.
        seed: the same seed gives the same patient.
        trap: to show; any patient shows one that is always open.

    Raises:
        EvidenceError: an unknown setting.
    """
    shown = _shown_first(network, trap)
    drawn = simulate(_TRIED if trap.lines else 1, setting, seed, False, network)
    for row in range(len(drawn)):
        opening = tuple(_seen(drawn, row, name) for name in shown)
        lines = open_lines(network, interpret(network, (setting,), opening))
        if not trap.lines or not lines.keys().isdisjoint(trap.lines):
            return _drawn(drawn, row, shown, trap.name)
    return None


def published_patients(network: Network) -> tuple[Patient, ...]:
    """The published cases with a proven diagnosis that report something to be ordered.

    Laboratory beyond calcium and PTH, genes, scans and punctures are hidden at first.

    Args:
        network: what is believed.
    """
    ordered = {
        finding
        for study in network.studies.values()
        if study.kind not in _KNOWN_KINDS
        for finding in study.reveals
        if finding not in _FIRST_LABS
    }
    cases = enumerate(read_published_cases(network), 1)
    patients = [_published(network, number, case, ordered) for number, case in cases]
    return tuple(patient for patient in patients if patient.hidden)


def published_patient(network: Network, name: str) -> Patient:
    """One published case.

    Args:
        network: what is believed.
        name: of its case file, without folder and ending.

    Raises:
        EvidenceError: for an unknown name.
    """
    known = {each.origin.name: each for each in published_patients(network)}
    if name not in known:
        raise EvidenceError(f"unknown published case {name!r}; {hint(name, known)}")
    return known[name]


def patient_again(network: Network, origin: Origin) -> Patient:
    """A patient that was worked up before.

    Args:
        network: what is believed.
        origin: of the patient.

    Raises:
        EvidenceError: when there is no such patient any more.
    """
    if origin.kind == "published":
        return published_patient(network, origin.name)
    if not origin.trap:
        return simulated_patient(network, origin.name, origin.seed)
    found = patient_showing(network, origin.name, origin.seed, trap_named(origin.trap))
    if found is None:
        raise EvidenceError(f"nobody drawn in the setting {origin.name} shows the trap {origin.trap} any more")
    return found


def _published(network: Network, number: int, case: PublishedCase, ordered: set[str]) -> Patient:
    file, label = case.file, case.label
    return Patient(
        name=f"published case {number}",
        origin=Origin("published", file.name),
        settings=file.settings,
        opening=tuple(entry for entry in file.observations if entry.finding not in ordered),
        hidden=tuple(entry for entry in file.observations if entry.finding in ordered),
        truth=Truth(frozenset(label.accept), region_of(network, label.site), str(label.citation or file.name)),
        constraints=file.constraints,
        unavailable=file.unavailable,
        retracted=file.retracted,
        notes=file.notes,
    )


def _drawn(drawn: SimulatedPatients, row: int, shown: tuple[str, ...], trap: str) -> Patient:
    return Patient(
        name=f"{drawn.setting.replace('_', ' ')}, number {drawn.seed}",
        origin=Origin("simulated", drawn.setting, drawn.seed, trap),
        settings=(drawn.setting,),
        opening=tuple(_seen(drawn, row, name) for name in shown),
        hidden=_hidden(drawn, row, shown),
        truth=_truth(drawn, row),
    )


def _shown_first(network: Network, trap: Trap | None = None) -> tuple[str, ...]:
    context = [each.name for each in network.variables.values() if each.role == "context" and each.enterable]
    wanted = dict.fromkeys([*context, *_DRAWN_LABS, *(() if trap is None else trap.shown)])
    return tuple(name for name in wanted if name in network.variables and name != SETTING)


def _seen(drawn: SimulatedPatients, row: int, finding: str, place: str | None = None) -> Observation:
    state = int(drawn.reveal(finding, np.array([row]), site=place)[0])
    return observation(drawn.model.network, finding, drawn.model.core.variables[finding].states[state], site=place)


def _hidden(drawn: SimulatedPatients, row: int, shown: tuple[str, ...]) -> tuple[Observation, ...]:
    """Every finding a study reveals; one that is about one place has a reading for each place that may be punctured."""
    network = drawn.model.network
    seen_at = {state.partition("@")[2] for each in network.variables.values() for state in each.states}
    found: list[Observation] = []
    for name in dict.fromkeys(each for study in network.studies.values() for each in study.reveals):
        variable = network.variables[name]
        if name in shown:
            continue
        if variable.target_of is None:
            found.append(_seen(drawn, row, name))
        else:
            places = [place for place in target_sites(network, variable) if place in seen_at]
            found += [_seen(drawn, row, name, place) for place in places]
    return tuple(found)


def _truth(drawn: SimulatedPatients, row: int) -> Truth:
    names = drawn.model.targets.diagnosis_names
    true = frozenset(name for name, holds in zip(names, drawn.diagnoses[row], strict=True) if holds)
    sites = drawn.model.network.sites
    return Truth(true, sites[drawn.site[row]].region if drawn.site else None, "drawn from the model")
