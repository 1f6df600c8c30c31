"""Expectations: each key asks what it says it asks, and what is not met names numbers that decide it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import pytest
from packaged import network
from small_management import write_small_management
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.errors import EvidenceError
from hpt_bayes.validation.expectation_results import ExpectationResult, expectation_results
from hpt_bayes.validation.expectations import Expectation, read_expectations, studies_named

KNOWN = {"adjusted_calcium": "12.5 mg/dL", "pth": "300 pg/mL upper 65"}


class Report(Protocol):
    data: dict[str, Any]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> hpt.Network:
    """The small model with actions."""
    return hpt.load_network(write_small_management(tmp_path_factory.mktemp("model") / "small"))


def asked(of: hpt.Network, **keys: object) -> ExpectationResult:
    fields: dict[str, object] = {"name": "it", "setting": "persistent", "findings": KNOWN, "why": "so"}
    expectation = Expectation.model_validate(fields | {"numbers": ("a",)} | keys)
    return expectation_results(of, [expectation]).results[0]


def case(of: hpt.Network) -> hpt.Case:
    made = hpt.Case(of, "persistent")
    for finding, text in KNOWN.items():
        made = made.observe(finding, text)
    return made


def test_bits_are_those_of_the_ranking(small: hpt.Network) -> None:
    first = case(small).next_studies().most_informative
    assert first is not None
    assert asked(small, leads_by_bits=(first,)).agrees
    other = next(row.study for row in case(small).next_studies().studies if row.feasible and row.study != first)
    found = asked(small, leads_by_bits=(other,))
    assert (found.agrees, found.numbers, found.why) == (False, ("a",), "so")
    assert asked(small, leads_by_bits=(other,), among=(other,)).agrees, "compared with nothing else"


def test_a_study_leads_by_value_two_steps_ahead(small: hpt.Network) -> None:
    ranking = case(small).next_studies(steps=2)
    net = {row.study: row.net_value for row in ranking.studies if row.feasible and row.net_value is not None}
    best, worth = max(net, key=lambda study: net[study]), [study for study, value in net.items() if value > 0]
    assert worth and ranking.best_value is not None
    assert asked(small, worth_doing=tuple(net)).agrees
    assert not asked(small, worth_nothing=tuple(net)).agrees
    assert asked(small, worth_nothing=tuple(set(net) - set(worth))).agrees
    assert asked(small, leads=(ranking.best_value,)).agrees
    assert asked(small, leads_by_net=(best,)).agrees
    other = next(study for study in net if study not in (best, ranking.best_value))
    assert not asked(small, leads=(other,)).agrees
    assert not asked(small, leads_by_net=(other,)).agrees
    assert asked(small, leads_by_net=(other,), among=(other,)).agrees, "compared with nothing else"


def test_a_study_has_no_decision_value_where_no_single_result_changes_the_action(small: hpt.Network) -> None:
    alone = {row.study: row.decision_value for row in case(small).next_studies().studies if row.feasible}
    moving = tuple(study for study, value in alone.items() if value)
    assert asked(small, no_decision_value=tuple(set(alone) - set(moving))).agrees
    if moving:
        assert not asked(small, no_decision_value=moving).agrees


def test_where_nothing_is_worth_its_burden_bits_lead(small: hpt.Network) -> None:
    dear = replace(small, burden_weights={name: value * 1e4 for name, value in small.burden_weights.items()})
    most = case(dear).next_studies().most_informative
    assert most is not None
    for key in ("leads", "leads_by_net"):
        found = asked(dear, **{key: (most,)})
        assert found.agrees
        assert found.says.startswith("no study is worth its burden")


def test_the_advice_or_what_is_tied_with_it_agrees(small: hpt.Network) -> None:
    decision = case(small).decide()
    assert asked(small, advice=decision.ties).agrees
    others = tuple(row.action for row in decision.actions if row.action not in decision.ties)
    assert not asked(small, advice=others).agrees


def test_what_cannot_be_ordered_is_not_offered(small: hpt.Network) -> None:
    assert asked(small, not_offered=("scan",), constraints=("pregnancy",)).agrees
    found = asked(small, not_offered=("scan",))
    assert (found.agrees, found.says) == (False, "offered: scan")
    assert not asked(small, leads_by_bits=("scan",), among=("scan",), constraints=("pregnancy",)).agrees


def test_a_diagnosis_rises_with_the_findings_after() -> None:
    of = small_network()
    before, after = hpt.Case(of, "persistent").posterior(), case(of).posterior()
    higher = [name for name, share in after.diagnoses.items() if share > before.diagnoses[name]]
    assert higher
    for name in after.diagnoses:
        assert asked(of, rises=(name,), after=tuple(KNOWN)).agrees == (name in higher)


def test_everything_asked_must_hold(small: hpt.Network) -> None:
    first = case(small).next_studies().most_informative
    assert not asked(small, leads_by_bits=(first,), not_offered=(first,)).agrees


def test_a_reading_that_cannot_be_accepted_is_refused() -> None:
    with pytest.raises(EvidenceError, match="gene"):
        asked(small_network(), advice=("observe",), findings={"gene": "blue"})


def test_without_actions_nothing_is_advised() -> None:
    assert not asked(small_network(), advice=("observe",)).agrees
    assert asked(small_network(), required=("laryngoscopy",)).says == "no action is advised"


def test_kinds_stand_for_their_studies() -> None:
    scans = studies_named(network(), ["localisation"])
    assert {"ultrasound", "ct_4d", "venous_sampling"} <= set(scans)
    assert studies_named(network(), ["fhh_panel", "laryngoscopy"]) == ("laryngoscopy", "fhh_panel")


def test_every_expectation_that_is_not_met_names_its_numbers(report: Report) -> None:
    results = report.data["expectations"]["results"]
    assert len(results) == len(read_expectations(network())) >= 25
    assert report.data["expectations"]["agreed"] == sum(each["agrees"] for each in results)
    for each in results:
        assert each["agrees"] or (each["numbers"] and each["why"]), each["name"]
