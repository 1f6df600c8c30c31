"""Names resolved: parents that exist, generated states, measurements as variables, no cycle, topological order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import networkx as nx

from hpt_bayes.network.analytes import Analyte, check_analyte_levels
from hpt_bayes.network.draft import Draft
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.sites import Site, check_sites
from hpt_bayes.network.variable_file import make_variable, range_members
from hpt_bayes.network.variables import Variable
from hpt_bayes.network.yaml_reader import place_of

FOCUS = "focus"


def resolve_sites(draft: Draft, faults: Faults) -> tuple[dict[str, Site], dict[str, tuple[str, ...]]]:
    """Return sites and site groups by name, checked.

    Raises:
        ModelFileError: a site twice, an unknown neighbour, a group of unknown sites (through `faults`).
    """
    manifest = draft.manifest
    sites: dict[str, Site] = {}
    for site in manifest.sites:
        if site.name in sites:
            place = site.place_of("name")
            faults(place.error(f"expected each site once, found {site.name!r} again; first at {sites[site.name].at}"))
            continue
        sites[site.name] = site
    check_sites(sites, faults)
    groups: dict[str, tuple[str, ...]] = {}
    for name, members in manifest.site_groups.items():
        for member in members:
            if member not in sites:
                place = manifest.place_of("site_groups")
                faults(place.error(f"expected sites in the group {name!r}, found {member!r}; {hint(member, sites)}"))
        groups[name] = tuple(member for member in members if member in sites)
    return sites, groups


def localization_states(
    reports: tuple[str, ...], sites: Mapping[str, Site], groups: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return the states of a localisation finding and its groups.

    Args:
        reports: sites and site groups it can report a focus at.
        sites: by name, in file order.
        groups: site group -> sites.

    Returns:
        (negative, equivocal, focus@site for each reported site, several, diffuse), and the groups `focus` and
        `focus@group` for every site group with a reported site.
    """
    reported = {site for name in reports for site in groups.get(name, (name,))}
    foci = {site: f"{FOCUS}@{site}" for site in sites if site in reported}
    named = {FOCUS: tuple(foci.values())}
    for name, members in groups.items():
        inside = tuple(foci[site] for site in members if site in foci)
        if inside and name not in foci:
            named[f"{FOCUS}@{name}"] = inside
    return ("negative", "equivocal", *foci.values(), "several", "diffuse"), named


def resolve_variables(
    draft: Draft, sites: Mapping[str, Site], groups: Mapping[str, tuple[str, ...]], faults: Faults
) -> dict[str, Variable]:
    """Return all variables, parents before children; measurements are leaves made from the analytes.

    Raises:
        ModelFileError: unknown parents, levels or reported sites, a name used twice, a cycle (through `faults`).
    """
    variables: dict[str, Variable] = {}
    for name, written in draft.variables.items():
        spec = written.spec
        generated = None
        if spec is not None and spec.kind == "localization":
            reports = tuple(getattr(spec, "reports", ()))
            for position, report in enumerate(reports):
                if report not in sites and report not in groups:
                    place = place_of(written.text, ["table", "reports", position]) or written.entry.at
                    valid = [*groups, *sites]
                    faults(
                        place.error(f"expected a site or site group to report, found {report!r}; {hint(report, valid)}")
                    )
            generated = localization_states(reports, sites, groups)
        elif written.entry.kind == "localization":
            generated = (("negative",), {})
        variables[name] = make_variable(written.entry, spec, generated, faults)
    site_variable = draft.manifest.targets.site if draft.manifest.targets is not None else None
    if site_variable is not None and site_variable in variables:
        variables[site_variable] = _with_sites(variables[site_variable], sites, groups, faults)
    for name, variable in variables.items():
        if variable.target_of is not None and not variable.parents:
            variables[name] = replace(variable, parents=(variable.target_of,))
    _check_parents(draft, variables, faults)
    for analyte in draft.analytes.values():
        with faults.caught():
            _add_measurement(analyte, variables, draft, faults)
    return _sorted(variables, faults)


