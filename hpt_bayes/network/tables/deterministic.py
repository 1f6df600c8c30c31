"""Kind `deterministic`: rules read in order, the first that matches gives the state; no numbers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from hpt_bayes.network.fields import Flag, Record, TableSpec, Text
from hpt_bayes.network.figures import Name, When, refuse
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.patterns import Pattern, box, configuration
from hpt_bayes.network.provenance import Number
from hpt_bayes.network.tables.context import TableContext


class Rule(Record):
    """One rule: `when` (or `otherwise`) -> `state`."""

    when: When | None = None
    otherwise: Flag = False
    state: Name

    @model_validator(mode="after")
    def _addressed(self) -> Self:
        if (self.when is None) != self.otherwise:
            raise refuse(f"expected either when or otherwise: true, found {'both' if self.otherwise else 'neither'}")
        return self


class Spec(TableSpec):
    """Rules and the reason for them."""

    kind: Literal["deterministic"]
    why: Text
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]


def numbers(spec: Spec) -> tuple[Number, ...]:
    """Return no numbers: rules have none."""
    return ()


def expand(spec: Spec, context: TableContext, values: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Return a table of zeros and ones.

    Args:
        spec: as written.
        context: of the table.
        values: ignored but for its number of draws.

    Returns:
        (*parents, states), or (D, *parents, states).

    Raises:
        ModelFileError: an unknown state, a rule after `otherwise`, or a configuration no rule matches.
    """
    variable = context.variable
    chosen = np.full(context.shape, -1, dtype=np.intp)
    for position, rule in enumerate(spec.rules):
        state = variable.positions.get(rule.state)
        if state is None or len(state) != 1:
            context.faults(
                rule.at.error(
                    f"expected a state of {variable.name}, found {rule.state!r}; {hint(rule.state, variable.states)}"
                )
            )
            state = (0,)
        if rule.otherwise and position != len(spec.rules) - 1:
            context.faults(
                rule.at.error(f"expected the otherwise rule last, found it before {spec.rules[position + 1].at}")
            )
        index = np.ix_(*box(rule.when or Pattern(), context.parents, context.faults)) if context.parents else ()
        part = chosen[index]
        chosen[index] = np.where(part < 0, state[0], part)
    if (chosen < 0).any():
        context.faults(
            spec.at.error(
                "expected a rule for every parent configuration, found none for "
                f"{configuration(chosen < 0, context.parents)}; end with otherwise: true"
            )
        )
    table: NDArray[np.float64] = np.eye(variable.size)[chosen]
    if values is not None:
        table = np.repeat(table[None], len(values), axis=0)
    return table
