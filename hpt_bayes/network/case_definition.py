"""Tables written given a confirmed case, turned into the unconditional tables that return them.

Published frequencies of causes are those among confirmed cases. With M the probability that a case is confirmed, a
flagged table T is wanted for which P(X | parents, confirmed) is the row as written; for a `marginal` odds table
P(X | parents of the base, confirmed) is the base row as written. Given all other tables the first is solved at once,
T ~ row / P(confirmed | X, parents); the second by scaling the weights of the base. The tables depend on each other
through the shared cases, so they are swept until every target holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.factors import Scope
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.manifest import CaseDefinition
from hpt_bayes.network.patterns import cover
from hpt_bayes.network.simultaneous import Simultaneous
from hpt_bayes.network.tables import odds
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.tables.rows import row_columns, row_matrix
from hpt_bayes.network.targeted import CLOSE, DRAWS, Part, Target, around
from hpt_bayes.network.variables import SETTING, Variable

Array = NDArray[np.float64]

SWEEPS = 200
_ACCEPTED = 1e-10


@dataclass(frozen=True)
class Derivation:
    """Unconditional tables.

    Attributes:
        tables: by name, (*parents, child), or (D, *parents, child) when any table was drawn.
        residual: largest difference between a target and what the tables return.
        sweeps: over all tables, or steps of all at once, until they held.
    """

    tables: Mapping[str, Array]
    residual: float
    sweeps: int


def derive(
    variables: Mapping[str, Variable],
    tables: Mapping[str, Array],
    definition: CaseDefinition,
    given: Sequence[str],
) -> dict[str, Array]:
    """Return the unconditional tables of the variables whose tables are written given a confirmed case.

    Args:
        variables: of the network, parents before children.
        tables: as written, (*parents, child) each.
        definition: which settings enter which states.
        given: names of the flagged variables.

    Raises:
        ModelFileError: the definition names what does not exist, or no unconditional tables return the rows.
    """
    targets = []
    for name, variable in variables.items():
        marginal = isinstance(variable.spec, odds.Spec) and variable.spec.marginal
        if name in given and not marginal:
            targets.append(Target(name, variable.parents, tables[name], True))
        elif isinstance(variable.spec, odds.Spec) and marginal:
            over, rows = base_rows(variable, variable.spec, variables, tables)
            targets.append(Target(name, over, rows, name in given))
    return dict(derive_unconditional(variables, tables, definition, targets).tables)


def base_rows(
    variable: Variable,
    spec: odds.Spec,
    variables: Mapping[str, Variable],
    tables: Mapping[str, Array],
    values: Array | None = None,
) -> tuple[Scope, Array]:
    """The base rows of an odds table: the parents they depend on, and (*those parents, states).

    Args:
        variable: the child.
        spec: its table as written; its faults were reported when it was expanded.
        variables: the parents at least.
        tables: not read, as the rows do not depend on them.
        values: (D, n_numbers) drawn numbers, or None; with them the rows are (D, *those parents, states).
    """
    mentioned = {condition.variable for row in spec.base if row.when for condition in row.when.conditions}
    over = tuple(name for name in variable.parents if name in mentioned)
    context = TableContext(variable, tuple(variables[name] for name in variable.parents), variables, tables)
    owner = cover(
        [row.covering for row in spec.base], [variables[name] for name in over], Faults(collect=True), at=spec.at
    )
    columns = [row_columns(row.p, context) for row in spec.base]
    count = sum(len(each) for each in columns)
    drawn = None if values is None else values[:, :count]
    return over, row_matrix(columns, odds.numbers(spec)[:count], variable.size, drawn)[..., owner, :]


def derive_unconditional(
    variables: Mapping[str, Variable],
    tables: Mapping[str, Array],
    definition: CaseDefinition,
    targets: Sequence[Target],
    near: Mapping[str, Array] | None = None,
) -> Derivation:
    """Move the targeted tables until every target holds.

    Args:
        variables: of the network, parents before children.
        tables: as written, the start; (*parents, child), or (D, *parents, child) where drawn.
        definition: which settings enter which states.
        targets: parents before children.
        near: tables to begin at, (*parents, child), such as those of other numbers; as written when None.

    Raises:
        ModelFileError: the definition names what does not exist, or no unconditional tables return the rows.
    """
    evidence = confirmed_factors(variables, tables, definition)
    leading = [t.shape[0] for n, t in tables.items() if t.ndim == len(variables[n].parents) + 2]
    sizes = {name: each.size for name, each in variables.items()}
    if leading:
        sizes[DRAWS] = max(leading)
    outside = {
        confirmed: around(targets, variables, tables, evidence if confirmed else (), sizes)
        for confirmed in {each.confirmed for each in targets}
    }
    sizes[DRAWS] = max(leading, default=1)
    current = {each.name: _versions(tables[each.name], variables[each.name], sizes[DRAWS]) for each in targets}
    found = [Part.of(each, targets, variables, outside[each.confirmed], sizes) for each in targets]
    parts = [part for part in found if part is not None]
    if parts:
        solved = Simultaneous(parts, targets, variables, outside, current).solve(tables if near is None else near)
        if solved is not None:
            return Derivation(_as_given(solved[0], bool(leading)), solved[1], solved[2])
    for sweep in range(SWEEPS + 1):
        residual = 0.0
        for part in parts:
            off, table = part.update(current)
            residual = max(residual, off)
            current[part.target.name] = table
        if residual < CLOSE or not parts:
            return Derivation(_as_given(current, bool(leading)), residual, sweep)
    if residual < _ACCEPTED:
        return Derivation(_as_given(current, bool(leading)), residual, SWEEPS)
    worst = max(parts, key=lambda part: part.update(current)[0])
    raise variables[worst.target.name].place.error(
        f"expected unconditional tables that return the rows given the case definition, found none in {SWEEPS} sweeps "
        f"(off by {residual:.2g} at {worst.where(current, variables)}); it is too far from what its modifiers and a "
        "confirmed case allow"
    )


def _versions(table: Array, variable: Variable, draws: int) -> Array:
    """A table with the axis of draws, (D, *parents, states)."""
    return np.broadcast_to(table, (draws, *table.shape[-len(variable.parents) - 1 :])).copy()


def _as_given(tables: Mapping[str, Array], drawn: bool) -> dict[str, Array]:
    return {name: table if drawn else table[0] for name, table in tables.items()}


def confirmed_factors(
    variables: Mapping[str, Variable], tables: Mapping[str, Array], definition: CaseDefinition
) -> list[tuple[Scope, Array]]:
    """P(finding of the case definition | its parents) where the setting enters it, else one.

    Args:
        variables: of the network.
        tables: of the findings that the definition enters.
        definition: which settings enter which states.

    Returns:
        per finding its scope (with the setting, and draws first if any) and values.

    Raises:
        ModelFileError: no setting, or an unknown setting, finding or state.
    """
    if SETTING not in variables:
        raise definition.at.error(f"expected a variable {SETTING!r} for the case definition, found none")
    setting = variables[SETTING]
    enters = np.zeros(setting.size, dtype=bool)
    for name in definition.settings:
        if name not in setting.positions:
            raise definition.at.error(f"expected settings of the case definition, found {name!r}")
        enters[list(setting.positions[name])] = True
    found = []
    for name, state in definition.enters.items():
        if name not in variables or str(state) not in variables[name].positions:
            raise definition.at.error(f"expected a finding and its state in enters, found {name}: {state}")
        variable = variables[name]
        values = tables[name][..., list(variable.positions[str(state)])].sum(axis=-1)
        scope = variable.parents
        if SETTING not in scope:
            scope = (*scope, SETTING)
            values = np.repeat(values[..., None], setting.size, axis=-1)
        axis = values.ndim - len(scope) + scope.index(SETTING)
        shape = [setting.size if i == axis else 1 for i in range(values.ndim)]
        values = np.where(enters.reshape(shape), values, 1.0)
        found.append(_varying((DRAWS, *scope) if values.ndim > len(scope) else scope, values))
    return found


def _varying(scope: Scope, values: Array) -> tuple[Scope, Array]:
    """A factor without the axes it does not vary along: what it does not depend on need not be summed over."""
    names = []
    for axis, name in enumerate(scope):
        first = np.take(values, [0], axis=axis)
        if name == DRAWS or (values != first).any():
            names.append(name)
        else:
            values = first
    return tuple(names), values.reshape([n for n, name in zip(values.shape, scope, strict=True) if name in names])
