"""Blocks in a terminal: rich tables for people, plain text when the output is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hpt_bayes.display.rows import Rows, sentence_lines, to_text


def show(blocks: Sequence[Rows]) -> None:
    """Print blocks to standard output.

    Args:
        blocks: what to print, in order.
    """
    if not sys.stdout.isatty():
        sys.stdout.write(to_text(blocks, 100))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    for block in blocks:
        if not (block.cells or block.notes):
            continue
        style = "bold red" if block.urgent else "bold"
        console.print(f"[{style}]{escape(block.title)}[/]")
        if block.columns:
            table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
            for i, column in enumerate(block.columns):
                table.add_column(escape(column), justify="right" if i in block.right else "left")
            for row in block.cells:
                table.add_row(*(escape(cell) for cell in row))
            console.print(table)
        else:
            for (sentence,) in block.cells:
                for line in sentence_lines(sentence, console.width):
                    console.print(escape(line))
        for note in block.notes:
            console.print(f"[dim]{escape(note)}[/]")
        console.print()
