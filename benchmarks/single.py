"""One case: the posterior of every variable, of one target, and the ranking of every study."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from benchmarks.peers import Pgmpy, PyAgrum
from benchmarks.plain import Array
from benchmarks.subjects import Subject
from benchmarks.timing import Line, agree, in_turn
from hpt_bayes.engine import propagate
from hpt_bayes.reasoning.compiled import calibrate
from hpt_bayes.reasoning.next_study.question import Question, question
from hpt_bayes.reasoning.next_study.ranking_of_studies import next_studies
from hpt_bayes.reasoning.studies.information import mutual_information, summed
from hpt_bayes.reasoning.studies.outcomes import outlook

Item = TypeVar("Item")

_LARGEST_JOINT = 2_000_000
_PGMPY_QUERIES = 5


def every_posterior(subject: Subject, repeats: int) -> Line:
    """Posterior of every variable; the evidence is entered anew each time."""
    engine, evidence, given = subject.model.engine, subject.evidence, subject.plain
    asked = range(len(engine.cardinalities))
    few = _spread(given.free, _PGMPY_QUERIES)
    peer, other = PyAgrum(given), Pgmpy(given)
    ours = propagate(engine, evidence)
    found = peer.enter(given)
    where = f"every posterior of {subject.name}"
    worst = agree(ours.log_evidence[0], found.log_evidence() + given.log_scale, where)
    worst = max(worst, *(agree(ours.marginal(v)[0], found.posterior(v), where) for v in asked))
    worst = max(worst, *(agree(ours.marginal(v)[0], other.joint([v]), where) for v in few))

    def theirs() -> None:
        again = peer.enter(given)
        for v in asked:
            again.posterior(v)

    seconds = in_turn(
        {
            "hpt_bayes": lambda: propagate(engine, evidence).marginals(),
            "pyAgrum": theirs,
            "pgmpy": lambda: [other.joint([v]) for v in few],
        },
        repeats,
    )
    share = len(given.free) / len(few)
    seconds["pgmpy"] *= share
    note = f"pgmpy: {len(few)} queries, times {share:.3g}"
    return Line("posterior of every variable", subject.name, seconds, subject.bars(pyAgrum=2, pgmpy=20), worst, (note,))


def one_target(subject: Subject, repeats: int) -> Line:
    """Posterior of one variable that all programs are told beforehand."""
    engine, evidence, given = subject.model.engine, subject.evidence, subject.plain
    target = subject.model.axis[subject.target]
    peer, other = PyAgrum(given, [target]), Pgmpy(given)
    ours = propagate(engine, evidence).marginal(target)[0]
    where = f"{subject.target} of {subject.name}"
    worst = max(agree(ours, peer.enter(given).posterior(target), where), agree(ours, other.joint([target]), where))
    seconds = in_turn(
        {
            "hpt_bayes": lambda: propagate(engine, evidence).marginal(target),
            "pyAgrum": lambda: peer.enter(given).posterior(target),
            "pgmpy": lambda: other.joint([target]),
        },
        repeats,
    )
    return Line(f"posterior of {subject.target}", subject.name, seconds, subject.bars(pyAgrum=1), worst)


def ranking(subject: Subject, repeats: int, limit: int | None = None) -> Line:
    """Bits of every study about cause and place, or of every variable about the target of a published network.

    hpt_bayes is timed on the whole ranking with all it shows; the others on the joints alone, for the studies whose
    results are states of the network that was compiled.

    Args:
        subject: what is asked.
        repeats: of each program.
        limit: most studies to ask the others for; their times are multiplied then. All when None.
    """
    model, entered, given = subject.model, subject.entered, subject.plain
    target = subject.target if model.network.foreign else None
    asked = question(model, calibrate(model, entered), target)
    scopes = _peer_scopes(subject, asked)
    chosen = {name: scopes[name] for name in _spread(tuple(scopes), limit or len(scopes))}
    told = {row.study: row.information_bits for row in next_studies(model, entered, target=target).studies}
    of_target = model.axes(asked.names)
    peer, other = PyAgrum(given, (), [(*of_target, *scope) for scope in chosen.values()]), Pgmpy(given)
    found = peer.enter(given)
    worst = max(
        agree(told[name], _bits(asked, found.joint((*of_target, *scope)), len(of_target)), f"bits of {name}")
        for name, scope in chosen.items()
    )
    name, scope = next(iter(chosen.items()))
    worst = max(worst, agree(told[name], _bits(asked, other.joint((*of_target, *scope)), len(of_target)), name))

    def theirs() -> None:
        again = peer.enter(given)
        for scope in chosen.values():
            again.joint((*of_target, *scope))

    seconds = in_turn(
        {
            "hpt_bayes": lambda: next_studies(model, entered, target=target),
            "pyAgrum": theirs,
            "pgmpy": lambda: other.joint((*of_target, *scope)),
        },
        repeats,
    )
    seconds["pyAgrum"] *= len(scopes) / len(chosen)
    seconds["pgmpy"] *= len(scopes)
    times = f", times {len(scopes) / len(chosen):.3g}" if len(chosen) < len(scopes) else ""
    notes = (
        f"hpt_bayes: all {len(told)} studies with everything the ranking shows",
        f"pyAgrum: joints of {len(chosen)} studies{times}: the {len(scopes)} whose results are network states",
        f"pgmpy: one of them, times {len(scopes)}",
    )
    return Line("ranking of every study", subject.name, seconds, subject.bars(pyAgrum=5, pgmpy=50), worst, notes)


def _peer_scopes(subject: Subject, asked: Question) -> dict[str, tuple[int, ...]]:
    """The studies whose every result is a state of an unobserved variable, with those variables."""
    model, entered, free = subject.model, subject.entered, set(subject.plain.free)
    if model.network.foreign:
        names = [name for name in model.names if name not in asked.names and name not in entered.findings]
        return {name: (model.axis[name],) for name in names}
    calibrated = calibrate(model, entered)
    target = int(np.prod(model.cards(asked.names)))
    found = {}
    for study in model.network.studies.values():
        view = outlook(model, entered, calibrated, study, asked.names)
        scope = model.axes(study.reveals)
        states = [(tuple(each.parents), each.table) for each in view.findings]
        written = [(model.core.variables[name].parents, model.core.tables[name]) for name in study.reveals]
        same = all(a[0] == b[0] and np.array_equal(a[1], b[1]) for a, b in zip(states, written, strict=True))
        size = target * int(np.prod(model.cards(study.reveals)))
        if same and not view.impossible and free.issuperset(scope) and size <= _LARGEST_JOINT:
            found[study.name] = scope
    return found


def _bits(asked: Question, joint: Array, targets: int) -> float:
    """I(T; X) in bits from P(targets, results)."""
    flat = joint.reshape(int(np.prod(joint.shape[:targets])), -1)
    possible = asked.groups >= 0
    grouped = summed(flat[possible], asked.groups[possible], int(asked.groups.max()) + 1)
    part = asked.parts[asked.ranked_by]
    return mutual_information(summed(grouped, part, int(part.max()) + 1))


def _spread(items: tuple[Item, ...], count: int) -> list[Item]:
    """Up to `count` items at equal distances."""
    step = max(1, len(items) // count)
    return list(items[::step][:count])
