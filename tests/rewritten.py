"""The small model written to disk with other numbers and loaded again: the slow, obvious way to change a number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from small_model import write_small_model

from hpt_bayes.case import Case
from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.basis import numbers_of


def rewritten(network: Network, values: Mapping[str, np.ndarray]) -> Network:
    """The small model with the numbers of some variables (n,) replaced in its files, loaded from disk."""
    yaml = YAML()
    with TemporaryDirectory() as temporary:
        folder = write_small_model(Path(temporary) / "small")
        for path in folder.glob("*.yaml"):
            document = yaml.load(path.read_text(encoding="utf-8"))
            declared = document.get("variables", ()) if isinstance(document, dict) else ()
            for variable in declared:
                if variable["name"] in values:
                    for number, value in zip(
                        numbers_of(network, variable["name"]), values[variable["name"]], strict=True
                    ):
                        if number.written:
                            _set(variable["table"], number.path, float(value))
            with path.open("w", encoding="utf-8") as file:
                yaml.dump(document, file)
        return load_network(folder)


def same_entries(case: Case, other: Case) -> Case:
    """A case with the observations of another one."""
    return Case._of(replace(case.facts, observations=other.facts.observations))


def _set(table: Any, path: str, value: float) -> None:
    parts = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", path)]
    for part in parts[:-1]:
        table = table[part]
    last = parts[-1]
    if isinstance(last, int) and not isinstance(table, list):
        last = str(last)
    if isinstance(table[last], dict):
        table[last]["value"] = value
    else:
        table[last] = value
