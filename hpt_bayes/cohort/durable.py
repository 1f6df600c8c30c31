"""Files written whole: a crash at any moment leaves the old file, the new file or none, never a part of one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, scratch: Path, write: Callable[[Path], None]) -> None:
    """Write a file under a temporary name, force it to the disk, and rename it.

    Args:
        path: of the file; an existing one is replaced at once.
        scratch: folder for the temporary file, on the same disk.
        write: writes the file it is given.
    """
    temporary = scratch / f"{path.name}.{os.getpid()}.tmp"
    try:
        write(temporary)
        _force(temporary, os.O_RDWR)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    if os.name == "posix":  # elsewhere a folder cannot be opened, and a rename needs no help
        _force(path.parent, os.O_RDONLY)


def _force(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
