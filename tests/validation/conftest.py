"""The whole report once for all workers: the first one makes it, the others read what it wrote."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import hpt_bayes as hpt
from hpt_bayes.validation.report import validate

MADE, TAKEN = "validation.json", "validation.taken"
PATIENCE = 600.0


@dataclass(frozen=True)
class Made:
    """The report of the real model as data and as Markdown."""

    data: dict[str, Any]
    markdown: str


def shared(folder: Path) -> Made:
    """Make the report, or wait for the worker that makes it."""
    made = folder / MADE
    try:
        (folder / TAKEN).touch(exist_ok=False)
    except FileExistsError:
        begun = time.monotonic()
        while not made.exists():
            assert time.monotonic() - begun < PATIENCE, "the worker that makes the report did not finish"
            time.sleep(0.2)
    else:
        report = validate(hpt.load_network())
        part = folder / "validation.part"
        part.write_text(json.dumps([report.to_dict(), report.to_markdown()], allow_nan=False), encoding="utf-8")
        part.rename(made)
    data, markdown = json.loads(made.read_text(encoding="utf-8"))
    return Made(data, markdown)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Made:
    """The report of the real model."""
    folder = tmp_path_factory.getbasetemp()
    return shared(folder if worker_id == "master" else folder.parent)
