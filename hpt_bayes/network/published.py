"""evidence/*.csv: the published numbers that tables cite by key."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.model_text import read_text
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.provenance import EvidenceRow

COLUMNS = (
    "key", "topic", "quantity", "value", "lower", "upper", "events", "n", "unit", "citation", "year", "doi_or_pmid",
    "url", "access",
)  # fmt: skip
RATING = "rating"  # the unit of a value in words


def read_published(folder: Path, faults: Faults) -> dict[str, EvidenceRow] | None:
    """Return the published numbers of a model folder by key.

    Args:
        folder: holding *.csv; a missing folder has no numbers.
        faults: takes what is wrong.

    Returns:
        Rows by key; a key that stands in two files with the same figure is one number. None when a file cannot be read.

    Raises:
        ModelFileError: a file that is not UTF-8 or lacks a column, a row without a key, a key twice in one file or
            with another figure in another file (through `faults`).
    """
    found: dict[str, EvidenceRow] = {}
    whole = True
    for path in sorted(folder.glob("*.csv")):
        text: str | None = None
        with faults.caught():
            text = read_text(path)
            try:
                _read(path, text, found, faults)
            except csv.Error as error:  # a quote that is never closed makes a cell too long
                raise ModelFileError(f"expected comma-separated values, found: {error}", str(path)) from None
        whole = whole and text is not None
    return found if whole else None


def _read(path: Path, text: str, found: dict[str, EvidenceRow], faults: Faults) -> None:
    name = str(path)
    reader = csv.reader(io.StringIO(text))
    header = next(reader, [])
    for column in COLUMNS:
        if column not in header:
            faults(ModelFileError(f"expected a column {column!r}, found none; {hint(column, header)}", name, 1, 1))
    if COLUMNS[0] not in header:
        return
    at = [header.index(column) if column in header else len(header) for column in COLUMNS]
    last = 1
    for cells in reader:
        line, last = last + 1, reader.line_num
        if not cells:
            continue
        if len(cells) != len(header):
            faults(ModelFileError(f"expected {len(header)} cells, found {len(cells)}", name, line, 1))
            continue
        key, topic, quantity, value, lower, upper, events, n, unit, citation, year, identifier, url, access = (
            (*cells, "")[position] for position in at
        )
        if not key:
            faults(ModelFileError("expected a key, found none", name, line, 1))
            continue
        figures = {"lower": lower, "upper": upper, "events": events, "n": n}
        if unit != RATING:
            figures["value"] = value
        fault = _wrong_figure(figures)
        if fault is not None:
            faults(ModelFileError(f"{fault} for {key!r}", name, line, 1))
        row = EvidenceRow(
            key, topic, quantity, _number(value), _number(lower), _number(upper), _number(events), _number(n), unit,
            citation, int(year) if year.isdigit() else None, identifier, url, access, value, path.name,
        )  # fmt: skip
        other = found.get(key)
        if other is None:
            found[key] = row
        elif other.file == row.file or (other.value != row.value and "value" in header):
            faults(ModelFileError(f"expected each key once, found {key!r} again; first in {other.file}", name, line, 1))


def _wrong_figure(figures: Mapping[str, str]) -> str | None:
    """What is wrong with the figures of a row, or None."""
    for column, text in figures.items():
        if text and _number(text) is None:
            return f"expected a number or nothing as {column}, found {text!r}"
    lower, upper, events, n = (_number(figures[column]) for column in ("lower", "upper", "events", "n"))
    if events is not None and n is not None and not 0 <= events <= n:
        return f"expected events from 0 to n, found {events:g} of {n:g}"
    if lower is not None and upper is not None and lower > upper:
        return f"expected lower below upper, found {lower:g} and {upper:g}"
    return None


def _number(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
