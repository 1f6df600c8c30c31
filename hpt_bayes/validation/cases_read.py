"""The published cases and their labels, read from the models folder. Labels are compared, never fed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.case_file import CaseFile, load_case_file
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.network.faults import STRICT
from hpt_bayes.network.fields import Flag, Record, Text
from hpt_bayes.network.figures import Names
from hpt_bayes.network.load import models_folder
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.records import read_record
from hpt_bayes.network.yaml_reader import read_yaml

LABELS = "labels.yaml"


class Label(Record):
    """What is known of a published case and never fed.

    Args:
        accept: every diagnosis that is true of the patient.
        core: proven, unambiguous, not sparse and inside the model.
        setting: of the case file.
        misleading: findings with a reading that pointed the wrong way.
    """

    accept: Names
    core: Flag
    setting: Text
    misleading: Names = ()
    not_core: Names = ()
    site: object = None
    ambiguity: object = None
    outside_model: object = None
    citation: object = None
    doi: object = None
    pmid: object = None
    url: object = None
    entered_as: object = None
    left_out: object = None


@dataclass(frozen=True)
class PublishedCase:
    """A case file with its label."""

    file: CaseFile
    label: Label


def published_folder() -> Path:
    """The folder of the published cases."""
    return models_folder() / "cases" / "published"


def read_published_cases(network: Network, folder: Path | None = None) -> tuple[PublishedCase, ...]:
    """Read every labelled case.

    Args:
        network: names are checked against it.
        folder: with the case files and labels.yaml; the published cases when None.

    Returns:
        The cases, in the order of the labels.

    Raises:
        ModelFileError: labels that cannot be read.
        EvidenceError: a case file that is missing or cannot be accepted, or a label with an unknown diagnosis.
    """
    folder = published_folder() if folder is None else folder
    known = [row.name for row in network.diagnoses]
    cases = []
    for name, text in read_yaml(folder / LABELS).items():
        label = read_record(Label, text, STRICT)
        assert label is not None, "a strict reader returns a record or raises"
        for accepted in label.accept:
            if accepted not in known:
                place = label.place_of("accept")
                raise EvidenceError(f"{place}: unknown diagnosis {accepted!r}; {hint(accepted, known)}")
        cases.append(PublishedCase(load_case_file(network, folder / f"{name}.yaml"), label))
    return tuple(cases)


def entered(network: Network, file: CaseFile, without: Sequence[str] = ()) -> EnteredEvidence:
    """What a case file says, as evidence.

    Args:
        network: what is believed.
        file: as read.
        without: findings to leave out.
    """
    kept = tuple(each for each in file.observations if each.finding not in without)
    return interpret(network, file.settings, kept, file.constraints, file.unavailable, file.retracted)
