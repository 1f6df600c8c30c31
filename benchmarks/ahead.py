"""A plan of two steps and draws of the numbers: many answers about one case."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import PyAgrum, fill
from benchmarks.plain import Array, Plain, plain
from benchmarks.subjects import Subject
from benchmarks.timing import Line, agree, in_turn
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, engine_evidence
from hpt_bayes.reasoning.deciding.utility import decision_problem
from hpt_bayes.reasoning.lookahead.lookahead import decision_labels, lookahead
from hpt_bayes.reasoning.lookahead.looks import open_looks
from hpt_bayes.reasoning.next_study.value import Values, study_values
from hpt_bayes.reasoning.relevant import relevant
from hpt_bayes.reasoning.varying.drawn_beliefs import drawn_beliefs
from hpt_bayes.reasoning.varying.drawn_models import drawn_models
from hpt_bayes.reasoning.varying.draws import draw_numbers
from hpt_bayes.reasoning.varying.uncertainty import uncertainty

DRAWS = 1_000


def two_steps(subject: Subject, repeats: int, results: int, seconds_studies: int) -> Line:
    """The exact best two steps over all open studies, against observing each first result and asking every second.

    Args:
        subject: a patient.
        repeats: of each program.
        results: first results given to pyAgrum.
        seconds_studies: second studies asked for after each.
    """
    model, entered, given = subject.model, subject.entered, subject.plain
    calibrated = calibrate(model, entered)
    problem = decision_problem(model, entered)
    assert problem is not None

    def ours() -> Values:
        return study_values(model, entered, calibrated, problem, None)

    looks = open_looks(model, entered, calibrated, None)
    ahead = lookahead(model, entered, calibrated, decision_labels(model, calibrated, problem), looks)
    simple = [i for i, look in enumerate(ahead.looks) if _is_a_free_leaf(model, given, look)]
    first, *rest = simple[: seconds_studies + 1]
    of_target = model.axes(model.targets.variables)
    scopes = [(*of_target, model.axis[ahead.looks[i].study.reveals[0]]) for i in rest]
    peer = PyAgrum(given, (), scopes)
    observed = model.axis[ahead.looks[first].study.reveals[0]]
    branches = [
        Plain(given.cardinalities, given.parents, given.tables, {**given.hard, observed: x}, given.vectors, 0.0)
        for x in range(min(results, given.cardinalities[observed]))
    ]
    chance = ahead.single[:, ahead.results_of(first)].sum(axis=0)
    worst = 0.0
    for x, branch in enumerate(branches):
        found = peer.enter(branch)
        for number, scope in zip(rest, scopes, strict=True):
            joint = found.joint(scope).reshape(len(ahead.labels.of_target), -1) * chance[x]
            ours_now = ahead.pair(first, number)[:, x]
            theirs_now = np.zeros_like(ours_now)
            possible = ahead.labels.of_target >= 0
            np.add.at(theirs_now, ahead.labels.of_target[possible], joint[possible])
            worst = max(
                worst, agree(ours_now, theirs_now, f"{ahead.looks[first].name} then {ahead.looks[number].name}")
            )

    def theirs() -> None:
        for branch in branches:
            found = peer.enter(branch)
            for scope in scopes:
                found.joint(scope)

    taken = in_turn({"hpt_bayes": ours, "pyAgrum": theirs}, repeats)
    pairs = int(ahead.start[-1]) * (len(ahead.looks) - 1)
    share = pairs / (len(branches) * len(scopes))
    taken["pyAgrum"] *= share
    note = f"pyAgrum: {len(scopes)} studies after {len(branches)} results, times {share:,.0f} for {pairs:,} such pairs"
    return Line("exact plan of two steps", subject.name, taken, subject.bars(pyAgrum=100), worst, (note,))


def _is_a_free_leaf(model: CompiledModel, given: Plain, look: Any) -> bool:
    """Whether a look shows one unobserved variable, state by state."""
    if len(look.findings) != 1:
        return False
    name = look.study.reveals[0]
    table = look.findings[0].table
    return model.axis[name] in given.free and np.array_equal(table, model.core.tables[name])


def draws(subject: Subject, repeats: int, count: int, peer_draws: int) -> Line:
    """Intervals on every diagnosis from 1,000 draws of the numbers; pyAgrum gets ready tables.

    Args:
        subject: a patient.
        repeats: of each program.
        count: draws made by hpt_bayes.
        peer_draws: draws given to pyAgrum.
    """
    model, entered = subject.model, subject.entered
    values = draw_numbers(model.network, relevant(model, entered), peer_draws, 0)
    expected = drawn_beliefs(model, entered, values).diagnoses
    causes = model.axes(model.targets.causes)
    versions = [plain(drawn, engine_evidence(drawn, read)) for drawn, read in drawn_models(model, entered, values)]
    written = subject.plain
    peer = PyAgrum(written, (), [causes])
    changed = [
        [v for v, table in enumerate(version.tables) if not np.array_equal(table, written.tables[v])]
        for version in versions
    ]

    def answer(number: int) -> Array:
        for v in changed[number]:
            fill(peer.network, written, v, versions[number].tables[v])
        return peer.enter(versions[number]).joint(causes)

    worst = max(
        agree(expected[i], model.targets.diagnoses(answer(i).reshape(1, -1))[0], f"draw {i}") for i in range(peer_draws)
    )
    taken = in_turn(
        {
            "hpt_bayes": lambda: uncertainty(model, entered, draws=count),
            "pyAgrum": lambda: [answer(i) for i in range(peer_draws)],
        },
        repeats,
    )
    counts = {"hpt_bayes": count, "pyAgrum": peer_draws}
    for name, made in counts.items():
        taken[name] *= DRAWS / made
    notes = tuple(
        f"{name}: {made:,} draws, times {DRAWS / made:,.0f}" for name, made in counts.items() if made != DRAWS
    )
    return Line(f"{DRAWS:,} draws of the numbers", subject.name, taken, subject.bars(pyAgrum=50), worst, notes)
