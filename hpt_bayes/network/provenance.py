"""Where a number comes from, how sure it is, and the number itself as written: the unit of a draw and of provenance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hpt_bayes.network.variables import NOWHERE, Place

Basis = Literal["measured", "derived", "judged"]
Family = Literal["dirichlet", "beta", "log_normal", "logit_normal", "normal", "ordinal"]
"""How a number is drawn: `dirichlet` and `ordinal` numbers of one `row` together (ordinal: one common shift
N(0, 1/ess) and one log-scale factor N(0, 1/(2 ess)) on the probit of the cumulative row); the rest one by one."""


@dataclass(frozen=True)
class Provenance:
    """How a number is known.

    Args:
        basis: measured, derived or judged.
        evidence: keys of the evidence rows behind it.
        formula: how a derived number was computed.
        why: the reason of a judged number.
        note: free text; contradictions are recorded here.
    """

    basis: Basis
    evidence: tuple[str, ...] = ()
    formula: str | None = None
    why: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Number:
    """One number as written in a model file.

    Args:
        path: its path inside the table, e.g. "rows[3].p.none".
        value: the number.
        family: how it is drawn.
        row: numbers with one value of `row` within a table are one published row, drawn together.
        provenance: how it is known.
        ess: effective sample size, or None.
        range: 90 % range, or None.
        place: where it is written.
        written: False for the state of a row that was left out and takes the rest.
    """

    path: str
    value: float
    family: Family
    row: int
    provenance: Provenance
    ess: float | None = None
    range: tuple[float, float] | None = None
    place: Place = NOWHERE
    written: bool = True


@dataclass(frozen=True)
class EvidenceRow:
    """One published number, a row of evidence/*.csv.

    Args:
        key: cited by the tables.
        topic: what it is about.
        quantity: what was counted or measured, in words.
        value: the published figure, or None when it is no number.
        lower: lower end of the published interval, or None.
        upper: upper end, or None.
        events: numerator, or None.
        n: denominator, or None.
        unit: of value.
        citation: author, title, journal.
        year: of publication, or None.
        doi_or_pmid: identifiers.
        url: where it was read.
        access: full text, abstract or secondary.
        text: the published figure as written.
        file: evidence file it stands in.
    """

    key: str
    topic: str
    quantity: str
    value: float | None
    lower: float | None
    upper: float | None
    events: float | None
    n: float | None
    unit: str
    citation: str
    year: int | None
    doi_or_pmid: str
    url: str
    access: str
    text: str = ""
    file: str = ""
