"""A published number in words: the figure with counts and interval, and the paper with its identifier."""

from __future__ import annotations

from hpt_bayes.display.numbers import words
from hpt_bayes.network.provenance import EvidenceRow


def figure_text(row: EvidenceRow) -> str:
    """The figure with its counts, 95 % interval and unit, as `0.831 (69/83), 95 % interval 0.733 to 0.905`.

    Args:
        row: a published number.
    """
    text = (row.text or "not stated") if row.value is None else f"{row.value:g}"
    if row.events is not None and row.n is not None:
        text += f" ({row.events:g}/{row.n:g})"
    elif row.n is not None:
        text += f" (n {row.n:g})"
    if row.lower is not None and row.upper is not None:
        text += f", 95 % interval {row.lower:g} to {row.upper:g}"
    return f"{text} {words(row.unit)}".strip()


def paper_text(row: EvidenceRow) -> str:
    """The citation with its year and DOI or PMID.

    Args:
        row: a published number.
    """
    year = f", {row.year}" if row.year else ""
    return f"{row.citation}{year}, {row.doi_or_pmid}" if row.doi_or_pmid else f"{row.citation}{year}"
