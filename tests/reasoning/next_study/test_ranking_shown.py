"""The ranking as JSON, as a frame and for people."""

from __future__ import annotations

import json

import numpy as np
import pytest
from enumerated import foreign_network
from oracle import Arrays
from small_model import small_network

from hpt_bayes.case import Case
from hpt_bayes.display.rows import to_html, to_text
from hpt_bayes.reasoning.believing.worked_up import worked_up
from hpt_bayes.reasoning.studies.burden import burden_parts

NETWORK = small_network()
CASE = Case(NETWORK, "persistent", name="A", constraints=["pregnancy"]).observe("adjusted_calcium", 11.8, "mg/dL")
FREE = Case(NETWORK, "persistent", name="A").observe("adjusted_calcium", 11.8, "mg/dL")
ROW_KEYS = {"study", "information_bits", "information", "decision_value", "net_value", "index", "burden", "results",
            "acr_rating", "status", "feasible", "reason", "worth_doing", "order_text", "sequence",
            "place"}  # fmt: skip


def shown(case: Case, **options: bool) -> str:
    return to_text(case.next_studies().blocks(**options), 90)


@pytest.mark.parametrize("case", [CASE, FREE, Case(NETWORK, ["first_time", "persistent"])])
def test_json_has_exactly_the_promised_keys(case: Case) -> None:
    data = json.loads(json.dumps(case.next_studies().to_dict(), allow_nan=False))
    assert {"studies", "ties", "most_informative", "best_value"} <= set(data)
    assert (data["ties"], data["best_value"], data["target"]) == ([], None, "both")
    for row in data["studies"]:
        assert set(row) == ROW_KEYS
        assert (row["decision_value"], row["net_value"], row["index"]) == (None, None, None)
        assert set(row["information"]) == {"etiology", "site", "both"}
        assert set(row["burden"]) == {"cost_usd", "dose_msv", "invasiveness", "contrast", "minutes", "utility"}
        for result in row["results"]:
            assert set(result) == {"result", "probability", "leading_diagnosis", "leading_site"}
        assert isinstance(row["reason"], str)


def test_json_of_a_foreign_network_has_the_same_keys() -> None:
    coin = np.array([0.5, 0.5])
    network = foreign_network(Arrays((2, 2), ((), (0,)), (coin, np.array([[0.9, 0.1], [0.2, 0.8]]))))
    data = json.loads(json.dumps(Case(network).next_studies("v0").to_dict(), allow_nan=False))
    (row,) = data["studies"]
    assert set(row) == ROW_KEYS
    assert (row["burden"], row["acr_rating"], set(row["information"])) == (None, None, {"v0"})
    assert "bits" in to_text(Case(network).next_studies("v0").blocks(), 80)


def test_a_rating_is_that_of_the_setting() -> None:
    def rating(setting: list[str]) -> str | None:
        return next(row for row in Case(NETWORK, setting).next_studies().studies if row.study == "scan").acr_rating

    assert rating(["first_time"]) == "may_be_appropriate"
    assert rating(["persistent"]) == "usually_appropriate"
    assert rating(["first_time", "persistent"]) is None


def test_the_burden_is_weighed_by_the_model() -> None:
    scan = burden_parts(NETWORK, NETWORK.studies["scan"])
    assert scan.utility == pytest.approx(500 * 1e-5 + 5 * 5e-5, abs=1e-15)
    assert (scan.cost_usd, scan.dose_msv, scan.minutes, scan.contrast, scan.invasiveness) == (
        500, 5, 30, "iodinated", 1
    )  # fmt: skip
    free = burden_parts(NETWORK, NETWORK.studies["blood_panel"])
    assert (free.cost_usd, free.dose_msv, free.minutes, free.utility) == (None, None, None, 1e-4)


def test_the_next_study_comes_first_with_what_each_result_would_change() -> None:
    ranking = FREE.next_studies()
    text = shown(FREE)
    assert text.startswith(f"Next study: {NETWORK.studies[ranking.most_informative or ''].label}\n")
    assert "What each result would change" in text
    assert "leading cause" in text
    assert "leading place" in text


def test_excluded_studies_are_listed_when_asked_for() -> None:
    assert "radiation" not in shown(CASE)
    assert "--all lists them with the reason" in shown(CASE)
    everything = shown(CASE, everything=True)
    assert "radiation" in everything
    assert "--all" not in everything


