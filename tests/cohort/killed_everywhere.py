"""A run that is killed at every one of its file operations, and continued each time; run as a program.

Arguments: model folder, input, folder to work in. Prints how many operations there were.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import hpt_bayes as hpt
from hpt_bayes.cohort.files import score_file

UNITS = {"adjusted_calcium": "mmol/L"}
MOMENTS = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir")


def kill_at(moment: int, folder: str) -> None:
    """SIGKILL for this process at its n-th file operation in a folder."""
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in MOMENTS and str(arguments[0]).startswith(folder):
            seen += 1
            if seen > moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def main(model: str, source: str, work: str) -> None:
    """Kill at the first operation, at the second, and so on, until nothing is left to kill."""
    network = hpt.load_network(model)

    def scored(target: Path) -> None:
        score_file(Path(source), target, units=UNITS, network=network, keep=["id"], chunk=9, workers=1)

    whole = Path(work) / "whole.parquet"
    scored(whole)
    moment, killed = 0, True
    while killed:
        folder = Path(work) / str(moment)
        folder.mkdir()
        target = folder / "answers.parquet"
        child = os.fork()
        if child == 0:
            kill_at(moment, str(folder))
            scored(target)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        assert killed or os.waitstatus_to_exitcode(status) == 0
        if target.exists():
            assert target.read_bytes() == whole.read_bytes(), f"a broken answer after operation {moment}"
        scored(target)
        assert target.read_bytes() == whole.read_bytes(), f"another answer after operation {moment}"
        assert sorted(folder.iterdir()) == [target], f"left behind after operation {moment}"
        moment += 1
    print(moment - 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
