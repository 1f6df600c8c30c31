"""Conflict is the log ratio of independent to joint probability, each taken from the full joint."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from enumerated import DIAGNOSES, Enumerated, foreign_network
from hypothesis import assume, given
from hypothesis import strategies as st
from oracle import Arrays
from random_networks import networks
from small_model import small_network

from hpt_bayes.case import Case
from hpt_bayes.display.rows import to_html, to_text
from hpt_bayes.errors import ImpossibleEvidence
from hpt_bayes.network.network import Network

NETWORK = small_network()
CLOSE = pytest.approx
CONTEXT = ("setting", "case_definition", "age", "thyroid_nodules", "operated")


def persistent() -> Case:
    return Case(NETWORK, "persistent", name="A")


CASES = {
    "nothing": persistent(),
    "one finding": persistent().observe("gene", "vus"),
    "numbers": persistent().observe("adjusted_calcium", 11.9, "mg/dL").observe("pth", 20, "pg/mL", upper_limit=65),
    "scan and needle": persistent().observe("scan", "focus", site="left_inferior").observe(
        "washout", "low", site="left_inferior"
    ),
    "rare cause": persistent().observe("gene", "pathogenic").observe("family_history", "known_syndrome").observe(
        "histology", "hyperplasia"
    ),
    "several readings": persistent().observe("scan", "negative").observe("scan", "focus", site="mediastinum").observe(
        "gene", "negative"
    ).observe("gene", "pathogenic"),
    "context is not scored": persistent().observe("age", 12).observe("thyroid_nodules", "present").observe(
        "operated", "present"
    ).observe("gene", "pathogenic").observe("scan", "negative"),
    "likelihood": persistent().observe("gene", likelihood=[3.0, 1.0, 0.5]).observe("histology", "normal_only"),
    "the definition is not scored": Case(NETWORK, "first_time").observe("adjusted_calcium", 9, "mg/dL").observe(
        "gene", "pathogenic"
    ),
}  # fmt: skip


def conf(case: Case, names: tuple[str, ...], context: tuple[str, ...], diagnosis: str | None = None) -> float:
    """conf of some findings by the definition."""

    def probability(kept: tuple[str, ...]) -> float:
        oracle = Enumerated.of(case.facts.network, case.evidence, (*context, *kept))
        if diagnosis is None:
            return oracle.probability()
        return sum(p for states, p in oracle.masses("lesion", "fhh", "syndrome") if DIAGNOSES[diagnosis](states))

    given_context = probability(())
    alone = [probability((name,)) / given_context for name in names]
    return math.log(math.prod(alone) / (probability(names) / given_context))


def parts(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    context = tuple(name for name in case.evidence.findings if name in CONTEXT)
    return tuple(name for name in case.evidence.findings if name not in CONTEXT), context


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_conflict_equals_its_definition(case: Case) -> None:
    names, context = parts(case)
    found = case.conflict()
    assert found.total == CLOSE(conf(case, names, context), abs=1e-10)
    assert case.posterior().conflict == CLOSE(found.total, abs=1e-10)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_leave_one_out_and_pairs_equal_their_definition(case: Case) -> None:
    names, context = parts(case)
    found = case.conflict()
    left = {name: conf(case, tuple(other for other in names if other != name), context) for name in names}
    assert dict(found.without) == CLOSE(left, abs=1e-10)
    pairs = {pair: conf(case, pair, context) for pair in combinations(names, 2)}
    assert dict(found.pairs) == CLOSE(pairs, abs=1e-10)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_explains_a_conflict_makes_it_negative(case: Case) -> None:
    names, context = parts(case)
    explained = {}
    for diagnosis in DIAGNOSES:
        oracle = Enumerated.of(NETWORK, case.evidence)
        possible = any(p > 0 and DIAGNOSES[diagnosis](each) for each, p in oracle.masses("lesion", "fhh", "syndrome"))
        value = conf(case, names, context, diagnosis) if possible and len(names) > 1 else 0.0
        if value < -1e-12:
            explained[diagnosis] = value
    found = {name: value for name, value in case.conflict().explained_by.items() if value < -1e-12}
    assert found == CLOSE(explained, abs=1e-10)
    assert list(found.values()) == sorted(found.values())


def test_a_rare_cause_explains_coherent_findings() -> None:
    found = CASES["rare cause"].conflict()
    assert found.total < 0


def test_the_scale_of_a_likelihood_does_not_matter() -> None:
    one = persistent().observe("gene", likelihood=[0.3, 0.1, 0.05]).observe("histology", "normal_only")
    assert one.conflict().total == CLOSE(CASES["likelihood"].conflict().total, abs=1e-12)


def test_contradictory_findings_are_refused_not_measured() -> None:
    case = persistent().observe("histology", "adenoma").observe("histology", "normal_only")
    network = contradiction()
    with pytest.raises(ImpossibleEvidence):
        Case(network).observe("v1", "s0").observe("v2", "s1").conflict()
    assert math.isfinite(case.conflict().total)


def contradiction() -> Network:
    copy = np.eye(2)
    return foreign_network(Arrays((2, 2, 2), ((), (0,), (0,)), (np.array([0.5, 0.5]), copy, copy)))


@given(networks(max_variables=5), st.data())
def test_conflict_in_any_network_equals_its_definition(arrays: Arrays, data: st.DataObject) -> None:
    network = foreign_network(arrays)
    case = Case(network)
    names = data.draw(st.lists(st.sampled_from(sorted(network.variables)), max_size=4, unique=True))
    for name in names:
        seen = data.draw(st.lists(st.sampled_from(network.variables[name].states), min_size=1, max_size=2, unique=True))
        case = case.observe(name, any_of=seen) if len(seen) > 1 else case.observe(name, seen[0])
    assume(Enumerated.of(network, case.evidence).probability() > 0)
    found = case.conflict()
    assert found.total == CLOSE(conf(case, tuple(names), ()), abs=1e-10)
    assert dict(found.pairs) == CLOSE({pair: conf(case, pair, ()) for pair in combinations(names, 2)}, abs=1e-10)
    assert found.explained_by == {}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_shown_says_whether_findings_agree(case: Case) -> None:
    found = case.conflict()
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert set(data) == {"case", "model", "conflict", "without", "pairs", "explained_by"}
    assert len(found.to_frame()) == len(found.pairs)
    text = to_text(found.blocks(), 80)
    assert ("The findings fit each other" in text) == (found.total <= 0)
    assert ("The findings disagree" in text) == (found.total >= math.log(10) / 10)
    assert found._repr_html_() == to_html(found.blocks())


def test_a_conflict_below_a_deciban_is_no_alarm() -> None:
    found = replace(CASES["scan and needle"].conflict(), total=0.05)
    assert found.sentence == (
        "The findings hardly disagree (conflict +0.05): together they are 5 % less probable "
        "than if they were unrelated."
    )
    assert "They would fit each other" not in to_text(found.blocks(), 100)
    assert replace(found, total=0.24).sentence.startswith("The findings disagree (conflict +0.24)")


def test_the_pair_that_disagrees_is_shown_as_it_was_entered() -> None:
    text = to_text(CASES["scan and needle"].conflict().blocks(), 100)
    assert "Scan: focus: left inferior" in text
    assert "Washout: low: left inferior" in text


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_sentence_says_which_results_disagree_and_what_could_explain_it(case: Case) -> None:
    found = case.conflict()
    if found.total <= 0:
        assert found.sentence.startswith("The findings fit each other")
        return
    if found.total < math.log(10) / 10:
        assert found.sentence.startswith("The findings hardly disagree")
        return
    worst = max(found.pairs, key=lambda pair: found.pairs[pair])
    if found.pairs[worst] > 0:
        assert f"{found.texts[worst[0]]} and {found.texts[worst[1]]} disagree most." in found.sentence
    for name in list(found.explained_by)[:3]:
        assert found.labels.diagnoses[name] in found.sentence
    assert ("No diagnosis of the model makes them fit" in found.sentence) == (not found.explained_by)
    relieved = min(found.without, key=lambda name: found.without[name])
    assert (f"Without {found.texts[relieved]}" in found.sentence) == (found.without[relieved] <= 0)
