"""The posterior equals enumeration of the full joint, whatever the order and the units of the entries."""

from __future__ import annotations

import json
import math
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from enumerated import DIAGNOSES, GATE, Enumerated, foreign_network
from hypothesis import given
from hypothesis import strategies as st
from oracle import Arrays
from published_networks import VariableElimination, in_pgmpy, published
from random_networks import networks
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.case import Case
from hpt_bayes.errors import ImpossibleEvidence, NetworkTooWide
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.believing.posterior import Posterior
from hpt_bayes.reasoning.compiled import compile_model

NETWORK = small_network()
CLOSE = pytest.approx


def same(found: dict[str, float], expected: dict[str, float]) -> None:
    assert list(found) == list(expected)
    assert found == pytest.approx(expected, abs=1e-10)


def equal(one: Posterior, other: Posterior, within: float = 1e-12) -> bool:
    pairs = [(one.variables[name], other.variables[name]) for name in one.variables]
    pairs += [(one.diagnoses, other.diagnoses), (one.gland_site, other.gland_site), (one.gate, other.gate)]
    numbers = math.isclose(one.log_evidence, other.log_evidence, abs_tol=within)
    return numbers and all(a == pytest.approx(b, abs=within) for a, b in pairs)


def persistent() -> Case:
    return Case(NETWORK, "persistent", name="A")


