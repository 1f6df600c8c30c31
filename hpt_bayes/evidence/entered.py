"""Evidence as the questions take it: certain states, likelihoods and factors, each with the finding it is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.evidence.observed import Observation
from hpt_bayes.network.repeated import repeated_message


@dataclass(frozen=True, eq=False)
class Readings:
    """How a message to the parents was computed from a finding's table, so that it can be from another version of it.

    Attributes:
        variable: whose table was read.
        vectors: likelihood of each reading over its states, (states,) each.
        correlation: of two readings given the parents.
        field: field of view whose table was read; None for the usual one.
        site: place asked about; None for a finding that is not about one place.
    """

    variable: str
    vectors: tuple[NDArray[np.float64], ...]
    correlation: float = 0.0
    field: str | None = None
    site: str | None = None

    def message(self, table: NDArray[np.float64], kept: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.float64]:
        """P(all readings | parents) from a table.

        Args:
            table: P(x | parents), shape (..., kept states).
            kept: positions of the states the table is over; all when left out.

        Returns:
            shape (...).
        """
        return repeated_message(table, [vector[kept] for vector in self.vectors], self.correlation)


@dataclass(frozen=True, eq=False)
class VariableLikelihood:
    """Likelihood of one variable.

    Attributes:
        variable: name.
        vector: P(what was seen | state), shape (states,); a set is ones over its states, a measured number or an
            offered likelihood is scaled to maximum 1.
        finding: it comes from.
        text: what was seen, for people.
        readings: behind it, when it was computed from a table.
    """

    variable: str
    vector: NDArray[np.float64]
    finding: str
    text: str
    readings: Readings | None = None

    @property
    def scope(self) -> tuple[str, ...]:
        """The variable, as the scope of a factor."""
        return (self.variable,)

    @property
    def array(self) -> NDArray[np.float64]:
        """The vector, as the array of a factor."""
        return self.vector


@dataclass(frozen=True, eq=False)
class ScopeFactor:
    """Likelihood over several variables that share a family of the network.

    Attributes:
        scope: names of the variables, in the order of the axes.
        array: P(what was seen | states), shape (states of each variable); scaled to maximum 1 for a measured number.
        finding: it comes from.
        text: what was seen, for people.
        readings: behind it, when it was computed from a table.
    """

    scope: tuple[str, ...]
    array: NDArray[np.float64]
    finding: str
    text: str
    readings: Readings | None = None


@dataclass(frozen=True, eq=False)
class FindingEvidence:
    """Everything one finding says.

    Attributes:
        finding: name.
        text: for people.
        hard: variable -> state position.
        likelihoods: over single variables.
        factors: over several variables.
    """

    finding: str
    text: str
    hard: Mapping[str, int] = field(default_factory=dict)
    likelihoods: tuple[VariableLikelihood, ...] = ()
    factors: tuple[ScopeFactor, ...] = ()


@dataclass(frozen=True, eq=False)
class EnteredEvidence:
    """Everything entered for one patient, interpreted.

    Attributes:
        settings: the setting, or several it may be; empty for a foreign network.
        constraints: conditions that rule studies out.
        unavailable: studies this centre cannot do.
        observations: as entered.
        hard: variable -> position of the state known with certainty.
        hard_findings: variable -> finding the certainty comes from.
        likelihoods: over single variables; several on one variable multiply.
        factors: over several variables.
        texts: finding -> what was seen, for people; in order of entry, setting and case definition first.
        conditions: names that came with the setting (setting, case_definition): conditioned on, never scored.
        assumed: finding -> what was assumed for something not entered.
        not_counted_twice: entered values that are left out because another one holds the same evidence.
        notes: what was read as what, and what is recorded without being used.
    """

    settings: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    observations: tuple[Observation, ...] = ()
    hard: Mapping[str, int] = field(default_factory=dict)
    hard_findings: Mapping[str, str] = field(default_factory=dict)
    likelihoods: tuple[VariableLikelihood, ...] = ()
    factors: tuple[ScopeFactor, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    assumed: Mapping[str, str] = field(default_factory=dict)
    not_counted_twice: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[VariableLikelihood | ScopeFactor, ...]:
        """The likelihoods, then the factors."""
        return (*self.likelihoods, *self.factors)

    @property
    def findings(self) -> tuple[str, ...]:
        """Names of everything that is evidence, setting and case definition included, each once."""
        return tuple(self.texts)

    def hard_finding(self, variable: str) -> str:
        """Return the finding a variable's certain state comes from.

        Raises:
            KeyError: the variable is not known with certainty.
        """
        return self.hard_findings[variable]

    def describe(self, finding: str) -> str:
        """Return a finding with what was seen, for people: `pth: 95 pg/mL upper 65`."""
        return f"{finding}: {self.texts[finding]}"

    def by_finding(self) -> dict[str, FindingEvidence]:
        """Return the evidence of each finding, in the order of `findings`."""
        return {
            name: FindingEvidence(
                name,
                text,
                {variable: state for variable, state in self.hard.items() if self.hard_findings[variable] == name},
                tuple(item for item in self.likelihoods if item.finding == name),
                tuple(item for item in self.factors if item.finding == name),
            )
            for name, text in self.texts.items()
        }


class Collector:
    """Gathers evidence while it is interpreted; `evidence` freezes it."""

    def __init__(self) -> None:
        self.hard: dict[str, int] = {}
        self.hard_findings: dict[str, str] = {}
        self.likelihoods: list[VariableLikelihood] = []
        self.factors: list[ScopeFactor] = []
        self.texts: dict[str, str] = {}
        self.assumed: dict[str, str] = {}
        self.not_counted_twice: list[str] = []
        self.notes: list[str] = []

    def vector(self, variable: str, vector: NDArray[np.float64], finding: str, text: str) -> None:
        """Enter a likelihood; one that leaves a single state is entered as certain, one that says nothing is left out.

        Args:
            variable: name.
            vector: not negative and not all zero, shape (states,).
            finding: it comes from.
            text: for people.
        """
        left = np.flatnonzero(vector)
        self._said(finding, text)
        if len(left) == 1 and variable not in self.hard:
            self.hard[variable] = int(left[0])
            self.hard_findings[variable] = finding
        else:
            self.likelihoods.append(VariableLikelihood(variable, frozen(vector), finding, text))

    def factor(self, scope: tuple[str, ...], array: NDArray[np.float64], finding: str, text: str) -> None:
        """Enter a likelihood known up to a factor over several variables; over one it is a vector.

        Args:
            scope: names of the variables.
            array: not negative and not all zero, one axis a variable.
            finding: it comes from.
            text: for people.
        """
        if len(scope) == 1:
            self.vector(scope[0], array, finding, text)
        else:
            self._add(scope, frozen(array), finding, text)

    def probability(
        self, scope: tuple[str, ...], array: NDArray[np.float64], finding: str, text: str, readings: Readings
    ) -> None:
        """Enter P(what was seen | scope) as it is, so that log P(e) stays the probability of what was seen.

        Args:
            scope: names of the variables.
            array: probabilities, not all zero, one axis a variable.
            finding: it comes from.
            text: for people.
            readings: that it was computed from.
        """
        self._add(scope, frozen(array, scaled=False), finding, text, readings)

    def _add(
        self,
        scope: tuple[str, ...],
        array: NDArray[np.float64],
        finding: str,
        text: str,
        readings: Readings | None = None,
    ) -> None:
        self._said(finding, text)
        if len(scope) == 1:
            self.likelihoods.append(VariableLikelihood(scope[0], array, finding, text, readings))
        else:
            self.factors.append(ScopeFactor(scope, array, finding, text, readings))

    def assume(self, finding: str, text: str) -> None:
        """Record what was assumed for a finding; several assumptions stand side by side."""
        earlier = self.assumed.get(finding)
        if earlier is None:
            self.assumed[finding] = text
        elif text not in earlier.split("; "):
            self.assumed[finding] = f"{earlier}; {text}"

    def _said(self, finding: str, text: str) -> None:
        earlier = self.texts.get(finding)
        if earlier != text:
            self.texts[finding] = text if earlier is None else f"{earlier}; {text}"


def frozen(array: NDArray[np.float64], *, scaled: bool = True) -> NDArray[np.float64]:
    """Return a read-only copy, scaled to maximum 1 unless told otherwise."""
    copy = np.array(array, dtype=np.float64)
    if scaled:
        copy /= np.max(array)
    copy.flags.writeable = False
    return copy
