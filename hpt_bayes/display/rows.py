"""Plain rows: what every result hands over to be shown; rendered to text, to HTML or to a pandas frame."""

from __future__ import annotations

import html
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pandas as pd

Frame: TypeAlias = "pd.DataFrame"

_STEERING = dict.fromkeys((*range(9), *range(14, 32), *range(127, 160)), "\N{REPLACEMENT CHARACTER}")
"""Control characters but white space."""


@dataclass(frozen=True)
class Rows:
    """A titled block of rows of ready-made text.

    Attributes:
        title: heading of the block.
        columns: headings of the columns; empty for plain lines.
        cells: one tuple of texts per row, as long as `columns` (or one text when there are no columns).
        notes: sentences printed below the block.
        right: columns aligned to the right.
        urgent: the block is a warning and is marked as one.
    """

    title: str
    columns: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    right: frozenset[int] = field(default_factory=frozenset)
    urgent: bool = False


def lines_block(title: str, lines: Iterable[str], *, urgent: bool = False) -> Rows:
    """A block of plain sentences."""
    return Rows(title, (), tuple((line,) for line in lines), urgent=urgent)


def to_text(blocks: Sequence[Rows], width: int | None = None) -> str:
    """Blocks as plain text that fits a terminal.

    Args:
        blocks: what to print, in order.
        width: columns of the page; the terminal's (at most 100) when None.

    Returns:
        The text, lines no longer than `width`.
    """
    columns = width or min(shutil.get_terminal_size((80, 24)).columns, 100)
    return "\n\n".join(_block_text(block, columns) for block in printable(blocks)) + "\n"


def printable(blocks: Sequence[Rows]) -> list[Rows]:
    """Blocks that have something to print, without characters that would steer a terminal.

    Args:
        blocks: what to print, in order; the name and the notes of a case may come from anybody's file.
    """
    return [
        replace(
            block,
            title=block.title.translate(_STEERING),
            cells=tuple(tuple(text.translate(_STEERING) for text in row) for row in block.cells),
            notes=tuple(note.translate(_STEERING) for note in block.notes),
        )
        for block in blocks
        if block.cells or block.notes
    ]


def _block_text(block: Rows, width: int) -> str:
    mark = "! " if block.urgent else ""
    lines = textwrap.wrap(f"{mark}{block.title}", width)
    lines.append("-" * max(map(len, lines), default=0))
    if block.columns:
        heading, body = table_lines(block, width)
        lines += [*heading, *body]
    else:
        for (sentence,) in block.cells:
            lines += sentence_lines(sentence, width)
    for note in block.notes:
        lines += textwrap.wrap(note, width)
    return "\n".join(lines)


def sentence_lines(sentence: str, width: int) -> list[str]:
    """A sentence of a list as lines with a hanging dash.

    Args:
        sentence: of a block without columns.
        width: of the page.
    """
    return textwrap.wrap(sentence, width, initial_indent="- ", subsequent_indent="  ")


def table_lines(block: Rows, width: int) -> tuple[list[str], list[str]]:
    """A block with columns as lines that fit a page.

    Args:
        block: with columns.
        width: of the page.

    Returns:
        The lines of the heading, and those below it.
    """
    table = [block.columns, *block.cells]
    widths = [max(1, *(len(row[i]) for row in table)) for i in range(len(block.columns))]
    widths = _fit(widths, width - 2 * (len(widths) - 1))
    lines: list[str] = []
    below = 0
    for row in table:
        wrapped = [_wrapped(cell, size) for cell, size in zip(row, widths, strict=True)]
        for height in range(max(map(len, wrapped))):
            parts = [cell[height] if height < len(cell) else "" for cell in wrapped]
            texts = [
                part.rjust(size) if i in block.right else part.ljust(size)
                for i, (part, size) in enumerate(zip(parts, widths, strict=True))
            ]
            lines.append("  ".join(texts).rstrip())
        below = below or len(lines)
    return lines[:below], lines[below:]


def _wrapped(text: str, size: int) -> list[str]:
    """A cell as lines, as far in as the first; a figure stays with its per cent sign."""
    indent = "\xa0" * (len(text) - len(text.lstrip("\xa0")))
    lines = textwrap.wrap(text.replace(" %", "\xa0%"), size, subsequent_indent=indent)
    return [line.replace("\xa0", " ") for line in lines] or [""]


def _fit(widths: list[int], room: int) -> list[int]:
    """Narrow the widest columns until the row fits the page."""
    widths = list(widths)
    while sum(widths) > room and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    return widths


def to_html(blocks: Sequence[Rows]) -> str:
    """Blocks as HTML that survives an untrusted notebook: tables and inline styles only, no script, no asset."""
    parts: list[str] = []
    for block in blocks:
        if not (block.cells or block.notes):
            continue
        border = "border-left:4px solid #d55e00;padding-left:8px;" if block.urgent else ""
        title = f'<p style="margin:0 0 4px 0"><b>{html.escape(block.title)}</b></p>'
        parts.append(f'<div style="margin:0 0 12px 0;{border}">{title}')
        if block.columns:
            head = "".join(_cell("th", text, i in block.right) for i, text in enumerate(block.columns))
            rows = "".join(
                "<tr>" + "".join(_cell("td", text, i in block.right) for i, text in enumerate(row)) + "</tr>"
                for row in block.cells
            )
            parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
        else:
            parts.append("<ul>" + "".join(f"<li>{html.escape(row[0])}</li>" for row in block.cells) + "</ul>")
        parts += [f'<p style="margin:2px 0;color:#555">{html.escape(note)}</p>' for note in block.notes]
        parts.append("</div>")
    return "".join(parts)


def _kept_together(text: str) -> str:
    """A figure stays with its per cent sign."""
    return text.replace(" %", "&nbsp;%")


def _cell(tag: str, text: str, right: bool) -> str:
    align = "right" if right else "left"
    content = _kept_together(html.escape(text))
    return f'<{tag} style="text-align:{align};vertical-align:top;padding:2px 10px 2px 0">{content}</{tag}>'


def to_frame(records: Sequence[dict[str, object]]) -> Frame:
    """Records as a pandas DataFrame, unrounded, one row a record."""
    import pandas as pd

    return pd.DataFrame.from_records(list(records))
