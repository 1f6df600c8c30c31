"""A cold start: a posterior on the command line against importing pgmpy, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.subjects import PATIENT
from benchmarks.timing import in_turn

_ROOT = Path(__file__).resolve().parents[1]
STARTS = {
    "`import hpt_bayes`": ("-c", "import hpt_bayes"),
    "`hpt-bayes --help`": ("-m", "hpt_bayes", "--help"),
    "`hpt-bayes posterior CASE`": ("-m", "hpt_bayes", "posterior", PATIENT),
    "`import pgmpy.models`": ("-W", "ignore", "-c", "import pgmpy.models"),
    "`import pyagrum`": ("-c", "import pyagrum"),
}


def cold_starts(repeats: int) -> dict[str, float]:
    """Median processor time of each start from process to exit, s."""

    def run(*arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], cwd=_ROOT, stdout=subprocess.DEVNULL, check=True)

    for arguments in STARTS.values():
        run(*arguments)  # compiled once, as after an installation
    return in_turn({name: partial(run, *arguments) for name, arguments in STARTS.items()}, repeats, _children)


def _children() -> float:
    """Processor time of all processes started and ended so far, s."""
    times = os.times()
    return times.children_user + times.children_system
