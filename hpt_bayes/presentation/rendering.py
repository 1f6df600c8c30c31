"""Graphviz text to an image: through pygraphviz, else through a `dot` on the path."""

from __future__ import annotations

import shutil
import subprocess

from hpt_bayes.errors import HptBayesError

FORMATS = ("svg", "png", "pdf")


def rendered(dot: str, format: str) -> bytes:
    """Lay Graphviz text out and draw it.

    Args:
        dot: Graphviz text.
        format: svg, png or pdf.

    Returns:
        The image file.

    Raises:
        HptBayesError: for another format, when Graphviz is not installed, or when it fails.
    """
    if format not in FORMATS:
        raise HptBayesError(f"unknown image format {format!r}; expected {', '.join(FORMATS)}")
    try:
        from pygraphviz import AGraph
    except ImportError:
        return _by_program(dot, format)
    graph = AGraph(string=dot)
    graph.layout("dot")
    return bytes(graph.draw(format=format))


def _by_program(dot: str, format: str) -> bytes:
    program = shutil.which("dot")
    if program is None:
        raise HptBayesError(
            "drawing a network needs Graphviz: pip install 'hpt-bayes[diagram]', or install the program dot; "
            "the Graphviz text itself needs nothing: save it as .dot"
        )
    done = subprocess.run([program, f"-T{format}"], input=dot.encode(), capture_output=True, check=False)
    if done.returncode:
        raise HptBayesError(f"Graphviz could not draw the network: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