CASES = {
    "setting only": persistent(),
    "first time, age": Case(NETWORK, "first_time").observe("age", 12),
    "words": persistent().observe("family_history", "hypercalcemia").observe("gene", "vus").observe("scan", "negative"),
    "number": persistent().observe("adjusted_calcium", 11.2, "mg/dL", upper_limit=10.4).observe(
        "pth", 120, "pg/mL", upper_limit=65
    ),
    "unknown limit": persistent().observe("pth", 70, "pg/mL", upper_limit="unknown"),
    "set": persistent().observe("scan", any_of=["negative", "equivocal"]).observe(
        "age", any_of=["below_18", "18_to_40"]
    ),
    "likelihood": persistent().observe("gene", likelihood={"pathogenic": 0.2, "vus": 1.0, "negative": 0.7}),
    "focus in a group": persistent().observe("scan", "focus", site="neck_left"),
    "two scans": persistent().observe("scan", "negative").observe("scan", "focus", site="mediastinum"),
    "a needle at two places": persistent().observe("washout", "low", site="left_inferior").observe(
        "washout", "high", site="right_inferior"
    ),
    "twice at one place": persistent().observe("cytology", "thyroid", site="left_inferior").observe(
        "cytology", "parathyroid", site="left_inferior"
    ),
    "either setting": Case(NETWORK, ["first_time", "persistent"]).observe("adjusted_calcium", "high"),
    "a setting that rules states out": persistent().observe("previous_operations", any_of=["0", "1"]),
    "another name": persistent().observe("operated", "present").observe("years_to_recurrence", 3, "years"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_variable_equals_enumeration(case: Case) -> None:
    answer = case.posterior()
    oracle = Enumerated.of(NETWORK, case.evidence)
    assert list(answer.variables) == list(NETWORK.variables)
    for name, found in answer.variables.items():
        same(dict(found), oracle.state(name))
    assert answer.log_evidence == CLOSE(math.log(oracle.probability()), abs=1e-10)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_diagnoses_gate_and_place_are_sums_of_the_full_joint(case: Case) -> None:
    answer = case.posterior()
    oracle = Enumerated.of(NETWORK, case.evidence)
    same(dict(answer.diagnoses), oracle.events(DIAGNOSES))
    same(dict(answer.gate), oracle.events(GATE))
    assert sum(answer.gate.values()) == CLOSE(1.0, abs=1e-12)
    site = oracle.state("gland_site")
    same(dict(answer.gland_site), site)
    neck = sum(site[name] for name in ("left_superior", "left_inferior", "right_superior", "right_inferior"))
    expected = {"neck": neck, "chest": site["mediastinum"], "bilateral": site["multiple"], "none": site["none"]}
    assert dict(answer.approaches) == CLOSE(expected, abs=1e-10)
    assert list(answer.approaches.values()) == sorted(answer.approaches.values(), reverse=True)


def test_states_enter_as_what_was_seen() -> None:
    """Evidence written down by hand, not as the case interpreted it."""
    answer = CASES["words"].posterior()
    seen = {"setting": "persistent", "calcium_case_definition": "met", "family_history": "hypercalcemia",
            "gene": "vus", "scan": "negative"}  # fmt: skip
    vectors = [(name, np.eye(NETWORK.variables[name].size)[NETWORK.variables[name].states.index(state)])
               for name, state in seen.items()]  # fmt: skip
    oracle = Enumerated(NETWORK, vectors)
    same(dict(answer.diagnoses), oracle.events(DIAGNOSES))
    assert answer.log_evidence == CLOSE(math.log(oracle.probability()), abs=1e-10)


def test_the_case_definition_is_entered_and_can_be_retracted() -> None:
    entered = persistent().posterior().variables["calcium_case_definition"]
    assert dict(entered) == {"met": 1.0, "not_met": 0.0}
    without = persistent().retract("case_definition").posterior()
    by_hand = Enumerated(NETWORK, [("setting", np.array([0.0, 1.0]))])
    same(dict(without.variables["calcium_case_definition"]), by_hand.state("calcium_case_definition"))
    same(dict(without.diagnoses), by_hand.events(DIAGNOSES))


def test_a_setting_without_a_case_definition_enters_none() -> None:
    assert 0.0 < Case(NETWORK, "first_time").posterior().variables["calcium_case_definition"]["met"] < 1.0


def test_several_settings_are_averaged_over() -> None:
    answer = CASES["either setting"].posterior()
    assert answer.setting == "first_time | persistent"
    assert 0.0 < answer.variables["setting"]["persistent"] < 1.0


def test_what_is_retracted_was_never_entered() -> None:
    plain = CASES["words"]
    detour = plain.observe("scan", "diffuse").observe("pth", 90, "pg/mL", upper_limit=65).retract("pth").retract("scan")
    assert equal(detour.observe("scan", "negative").posterior(), plain.posterior(), 0.0)


@given(st.permutations(range(6)))
def test_the_order_of_entries_does_not_matter(order: list[int]) -> None:
    entries = [
        lambda case: case.observe("adjusted_calcium", 11.2, "mg/dL"),
        lambda case: case.observe("adjusted_calcium", 10.9, "mg/dL"),
        lambda case: case.observe("scan", "focus", site="left_inferior"),
        lambda case: case.observe("scan", "negative"),
        lambda case: case.observe("washout", "low", site="left_inferior"),
        lambda case: case.observe("gene", any_of=["vus", "negative"]),
    ]
    case = first = persistent()
    for position in order:
        case = entries[position](case)
    for entry in entries:
        first = entry(first)
    assert equal(case.posterior(), first.posterior())


def test_the_same_patient_in_other_units_is_the_same_patient() -> None:
    conventional = persistent().observe("adjusted_calcium", 11.2, "mg/dL", upper_limit=10.2)
    conventional = conventional.observe("pth", 95, "pg/mL", upper_limit=65).observe("age", 55, "years")
    si = persistent().observe("adjusted_calcium", 11.2 / 4.008, "mmol/L", upper_limit=10.2 / 4.008)
    si = si.observe("pth", 95 / 9.43, "pmol/L", upper_limit=65 / 9.43).observe("age", 55, "years")
    assert equal(conventional.posterior(), si.posterior())
    assert conventional.conflict().total == CLOSE(si.conflict().total, abs=1e-12)


def test_a_qualifying_row_never_leads() -> None:
    sure = persistent().observe("gene", "pathogenic").observe("family_history", "known_syndrome").posterior()
    assert max(sure.diagnoses, key=lambda name: sure.diagnoses[name]) == "known_men1"
    assert sure.leading_diagnosis == "hyperplasia"


def test_the_fact_that_matters_most_is_the_one_that_moves_the_leader_most() -> None:
    case = CASES["number"]
    answer = case.posterior()
    reaches = {}
    for name in ("age", "thyroid_nodules"):
        for state, probability in answer.variables[name].items():
            if probability >= 0.02:
                given_it = case.observe(name, state).posterior().diagnoses["adenoma"]
                reaches[name, state] = given_it
    leader = answer.diagnoses["adenoma"]
    name, state = max(reaches, key=lambda key: abs(reaches[key] - leader))
    assert answer.leading_diagnosis == "adenoma"
    fact = answer.influential
    assert fact is not None
    assert (fact.variable, fact.state, fact.diagnosis) == (name, state, "adenoma")
    assert fact.probability == CLOSE(reaches[name, state], abs=1e-10)


def test_no_fact_matters_most_when_all_are_entered() -> None:
    case = persistent().observe("age", 50, "years").observe("thyroid_nodules", "absent")
    assert case.posterior().influential is None


def test_the_numbers_behind_an_answer_are_counted() -> None:
    """Setting and case definition, the causes, the place and all above them, counted by hand in the files."""
    judged = {"setting": 1, "syndrome": 3, "lesion": 1, "gland_site": 7, "lesion_size": 2, "usual_calcium": 1,
              "calcium_case_definition": 2}  # fmt: skip
    others = {"age": 3, "syndrome": 1, "fhh": 2, "lesion": 5, "gland_site": 14, "usual_calcium": 12}
    said = f"{sum(judged.values())} of {sum(judged.values()) + sum(others.values())} numbers behind this are judged."
    assert CASES["setting only"].posterior().basis_line == said


KEYS = {"case", "model", "setting", "stop_lines", "gate", "diagnoses", "gland_site", "log_evidence", "conflict",
        "assumed", "variables"}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_json_has_the_promised_keys_and_no_nan(case: Case) -> None:
    answer = case.posterior()
    data = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert set(data) >= KEYS
    assert set(data["model"]) == {"id", "version", "path", "digest"}
    assert data["diagnoses"] == dict(answer.diagnoses)
    assert data["variables"]["scan"].keys() == set(NETWORK.variables["scan"].states)


def test_a_frame_has_one_row_per_state() -> None:
    frame = CASES["words"].posterior().to_frame()
    assert list(frame.columns) == ["variable", "state", "probability"]
    assert len(frame) == sum(variable.size for variable in NETWORK.variables.values())
    assert frame.groupby("variable")["probability"].sum().tolist() == CLOSE([1.0] * len(NETWORK.variables), abs=1e-12)


@given(networks(), st.data())
def test_any_network_equals_enumeration(arrays: Arrays, data: st.DataObject) -> None:
    network = foreign_network(arrays)
    case = Case(network)
    vectors = []
    names = data.draw(st.lists(st.sampled_from(sorted(network.variables)), max_size=4, unique=True))
    for name in names:
        states = network.variables[name].states
        seen = data.draw(st.lists(st.sampled_from(states), min_size=1, max_size=3, unique=True))
        case = case.observe(name, any_of=seen) if len(seen) > 1 else case.observe(name, seen[0])
        vectors.append((name, np.array([float(state in seen) for state in states])))
    oracle = Enumerated(network, vectors)
    probability = oracle.probability()
    if probability == 0.0:
        with pytest.raises(ImpossibleEvidence):
            case.posterior()
        return
    answer = case.posterior()
    assert answer.log_evidence == CLOSE(math.log(probability), abs=1e-10)
    for name, found in answer.variables.items():
        same(dict(found), oracle.state(name))
    assert (answer.diagnoses, answer.gland_site, answer.gate, answer.setting) == ({}, {}, {}, "")


def shipped(name: str) -> Network:
    spec = find_spec("pgmpy")
    assert spec is not None and spec.origin is not None
    return hpt.load_network(Path(spec.origin).parent / "utils" / "example_models" / f"{name}.bif.gz")


@pytest.mark.parametrize("name", ["asia", "alarm"])
def test_published_networks_agree_with_another_program(name: str) -> None:
    network = shipped(name)
    arrays = published(name)
    order = sorted(network.variables)
    drawn = arrays.sample(np.random.default_rng(7))
    leaves = [each for each in order if network.graph.out_degree(each) == 0]
    seen = {each: network.variables[each].states[drawn[order.index(each)]] for each in leaves}
    case = Case(network)
    for each, state in seen.items():
        case = case.observe(each, state)
    answer = case.posterior()
    solver = VariableElimination(in_pgmpy(arrays.arrays))
    evidence = {str(order.index(each)): network.variables[each].states.index(state) for each, state in seen.items()}
    for each in [each for each in order if each not in seen][:8]:
        expected = solver.query([str(order.index(each))], evidence=evidence, show_progress=False).values
        assert list(answer.variables[each].values()) == CLOSE(expected.tolist(), abs=1e-9)


def test_a_network_is_compiled_once() -> None:
    assert compile_model(NETWORK) is compile_model(NETWORK)


def test_a_network_beyond_exact_inference_is_refused() -> None:
    """Thirty coins, every two of them compared."""
    parents: list[tuple[int, ...]] = [()] * 30 + list(combinations(range(30), 2))
    tables = tuple(np.full([2] * (len(each) + 1), 0.5) for each in parents)
    network = foreign_network(Arrays((2,) * len(parents), tuple(parents), tables))
    with pytest.raises(NetworkTooWide, match="too wide for exact inference"):
        Case(network).posterior()
