"""Values that pydantic alone cannot read: patterns, numbers by state, lists of names; each with its places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, SkipValidation
from pydantic_core import PydanticCustomError

from hpt_bayes.network.patterns import Condition, Pattern
from hpt_bayes.network.variables import NOWHERE, Place
from hpt_bayes.network.yaml_reader import YamlList, YamlMap, describe


@dataclass(frozen=True)
class Figures:
    """Numbers by name as written (`p: {none: 0.9, men1: 0.06}`), or a bare list in state order.

    Args:
        names: states, or None for a list.
        values: one number each.
        places: one place each.
        at: of the whole.
    """

    names: tuple[str, ...] | None
    values: tuple[float, ...]
    places: tuple[Place, ...] = ()
    at: Place = NOWHERE
    name_places: tuple[Place, ...] = ()

    def place_of(self, position: int) -> Place:
        """Return the place of the number at `position`."""
        return self.places[position] if position < len(self.places) else self.at

    def name_place_of(self, position: int) -> Place:
        """Return the place of the name at `position`."""
        return self.name_places[position] if position < len(self.name_places) else self.place_of(position)


def refuse(message: str, *path: int | str, key: bool = False) -> PydanticCustomError:
    """Return an error that pydantic turns into a fault at `path` below the value being read."""
    return PydanticCustomError("model_file", "{message}", {"message": message, "path": list(path), "key": key})


def as_name(value: object, text: str = "", path: tuple[int | str, ...] = ()) -> str:
    """Return a state, group or variable name; a bare number is taken as written."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return text or str(value)
    raise refuse(f"expected a name, found {describe(value)}", *path)


def read_pattern(value: object, *path: int | str) -> Pattern:
    """Return a pattern from a mapping of parents to states, groups or lists of them."""
    if isinstance(value, Pattern):
        return value
    if not isinstance(value, Mapping):
        raise refuse(f"expected conditions like {{parent: state}}, found {describe(value)}", *path)
    read = isinstance(value, YamlMap)
    conditions = []
    for key, names in value.items():
        key_at = value.keys_at[key] if isinstance(value, YamlMap) else NOWHERE
        at = value.values_at[key] if isinstance(value, YamlMap) else NOWHERE
        if isinstance(names, (list, tuple)):
            if not names:
                raise refuse(f"expected states of {key}, found an empty list", *path, key)
            texts = names.texts if isinstance(names, YamlList) else [""] * len(names)
            both = enumerate(zip(names, texts, strict=True))
            many = tuple(as_name(name, text, (*path, key, i)) for i, (name, text) in both)
            places = tuple(names.places) if isinstance(names, YamlList) else ()
        else:
            many, places = (as_name(names, path=(*path, key)),), ((at,) if read else ())
        conditions.append(Condition(str(key), many, key_at, places))
    return Pattern(tuple(conditions), value.at if isinstance(value, YamlMap) else NOWHERE)


def _figures(value: object) -> Figures:
    if isinstance(value, Figures):
        return value
    if isinstance(value, Mapping):
        numbers = tuple(_number(number, key) for key, number in value.items())
        if not isinstance(value, YamlMap):
            return Figures(tuple(value), numbers)
        return Figures(tuple(value), numbers, tuple(value.values_at.values()), value.at, tuple(value.keys_at.values()))
    if isinstance(value, (list, tuple)):
        numbers = tuple(_number(number, position) for position, number in enumerate(value))
        if not isinstance(value, YamlList):
            return Figures(None, numbers)
        return Figures(None, numbers, tuple(value.places), value.at)
    raise refuse(f"expected numbers by state or a list of numbers, found {describe(value)}")


def _number(value: object, *path: int | str) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise refuse(f"expected a number, found {describe(value)}", *path)


def _shares(value: object) -> Figures:
    figures = _figures(value)
    for position, number in enumerate(figures.values):
        if not 0 <= number <= 1:
            part = position if figures.names is None else figures.names[position]
            raise refuse(f"expected a probability between 0 and 1, found {describe(number)}", part)
    return figures


def _multipliers(value: object) -> Figures:
    figures = _figures(value)
    if figures.names is None:
        raise refuse("expected odds by state like {hyperplasia: 12}, found a list")
    for position, number in enumerate(figures.values):
        if number < 0:
            raise refuse(f"expected a multiplier of 0 or more, found {describe(number)}", figures.names[position])
    return figures


def _text_list(value: object) -> tuple[str, ...]:
    if isinstance(value, str) and value:
        return (value,)
    if isinstance(value, (list, tuple)):
        texts = value.texts if isinstance(value, YamlList) else [""] * len(value)
        return tuple(as_name(name, text, (i,)) for i, (name, text) in enumerate(zip(value, texts, strict=True)))
    raise refuse(f"expected a list of names, found {describe(value)}")


When = Annotated[SkipValidation[Pattern], BeforeValidator(read_pattern)]
Shares = Annotated[SkipValidation[Figures], BeforeValidator(_shares)]
Multipliers = Annotated[SkipValidation[Figures], BeforeValidator(_multipliers)]
Names = Annotated[SkipValidation[tuple[str, ...]], BeforeValidator(_text_list)]
Name = Annotated[str, BeforeValidator(lambda value: as_name(value))]


def _parts(value: object) -> object:
    if isinstance(value, Mapping):
        return value
    raise refuse(f"expected a mapping, found {describe(value)}")


Parts = Annotated[SkipValidation[Mapping[str, Any]], BeforeValidator(_parts)]
"""A mapping whose values are read later; it keeps its places."""
