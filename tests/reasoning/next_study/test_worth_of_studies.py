"""What studies are worth equals trying every policy on the full joint, one and two steps ahead."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from small_management import network_with_actions
from small_model import small_network
from studied import NAMES, Studied, studied

from hpt_bayes.case import Case
from hpt_bayes.display.rows import to_text
from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.studies import Rating
from hpt_bayes.reasoning.next_study.ranking import Ranking, StudyRow
from hpt_bayes.reasoning.next_study.ranking_order import best_first, noted, tied
from hpt_bayes.reasoning.next_study.value import gain_for_burden, largest_ratio

CLOSE = 1e-10
PERSISTENT = Case(network_with_actions(), "persistent")


@pytest.fixture(params=NAMES)
def one(request: pytest.FixtureRequest) -> Studied:
    return studied(str(request.param))


def feasible(ranking: Ranking) -> dict[str, StudyRow]:
    return {row.study: row for row in ranking.studies if row.feasible}


@pytest.mark.parametrize("steps", [1, 2])
def test_values_are_those_of_every_policy(one: Studied, steps: int) -> None:
    ranking, oracle = one.case.next_studies(steps=steps), one.oracle
    rows = feasible(ranking)
    assert set(rows) == set(one.open)
    assert ranking.steps == steps
    for name, place in one.open.items():
        row = rows[name]
        alone = oracle.start(oracle.root, name, place, 1, 0.0) - oracle.now
        best = oracle.start(oracle.root, name, place, steps) - oracle.now
        assert row.decision_value == pytest.approx(alone, abs=CLOSE)
        assert row.net_value == pytest.approx(best, abs=CLOSE)
        assert row.index == pytest.approx(oracle.index(name, place, steps), abs=1e-8)


def test_the_study_of_best_value_has_the_largest_index_of_those_worth_it(one: Studied) -> None:
    for steps in (1, 2):
        ranking = one.case.next_studies(steps=steps)
        worth = {name: row for name, row in feasible(ranking).items() if (row.net_value or 0.0) > 0}
        assert ranking.best_value == max(worth, key=lambda name: worth[name].index or 0.0, default=None)
        if ranking.best_value is not None:
            assert ranking.advised == ranking.studies[0].study == ranking.best_value
            assert ranking.studies[0].worth_doing


def test_knowing_more_never_costs_and_looking_further_never_loses(one: Studied) -> None:
    near, far = feasible(one.case.next_studies()), feasible(one.case.next_studies(steps=2))
    for name, row in near.items():
        assert row.decision_value is not None and row.decision_value >= 0.0
        assert (far[name].net_value or 0.0) >= (row.net_value or 0.0) - 1e-12
        assert (far[name].index or 0.0) >= (row.index or 0.0) - 1e-9


def test_what_cannot_be_done_has_no_net_value() -> None:
    for steps in (1, 2):
        ranking = studied("nothing known").case.next_studies(steps=steps)
        for row in ranking.studies:
            assert row.feasible is (row.net_value is not None) is (row.index is not None)
            assert row.feasible or not row.worth_doing


def test_localisation_after_a_result_that_leaves_gland_disease_unclear_is_premature() -> None:
    """Slides without a gland make the scan premature, so the plan does not go on to it there."""
    case = studied("nothing known").case
    slides = next(row for row in case.next_studies(steps=2).studies if row.study == "slides")
    after = case.observe("histology", "normal_only").observe("years_to_recurrence", "early")
    assert next(row for row in after.next_studies().studies if row.study == "scan").status == "premature"
    assert {each.then for each in slides.results if each.result.startswith("normal")}.isdisjoint({"scan"})


def test_a_study_that_opens_the_way_says_so() -> None:
    rows = feasible(studied("a focus seen").case.next_studies(steps=2))
    assert rows["slides"].decision_value == 0.0
    assert rows["slides"].worth_doing
    assert rows["slides"].reasons == (
        "no result of it alone changes the action, but Review of slides then FNA cytology can",
    )
    assert not rows["gene"].worth_doing, "its two steps are worth it only for the puncture that follows"
    assert rows["gene"].net_value is not None and rows["gene"].net_value > 0
    assert rows["gene"].reasons == ()


def test_where_no_single_result_changes_the_action_two_together_may() -> None:
    case = Case(network_with_actions(), "persistent", unavailable=["scan"]).observe("histology", "hyperplasia")
    ranking = case.next_studies(steps=2)
    assert not any(row.decision_value for row in feasible(ranking).values())
    assert ranking.best_value == "blood_panel"
    said = "no single result changes the action, but Blood panel then Gene test can"
    assert feasible(ranking)["blood_panel"].reasons == (said,)
    assert f"- {said[0].upper()}{said[1:]}.\n" in to_text(ranking.blocks(), 120)
    assert case.next_studies() == ranking, "two steps unless told otherwise"
    alone = case.next_studies(steps=1)
    assert (alone.best_value, alone.advised) == (None, alone.most_informative)


def test_each_result_names_the_action_and_the_second_study() -> None:
    case = studied("a focus seen").case
    (cytology,) = [row for row in case.next_studies(steps=2).studies if row.study == "cytology"]
    for result in cytology.results:
        after = case.observe("cytology", result.result.split("@")[0], site="left_superior").decide()
        assert result.action == after.best
    assert cytology.place == "left_superior"
    data = json.loads(json.dumps(case.next_studies(steps=2).to_dict(), allow_nan=False))
    row = next(each for each in data["studies"] if each["study"] == "slides")
    assert {each["then"] for each in row["results"]} == {"cytology", None}
    assert row["order_text"] == "" and row["sequence"] == []


def test_ties_do_not_depend_on_the_order_of_the_studies() -> None:
    rows = list(PERSISTENT.next_studies().studies)
    (first, second, third) = (replace(row, feasible=True, worth_doing=True, index=2.0, status="available")
                              for row in rows[:3])  # fmt: skip
    third = replace(third, index=1.0)
    one, other = tied(best_first([first, second, third])), tied(best_first([third, second, first]))
    assert [set(group) for group in one] == [set(group) for group in other] == [{first.study, second.study}]
    nothing = [replace(row, worth_doing=False, information_bits=0.0) for row in (first, second)]
    assert tied(nothing) == ()


def test_draws_name_ties_of_what_ranks_the_studies() -> None:
    case = studied("a focus seen").case
    ranking = case.next_studies(draws=12, seed=3)
    assert ranking.best_value == "cytology"
    assert ranking.draw_shares is not None and ranking.draw_shares["cytology"] > 0.5
    assert all(len(group) > 1 and len(set(group)) == len(group) for group in ranking.ties)
    worthless = {row.study for row in ranking.studies if row.feasible and row.decision_value == 0.0}
    by_bits = case.next_studies("lesion", draws=3)
    assert worthless and by_bits.best_value is None
    assert by_bits.draw_shares is not None and sum(by_bits.draw_shares.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("own", "other", "said"),
    [
        ("may_be_appropriate", "usually_appropriate", "it is rated may be appropriate, while usually appropriate is "),
        ("not_rated", "usually_appropriate", "it is not rated here, while usually appropriate is "),
        ("usually_appropriate", "usually_appropriate", None),
        ("may_be_appropriate", "may_be_appropriate", None),
        (None, "usually_appropriate", None),
    ],
)
def test_a_departure_from_the_rating_is_noted(own: Rating | None, other: Rating, said: str | None) -> None:
    ranking = PERSISTENT.next_studies()
    rivals = [row for row in ranking.studies if row.feasible and row.study != ranking.advised]
    rows = [
        replace(row, acr_rating=own if row.study == ranking.advised else other if row in rivals else None)
        for row in ranking.studies
    ]
    labels = ", ".join(ranking.labels.studies[row.study] for row in rivals)
    (advised,) = [row for row in noted(replace(ranking, studies=tuple(rows))) if row.study == ranking.advised]
    assert advised.reasons == (() if said is None else (f"departs from the ACR rating: {said}{labels}",))


@pytest.mark.parametrize("steps", [0, 3, 1.5, 2.0, True])
def test_other_steps_are_refused(steps: int) -> None:
    with pytest.raises(EvidenceError, match=rf"expected 1 or 2 steps, found {steps}; case\.plan looks three"):
        PERSISTENT.next_studies(steps=steps)


def test_two_steps_need_something_to_decide() -> None:
    with pytest.raises(EvidenceError, match="and small has no actions; leave steps at 1"):
        Case(small_network(), "persistent").next_studies(steps=2)
    with pytest.raises(EvidenceError, match="and lesion is no decision; leave steps at 1"):
        PERSISTENT.next_studies("lesion", steps=2)


def test_a_gain_without_burden_is_an_infinite_index_and_null_in_json() -> None:
    assert gain_for_burden(0.0, 0.0) == 0.0
    assert gain_for_burden(0.1, 0.0) == float("inf")
    assert largest_ratio(lambda price: (0.1, 0.0, None)) == float("inf")  # type: ignore[arg-type,return-value]
    row = next(row for row in PERSISTENT.next_studies().studies if row.feasible)
    assert replace(row, index=float("inf")).to_dict()["index"] is None


def test_the_list_says_what_ranks_it_and_fits_the_page() -> None:
    seen = studied("a focus seen").case
    for steps, line in ((1, "Best value: it gains 40"), (2, "Best value: with the best second study")):
        text = to_text(seen.next_studies(steps=steps).blocks(), 80)
        assert text.startswith("Next study: FNA cytology, Left superior\n")
        assert line in text
        assert "Studies that can be done now, best value first" in text
        assert max(map(len, text.splitlines())) <= 80
    unclear = to_text(studied("gland unclear").case.next_studies(steps=1).blocks(), 80)
    assert unclear.startswith("Next study, if any: ")
    assert "No study by itself changes what is best to do." in unclear
    assert "Premature\n---------\n- Scan of neck and chest: imaging does not make the diagnosis" in unclear
    assert "No study, alone or with a second one" in to_text(
        studied("gland unclear").case.next_studies(steps=2).blocks(), 80
    )
