"""Tables of the compiled network for changed numbers, expanded again as the loader does it.

Only what changed is expanded, over the states that the setting leaves; a table that reads another one while it is
expanded (an intercept solved from a latent's table) follows it, and rows written given a confirmed case are derived
again for each version of the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import EvidenceFactors
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.entered import EnteredEvidence, Readings, ScopeFactor, VariableLikelihood
from hpt_bayes.network.assemble import context_of
from hpt_bayes.network.case_definition import base_rows, derive_unconditional
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.tables import kind_of, localization, odds, plain
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.targeted import Target, ancestors
from hpt_bayes.network.variables import SETTING, Variable
from hpt_bayes.reasoning.basis import numbers_of
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence
from hpt_bayes.reasoning.varying.narrowed import consulted, narrowed, whole_parents

Array = NDArray[np.float64]


def tables_with(model: CompiledModel, values: Mapping[str, Array]) -> dict[int, Array]:
    """The tables that differ from the compiled ones when some numbers change.

    Args:
        model: the compiled network.
        values: by variable, its numbers in D versions, (D, n); n as in `numbers_of`, rests of rows included.

    Returns:
        By engine variable, (D, *cards of parents, card), rows summing to one; for `engine.propagate(tables=...)`.

    Raises:
        EvidenceError: numbers of an unknown variable, of the wrong count, or versions of different length.
        ModelFileError: no unconditional tables return the rows written given a confirmed case.
    """
    expansion = Expansion(model, _checked(model, values))
    tables = {name: expansion.table(name) for name in expansion.moved}
    tables |= _unconditional(expansion)
    return {model.axis[name]: table for name, table in tables.items()}


def drawn_case(
    model: CompiledModel, entered: EnteredEvidence, values: Mapping[str, Array], names: Iterable[str]
) -> tuple[dict[str, Array], EvidenceFactors]:
    """Some tables and the evidence of a case for changed numbers; only what they need is expanded.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        values: as for `tables_with`.
        names: of the variables whose tables are wanted.

    Returns:
        Tables by variable, (D or 1, *cards of parents, card) or without the first axis where nothing changed; and the
        evidence of every version.

    Raises:
        EvidenceError: see `tables_with`.
    """
    expansion = Expansion(model, _checked(model, values))
    wanted = set(names)
    derived = _unconditional(expansion)
    tables = {
        name: derived[name]
        if name in derived
        else expansion.table(name)
        if name in expansion.moved
        else model.core.tables[name]
        for name in wanted
    }
    return tables, _evidence(expansion, entered)


def evidence_with(
    model: CompiledModel, entered: EnteredEvidence, values: Mapping[str, Array], tables: Mapping[int, Array]
) -> EvidenceFactors:
    """The evidence of a case for changed numbers.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        values: as for `tables_with`.
        tables: what `tables_with` made of them.

    Returns:
        The evidence of every version; what was not computed from a changed table is as entered.
    """
    return _evidence(Expansion(model, _checked(model, values)), entered, tables)


def _evidence(
    expansion: Expansion, entered: EnteredEvidence, tables: Mapping[int, Array] | None = None
) -> EvidenceFactors:
    model = expansion.model

    def moves(readings: Readings | None) -> bool:
        return readings is not None and readings.variable in expansion.moved

    items = entered.items
    moved = dict(messages_of(expansion, entered, tables))
    stay = [item for position, item in enumerate(items) if position not in moved]
    evidence = engine_evidence(
        model,
        replace(
            entered,
            likelihoods=tuple(item for item in stay if isinstance(item, VariableLikelihood)),
            factors=tuple(item for item in stay if isinstance(item, ScopeFactor)),
        ),
    )
    likelihoods, factors = [*evidence.likelihoods], [*evidence.factors]
    for position, message in moved.items():
        item = items[position]
        if isinstance(item, VariableLikelihood):
            likelihoods.append((model.axis[item.variable], message))
        else:
            factors.append((model.axes(item.scope), message))
    return replace(evidence, likelihoods=tuple(likelihoods), factors=tuple(factors))


def messages_of(
    expansion: Expansion, entered: EnteredEvidence, tables: Mapping[int, Array] | None = None
) -> Iterator[tuple[int, Array]]:
    """The messages that were computed from a changed table, computed again.

    Args:
        expansion: of the changed numbers.
        entered: interpreted evidence.
        tables: what `tables_with` made of them, if known.

    Yields:
        Position among the likelihoods and then the factors of `entered`, and the message, (D or 1, *kept states).
    """
    model = expansion.model
    for position, item in enumerate(entered.items):
        readings = item.readings
        if readings is not None and readings.variable in expansion.moved:
            known = None if tables is None else tables.get(model.axis[readings.variable])
            table = _read_table(expansion, readings, known)
            yield position, readings.message(table, model.kept[readings.variable])


def _read_table(expansion: Expansion, readings: Readings, known: Array | None) -> Array:
    """P(x | parents) of the readings behind a message, (D or 1, *cards of parents, kept states)."""
    if readings.site is not None:
        return expansion.table_at(readings.variable, readings.site)
    if readings.field is None and known is not None:
        return known
    return expansion.table(readings.variable, readings.field)


class Expansion:
    """Tables as written, expanded for drawn numbers over the states that the setting leaves, each on first use.

    Args:
        model: the compiled network.
        values: by variable, its numbers in D versions, (D, n).
    """

    def __init__(self, model: CompiledModel, values: Mapping[str, Array]) -> None:
        self.model, self.values = model, values
        network = model.network
        self._whole: dict[str, Array] = {**network.tables, **network.published}
        moved: dict[str, None] = {}
        for name, variable in network.variables.items():
            if name in values or not self._read_by(variable).isdisjoint(moved):
                moved[name] = None
        second = network.second_slice
        twins = {} if second is None else {twin: name for twin, name in second.twins.items() if name in moved}
        self._twins = twins
        self.moved = (*moved, *twins)
        self._tables: dict[str, Array] = {}
        read = {*twins.values()} | {source for name in moved for source in self._read_by(network.variables[name])}
        for name in (each for each in moved if each in read):
            self._whole[name] = self._expanded(name, None, whole=True)

    def _solved_later(self, variable: Variable) -> bool:
        """Whether a table's averages are solved by the derivation and need not be solved twice."""
        spec = variable.spec
        return bool(self.model.network.published) and isinstance(spec, odds.Spec) and spec.marginal

    def _read_by(self, variable: Variable) -> frozenset[str]:
        return frozenset() if self._solved_later(variable) else consulted(variable, self.model.network.variables)

    def table(self, name: str, field: str | None = None) -> Array:
        """P(variable | parents) over the kept states, (D or 1, *cards of parents, card).

        Args:
            name: of a variable that moved.
            field: field of view, for a localisation study.
        """
        if field is None and name in self._tables:
            return self._tables[name]
        if name in self._twins:
            return self._twin(name)
        table = _kept(self._expanded(name, field, whole=False), self.model.kept[name], -1)
        if name == SETTING:  # chosen, not observed: the compiled network is conditioned on it
            table = table / table.sum(axis=-1, keepdims=True)
        if field is None:
            self._tables[name] = table
        return table

    def _twin(self, twin: str) -> Array:
        """The table of a variable of the second slice: that of its original, unless it was set."""
        network, kept = self.model.network, self.model.kept
        assert network.second_slice is not None
        parents = [kept[parent] for parent in network.variables[twin].parents]
        tables = [
            network.second_slice.tables(network.variables, {**network.tables, self._twins[twin]: each})[twin]
            for each in self._whole[self._twins[twin]]
        ]
        return np.stack([each[np.ix_(*parents, kept[twin])] for each in tables])

    def context(self, name: str) -> TableContext:
        """What the kind of a variable may look at, with the drawn tables it reads."""
        return _context(self.model, name, self._whole)

    def table_at(self, name: str, place: str) -> Array:
        """P(a finding about one place | place of the gland), (D, kept places, kept states)."""
        network, kept = self.model.network, self.model.kept
        variable = network.variables[name]
        about = network.variables[variable.target_of or ""]
        assert isinstance(variable.spec, plain.Spec)
        tables = plain.expand_targets(variable.spec, self.context(name), self.values[name])
        asked = tables[:, about.states.index(place)]
        return asked[:, kept[about.name]][..., kept[name]]

    def _expanded(self, name: str, field: str | None, *, whole: bool) -> Array:
        """A table over all states of the child, and of the parents or those of them that are kept."""
        network, kept = self.model.network, self.model.kept
        variable = network.variables[name]
        context = self.context(name)
        if whole:
            return self._part(variable, context, field)
        fixed = frozenset() if self._solved_later(variable) else whole_parents(variable, network.variables)
        parents = tuple(
            parent if parent.name in fixed else narrowed(parent, kept[parent.name]) for parent in context.parents
        )
        table = self._part(variable, replace(context, parents=parents), field)
        for axis, parent in enumerate(parents):
            if parent.name in fixed:
                table = _kept(table, kept[parent.name], 1 + axis)
        return table

    def _part(self, variable: Variable, context: TableContext, field: str | None) -> Array:
        spec, values = variable.spec, self.values.get(variable.name)
        assert spec is not None, "only a table as written can be expanded again"
        if self._solved_later(variable):
            spec = spec.model_copy(update={"marginal": False})
        if field is None:
            table = kind_of(spec.kind).expand(spec, context, values)
        else:
            assert isinstance(spec, localization.Spec)
            table = localization.field_table(spec, context, field, values)
        return table if table.ndim == len(variable.parents) + 2 else table[None]


