"""references.bib against the evidence: every cited number has one source there, every source is cited.

An entry lists the keys of its numbers: `evidence = {key, key}`; nothing else of it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.model_text import read_text
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import Place
from hpt_bayes.network.yaml_reader import YamlList, YamlMap, read_yaml

BIBLIOGRAPHY = "references.bib"

_START = re.compile(r"^@\w+\{([^,\s{}]+),", re.MULTILINE)
_KEYS = re.compile(r"^\s*evidence\s*=\s*\{([^{}]*)\}", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """One entry: its name, its place, and the keys of its numbers, each with its place."""

    name: str
    at: Place
    keys: tuple[tuple[str, Place], ...]


def check_bibliography(network: Network, faults: Faults) -> None:
    """Check references.bib of a model folder; a folder without one has nothing to check.

    Args:
        network: loaded from the folder.
        faults: takes an entry that cannot be read or stands twice, an unknown key, a number with two sources or, cited
            under `evidence` or `source`, with none, and a source that nothing cites; each with its place.
    """
    folder = Path(network.path)
    if not (folder / BIBLIOGRAPHY).exists():
        return
    before = len(faults.found)
    sources = read_bibliography(folder / BIBLIOGRAPHY, faults)
    cited: dict[str, Place] = {}
    for path in sorted(folder.glob("*.yaml")):
        for key, at in _cited(read_yaml(path)):
            cited.setdefault(key, at)
    owner: dict[str, Place] = {}
    for source in sources:
        for key, at in source.keys:
            if key not in network.evidence_rows:
                near = hint(key, network.evidence_rows)
                faults(at.error(f"expected a key of evidence/*.csv, found {key!r}; {near}"))
            elif key in owner:
                faults(at.error(f"expected one source of {key!r}, found it again; first at {owner[key]}"))
            owner.setdefault(key, at)
    if len(faults.found) > before:
        return  # a misspelt key is not also a source that nothing cites, nor the right one a number without a source
    for source in sources:
        if not any(key in cited for key, _ in source.keys):
            faults(source.at.error(f"expected a source that some file of the model cites, found {source.name!r}"))
    for key, at in cited.items():
        if key in network.evidence_rows and key not in owner:
            faults(at.error(f"expected the source of {key!r} in {BIBLIOGRAPHY}, found none"))


def read_bibliography(path: Path, faults: Faults) -> tuple[Source, ...]:
    """The entries of a bibliography.

    Args:
        path: of the file.
        faults: takes what cannot be read.

    Returns:
        In the order of the file.

    Raises:
        ModelFileError: not UTF-8, no entry, an entry twice, without its keys or not closed (through `faults`).
    """
    text = read_text(path)
    found: dict[str, Source] = {}
    starts = list(_START.finditer(text))
    if not starts:
        raise ModelFileError("expected entries like @article{name, ...}, found none", str(path))
    for match, end in zip(starts, [*(each.start() for each in starts[1:]), len(text)], strict=True):
        at, name, body = _place(path, text, match.start()), match[1], text[match.start() : end]
        keys = _KEYS.search(body)
        if body.count("{") != body.count("}"):
            faults(
                at.error(
                    f"expected every brace of {name!r} closed, found {body.count('{')} {{ and {body.count('}')} }}"
                )
            )
        elif keys is None:
            faults(at.error(f"expected evidence = {{keys}} in {name!r}, found none"))
        elif name in found:
            faults(at.error(f"expected each entry once, found {name!r} again; first at {found[name].at}"))
        else:
            begins = match.start() + keys.start(1)
            named = re.finditer(r"[^\s,]+", keys[1])
            places = ((each[0], _place(path, text, begins + each.start())) for each in named)
            found[name] = Source(name, at, tuple(places))
    return tuple(found.values())


def _place(path: Path, text: str, position: int) -> Place:
    return Place(str(path), text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position))


def _cited(part: object) -> Iterator[tuple[str, Place]]:
    """Every name under `evidence` and `source` of a document, with its place."""
    if isinstance(part, YamlMap):
        for key, value in part.items():
            if key not in ("evidence", "source"):
                yield from _cited(value)
            elif isinstance(value, YamlList):
                yield from zip(map(str, value), value.places, strict=True)
            else:
                yield str(value), part.values_at[key]
    elif isinstance(part, YamlList):
        for value in part:
            yield from _cited(value)
