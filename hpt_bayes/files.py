"""Files by name: what can be none is refused, and a file is written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from hpt_bayes.errors import EvidenceError


def path_of(name: object) -> Path:
    """The path somebody gave.

    Args:
        name: text or a path.

    Returns:
        The path; whether something is there is not asked.

    Raises:
        EvidenceError: something else, or a text no file can be named by (a NUL or half a character in it).
    """
    if not isinstance(name, (str, Path)):
        raise EvidenceError(f"expected the name of a file, found {name!r}")
    try:
        named = b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        named = False
    if not named:
        raise EvidenceError(f"expected the name of a file, found {str(name)!r}, which none can have")
    return Path(name)


def write_whole(path: str | Path, content: str | bytes | Callable[[Path], object], scratch: Path | None = None) -> None:
    """Write a file under a temporary name, force it to the disk, and rename it.

    A crash at any moment leaves the old file, the new file or none, never a part of one. A link is followed, an
    existing file keeps its permissions, and what is no file (a pipe, /dev/stdout) is written to as it is.

    Args:
        path: of the file; an existing one is replaced at once.
        content: all of it, text as UTF-8 with its line ends as they are; or what writes the file it is given.
        scratch: folder for the temporary file, on the same disk; the file's own when None.

    Raises:
        EvidenceError: something else than the name of a file, or it cannot be written.
    """
    path = path_of(path)
    try:
        _write_whole(path, _writer(content), scratch)
    except (OSError, UnicodeEncodeError) as error:
        reason = "half a character in its text" if isinstance(error, UnicodeEncodeError) else error.strerror or error
        raise EvidenceError(f"cannot write {path}: {reason}") from None


def _writer(content: str | bytes | Callable[[Path], object]) -> Callable[[Path], object]:
    if callable(content):
        return content
    data = content.encode() if isinstance(content, str) else content
    return lambda path: path.write_bytes(data)


def _write_whole(path: Path, write: Callable[[Path], object], scratch: Path | None) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if path.exists() and not path.is_file():
        write(path)
        return
    path = Path(os.path.realpath(path))
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    temporary = (scratch or path.parent) / f".{os.urandom(8).hex()}.tmp"
    try:
        write(temporary)
        if path.exists():
            shutil.copymode(path, temporary)
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