def _with_sites(
    variable: Variable, sites: Mapping[str, Site], groups: Mapping[str, tuple[str, ...]], faults: Faults
) -> Variable:
    for state in variable.states:
        if state not in sites:
            faults(
                variable.place.error(
                    f"expected a site for every state of {variable.name}, found none for {state!r}; "
                    f"{hint(state, sites)}"
                )
            )
    for site in sites.values():
        if site.name not in variable.states:
            faults(
                site.place_of("name").error(
                    f"expected a state of {variable.name}, found {site.name!r}; {hint(site.name, variable.states)}"
                )
            )
    known = {name: tuple(each for each in members if each in variable.states) for name, members in groups.items()}
    also = {name: state.name for state in sites.values() if state.name in variable.states for name in state.also}
    return replace(variable, groups={**known, **variable.groups}, state_aliases={**also, **variable.state_aliases})


def _check_parents(draft: Draft, variables: dict[str, Variable], faults: Faults) -> None:
    for name, variable in list(variables.items()):
        known = []
        for position, parent in enumerate(variable.parents):
            if parent in variables:
                known.append(parent)
            elif parent not in draft.broken:
                place = place_of(draft.variables[name].text, ["parents", position]) or variable.place
                faults(
                    place.error(f"expected a variable as parent of {name}, found {parent!r}; {hint(parent, variables)}")
                )
        if len(known) < len(variable.parents):
            variables[name] = replace(variable, parents=tuple(known), spec=None)


def _add_measurement(analyte: Analyte, variables: dict[str, Variable], draft: Draft, faults: Faults) -> None:
    if analyte.name in variables:
        first = variables[analyte.name].place
        place = analyte.place_of("name")
        raise place.error(f"expected a name no variable has, found {analyte.name!r}, a variable at {first}")
    if analyte.level is None or analyte.level in draft.broken:
        return
    check_analyte_levels(analyte, {name: each for name, each in variables.items() if each.role == "level"})
    level = variables[analyte.level]
    parents = [level.name]
    if level.edges is None:
        raise analyte.place_of("level").error(f"expected a level with steps for {analyte.name}, found {level.name!r}")
    if analyte.corrupted_by is not None:
        other = analyte.corrupted_by
        if other.variable not in variables:
            valid = hint(other.variable, variables)
            raise other.place_of("variable").error(f"expected a variable, found {other.variable!r}; {valid}")
        states = variables[other.variable].states
        if other.state not in states:
            raise other.place_of("state").error(
                f"expected a state of {other.variable}, found {other.state!r}; {hint(other.state, states)}"
            )
        parents.append(other.variable)
    groups = dict(level.groups)
    if analyte.groups is not None:
        texts = tuple(f"{edge:g}" for edge in level.edges)
        at = analyte.place_of("groups")
        groups = {
            name: range_members(name, ends, level.edges, texts, level.states, at, faults)
            for name, ends in analyte.groups.items()
        }
    variables[analyte.name] = Variable(
        name=analyte.name,
        label=analyte.label,
        role="measurement",
        states=level.states,
        parents=tuple(parents),
        groups={name: members for name, members in groups.items() if members},
        edges=level.edges,
        support=level.support,
        scale=level.scale,
        unit=level.unit,
        also=analyte.also,
        question=analyte.question,
        place=analyte.place_of("name"),
    )


def _sorted(variables: Mapping[str, Variable], faults: Faults) -> dict[str, Variable]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(variables)
    graph.add_edges_from((parent, name) for name, each in variables.items() for parent in each.parents)
    order = {name: position for position, name in enumerate(variables)}
    while not nx.is_directed_acyclic_graph(graph):
        cycle = [first for first, _ in nx.find_cycle(graph)]
        start = min(range(len(cycle)), key=lambda position: order[cycle[position]])
        cycle = cycle[start:] + cycle[:start]
        path = " -> ".join([*cycle, cycle[0]])
        faults(variables[cycle[0]].place.error(f"expected no cycle among parents, found {path}"))
        graph.remove_edge(cycle[-1], cycle[0])
        changed = variables[cycle[0]]
        kept = tuple(parent for parent in changed.parents if parent != cycle[-1])
        variables = {**variables, cycle[0]: replace(changed, parents=kept, spec=None)}
    return {name: variables[name] for name in nx.lexicographical_topological_sort(graph, key=order.__getitem__)}
