"""A case as the text of a case file, one finding a line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hpt_bayes.evidence.finding import AT
from hpt_bayes.evidence.observed import Observation
from hpt_bayes.evidence.text_form import plain, render
from hpt_bayes.network.yaml_reader import scalar

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_@+./%| -]*[A-Za-z0-9_@+./%])?")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def case_text(
    name: str,
    settings: Sequence[str],
    constraints: Sequence[str],
    unavailable: Sequence[str],
    notes: str,
    observations: Sequence[Observation],
    retracted: Sequence[str],
    after: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the text of a case file.

    Args:
        name: of the case.
        settings: one, several, or none.
        constraints: names.
        unavailable: names of studies.
        notes: free text.
        observations: in order.
        retracted: names.
        after: what was changed before measuring again, (finding, state) pairs.

    Returns:
        YAML that reads back to the same case.
    """
    lines = [f"case: {_text(name)}"]
    if len(settings) == 1:
        lines.append(f"setting: {_text(settings[0])}")
    elif settings:
        lines.append(f"setting: {{any_of: {_list(settings)}}}")
    if notes:
        lines.append(f"notes: {_text(notes)}")
    for key, names in (("constraints", constraints), ("unavailable", unavailable), ("retracted", retracted)):
        if names:
            lines.append(f"{key}: {_list(names)}")
    if after:
        lines.append(f"after: {{{', '.join(f'{_text(name)}: {_text(state)}' for name, state in after)}}}")
    lines.append("findings:" if observations else "findings: []")
    for each in observations:
        parts = ", ".join(f"{key}: {value}" for key, value in _entry(each).items())
        lines.append(f"- {{{parts}}}")
    return "\n".join(lines) + "\n"


def _entry(reading: Observation) -> dict[str, str]:
    """The keys of one finding, each value as YAML."""
    entry = {"finding": _text(reading.finding)}
    if reading.likelihood is not None:
        entry["likelihood"] = f"[{', '.join(plain(weight) for weight in reading.likelihood)}]"
        if reading.sites:
            entry["site"] = _text(reading.sites[0])
    elif reading.numeric:
        entry |= _number(reading)
    elif reading.any_of:
        entry["any_of"] = _list(reading.any_of)
    else:
        parts = (reading.result or "").split("|") if AT in (reading.result or "") else [reading.result or ""]
        entry["result"] = _text(parts[0].partition(AT)[0] if reading.sites else parts[0])
        sites = [part.partition(AT)[2] for part in parts] if reading.sites else []
        if sites:
            entry["site"] = _text(sites[0]) if len(sites) == 1 else _list(sites)
    if reading.date is not None:
        entry["date"] = reading.date.isoformat()
    for name, value in reading.attributes:
        entry[name] = _text(value) if isinstance(value, str) else plain(value)
    return entry


def _number(reading: Observation) -> dict[str, str]:
    if reading.value is not None:
        entry = {"value": plain(reading.value)}
    elif reading.lower is not None and reading.upper is not None:
        entry = {"value": f"[{plain(reading.lower)}, {plain(reading.upper)}]"}
    else:
        bare = reading.reading
        entry = {"value": _text(render(type(bare)(lower=bare.lower, upper=bare.upper)))}
    if reading.unit is not None:
        entry["unit"] = _text(reading.unit)
    limit = reading.upper_limit
    if limit is not None:
        entry["upper_limit"] = _text(limit) if isinstance(limit, str) else plain(limit)
    return entry


def _list(names: Sequence[str]) -> str:
    return f"[{', '.join(_text(name) for name in names)}]"


def _text(text: str) -> str:
    """Text as a YAML scalar, in quotes unless it can be nothing else than text."""
    if _PLAIN.fullmatch(text) and scalar(text) == text:
        return text
    return '"' + "".join(_ESCAPES.get(char) or (char if char.isprintable() else _code(char)) for char in text) + '"'


def _code(char: str) -> str:
    number = ord(char)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
