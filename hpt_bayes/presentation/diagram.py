"""The network behind an answer as Graphviz text: what was entered, what it speaks about, a bar for every state."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hpt_bayes.display.numbers import percent, words
from hpt_bayes.errors import HptBayesError
from hpt_bayes.evidence.entered import EnteredEvidence
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.presentation.rendering import FORMATS, rendered
from hpt_bayes.presentation.style import BLUE, GREY, ORANGE, PALE
from hpt_bayes.reasoning.posterior import Posterior

STATES = 4
_CELLS = 12


@dataclass(frozen=True)
class Diagram:
    """A drawing of part of a network.

    Attributes:
        dot: Graphviz text.
        alt: what the drawing shows, in words.
    """

    dot: str
    alt: str

    def image(self, format: str = "svg") -> bytes:
        """The drawing as an image file.

        Args:
            format: svg, png or pdf.

        Raises:
            HptBayesError: for another format, or when no Graphviz is installed.
        """
        return rendered(self.dot, format)

    def save(self, path: str | Path) -> None:
        """Write the drawing; the ending of the name says how: .dot, .svg, .png or .pdf.

        Raises:
            HptBayesError: for another ending, or when no Graphviz is installed.
        """
        target = Path(path)
        ending = target.suffix.removeprefix(".").lower()
        if ending not in ("dot", *FORMATS):
            raise HptBayesError(f"{path}: expected a name ending in .dot, .{', .'.join(FORMATS)}")
        target.write_bytes(self.dot.encode() if ending == "dot" else self.image(ending))

    def _repr_png_(self) -> bytes:
        return self.image("png")


def diagram(network: Network, entered: EnteredEvidence, answer: Posterior, target: str | None = None) -> Diagram:
    """Draw what lies between the causes and what was entered, with the posterior in every node.

    Args:
        network: as loaded.
        entered: interpreted evidence.
        answer: its posterior.
        target: draw only what leads from this variable to the findings; all causes and the place when None.

    Returns:
        The diagram.

    Raises:
        HptBayesError: for an unknown variable.
    """
    if target is not None and target not in network.variables:
        raise HptBayesError(f"unknown variable {target!r}; {hint(target, network.variables)}")
    asked = {target} if target is not None else _targets(network)
    seen = _seen(network, entered)
    shown = between(network, asked, seen)
    lines = [
        "digraph {",
        '  rankdir=LR; nodesep=0.15; ranksep=0.7; bgcolor="white";',
        '  node [shape=plain, fontname="Helvetica", fontsize=10];',
        f'  edge [color="{GREY}", arrowsize=0.6];',
    ]
    for name in network.variables:
        if name in shown:
            measured = (
                name in seen and network.variables[name].role == "measurement"
            )  # its states are of a next reading
            states = {} if measured else answer.variables[name]
            label = _node(network, name, states, seen.get(name), name in asked)
            lines.append(f"  {_quoted(name)} [label=<{label}>];")
    lines += [
        f"  {_quoted(parent)} -> {_quoted(name)};"
        for name in network.variables
        if name in shown
        for parent in network.variables[name].parents
        if parent in shown
    ]
    alt = (
        f"Network of {len(shown)} variables from {', '.join(sorted(words(name) for name in asked))} to the "
        f"{len([name for name in seen if name in shown])} entered findings, each with its most probable states."
    )
    return Diagram("\n".join([*lines, "}"]) + "\n", alt)


def between(network: Network, asked: Iterable[str], seen: Iterable[str]) -> frozenset[str]:
    """The variables on a directed path from what is asked to what was seen, both ends included.

    Args:
        network: as loaded.
        asked: variables the question is about.
        seen: variables that were observed.

    Returns:
        Names; an observed variable that no path reaches, or that lies above the question, comes with its children.
    """
    graph, asked, seen = network.graph, set(asked), set(seen)
    below = asked | {name for name in network.variables if asked & network.ancestors(name)}
    above = seen.union(*(network.ancestors(name) for name in seen))
    shown = asked | (below & above)
    shown |= {name for name in seen if any(child in shown for child in graph.successors(name))}
    return frozenset(shown | (seen & below))


def _targets(network: Network) -> set[str]:
    asked = {name for row in network.diagnoses for name in row.when.variables}
    if network.site_variable is not None:
        asked.add(network.site_variable)
    return asked or {name for name in network.variables if not network.variables[name].parents}


def _seen(network: Network, entered: EnteredEvidence) -> Mapping[str, str]:
    """What was entered, by the variable it is drawn at: the finding's own, else those it speaks about."""
    found: dict[str, str] = {}
    for name, part in entered.by_finding().items():
        about = [*part.hard, *(item.variable for item in part.likelihoods)]
        about += [each for item in part.factors for each in item.scope[:1]]
        for variable in [name] if name in network.variables else about:
            found[variable] = part.text
    return found


def _node(network: Network, name: str, states: Mapping[str, float], seen: str | None, asked: bool) -> str:
    """One node as an HTML table: its label, what was entered, and the most probable states with bars."""
    title = html.escape(network.variables[name].label)
    edge, width = (ORANGE, 3) if seen is not None else (BLUE, 2) if asked else (GREY, 1)
    rows = [f'<TR><TD COLSPAN="3" ALIGN="LEFT"><B>{title}</B></TD></TR>']
    if seen is not None:
        text = seen if len(seen) <= 44 else seen[:43] + "…"
        rows.append(f'<TR><TD COLSPAN="3" ALIGN="LEFT">entered: {html.escape(text)}</TD></TR>')
    best = sorted(states.items(), key=lambda item: -item[1])[:STATES]
    for state, probability in best:
        if probability >= 0.005:
            rows.append(_state(words(state), probability))
    table = "".join(rows)
    return f'<TABLE BORDER="{width}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2" COLOR="{edge}">{table}</TABLE>'


def _state(name: str, probability: float) -> str:
    filled = round(_CELLS * probability)
    bar = f'<FONT COLOR="{BLUE}">{"█" * filled}</FONT>' if filled else ""
    rest = f'<FONT COLOR="{PALE}">{"█" * (_CELLS - filled)}</FONT>' if filled < _CELLS else ""
    figure = html.escape(percent(probability))
    return f'<TR><TD ALIGN="LEFT">{html.escape(name)}</TD><TD ALIGN="RIGHT">{figure}</TD><TD>{bar}{rest}</TD></TR>'


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