def test_done_and_premature_studies_have_their_own_list() -> None:
    done = shown(FREE.observe("gene", "vus"), everything=True)
    assert "\nDone\n" in done
    unclear = Case(NETWORK, "first_time").observe("adjusted_calcium", 9.5, "mg/dL")
    assert "\nPremature\n" in shown(unclear)


def test_rarer_results_are_counted_not_shown() -> None:
    ranking = Case(NETWORK, "persistent", unavailable=[name for name in NETWORK.studies if name != "scan"]).observe(
        "adjusted_calcium", "high"
    )
    assert "3 rarer results are left out (" in shown(ranking)


def test_nothing_to_do_is_said() -> None:
    case = Case(NETWORK, "persistent", unavailable=list(NETWORK.studies))
    assert "No study of the model can be done now" in shown(case)


def test_a_caution_is_said_with_the_study() -> None:
    others = [name for name in NETWORK.studies if name != "scan"]
    case = Case(NETWORK, "persistent", unavailable=others).observe("age", 12).observe("adjusted_calcium", "high")
    assert "- Caution: dose." in shown(case)
    assert "- Order: Scan of neck and chest" in shown(case)


def test_every_result_names_the_model() -> None:
    model = f"Model small 0.1.0 ({NETWORK.digest[:12]}"
    assert model in " ".join(shown(CASE).split())
    assert model in " ".join(to_text(CASE.posterior().blocks(), 90).split())


def test_a_frame_has_one_row_per_study() -> None:
    frame = CASE.next_studies().to_frame()
    assert sorted(frame["study"]) == sorted(NETWORK.studies)
    assert {"bits_etiology", "bits_site", "bits_both", "status", "acr_rating", "reason"} <= set(frame.columns)


def test_a_worked_up_case_reads_story_first_and_assumptions_last() -> None:
    result = worked_up("A story.", CASE.evidence, CASE.posterior(), CASE.next_studies())
    text = to_text(result.blocks(), 80)
    heads = ["Patient: A (persistent)", "A story.", "First question", "Leading causes", "Where it probably is",
             "Next study", "Model small"]  # fmt: skip
    places = [text.index(head) for head in heads]
    assert places == sorted(places)
    assert "adjusted_calcium: 11.8 mg/dL" in " ".join(text.split())
    data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert set(data) == {"posterior", "next"}
    assert "A story." not in to_text(worked_up("", CASE.evidence, CASE.posterior(), CASE.next_studies()).blocks(), 80)


def test_the_same_name_keeps_its_words_in_each_place() -> None:
    """`none` is a row of the gate and a place, `fhh` a row of the gate, a diagnosis and a variable."""
    labels = CASE.posterior().labels
    assert (labels.gate["none"], labels.sites["none"]) == ("None", "No gland")
    text = to_text(CASE.posterior().blocks(exact_sites=True), 80)
    assert "No gland" in text


def test_a_diagnosis_has_the_words_of_the_setting() -> None:
    assert Case(NETWORK, "persistent").posterior().labels.diagnoses["adenoma"] == "Missed adenoma"
    assert Case(NETWORK, "first_time").posterior().labels.diagnoses["adenoma"] == "Adenoma"
    both = Case(NETWORK, ["first_time", "persistent"]).posterior()
    assert both.labels.diagnoses["adenoma"] == "Adenoma"


@pytest.mark.parametrize("exact_sites", [False, True])
def test_places_are_shown_by_approach_or_one_by_one(exact_sites: bool) -> None:
    text = to_text(CASE.posterior().blocks(exact_sites=exact_sites), 80)
    assert ("Where it probably is, by approach" in text) is not exact_sites
    assert ("Place of the gland to be found" in text) is exact_sites
    assert ("Left inferior" in text) is exact_sites


def test_stop_lines_come_first_and_are_marked() -> None:
    case = CASE.observe("pth", 10, "pg/mL", upper_limit=65)
    assert to_text(case.posterior().blocks(), 80).startswith("! Stop and settle first\n")


def test_a_foreign_posterior_shows_the_most_probable_states() -> None:
    network = foreign_network(Arrays((2,), ((),), (np.array([0.25, 0.75]),)))
    text = to_text(Case(network).posterior().blocks(), 80)
    assert "Most probable state of each variable" in text
    assert "v0        s1     75 %" in text


def test_notebooks_show_what_the_terminal_shows() -> None:
    answer, ranking = CASE.posterior(), CASE.next_studies()
    assert answer._repr_html_() == to_html(answer.blocks())
    assert ranking._repr_html_() == to_html(ranking.blocks())
