"""How sure the answer is: intervals over draws of the numbers, and how often each study tells most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.display.numbers import percent, percent_range, words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.beliefs import target_beliefs
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate
from hpt_bayes.reasoning.identity import ModelIdentity, identity
from hpt_bayes.reasoning.impossible import require_possible
from hpt_bayes.reasoning.labels import Labels, labels
from hpt_bayes.reasoning.progress import Advance, ignored
from hpt_bayes.reasoning.relevant import relevant
from hpt_bayes.reasoning.varying.drawn_beliefs import DrawnBeliefs, drawn_beliefs
from hpt_bayes.reasoning.varying.draws import LEVELS, draw_numbers
from hpt_bayes.reasoning.varying.study_draws import Quantity, bits, study_shares

Interval = tuple[float, float]

_LEAST_SHOWN = 0.005


@dataclass(frozen=True, repr=False)
class Uncertainty(Result):
    """Intervals over draws of the numbers as written; 5 to 95 % of the draws.

    Attributes:
        case: name of the case.
        model: the model used.
        draws: how many versions of the numbers.
        seed: of the draws.
        gate: interval of each gate row.
        diagnoses: interval of each diagnosis.
        gland_site: interval of each place.
        approaches: interval of each approach.
        point: the answer with the numbers as written, by the name of the mapping above and row.
        leads: share of the draws in which each diagnosis leads.
        studies: share of the study draws in which each study tells most, in bits; None when not asked.
        study_draws: how many paired draws that share is from.
        impossible: draws in which the findings cannot be true together; they are left out.
        labels: names for people.
    """

    case: str
    model: ModelIdentity
    draws: int
    seed: int
    gate: Mapping[str, Interval]
    diagnoses: Mapping[str, Interval]
    gland_site: Mapping[str, Interval]
    approaches: Mapping[str, Interval]
    point: Mapping[str, Mapping[str, float]]
    leads: Mapping[str, float]
    studies: Mapping[str, float] | None
    study_draws: int
    impossible: int
    labels: Labels

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded."""
        parts = {"gate": self.gate, "diagnoses": self.diagnoses, "gland_site": self.gland_site}
        return {
            "case": self.case,
            "model": self.model.to_dict(),
            "draws": self.draws,
            "seed": self.seed,
            "levels": list(LEVELS),
            "impossible": self.impossible,
            **{name: {row: list(ends) for row, ends in part.items()} for name, part in parts.items()},
            "leads": dict(self.leads),
            "studies": None if self.studies is None else dict(self.studies),
            "study_draws": self.study_draws,
        }

    def to_frame(self) -> Frame:
        """One row per gate row, diagnosis and place: quantity, name, point, low, high."""
        parts = {"gate": self.gate, "diagnosis": self.diagnoses, "site": self.gland_site}
        return to_frame(
            [
                {"quantity": kind, "name": name, "point": self.point[kind][name], "low": ends[0], "high": ends[1]}
                for kind, part in parts.items()
                for name, ends in part.items()
            ]
        )

    def blocks(self) -> tuple[Rows, ...]:
        """What is shown: each answer with its interval, then how often each study tells most."""
        note = f"5 to 95 % of {self.draws:,} draws of the numbers in the model files, seed {self.seed}."
        if self.impossible:
            note += f" In {self.impossible:,} of them the findings cannot be true together; these are left out."
        blocks = [
            _table("First question", self.point["gate"], self.gate, self.labels.gate, (note,)),
            _table("Causes (may overlap)", self.point["diagnosis"], self.diagnoses, self.labels.diagnoses),
            _table("Place of the gland to be found", self.point["site"], self.gland_site, self.labels.sites),
            _shares("Leads in this share of the draws", self.leads, self.labels.diagnoses),
        ]
        if self.studies is not None:
            names = self.labels.studies
            blocks.append(
                _shares(f"Tells most, in bits, in this share of {self.study_draws} draws", self.studies, names)
            )
        return tuple(block for block in blocks if block.cells)