def _kept(table: Array, positions: NDArray[np.intp], axis: int) -> Array:
    return table if len(positions) == table.shape[axis] else np.take(table, positions, axis=axis)


def _context(model: CompiledModel, name: str, tables: Mapping[str, Array]) -> TableContext:
    """What the kind may look at; rows that cover nothing among fewer states are no faults here."""
    return replace(context_of(model.network, name), tables=tables, faults=Faults(collect=True))


def require_written(network: Network) -> None:
    """Refuse a network whose numbers come without saying how sure they are.

    Raises:
        EvidenceError: a network of another program.
    """
    if network.foreign:
        raise EvidenceError(
            f"{network.id} comes from another program: expected numbers with their size or range, found bare tables; "
            "sensitivity and uncertainty need a model folder"
        )


def _checked(model: CompiledModel, values: Mapping[str, Array]) -> dict[str, Array]:
    require_written(model.network)
    found: dict[str, Array] = {}
    lengths = set()
    for name, given in values.items():
        if name not in model.network.variables:
            raise EvidenceError(f"unknown variable {name!r}; {hint(name, model.network.variables)}")
        array = np.asarray(given, dtype=np.float64)
        count = len(numbers_of(model.network, name))
        if array.ndim != 2 or array.shape[1] != count or not count:
            raise EvidenceError(f"{name}: expected numbers of shape (D, {count}), found {array.shape}")
        found[name] = array
        lengths.add(len(array))
    if len(lengths) > 1:
        raise EvidenceError(f"expected the same number of versions of every table, found {sorted(lengths)}")
    return found


