"""What an answer rests on and where its doubt comes from: two figures for each source, never merged.

Rests on: decibans of the diagnosis that are lost when the rows citing the source no longer tell causes apart, each row
replaced by its average over the configurations of the causes (a cause's own rows by equal shares of its possible
states), one source at a time. Doubt from: g' Cov g over the source's numbers, g the gradient of logit P(D), or of
log P(D) / P(R), in the numbers as written and Cov the covariance they are drawn with, as a share of the sum over all
sources. A row that cites several papers counts for each; rows without a paper are sources by basis and variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import propagate
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.network.provenance import Number
from hpt_bayes.reasoning.basis import numbers_of
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, engine_evidence
from hpt_bayes.reasoning.explaining.conflict import context_findings
from hpt_bayes.reasoning.explaining.doubt import contributions
from hpt_bayes.reasoning.explaining.hypotheses import Hypotheses, decibans, given_each
from hpt_bayes.reasoning.explaining.without_source import without_source
from hpt_bayes.reasoning.progress import STEPS, Advance, Share, ignored
from hpt_bayes.reasoning.relevant import relevant
from hpt_bayes.reasoning.varying.written_effect import Effect, effect_of


@dataclass(frozen=True)
class Source:
    """Where some numbers come from.

    Attributes:
        name: identifier of the paper, or `judged: variable`, `derived: variable`.
        label: for people.
        keys: of the published rows cited; empty without a paper.
        numbers: how many numbers as written cite it.
    """

    name: str
    label: str
    keys: tuple[str, ...]
    numbers: int


@dataclass(frozen=True)
class RestsOn:
    """How much of the answer a source carries.

    Attributes:
        source: name.
        decibans: lost when its rows no longer tell causes apart; negative when they speak against the diagnosis.
        share: of the sum of the absolute losses over all sources, with the sign of `decibans`.
    """

    source: str
    decibans: float
    share: float


@dataclass(frozen=True)
class DoubtFrom:
    """How much of the doubt about the answer a source brings.

    Attributes:
        source: name.
        variance: of logit P(D), by the delta method.
        share: of the sum over all sources.
    """

    source: str
    variance: float
    share: float


@dataclass(frozen=True)
class Provenance:
    """What the answer rests on, and where its doubt comes from; empty for a network without provenance.

    Attributes:
        sources: every source whose numbers bear on the case, by name.
        rests_on: largest loss first.
        doubt_from: largest variance first.
    """

    sources: Mapping[str, Source]
    rests_on: tuple[RestsOn, ...]
    doubt_from: tuple[DoubtFrom, ...]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe."""
        return {
            "sources": {name: asdict(each) for name, each in self.sources.items()},
            "rests_on": [asdict(each) for each in self.rests_on],
            "doubt_from": [asdict(each) for each in self.doubt_from],
        }


def provenance_of_answer(
    model: CompiledModel, entered: EnteredEvidence, hypotheses: Hypotheses, advance: Advance = ignored
) -> Provenance:
    """What carries a diagnosis and what its doubt comes from.

    Args:
        model: the compiled network.
        entered: evidence under which both hypotheses are possible.
        hypotheses: the diagnosis and what it is weighed against.
        advance: told of progress, `progress.STEPS` in all.

    Returns:
        Both figures for every source; empty for a network of another program.
    """
    network = model.network
    if network.foreign:
        advance(STEPS)
        return Provenance({}, (), ())
    names = [name for name in relevant(model, entered) if numbers_of(network, name)]
    given = given_each(model, entered, hypotheses)
    told, effects = Share(advance, STEPS // 2, len(names)), {}
    for name in names:
        effects[name] = effect_of(model, entered, given, name)
        told(1)
    told.finish()
    sources, members = _sources(network, effects)
    whole = float(decibans(hypotheses.joint(model, calibrate(model, entered))[0]))
    context = propagate(model.engine, engine_evidence(model, entered, context_findings(model, entered)))
    told, lost = Share(advance, STEPS - STEPS // 2, len(members)), {}
    for source, cited in members.items():
        tables, evidence = without_source(model, entered, context, effects, cited)
        changed = propagate(model.engine, evidence, tables=tables)
        lost[source] = whole - float(decibans(hypotheses.joint(model, changed)[0]))
        told(1)
    told.finish()
    total = sum(map(abs, lost.values())) or 1.0
    variances = contributions(network, effects, members)
    spread = sum(variances.values()) or 1.0
    return Provenance(
        sources,
        tuple(
            RestsOn(name, lost[name], lost[name] / total) for name in sorted(lost, key=lambda each: -abs(lost[each]))
        ),
        tuple(
            DoubtFrom(name, variances[name], variances[name] / spread)
            for name in sorted(variances, key=lambda each: -variances[each])
        ),
    )


def _sources(
    network: Network, effects: Mapping[str, Effect]
) -> tuple[dict[str, Source], dict[str, dict[str, NDArray[np.intp]]]]:
    """The sources, and for each the positions of its numbers by variable."""
    found: dict[str, Source] = {}
    members: dict[str, dict[str, list[int]]] = {}
    for variable in effects:
        for position, number in enumerate(numbers_of(network, variable)):
            for source in _cited(network, variable, number):
                earlier = found.get(source.name, source)
                keys = tuple(dict.fromkeys((*earlier.keys, *source.keys)))
                count = (earlier.numbers if source.name in found else 0) + number.written
                found[source.name] = Source(source.name, source.label, keys, count)
                members.setdefault(source.name, {}).setdefault(variable, []).append(position)
    return found, {
        source: {variable: np.array(at, dtype=np.intp) for variable, at in each.items()}
        for source, each in members.items()
    }


def _cited(network: Network, variable: str, number: Number) -> list[Source]:
    """The papers behind a number, or how it is known when it cites none."""
    rows = [(key, network.evidence_rows[key]) for key in number.provenance.evidence if key in network.evidence_rows]
    if not rows:
        basis = number.provenance.basis
        return [Source(f"{basis}: {variable}", f"{basis}: {network.variables[variable].label}", (), 0)]
    found: dict[str, Source] = {}
    for key, row in rows:
        name = row.doi_or_pmid or row.citation or key
        label = f"{row.citation}{f', {row.year}' if row.year else ''}" if row.citation else key
        keys = (*found[name].keys, key) if name in found else (key,)
        found[name] = Source(name, label, keys, 0)
    return list(found.values())
