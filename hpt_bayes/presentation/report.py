"""The whole reasoning about a case as one printable page: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec

from hpt_bayes.display.numbers import percent, percent_range, words
from hpt_bayes.display.rows import Rows, lines_block, to_html
from hpt_bayes.evidence.entered import EnteredEvidence
from hpt_bayes.presentation.plot import plot
from hpt_bayes.presentation.saving import inline_svg
from hpt_bayes.reasoning.believing.posterior import Posterior
from hpt_bayes.reasoning.deciding.decision import Decision
from hpt_bayes.reasoning.explaining.conflict import Conflict
from hpt_bayes.reasoning.explaining.explanation import Explanation
from hpt_bayes.reasoning.next_study.ranking import Ranking
from hpt_bayes.reasoning.varying.sensitivity import Sensitivity

_STYLE = """\
@page { size: A4; margin: 16mm }
body { font: 10.5pt/1.4 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: #111; background: #fff;
  max-width: 180mm; margin: 8mm auto; padding: 0 4mm }
h1 { font-size: 17pt; margin: 0 0 2mm }
h2 { font-size: 13pt; margin: 7mm 0 2mm; padding-top: 2mm; border-top: 1px solid #999; break-after: avoid }
table { border-collapse: collapse; font-size: 9.5pt; width: 100% }
th { color: #444; font-weight: 600 }
tr { break-inside: avoid }
tbody tr { border-top: 1px solid #ddd }
td { overflow-wrap: break-word }
td[style*="text-align:right"] { white-space: nowrap }
ul { margin: 1mm 0 2mm; padding-left: 5mm }
figure { margin: 2mm 0 4mm; break-inside: avoid }
figure svg { max-height: 170mm }
section div > p:first-child { break-after: avoid }
tbody tr:nth-child(-n+2) { break-after: avoid }
tbody tr:nth-last-child(-n+2) { break-before: avoid }
section.entered td:first-child { width: 42% }
footer h2 { border-top: none; margin: 0; padding: 0 }
section.short { border: 1px solid #999; padding: 2mm 4mm 0; margin-top: 4mm; break-inside: avoid }
p { orphans: 3; widows: 3 }
footer { margin-top: 8mm; border-top: 1px solid #999; padding-top: 2mm; color: #444; font-size: 9pt }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 9.5pt }
  table { font-size: 8.5pt }
}
"""
_ONLY_SAFE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@dataclass(frozen=True)
class Reasoning:
    """Everything a page shows; each part is the result of one question.

    Attributes:
        entered: interpreted evidence.
        notes: free text of the case.
        posterior: what is believed, with intervals when asked for.
        ranking: what to do next; None for a network without diagnoses.
        decision: what to do now.
        explanation: why; None when nothing can be weighed.
        unexplained: why there is no explanation; empty with one.
        conflict: whether the findings agree.
        sensitivity: which numbers of the model move the answer, when asked for.
    """

    entered: EnteredEvidence
    notes: str
    posterior: Posterior
    ranking: Ranking | None
    decision: Decision
    explanation: Explanation | None
    unexplained: str
    conflict: Conflict
    sensitivity: Sensitivity | None = None


def page(found: Reasoning) -> str:
    """The page.

    Args:
        found: the answers of every question it shows.

    Returns:
        HTML text; complete, without script or outside asset. Without matplotlib it has no pictures and says so.
    """
    answer = found.posterior
    title = answer.case or "Case without a name"
    drawing = _Pictures()
    short = to_html([lines_block("In short", _short(found))])
    short = _section("", short, "short") if short else ""
    stops = to_html([block for block in answer.opening_blocks() if block.urgent])
    entered = _section("What was entered", to_html(_entries(found)), "entered")
    parts = entered + "".join(_section(heading, body) for heading, body in _sections(found, drawing) if body)
    lines = [f"Setting: {words(answer.setting)}" if answer.setting else "", found.notes, *drawing.missing]
    head = "".join(f"<p>{html.escape(line)}</p>" for line in lines if line)
    model = answer.model
    foot = [answer.basis_line, answer.scope, f"Model {model.id}, version {model.version}, SHA-256 {model.digest}."]
    limits = "".join(f"<p>{html.escape(line)}</p>" for line in foot if line)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_ONLY_SAFE}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>\n{_STYLE}</style></head>\n"
        f"<body><header><h1>{html.escape(title)}</h1>{head}</header>\n<main>{stops}{short}{parts}</main>\n"
        f"<footer><h2>Limits</h2>{limits}</footer></body></html>\n"
    )


class _Pictures:
    """Draws pictures for one page, each under a name of its own."""

    def __init__(self) -> None:
        absent = find_spec("matplotlib") is None
        self.missing = ["Without pictures: they need matplotlib, pip install 'hpt-bayes[plot]'."] if absent else []
        self._drawn = 0

    def __call__(self, result: object, kind: str | None = None) -> str:
        if self.missing:
            return ""
        from matplotlib import pyplot, rc_context

        self._drawn += 1
        with rc_context({"backend": "agg"}):
            ax = plot(result, kind=kind)
            element = inline_svg(ax, f"picture{self._drawn}")
            pyplot.close(ax.get_figure(root=True))
        return f"<figure>{element}</figure>\n"


def _short(found: Reasoning) -> list[str]:
    """The answer in a few lines: leading cause, place, study, advice."""
    answer, drawn, lines = found.posterior, found.posterior.uncertainty, []
    place = max(answer.gland_site, key=lambda name: answer.gland_site[name], default=None)
    for title, best, beliefs, labels, ends in (
        (
            "Leading cause", answer.leading_diagnosis, answer.diagnoses, answer.labels.diagnoses,
            drawn.diagnoses if drawn else {},
        ),
        ("Most probable place", place, answer.gland_site, answer.labels.sites, drawn.gland_site if drawn else {}),
    ):  # fmt: skip
        if best is not None:
            between = f" (90 % interval {percent_range(*ends[best])})" if best in ends else ""
            lines.append(f"{title}: {labels.get(best, words(best))}, {percent(beliefs[best])}{between}.")
    told = [] if found.ranking is None else [found.ranking.opening_blocks()[0].title]
    told += [found.decision.blocks()[0].title] if found.decision.actions else []
    return lines + [f"{title}." for title in told if ": " in title]


def _sections(found: Reasoning, draw: _Pictures) -> Iterator[tuple[str, str]]:
    """Headings and their HTML after what was entered, in the order people should read them."""
    answer = found.posterior
    opening = {block.title: block for block in answer.opening_blocks(exact_sites=True)}
    beliefs = [block for block in opening.values() if not block.urgent]
    yield "What is believed", to_html(beliefs[:1]) + (draw(answer) if answer.diagnoses else "") + to_html(beliefs[1:2])
    if answer.gland_site:
        yield "Where it probably is", draw(answer, "place") + to_html(beliefs[2:])
    if found.ranking is not None:
        offered = any(row.status in ("available", "premature") for row in found.ranking.studies)
        yield "Next step", to_html(_told(found.ranking.opening_blocks())) + (draw(found.ranking) if offered else "")
    if found.decision.actions:
        yield "What to do", to_html(_told(found.decision.blocks())) + draw(found.decision)
    yield from _explained(found, draw)
    yield from _doubted(found, draw)
    yield "Assumed, and to mind", to_html(_told(answer.closing_blocks()))
    if found.explanation is not None and found.explanation.provenance is not None:
        yield "Sources behind the answer", to_html(_told(found.explanation.blocks(), _SOURCES))


_OPTION = "--all"
"""Notes that name an option of the command line say nothing on a page."""
_OVERTURNS = ("What would overturn",)
_NAMES = ("What these numbers are",)
"""The picture names its rows so."""
_SHARES = ("Leads in", "Best next")
_SOURCES = ("What the answer rests on", "Where the doubt comes from")


def _explained(found: Reasoning, draw: _Pictures) -> Iterator[tuple[str, str]]:
    """Why, and which findings would turn it; then, apart, which numbers of the model would."""
    why = found.explanation
    if why is None:
        yield "Why", to_html([lines_block("No explanation", [found.unexplained])]) if found.unexplained else ""
    else:
        told = why.blocks()
        rest = _told(told, without=(*_OVERTURNS, *_SOURCES))
        yield "Why", to_html(rest[:1]) + (draw(why) if why.weights.findings else "") + to_html(rest[1:])
        none = [lines_block("No single finding", ["No other result of any one finding would give another leader."])]
        yield "What would change the answer: the findings", to_html(_told(told, _OVERTURNS) or none)
    if found.sensitivity is not None:
        picture = draw(found.sensitivity) if found.sensitivity.bars else ""
        rest = _told(found.sensitivity.blocks(), without=_NAMES if picture else ())
        yield "What would change the answer: the numbers of the model", picture + to_html(rest)


def _doubted(found: Reasoning, draw: _Pictures) -> Iterator[tuple[str, str]]:
    drawn = found.posterior.uncertainty
    if drawn is not None:
        note = f"Intervals: 5 to 95 % of {drawn.draws:,} draws of the numbers in the model files, seed {drawn.seed}."
        yield "How sure this is", to_html([lines_block("", [note]), *_told(drawn.blocks(), _SHARES)])
    yield (
        "Agreement of the findings",
        to_html(found.conflict.blocks()) + (draw(found.conflict) if found.conflict.total > 0.0 else ""),
    )


def _told(blocks: Iterable[Rows], only: Sequence[str] = (), without: Sequence[str] = ()) -> list[Rows]:
    """The blocks whose titles begin so, without the closing one that repeats the model and the scope."""
    kept = [block for block in blocks if not block.title.startswith(("Model ", *without))]
    kept = [block for block in kept if block.title.startswith(tuple(only))] if only else kept
    return [replace(block, notes=tuple(note for note in block.notes if _OPTION not in note)) for block in kept]


def _entries(found: Reasoning) -> list[Rows]:
    entered, names = found.entered, found.posterior.labels.variables
    cells = tuple((names.get(name, words(name)), words(text)) for name, text in entered.texts.items())
    kept = [Rows("Findings, as understood", ("finding", "entered"), cells)] if cells else []
    limits = [("Rules studies out", entered.constraints), ("Not available here", entered.unavailable)]
    return kept + [lines_block(title, map(words, listed)) for title, listed in limits if listed]


def _section(heading: str, body: str, kind: str = "") -> str:
    title = f"<h2>{html.escape(heading)}</h2>" if heading else ""
    named = f' class="{kind}"' if kind else ""
    return f"<section{named}>{title}{body}</section>\n"
