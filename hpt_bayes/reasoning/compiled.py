"""The one place where names become axes: a network compiled for the engine, and evidence translated for it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated, CompiledNetwork, EvidenceFactors, LostTerms, compile_network, propagate
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import SETTING
from hpt_bayes.reasoning.diagnoses import TargetSpace, target_space
from hpt_bayes.reasoning.restricted import kept_states, restricted


@dataclass(frozen=True, eq=False)
class CompiledModel:
    """A network in one setting, with its junction tree and the axes of its names.

    Attributes:
        network: what is believed, as loaded; for names, labels and answers.
        core: the network over the states the setting leaves possible; for axes, because the engine's are its states.
        kept: positions in `network` of the states of `core`, by variable.
        engine: the junction tree, arrays only.
        axis: number of each variable in the engine.
        names: name of each engine variable.
        targets: the joint space of diagnoses and place; empty for a foreign network.
        log_settings: natural log of P(settings), which the engine's P(e) is conditional on; 0 without settings.
    """

    network: Network
    core: Network
    kept: Mapping[str, NDArray[np.intp]]
    engine: CompiledNetwork
    axis: Mapping[str, int]
    names: tuple[str, ...]
    targets: TargetSpace
    log_settings: float

    def axes(self, names: Iterable[str]) -> tuple[int, ...]:
        """Engine variables of several names, in order."""
        return tuple(self.axis[name] for name in names)

    def cards(self, names: Iterable[str]) -> tuple[int, ...]:
        """Number of states of several variables, in order."""
        return tuple(len(self.core.variables[name].states) for name in names)

    def marginal(self, calibrated: Calibrated, name: str) -> NDArray[np.float64]:
        """P(variable | e) of a batch of one over all states of the network as loaded, (states,)."""
        full = np.zeros(self.network.variables[name].size)
        full[self.kept[name]] = np.minimum(calibrated.marginal(self.axis[name])[0], 1.0)
        return full


_COMPILED: WeakKeyDictionary[Network, dict[tuple[str, ...], CompiledModel]] = WeakKeyDictionary()


def compile_model(network: Network, settings: tuple[str, ...] = ()) -> CompiledModel:
    """Compile a network once per setting; later calls with the same network and settings return the same object.

    Args:
        network: as loaded.
        settings: those the case may be in; none for a foreign network.

    Returns:
        The compiled model.

    Raises:
        NetworkTooWide: when exact inference is out of reach.
    """
    known = _COMPILED.setdefault(network, {})
    if settings not in known:
        known[settings] = _compiled(network, settings)
    return known[settings]


def _compiled(network: Network, settings: tuple[str, ...]) -> CompiledModel:
    kept = kept_states(network, settings)
    core = restricted(network, kept)
    names = tuple(core.variables)
    axis = {name: number for number, name in enumerate(names)}
    targets = target_space(core)
    engine = compile_network(
        [variable.size for variable in core.variables.values()],
        [tuple(axis[parent] for parent in variable.parents) for variable in core.variables.values()],
        [core.tables[name] for name in names],
        together=[tuple(axis[name] for name in targets.variables)] if targets.variables else [],
        # Context is mostly entered: it counts for half as much when the tree is made small.
        expected=[each.size**0.5 if each.role == "context" else each.size for each in core.variables.values()],
    )
    log_settings = float(np.log(network.tables[SETTING][kept[SETTING]].sum())) if settings else 0.0
    return CompiledModel(network, core, kept, engine, axis, names, targets, log_settings)


def engine_evidence(
    model: CompiledModel, entered: EnteredEvidence, findings: Container[str] | None = None
) -> EvidenceFactors:
    """What was entered, as the engine takes it.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        findings: names of the findings to include; all when None.

    Returns:
        Evidence for a batch of one; a state that the setting rules out becomes evidence of probability zero.
    """

    def included(finding: str) -> bool:
        return findings is None or finding in findings

    hard: dict[int, int] = {}
    likelihoods: list[tuple[int, NDArray[np.float64]]] = []
    for name, state in entered.hard.items():
        if included(entered.hard_finding(name)):
            kept = model.kept[name]
            if state in kept:
                hard[model.axis[name]] = int(np.searchsorted(kept, state))
            else:
                likelihoods.append((model.axis[name], np.zeros(len(kept))))
    likelihoods += [
        (model.axis[item.variable], item.vector[model.kept[item.variable]])
        for item in entered.likelihoods
        if included(item.finding)
    ]
    factors = tuple(
        (model.axes(item.scope), item.array[np.ix_(*(model.kept[name] for name in item.scope))])
        for item in entered.factors
        if included(item.finding)
    )
    return EvidenceFactors(hard=hard, likelihoods=tuple(likelihoods), factors=factors)


def observed_variables(entered: EnteredEvidence) -> frozenset[str]:
    """Names of the variables and findings that entries speak of."""
    about = {item.variable for item in entered.likelihoods} | {item.finding for item in entered.factors}
    return frozenset(entered.hard) | about | frozenset(entered.findings)


def calibrate(model: CompiledModel, entered: EnteredEvidence) -> Calibrated:
    """Propagate everything that was entered.

    Args:
        model: the compiled network.
        entered: interpreted evidence.

    Returns:
        Marginals, joints and log P(e) of a batch of one.

    Raises:
        EvidenceError: the findings are so improbable that double precision lost a term.
    """
    try:
        return propagate(model.engine, engine_evidence(model, entered))
    except LostTerms:
        raise too_improbable(entered) from None


def too_improbable(entered: EnteredEvidence) -> EvidenceError:
    """The refusal (not raised here) of findings that are possible, but below the smallest number together."""
    return EvidenceError(
        "these findings are possible together, but too improbable for double precision: "
        f"{'; '.join(entered.describe(name) for name in entered.findings)}; retract or widen one of them"
    )
