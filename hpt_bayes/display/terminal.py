"""Blocks in a terminal: headings set off for people, plain text when the output is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hpt_bayes.display.rows import Rows, printable, sentence_lines, table_lines, to_text


def show(blocks: Sequence[Rows]) -> None:
    """Print blocks to standard output.

    Args:
        blocks: what to print, in order.
    """
    if not sys.stdout.isatty():
        sys.stdout.write(to_text(blocks))
        return
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    for block in printable(blocks):
        style = "bold red" if block.urgent else "bold"
        console.print(f"[{style}]{escape(block.title)}[/]")
        if block.columns:
            heading, body = table_lines(block, console.width)
            for line in heading:
                console.print(f"[dim]{escape(line)}[/]")
            for line in body:
                console.print(escape(line))
        else:
            for (sentence,) in block.cells:
                for line in sentence_lines(sentence, console.width):
                    console.print(escape(line))
        for note in block.notes:
            console.print(f"[dim]{escape(note)}[/]")
        console.print()