def _unconditional(expansion: Expansion) -> dict[str, Array]:
    """The tables written given a confirmed case, derived again where a changed table bears on them."""
    model = expansion.model
    network, definition = model.network, model.network.case_definition
    if not network.published or definition is None:
        return {}
    variables = {name: narrowed(each, model.kept[name]) for name, each in network.variables.items()}
    families = [each for name in network.published for each in (*variables[name].parents, name)]
    bearing = ancestors([*families, *definition.enters], variables)
    moved = [name for name in expansion.moved if name in bearing]
    if not moved:
        return {}
    written = {
        name: table[np.ix_(*(model.kept[parent] for parent in variables[name].parents), model.kept[name])]
        for name, table in network.published.items()
    }
    found = {name: expansion.table(name) for name in moved}
    every = {**model.core.tables, **written, **found}
    targets = [_target(model, name, variables, every, expansion.values) for name in network.published]
    return dict(derive_unconditional(variables, every, definition, targets, model.core.tables).tables)


def _target(
    model: CompiledModel,
    name: str,
    variables: Mapping[str, Variable],
    tables: Mapping[str, Array],
    values: Mapping[str, Array],
) -> Target:
    """What a table must return, over the kept states."""
    variable = model.network.variables[name]
    confirmed = variable.spec is not None and variable.spec.given is not None
    if isinstance(variable.spec, odds.Spec) and variable.spec.marginal:
        over, rows = base_rows(variable, variable.spec, variables, tables, values.get(name))
        return Target(name, over, np.take(rows, model.kept[name], axis=-1), confirmed)
    return Target(name, variable.parents, tables[name], confirmed)
