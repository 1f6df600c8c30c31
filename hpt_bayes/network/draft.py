"""What a model folder says, read and validated record by record, before names are resolved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hpt_bayes.network.analytes import Analyte, AnalytesFile
from hpt_bayes.network.cautions import Caution, CautionsFile
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.fields import TableSpec
from hpt_bayes.network.locations import MANIFEST
from hpt_bayes.network.management import Management
from hpt_bayes.network.manifest import Manifest
from hpt_bayes.network.model_text import read_data
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.provenance import EvidenceRow
from hpt_bayes.network.published import read_published
from hpt_bayes.network.records import read_record
from hpt_bayes.network.studies import StudiesFile, Study
from hpt_bayes.network.tables import KINDS, kind_of
from hpt_bayes.network.variable_file import VariableEntry, VariablesFile
from hpt_bayes.network.yaml_reader import YamlList, YamlMap, describe, read_yaml

ANALYTES = "analytes.yaml"
STUDIES = "studies.yaml"
CAUTIONS = "cautions.yaml"
MANAGEMENT = "management.yaml"
OTHER_FILES = (MANAGEMENT, CAUTIONS)
EVIDENCE = "evidence"


@dataclass(frozen=True)
class DraftVariable:
    """A variable as written: its entry, its text with places, and its table (None when that has faults)."""

    entry: VariableEntry
    text: YamlMap
    spec: TableSpec | None


@dataclass(frozen=True)
class Draft:
    """A model folder as read.

    Args:
        manifest: network.yaml.
        variables: by name, in file order.
        broken: names of variables that could not be read.
        analytes: by name.
        studies: the studies file, or None.
        orders: studies by name.
        cautions: in file order.
        management: actions and their utilities, or None.
        evidence_rows: published numbers by key.
        digest: sha256 over the files, hexadecimal.
    """

    manifest: Manifest
    variables: Mapping[str, DraftVariable]
    broken: frozenset[str]
    analytes: Mapping[str, Analyte]
    studies: StudiesFile | None
    orders: Mapping[str, Study]
    cautions: tuple[Caution, ...]
    management: Management | None
    evidence_rows: Mapping[str, EvidenceRow]
    digest: str


@dataclass
class _Reading:
    folder: Path
    faults: Faults
    rows: Mapping[str, EvidenceRow] | None
    variables: dict[str, DraftVariable] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    unread: bool = False

    def file(self, name: str) -> YamlMap | None:
        """Return a file of the folder, its citations checked, or None when it has faults."""
        found: YamlMap | None = None
        with self.faults.caught():
            found = read_yaml(self.folder / name)
        self.unread |= found is None
        if found is not None and self.rows is not None:
            check_citations(found, self.rows, self.faults)
        return found


def read_draft(folder: Path, faults: Faults) -> Draft | None:
    """Read a model folder.

    Args:
        folder: with network.yaml.
        faults: takes what is wrong.

    Returns:
        The draft, or None when network.yaml cannot be used or some file cannot be read.

    Raises:
        ModelFileError: the first fault (through `faults`).
    """
    reading = _Reading(folder, faults, read_published(folder / EVIDENCE, faults))
    text = reading.file(MANIFEST)
    manifest = None if text is None else read_record(Manifest, text, faults)
    names = manifest.files if manifest is not None else _other_files(folder)
    for name in names:
        if name not in (ANALYTES, STUDIES, *OTHER_FILES):
            _read_variables(reading, name)
    analytes = _read_analytes(reading)
    studies, orders = _read_studies(reading)
    cautions = _read_cautions(reading)
    management = _read_management(reading)
    digest = ""
    with faults.caught():
        digest = digest_of(folder)
    if manifest is None or reading.unread or reading.rows is None or not digest:
        return None  # what other files say about a file that cannot be read is no fault of theirs
    return Draft(
        manifest, reading.variables, frozenset(reading.broken - set(reading.variables)), analytes, studies, orders,
        cautions, management, reading.rows, digest,
    )  # fmt: skip


def digest_of(folder: Path) -> str:
    """Return sha256 over the names and bytes of the model files of a folder, hexadecimal."""
    total = hashlib.sha256()
    for path in sorted([*folder.glob("*.yaml"), *(folder / EVIDENCE).glob("*.csv")]):
        data = read_data(path)
        total.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode())
        total.update(data)
    return total.hexdigest()


def check_citations(part: object, rows: Mapping[str, EvidenceRow], faults: Faults) -> None:
    """Check that every `evidence:` key of a document is a published number.

    Args:
        part: a document or a part of it.
        rows: published numbers by key.
        faults: takes an unknown key.
    """
    if isinstance(part, YamlMap):
        for key, value in part.items():
            if key == "evidence":
                cited = value if isinstance(value, list) else [value]
                places = value.places if isinstance(value, YamlList) else [part.values_at[key]]
                for name, place in zip(cited, places, strict=True):
                    if name not in rows:
                        faults(place.error(f"expected a key of {EVIDENCE}/*.csv, found {name!r}; {hint(name, rows)}"))
            elif isinstance(value, (YamlMap, YamlList)):
                check_citations(value, rows, faults)
    elif isinstance(part, YamlList):
        for value in part:
            if isinstance(value, (YamlMap, YamlList)):
                check_citations(value, rows, faults)


def _other_files(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in folder.glob("*.yaml") if path.name != MANIFEST))


def _entries(text: YamlMap, key: str, faults: Faults) -> Iterator[YamlMap]:
    """The records of a list; what is none is a fault with its place."""
    for part, place in zip(text[key], text[key].places, strict=True):
        if isinstance(part, YamlMap):
            yield part
        else:
            faults(place.error(f"expected a mapping under {key}, found {describe(part)}"))


def _read_variables(reading: _Reading, name: str) -> None:
    text = reading.file(name)
    if text is None or read_record(VariablesFile, text, reading.faults) is None:
        return
    for part in _entries(text, "variables", reading.faults):
        entry = read_record(VariableEntry, part, reading.faults)
        if entry is None:
            if isinstance(part.get("name"), str):
                reading.broken.add(part["name"])
            continue
        if entry.name in reading.variables:
            first = reading.variables[entry.name].entry.place_of("name")
            place = entry.place_of("name")
            reading.faults(place.error(f"expected each variable once, found {entry.name!r} again; first at {first}"))
            continue
        reading.variables[entry.name] = DraftVariable(entry, part, _spec(entry, reading.faults))


def _spec(entry: VariableEntry, faults: Faults) -> TableSpec | None:
    table, place = entry.table, entry.place_of("table")
    if not isinstance(table, YamlMap):
        faults(place.error(f"expected a table with its kind, found {describe(table)}"))
        return None
    kind = table.get("kind")
    if kind not in KINDS:
        at = table.values_at.get("kind", place)
        faults(at.error(f"expected a table kind, found {describe(kind)}; {hint(kind, KINDS)}"))
        return None
    return read_record(kind_of(kind).Spec, table, faults)


def _read_analytes(reading: _Reading) -> dict[str, Analyte]:
    found: dict[str, Analyte] = {}
    if not (reading.folder / ANALYTES).exists():
        return found
    text = reading.file(ANALYTES)
    if text is None or read_record(AnalytesFile, text, reading.faults) is None:
        return found
    for part in _entries(text, "analytes", reading.faults):
        analyte = read_record(Analyte, part, reading.faults)
        if analyte is not None:
            _add(found, analyte, "analyte", reading.faults)
        elif isinstance(part.get("name"), str):
            reading.broken.add(part["name"])
    return found


def _read_studies(reading: _Reading) -> tuple[StudiesFile | None, dict[str, Study]]:
    found: dict[str, Study] = {}
    if not (reading.folder / STUDIES).exists():
        return None, found
    text = reading.file(STUDIES)
    file = None if text is None else read_record(StudiesFile, text, reading.faults)
    if text is None or file is None:
        return None, found
    for part in _entries(text, "studies", reading.faults):
        study = read_record(Study, part, reading.faults)
        if study is not None:
            _add(found, study, "study", reading.faults)
    return file, found


def _read_cautions(reading: _Reading) -> tuple[Caution, ...]:
    if not (reading.folder / CAUTIONS).exists():
        return ()
    text = reading.file(CAUTIONS)
    if text is None or read_record(CautionsFile, text, reading.faults) is None:
        return ()
    found = (read_record(Caution, part, reading.faults) for part in _entries(text, "cautions", reading.faults))
    return tuple(each for each in found if each is not None)


def _read_management(reading: _Reading) -> Management | None:
    if not (reading.folder / MANAGEMENT).exists():
        return None
    text = reading.file(MANAGEMENT)
    return None if text is None else read_record(Management, text, reading.faults)


def _add(found: dict[str, Analyte] | dict[str, Study], record: Analyte | Study, what: str, faults: Faults) -> None:
    if record.name in found:
        first = found[record.name].place_of("name")
        place = record.place_of("name")
        faults(place.error(f"expected each {what} once, found {record.name!r} again; first at {first}"))
        return
    found[record.name] = record  # type: ignore[assignment]
