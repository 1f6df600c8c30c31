"""One reading of one finding, in the names of the network: what `observation` makes and everything else reads."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from hpt_bayes.evidence.attributes import Attributes
from hpt_bayes.evidence.text_form import Reading, plain, render


@dataclass(frozen=True)
class Observation:
    """One reading, in the names of the network. Exactly one of number, `result`, `any_of` and `likelihood` is given.

    Attributes:
        finding: name of the finding.
        value: the number as entered, in `unit`; None unless a number was entered.
        lower: lower bound of a censored value or a range, in `unit`; None when open.
        upper: upper bound, likewise.
        unit: of the figures.
        upper_limit: the laboratory's upper limit in `unit`, "unknown", or None.
        result: a state, a group, or `state@site`.
        any_of: several of these, of which one is true.
        likelihood: P(what was seen | state) in state order, up to a factor.
        states: states of the finding that the reading allows; empty for a measured number, a likelihood and a reading
            that is no evidence.
        sites: sites named, in the order of the network.
        date: of the reading.
        attributes: what else the report says, (name, value) pairs.
        notes: what was read as what, and what is recorded without being used.
        assumed: what had to be assumed, or "".
    """

    finding: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    unit: str | None = None
    upper_limit: float | str | None = None
    result: str | None = None
    any_of: tuple[str, ...] = ()
    likelihood: tuple[float, ...] | None = None
    states: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    date: datetime.date | None = None
    attributes: Attributes = ()
    notes: tuple[str, ...] = ()
    assumed: str = ""

    @property
    def numeric(self) -> bool:
        """Whether a number, a bound or a range was entered."""
        return self.value is not None or self.lower is not None or self.upper is not None

    @property
    def reading(self) -> Reading:
        """The reading apart from its finding, without likelihood, date and attributes."""
        states = self.any_of or (() if self.result is None else tuple(self.result.split("|")))
        return Reading(states, self.value, self.lower, self.upper, self.unit, self.upper_limit)

    @property
    def text(self) -> str:
        """The reading in the one text form, for people and for entering it again (likelihoods are shown only)."""
        if self.likelihood is not None:
            return f"likelihood ({', '.join(plain(float(f'{each:.4g}')) for each in self.likelihood)})"
        return render(self.reading)

    def attribute(self, name: str) -> str | float | None:
        """Return an attribute, or None when the report does not give it."""
        return dict(self.attributes).get(name)
