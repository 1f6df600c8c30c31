"""The published cases and their labels, read from the models folder. Labels are compared, never fed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hpt_bayes.errors import EvidenceError, ModelFileError
from hpt_bayes.evidence.case_file import CaseFile, load_case_file
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.network.faults import STRICT, Faults
from hpt_bayes.network.fields import Flag, Record, Text
from hpt_bayes.network.figures import Names
from hpt_bayes.network.load import models_folder
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.records import read_record
from hpt_bayes.network.yaml_reader import read_yaml

LABELS = "labels.yaml"
PUBLISHED = "published"


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
    return models_folder() / "cases" / PUBLISHED


def read_published_cases(network: Network, folder: Path | None = None) -> tuple[PublishedCase, ...]:
    """Read every labelled case.

    Args:
        network: names are checked against it.
        folder: with the case files and labels.yaml; the published cases when None.

    Returns:
        The cases, in the order of the labels.

    Raises:
        ModelFileError: labels that cannot be read or used.
        EvidenceError: a case file that is missing or cannot be accepted.
    """
    folder = published_folder() if folder is None else folder
    labels = read_labels(network, folder / LABELS, STRICT)
    return tuple(
        PublishedCase(load_case_file(network, folder / f"{name}.yaml"), label) for name, label in labels.items()
    )


def read_labels(network: Network, path: Path, faults: Faults) -> dict[str, Label]:
    """Read the labels of published cases.

    Args:
        network: names are checked against it.
        path: of the file.
        faults: takes an unknown diagnosis or setting.

    Returns:
        Labels by name of the case file, in the order of the file.

    Raises:
        ModelFileError: the first fault (through `faults`).
    """
    found = {}
    for name, text in read_yaml(path).items():
        label = read_record(Label, text, faults)
        if label is None:
            continue
        found[name] = label
        known = [row.name for row in network.diagnoses]
        for accepted in label.accept:
            if accepted not in known:
                faults(label.place_of("accept").error(f"unknown diagnosis {accepted!r}; {hint(accepted, known)}"))
        if label.setting not in network.settings:
            near = hint(label.setting, network.settings)
            faults(label.place_of("setting").error(f"unknown setting {label.setting!r}; {near}"))
    return found


def check_cases(network: Network, faults: Faults) -> None:
    """Check the case files and labels of `cases`, the folder beside a model's, where it holds published cases.

    Args:
        network: loaded from its folder.
        faults: takes every case that cannot be accepted, and whatever labels and case files disagree about.
    """
    folder = Path(network.path).resolve().parent / "cases"
    published = folder / PUBLISHED
    if not published.is_dir():
        return
    files = {path: _checked(network, path, faults) for path in _case_files(folder)}
    labels: dict[str, Label] = {}
    with faults.caught():
        labels = read_labels(network, published / LABELS, faults)
    for name, label in labels.items():
        file = files.get(published / f"{name}.yaml")
        if published / f"{name}.yaml" not in files:
            faults(label.at.error(f"expected the case file {name}.yaml beside its label, found none"))
        elif file is not None:
            _check_label(label, file, faults)
    for path in files:
        if labels and path.parent == published and path.stem not in labels:
            faults(ModelFileError(f"expected a label of {path.stem!r} in {LABELS}, found none", str(path)))


def _case_files(folder: Path) -> list[Path]:
    return [
        path for path in sorted([*folder.glob("*.yaml"), *folder.glob(f"{PUBLISHED}/*.yaml")]) if path.name != LABELS
    ]


def _checked(network: Network, path: Path, faults: Faults) -> CaseFile | None:
    """A case file whose findings can be entered, or None."""
    try:
        file = load_case_file(network, path)
        entered(network, file)
    except EvidenceError as error:
        faults(_as_fault(path, str(error)))
        return None
    return file


def _as_fault(path: Path, text: str) -> ModelFileError:
    """What a case file is refused for, with the place that its message begins with."""
    found = re.fullmatch(rf"(?:{re.escape(str(path))}(?::(\d+):(\d+))?: )?(.*)", text, re.DOTALL)
    assert found is not None, "every text fits"
    line, column, message = found.groups()
    return ModelFileError(message, str(path), *(None if each is None else int(each) for each in (line, column)))


def _check_label(label: Label, file: CaseFile, faults: Faults) -> None:
    if label.setting not in file.settings:
        settings = " or ".join(file.settings)
        at = label.place_of("setting")
        faults(at.error(f"expected the setting of {file.name}, {settings}, found {label.setting!r}"))
    told = [each.finding for each in file.observations]
    for finding in label.misleading:
        if finding not in told:
            at = label.place_of("misleading")
            faults(
                at.error(
                    f"expected a finding of {file.name} under misleading, found {finding!r}; {hint(finding, told)}"
                )
            )


def entered(network: Network, file: CaseFile, without: Sequence[str] = ()) -> EnteredEvidence:
    """What a case file says, as evidence.

    Args:
        network: what is believed.
        file: as read.
        without: findings to leave out.
    """
    kept = tuple(each for each in file.observations if each.finding not in without)
    return interpret(network, file.settings, kept, file.constraints, file.unavailable, file.retracted)
