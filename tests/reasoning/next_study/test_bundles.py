"""Bundles gain what acting on all results together gains on the full joint; the front is the Pareto front."""

from __future__ import annotations

import json
from itertools import combinations

import pytest
from expectimax import BURDENS
from small_management import network_with_actions
from small_model import small_network
from studied import NAMES, Studied, impossible, studied

from hpt_bayes.case import Case
from hpt_bayes.display.rows import to_text
from hpt_bayes.errors import EvidenceError, ImpossibleEvidence
from hpt_bayes.reasoning.next_study.bundles import MOST
from hpt_bayes.reasoning.next_study.candidates import BEST

CLOSE = 1e-10


@pytest.fixture(params=NAMES)
def one(request: pytest.FixtureRequest) -> Studied:
    return studied(str(request.param))


def test_every_bundle_gains_what_its_results_together_gain(one: Studied) -> None:
    found, oracle = one.case.bundles(), one.oracle
    assert set(found.candidates) == set(one.open)
    expected = {frozenset(each) for size in range(4) for each in combinations(one.open, size)}
    assert {frozenset(each.studies) for each in found.bundles} == expected
    assert len(found.bundles) == len(expected)
    for each in found.bundles:
        joint = oracle.together(each.studies, one.open.get("cytology"))
        gain = sum(float((oracle.worth @ mass).max()) for mass in joint) - oracle.now
        assert each.gain == pytest.approx(gain, abs=CLOSE)
        assert each.burden == pytest.approx(sum(BURDENS[name] for name in each.studies), abs=1e-15)
        assert each.net == each.gain - each.burden
        assert each.cost_usd == 500 * ("scan" in each.studies) + 300 * ("gene" in each.studies)
        assert each.dose_msv == 5 * ("scan" in each.studies)


def test_more_studies_never_gain_less(one: Studied) -> None:
    gain = {frozenset(each.studies): each.gain for each in one.case.bundles().bundles}
    for bundle, value in gain.items():
        assert all(value >= gain[bundle - {name}] - 1e-12 for name in bundle)
    assert gain[frozenset()] == 0.0


def test_the_front_is_what_nothing_beats(one: Studied) -> None:
    found = one.case.bundles()
    for each in found.bundles:
        beaten = any(
            other.gain >= each.gain - 1e-12
            and other.burden <= each.burden + 1e-12
            and (other.gain > each.gain + 1e-12 or other.burden < each.burden - 1e-12)
            for other in found.bundles
        )
        twins = [o for o in found.bundles if abs(o.gain - each.gain) < 1e-12 and abs(o.burden - each.burden) < 1e-12]
        assert each.efficient is not beaten or len(twins) > 1
        assert sum(twin.efficient for twin in twins) == (0 if beaten else 1), "of equal bundles one is offered"
    assert [each.burden for each in found.front] == sorted(each.burden for each in found.front)
    assert [each.net for each in found.bundles] == sorted((each.net for each in found.bundles), reverse=True)
    assert found.bundles[0].net == max(each.net for each in found.front)


def test_studies_of_one_draw_share_the_visit_and_what_both_reveal_is_told_once() -> None:
    case = Case(network_with_actions(), "persistent", unavailable=["scan", "washout", "cytology", "slides", "records"])
    burden = {frozenset(each.studies): each.burden for each in case.bundles().bundles}
    assert burden[frozenset({"gene", "blood_panel"})] == pytest.approx(burden[frozenset({"gene"})], abs=1e-15)


def test_bundles_print_save_and_become_a_table(one: Studied) -> None:
    found = one.case.bundles()
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert [each["studies"] for each in data["bundles"]] == [list(each.studies) for each in found.bundles]
    assert len(found.to_frame()) == len(found.bundles)
    text = to_text(found.blocks(), 80)
    assert text.startswith("Worth a choice: none gains as much for less burden")
    assert "Largest net gain: " in text
    assert max(map(len, text.splitlines())) <= 80
    assert "Worth a choice" in found._repr_html_()


def test_progress_counts_every_bundle() -> None:
    seen: list[int] = []
    found = studied("a focus seen").case.bundles(advance=seen.append)
    assert sum(seen) == len(found.bundles) <= MOST
    assert MOST == 1 + BEST + BEST * (BEST - 1) // 2 + BEST * (BEST - 1) * (BEST - 2) // 6


def test_bundles_need_actions_and_possible_findings() -> None:
    with pytest.raises(EvidenceError, match="small has no actions, so bundles of studies have no value"):
        Case(small_network(), "persistent").bundles()
    with pytest.raises(ImpossibleEvidence):
        impossible().bundles()
