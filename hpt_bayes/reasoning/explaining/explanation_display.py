"""An explanation as rows for people; what it rests on and where its doubt comes from are two tables, never one."""

from __future__ import annotations

from math import isfinite

from hpt_bayes.display.numbers import decibans, percent, times, words
from hpt_bayes.display.rows import Rows, lines_block
from hpt_bayes.reasoning.explaining.explanation import Explanation
from hpt_bayes.reasoning.explaining.most_relevant import Relevant
from hpt_bayes.reasoning.explaining.provenance_of_answer import Provenance

_TURNING_SHOWN = 6
_SOURCES_SHOWN = 8


def explanation_blocks(explanation: Explanation) -> tuple[Rows, ...]:
    """The paragraph, then the tables behind it."""
    names = explanation.labels.diagnoses
    against = "" if explanation.against is None else f" against {names[explanation.against]}"
    title = f"Why {names[explanation.diagnosis]}{against}"
    blocks: tuple[Rows, ...] = (
        lines_block(title, [explanation.paragraph]),
        _weights(explanation),
        _overturning(explanation),
        _relevant(explanation),
        _probable(explanation),
    )
    if explanation.provenance is not None:
        blocks = (*blocks, _rests_on(explanation.provenance), _doubt_from(explanation.provenance))
    foot = Rows(f"Model {explanation.model}", (), (), (explanation.scope,) if explanation.scope else ())
    return (*(block for block in blocks if block.cells), foot)


def _weights(explanation: Explanation) -> Rows:
    """One line a finding, largest share first."""
    weights = explanation.weights
    cells = [
        (
            f"{_label(explanation, each.finding)}: {words(each.text)}",
            decibans(each.share) + (f" ±{each.error:.1f}" if weights.orders else ""),
            decibans(each.alone),
            decibans(each.last),
            f"{decibans(each.lowest)} to {decibans(each.highest)}",
            each.verdict,
        )
        for each in weights.findings
    ]
    counted = "all orders" if weights.orders is None else f"{weights.orders} orders drawn at random (± standard error)"
    notes: tuple[str, ...] = (
        f"Decibans: +10 makes it ten times as likely against the alternative. {decibans(weights.before)} before, "
        f"{decibans(weights.after)} after; the shares add up to the difference. Share: mean over {counted}; alone: as "
        "the only finding; last: given all others; range: over the orders.",
        f"Neutral: a share below {explanation.neutral_below:g} deciban, about the smallest change a person notices.",
    )
    if explanation.context:
        named = "; ".join(_label(explanation, name) for name in explanation.context)
        notes = (*notes, f"Taken as given, not weighed: {named}.")
    columns = ("finding", "share", "alone", "last", "range", "")
    return Rows("What each finding weighs", columns, tuple(cells), notes, right=frozenset({1, 2, 3, 4}))


def _overturning(explanation: Explanation) -> Rows:
    """Changes of one finding that give another leader: the most probable results first."""
    names = explanation.labels.diagnoses
    ordered = sorted(explanation.overturning, key=lambda each: -(each.chance or 0.0))
    cells = tuple(
        (
            _label(explanation, each.finding),
            words(each.text),
            "not done" if each.result is None else words(each.result),
            percent(each.chance),
            f"{names[each.leading]} {percent(each.probability)}",
        )
        for each in ordered[:_TURNING_SHOWN]
    )
    rest = len(ordered) - len(cells)
    notes: tuple[str, ...] = ("Chance: of that result, given everything else.",)
    notes += (f"{rest} less probable changes are left out.",) if rest > 0 else ()
    columns = ("finding", "was", "had it been", "chance", "then leads")
    return Rows(f"What would overturn {names[explanation.leading]}", columns, cells, notes, right=frozenset({3}))


def _relevant(explanation: Explanation) -> Rows:
    cells = tuple(
        (_states(explanation, each), _factor(each), percent(each.before), percent(each.after))
        for each in explanation.most_relevant
    )
    note = "Factor: how much more probable the findings are with these causes than without (generalized Bayes factor)."
    columns = ("causes", "factor", "before", "after")
    return Rows("Most relevant explanation", columns, cells, (note,), right=frozenset({1, 2, 3}))


def _states(explanation: Explanation, each: Relevant) -> str:
    return "; ".join(f"{_label(explanation, name)}: {words(state)}" for name, state in each.states.items())


def _factor(each: Relevant) -> str:
    return times(each.bayes_factor) if isfinite(each.bayes_factor) else "only these"


def _probable(explanation: Explanation) -> Rows:
    """The cause and place part of the most probable explanation."""
    labels, probable = explanation.labels, explanation.most_probable
    lines = [
        f"{labels.variables.get(name, words(name))}: {words(state)}"
        for name, state in probable.states.items()
        if name in explanation.targets
    ]
    return lines_block("Most probable single state of everything (its causes and place)", ["; ".join(lines)])


def _rests_on(known: Provenance) -> Rows:
    shown = [each for each in known.rests_on if abs(each.share) >= 0.005][:_SOURCES_SHOWN]
    cells = tuple((known.sources[e.source].label, decibans(e.decibans), percent(abs(e.share))) for e in shown)
    rest = sum(abs(each.share) for each in known.rests_on) - sum(abs(each.share) for each in shown)
    notes = (
        "Decibans lost when the rows citing the source are replaced by their average over the causes, one source at a "
        "time; negative: its numbers speak against it. Share of all such losses.",
        f"{len(known.rests_on) - len(shown)} other sources: {percent(rest)}.",
    )
    return Rows("What the answer rests on", ("source", "decibans", "share"), cells, notes, right=frozenset({1, 2}))


def _doubt_from(known: Provenance) -> Rows:
    shown = [each for each in known.doubt_from if each.share >= 0.005][:_SOURCES_SHOWN]
    cells = tuple((known.sources[each.source].label, percent(each.share)) for each in shown)
    rest = 1.0 - sum(each.share for each in shown)
    notes = (
        "Share of the variance of the log odds that comes from not knowing its numbers better (delta method).",
        f"{len(known.doubt_from) - len(shown)} other sources: {percent(rest)}.",
    )
    return Rows("Where the doubt comes from", ("source", "share"), cells, notes, right=frozenset({1}))


def _label(explanation: Explanation, name: str) -> str:
    return explanation.labels.variables.get(name, words(name))
