"""What all records of the model files share: strict keys, their place in the file, and provenance.

Every record is a frozen pydantic model that refuses unknown keys. Records read from a file know where they stand
(`at`). `Sourced` records must say how they are known; `SourcedRow` and `Uncertain` also how sure they are.
A table may carry the same fields at its top: they are the defaults of every record inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SkipValidation, model_validator

from hpt_bayes.network.figures import Names, Shares, When, refuse
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.patterns import Covering, Pattern
from hpt_bayes.network.provenance import Basis, Provenance
from hpt_bayes.network.variables import NOWHERE, Place
from hpt_bayes.network.yaml_reader import YamlList, YamlMap

Real = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Probability = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
NotNegative = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]
Text = Annotated[str, Field(strict=True, min_length=1)]
Flag = Annotated[bool, Field(strict=True)]

_SOURCE_KEYS = ("basis", "evidence", "formula", "why", "ess", "range")
_FIGURE_KEYS = frozenset({"p", "value", "odds", "add", "multiply"})
_LEAVES = ("p", "when", "odds")
_PLACES = ("at", "places")


class Record(BaseModel):
    """A record of a model file: frozen, no unknown keys; `at` is its place, `places` those of its values."""

    # Built when first read from a file: a record that only stands inside others needs no validator of its own.
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)
    at: Annotated[SkipValidation[Place], Field(repr=False)] = NOWHERE
    places: Annotated[SkipValidation[Mapping[str, Place]], Field(repr=False, default_factory=dict)]
    note: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _placed(cls, data: Any) -> Any:
        if not isinstance(data, YamlMap):
            return data
        data.valid[:] = [field.alias or name for name, field in cls.model_fields.items() if name not in _PLACES]
        for key in _PLACES:
            if key in data:
                raise refuse(f"expected a known key, found {key!r}; {hint(key, data.valid)}", key, key=True)
        return cls.with_defaults(data) | {"at": data.at, "places": data.values_at}

    @classmethod
    def with_defaults(cls, data: YamlMap) -> dict[str, Any]:
        """Return a plain copy of what was read."""
        return dict(data)

    def place_of(self, name: str) -> Place:
        """Return the place of the value of a key, or of the record."""
        return self.places.get(name, self.at)


class Sourced(Record):
    """A record that says how it is known."""

    needs_uncertainty: ClassVar[bool] = False

    basis: Basis | None = None
    evidence: Names = ()
    formula: Text | None = None
    why: Text | None = None
    ess: Positive | None = None
    range: tuple[Real, Real] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.basis is None:
            raise refuse("expected provenance, found none: add basis (measured, derived or judged)")
        if self.basis != "judged" and not self.evidence:
            raise refuse(f"expected evidence keys for a {self.basis} number, found none: add evidence: [keys]")
        if self.basis == "derived" and self.formula is None:
            raise refuse("expected the formula of a derived number, found none: add formula")
        if self.basis == "judged" and self.why is None:
            raise refuse("expected the reason of a judged number, found none: add why")
        if self.range is not None and self.range[0] > self.range[1]:
            raise refuse(f"expected range: [low, high], found {self.range[0]:g} above {self.range[1]:g}", "range")
        if self.needs_uncertainty and self.ess is None and self.range is None:
            raise refuse("expected how sure the number is, found neither: add ess or range: [low, high]")
        return self

    @property
    def provenance(self) -> Provenance:
        """How the record is known."""
        assert self.basis is not None
        return Provenance(self.basis, self.evidence, self.formula, self.why, self.note)


class Uncertain(Sourced):
    """A sourced record that also says how sure it is (`ess` or 90 % `range`)."""

    needs_uncertainty: ClassVar[bool] = True


class UncertainValue(Uncertain):
    """One free number (`value`) with provenance and uncertainty."""

    value: Real


class SourcedValue(Sourced):
    """One free number (`value`) with provenance; uncertainty may be left out."""

    value: Real


class UncertainShare(Uncertain):
    """One proportion (`p`) with provenance and uncertainty."""

    p: Probability


class Row(Uncertain):
    """A row of a table: which parent configurations it is for, and its provenance."""

    when: When | None = None
    otherwise: Flag = False

    @model_validator(mode="after")
    def _addressed(self) -> Self:
        if (self.when is None) != self.otherwise:
            found = "both" if self.otherwise else "neither"
            raise refuse(f"expected either when or otherwise: true, found {found}")
        return self

    @property
    def covering(self) -> Covering:
        """What the row covers, for `patterns.cover`."""
        return Covering(self.when or Pattern((), self.at), self.otherwise, self.at)


class ShareRow(Row):
    """A row whose figure is one proportion (`p: 0.75`)."""

    p: Probability


class DistributionRow(Row):
    """A row whose figures are a distribution (`p: {state: number}` or a list in state order)."""

    p: Shares


class Defaults(Record):
    """A record whose provenance fields are the defaults of every record inside it that has none of its own."""

    basis: Basis | None = None
    evidence: Names = ()
    formula: Text | None = None
    why: Text | None = None
    ess: Positive | None = None
    range: tuple[Real, Real] | None = None

    @classmethod
    def with_defaults(cls, data: YamlMap) -> dict[str, Any]:
        """Return a copy in which every record with a figure has the provenance of this one where it lacks its own."""
        defaults = {key: data[key] for key in _SOURCE_KEYS if key in data}
        if not defaults:
            return dict(data)
        return {key: value if key in _SOURCE_KEYS else _filled(value, defaults) for key, value in data.items()}


class TableSpec(Defaults):
    """A table as written: its kind and the defaults of its records."""

    kind: str
    structural_zeros: Text | None = None
    given: Literal["case_definition"] | None = None
    reading_correlation: SourcedValue | None = None


def _filled(value: Any, defaults: Mapping[str, Any]) -> Any:
    if isinstance(value, YamlMap):
        if not _FIGURE_KEYS.isdisjoint(value):
            sure = "ess" in value or "range" in value
            missing = {
                key: default
                for key, default in defaults.items()
                if key not in value and not (sure and key in ("ess", "range"))
            }
            value = _twin(value, value | missing)
        parts = {key: part if key in _LEAVES else _filled(part, defaults) for key, part in value.items()}
        return _twin(value, parts)
    if isinstance(value, YamlList) and any(isinstance(part, dict) for part in value):
        twin = YamlList(value.at)
        twin.places, twin.texts = value.places, value.texts
        twin.extend(_filled(part, defaults) for part in value)
        return twin
    return value


def _twin(value: YamlMap, content: Mapping[str, Any]) -> YamlMap:
    twin = YamlMap(value.at)
    twin.update(content)
    twin.keys_at, twin.values_at, twin.valid = value.keys_at, value.values_at, value.valid
    return twin
