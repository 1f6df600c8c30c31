"""One judged number decides: the one-pass answer is that of every number changed and propagated again."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.errors import EvidenceError
from hpt_bayes.reasoning.compiled import compile_model
from hpt_bayes.reasoning.varying.deciding_numbers import deciding, deciding_number, leads
from hpt_bayes.reasoning.varying.drawn_beliefs import drawn_beliefs
from hpt_bayes.reasoning.varying.one_way import is_linear, leaders, range_of
from hpt_bayes.reasoning.varying.parameters import parameters, with_number

NETWORK = small_network()
MODEL = compile_model(NETWORK, ("persistent",))
CLEAR = hpt.Case(NETWORK, "persistent").observe("histology", "adenoma").observe("pth", "300 pg/mL upper 65")
CLOSE = hpt.Case(NETWORK, "persistent").observe(
    "histology", likelihood={"adenoma": 0.5, "hyperplasia": 1.0, "normal_only": 0.05}
)
CASES = {"clear": CLEAR, "close": CLOSE}


@cache
def one_pass(name: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for parameter, lead in leads(MODEL, CASES[name].evidence):
        found.setdefault(parameter.name, []).append(lead)
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_lead_at_both_ends_is_that_of_a_propagation(name: str) -> None:
    """Exact to 1e-10 wherever the number moves one table alone; P(e) as written divides out."""
    entered = CASES[name].evidence
    shares = np.array(list(CASES[name].posterior().diagnoses.values()))
    leader = int(leaders(MODEL, shares[None])[0])
    checked = 0
    for parameter in parameters(NETWORK):
        if parameter.name not in one_pass(name):
            continue
        ends = np.array(range_of(MODEL, parameter))
        if not is_linear(MODEL, entered, parameter, *ends):
            continue
        both = np.array([*ends, parameter.value])
        found = drawn_beliefs(MODEL, entered, {parameter.variable: with_number(NETWORK, parameter, both)})
        joint = found.diagnoses * np.exp(found.log_evidence - found.log_evidence[2])[:, None]
        rivals = np.where(MODEL.targets.leaders, joint, 0.0)
        rivals[:, leader] = 0.0
        expected = joint[:2, leader] - rivals[:2].max(axis=1)
        assert one_pass(name)[parameter.name] == pytest.approx(expected.tolist(), abs=1e-10), parameter.name
        checked += 1
    assert checked >= 5


@pytest.mark.parametrize("name", CASES)
def test_every_free_judged_number_is_looked_at_twice(name: str) -> None:
    judged = {each.name for each in parameters(NETWORK) if each.number.provenance.basis == "judged"}
    assert set(one_pass(name)) <= judged
    assert {len(each) for each in one_pass(name).values()} == {2}


def test_a_number_that_decides_is_found_and_said() -> None:
    """Every number that gives another leader when changed and propagated is found, and no other.

    Numbers of rows written given a confirmed case are found to first order and evaluated exactly afterwards.
    """
    for name, case in CASES.items():
        expected = set()
        leader = leaders(MODEL, np.array([list(case.posterior().diagnoses.values())]))[0]
        for parameter in parameters(NETWORK):
            if parameter.name in one_pass(name) and parameter.variable not in NETWORK.published:
                ends = with_number(NETWORK, parameter, np.array(range_of(MODEL, parameter)))
                found = drawn_beliefs(MODEL, case.evidence, {parameter.variable: ends}).diagnoses
                if (leaders(MODEL, found) != leader).any():
                    expected.add(parameter.name)
        found_here = deciding(MODEL, case.evidence)
        assert {each.name for each in found_here if each.variable not in NETWORK.published} == expected, name


def test_the_caution_comes_with_the_posterior_when_asked() -> None:
    decides = [name for name, case in CASES.items() if deciding_number(MODEL, case.evidence) is not None]
    assert decides == ["close"]
    for name, case in CASES.items():
        said = [each for each in case.posterior(draws=2).cautions if each.startswith("One judged number decides")]
        assert len(said) == (name in decides)
        assert not any(each.startswith("One judged number decides") for each in case.posterior().cautions)
    found = deciding_number(MODEL, CLOSE.evidence)
    assert found is not None
    assert found.bar.decides
    assert found.bar.basis == "judged"
    assert found.bar.means in found.text


def test_a_network_of_another_program_has_no_judged_numbers() -> None:
    with pytest.raises(EvidenceError, match="comes from another program"):
        deciding_number(compile_model(replace(NETWORK, foreign=True), ("persistent",)), CLEAR.evidence)
