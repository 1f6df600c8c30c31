"""How a work-up went: scores of the probabilities, regret of the orders and the decision, what was spent, traps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hpt_bayes.display.numbers import amount, bits, gained, share
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.reasoning.studies.burden import burden_together
from hpt_bayes.teaching.forecast import Forecast
from hpt_bayes.teaching.patient import Truth, regions
from hpt_bayes.teaching.scoring import Score, score
from hpt_bayes.teaching.standing import Standing
from hpt_bayes.teaching.steps import Committed, Decided, Ordered, Step
from hpt_bayes.teaching.traps import trap_named


@dataclass(frozen=True)
class Scored:
    """The scores of one forecast and of the model's on the same findings; place None where it is not scored."""

    you: Score
    model: Score
    your_place: Score | None
    model_place: Score | None

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {
            "causes": self.you.to_dict(),
            "causes_model": self.model.to_dict(),
            "place": None if self.your_place is None else self.your_place.to_dict(),
            "place_model": None if self.model_place is None else self.model_place.to_dict(),
        }


@dataclass(frozen=True, repr=False)
class Summary(Result):
    """How a work-up went.

    Attributes:
        patient: name.
        diagnoses: that were true.
        region: where the gland was, or None where it is not known.
        note: where the truth comes from.
        scored: every forecast, in order.
        orders: what was ordered, in order.
        regret_bits: information given away, sum over the orders.
        regret_of_orders: net utility given away, sum over the orders; None without actions.
        regret_of_decision: expected utility given away; None without a decision.
        cost_usd: of the studies that took place; unknown costs count nothing.
        dose_msv: likewise.
        burden: of the studies that took place, in utility units; those of one visit share it.
        action: chosen, or "".
        best: the action the model advises instead or too, or None.
        faced: names of the traps that were open.
        sprung: names of the traps that were sprung.
        labels: words for people, by kind (cause, region, study, action) and name.
    """

    patient: str
    diagnoses: tuple[str, ...]
    region: str | None
    note: str
    scored: tuple[Scored, ...]
    orders: tuple[Ordered, ...]
    regret_bits: float
    regret_of_orders: float | None
    regret_of_decision: float | None
    cost_usd: float
    dose_msv: float
    burden: float
    action: str
    best: str | None
    faced: tuple[str, ...]
    sprung: tuple[str, ...]
    labels: Mapping[str, Mapping[str, str]]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe, unrounded."""
        return {
            "patient": self.patient,
            "diagnoses": list(self.diagnoses),
            "region": self.region,
            "note": self.note,
            "forecasts": [each.to_dict() for each in self.scored],
            "orders": [
                {
                    "study": step.study,
                    "best": step.best,
                    "regret_bits": step.regret_bits,
                    "regret_utility": step.regret_utility,
                    "done": step.done,
                }
                for step in self.orders
            ],
            "regret_bits": self.regret_bits,
            "regret_of_orders": self.regret_of_orders,
            "regret_of_decision": self.regret_of_decision,
            "cost_usd": self.cost_usd,
            "dose_msv": self.dose_msv,
            "burden": self.burden,
            "action": self.action,
            "best_action": self.best,
            "faced": list(self.faced),
            "sprung": list(self.sprung),
        }

    def to_frame(self) -> Frame:
        """One row per forecast and what it was about (causes or place): scores of the learner and of the model."""
        rows = [
            (number, about, you, model)
            for number, each in enumerate(self.scored, 1)
            for about, you, model in (("causes", each.you, each.model), ("place", each.your_place, each.model_place))
        ]
        return to_frame(
            [
                {
                    "forecast": number,
                    "about": about,
                    "log": you.log,
                    "log_model": model.log,
                    "brier": you.brier,
                    "brier_model": model.brier,
                }
                for number, about, you, model in rows
                if you is not None and model is not None
            ]
        )

    def blocks(self) -> tuple[Rows, ...]:
        """The truth, the scores, what was spent, the traps."""
        causes = self.labels["cause"]
        truth = [", ".join(causes.get(name, name) for name in self.diagnoses) or "none of the diagnoses listed"]
        if self.region is not None:
            truth.append(f"Place: {self.labels['region'][self.region]}")
        if self.note:
            truth.append(f"Source: {self.note}")
        spent = [
            f"{len(self.orders)} ordered; {amount(round(self.cost_usd), 'USD')}, {amount(self.dose_msv, 'mSv')}; "
            f"burden {gained(self.burden)} in utility units.",
            f"Information given away: {bits(self.regret_bits)} bits"
            + "".join(f"; {self.labels['study'][step.study]} {bits(step.regret_bits)}" for step in self.orders)
            + ".",
        ]
        if self.regret_of_orders is not None:
            spent.append(f"Utility given away by the orders, burden counted: {gained(self.regret_of_orders)}.")
        if self.regret_of_decision is not None:
            lost = f"Utility given away by the decision: {gained(self.regret_of_decision)}"
            better = self.best is not None and self.best != self.action
            spent.append(f"{lost}; advised: {self.labels['action'][self.best or '']}." if better else f"{lost}.")
        passed = [trap_named(name).label for name in self.faced if name not in self.sprung]
        traps = [f"Sprung: {trap_named(name).label}. {trap_named(name).lesson}" for name in self.sprung]
        traps += [f"Passed: {', '.join(passed)}."] if passed else []
        return (
            lines_block("What it was", truth),
            *self._scores(),
            lines_block("What was spent", spent),
            *([lines_block("Traps", traps, urgent=bool(self.sprung))] if traps else []),
        )

    def _scores(self) -> tuple[Rows, ...]:
        if not self.scored:
            return ()
        cells = []
        for number, each in enumerate(self.scored, 1):
            cells.append((f"{number}. causes", *_pair(each.you, each.model)))
            if each.your_place is not None and each.model_place is not None:
                cells.append((f"{number}. place", *_pair(each.your_place, each.model_place)))
        note = "0 is perfect; 50 % for every row would score 0.693 (log) and 0.250 (Brier)."
        columns = ("forecast", "log: you", "model", "Brier: you", "model")
        return (Rows("Your probabilities", columns, tuple(cells), (note,), right=frozenset({1, 2, 3, 4})),)


def _pair(you: Score, model: Score) -> tuple[str, str, str, str]:
    return share(you.log), share(model.log), share(you.brier), share(model.brier)


def summary(standing: Standing, faced: tuple[str, ...], steps: Sequence[Step]) -> Summary:
    """How a work-up went.

    Args:
        standing: at the end.
        faced: names of the traps that have been open.
        steps: that were taken.

    Raises:
        EvidenceError: when the work-up has not ended, since this tells the truth.
    """
    last = steps[-1] if steps else None
    if not isinstance(last, Decided):
        raise EvidenceError("the work-up has not ended; decide first, so that the truth can be told")
    patient, network, labels = standing.patient, standing.network, standing.posterior.labels
    orders = tuple(step for step in steps if isinstance(step, Ordered))
    done = [step for step in orders if step.done]
    burdens = [step.burden for step in done if step.burden is not None]
    lost = [step.regret_utility for step in orders if step.regret_utility is not None]
    sprung = dict.fromkeys(each.trap for group in (*(step.sprung for step in orders), last.sprung) for each in group)
    return Summary(
        patient=patient.name,
        diagnoses=tuple(row.name for row in network.diagnoses if row.name in patient.truth.diagnoses),
        region=patient.truth.region,
        note=patient.truth.note,
        scored=tuple(_scored(patient.truth, step) for step in steps if isinstance(step, Committed)),
        orders=orders,
        regret_bits=math.fsum(step.regret_bits for step in orders),
        regret_of_orders=math.fsum(lost) if lost else None,
        regret_of_decision=last.regret_utility,
        cost_usd=math.fsum(each.cost_usd or 0.0 for each in burdens),
        dose_msv=math.fsum(each.dose_msv or 0.0 for each in burdens),
        burden=burden_together(network, [network.studies[step.study] for step in done]),
        action=last.action,
        best=last.best,
        faced=faced,
        sprung=tuple(sprung),
        labels={
            "cause": labels.diagnoses,
            "region": regions(network),
            "study": labels.studies,
            "action": standing.decision.labels.get("action", {}),
        },
    )


def _scored(truth: Truth, step: Committed) -> Scored:
    place = None if truth.region is None or not step.forecast.regions else {truth.region}

    def of_place(forecast: Forecast) -> Score | None:
        return None if place is None else score(forecast.regions, place)

    you, model = step.forecast, step.model
    return Scored(
        score(you.causes, truth.diagnoses), score(model.causes, truth.diagnoses), of_place(you), of_place(model)
    )
