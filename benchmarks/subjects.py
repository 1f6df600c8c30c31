"""What the questions are asked of: a patient of the packaged network, and published networks with evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks.plain import Plain, plain
from hpt_bayes.case import Case, read_case
from hpt_bayes.engine import EvidenceFactors
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import CompiledModel, compile_model, engine_evidence

PUBLISHED = ("alarm", "hepar2", "win95pts")
PATIENT = "fhh-trap"
_OBSERVED = 3
"""Every third variable of a published network is observed."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A network with evidence.

    Attributes:
        name: of the network.
        case: the patient, or the evidence on a published network.
        target: the variable that one-target questions are about.
    """

    name: str
    case: Case
    target: str

    @cached_property
    def model(self) -> CompiledModel:
        """The compiled network."""
        return compile_model(self.case.facts.network, self.case.facts.settings)

    def bars(self, **times: float) -> Mapping[str, float]:
        """How many times faster than each program it should be; bars are set for the packaged network only."""
        return {} if self.case.facts.network.foreign else times

    @property
    def entered(self) -> EnteredEvidence:
        """Interpreted evidence."""
        return self.case.evidence

    @cached_property
    def evidence(self) -> EvidenceFactors:
        """Evidence as the engine takes it."""
        return engine_evidence(self.model, self.entered)

    @cached_property
    def plain(self) -> Plain:
        """Network and evidence as the other programs take them."""
        return plain(self.model, self.evidence)


def patient(network: Network | None = None) -> Subject:
    """An example case of the packaged network; its one target is the place of the gland."""
    case = read_case(PATIENT, network)
    assert case.facts.network.site_variable is not None
    return Subject("hyperparathyroidism", case, case.facts.network.site_variable)


def sampled(network: Network, rng: np.random.Generator) -> dict[str, int]:
    """A state of every variable, drawn from the network, so that evidence taken from it is possible."""
    states: dict[str, int] = {}
    for name, variable in network.variables.items():  # parents come first
        row = network.tables[name][tuple(states[parent] for parent in variable.parents)]
        states[name] = int(rng.choice(len(row), p=row))
    return states


def published(name: str) -> Subject:
    """A network that pgmpy carries, with evidence on every third variable; its target has the most children.

    Args:
        name: one of PUBLISHED, or any other file of pgmpy's example models.
    """
    spec = find_spec("pgmpy")
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin).parent / "utils" / "example_models" / f"{name}.bif.gz"
    network = load_network(path)
    states = sampled(network, np.random.default_rng(7))
    case = Case(network)
    for variable in list(network.variables.values())[::_OBSERVED]:
        case = case.observe(variable.name, variable.states[states[variable.name]])
    children = {each: 0 for each in network.variables if each not in case.evidence.findings}
    for variable in network.variables.values():
        for parent in set(variable.parents) & children.keys():
            children[parent] += 1
    return Subject(name, case, max(children, key=lambda each: children[each]))
