"""Questions to the small model against its full joint by enumeration."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from enumerated import Enumerated
from small_model import small_network

from hpt_bayes.evidence.interpret import interpret
from hpt_bayes.network.patterns import pattern
from hpt_bayes.validation.conditions import step_means
from hpt_bayes.validation.query import Population, mean, probability

States = Mapping[str, str]
RIGHT = {
    "left_superior": ("left_superior", "left_inferior"),
    "left_inferior": ("left_superior", "left_inferior"),
    "right_superior": ("right_superior", "right_inferior"),
    "right_inferior": ("right_superior", "right_inferior"),
    "mediastinum": ("mediastinum",),
    "multiple": ("left_superior", "left_inferior", "right_superior", "right_inferior"),
    "none": (),
}


def share(
    names: tuple[str, ...],
    given: Callable[[States], bool],
    event: Callable[[States], bool],
    setting: str = "persistent",
    retracted: tuple[str, ...] = (),
) -> float:
    network = small_network()
    known = Enumerated.of(network, interpret(network, (setting,), retracted=retracted)).masses(*names)
    whole = sum(p for states, p in known if given(states))
    return sum(p for states, p in known if given(states) and event(states)) / whole


def right(states: States) -> bool:
    if states["scan"] in ("several", "diffuse"):
        return states["gland_site"] != "none"
    return states["scan"].removeprefix("focus@") in RIGHT[states["gland_site"]]


def test_a_probability_is_that_of_the_full_joint() -> None:
    found = probability(
        small_network(), Population(("persistent",), True, pattern(fhh="absent")), [pattern(lesion="adenoma")]
    )
    wanted = share(("lesion", "fhh"), lambda s: s["fhh"] == "absent", lambda s: s["lesion"] == "adenoma")
    assert found == pytest.approx(wanted, abs=1e-12)


def test_an_unconfirmed_population_takes_the_case_definition_back() -> None:
    network = small_network()
    found = probability(network, Population(("persistent",), False), [pattern(lesion="disease")])
    assert found == pytest.approx(
        share(("lesion",), lambda _: True, lambda s: s["lesion"] != "none", retracted=("case_definition",)), abs=1e-12
    )
    assert found != pytest.approx(probability(network, Population(("persistent",)), [pattern(lesion="disease")]))
    first = Population(("first_time",), False)
    assert 0 < probability(network, first, [pattern(lesion="disease")]) < 1


def test_one_of_several_events_is_counted_once() -> None:
    events = [
        pattern(gene="pathogenic"),
        pattern(family_history=["hypercalcemia", "known_syndrome"]),
        pattern(fhh="present"),
    ]
    found = probability(small_network(), Population(("persistent",)), events)
    wanted = share(
        ("gene", "family_history", "fhh"),
        lambda _: True,
        lambda s: s["gene"] == "pathogenic" or s["family_history"] != "none" or s["fhh"] == "present",
    )
    assert found == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(("name", "holds"), [("localised", True), ("not_localised", False)])
def test_a_scan_is_right_or_not(name: str, holds: bool) -> None:
    population = Population(("persistent",), True, pattern(lesion="disease"))
    found = probability(small_network(), population, [pattern(**{name: "scan"})])
    wanted = share(("lesion", "gland_site", "scan"), lambda s: s["lesion"] != "none", lambda s: right(s) == holds)
    assert found == pytest.approx(wanted, abs=1e-12)


def test_a_relation_may_be_known_and_asked_about() -> None:
    given = pattern(localised="scan", thyroid_nodules="absent")
    found = probability(small_network(), Population(("persistent",), True, given), [pattern(gland_site="mediastinum")])
    wanted = share(
        ("gland_site", "scan", "thyroid_nodules"),
        lambda s: right(s) and s["thyroid_nodules"] == "absent",
        lambda s: s["gland_site"] == "mediastinum",
    )
    assert found == pytest.approx(wanted, abs=1e-12)


def test_part_of_a_step_counts_in_part() -> None:
    network, everybody = small_network(), Population(("first_time",))
    step = probability(network, everybody, [pattern(usual_calcium="9.0_to_10.5")])
    below = probability(network, everybody, [pattern(usual_calcium="below_9.0")])
    assert probability(network, everybody, [pattern(usual_calcium="<9.5")]) == pytest.approx(below + step / 3)
    assert probability(network, everybody, [pattern(usual_calcium="[9.5, 10.5]")]) == pytest.approx(2 * step / 3)
    on_log = probability(network, everybody, [pattern(usual_pth="1_to_2")]) / 2
    above = probability(network, everybody, [pattern(usual_pth=["2_to_5", "5_or_over"])])
    assert probability(network, everybody, [pattern(usual_pth=f">{2**0.5}")]) == pytest.approx(above + on_log)


def test_a_mean_weighs_the_middle_of_each_step() -> None:
    network = small_network()
    steps = {"below_9.0": 8.0, "9.0_to_10.5": 9.75, "10.5_to_12.0": 11.25, "12.0_or_over": 14.0}
    found = mean(network, Population(("persistent",), True, pattern(lesion="adenoma")), "usual_calcium")
    known = Enumerated.of(network, interpret(network, ("persistent",))).masses("lesion", "usual_calcium")
    whole = sum(p for states, p in known if states["lesion"] == "adenoma")
    wanted = sum(p * steps[states["usual_calcium"]] for states, p in known if states["lesion"] == "adenoma") / whole
    assert found == pytest.approx(wanted, abs=1e-12)


def test_the_mean_of_an_even_step_on_a_log_scale() -> None:
    variable = small_network().variables["usual_pth"]
    random = np.exp(np.random.default_rng(1).uniform(np.log(2), np.log(5), 400_000))
    assert step_means(variable)[3] == pytest.approx(float(random.mean()), rel=2e-3)


def test_a_punctured_place_is_asked_about_by_name() -> None:
    network = small_network()
    at = network.variables["gland_site"].states.index("left_inferior")
    for site in ("left_inferior", "right_inferior"):
        population = Population(("persistent",), True, pattern(gland_site=site))
        found = probability(network, population, [pattern(**{"washout@left_inferior": "high"})])
        place = network.variables["gland_site"].states.index(site)
        assert found == pytest.approx(network.target_tables["washout"][at, place, 0], abs=1e-12)


def test_conditions_that_nobody_meets_give_no_number() -> None:
    nobody = Population(("persistent",), True, pattern(lesion="none", gland_site="mediastinum"))
    assert np.isnan(probability(small_network(), nobody, [pattern(fhh="present")]))
    assert np.isnan(mean(small_network(), nobody, "usual_calcium"))
