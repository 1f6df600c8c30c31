"""The text of a model file: UTF-8, read whole."""

from __future__ import annotations

from pathlib import Path

from hpt_bayes.errors import ModelFileError


def read_data(path: Path, shown: str | None = None) -> bytes:
    """Return the bytes of a model file.

    Args:
        path: of the file.
        shown: how to name the file in errors; the path when left out.

    Raises:
        ModelFileError: the file is missing, a folder, or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelFileError(
            f"expected a readable model file, found none ({error.strerror})", shown or str(path)
        ) from None


def decoded(data: bytes, name: str) -> str:
    """Return bytes as text, a byte order mark left out and every line end a newline.

    Args:
        data: UTF-8.
        name: of the file, for errors.

    Raises:
        ModelFileError: not UTF-8, with line and column.
    """
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        found = f"0x{data[error.start]:02x}"
        raise ModelFileError(f"expected UTF-8 text, found the byte {found}", name, line, column) from None


def read_text(path: Path) -> str:
    """Return the text of a model file.

    Args:
        path: of the file.

    Raises:
        ModelFileError: the file cannot be read, or is not UTF-8.
    """
    return decoded(read_data(path), str(path))
