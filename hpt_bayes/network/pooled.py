"""Numbers pooled from counts: `pooled(key, 1 - key) = 0.83 (0.67 to 0.92)` in the provenance of a row.

The pool stands in the text, digits and all, so that a reader needs no program. Here it is read and checked against
the keys; `tests/model/test_pooled.py` recomputes every one from the counts with statsmodels, which the package does
without. A formula that begins with a pool, or names a number before it (`present = pooled(...) = ...`), is that number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from hpt_bayes.network.faults import Faults
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.provenance import EvidenceRow, Number
from hpt_bayes.network.row_names import figure_name
from hpt_bayes.network.variables import Variable

FORM = "pooled(key, 1 - key, ...) = 0.83 (0.67 to 0.92), or (0.67 to 0.92, I2 76 %)"
_DECIMAL = r"\d*\.?\d+"
_POOL = re.compile(
    rf"(?:(?P<name>[^\s,;:()]+) = )?pooled\((?P<terms>[^()]*)\)"
    rf" = (?P<value>{_DECIMAL}) \((?P<low>{_DECIMAL}) to (?P<high>{_DECIMAL})(?:, I2 (?P<i2>\d+) %)?\)"
)
_TERM = re.compile(r"\s*(?P<complement>1 - )?(?P<key>[A-Za-z0-9_.\-]+)\s*")


@dataclass(frozen=True)
class Term:
    """One source of a pool.

    Args:
        key: of a published count.
        complement: whether n - events are counted instead of events.
    """

    key: str
    complement: bool


@dataclass(frozen=True)
class Pool:
    """One pool as written.

    Args:
        terms: the counts that are pooled.
        value: the pooled proportion, as text, since its digits are checked.
        low: lower end of its 95 % interval, as text.
        high: upper end, as text.
        i2: share of the variation that is between sources, per cent; None when not written.
        name: of the number of the row that it is; empty when none is named.
        begins: whether the text begins with it.
    """

    terms: tuple[Term, ...]
    value: str
    low: str
    high: str
    i2: int | None
    name: str
    begins: bool


def pools_in(text: str | None) -> tuple[Pool, ...]:
    """Return the pools a formula, reason or note holds, in order.

    Args:
        text: as written, or None.

    Raises:
        ValueError: `pooled(` without keys, value or interval.
    """
    if not text or "pooled(" not in text:
        return ()
    found = []
    for match in _POOL.finditer(text):
        terms = [_TERM.fullmatch(term) for term in match["terms"].split(",")]
        if not all(terms):
            raise ValueError(f"expected {FORM}, found {match['terms']!r} in it")
        found.append(
            Pool(
                tuple(Term(term["key"], term["complement"] is not None) for term in terms if term),
                match["value"],
                match["low"],
                match["high"],
                int(match["i2"]) if match["i2"] else None,
                match["name"] or "",
                match.start() == 0,
            )
        )
    if len(found) != text.count("pooled("):
        raise ValueError(f"expected {FORM}, found {text[text.index('pooled(') :][:60]!r}")
    return tuple(found)


def check_pools(
    variable: Variable, numbers: Sequence[Number], published: Mapping[str, EvidenceRow], faults: Faults
) -> None:
    """Check the pools in the provenance of a table: form, keys, counts, and the number each one is.

    Args:
        variable: of the table.
        numbers: of the table, in file order.
        published: counts by key.
        faults: takes what is wrong.

    Raises:
        ModelFileError: the first fault (through `faults`).
    """
    written = [number for number in numbers if number.written]
    for _, group in groupby(written, key=lambda each: (each.row, each.provenance)):
        row = list(group)
        known = row[0].provenance
        for text in (known.formula, known.why, known.note):
            try:
                pools = pools_in(text)
            except ValueError as error:
                faults(row[0].place.error(str(error)))
                continue
            for pool in pools:
                fault = _fault(pool, known.evidence, published)
                if fault is None and text is known.formula:
                    fault = _other_number(pool, variable, row)
                if fault is not None:
                    faults(row[0].place.error(fault))


def pooled_number(pool: Pool, variable: Variable, row: Sequence[Number]) -> Number | None:
    """Return the number of a row that a pool in its formula is, or None for an ingredient.

    Args:
        pool: as written.
        variable: of the table.
        row: the numbers of the row.

    Raises:
        ValueError: the pool names no number of the row, or begins a formula of several numbers without a name.
    """
    names = [figure_name(variable, number.path) for number in row]
    if pool.name:
        if pool.name not in names:
            raise ValueError(
                f"expected a number of this row before pooled(), found {pool.name!r}; {_names(pool, names)}"
            )
        return row[names.index(pool.name)]
    if not pool.begins:
        return None
    if len(row) > 1:
        raise ValueError(f"expected the number that is pooled, as in {names[0]} = pooled(...), found none of {names}")
    return row[0]


def _fault(pool: Pool, cited: Sequence[str], published: Mapping[str, EvidenceRow]) -> str | None:
    keys = [term.key for term in pool.terms]
    if len(set(keys)) < 2 or len(set(keys)) < len(keys):
        return f"expected several sources, each once, in pooled(), found {', '.join(keys)}"
    for key in keys:
        if key not in published:
            return f"expected a key of evidence/*.csv in pooled(), found {key!r}; {hint(key, published)}"
        if key not in cited:
            return f"expected keys in pooled() that evidence: lists, found {key!r}; {hint(key, cited)}"
        row = published[key]
        if row.events is None or not row.n:
            return f"expected a source with counts (events and n) in pooled(), found {key!r} with a value only"
    if not float(pool.low) <= float(pool.value) <= float(pool.high):
        return f"expected a pooled value inside its interval, found {pool.value} ({pool.low} to {pool.high})"
    return None


def _other_number(pool: Pool, variable: Variable, row: Sequence[Number]) -> str | None:
    try:
        number = pooled_number(pool, variable, row)
    except ValueError as error:
        return str(error)
    if number is None:
        return None
    if number.value != float(pool.value):
        return f"expected the number its formula pools to, {pool.value}, found {number.value:g}"
    if number.provenance.basis != "derived":
        return f"expected basis: derived for a pooled number, found {number.provenance.basis}"
    return None


def _names(pool: Pool, names: Sequence[str]) -> str:
    return hint(pool.name, names) if any(names) else "the row has one number, which needs no name"
