"""Every part of an explanation against an independent computation."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import permutations, product

import numpy as np
import packaged
import pytest
from enumerated import DIAGNOSES, Enumerated, foreign_network
from oracle import Arrays
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.case import Case
from hpt_bayes.display.rows import to_html, to_text
from hpt_bayes.errors import EvidenceError
from hpt_bayes.reasoning.basis import numbers_of
from hpt_bayes.reasoning.compiled import compile_model
from hpt_bayes.reasoning.explaining.conflict import context_findings
from hpt_bayes.reasoning.explaining.hypotheses import given_each, hypotheses
from hpt_bayes.reasoning.explaining.weights_of_evidence import weigh
from hpt_bayes.reasoning.progress import STEPS
from hpt_bayes.reasoning.varying.written_effect import effect_of

NETWORK = small_network()
CONTEXT = ("setting", "case_definition", "age", "thyroid_nodules", "operated")
CAUSES = ("lesion", "fhh", "syndrome")


def persistent() -> Case:
    return Case(NETWORK, "persistent", name="A")


CASES = {
    "words": persistent().observe("gene", "vus").observe("scan", "negative").observe("family_history", "hypercalcemia"),
    "numbers": persistent().observe("adjusted_calcium", 11.9, "mg/dL").observe("pth", 70, "pg/mL", upper_limit=65),
    "readings, age": persistent().observe("age", 12).observe("scan", "negative").observe(
        "scan", "focus", site="mediastinum"
    ).observe("gene", "negative"),
    "needle": persistent().observe("scan", "focus", site="left_inferior").observe(
        "washout", "low", site="left_inferior"
    ).observe("gene", likelihood=[0.2, 1.0, 0.4]),
}  # fmt: skip


def odds(case: Case, names: tuple[str, ...], diagnosis: str, against: str | None) -> float:
    """Decibans of a diagnosis given the context and some findings, by enumeration."""
    masses = Enumerated.of(NETWORK, case.evidence, names).masses(*CAUSES)
    for_it = sum(p for states, p in masses if DIAGNOSES[diagnosis](states))
    other = DIAGNOSES[against] if against else lambda states: not DIAGNOSES[diagnosis](states)
    return 10 * math.log10(for_it / sum(p for states, p in masses if other(states)))


@pytest.mark.parametrize("against", [None, "hyperplasia"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_weights_equal_enumeration_of_all_orders(case: Case, against: str | None) -> None:
    found = case.explain("adenoma", against).weights
    names = tuple(name for name in case.evidence.findings if name not in CONTEXT)
    context = tuple(name for name in case.evidence.findings if name in CONTEXT)
    gains: dict[str, list[float]] = {name: [] for name in names}
    for order in permutations(names):
        for at, name in enumerate(order):
            with_it = odds(case, (*context, *order[: at + 1]), "adenoma", against)
            gains[name].append(with_it - odds(case, (*context, *order[:at]), "adenoma", against))
    assert found.before == pytest.approx(odds(case, context, "adenoma", against), abs=1e-9)
    assert found.after == pytest.approx(odds(case, (*context, *names), "adenoma", against), abs=1e-9)
    assert sum(each.share for each in found.findings) == pytest.approx(found.after - found.before, abs=1e-9)
    assert {each.finding for each in found.findings} == set(names)
    for each in found.findings:
        others = tuple(name for name in names if name != each.finding)
        alone = odds(case, (*context, each.finding), "adenoma", against) - found.before
        last = found.after - odds(case, (*context, *others), "adenoma", against)
        some = gains[each.finding]
        expected = (alone, last, np.mean(some), min(some), max(some), 0.0)
        assert (each.alone, each.last, each.share, each.lowest, each.highest, each.error) == pytest.approx(
            expected, abs=1e-9
        )


def test_drawn_orders_agree_with_all_orders_within_their_error() -> None:
    case = CASES["words"]
    model = compile_model(NETWORK, ("persistent",))
    asked = hypotheses(model, "adenoma")
    context = context_findings(model, case.evidence)
    told: list[int] = []
    drawn = weigh(model, case.evidence, asked, context, seed=1, largest_exact=1, advance=told.append)
    assert sum(told) == STEPS
    assert min(told) > 0
    exact = weigh(model, case.evidence, asked, context)
    assert (drawn.orders, exact.orders) == (200, None)
    assert (drawn.before, drawn.after) == pytest.approx((exact.before, exact.after), abs=1e-9)
    known = {each.finding: each for each in exact.findings}
    for each in drawn.findings:
        true = known[each.finding]
        assert (each.alone, each.last) == pytest.approx((true.alone, true.last), abs=1e-9)
        assert abs(each.share - true.share) <= 4 * each.error + 1e-9
        assert true.lowest - 1e-9 <= each.lowest <= each.highest <= true.highest + 1e-9
    assert weigh(model, case.evidence, asked, context, seed=1, largest_exact=1) == drawn


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_most_relevant_explanation_has_the_largest_factor_of_all(case: Case) -> None:
    context = tuple(name for name in case.evidence.findings if name in CONTEXT)
    before = Enumerated.of(NETWORK, case.evidence, context).configurations(*CAUSES)
    after = Enumerated.of(NETWORK, case.evidence).configurations(*CAUSES)
    factors = {}
    for states in product(*((None, *NETWORK.variables[name].states) for name in CAUSES)):
        part = {name: state for name, state in zip(CAUSES, states, strict=True) if state}
        p, q = (sum(w for each, w in table if part.items() <= each.items()) for table in (before, after))
        if part and 0 < p < 1 and 0 < q < 1:
            factors[frozenset(part.items())] = q * (1 - p) / (p * (1 - q))
    found = case.explain("adenoma").most_relevant
    assert found[0].bayes_factor == pytest.approx(max(factors.values()), rel=1e-9)
    for each in found:
        assert each.bayes_factor == pytest.approx(factors[frozenset(each.states.items())], rel=1e-9)
    assert [e.bayes_factor for e in found] == sorted((e.bayes_factor for e in found), reverse=True)


@pytest.mark.parametrize("case", [CASES["words"], CASES["needle"]], ids=["words", "needle"])
def test_the_most_probable_explanation_is_the_largest_cell_of_the_joint(case: Case) -> None:
    found = case.explain("adenoma").most_probable
    weight, order, allowed = Enumerated.of(NETWORK, case.evidence).weight(tuple(NETWORK.variables)[:4])
    tail = [name for name in NETWORK.variables if name not in order]
    # Whatever is barren adds its best state given its parents.
    best = weight.copy()
    assert set(found.states) == set(NETWORK.variables)
    cell = tuple(allowed[name].index(NETWORK.variables[name].states.index(found.states[name])) for name in order)
    value = best[cell] / weight.sum()
    for name in tail:
        variable = NETWORK.variables[name]
        at = [NETWORK.variables[each].states.index(found.states[each]) for each in (*variable.parents, name)]
        value *= NETWORK.tables[name][tuple(at)]
    assert found.log_probability == pytest.approx(math.log(value), abs=1e-9)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_overturns_the_leader_does_so_when_entered(case: Case) -> None:
    explanation = case.explain()
    for each in explanation.overturning:
        if each.result is None:
            changed = case.retract(each.finding)
        elif each.finding in ("adjusted_calcium", "pth", "washout"):
            continue
        else:
            changed = case.retract(each.finding).observe(each.finding, each.result)
        answer = changed.posterior()
        assert answer.leading_diagnosis == each.leading != explanation.leading
        assert answer.diagnoses[each.leading] == pytest.approx(each.probability, abs=1e-9)
        assert answer.diagnoses[explanation.leading] == pytest.approx(each.before, abs=1e-9)


def test_every_result_that_overturns_is_found() -> None:
    case = CASES["words"]
    leading = case.posterior().leading_diagnosis
    expected = set()
    for finding in ("gene", "scan", "family_history"):
        without = case.retract(finding)
        if without.posterior().leading_diagnosis != leading:
            expected.add((finding, None))
        for state in NETWORK.variables[finding].states:
            chance = without.posterior().variables[finding][state]
            if chance > 1e-9 and without.observe(finding, state).posterior().leading_diagnosis != leading:
                expected.add((finding, state))
    assert {(each.finding, each.result) for each in case.explain().overturning} == expected


def test_what_an_answer_rests_on_is_lost_in_a_network_changed_by_hand() -> None:
    case = persistent().observe("gene", "pathogenic").observe("histology", "normal_only")
    told: list[int] = []
    explanation = case.explain("adenoma", sources=True, advance=told.append)
    assert sum(told) == 2 * STEPS, "as many units for the sources as for the weights"
    assert len(told) > 10
    known = explanation.provenance
    assert known is not None
    losses = {each.source: each.decibans for each in known.rests_on}
    # All rows of histology are judged without a paper: each becomes their average over the lesions.
    lesion = Enumerated.of(NETWORK, case.evidence, ("setting", "case_definition")).joint("lesion")
    average = lesion @ NETWORK.tables["histology"]
    changed = np.broadcast_to(average, NETWORK.tables["histology"].shape)
    network = replace(NETWORK, tables={**NETWORK.tables, "histology": changed})
    after = 10 * math.log10(explanation.after / (1 - explanation.after))
    p = Enumerated.of(network, case.evidence).events(DIAGNOSES)["adenoma"]
    assert losses["judged: histology"] == pytest.approx(after - 10 * math.log10(p / (1 - p)), abs=1e-9)
    assert sum(abs(each.share) for each in known.rests_on) == pytest.approx(1.0)
    assert sum(each.share for each in known.doubt_from) == pytest.approx(1.0)
    assert set(known.sources) == set(losses) == {each.source for each in known.doubt_from}
    titles = [block.title for block in explanation.blocks()]
    assert {"What the answer rests on", "Where the doubt comes from"} <= set(titles)


def test_the_gradient_equals_that_of_a_network_changed_by_hand() -> None:
    case = persistent().observe("histology", "normal_only").observe("gene", "vus")
    model = compile_model(NETWORK, ("persistent",))
    asked = hypotheses(model, "adenoma")
    effect = effect_of(model, case.evidence, given_each(model, case.evidence, asked), "histology")
    numbers = numbers_of(NETWORK, "histology")
    checked = 0
    for position, number in enumerate(numbers):
        row = {0: "none", 1: "adenoma", 2: "hyperplasia"}[number.row]
        at = NETWORK.variables["lesion"].states.index(row)
        state = position % 3
        if not 0 < number.value < 1:
            assert effect.gradient[position] == 0
            continue
        logits = []
        for h in (1e-6, -1e-6):
            table = NETWORK.tables["histology"].copy()
            table[at] *= (1 - number.value - h) / (1 - number.value)
            table[at, state] = number.value + h
            network = replace(NETWORK, tables={**NETWORK.tables, "histology": table})
            p = Enumerated.of(network, case.evidence).events(DIAGNOSES)["adenoma"]
            logits.append(math.log(p / (1 - p)))
        assert effect.gradient[position] == pytest.approx((logits[0] - logits[1]) / 2e-6, rel=1e-3, abs=1e-6)
        checked += 1
    assert checked == 5


def test_what_is_shown_is_the_same_in_every_form() -> None:
    for case in CASES.values():
        found = case.explain()
        data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
        assert data["diagnosis"] == case.posterior().leading_diagnosis == data["leading_diagnosis"]
        assert data["after"] == pytest.approx(case.posterior().diagnoses[found.diagnosis], abs=1e-12)
        assert found.paragraph == data["paragraph"]
        assert len(found.to_frame()) == len(data["findings"])
        assert {each["verdict"] for each in data["findings"]} <= {"supporting", "conflicting", "neutral"}
        assert found._repr_html_() == to_html(found.blocks())
        assert "<script" not in found._repr_html_()
        assert all(len(line) <= 80 for line in to_text(found.blocks(), 80).splitlines())


@pytest.mark.parametrize(
    ("diagnosis", "against", "message"),
    [
        ("adenomma", None, "unknown diagnosis 'adenomma'; nearest valid name: 'adenoma'"),
        ("adenoma", "fhhh", "unknown diagnosis 'fhhh'; nearest valid name: 'fhh'"),
        ("adenoma", "adenoma", "found the same one twice"),
    ],
)
def test_an_unknown_diagnosis_is_refused(diagnosis: str, against: str | None, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        CASES["words"].explain(diagnosis, against)


def test_what_is_certain_or_excluded_cannot_be_weighed() -> None:
    case = persistent().observe("histology", "adenoma")
    with pytest.raises(EvidenceError, match="hyperplasia has probability zero"):
        case.explain("hyperplasia")
    with pytest.raises(EvidenceError, match="adenoma is certain"):
        case.explain("adenoma")
    with pytest.raises(EvidenceError, match="hyperplasia has probability zero, so adenoma cannot be weighed"):
        case.explain("adenoma", "hyperplasia")


def test_a_network_without_diagnoses_has_none_to_explain() -> None:
    network = foreign_network(Arrays((2,), ((),), (np.array([0.5, 0.5]),)))
    with pytest.raises(EvidenceError, match="declares no diagnoses"):
        Case(network).explain()
    with pytest.raises(EvidenceError, match="declares no diagnoses"):
        hypotheses(compile_model(network), "x")


def test_a_case_of_the_packaged_network_is_explained() -> None:
    case = hpt.read_case("fhh-trap", packaged.network())
    found = case.explain()
    answer = case.posterior()
    assert found.after == pytest.approx(answer.diagnoses[found.diagnosis], abs=1e-10)
    entered = {entry.finding for entry in case.facts.observations}
    plain = [each for each in found.weights.findings if each.finding in entered and each.finding != "pth"]
    assert len(plain) > 3
    for each in plain:
        p = case.retract(each.finding).posterior().diagnoses[found.diagnosis]
        assert each.last == pytest.approx(found.weights.after - 10 * math.log10(p / (1 - p)), abs=1e-6)
