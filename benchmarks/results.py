"""RESULTS.md: one section a run, written without touching the other."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.timing import Line
from hpt_bayes import __version__

RESULTS = Path(__file__).with_name("RESULTS.md")
SIDE_BY_SIDE, GROWTH = "Side by side", "How cost grows"
_TITLE = (
    "# Benchmarks\n\nWritten by `python -m benchmarks` and `python -m benchmarks growth`: "
    "medians of processor time, all threads.\n"
)
_PROGRAMS = "hpt_bayes", "pyAgrum", "pgmpy"


def machine() -> str:
    """Versions and machine in one paragraph; load, because others may be at work on the same machine."""
    others = (f"{name} {version(name)}" for name in ("pyagrum", "pgmpy", "numpy", "scipy"))
    packages = ", ".join((f"hpt_bayes {__version__}", *others))
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    cores = os.cpu_count() or 1
    busy = f" Load when written: {load:.1f} on {cores} cores" + (
        ", so other programs ran at the same time; ratios hold better than times." if load > cores else "."
    )
    return f"Python {platform.python_version()}, {packages}; {platform.system()}, {_processor()}, {cores} cores.{busy}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", info.read_text(encoding="utf-8"), re.M) if info.exists() else None
    return " ".join(found.group(1).split()) if found else platform.machine()


def time_text(seconds: float) -> str:
    """Three significant digits with a unit."""
    for factor, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= factor or unit == "µs":
            return f"{seconds / factor:,.3g} {unit}" if seconds < 1000 else f"{seconds:,.0f} s"
    raise AssertionError("unreachable")


def side_by_side(lines: Sequence[Line], starts: Mapping[str, float]) -> str:
    """The section of the table and of cold starts."""
    rows = [
        "| question | network | hpt_bayes | pyAgrum | pgmpy | x pyAgrum | x pgmpy | largest difference |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    notes: list[str] = []
    for line in lines:
        times = [time_text(line.seconds[name]) if name in line.seconds else "–" for name in _PROGRAMS]
        mark = ""
        if line.notes:
            notes.append(f"{len(notes) + 1}. {'; '.join(line.notes)}.")
            mark = f" ({len(notes)})"
        ratios = [_ratio(line, name) for name in _PROGRAMS[1:]]
        rows.append(
            f"| {' | '.join([line.question + mark, line.network, *times, *ratios, f'{line.difference:.0e}'])} |"
        )
    missed = [
        f"- {line.question}, {line.network}: {line.ratio(name):.3g} times {name}, the bar is {bar:g}."
        for line in lines
        for name, bar in line.bars.items()
        if name in line.seconds and line.ratio(name) < bar
    ]
    below = ["Bars not met:", "", *missed] if missed else ["Every bar is met."]
    cold = [
        "| cold start | processor time |",
        "|---|---:|",
        *(f"| {name} | {time_text(s)} |" for name, s in starts.items()),
    ]
    first, other = "`hpt-bayes posterior CASE`", "`import pgmpy.models`"
    if starts:
        cold += ["", f"A posterior from a cold start takes {starts[first] / starts[other]:.2f} of importing pgmpy."]
    return "\n".join(
        [
            machine(),
            "",
            "Answers were compared, on the samples in the notes, before timing; largest difference allowed: 1e-10. "
            "Ratios are how many times faster hpt_bayes is, the bars for the hyperparathyroidism network in brackets.",
            "",
            *rows,
            "",
            *notes,
            "",
            *below,
            "",
            *(cold if starts else []),
        ]
    )


def _ratio(line: Line, name: str) -> str:
    if name not in line.seconds:
        return "–"
    bar = f" ({line.bars[name]:g})" if name in line.bars else ""
    return f"{line.ratio(name):.3g}{bar}"


def write_section(title: str, text: str, path: Path = RESULTS) -> None:
    """Replace one section of the results, or add it."""
    before = path.read_text(encoding="utf-8") if path.exists() else _TITLE
    head, *parts = re.split(r"^## ", before, flags=re.M)
    sections = {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip() for part in parts}
    sections[title] = text.strip()
    written = [name for name in (SIDE_BY_SIDE, GROWTH) if name in sections]
    order = [*written, *(name for name in sections if name not in written)]  # what people wrote stays, at the end
    body = "\n\n".join(f"## {name}\n\n{sections[name]}" for name in order)
    path.write_text(f"{head.strip()}\n\n{body}\n", encoding="utf-8")
