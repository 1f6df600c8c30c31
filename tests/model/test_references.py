"""Every published number behind a model row can be followed to a source, and no source stands there for nothing."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parents[2] / "models" / "hyperparathyroidism"
TABLES = ("etiology.csv", "imaging.csv", "labs.csv")
FILES = (
    "network", "context", "etiology", "anatomy", "labs", "examination", "genetics", "operation", "imaging", "analytes",
)  # fmt: skip


@cache
def evidence_keys() -> Counter[str]:
    keys: Counter[str] = Counter()
    for table in TABLES:
        with (FOLDER / "evidence" / table).open(encoding="utf-8", newline="") as file:
            keys.update(row["key"] for row in csv.DictReader(file))
    return keys


def cited_in(value: object) -> set[str]:
    """The keys under `evidence` and `source`, at any depth."""
    if isinstance(value, list):
        return set().union(*map(cited_in, value))
    if not isinstance(value, dict):
        return set()
    found: set[str] = set()
    for name, entry in value.items():
        if name in ("evidence", "source"):
            found |= {entry} if isinstance(entry, str) else set(entry)
        else:
            found |= cited_in(entry)
    return found


@cache
def document(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


@cache
def entries() -> dict[str, list[str]]:
    """Evidence keys of each entry of the bibliography, by its own key."""
    text = (FOLDER / "references.bib").read_text(encoding="utf-8")
    found = {}
    for block in re.split(r"\n(?=@)", text)[1:]:
        name = re.match(r"@\w+\{([^,]+),", block)
        keys = re.search(r"evidence = \{([^}]*)\}", block)
        assert name is not None, block[:60]
        assert keys is not None, block[:60]
        assert name[1] not in found, f"{name[1]} stands twice"
        found[name[1]] = [key.strip() for key in keys[1].split(",")]
    return found


def cited_by_rows() -> set[str]:
    return set().union(*(cited_in(document(FOLDER / f"{name}.yaml")) for name in FILES))


def cited_anywhere() -> set[str]:
    return set().union(*(cited_in(document(path)) for path in sorted(FOLDER.glob("*.yaml"))))


def test_every_key_cited_by_a_row_is_published() -> None:
    assert len(cited_by_rows()) > 400
    assert cited_by_rows() <= set(evidence_keys())


def test_every_key_cited_anywhere_has_one_entry_in_the_bibliography() -> None:
    listed = Counter(key for keys in entries().values() for key in keys)
    cited = cited_by_rows() | (cited_anywhere() & set(evidence_keys()))
    assert {key: listed[key] for key in sorted(cited) if listed[key] != 1} == {}


def test_every_entry_of_the_bibliography_is_cited() -> None:
    idle = {name: keys for name, keys in entries().items() if not set(keys) & cited_anywhere()}
    assert idle == {}
    unknown = {key for keys in entries().values() for key in keys} - set(evidence_keys())
    assert unknown == set()


def test_an_entry_has_the_identifier_its_rows_have() -> None:
    """A DOI or PMID in the evidence stands in the bibliography too."""
    identifiers: dict[str, str] = {}
    for table in TABLES:
        with (FOLDER / "evidence" / table).open(encoding="utf-8", newline="") as file:
            identifiers |= {row["key"]: row["doi_or_pmid"] for row in csv.DictReader(file)}
    text = (FOLDER / "references.bib").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=@)", text)[1:]
    lacking = []
    for (name, keys), block in zip(entries().items(), blocks, strict=True):
        for key in keys:
            for found in re.findall(r"10\.\d{4,}/[^\s;,]+|(?<=PMID )\d+", identifiers[key]):
                plain = block.replace("\\", "").lower()
                if found.rstrip(".").lower() not in plain:
                    lacking.append((name, key, found))
    assert lacking == []
