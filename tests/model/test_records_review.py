"""The records of an operation are ranked in every post-operative case until they are entered."""

from __future__ import annotations

import pytest
from packaged import network

from hpt_bayes.case import Case
from hpt_bayes.display.rows import to_text
from hpt_bayes.reasoning.next_study.ranking import Ranking

OPERATED = ["postoperative_unclear", "persistent", "recurrent", "renal_persistent", "renal_recurrent"]


def status(ranking: Ranking) -> str:
    return next(row.status for row in ranking.studies if row.study == "records_review")


def test_these_are_the_settings_after_an_operation() -> None:
    assert [name for name, setting in network().settings.items() if setting.reoperative] == OPERATED


@pytest.mark.parametrize("setting", OPERATED)
def test_records_are_ranked_until_they_are_entered(setting: str) -> None:
    case = Case(network(), setting)
    ranking = case.next_studies()
    assert status(ranking) == "available"
    assert network().studies["records_review"].label in " ".join(to_text(ranking.blocks(), 200).split())
    for finding in network().studies["records_review"].reveals:
        case = case.observe(finding, network().variables[finding].states[0])
    assert status(case.next_studies()) == "done"


def test_there_are_no_records_before_an_operation() -> None:
    assert status(Case(network(), "first_time").next_studies()) == "excluded"
