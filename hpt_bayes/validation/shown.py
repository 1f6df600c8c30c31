"""Figures of the validation report: three digits, and blocks as Markdown."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hpt_bayes.display.rows import Rows

_NOTHING, _SMALL = 1e-6, 1e-3


def digits(value: float | None) -> str:
    """A figure with three digits, at most three behind the point; `-` for none.

    Below 0.001 one digit is shown, below 1e-6 none: rounding of the last bit is no figure.

    Args:
        value: a probability, a mean or a ratio.
    """
    if value is None or math.isnan(value):
        return "-"
    if abs(value) < _NOTHING:
        return "0"
    if abs(value) < _SMALL:
        return f"{value:.1g}"
    decimals = 2 - math.floor(math.log10(abs(value)))
    return f"{value:.{min(max(decimals, 0), 3)}f}"


def to_markdown(title: str, blocks: Sequence[Rows]) -> str:
    """Blocks as Markdown: a heading each, tables with aligned figures, lists, notes.

    Args:
        title: of the document.
        blocks: in order.

    Returns:
        The document, ending in a newline.
    """
    parts = [f"# {title}"]
    for block in blocks:
        parts.append(f"## {block.title}")
        if block.columns and block.cells:
            parts.append(_table(block))
        elif block.cells:
            parts.append("\n".join(f"- {row[0]}" for row in block.cells))
        parts += block.notes
    return "\n\n".join(parts) + "\n"


def _table(block: Rows) -> str:
    rule = ["---:" if column in block.right else "---" for column in range(len(block.columns))]
    rows = [block.columns, tuple(rule), *block.cells]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
