"""What is believed after the findings: gate, diagnoses, place and every variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import in_sentence, percent, percent_range, words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block, to_frame
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.basis import basis_line
from hpt_bayes.reasoning.beliefs import by_approach, target_beliefs
from hpt_bayes.reasoning.believing.assumptions import Assumption, most_influential
from hpt_bayes.reasoning.cautions import cautions
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate
from hpt_bayes.reasoning.explaining.conflict import global_conflict
from hpt_bayes.reasoning.identity import ModelIdentity, identity
from hpt_bayes.reasoning.impossible import require_possible
from hpt_bayes.reasoning.labels import Labels, labels
from hpt_bayes.reasoning.stop_lines import stop_lines

if TYPE_CHECKING:
    from hpt_bayes.reasoning.varying.uncertainty import Uncertainty


@dataclass(frozen=True, repr=False)
class Posterior(Result):
    """P(. | everything entered), exact; probabilities are unrounded.

    Attributes:
        case: name of the case.
        model: the model used.
        setting: the setting, or several joined by `|`.
        stop_lines: what to settle before anything else: contradictions, then the cautions that are stop lines.
        cautions: the other pitfalls to mind, most urgent first.
        gate: four exclusive rows that sum to one.
        diagnoses: P(diagnosis | e); rows may overlap and need not sum to one.
        gland_site: P(place of the gland to be found | e).
        log_evidence: natural log of P(e), the setting included.
        conflict: log(prod P(e_i | c) / P(e | c)), natural log (Jensen 1990).
        assumed: what was assumed for things not entered, by name.
        not_counted_twice: findings shown but not used, because another entry says the same.
        notes: what else the reader should know about the entries.
        influential: the unentered context that could move the leading diagnosis most.
        variables: P(state | e) of every variable, latent ones included.
        qualifiers: diagnoses that never lead alone but qualify a row they overlap.
        labels: names for people, by kind and model name.
        approaches: P(approach | e): place grouped by how a surgeon would reach it.
        basis_line: how many of the numbers behind the answer are judged.
        scope: one line on what this is for.
        uncertainty: intervals over draws of the numbers, when asked for.
    """

    case: str
    model: ModelIdentity
    setting: str
    stop_lines: tuple[str, ...]
    cautions: tuple[str, ...]
    gate: Mapping[str, float]
    diagnoses: Mapping[str, float]
    gland_site: Mapping[str, float]
    log_evidence: float
    conflict: float
    assumed: Mapping[str, str]
    not_counted_twice: tuple[str, ...]
    notes: tuple[str, ...]
    influential: Assumption | None
    variables: Mapping[str, Mapping[str, float]]
    qualifiers: frozenset[str]
    labels: Labels
    approaches: Mapping[str, float]
    basis_line: str
    scope: str
    uncertainty: Uncertainty | None = None

    @property
    def leading_diagnosis(self) -> str | None:
        """The largest row that may lead, or None without diagnoses."""
        rows = [name for name in self.diagnoses if name not in self.qualifiers]
        return max(rows, key=lambda name: self.diagnoses[name], default=None)

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded."""
        return {
            "case": self.case,
            "model": self.model.to_dict(),
            "setting": self.setting,
            "stop_lines": list(self.stop_lines),
            "cautions": list(self.cautions),
            "gate": dict(self.gate),
            "diagnoses": dict(self.diagnoses),
            "gland_site": dict(self.gland_site),
            "log_evidence": self.log_evidence,
            "conflict": self.conflict,
            "assumed": dict(self.assumed),
            "not_counted_twice": list(self.not_counted_twice),
            "notes": list(self.notes),
            "variables": {name: dict(states) for name, states in self.variables.items()},
            **({} if self.uncertainty is None else {"uncertainty": self.uncertainty.to_dict()}),
        }

    def to_frame(self) -> Frame:
        """One row per variable and state: variable, state, probability."""
        return to_frame(
            [
                {"variable": name, "state": state, "probability": probability}
                for name, states in self.variables.items()
                for state, probability in states.items()
            ]
        )

    def blocks(self, *, exact_sites: bool = False) -> tuple[Rows, ...]:
        """What is shown, in the order people should read it.

        Args:
            exact_sites: list every site instead of the approach a surgeon would take.
        """
        return (*self.opening_blocks(exact_sites=exact_sites), *self.closing_blocks())

    def opening_blocks(self, *, exact_sites: bool = False) -> tuple[Rows, ...]:
        """Stop lines, gate, causes and place; for a foreign network its variables.

        Args:
            exact_sites: list every site instead of the approach a surgeon would take.
        """
        blocks = [lines_block("Stop and settle first", self.stop_lines, urgent=True)]
        drawn = self.uncertainty
        if self.gate:
            blocks.append(
                _bars("First question", self.gate, self.labels.gate, order=False, ends=drawn.gate if drawn else None)
            )
        if self.diagnoses:
            blocks.append(
                _bars(
                    "Leading causes (may overlap)",
                    self.diagnoses,
                    self.labels.diagnoses,
                    ends=drawn.diagnoses if drawn else None,
                )
            )
        if exact_sites and self.gland_site:
            sites = self.labels.sites
            blocks.append(
                _bars(
                    "Place of the gland to be found",
                    self.gland_site,
                    sites,
                    least=_LEAST_SHOWN,
                    ends=drawn.gland_site if drawn else None,
                )
            )
        elif self.approaches:
            blocks.append(
                _bars(
                    "Where it probably is, by approach", self.approaches, {}, ends=drawn.approaches if drawn else None
                )
            )
        if not self.diagnoses:
            blocks.append(_states(self.variables))
        return tuple(block for block in blocks if block.cells)

    def closing_blocks(self) -> tuple[Rows, ...]:
        """What to mind, what was assumed, what was left out of the count, and the scope."""
        assumed = [f"{self.labels.variables.get(name, words(name))}: {text}" for name, text in self.assumed.items()]
        if self.influential is not None:
            fact = self.influential
            assumed.append(
                f"Of what was not entered, {in_sentence(fact.label)} matters most: were it "
                f"{words(fact.state)}, {self.labels.diagnoses[fact.diagnosis]} would be at {percent(fact.probability)}."
            )
        blocks = [
            lines_block("Mind", self.cautions),
            lines_block("Assumed", assumed),
            lines_block("Not counted twice", self.not_counted_twice),
            lines_block("Notes", self.notes),
        ]
        foot = Rows(f"Model {self.model}", (), (), tuple(text for text in (self.basis_line, self.scope) if text))
        return (*(block for block in blocks if block.cells), foot)


