"""A patient written in a few lines of a model file: decision points and expectations are asked of such patients."""

from __future__ import annotations

from collections.abc import Collection

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.evidence.observation import observation
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.fields import Record, Text
from hpt_bayes.network.figures import Names, Parts
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import Place
from hpt_bayes.network.yaml_reader import YamlMap


class Patient(Record):
    """A patient in the one text form.

    Args:
        name: in words.
        setting: of the case.
        constraints: of the case.
        findings: finding -> reading in the one text form.
    """

    name: Text
    setting: Text
    constraints: Names = ()
    findings: Parts | None = None


def entered_of(network: Network, patient: Patient, without: Collection[str] = ()) -> EnteredEvidence:
    """What is entered for a patient.

    Args:
        network: as loaded.
        patient: as read.
        without: findings to leave out.

    Raises:
        EvidenceError: a reading that cannot be accepted, with the place of the patient.
    """
    findings = {name: value for name, value in (patient.findings or {}).items() if name not in without}
    try:
        readings = [observation(network, name, value) for name, value in findings.items()]
        return interpret(network, (patient.setting,), readings, patient.constraints)
    except EvidenceError as error:
        raise EvidenceError(f"{patient.at}: {error}") from None


def check_patient(patient: Patient, network: Network, faults: Faults) -> None:
    """Check that a patient can be entered.

    Args:
        patient: as read.
        network: as loaded.
        faults: takes an unknown setting or constraint, and readings that cannot be accepted, each with its place.
    """
    before = len(faults.found)
    check_names(patient, "setting", (patient.setting,), network.settings, faults)
    check_names(patient, "constraints", patient.constraints, network.constraints, faults)
    for name, value in (patient.findings or {}).items():
        try:
            observation(network, name, value)
        except EvidenceError as error:
            faults(_place(patient, name).error(str(error)))
    if len(faults.found) == before:
        try:
            entered_of(network, patient)
        except EvidenceError as error:
            faults(patient.place_of("findings").error(str(error).removeprefix(f"{patient.at}: ")))


def check_names(record: Record, key: str, names: Collection[str], valid: Collection[str], faults: Faults) -> None:
    """Check that the names under a key of a record are known.

    Args:
        record: as read.
        key: of the record.
        names: under it.
        valid: the names there are.
        faults: takes an unknown name, with its place.
    """
    for name in names:
        if name not in valid:
            at = record.place_of(key)
            faults(at.error(f"expected a known name under {key}, found {name!r}; {hint(name, valid)}"))


def _place(patient: Patient, name: str) -> Place:
    findings = patient.findings
    return findings.values_at[name] if isinstance(findings, YamlMap) else patient.at
