"""What every action is worth in every state of a case: the arrays that decisions and the value of studies work on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from reprlib import repr as brief
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import EvidenceFactors, propagate
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.events import Event, event_array
from hpt_bayes.network.management import AimedAction, Management
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.remembered import remembered
from hpt_bayes.network.utilities import expand_utilities
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.shown import shows


@dataclass(frozen=True, eq=False)
class DecisionProblem:
    """Actions, states and utilities of one case.

    Attributes:
        actions: those that exist in the setting and are not contraindicated.
        states: cause class and region together, `single_gland@left_neck`; those the setting leaves possible.
        utilities: for the indication and operative risk of the case, (actions, states).
        of_target: state of each configuration of `model.targets.variables`, the last varying fastest,
            (configurations,); a configuration the setting rules out has probability zero and is given state 0.
        indication: the one that is shown, or the share of each where nothing entered decides it.
        risk: of operating in the neck.
    """

    actions: tuple[str, ...]
    states: tuple[str, ...]
    utilities: NDArray[np.float64]
    of_target: NDArray[np.int64]
    indication: str | Mapping[str, float]
    risk: str


def decision_problem(
    model: CompiledModel, entered: EnteredEvidence, utilities: Mapping[str, float] | None = None
) -> DecisionProblem | None:
    """The decision problem of a case.

    Args:
        model: the compiled network.
        entered: interpreted evidence; it decides indication, risk and contraindications, never a posterior.
        utilities: numbers to use instead of those of the model file, by dotted name.

    Returns:
        The problem; None for a network without actions.

    Raises:
        EvidenceError: an unknown name, or a number outside 0 to 1.
    """
    management = model.network.management
    if management is None:
        return None
    numbers = used_numbers(management, utilities or {})
    table = expand_utilities(management, numbers) if utilities else _usual_worth(model.network)
    space = _states(model, management)
    indication = _indication(model.network, entered, management, numbers)
    weights = [
        float(each.name == indication) if isinstance(indication, str) else indication[each.name]
        for each in management.indications
    ]
    risk = _risk(model.network, entered, management)
    position = [each.name for each in management.risks].index(risk)
    by_case = np.tensordot(table[..., position], np.array(weights), axes=1).reshape(len(management.aimed), -1)
    kept = [
        row
        for row, aimed in enumerate(management.aimed)
        if exists(aimed, entered) and not contraindications(model.network, entered, aimed)
    ]
    worth = by_case[kept][:, space.positions]
    worth.flags.writeable = False
    actions = tuple(management.aimed[row].name for row in kept)
    return DecisionProblem(actions, space.names, worth, space.of_target, indication, risk)


@remembered
def _usual_worth(network: Network) -> NDArray[np.float64]:
    """The utilities of the model file, expanded once."""
    assert network.management is not None
    table = expand_utilities(network.management, used_numbers(network.management, {}))
    table.flags.writeable = False
    return table


def exists(aimed: AimedAction, entered: EnteredEvidence) -> bool:
    """Whether an action exists in the setting, or in one of the settings the case may be in."""
    return not aimed.action.settings or not set(aimed.action.settings).isdisjoint(entered.settings)


def contraindications(network: Network, entered: EnteredEvidence, aimed: AimedAction) -> tuple[str, ...]:
    """The reasons why an action must not be taken in this patient."""
    return tuple(each.reason for each in aimed.action.contraindications if shows(network, entered, each.when))


def used_numbers(management: Management, utilities: Mapping[str, float]) -> dict[str, float]:
    """The numbers of the model file with those of the user in their place.

    Args:
        management: as loaded.
        utilities: by dotted name; the name of a number given by indication or risk without its last part sets all.

    Returns:
        Every number by dotted name; the shares of the indications are scaled to sum to one.

    Raises:
        EvidenceError: no mapping, an unknown name, a number outside 0 to 1, or shares that are all zero.
    """
    if not isinstance(utilities, Mapping):
        raise EvidenceError(f"expected utilities by name, like {{'share.met': 0.5}}, found {brief(utilities)}")
    numbers = dict(management.numbers)
    for name, value in utilities.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            raise EvidenceError(f"expected a number between 0 and 1 for the utility {name}, found {brief(value)}")
        meant = [name] if name in numbers else [each for each in numbers if each.startswith(f"{name}.")]
        if not meant or (name not in numbers and name.count(".") < 1):
            raise EvidenceError(f"unknown utility {name!r}; {hint(name, numbers)}")
        numbers |= dict.fromkeys(meant, float(value))
    shares = [f"share.{each.name}" for each in management.indications]
    total = sum(numbers[name] for name in shares)
    if total <= 0:
        raise EvidenceError(f"expected shares that are not all zero, found 0 for {', '.join(shares)}")
    return numbers | {name: numbers[name] / total for name in shares}


def read_utilities(texts: Iterable[str]) -> dict[str, float]:
    """Utilities as written on a command line.

    Args:
        texts: `NAME=VALUE` each, e.g. `loss.missed_fhh=0.2`.

    Returns:
        Numbers by dotted name.

    Raises:
        EvidenceError: for a text of another form.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise EvidenceError(f"expected a utility as NAME=VALUE, e.g. loss.missed_fhh=0.2, found {text!r}") from None
    return found


@dataclass(frozen=True, eq=False)
class _States:
    names: tuple[str, ...]
    positions: NDArray[np.intp]
    of_target: NDArray[np.int64]


_KNOWN: WeakKeyDictionary[CompiledModel, _States] = WeakKeyDictionary()


def _states(model: CompiledModel, management: Management) -> _States:
    """Classes and regions the setting leaves possible; computed once per compiled model."""
    if model not in _KNOWN:
        _KNOWN[model] = _possible_states(model, management)
    return _KNOWN[model]


def _possible_states(model: CompiledModel, management: Management) -> _States:
    regions = management.regions
    classes = _first_that_holds(model, [each.when for each in management.classes])
    places = _first_that_holds(model, [each.when for each in regions])
    pairs = classes * len(regions) + places
    prior = propagate(model.engine, EvidenceFactors(hard={}, likelihoods=(), factors=()))
    possible = prior.joint(model.axes(model.targets.variables))[0].reshape(-1) > 0
    found = np.unique(pairs[possible])
    of_target = np.where(possible, np.searchsorted(found, pairs), 0).astype(np.int64)
    of_target.flags.writeable = False
    names = tuple(
        f"{management.classes[pair // len(regions)].name}@{regions[pair % len(regions)].name}" for pair in found
    )
    return _States(names, found, of_target)


def _first_that_holds(model: CompiledModel, events: list[Event]) -> NDArray[np.intp]:
    """Position of the first event that holds in each configuration of the target variables."""
    names = model.targets.variables
    kept = np.ix_(*(model.kept[name] for name in names))
    arrays = [event_array(event, names, model.network.variables)[kept].reshape(-1) for event in events]
    return np.asarray(np.argmax(np.array(arrays), axis=0), dtype=np.intp)


def _indication(
    network: Network, entered: EnteredEvidence, management: Management, numbers: Mapping[str, float]
) -> str | dict[str, float]:
    shown = next((each.name for each in management.indications if shows(network, entered, each.when)), None)
    return shown or {each.name: numbers[f"share.{each.name}"] for each in management.indications}


def _risk(network: Network, entered: EnteredEvidence, management: Management) -> str:
    return next(each.name for each in management.risks if each.when is None or shows(network, entered, each.when))
