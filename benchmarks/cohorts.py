"""A cohort: many cases, each with what is known of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from benchmarks.peers import Pgmpy, PyAgrum
from benchmarks.plain import Array, Plain, plain
from benchmarks.subjects import Subject, sampled
from benchmarks.timing import Line, agree, in_turn
from hpt_bayes import simulate
from hpt_bayes.case import Case
from hpt_bayes.cohort.frames import score_cohort
from hpt_bayes.engine import EvidenceFactors, propagate
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import engine_evidence

PATIENTS = 100_000
_SETTING = "persistent"
_BATCH = 500
"""Cases of a published network that are propagated together."""
_ASKED = 0.3
"""Share of the findings that a patient of the cohort has."""


def patients(network: Network, rows: int, seed: int = 0) -> pd.DataFrame:
    """Patients of one setting with mixed missingness, their findings by name of state.

    Args:
        network: the packaged one.
        rows: how many.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    accepted = {
        info.name: set(info.states)
        for info in network.findings()
        if info.kind in ("context", "finding")
        and info.name != "setting"
        and info.name in network.variables
        and network.variables[info.name].target_of is None
    }
    drawn = simulate(rows, _SETTING, seed, misspecified=False, network=network)
    columns = {}
    for name in accepted:
        states = np.array(drawn.model.core.variables[name].states, dtype=object)[drawn.states[name]]
        told = np.isin(states, list(accepted[name])) & (rng.random(rows) < _ASKED)
        states[~told] = None
        columns[name] = states
    return pd.DataFrame(columns, dtype=object)


def cohort(subject: Subject, repeats: int, rows: int, peer_rows: int) -> Line:
    """Diagnoses and place of 100,000 patients; hpt_bayes reads the table, the others get ready evidence.

    Args:
        subject: its network.
        repeats: of each program.
        rows: patients scored by hpt_bayes, in one process.
        peer_rows: patients given to the others.
    """
    network, model = subject.case.facts.network, subject.model
    frame = patients(network, rows)
    scored = score_cohort(frame, setting=_SETTING, network=network, workers=1)
    causes, site = model.axes(model.targets.causes), model.axis[subject.target]
    ready: list[tuple[PyAgrum, Plain]] = []
    peers: dict[bytes, PyAgrum] = {}
    worst = 0.0
    for at in range(peer_rows):
        if scored["status"].iloc[at] != "ok":
            continue
        case = Case(network, _SETTING)
        for name, text in frame.iloc[at].dropna().items():
            case = case.observe(str(name), text)
        given = plain(model, engine_evidence(model, case.evidence))
        shared = b"".join(table.tobytes() for table in given.tables[len(model.names) :])
        if shared not in peers:
            peers[shared] = PyAgrum(given, [site], [causes])
        ready.append((peers[shared], given))
        found = peers[shared].enter(given)
        diagnoses = model.targets.diagnoses(found.joint(causes).reshape(1, -1))[0]
        ours = scored.iloc[at][list(model.targets.diagnosis_names)].to_numpy(dtype=float)
        worst = max(worst, agree(ours, diagnoses, f"diagnoses of patient {at}"))
        log_evidence = found.log_evidence() + given.log_scale + model.log_settings
        worst = max(worst, agree(scored["log_evidence"].iloc[at], log_evidence, f"log P(e) of patient {at}"))
    one = ready[0][1]
    other = Pgmpy(one)
    worst = max(worst, agree(other.joint(causes), ready[0][0].enter(one).joint(causes), "causes of the first patient"))

    def theirs() -> None:
        for peer, given in ready:
            found = peer.enter(given)
            found.joint(causes)
            found.posterior(site)

    seconds = in_turn(
        {
            "hpt_bayes": lambda: score_cohort(frame, setting=_SETTING, network=network, workers=1),
            "pyAgrum": theirs,
            "pgmpy": lambda: (other.joint(causes), other.joint([site])),
        },
        repeats,
    )
    counts = {"hpt_bayes": rows, "pyAgrum": len(ready), "pgmpy": 1}
    for name, count in counts.items():
        seconds[name] *= PATIENTS / count
    notes = tuple(f"{name}: patients {count:,}, times {PATIENTS / count:,.0f}" for name, count in counts.items())
    return Line(f"{PATIENTS:,} patients", subject.name, seconds, subject.bars(pyAgrum=100, pgmpy=1000), worst, notes)


def batch(subject: Subject, repeats: int, rows: int, peer_rows: int) -> Line:
    """The target of a published network for 100,000 cases, a third of the variables known in each.

    Args:
        subject: a published network.
        repeats: of each program.
        rows: cases given to hpt_bayes, in batches.
        peer_rows: cases given to the others.
    """
    model, network = subject.model, subject.case.facts.network
    engine, target, rng = model.engine, model.axis[subject.target], np.random.default_rng(1)
    known: list[Mapping[int, int]] = []
    for _ in range(rows):
        states = sampled(network, rng)
        chosen = rng.permutation([v for v in range(len(model.names)) if v != target])[: len(model.names) // 3]
        known.append({int(v): states[model.names[v]] for v in chosen})

    def ours() -> Array:
        found = []
        for start in range(0, rows, _BATCH):
            part = known[start : start + _BATCH]
            found.append(propagate(engine, _together(engine.cardinalities, part)).marginal(target))
        return np.concatenate(found)

    given = [plain(model, EvidenceFactors(hard=states)) for states in known[:peer_rows]]
    peer, others = PyAgrum(given[0], [target]), [Pgmpy(each) for each in given[:2]]
    answers = ours()
    worst = max(agree(answers[i], peer.enter(one).posterior(target), f"case {i}") for i, one in enumerate(given))
    worst = max(worst, *(agree(answers[i], one.joint([target]), f"case {i}") for i, one in enumerate(others)))

    def theirs() -> None:
        for one in given:
            peer.enter(one).posterior(target)

    calls = {"hpt_bayes": ours, "pyAgrum": theirs, "pgmpy": lambda: [one.joint([target]) for one in others]}
    seconds = in_turn(calls, repeats)
    counts = {"hpt_bayes": rows, "pyAgrum": len(given), "pgmpy": len(others)}
    for name, count in counts.items():
        seconds[name] *= PATIENTS / count
    notes = tuple(f"{name}: cases {count:,}, times {PATIENTS / count:,.0f}" for name, count in counts.items())
    return Line(
        f"{PATIENTS:,} cases, one target", subject.name, seconds, subject.bars(pyAgrum=100, pgmpy=1000), worst, notes
    )


def _together(cardinalities: tuple[int, ...], known: list[Mapping[int, int]]) -> EvidenceFactors:
    """One-hot vectors where a variable is known, ones where it is not, a row a case."""
    likelihoods = []
    for v in sorted({v for states in known for v in states}):
        vectors = np.ones((len(known), cardinalities[v]))
        for row, states in enumerate(known):
            if v in states:
                vectors[row] = np.eye(cardinalities[v])[states[v]]
        likelihoods.append((v, vectors))
    return EvidenceFactors(likelihoods=tuple(likelihoods))
