"""An event: something that is true of some configurations of a few variables ("lesion is carcinoma, fhh absent").

Written as one mapping (all must hold) or a list of mappings (any may hold); used by diagnoses, gate, stop lines and
the needs of studies. Evaluates to a boolean array over the variables asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, SkipValidation

from hpt_bayes.network.faults import STRICT, Faults
from hpt_bayes.network.figures import read_pattern, refuse
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.patterns import Pattern, mask, state_indices
from hpt_bayes.network.variables import NOWHERE, Place, Variable
from hpt_bayes.network.yaml_reader import YamlList, describe


@dataclass(frozen=True)
class Event:
    """Any of some patterns.

    Args:
        alternatives: the event holds where one of them does.
        at: where it is written.
    """

    alternatives: tuple[Pattern, ...]
    at: Place = NOWHERE

    def __str__(self) -> str:
        return " or ".join(str(each) for each in self.alternatives)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names mentioned, in the order written, each once."""
        return tuple(dict.fromkeys(each.variable for pattern in self.alternatives for each in pattern.conditions))


def event_array(event: Event, names: Sequence[str], variables: Mapping[str, Variable]) -> NDArray[np.bool_]:
    """Return where an event holds.

    Args:
        event: over some of `names`.
        names: the axes, at least the variables the event mentions.
        variables: of the network, by name.

    Returns:
        Boolean array with one axis of full length per name.

    Raises:
        ModelFileError: the event mentions a variable that is not among `names`, or an unknown state or group.
    """
    axes = [variables[name] for name in names]
    holds = np.zeros([axis.size for axis in axes], dtype=bool)
    for pattern in event.alternatives:
        holds |= mask(pattern, axes)
    return holds


def check_event(event: Event, variables: Mapping[str, Variable], faults: Faults = STRICT) -> None:
    """Check that an event names known variables and states.

    Args:
        event: as written.
        variables: of the network, by name.
        faults: takes what is wrong.

    Raises:
        ModelFileError: an unknown variable, state or group (through `faults`).
    """
    for pattern in event.alternatives:
        for condition in pattern.conditions:
            if condition.variable not in variables:
                faults(
                    condition.at.error(
                        f"expected a variable in this event, found {condition.variable!r}; "
                        f"{hint(condition.variable, variables)}"
                    )
                )
            else:
                state_indices(condition, variables[condition.variable], faults)


def read_event(value: object) -> Event:
    """Return an event from a mapping or a list of mappings."""
    if isinstance(value, Event):
        return value
    if isinstance(value, (list, tuple)):
        if not value:
            raise refuse("expected an event, found an empty list")
        at = value.at if isinstance(value, YamlList) else NOWHERE
        return Event(tuple(read_pattern(part, position) for position, part in enumerate(value)), at)
    if isinstance(value, Mapping):
        pattern = read_pattern(value)
        return Event((pattern,), pattern.at)
    raise refuse(f"expected an event like {{lesion: carcinoma}} or a list of them, found {describe(value)}")


EventField = Annotated[SkipValidation[Event], BeforeValidator(read_event)]
