"""analytes.yaml: how a measured number becomes evidence on a level: units, spread, limits, plausible range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from hpt_bayes.network.fields import Defaults, Flag, Positive, Probability, Real, Record, Sourced, SourcedValue, Text
from hpt_bayes.network.figures import Names, refuse
from hpt_bayes.network.nearest import hint


class Reference(Sourced):
    """The laboratory's usual limits, in the analyte's unit."""

    low: Real | None = None
    high: Real | None = None


class Corruption(Sourced):
    """A state of another variable in which the reading says nothing of the level.

    Args:
        variable: the other variable.
        state: in which the reading is corrupted.
        edges: of the bins of `p`, in the analyte's unit.
        p: probability of the reading in each bin, one more than edges.
    """

    variable: Text
    state: Text
    edges: tuple[Real, ...]
    p: tuple[Probability, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len(self.p) != len(self.edges) + 1:
            raise refuse(
                f"expected {len(self.edges) + 1} probabilities for {len(self.edges)} edges, found {len(self.p)}", "p"
            )
        if abs(sum(self.p) - 1.0) > 1e-6:
            raise refuse(f"expected probabilities that sum to 1, found the sum {sum(self.p):.9g}", "p")
        return self


class Limit(Record):
    """One upper limit laboratories use, with how often."""

    value: Positive
    weight: Positive


class Points(Sourced):
    """A monotone map from the reading to the level's unit: pairs (reading, level), interpolated."""

    pairs: Annotated[tuple[tuple[Real, Real], ...], Field(min_length=2)]


def _points(value: object) -> object:
    if isinstance(value, (list, tuple)):
        raise refuse("expected points: {pairs: [[reading, level], ...], basis: ...}, found a bare list")
    return value


class Analyte(Defaults):
    """One thing a laboratory reports.

    Args:
        name: of the finding.
        label: words for people.
        level: the latent level it reads; None only when `input_only`.
        unit: every number is converted to; the level's unit.
        units: accepted unit -> factor to `unit`.
        plausible: numbers outside are refused, in `unit`.
        analytical_cv: coefficient of variation of the method.
        within_person_cv: coefficient of variation from day to day.
        extra_sd: further standard deviation, in `unit`.
        reference: usual limits.
        scaled_by_limit: number x reference.high / the laboratory's limit, when given.
        multiple_of_limit: the level is in multiples of the upper limit.
        upper_limits: to integrate over when the limit is unknown.
        groups: named ranges; the level's when left out.
        also: other names.
        loinc: code, where seen in a source.
        points: map to the level's unit.
        corrupted_by: when the reading says nothing.
        states_only: only groups can be entered, no number.
        input_only: used in derived quantities only.
    """

    name: Text
    label: Text
    level: Text | None = None
    unit: Text
    units: dict[str, Positive] = Field(default_factory=dict)
    plausible: tuple[Real, Real] | None = None
    analytical_cv: SourcedValue | None = None
    within_person_cv: SourcedValue | None = None
    extra_sd: SourcedValue | None = None
    reference: Reference | None = None
    scaled_by_limit: Flag = False
    multiple_of_limit: Flag = False
    upper_limits: tuple[Limit, ...] = ()
    groups: dict[str, tuple[Real | None, Real | None]] | None = None
    also: Names = ()
    loinc: Text | None = None
    points: Annotated[Points | None, BeforeValidator(_points)] = None
    corrupted_by: Corruption | None = None
    states_only: Flag = False
    input_only: Flag = False
    question: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.level is None and not self.input_only:
            raise refuse(f"expected the level {self.name} reads, found none; add level, or input_only: true")
        if self.units and self.units.get(self.unit) != 1:
            raise refuse(
                f"expected the factor 1 for the analyte's own unit {self.unit}, found {self.units.get(self.unit)}",
                "units",
            )
        if not self.units and not self.states_only:
            raise refuse(f"expected units of {self.name}, found none; add units: {{{self.unit}: 1}}")
        if self.plausible is not None and self.plausible[0] >= self.plausible[1]:
            raise refuse(f"expected plausible: [low, high], found {list(self.plausible)}", "plausible")
        return self

    @property
    def cv(self) -> float:
        """Combined coefficient of variation of method and person."""
        parts = [each.value for each in (self.analytical_cv, self.within_person_cv) if each is not None]
        return float(sum(part**2 for part in parts) ** 0.5)


class AnalytesFile(Record):
    """The whole of analytes.yaml; entries are read one by one."""

    analytes: tuple[Any, ...]


def check_analyte_levels(analyte: Analyte, levels: Mapping[str, object]) -> None:
    """Check that the level exists.

    Args:
        analyte: as read.
        levels: numeric variables by name.

    Raises:
        ModelFileError: an unknown level.
    """
    if analyte.level is not None and analyte.level not in levels:
        raise analyte.place_of("level").error(
            f"expected the level of {analyte.name} to be a numeric variable, found {analyte.level!r}; "
            f"{hint(analyte.level, levels)}"
        )