def _table(
    title: str,
    point: Mapping[str, float],
    ends: Mapping[str, Interval],
    names: Mapping[str, str],
    notes: tuple[str, ...] = (),
) -> Rows:
    """Names, whole per cents and intervals, largest first; what never reaches half a per cent is left out."""
    rows = sorted((name for name in ends if ends[name][1] >= _LEAST_SHOWN), key=lambda name: -point[name])
    cells = tuple((names.get(name, words(name)), percent(point[name]), percent_range(*ends[name])) for name in rows)
    return Rows(title, ("", "", "90 % interval"), cells, notes, right=frozenset({1, 2}))


def _shares(title: str, shares: Mapping[str, float], names: Mapping[str, str]) -> Rows:
    rows = sorted((name for name in shares if shares[name] > 0.0), key=lambda name: -shares[name])
    cells = tuple((names.get(name, words(name)), percent(shares[name])) for name in rows)
    return Rows(title, ("", ""), cells, right=frozenset({1}))


def uncertainty(
    model: CompiledModel,
    entered: EnteredEvidence,
    *,
    draws: int = 1000,
    seed: int = 0,
    study_draws: int = 0,
    quantity: Quantity = bits,
    case: str = "",
    advance: Advance = ignored,
) -> Uncertainty:
    """Intervals on every diagnosis, gate row and place.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        draws: how many versions of the numbers.
        seed: of the draws.
        study_draws: how many of them also rank the studies; 0 leaves the ranking out.
        quantity: what studies are ranked by.
        case: name of the case, for the result.
        advance: told how many versions were done since it was last called.

    Returns:
        The intervals.

    Raises:
        EvidenceError: fewer than one draw; a network of another program.
        ImpossibleEvidence: when the findings cannot be true together.
    """
    network = model.network
    values = draw_numbers(network, relevant(model, entered), draws, seed)
    calibrated = calibrate(model, entered)
    require_possible(model, entered, calibrated)
    point = target_beliefs(model, calibrated)
    drawn = drawn_beliefs(model, entered, values, advance)
    alive = np.isfinite(drawn.log_evidence)
    targets = model.targets
    places = model.core.variables[targets.site].states if targets.site else ()
    site = drawn.site[alive]
    by_approach: dict[str, NDArray[np.float64]] = {}
    for position, name in enumerate(places):
        approach = network.sites[name].approach
        by_approach[approach] = by_approach.get(approach, np.zeros(len(site))) + site[:, position]
    shares = None
    if study_draws:
        shares = study_shares(model, entered, draws=study_draws, seed=seed, quantity=quantity, advance=advance)
    return Uncertainty(
        case=case,
        model=identity(network),
        draws=draws,
        seed=seed,
        gate=_intervals(targets.gate_names, drawn.gate[alive]),
        diagnoses=_intervals(targets.diagnosis_names, drawn.diagnoses[alive]),
        gland_site=_intervals(places, site),
        approaches={name: _interval(each) for name, each in by_approach.items()},
        point={"gate": point.gate, "diagnosis": point.diagnoses, "site": point.site},
        leads=_leads(model, drawn, alive),
        studies=shares,
        study_draws=study_draws,
        impossible=int((~alive).sum()),
        labels=labels(network, entered.settings),
    )


def _leads(model: CompiledModel, drawn: DrawnBeliefs, alive: NDArray[np.bool_]) -> dict[str, float]:
    targets = model.targets
    if not targets.leaders.any():
        return {}
    leading = np.where(targets.leaders, drawn.diagnoses[alive], -1.0).argmax(axis=1)
    counts = np.bincount(leading, minlength=len(targets.diagnosis_names)) / max(int(alive.sum()), 1)
    return {name: float(count) for name, count in zip(targets.diagnosis_names, counts, strict=True) if count > 0.0}


def _intervals(names: tuple[str, ...], drawn: NDArray[np.float64]) -> dict[str, Interval]:
    return {name: _interval(drawn[:, position]) for position, name in enumerate(names)}


def _interval(drawn: NDArray[np.float64]) -> Interval:
    if not drawn.size:
        return 0.0, 1.0
    low, high = np.quantile(drawn, LEVELS)
    return float(low), float(high)
