"""Pictures as files: the ending of a name says how they are written, and their alt text goes inside."""

from __future__ import annotations

import html
import zlib
from collections.abc import Sequence
from pathlib import Path

from hpt_bayes.errors import HptBayesError
from hpt_bayes.files import path_of


def require_ending(path: str | Path, endings: Sequence[str]) -> str:
    """The format the ending of a name asks for.

    Args:
        path: a name.
        endings: that are known, without the dot.

    Raises:
        HptBayesError: for another ending.
    """
    ending = path_of(path).suffix.removeprefix(".").lower()
    if ending not in endings:
        raise HptBayesError(f"{path}: expected a name ending in .{', .'.join(endings)}")
    return ending


def titled(svg: str, alt: str) -> str:
    """An `svg` element with its alt text as label and title.

    Args:
        svg: from its opening tag on.
        alt: what the picture shows, in words.
    """
    opening, rest = svg.removeprefix("<svg").split(">", 1)
    said = html.escape(alt)
    return f'<svg role="img" aria-label="{said}"{opening}><title>{said}</title>{rest}'


def captioned(png: bytes, alt: str) -> bytes:
    """A PNG file with its alt text as its description.

    Args:
        png: the file.
        alt: what the picture shows, in words.
    """
    chunk = b"iTXtDescription" + bytes(5) + alt.encode()
    size, check = ((value).to_bytes(4, "big") for value in (len(chunk) - 4, zlib.crc32(chunk)))
    return png[:_HEADER] + size + chunk + check + png[_HEADER:]


_HEADER = 33
"""Bytes of signature and header, behind which a PNG file may say more."""
