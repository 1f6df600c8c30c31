"""From a draft to a network: resolve names, expand every table in order, derive what is given the case definition.

The same steps serve loading and checking: `Faults` decides whether the first fault ends it or all are collected.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.analytes import Analyte
from hpt_bayes.network.consistency import check_consistency
from hpt_bayes.network.draft import Draft, read_draft
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.network import Network
from hpt_bayes.network.resolve import resolve_sites, resolve_variables
from hpt_bayes.network.sites import Site
from hpt_bayes.network.tables import kind_of, plain
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.variables import Variable

Tables = dict[str, NDArray[np.float64]]


def assemble(folder: Path, faults: Faults) -> Network | None:
    """Return the network of a model folder.

    Args:
        folder: with network.yaml.
        faults: takes what is wrong.

    Returns:
        The network; None when network.yaml cannot be used or, while faults are collected, when there was one.

    Raises:
        ModelFileError: the first fault (through `faults`).
    """
    draft = read_draft(folder, faults)
    if draft is None:
        return None
    manifest = draft.manifest
    sites, groups = resolve_sites(draft, faults)
    variables = resolve_variables(draft, sites, groups, faults)
    tables, targets = expand_all(draft, variables, sites, groups, faults)
    check_consistency(draft, variables, faults)
    if faults.found:
        return None
    published: Tables = {}
    given = [name for name, each in variables.items() if each.spec is not None and each.spec.given is not None]
    if given:
        with faults.caught():
            tables, published = _derived(draft, variables, tables, given)
        if faults.found:
            return None
    for table in (*tables.values(), *targets.values(), *published.values()):
        table.flags.writeable = False
    return Network(
        id=manifest.id,
        version=manifest.version,
        title=manifest.title,
        scope=manifest.scope,
        path=str(folder),
        digest=draft.digest,
        variables=variables,
        tables=tables,
        settings={each.name: each for each in manifest.settings},
        case_definition=manifest.case_definition,
        diagnoses=manifest.diagnoses,
        gate=manifest.gate,
        gate_clear=manifest.gate_clear.value if manifest.gate_clear is not None else None,
        targets=manifest.targets,
        sites=sites,
        site_groups=groups,
        analytes=draft.analytes,
        studies=draft.orders,
        constraints={each.name: each for each in draft.studies.constraints} if draft.studies is not None else {},
        burden_weights={} if draft.studies is None else {k: v.value for k, v in draft.studies.burden_weights.items()},
        alias_findings={each.name: each for each in manifest.alias_findings},
        stop_lines=manifest.stop_lines,
        cautions=draft.cautions,
        management=draft.management,
        evidence_rows=draft.evidence_rows,
        floor=manifest.floor.value,
        published=published,
        target_tables=targets,
        interventions={each.finding: each for each in manifest.interventions},
    )


def table_context(
    variable: Variable,
    variables: Mapping[str, Variable],
    tables: Mapping[str, NDArray[np.float64]],
    sites: Mapping[str, Site],
    groups: Mapping[str, tuple[str, ...]],
    floor: float,
    faults: Faults,
    analytes: Mapping[str, Analyte],
) -> TableContext:
    """Return what the table kind of a variable may look at."""
    parents = tuple(variables[name] for name in variable.parents)
    return TableContext(variable, parents, variables, tables, sites, groups, floor, faults, analytes)


def context_of(network: Network, name: str) -> TableContext:
    """Return what the table kind of a variable may look at, for expanding it again with drawn numbers.

    Args:
        network: as loaded.
        name: of the variable.
    """
    tables = {**network.tables, **network.published}
    parts = (network.sites, network.site_groups, network.floor)
    return table_context(network.variables[name], network.variables, tables, *parts, Faults(), network.analytes)


def expand_all(
    draft: Draft,
    variables: Mapping[str, Variable],
    sites: Mapping[str, Site],
    groups: Mapping[str, tuple[str, ...]],
    faults: Faults,
) -> tuple[Tables, Tables]:
    """Return the tables of all variables, and those of target-specific findings by place asked about.

    While faults are collected, a table with faults is replaced by a flat one so that its children are read as well.

    Raises:
        ModelFileError: the first fault of a table (through `faults`).
    """
    tables: Tables = {}
    targets: Tables = {}
    for name, variable in variables.items():
        shape = (*(variables[parent].size for parent in variable.parents), variable.size)
        before = len(faults.found)
        with faults.caught():
            analyte = draft.analytes.get(name)
            if variable.role == "measurement" and analyte is not None:
                tables[name] = _measured(analyte, variable, variables)
            elif variable.spec is not None:
                floor = draft.manifest.floor.value
                context = table_context(variable, variables, tables, sites, groups, floor, faults, draft.analytes)
                tables[name] = kind_of(variable.spec.kind).expand(variable.spec, context)
                if isinstance(variable.spec, plain.Spec) and variable.spec.target_of is not None:
                    targets[name] = plain.expand_targets(variable.spec, context)
                _check_table(variable, tables[name], shape)
        if name not in tables or len(faults.found) > before:
            tables[name] = np.full(shape, 1.0 / variable.size)
    return tables, targets


def _check_table(variable: Variable, table: NDArray[np.float64], shape: tuple[int, ...]) -> None:
    if table.shape != shape:
        raise variable.place.error(f"expected a table of shape {shape} for {variable.name}, found {table.shape}")
    sums = table.sum(axis=-1)
    if not np.all(np.isfinite(table)) or table.min() < 0 or np.abs(sums - 1.0).max() > 1e-9:
        worst = float(sums.flat[int(np.argmax(np.abs(np.nan_to_num(sums, nan=np.inf) - 1.0)))])
        raise variable.place.error(f"expected rows of {variable.name} that sum to 1, found the sum {worst:.9g}")


def _measured(analyte: Analyte, variable: Variable, variables: Mapping[str, Variable]) -> NDArray[np.float64]:
    from hpt_bayes.network.measurement import measurement_table

    corrupting = variables[variable.parents[1]] if len(variable.parents) > 1 else None
    return measurement_table(variables[variable.parents[0]], analyte, corrupting)


def _derived(
    draft: Draft, variables: Mapping[str, Variable], tables: Tables, given: list[str]
) -> tuple[Tables, Tables]:
    from hpt_bayes.network.case_definition import derive

    definition = draft.manifest.case_definition
    if definition is None:
        place = variables[given[0]].place
        raise place.error(f"expected case_definition in network.yaml for {', '.join(given)}, found none")
    unconditional = derive(variables, tables, definition, given)
    return {**tables, **unconditional}, {name: tables[name] for name in unconditional}
