"""Does the size of the lesion, which ties calcium, PTH, ALP and bone together, leave the written rows as they are?

A row is written for a class whatever the size, and the loader solves, for the sizes of one lesion and at every parent's
own reference, the intercepts that return it. Here the whole network is asked instead: P(bin of a reading | lesion,
class), summed over vitamin D, kidney and drugs too, beside the row of the class. Lesions that share a class but not
their sizes (double adenoma and hyperplasia) show what that costs. A palpable mass has no row of its own: its published
shares are targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.display.numbers import words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.engine import EvidenceFactors, propagate
from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.measurement import kernel_of
from hpt_bayes.network.network import Network
from hpt_bayes.network.patterns import cover, mask
from hpt_bayes.network.tables.interval import IntervalRow, Spec
from hpt_bayes.network.tables.loading import Loading
from hpt_bayes.network.tables.readings import bins_of_readings
from hpt_bayes.network.variables import Variable
from hpt_bayes.reasoning.compiled import compile_model
from hpt_bayes.validation.shown import digits

Array = NDArray[np.float64]

_SHOWN = 10


@dataclass(frozen=True)
class SizeResidual:
    """One written row beside what the network returns for one lesion.

    Attributes:
        variable: whose row it is.
        lesion: state of the variable that decides the sizes.
        given: the other states it is for, by variable.
        written: shares of the bins, as written and normalised.
        returned: P(bin | lesion, given) of the network.
    """

    variable: str
    lesion: str
    given: tuple[tuple[str, str], ...]
    written: tuple[float, ...]
    returned: tuple[float, ...]

    @property
    def residual(self) -> float:
        """The largest difference between a share returned and written."""
        return max(abs(there - here) for here, there in zip(self.written, self.returned, strict=True))

    @property
    def where(self) -> str:
        """Variable, lesion and the rest, for people."""
        return ", ".join((words(self.variable), words(self.lesion), *(words(state) for _, state in self.given)))


@dataclass(frozen=True, repr=False)
class SizeFit(Result):
    """Every row that depends on the size of the lesion, largest residual first."""

    rows: tuple[SizeResidual, ...]

    @property
    def worst(self) -> SizeResidual:
        """The row with the largest residual."""
        return self.rows[0]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {"rows": [{**asdict(each), "residual": each.residual} for each in self.rows]}

    def to_frame(self) -> Frame:
        """One row a written row, largest residual first."""
        return to_frame([{**asdict(each), "residual": each.residual} for each in self.rows])

    def blocks(self) -> tuple[Rows, ...]:
        """The rows with the largest residuals."""
        cells = tuple(
            (
                each.where,
                " ".join(map(digits, each.written)),
                " ".join(map(digits, each.returned)),
                digits(each.residual),
            )
            for each in self.rows[:_SHOWN]
        )
        columns = ("row", "written", "returned", "residual")
        note = f"The largest of {len(self.rows)}; summed over size, vitamin D, kidney and drugs."
        return (Rows("Rows that depend on the size of the lesion", columns, cells, (note,), right=frozenset({3})),)


def size_fit(network: Network) -> SizeFit:
    """Compare the rows that load on a latent size with what the network returns for each lesion.

    Args:
        network: as loaded from its folder.

    Returns:
        Every row that has a lesion, largest residual first.

    Raises:
        EvidenceError: no table of the network loads on the size of a lesion.
    """
    tables = [each for each in map(partial(_table, network), network.variables.values()) if each is not None]
    if not tables:
        raise EvidenceError(f"expected tables that load on the size of a lesion in {network.id}, found none")
    joints = _joints(network, tables)
    found = [row for table, joint in zip(tables, joints, strict=True) for row in _rows(network, table, joint)]
    return SizeFit(tuple(sorted(found, key=lambda each: (-each.residual, each.where))))


@dataclass(frozen=True)
class _Table:
    """A table that loads on the size, the lesion that decides it, and the parents that decide row and sizes."""

    variable: Variable
    spec: Spec
    loading: Loading
    lesion: Variable
    keys: tuple[Variable, ...]


def _table(network: Network, variable: Variable) -> _Table | None:
    spec = variable.spec
    if not isinstance(spec, Spec) or spec.loading is None:
        return None
    size = network.variables[spec.loading.variable]
    lesion = next((name for name in size.parents if name not in variable.parents), None)
    if size.role != "latent" or lesion is None:
        return None
    named = {each.variable for entry in spec.loading.weights if entry.when for each in entry.when.conditions}
    keys = tuple(network.variables[name] for name in variable.parents if name in named or name in size.parents)
    return _Table(variable, spec, spec.loading, network.variables[lesion], keys)


def _joints(network: Network, tables: Sequence[_Table]) -> list[Array]:
    """P(lesion, keys, variable) of each table, summed over the settings as often as the network expects them."""
    totals = [np.zeros([each.size for each in (table.lesion, *table.keys, table.variable)]) for table in tables]
    for name in network.settings:
        model = compile_model(network, (name,))
        for lesion in {table.lesion.name: table.lesion for table in tables}.values():
            kept = model.kept[lesion.name]
            each_state = ((model.axis[lesion.name], np.eye(kept.size)),)
            known = propagate(model.engine, EvidenceFactors(likelihoods=each_state))
            weight = np.exp(model.log_settings + known.log_evidence)
            for table, total in zip(tables, totals, strict=True):
                if table.lesion is not lesion:
                    continue
                names = [*(each.name for each in table.keys), table.variable.name]
                part = known.joint(model.axes(names)) * weight.reshape(-1, *(1 for _ in names))
                total[np.ix_(kept, *(model.kept[each] for each in names))] += part
    return totals


def _rows(network: Network, table: _Table, joint: Array) -> Iterator[SizeResidual]:
    """The rows that load, for each lesion and all that its size depends on the row of its commonest class."""
    variable, spec, axes = table.variable, table.spec, (table.lesion, *table.keys)
    size = network.variables[table.loading.variable]
    rest = tuple(axis for axis, each in enumerate(axes) if each.name not in size.parents)
    commonest = joint.sum(axis=-1) == joint.sum(axis=-1).max(axis=rest, keepdims=True)
    known = [network.variables[name] for name in variable.parents]
    owner = cover([row.covering for row in spec.rows], known, at=spec.at)
    loads = _loads(spec, table.loading, table.keys)
    for at in product(*(range(each.size) for each in axes)):
        here = dict(zip([each.name for each in axes], at, strict=True))
        rows = np.unique(owner[tuple(here.get(each.name, slice(None)) for each in known)])
        mass = joint[at].sum()
        if mass <= 0.0 or rows.size > 1 or not commonest[at] or not loads[at[1:]]:
            continue
        row = spec.rows[int(rows[0])]
        shares = joint[at] / mass @ _bins(network, variable, spec, row.usual)
        yield SizeResidual(
            variable=variable.name,
            lesion=table.lesion.states[at[0]],
            given=tuple((each.name, each.states[here[each.name]]) for each in table.keys),
            written=tuple(_written(variable, row).tolist()),
            returned=tuple(shares.tolist()),
        )


def _loads(spec: Spec, loading: Loading, keys: Sequence[Variable]) -> NDArray[np.bool_]:
    """Where the row stands as written but for the loading: shape (*keys); a shift of the whole class moves it."""
    loads = np.zeros([each.size for each in keys], dtype=bool)
    for entry in loading.weights:
        loads |= True if entry.when is None else mask(entry.when, keys)
    names = {each.name for each in keys}
    for shift in spec.shifts:
        if all(condition.variable in names for condition in shift.when.conditions):
            loads &= ~mask(shift.when, keys)
    return loads


def _written(variable: Variable, row: IntervalRow) -> Array:
    """The shares of a row, the one left out filled in."""
    if row.p.names is None:
        shares = np.array(row.p.values)
    else:
        by_name = dict(zip(row.p.names, row.p.values, strict=True))
        rest = max(1.0 - sum(row.p.values), 0.0)
        shares = np.array([by_name.get(state, rest) for state in variable.states])
    return np.asarray(shares / shares.sum())


def _bins(network: Network, variable: Variable, spec: Spec, usual: bool) -> Array:
    """P(written bin | state of the variable), (states, bins): of a reading, or of the level itself."""
    if spec.edges is None:
        return np.eye(variable.size)
    if spec.readings_of is not None and not usual:
        kernel = kernel_of(variable, network.analytes[spec.readings_of])
        return bins_of_readings(kernel, spec.edges, variable.scale == "log")
    middles = 0.5 * (variable.bounds[:-1] + variable.bounds[1:])
    return np.asarray(np.eye(len(spec.edges) + 1)[np.digitize(middles, spec.edges)])
