"""What a finding is: the name a user writes becomes one of a few kinds, each with its own states, sites and units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.analytes import Analyte
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.remembered import remembered
from hpt_bayes.network.variables import SETTING, Variable

Kind = Literal["measurement", "input", "steps", "localisation", "site_specific", "states", "alias"]

AT = "@"
FOCUS = "focus"
SEVERAL = "several"
EQUIVOCAL = "equivocal"
NONDIAGNOSTIC = "nondiagnostic"


@dataclass(frozen=True)
class Finding:
    """Something a user may enter.

    Attributes:
        name: as in the network.
        label: words for people.
        kind: measurement (a number through its analyte), input (only used in derived quantities), steps (a number that
            is a state), localisation (foci at sites), site_specific (about one punctured place), states, alias (another
            name for states of a variable).
        states: states it can be entered in, in table order.
        groups: group name -> states.
        state_aliases: other spelling -> state.
        variable: the node it is entered on, None for an input.
        analyte: units and limits, None for anything not measured.
    """

    name: str
    label: str
    kind: Kind
    states: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    state_aliases: Mapping[str, str]
    variable: Variable | None = None
    analyte: Analyte | None = None

    @property
    def numeric(self) -> bool:
        """Whether a number can be entered."""
        return self.kind in ("measurement", "input", "steps") and not (self.analyte and self.analyte.states_only)

    @property
    def sites(self) -> tuple[str, ...]:
        """Sites this finding can report a focus at, in table order."""
        prefix = FOCUS + AT
        return tuple(state.removeprefix(prefix) for state in self.states if state.startswith(prefix))

    @property
    def words(self) -> tuple[str, ...]:
        """States and groups as shown in a message; foci at their many sites are one word, `focus`."""
        plain = [state for state in self.states if AT not in state]
        foci = [FOCUS] if self.sites else []
        if self.analyte is not None or self.kind == "steps":
            return tuple(group for group in self.groups if AT not in group) or tuple(plain)
        groups = [group for group in self.groups if AT not in group and group != FOCUS]
        return tuple(dict.fromkeys([*plain[:1], *foci, *plain[1:], *groups]))


def spelled(name: str) -> str:
    """Return a name without what people write differently: letter case, spaces, hyphens."""
    return "_".join(name.strip().casefold().replace("-", " ").split())


def finding_named(network: Network, name: str) -> Finding:
    """Return the finding a user means.

    Args:
        network: what is believed.
        name: as written; another name of the finding and another spelling are accepted.

    Returns:
        The finding; its `name` differs from `name` when another name was used.

    Raises:
        EvidenceError: nothing, or nothing that can be observed, has that name; or it fits several findings.
    """
    if not isinstance(name, str):
        raise EvidenceError(f"expected the name of a finding, found {name!r}")
    known = _enterable(network)
    if name in known:
        return _finding(network, name)
    also = _other_names(network)
    if name in also:
        return _finding(network, also[name])
    fits = {known_name for known_name in known if spelled(known_name) == spelled(name)}
    fits |= {target for other, target in also.items() if spelled(other) == spelled(name)}
    if len(fits) == 1:
        return _finding(network, fits.pop())
    if len(fits) > 1:
        raise EvidenceError(f"{name!r} fits several findings: {', '.join(sorted(fits))}; write one of them")
    raise EvidenceError(_unknown(network, name, [*known, *also]))


@remembered
def _enterable(network: Network) -> Mapping[str, None]:
    names = [each.name for each in network.variables.values() if each.enterable or network.foreign]
    names = [name for name in names if name != SETTING or not network.settings]
    names += [each.name for each in network.analytes.values() if each.input_only]
    return dict.fromkeys([*names, *network.alias_findings])


@remembered
def _other_names(network: Network) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for name in _enterable(network):
        also: list[str] = []
        if name in network.variables:
            also += network.variables[name].also
        if name in network.analytes:
            also += network.analytes[name].also
        if name in network.alias_findings:
            also += network.alias_findings[name].also
        names |= {other: name for other in also if other not in names}
    return names


def _unknown(network: Network, name: str, valid: Iterable[str]) -> str:
    if name == SETTING:
        return "the setting is not a finding; it is given with the case: setting=... or, in a case file, setting: ..."
    if network.case_definition is not None and name == network.case_definition.name:
        return f"{name} is entered with the setting; it can be retracted but not observed"
    if name in network.variables:
        read_by = [
            each.name
            for each in sorted(network.variables.values(), key=lambda each: each.role != "measurement")
            if name in each.parents and each.enterable
        ]
        instead = f"; enter {', '.join(read_by[:4])}" if read_by else f"; {hint(name, valid)}"
        return f"{name} is inferred, it cannot be observed{instead}"
    return f"unknown finding {name!r}; {hint(name, valid)}"


@remembered
def _finding(network: Network, name: str) -> Finding:
    if name in network.alias_findings:
        alias = network.alias_findings[name]
        target = network.variables[alias.variable]
        return Finding(name, alias.label, "alias", tuple(alias.states), {}, {}, target)
    analyte = network.analytes.get(name)
    if analyte is not None and analyte.input_only:
        return Finding(name, analyte.label, "input", (), {}, {}, None, analyte)
    variable = network.variables[name]
    return Finding(
        name, variable.label, _kind(variable, analyte), variable.states, variable.groups, variable.state_aliases,
        variable, analyte,
    )  # fmt: skip


def _kind(variable: Variable, analyte: Analyte | None) -> Kind:
    if analyte is not None:
        return "measurement"
    if variable.edges is not None:
        return "steps"
    if variable.target_of is not None:
        return "site_specific"
    if any(state.startswith(FOCUS + AT) for state in variable.states):
        return "localisation"
    return "states"
