"""A session: commit, order, decide, undo; regrets against the model's own answers; every refusal."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import packaged
import pytest

import hpt_bayes as hpt
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.observation import observation
from hpt_bayes.network.network import Network
from hpt_bayes.teaching.patient import Origin, Patient, Truth, region_of
from hpt_bayes.teaching.scoring import score
from hpt_bayes.teaching.session import Session, begin
from hpt_bayes.teaching.shown import reading_text
from hpt_bayes.teaching.steps import Committed, Decided, Ordered

REPORTED = ("ct_4d", "ct_routine", "fna_pth_washout")
"""Studies whose results the patient of these tests has."""


def network() -> Network:
    return packaged.network()


@cache
def started() -> Session:
    """A patient with persistent disease and a negative ultrasound, whose scans are known to this test."""
    read = (
        ("adjusted_calcium", "11.0_to_11.5", None),
        ("pth", "high", None),
        ("prior_normal_calcium", "present", None),
        ("ultrasound", "negative", None),
        ("age", "40_to_60", None),
        ("kidney_status", "native", None),
        ("thiazide_now", "absent", None),
        ("lithium", "never", None),
        ("prior_neck_surgery", "parathyroid", None),
        ("previous_operations", "1", None),
    )
    later = (
        ("ct_4d", "focus", "mediastinal_thymus"),
        ("ct_routine", "negative", None),
        ("fna_pth_washout", "high", "left_inferior"),
        ("fna_pth_washout", "low", "mediastinal_thymus"),
    )
    opening, hidden = (
        tuple(observation(network(), name, value, site=site) for name, value, site in rows) for rows in (read, later)
    )
    patient = Patient(
        "test",
        Origin("published", "test"),
        ("persistent",),
        opening,
        hidden,
        Truth(frozenset({"ectopic_adenoma"}), "thymus", "made up"),
        constraints=("pregnancy",),
        notes="A story.",
    )
    return begin(network(), patient)


@cache
def committed() -> Session:
    return started().commit("60 ectopic, 20 fhh")


@cache
def without_constraint() -> Session:
    return begin(network(), replace(started().patient, constraints=())).commit("60 ectopic, 20 fhh")


@cache
def scanned() -> Session:
    return without_constraint().order("ct_4d")


def texts(session: Session) -> list[str]:
    """Everything the last step says."""
    return [cell for block in session.last_blocks() for row in block.cells for cell in row]


def test_the_model_commits_its_posterior() -> None:
    step = committed().steps[-1]
    assert isinstance(step, Committed)
    posterior = committed().standing.posterior
    assert step.model.causes == {name: posterior.diagnoses[name] for name in committed().causes}
    thymus = ("left_cervical_thymus", "right_cervical_thymus", "mediastinal_thymus")
    assert step.model.regions["thymus"] == pytest.approx(sum(posterior.gland_site[each] for each in thymus), abs=1e-12)
    assert sum(step.model.regions.values()) == pytest.approx(1.0, abs=1e-10)


def test_regret_is_what_the_best_study_tells_more() -> None:
    session = without_constraint()
    rows = {row.study: row for row in session.standing.ranking.studies}
    best = max((rows[name] for name in REPORTED if rows[name].feasible), key=lambda row: row.information_bits)
    for name in ("nephrolithiasis", "alkaline_phosphatase"):
        step = session.order(name).steps[-1]
        assert isinstance(step, Ordered)
        assert step.best == best.study
        assert step.regret_bits == best.information_bits - rows[name].information_bits
        assert step.regret_bits > 0


def test_regret_is_never_negative_and_none_for_the_best() -> None:
    session = without_constraint()
    rows = [row for row in session.standing.ranking.studies if row.status != "done"]
    assert any(row.status == "excluded" for row in rows)
    regrets = []
    for row in rows:
        step = session.order(row.study).steps[-1]
        assert isinstance(step, Ordered)
        assert step.regret_utility is not None
        assert step.regret_utility >= 0.0
        regrets.append(step.regret_bits)
    assert min(regrets) == 0.0


def test_the_utility_regret_of_an_order_is_net_of_burden() -> None:
    session = without_constraint()
    nets = {
        row.study: row.decision_value - row.burden.utility
        for row in session.standing.ranking.studies
        if row.feasible and row.burden and row.decision_value is not None
    }
    for name in ("ct_4d", "nephrolithiasis"):
        able = {*REPORTED, name} & nets.keys()
        best = max(able, key=lambda each: nets[each])
        step = session.order(name).steps[-1]
        assert isinstance(step, Ordered)
        assert step.regret_utility == pytest.approx(max(nets[best], 0.0) - nets[name], abs=1e-15)
        assert step.planned == (best if nets[best] > 0 else "")


def test_ordering_nothing_is_best_where_no_study_is_worth_its_burden() -> None:
    patient = replace(started().patient, hidden=(observation(network(), "alkaline_phosphatase", "normal"),))
    after = begin(network(), patient).commit("60 ectopic").order("alkaline_phosphatase")
    step = after.steps[-1]
    assert isinstance(step, Ordered)
    assert (step.planned, step.planned_value) == ("", 0.0)
    assert step.regret_utility is not None
    assert step.regret_utility > 0
    assert any("ordering nothing 0.000" in text for text in texts(after))


def test_an_order_reveals_and_the_next_forecast_is_about_more() -> None:
    after = scanned()
    assert after.expects_forecast
    assert after.standing.known[-1].result == "focus@mediastinal_thymus"
    before, now = without_constraint().standing.posterior, after.standing.posterior
    assert now.gland_site["mediastinal_thymus"] > before.gland_site["mediastinal_thymus"]


def test_a_puncture_is_of_the_place_that_was_seen() -> None:
    (found,) = scanned().standing.shown_by(network().studies["fna_pth_washout"])
    assert found == observation(network(), "fna_pth_washout", "low", site="mediastinal_thymus")
    step = without_constraint().order("fna_pth_washout").steps[-1]
    assert isinstance(step, Ordered)
    assert step.refused, "without a focus there is nothing to puncture"
    assert not step.found


def test_what_is_known_is_not_entered_again() -> None:
    """Two studies reveal the same gene: the second one adds only what is new."""
    panel, one = network().studies["hereditary_panel"], network().studies["men1_gene"]
    assert set(one.reveals) < set(panel.reveals)
    hidden = tuple(observation(network(), name, network().variables[name].states[-1]) for name in panel.reveals)
    session = begin(network(), replace(started().patient, hidden=hidden)).commit("60 ectopic").order("men1_gene")
    new = [each.finding for each in session.standing.shown_by(panel)]
    assert new == [name for name in panel.reveals if name not in one.reveals]


def test_a_study_that_must_not_be_done_is_refused_and_springs_a_trap() -> None:
    session = committed().order("ct_4d")
    step = session.steps[-1]
    assert isinstance(step, Ordered)
    assert step.refused
    assert not step.done
    assert (step.bits, step.value) == (0.0, 0.0)
    assert "contraindicated" in {each.trap for each in step.sprung}
    assert session.standing is committed().standing
    assert texts(session)[0].startswith("Not done:")
    assert any(block.urgent for block in session.last_blocks())


def test_a_study_the_case_does_not_report_costs_nothing() -> None:
    session = without_constraint().order("mri_noncontrast")
    step = session.steps[-1]
    assert isinstance(step, Ordered)
    assert not step.done
    assert "says nothing about it" in texts(session)[0]
    told = session.commit("60 ectopic").decide().summary()
    assert (told.cost_usd, told.dose_msv, told.burden) == (0.0, 0.0, 0.0)


def test_the_wrong_ct_and_a_negative_ultrasound_are_traps() -> None:
    before = without_constraint()
    assert "negative_ultrasound" in before.faced
    ordered = before.order("ct_routine").steps[-1]
    assert isinstance(ordered, Ordered)
    assert "wrong_ct" in {each.trap for each in ordered.sprung}
    decided = before.decide("observe")
    assert decided.summary().sprung == ("negative_ultrasound",)
    explored = before.decide("focused_exploration@left_neck").summary()
    assert {"negative_ultrasound", "unprepared_reoperation"} <= set(explored.sprung)
    assert any("rules nothing out" in text for text in texts(decided))


def test_fhh_is_a_trap_until_it_is_addressed() -> None:
    drawn = tuple(each for each in started().patient.opening if each.finding != "prior_normal_calcium")
    session = begin(network(), replace(started().patient, opening=drawn, constraints=())).commit("60 ectopic")
    assert "fhh" in session.faced
    ended = session.decide("focused_exploration@left_neck")
    step = ended.steps[-1]
    assert isinstance(step, Decided)
    assert step.forbidden
    assert "fhh" in ended.summary().sprung
    assert any(text.startswith("Not yet, says the model:") for text in texts(ended))
    addressed = (*drawn, observation(network(), "cccr", 0.03))
    assert "fhh" not in begin(network(), replace(started().patient, opening=addressed)).faced


def test_decision_regret_is_the_utility_given_away() -> None:
    session = without_constraint()
    decision = session.standing.decision
    best = max(row.expected_utility for row in decision.actions if not row.not_yet)
    for row in decision.actions:
        step = session.decide(row.action).steps[-1]
        assert isinstance(step, Decided)
        assert step.regret_utility == pytest.approx(max(best, row.expected_utility) - row.expected_utility, abs=1e-15)
    advised = session.decide(str(decision.advice))
    assert advised.summary().regret_of_decision == 0.0
    assert texts(advised)[0] == "The model advises the same."


def test_no_action_is_an_answer_without_regret() -> None:
    ended = committed().decide()
    assert (ended.summary().regret_of_decision, ended.summary().regret_of_orders) == (None, None)
    assert ended.last_blocks() == ()


def test_undo_takes_the_last_step_back_and_its_traps() -> None:
    session = without_constraint()
    back = scanned().undo()
    assert back == session
    assert back.undo().steps == ()
    assert session.decide().undo().finished is False
    again = session.commit("50 fhh")
    assert len(again.steps) == 1, "a second forecast before an order replaces the first"


def test_the_summary_scores_every_forecast() -> None:
    session = without_constraint().commit("60 ectopic, 20 fhh", {"thymus": 0.9}).order("ct_4d")
    session = session.commit(session.standing.forecast.causes).decide("refer")
    told = session.summary()
    first, last = told.scored
    committed_to = session.steps[0]
    assert isinstance(committed_to, Committed)
    assert first.you == score(committed_to.forecast.causes, {"ectopic_adenoma"})
    assert first.your_place == score(committed_to.forecast.regions, {"thymus"})
    assert last.you == last.model
    row = {each.study: each for each in without_constraint().standing.ranking.studies}["ct_4d"]
    assert row.burden is not None
    assert (told.cost_usd, told.dose_msv) == (row.burden.cost_usd, row.burden.dose_msv)
    assert told.diagnoses == ("ectopic_adenoma",)
    assert told.to_dict()["regret_bits"] == told.regret_bits == told.orders[0].regret_bits
    shown = [cell for block in told.blocks() for line in block.cells for cell in line]
    assert "Place: Thymus" in shown
    assert told._repr_html_().startswith("<div")


def test_feedback_puts_both_side_by_side_and_says_why() -> None:
    told = committed().feedback()
    assert told.leading == committed().standing.posterior.leading_diagnosis
    assert told.to_dict()["leading_diagnosis"] == told.leading
    assert told.blocks()[0].columns == ("", "you", "model", "points")
    assert told._repr_html_().startswith("<div")
    later = scanned().commit("70 ectopic").feedback()
    assert 1 <= len(later.why) <= 4
    assert later.readings["ct_4d"] == "focus: mediastinal thymus"
    assert "Why the model says" in later.blocks()[-1].title


def test_natural_frequencies_are_counts_nested_in_one_population() -> None:
    told = committed().frequencies()
    largest = max(committed().standing.forecast.causes.values())
    causes, places = told.blocks()
    assert causes.cells[0][1] == str(round(100 * largest))
    assert len(places.cells) > 1
    assert told.to_dict()["causes"] == committed().standing.forecast.causes
    of_study = without_constraint().study_frequencies("ct_4d")
    (table,) = of_study.blocks()
    for shown, result in zip(table.cells, of_study.results, strict=False):
        assert result.diagnosis_probability is not None
        assert shown[1] == str(round(1000 * result.probability))
        assert shown[2] == str(round(1000 * result.probability * result.diagnosis_probability))
    assert len(table.cells) == 8
    assert table.notes[0].startswith("Other results:")
    assert sum(each.probability for each in of_study.results) == pytest.approx(1, abs=1e-10)
    assert of_study.to_dict()["study"] == "ct_4d"
    assert of_study._repr_html_().startswith("<div")
    assert told._repr_html_().startswith("<div")


def test_a_patient_is_shown_with_what_is_absent_in_one_line() -> None:
    _, known = hpt.teach("persistent", seed=3, network=network()).blocks()
    assert known.notes[0].startswith("Absent or never: ")
    assert all(cells[1] not in ("absent", "never", "none") for cells in known.cells)
    assert any("mg/dL" in cells[1] for cells in known.cells)
    story, *_ = started().blocks()
    assert ("A story.",) in story.cells
    assert any("Constraint" in line for (line,) in story.cells)
    assert started()._repr_html_().startswith("<div")


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (("pth", "95", "pg/mL", 65), "95 pg/mL (upper limit 65)"),
        (("pth", "891", "pg/mL", "unknown"), "891 pg/mL (upper limit unknown)"),
        (("adjusted_calcium", "[10.5, 11]", "mg/dL", None), "10.5 to 11 mg/dL"),
        (("cccr", "0.003", None, None), "0.003"),
        (("cccr", "0.010_to_0.013", None, None), "0.010 to 0.013"),
    ],
)
def test_readings_in_words(entry: tuple[str, str, str | None, float | str | None], text: str) -> None:
    finding, value, unit, limit = entry
    assert reading_text(network(), observation(network(), finding, value, unit, upper_limit=limit)) == text


def test_what_can_be_chosen() -> None:
    session = without_constraint()
    assert tuple(session.studies) == REPORTED, "what is known or not reported is not offered"
    assert "ct_4d" not in scanned().studies
    decision = session.standing.decision
    assert set(session.actions) == {row.action for row in (*decision.actions, *decision.contraindicated)}
    assert "fhh" in session.causes
    assert "thymus" in session.regions


def test_the_region_of_a_label() -> None:
    assert region_of(network(), "left_inferior") == "neck_left"
    assert region_of(network(), "anterior_mediastinum") == "mediastinum"
    assert region_of(network(), "neck") is None
    assert region_of(network(), None) is None


def test_refusals_of_a_session() -> None:
    session = committed()
    ended = session.decide()
    refusals = [
        (lambda: started().order("ct_4d"), "commit probabilities before a study is ordered"),
        (lambda: started().decide(), "commit probabilities before a decision is made"),
        (lambda: started().undo(), "nothing to undo"),
        (lambda: session.order("ct4"), "unknown study 'ct4'; nearest valid name: 'ct_4d'"),
        (lambda: session.order("ultrasound"), "the result is known already"),
        (lambda: session.order("ct_4d").commit("60 fhh").order("ct_4d"), "was ordered before and told nothing"),
        (lambda: session.decide("observ"), "unknown action 'observ'; nearest valid name: 'observe'"),
        (lambda: session.commit({"x": 0.1}), "unknown name 'x'"),
        (lambda: session.commit("60 fhh", {"thymus": 0.9, "mediastinum": 0.2}), "at most 100 % in all"),
        (lambda: ended.commit("60 fhh"), "the work-up has ended"),
        (lambda: ended.order("ct_4d"), "the work-up has ended"),
        (lambda: ended.decide(), "the work-up has ended"),
        (lambda: session.summary(), "has not ended"),
        (lambda: started().feedback(), "no new forecast"),
        (lambda: ended.feedback(), "no new forecast"),
        (lambda: session.study_frequencies("ct4"), "unknown study 'ct4'"),
    ]
    for attempt, said in refusals:
        with pytest.raises(EvidenceError, match=said):
            attempt()


def test_an_action_that_must_not_be_done_is_refused() -> None:
    """No drug can be stopped where none is taken; that is for the learner to find out."""
    assert "stop_drug" in committed().actions
    with pytest.raises(EvidenceError, match="Stop the drug and retest must not be done: there is no drug to stop"):
        committed().decide("stop_drug")