_LEAST_SHOWN = 0.005


def _states(variables: Mapping[str, Mapping[str, float]]) -> Rows:
    """Each variable with its most probable state."""
    cells = []
    for name, states in variables.items():
        state = max(states, key=lambda each: states[each])
        cells.append((name, state, percent(states[state])))
    return Rows("Most probable state of each variable", ("variable", "state", ""), tuple(cells), right=frozenset({2}))


def _bars(
    title: str,
    values: Mapping[str, float],
    labels: Mapping[str, str],
    *,
    order: bool = True,
    least: float = 0.0,
    ends: Mapping[str, tuple[float, float]] | None = None,
) -> Rows:
    """Names and whole per cents with a bar, or with the 90 % interval, largest first."""
    items = [item for item in values.items() if item[1] >= least]
    if order:
        items.sort(key=lambda item: -item[1])
    if ends is not None:
        found = tuple((labels.get(name, words(name)), percent(p), percent_range(*ends[name])) for name, p in items)
        return Rows(title, ("", "", "90 % interval"), found, right=frozenset({1, 2}))
    cells = tuple((labels.get(name, words(name)), percent(value), "█" * round(20 * value)) for name, value in items)
    return Rows(title, ("", "", ""), cells, right=frozenset({1}))


def posterior(model: CompiledModel, entered: EnteredEvidence, case: str = "") -> Posterior:
    """What is believed after everything entered.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        case: name of the case, for the result.

    Returns:
        The posterior.

    Raises:
        ImpossibleEvidence: when the findings cannot be true together.
    """
    network = model.network
    calibrated = calibrate(model, entered)
    require_possible(model, entered, calibrated)
    variables = {
        name: dict(zip(variable.states, model.marginal(calibrated, name).tolist(), strict=True))
        for name, variable in network.variables.items()
    }
    beliefs = target_beliefs(model, calibrated)
    return Posterior(
        case=case,
        model=identity(network),
        setting=" | ".join(entered.settings),
        stop_lines=(*stop_lines(network, entered), *cautions(network, entered, stop=True)),
        cautions=cautions(network, entered),
        gate=beliefs.gate,
        diagnoses=beliefs.diagnoses,
        gland_site=beliefs.site,
        log_evidence=float(calibrated.log_evidence[0]) + model.log_settings,
        conflict=global_conflict(model, entered, calibrated),
        assumed=entered.assumed,
        not_counted_twice=entered.not_counted_twice,
        notes=entered.notes,
        influential=most_influential(model, entered, calibrated),
        variables=variables,
        qualifiers=frozenset(row.name for row in network.diagnoses if row.qualifies),
        labels=labels(network, entered.settings),
        approaches=by_approach(network, beliefs.site),
        basis_line=basis_line(network, entered),
        scope=network.scope,
    )
