"""What a study can show: each of its findings with the results people distinguish and P(result | parents)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.evidence.categorical import reading_correlation, state_vector, target_sites
from hpt_bayes.evidence.field_of_view import fields_of_view
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.evidence.observation import Observation
from hpt_bayes.network.remembered import once
from hpt_bayes.network.repeated import predictive_table
from hpt_bayes.network.studies import Study
from hpt_bayes.network.variables import Variable
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.studies.information import ResultModel


@dataclass(frozen=True)
class Outlook:
    """A study and how its findings will come out.

    Attributes:
        name: of the study, or of the variable in a foreign network.
        study: as in the model file; None in a foreign network.
        findings: one model a finding.
        impossible: why it cannot be done although no constraint excludes it, or "".
    """

    name: str
    study: Study | None
    findings: tuple[ResultModel, ...]
    impossible: str = ""

    @property
    def result_names(self) -> tuple[str, ...]:
        """Names of the joint results, the last finding varying fastest."""
        return tuple(" + ".join(names) for names in product(*(finding.results for finding in self.findings)))


def outlook_of_variable(model: CompiledModel, name: str) -> Outlook:
    """A variable of a foreign network as a study of itself."""
    return Outlook(name, None, (_result_model(model, name, (), ()),))


def outlook(
    model: CompiledModel, entered: EnteredEvidence, calibrated: Calibrated, study: Study, asked: Sequence[str]
) -> Outlook:
    """How a study will come out in one case.

    Args:
        model: the compiled network.
        entered: interpreted evidence; earlier readings of a finding make a repeat less of a surprise.
        calibrated: its propagation, to choose the place to puncture.
        study: one of the network's studies.
        asked: the target variables; a finding that is one of them is looked at directly.

    Returns:
        The outlook.
    """
    network = model.network
    findings = []
    impossible = ""
    for finding in study.reveals:
        told = [each for each in entered.observations if each.finding == finding and _says_something(each)]
        if network.variables[finding].target_of is None:
            findings.append(_result_model(model, finding, told, asked))
            continue
        place = seen_target(model, entered, calibrated)
        if place is None:
            impossible = "no target has been seen that could be punctured"
            place = next(iter(network.sites))
        findings.append(_at_place(model, finding, place, told))
    return Outlook(study.name, study, tuple(findings), impossible)


def seen_target(model: CompiledModel, entered: EnteredEvidence, calibrated: Calibrated) -> str | None:
    """The most probable place among those where a scan showed a focus, or None."""
    site = model.targets.site
    seen = seen_places(entered)
    if site is None or not seen:
        return None
    states = model.network.variables[site].states
    marginal = model.marginal(calibrated, site)
    return max(seen, key=lambda place: float(marginal[states.index(place)]))


def seen_places(entered: EnteredEvidence) -> frozenset[str]:
    """The places where a scan showed a focus."""
    foci = [entry for entry in entered.observations if entry.result is not None and entry.result.startswith("focus")]
    return frozenset(place for entry in foci for place in entry.sites)


def result_at_place(model: CompiledModel, entered: EnteredEvidence, finding: str, place: str) -> ResultModel:
    """How the finding of a puncture at a place will come out.

    Args:
        model: the compiled network.
        entered: interpreted evidence; earlier readings at the place make a repeat less of a surprise.
        finding: that is about a place.
        place: to puncture.

    Returns:
        The model of its results.
    """
    told = [each for each in entered.observations if each.finding == finding and _says_something(each)]
    return _at_place(model, finding, place, told)


def _says_something(entry: Observation) -> bool:
    return bool(entry.states) or entry.likelihood is not None


def _at_place(model: CompiledModel, finding: str, place: str, told: Sequence[Observation]) -> ResultModel:
    """P(result at a place | place of the gland), given earlier readings at the same place."""
    network = model.network
    variable = network.variables[finding]
    about = variable.target_of or ""
    table = network.target_tables[finding][target_sites(network, variable).index(place)][model.kept[about]]
    earlier = [state_vector(variable.states, entry) for entry in told if entry.sites == (place,)]
    if earlier:
        table = predictive_table(table, earlier, reading_correlation(variable) or 0.0)
    return ResultModel((about,), tuple(f"{state}@{place}" for state in variable.states), table)


def _result_model(model: CompiledModel, finding: str, told: Sequence[Observation], asked: Sequence[str]) -> ResultModel:
    """P(result | parents) of a leaf; a variable with children, or asked about, is looked at directly."""
    variable = model.core.variables[finding]
    if finding in asked or model.network.graph.out_degree(finding):
        parents: tuple[str, ...] = (finding,)
        table: NDArray[np.float64] = np.eye(variable.size)
    else:
        parents, table = variable.parents, _fresh_or_repeat(model, finding, told)
    if variable.edges is None:
        return ResultModel(parents, variable.states, table)
    names, members = distinguished(variable)
    return ResultModel(parents, names, np.stack([table[..., list(steps)].sum(axis=-1) for steps in members], axis=-1))


def _fresh_or_repeat(model: CompiledModel, finding: str, told: Sequence[Observation]) -> NDArray[np.float64]:
    """P(a further reading | parents, earlier readings of the same kind).

    Readings of a measurement are independent looks at its level, and a scan with another field of view is another
    study; a finding without a correlation of readings is a fact, so asking again tells what is known.
    """
    variable, table = model.network.variables[finding], model.core.tables[finding]
    other_views = fields_of_view(variable)[1:]
    earlier = [
        state_vector(variable.states, entry)[model.kept[finding]]
        for entry in told
        if entry.attribute("field") not in other_views
    ]
    if not earlier or variable.role == "measurement":
        return table
    correlation = reading_correlation(variable)
    return predictive_table(table, earlier, 1.0 if correlation is None else correlation)


@once
def distinguished(variable: Variable) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """Steps of a numeric variable gathered into the finest cells its groups distinguish.

    Args:
        variable: with steps.

    Returns:
        Name of each cell and the positions of its steps, in order. A cell that is a group has its name; one that is
        part of a group is named with its range, `high, 1 to 5`, because the word alone means the whole group.
    """
    cells: dict[frozenset[str], list[int]] = {}
    for position, state in enumerate(variable.states):
        key = frozenset(name for name, states in variable.groups.items() if state in states)
        cells.setdefault(key, []).append(position)
    names = []
    for key, positions in cells.items():
        told = [name for name in variable.groups if name in key]
        smallest = min(told, key=lambda name: len(variable.groups[name]), default=None)
        if smallest is None:
            names.append(_range(variable, positions))
        elif len(positions) == sum(state in variable.groups[smallest] for state in variable.states):
            names.append(smallest)
        else:
            names.append(f"{smallest}, {_range(variable, positions)}")
    return tuple(names), tuple(tuple(positions) for positions in cells.values())


def _range(variable: Variable, positions: Sequence[int]) -> str:
    """The numbers some neighbouring steps cover."""
    edges = variable.edges or ()
    first, last = positions[0], positions[-1]
    if first == 0:
        return f"below {edges[last]:g}" if last < len(edges) else "any"
    return f"{edges[first - 1]:g} to {edges[last]:g}" if last < len(edges) else f"{edges[first - 1]:g} or over"
