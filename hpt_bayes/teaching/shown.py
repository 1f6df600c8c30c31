"""A work-up in words: the patient, what is known, what a study showed and was worth, what a decision was worth."""

from __future__ import annotations

import re

from hpt_bayes.display.numbers import bits, gained, in_sentence, words
from hpt_bayes.display.rows import Rows, lines_block
from hpt_bayes.evidence.observation import Observation
from hpt_bayes.network.network import Network
from hpt_bayes.teaching.standing import Standing
from hpt_bayes.teaching.steps import Decided, Ordered
from hpt_bayes.teaching.traps import trap_named

_ABSENT = frozenset({"absent", "none", "never", "not_applicable", "no"})
_RANGE = re.compile(r"\[(\S+), (\S+)\]")
_UNITS = {"xULN": "x upper limit", "ratio": ""}


def patient_blocks(standing: Standing) -> tuple[Rows, ...]:
    """What is known of the patient, with one line for everything that is absent.

    Args:
        standing: at any moment.
    """
    patient, network = standing.patient, standing.network
    settings = [network.settings[name] for name in patient.settings]
    story = [f"{each.label}: {each.entry}" for each in settings]
    story += [patient.notes] if patient.notes else []
    story += [f"Constraint: {network.constraints[name].label}" for name in patient.constraints]
    present = [entry for entry in standing.known if entry.result not in _ABSENT]
    absent = dict.fromkeys(in_sentence(label_of(network, entry)) for entry in standing.known if entry.result in _ABSENT)
    cells = tuple((label_of(network, entry), reading_text(network, entry)) for entry in present)
    notes = (f"Absent or never: {', '.join(absent)}.",) if absent else ()
    return (lines_block(f"Patient: {patient.name}", story), Rows("What is known", ("finding", "read"), cells, notes))


def step_blocks(standing: Standing, step: Ordered | Decided) -> tuple[Rows, ...]:
    """What an order or a decision brought: the result, what it was worth, and the traps it sprang.

    Args:
        standing: after it.
        step: the order or the decision.
    """
    blocks = _order_blocks(standing, step) if isinstance(step, Ordered) else _decision_blocks(standing, step)
    traps = [(trap_named(each.trap), each.against) for each in step.sprung]
    said = (lines_block(f"Trap: {trap.label}", [*against, trap.lesson], urgent=True) for trap, against in traps)
    return (*blocks, *said)


def _order_blocks(standing: Standing, step: Ordered) -> tuple[Rows, ...]:
    labels, network = standing.posterior.labels, standing.network
    name = labels.studies[step.study]
    if step.refused:
        told = [f"Not done: {step.refused}."]
    elif not step.found:
        told = ["The report of this case says nothing about it. Nothing was spent."]
    else:
        told = [f"{label_of(network, each)}: {reading_text(network, each)}" for each in step.found]
    worth = [f"Expected to tell {bits(step.bits)} bits, and no other study more."]
    if step.regret_bits > 0:
        best = f"{labels.studies[step.best]} would have told {bits(step.best_bits)}"
        worth = [f"Expected to tell {bits(step.bits)} bits; {best}, a regret of {bits(step.regret_bits)}."]
    if step.regret_utility is not None:
        value = f"Expected to be worth {gained(step.value)} in utility, burden counted"
        best = labels.studies[step.planned] if step.planned else "ordering nothing"
        lost = f"; {best} {gained(step.planned_value)}, a regret of {gained(step.regret_utility)}."
        worth.append(value + (lost if step.regret_utility > 0 else ", and nothing more."))
    return (lines_block(name, told), lines_block("What it was worth", worth))


def _decision_blocks(standing: Standing, step: Decided) -> tuple[Rows, ...]:
    if not step.action:
        return ()
    label = standing.decision.labels["action"]
    said = [f"Not yet, says the model: {reason}." for reason in step.forbidden]
    if step.best is not None:
        other = step.best != step.action
        said.append(f"The model advises: {label[step.best]}." if other else "The model advises the same.")
    return (lines_block(label[step.action], said),)


def label_of(network: Network, entry: Observation) -> str:
    """The finding of a reading, in words."""
    name = entry.finding
    if name in network.variables:
        return network.variables[name].label
    if name in network.alias_findings:
        return network.alias_findings[name].label
    return network.analytes[name].label if name in network.analytes else words(name)


def reading_text(network: Network, entry: Observation) -> str:
    """A reading in words, without its name: `95 pg/mL (upper limit 65)`, `focus: left inferior`."""
    if entry.numeric or entry.likelihood is not None:
        number, _, limit = _RANGE.sub(r"\1 to \2", entry.text).removesuffix(" ratio").partition(" upper ")
        return f"{number} (upper limit {limit})" if limit else number
    variable = network.variables.get(entry.finding)
    text = words(entry.text)
    if variable is not None and variable.edges is not None and variable.unit and entry.result in variable.states:
        text = f"{text} {_UNITS.get(variable.unit, variable.unit)}".strip()
    field = entry.attribute("field")
    text += f" (field of view: {words(str(field))})" if field is not None else ""
    return f"{text} (at {words(entry.sites[0])})" if len(entry.sites) == 1 and "@" not in entry.text else text
