"""The network behind an answer as Graphviz text: what was entered, what it speaks about, a bar for every state.

With an explanation, every finding carries what it weighs for the diagnosis, and every arrow is as wide as the findings
it leads to weigh together.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

from hpt_bayes.display.numbers import decibans, percent, words
from hpt_bayes.errors import HptBayesError
from hpt_bayes.evidence.entered import EnteredEvidence
from hpt_bayes.files import write_whole
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.presentation.files import captioned, require_ending, titled
from hpt_bayes.presentation.rendering import FORMATS, rendered
from hpt_bayes.presentation.style import BLUE, GREY, ORANGE, PALE, VERMILION
from hpt_bayes.reasoning.believing.posterior import Posterior
from hpt_bayes.reasoning.explaining.explanation import Explanation

STATES = 4
WIDEST, DECIBANS_A_POINT = 7.0, 2.0
"""Width of an arrow in points: one, and one more for so many decibans, up to the widest."""
_CELLS = 12
_ROUNDING = 1e-9
"""A state that was entered may come back from the sums this far from certain."""


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
        image = rendered(self.dot, format)
        if format == "svg":
            head, mark, rest = image.decode().partition("<svg")
            return (head + titled(mark + rest, self.alt)).encode()
        return captioned(image, self.alt) if format == "png" else image

    def save(self, path: str | Path) -> None:
        """Write the drawing; the ending of the name says how: .dot, .svg, .png or .pdf.

        Raises:
            HptBayesError: for another ending, a name that cannot be written, or when no Graphviz is installed.
        """
        ending = require_ending(path, ("dot", *FORMATS))
        write_whole(path, self.dot if ending == "dot" else self.image(ending))

    def _repr_png_(self) -> bytes:
        return self.image("png")


def diagram(
    network: Network,
    entered: EnteredEvidence,
    answer: Posterior,
    target: str | None = None,
    explanation: Explanation | None = None,
) -> Diagram:
    """Draw what lies between the causes and what was entered, with the posterior in every node.

    Args:
        network: as loaded.
        entered: interpreted evidence.
        answer: its posterior.
        target: draw only what leads from this variable to the findings; when None, from the variables of the
            explained diagnosis, or without an explanation from all causes and the place.
        explanation: of the same case; marks every finding and arrow by what it weighs for the explained diagnosis.

    Returns:
        The diagram.

    Raises:
        HptBayesError: for an unknown variable, or an explanation of other findings.
    """
    if explanation is not None:
        _require_same(entered, explanation)
    if target is not None and target not in network.variables:
        raise HptBayesError(f"unknown variable {target!r}; {hint(target, network.variables)}")
    asked = {target} if target is not None else _targets(network, explanation)
    seen, weights = _seen(network, entered), _weights(explanation)
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
            label = _node(network, name, states, _entries(seen.get(name, {}), weights), name in asked)
            lines.append(f"  {_quoted(name)} [label=<{label}>];")
    together = _together(network, shown, seen, weights)
    for name in network.variables:
        if name in shown:
            style = _arrow(together[name])
            parents = [parent for parent in network.variables[name].parents if parent in shown]
            lines += [f"  {_quoted(parent)} -> {_quoted(name)}{style};" for parent in parents]
    alt = (
        f"Network of {len(shown)} variables from {', '.join(sorted(words(name) for name in asked))} to the "
        f"{len([name for name in seen if name in shown])} entered findings, each with its most probable states."
    )
    legend = "Thick frame: entered; middle frame: what is asked about; bars: probability of the likeliest states."
    if explanation is not None:
        heaviest = sorted(weights, key=lambda name: -abs(weights[name]))[:3]
        told = ", ".join(f"{entered.describe(name)} {decibans(weights[name])}" for name in heaviest)
        of = explanation.labels.diagnoses[explanation.diagnosis]
        legend += (
            f"\n[dB]: decibans for {of}, +10 makes it ten times as likely. "
            "Arrow, solid: what it leads to speaks for it; dashed: against it; the wider, the more."
        )
        alt += f" Weights in decibans for {of}: {told}."
    label = _quoted(legend).replace("\n", "\\l") + "; labelloc=t; labeljust=l; fontname=Helvetica; fontsize=12;"
    lines.insert(1, f"  label={label}")
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


def _require_same(entered: EnteredEvidence, explanation: Explanation) -> None:
    explained = {each.finding for each in explanation.weights.findings} | set(explanation.context)
    if explained != set(entered.findings):
        other = ", ".join(sorted(explained ^ set(entered.findings)))
        raise HptBayesError(f"the explanation is of other findings than the case has; they differ in {other}")


def _targets(network: Network, explanation: Explanation | None) -> set[str]:
    if explanation is not None:
        rows = {row.name: row for row in network.diagnoses}
        return set(rows[explanation.diagnosis].when.variables)
    asked = {name for row in network.diagnoses for name in row.when.variables}
    if network.site_variable is not None:
        asked.add(network.site_variable)
    return asked or {name for name in network.variables if not network.variables[name].parents}


def _weights(explanation: Explanation | None) -> dict[str, float]:
    """Shapley share of each finding, decibans."""
    return {} if explanation is None else {each.finding: each.share for each in explanation.weights.findings}


def _together(
    network: Network, shown: frozenset[str], seen: Mapping[str, Mapping[str, str]], weights: Mapping[str, float]
) -> dict[str, float]:
    """What the findings at each drawn variable and below it in the drawing weigh together, each counted once."""
    below = {name: set(seen.get(name, ())) for name in shown}
    for name in reversed(tuple(network.variables)):
        for parent in network.variables[name].parents if name in shown else ():
            if parent in shown:
                below[parent] |= below[name]
    return {name: sum(weights.get(finding, 0.0) for finding in found) for name, found in below.items()}


def _arrow(together: float) -> str:
    """How an arrow is drawn by the decibans it leads to: the wider the more, dashed when against."""
    width = min(WIDEST, 1.0 + abs(together) / DECIBANS_A_POINT)
    colour, line = (BLUE, "solid") if together >= 0.0 else (VERMILION, "dashed")
    return f' [penwidth={width:.2f}, color="{colour}", style={line}]' if together else ""


def _entries(found: Mapping[str, str], weights: Mapping[str, float]) -> list[str]:
    """What was entered at a node, with what it weighs."""
    lines = []
    for finding, said in found.items():
        weight = f" [{decibans(weights[finding])} dB]" if finding in weights else ""
        lines.append(f"entered: {shorten(words(said), 44, placeholder=' …')}{weight}")
    return lines


def _seen(network: Network, entered: EnteredEvidence) -> Mapping[str, Mapping[str, str]]:
    """What was entered, by the variable it is drawn at: the finding's own, else those it speaks about."""
    found: dict[str, dict[str, str]] = {}
    for name, part in entered.by_finding().items():
        about = [*part.hard, *(item.variable for item in part.likelihoods)]
        about += [each for item in part.factors for each in item.scope[:1]]
        for variable in [name] if name in network.variables else about:
            found.setdefault(variable, {})[name] = part.text
    return found


def _node(network: Network, name: str, states: Mapping[str, float], entries: list[str], asked: bool) -> str:
    """One node as an HTML table: its label, what was entered, and the most probable states with bars."""
    title = html.escape(network.variables[name].label)
    edge, width = (ORANGE, 3) if entries else (BLUE, 2) if asked else (GREY, 1)
    rows = [f'<TR><TD COLSPAN="3" ALIGN="LEFT"><B>{title}</B></TD></TR>']
    rows += [f'<TR><TD COLSPAN="3" ALIGN="LEFT">{html.escape(line)}</TD></TR>' for line in entries]
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
    figure = html.escape(percent(1.0 if probability > 1.0 - _ROUNDING else probability))
    return f'<TR><TD ALIGN="LEFT">{html.escape(name)}</TD><TD ALIGN="RIGHT">{figure}</TD><TD>{bar}{rest}</TD></TR>'


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
