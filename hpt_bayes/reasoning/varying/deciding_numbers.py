"""Does one judged number decide which diagnosis leads? Every judged number at both ends of its range, from one pass.

P(D, e) is linear in the cells of one table, so with the derivatives of P(D, e) in every cell the answer with another
table is a sum, and no number needs a propagation of its own. Where a number moves several tables the sum is the first
order only, and rows written given a confirmed case are held: whatever is found is therefore evaluated exactly.

Source: Darwiche 2003, A differential approach to inference in Bayesian networks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.display.numbers import words
from hpt_bayes.engine import propagate
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.network.remembered import remembered
from hpt_bayes.reasoning.basis import numbers_of
from hpt_bayes.reasoning.compiled import CompiledModel, engine_evidence
from hpt_bayes.reasoning.labels import labels
from hpt_bayes.reasoning.relevant import needed, relevant
from hpt_bayes.reasoning.varying.drawn_tables import Expansion, messages_of
from hpt_bayes.reasoning.varying.draws import LEVELS, draw_numbers
from hpt_bayes.reasoning.varying.one_way import diagnosis_position
from hpt_bayes.reasoning.varying.parameters import Parameter, parameters, with_number
from hpt_bayes.reasoning.varying.sensitivity import Bar, bar_of

Array = NDArray[np.float64]

_DRAWS = 2000
_CELLS = 4_000_000
_RIVALS = 4
_CONFIRMED = 3


@dataclass(frozen=True)
class DecidingNumber:
    """A judged number that decides which diagnosis leads.

    Attributes:
        bar: the number with its range and where it overturns the leading diagnosis, evaluated exactly.
        text: one sentence.
    """

    bar: Bar
    text: str


def deciding_number(model: CompiledModel, entered: EnteredEvidence) -> DecidingNumber | None:
    """The judged number that, moved within its own 90 % range, most clearly gives another leading diagnosis.

    Args:
        model: the compiled network.
        entered: interpreted evidence.

    Returns:
        The number, or None when no judged number decides.

    Raises:
        EvidenceError: a network of another program or without diagnoses.
        ImpossibleEvidence: when the findings cannot be true together.
    """
    at, _, _ = diagnosis_position(model, entered, None)
    for parameter in deciding(model, entered)[:_CONFIRMED]:
        bar = bar_of(model, entered, parameter, at)
        if bar.decides:
            return DecidingNumber(bar, _sentence(model, entered, bar))
    return None


def deciding(model: CompiledModel, entered: EnteredEvidence) -> list[Parameter]:
    """Judged numbers at one of whose ends another diagnosis leads, those that leave the leader farthest behind first.

    Args:
        model: the compiled network.
        entered: interpreted evidence.

    Returns:
        The numbers; exact for those that move one table only.
    """
    behind: dict[Parameter, float] = {}
    for parameter, lead in leads(model, entered):
        if lead < 0.0:
            behind[parameter] = min(lead, behind.get(parameter, 0.0))
    return sorted(behind, key=lambda parameter: behind[parameter])


def leads(model: CompiledModel, entered: EnteredEvidence) -> Iterator[tuple[Parameter, float]]:
    """By how much the leading diagnosis leads with each judged number at each end of its 90 % range.

    Args:
        model: the compiled network.
        entered: interpreted evidence.

    Yields:
        The number, and (P(leader, e) - the largest P(rival, e)) / P(e) with it at that end, P(e) as written.
    """
    rivals = _rivals(model, entered)
    share, cells = _derivatives(model, entered, rivals)
    for name in relevant(model, entered):
        judged = [
            each for each in parameters(model.network, [name]) if each.free and each.number.provenance.basis == "judged"
        ]
        size = max(1, _CELLS // (2 * max(model.core.tables[name].size, 30_000)))
        for start in range(0, len(judged), size):
            some = judged[start : start + size]
            ends = [with_number(model.network, each, _ends(model.network, each)) for each in some]
            yield from zip(
                (each for each in some for _ in range(2)),
                _moved(model, entered, name, np.concatenate(ends), share, cells).tolist(),
                strict=True,
            )


def _rivals(model: CompiledModel, entered: EnteredEvidence) -> list[int]:
    """The leading diagnosis and the most probable ones that could lead in its place."""
    known = propagate(model.engine, engine_evidence(model, entered))
    found = model.targets.diagnoses(known.joint(model.axes(model.targets.causes))[0].reshape(-1))
    order = np.argsort(-np.where(model.targets.leaders, found, -1.0), kind="stable")
    return [int(each) for each in order[: _RIVALS + 1] if model.targets.leaders[each]]


def _derivatives(
    model: CompiledModel, entered: EnteredEvidence, diagnoses: list[int]
) -> tuple[Array, dict[str, Array]]:
    """P(D | e), and d P(D, e) / d cell over P(e) by variable: (diagnoses,) and (diagnoses, *cells).

    Those of messages stand under their position in brackets. A cell of 0 stays 0, so its slope is not needed.
    """
    evidence, causes = engine_evidence(model, entered), model.targets.causes
    event = model.targets.indicators[diagnoses].astype(float).reshape(len(diagnoses), *model.cards(causes))
    whole = propagate(model.engine, evidence).log_evidence[0]
    within = propagate(model.engine, replace(evidence, factors=(*evidence.factors, (model.axes(causes), event))))
    share = np.exp(within.log_evidence - whole)
    found = {}

    def enter(key: str, scope: tuple[str, ...], table: Array) -> None:
        joint = within.joint(model.axes(scope)) * share.reshape(-1, *(1 for _ in scope))
        found[key] = np.divide(joint, table, out=np.zeros(joint.shape), where=table > 0.0)

    for name in needed(model, entered):
        enter(name, (*model.core.variables[name].parents, name), model.core.tables[name])
    for position, item in enumerate(entered.items):
        if item.readings is not None:
            enter(f"({position})", item.scope, item.array[np.ix_(*(model.kept[each] for each in item.scope))])
    return share, found


def _moved(
    model: CompiledModel, entered: EnteredEvidence, name: str, values: Array, share: Array, cells: dict[str, Array]
) -> Array:
    """The lead of the first diagnosis over the others with each version of the numbers of a variable, (D,)."""
    expansion = Expansion(model, {name: values})
    changed = np.repeat(share[None], len(values), axis=0)
    for key, table, before in _changed(model, entered, expansion):
        if key in cells:
            slope = cells[key].reshape(len(share), -1).T
            changed += (table.reshape(len(table), -1) - before.ravel()) @ slope
    return np.asarray(changed[:, 0] - changed[:, 1:].max(axis=1, initial=0.0))


def _changed(
    model: CompiledModel, entered: EnteredEvidence, expansion: Expansion
) -> Iterator[tuple[str, Array, Array]]:
    """Every table and message that moves: its key, its versions, and as it stands."""
    for moved in expansion.moved:
        if moved in model.core.tables:
            yield moved, expansion.table(moved), model.core.tables[moved]
    for position, message in messages_of(expansion, entered):
        item = entered.items[position]
        yield f"({position})", message, item.array[np.ix_(*(model.kept[each] for each in item.scope))]


def _ends(network: Network, parameter: Parameter) -> Array:
    """The ends of the 90 % range of a number, (2,), as `one_way.range_of` gives them."""
    number = parameter.number
    if number.range is not None and number.range[0] < number.range[1] and number.family != "dirichlet":
        return np.array(number.range)
    return _quantiles(network, parameter.variable)[:, parameter.position]


@remembered
def _quantiles(network: Network, name: str) -> Array:
    """The 5 and 95 % points of every number of a variable, (2, numbers)."""
    drawn = draw_numbers(network, [name], _DRAWS, 0)[name]
    found = np.quantile(drawn, LEVELS, axis=0)
    assert found.shape == (2, len(numbers_of(network, name)))
    found.flags.writeable = False
    return np.asarray(found)


def _sentence(model: CompiledModel, entered: EnteredEvidence, bar: Bar) -> str:
    named = labels(model.network, entered.settings).diagnoses
    then = named.get(bar.then_leads or "", words(bar.then_leads or ""))
    where = f"above {bar.overturns_above:.3g}" if bar.overturns_below is None else f"below {bar.overturns_below:.3g}"
    return (
        f"One judged number decides which diagnosis leads: {bar.means} ({bar.value:g}, 90 % range {bar.low:.3g} to "
        f"{bar.high:.3g}); {where} {then} leads."
    )
