"""Frames of what a learner is told: the same figures as in `to_dict`, one row each."""

from __future__ import annotations

from functools import cache

import packaged
import pytest

import hpt_bayes as hpt


@cache
def committed() -> hpt.Session:
    session = hpt.teach("persistent", seed=3, network=packaged.network())
    cause, region = next(iter(session.causes)), next(iter(session.regions))
    return session.commit({cause: 0.6}, {region: 0.5})


def test_feedback_and_frequencies_have_a_row_for_each_cause_and_region() -> None:
    told = committed().feedback()
    frame = told.to_frame().set_index(["about", "name"])
    assert frame["you"].to_dict() == {
        **{("cause", name): p for name, p in told.you.causes.items()},
        **{("region", name): p for name, p in told.you.regions.items()},
    }
    assert frame["model"]["cause"].to_dict() == dict(told.model.causes)
    counted = committed().frequencies()
    frame = counted.to_frame().set_index(["about", "name"])
    assert frame["probability"]["cause"].to_dict() == dict(counted.causes)
    assert frame["probability"]["region"].to_dict() == dict(counted.regions)


def test_a_study_has_a_row_for_each_result() -> None:
    told = committed().study_frequencies("ultrasound")
    frame = told.to_frame()
    assert frame["result"].tolist() == [each.result for each in told.results]
    assert frame["probability"].sum() == pytest.approx(1.0)


def test_the_summary_has_a_row_for_each_score_and_the_record_one_for_each_trap() -> None:
    session = committed().decide()
    told = session.summary()
    frame = told.to_frame()
    place = told.scored[0].your_place
    assert frame["about"].tolist() == (["causes"] if place is None else ["causes", "place"])
    assert frame["log"].iloc[0] == told.scored[0].you.log
    assert frame["brier_model"].iloc[0] == told.scored[0].model.brier
    progress = hpt.Record().finished(session).progress()
    traps = progress.to_frame()
    assert traps["trap"].tolist() == list(progress.boxes)
    assert traps["box"].tolist() == [each.box for each in progress.boxes.values()]
