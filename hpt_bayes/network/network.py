"""The network: everything that is believed before a patient is seen, frozen and with read-only tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.provenance import EvidenceRow
from hpt_bayes.network.sites import Site
from hpt_bayes.network.variables import Variable

if TYPE_CHECKING:
    from hpt_bayes.network.analytes import Analyte
    from hpt_bayes.network.cautions import Caution
    from hpt_bayes.network.management import Management
    from hpt_bayes.network.manifest import (
        AliasFinding,
        CaseDefinition,
        Diagnosis,
        GateRow,
        Intervention,
        Setting,
        StopLine,
        Targets,
    )
    from hpt_bayes.network.studies import Constraint, Study
    from hpt_bayes.network.twin import SecondSlice


@dataclass(frozen=True)
class FindingInfo:
    """What a user may enter: a line of `hpt-bayes findings`.

    Args:
        name: key of case files.
        label: words for people.
        kind: context, finding, measurement, input or alias.
        states: that can be entered by name.
        groups: group name -> states.
        units: accepted for a number; empty when no number can be entered.
        also: other names.
        question: one line of help.
    """

    name: str
    label: str
    kind: str
    states: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    units: tuple[str, ...]
    also: tuple[str, ...]
    question: str


@dataclass(frozen=True, eq=False)
class Network:
    """A network as loaded.

    Args:
        id: of the model.
        version: of the model.
        title: one line.
        scope: one line of what it is for.
        path: folder or file it was read from.
        digest: sha256 over the model files, hexadecimal.
        variables: by name, parents before children.
        tables: by name, float arrays of shape (*parents, child), read-only, rows sum to one.
        settings: by name; empty for a foreign network.
        case_definition: the finding a setting enters, or None.
        diagnoses: named events, in order of display.
        gate: exclusive events shown first.
        gate_clear: probability from which the first row of the gate leads clearly, or None.
        targets: what etiology and site mean, or None.
        sites: by name.
        site_groups: group -> sites.
        analytes: by name.
        studies: by name.
        constraints: by name, that users may list.
        burden_weights: burden in utility units, by part.
        alias_findings: findings that are another name for states of a variable.
        stop_lines: contradictions that are said first.
        cautions: pitfalls, most urgent first.
        management: actions and their utilities, or None.
        evidence_rows: published numbers by key.
        floor: smallest probability of a finding's row.
        published: tables as written where `tables` holds a derived one (case definition), by name.
        target_tables: for target-specific findings, (place asked about, place of the gland, child), by name.
        foreign: True for a network of another program, which has variables and tables only.
        interventions: what can be changed before measuring again, by finding.
        second_slice: what was changed and which variables have a twin, or None.
    """

    id: str
    version: str
    title: str
    scope: str
    path: str
    digest: str
    variables: Mapping[str, Variable]
    tables: Mapping[str, NDArray[np.float64]]
    settings: Mapping[str, Setting] = field(default_factory=dict)
    case_definition: CaseDefinition | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    gate: tuple[GateRow, ...] = ()
    gate_clear: float | None = None
    targets: Targets | None = None
    sites: Mapping[str, Site] = field(default_factory=dict)
    site_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    analytes: Mapping[str, Analyte] = field(default_factory=dict)
    studies: Mapping[str, Study] = field(default_factory=dict)
    constraints: Mapping[str, Constraint] = field(default_factory=dict)
    burden_weights: Mapping[str, float] = field(default_factory=dict)
    alias_findings: Mapping[str, AliasFinding] = field(default_factory=dict)
    stop_lines: tuple[StopLine, ...] = ()
    cautions: tuple[Caution, ...] = ()
    management: Management | None = None
    evidence_rows: Mapping[str, EvidenceRow] = field(default_factory=dict)
    floor: float = 0.0
    published: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    target_tables: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    foreign: bool = False
    interventions: Mapping[str, Intervention] = field(default_factory=dict)
    second_slice: SecondSlice | None = None

    @property
    def site_variable(self) -> str | None:
        """The variable of the place to be found, or None for a network without one."""
        return None if self.targets is None else self.targets.site

    def original(self, name: str) -> str:
        """Return the variable a name of the second slice is the twin of, and any other name as it is."""
        return name if self.second_slice is None else self.second_slice.twins.get(name, name)

    def twins_of(self, name: str) -> tuple[str, ...]:
        """Return the names of a variable's twins in the second slice, none without one."""
        twins = {} if self.second_slice is None else self.second_slice.twins
        return tuple(twin for twin, original in twins.items() if original == name)

    @cached_property
    def graph(self) -> nx.DiGraph[str]:
        """The directed acyclic graph, nodes in topological order; frozen."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(self.variables)
        graph.add_edges_from((parent, name) for name, each in self.variables.items() for parent in each.parents)
        return nx.freeze(graph)

    def ancestors(self, name: str) -> frozenset[str]:
        """Return the names of everything a variable depends on, directly or not."""
        return frozenset(nx.ancestors(self.graph, name))

    def findings(self) -> list[FindingInfo]:
        """Return what a user may enter: variables, inputs of derived quantities, and aliases."""
        found = []
        for each in self.variables.values():
            if not each.enterable and not self.foreign:
                continue
            analyte = self.analytes.get(each.name)
            units = tuple(analyte.units) if analyte is not None and not analyte.states_only else ()
            if analyte is None and each.edges is not None:
                units = (each.unit or "1",)
            found.append(
                FindingInfo(each.name, each.label, each.role, each.states, each.groups, units, each.also, each.question)
            )
        for extra in self.analytes.values():
            if extra.input_only:
                units = tuple(extra.units)
                found.append(FindingInfo(extra.name, extra.label, "input", (), {}, units, extra.also, extra.question))
        for alias in self.alias_findings.values():
            groups = {state: tuple(members) for state, members in alias.states.items()}
            states = tuple(alias.states)
            found.append(FindingInfo(alias.name, alias.label, "alias", states, groups, (), alias.also, alias.question))
        return found
