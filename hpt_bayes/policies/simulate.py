"""Draw patients from the model in their setting, so that their truth is known.

Self-consistent patients come from the model that reasons about them. Misspecified ones come from versions of the model
whose every number was drawn within its uncertainty, while those who reason use the means: a model that is wrong in the
way it says it may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.number import checked_whole
from hpt_bayes.network.load import load_network
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.policies.simulated import SimulatedPatients
from hpt_bayes.reasoning.compiled import CompiledModel, compile_model
from hpt_bayes.reasoning.varying.drawn_models import target_tables
from hpt_bayes.reasoning.varying.drawn_tables import tables_with
from hpt_bayes.reasoning.varying.draws import draw_numbers
from hpt_bayes.validation.simulated import ancestral, chances

Advance = Callable[[int], object]
States = dict[str, NDArray[np.int64]]
Versions = tuple[Mapping[str, NDArray[np.float64]], NDArray[np.int64]]

MOST = 1_000_000
"""Patients of one question: each takes about a kilobyte."""
_CHUNK = 20
_ROUNDS = 10_000


def simulate(
    n: int,
    setting: str,
    seed: int = 0,
    misspecified: bool = True,
    network: Network | None = None,
    *,
    versions: int | None = None,
    advance: Advance = lambda _: None,
) -> SimulatedPatients:
    """Draw patients who meet the case definition of their setting.

    Args:
        n: how many.
        setting: one setting of the model.
        seed: the same seed gives the same patients.
        misspecified: each from its own draw of the model's numbers; False for the numbers as they are.
        network: the model; the packaged one when None.
        versions: how many versions of the numbers to deal the patients to, in turn; one each when None. A version
            of the packaged model takes some hundredths of a second.
        advance: told how many patients were drawn since it was last called.

    Returns:
        The patients.

    Raises:
        EvidenceError: fewer than one patient or version, a seed below 0, an unknown setting, a network without any,
            or a setting whose case definition nobody meets.
    """
    network = load_network() if network is None else network
    if network.foreign or not network.settings:
        raise EvidenceError(f"{network.id} has no settings, so no patients can be simulated")
    if setting not in network.settings:
        raise EvidenceError(f"unknown setting {setting!r}; {hint(setting, network.settings)}")
    checked_whole("seed", seed, 0)
    checked_whole("n", n, 1, MOST)
    if versions is not None:
        checked_whole("versions", versions, 1, MOST)
    model = compile_model(network, (setting,))
    count = min(n, versions or n) if misspecified else 1
    version = np.arange(n) % count
    random = np.random.default_rng([seed, crc32(setting.encode())])
    states: States = {}
    kept: dict[str, NDArray[np.float64]] = {}
    places: dict[str, NDArray[np.float64]] = {}
    for numbers, tables, targets in _versions(model, count, seed, misspecified):
        rows = np.flatnonzero((version >= numbers.start) & (version < numbers.stop))
        own = (tables, version[rows] - numbers.start)
        drawn = _confirmed(model, setting, random, own)
        asked = {name: _each(model, name, drawn, own) for name in _findings(model)}
        about = {name: _about(model, name, drawn, targets, own[1]) for name in network.target_tables}
        _put(states, drawn, rows, n)
        _put(kept, asked, rows, n)
        _put(places, about, rows, n)
        advance(len(rows))
    for array in (version, *states.values()):
        array.flags.writeable = False
    for figures in (*kept.values(), *places.values()):
        figures.flags.writeable = False
    return SimulatedPatients(model, setting, seed, misspecified, version, states, kept, places)


def _versions(
    model: CompiledModel, count: int, seed: int, misspecified: bool
) -> Iterator[tuple[range, Mapping[str, NDArray[np.float64]], Mapping[str, NDArray[np.float64]]]]:
    """Some versions at a time: their numbers, the tables that differ, and those of findings about a place."""
    if not misspecified:
        yield range(1), {}, {}
        return
    values = draw_numbers(model.network, model.network.variables, count, seed)
    for start in range(0, count, _CHUNK):
        few = {name: each[start : start + _CHUNK] for name, each in values.items()}
        tables = {model.names[axis]: table for axis, table in tables_with(model, few).items()}
        yield range(start, min(start + _CHUNK, count)), tables, target_tables(model, few)


def _findings(model: CompiledModel) -> list[str]:
    """What is drawn anew at every look: findings nothing else hangs on, and not about a place asked for."""
    graph, asked = model.network.graph, model.network.target_tables
    return [name for name in model.core.variables if not graph.out_degree(name) and name not in asked]


def _each(model: CompiledModel, name: str, drawn: States, own: Versions) -> NDArray[np.float64]:
    """P(state | the hidden state) of each patient, (patients, states)."""
    return np.broadcast_to(chances(model.core, name, drawn, own), (len(own[1]), model.core.variables[name].size))


def _about(
    model: CompiledModel,
    name: str,
    drawn: States,
    targets: Mapping[str, NDArray[np.float64]],
    version: NDArray[np.int64],
) -> NDArray[np.float64]:
    """P(state | the place asked about, the true place), (patients, places asked about, states)."""
    network = model.network
    about = network.variables[name].target_of or ""
    true = model.kept[about][drawn[about]]
    if name in targets:
        return np.asarray(targets[name][version, :, true])
    return np.asarray(network.target_tables[name][:, true].transpose(1, 0, 2))


def _confirmed(model: CompiledModel, setting: str, random: np.random.Generator, own: Versions) -> States:
    """Patients who meet the case definition, each from its own version: those who do not are drawn again."""
    definition, core = model.network.case_definition, model.core
    entered = definition is not None and setting in definition.settings
    needed = dict(definition.enters) if entered and definition is not None else {}
    tables, version = own
    left = np.arange(len(version))
    states: States = {name: np.zeros(len(version), dtype=np.int64) for name in core.variables}
    for _ in range(_ROUNDS):
        drawn = ancestral(core, len(left), random, (tables, version[left]))
        inside = np.ones(len(left), dtype=bool)
        for name, state in needed.items():
            variable = core.variables[name]
            members = [variable.states.index(each) for each in variable.members(str(state)) or ()]
            inside &= np.isin(drawn[name], members)
        for name, values in drawn.items():
            states[name][left[inside]] = values[inside]
        left = left[~inside]
        if not len(left):
            return states
    raise EvidenceError(f"no patient of {setting} met the case definition in {_ROUNDS} draws")


def _put(into: dict[str, NDArray[Any]], found: Mapping[str, NDArray[Any]], rows: NDArray[np.int64], n: int) -> None:
    """Put the values of some patients among those of all, by name."""
    for name, values in found.items():
        if name not in into:
            into[name] = np.zeros((n, *values.shape[1:]), dtype=values.dtype)
        into[name][rows] = values
