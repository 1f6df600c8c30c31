"""What-if equals the answers of a case changed by hand, and leaves the entered case as it is."""

from __future__ import annotations

import json

import numpy as np
import pytest
from enumerated import foreign_network
from oracle import Arrays
from small_model import small_network

from hpt_bayes.case import Case
from hpt_bayes.display.rows import to_html, to_text
from hpt_bayes.errors import EvidenceError, ImpossibleEvidence
from hpt_bayes.reasoning.believing.changes import Change

NETWORK = small_network()
FOREIGN = foreign_network(Arrays((2, 2), ((), (0,)), (np.array([0.5, 0.5]), np.array([[0.9, 0.1], [0.2, 0.8]]))))


def entered() -> Case:
    case = Case(NETWORK, "persistent", name="A").observe("scan", "negative").observe("gene", "vus")
    return case.observe("scan", "diffuse").observe("pth", 95, "pg/mL", upper_limit=65)


def test_a_reading_replaces_all_earlier_ones_of_its_finding() -> None:
    case = entered()
    before = case.posterior()
    found = case.what_if("scan=focus@left_inferior")
    by_hand = case.retract("scan").observe("scan", "focus", site="left_inferior")
    assert found.before == before == case.posterior()
    assert found.after == by_hand.posterior()
    assert found.ranking_before == case.next_studies()
    assert found.ranking_after == by_hand.next_studies()
    assert found.changes == (Change("scan", "negative; diffuse", "focus@left_inferior"),)


def test_several_changes_at_once_with_another_setting() -> None:
    case = entered()
    found = case.what_if("scan=", "pth=70 pg/mL upper 60", "setting=first_time", gene="pathogenic")
    by_hand = Case(NETWORK, "first_time", name="A").observe("gene", "pathogenic")
    by_hand = by_hand.observe("pth", 70, "pg/mL", upper_limit=60)
    assert dict(found.after.diagnoses) == pytest.approx(dict(by_hand.posterior().diagnoses), abs=1e-12)
    assert found.after.setting == "first_time"
    assert [change.finding for change in found.changes] == ["setting", "scan", "pth", "gene"]
    assert found.changes[1].after is None
    assert case.what_if(setting=["first_time", "persistent"]).after.setting == "first_time | persistent"


def test_the_case_definition_is_taken_back_too() -> None:
    found = entered().what_if("case_definition=")
    assert found.after == entered().retract("case_definition").posterior()


def test_differences_are_after_minus_before() -> None:
    found = entered().what_if(gene="pathogenic", scan=None)
    for kind in ("diagnoses", "gate", "gland_site"):
        before, after, difference = (getattr(each, kind) for each in (found.before, found.after, found))
        assert difference == {name: after[name] - before[name] for name in before}
    assert found.variables["fhh"]["present"] == (
        found.after.variables["fhh"]["present"] - found.before.variables["fhh"]["present"]
    )
    assert found.leading_diagnosis == (found.before.leading_diagnosis, found.after.leading_diagnosis)
    assert found.ranking_after is not None
    assert found.best_study[1] == found.ranking_after.most_informative


def test_what_is_shown_is_the_same_in_every_form() -> None:
    found = entered().what_if("gene=pathogenic")
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert data["difference"]["diagnoses"] == found.diagnoses
    assert data["changes"] == [{"finding": "gene", "before": "vus", "after": "pathogenic"}]
    assert len(found.to_frame()) == len(found.gate) + len(found.diagnoses) + len(found.gland_site)
    assert "Gene: pathogenic (was vus)" in to_text(found.blocks(), 80)
    assert found._repr_html_() == to_html(found.blocks())
    assert "<script" not in found._repr_html_()


def test_a_foreign_network_has_posteriors_but_no_rankings() -> None:
    case = Case(FOREIGN).observe("v1", "s0")
    found = case.what_if(v1="s1")
    assert found.after == case.retract("v1").observe("v1", "s1").posterior()
    assert (found.ranking_before, found.best_study) == (None, (None, None))
    assert set(found.to_frame()["kind"]) == {"v0", "v1"}


@pytest.mark.parametrize(
    ("changes", "named", "message"),
    [
        ((), {}, "nothing to change"),
        (("scan",), {}, "expected a change like ct_4d=negative"),
        ((3,), {}, "expected a change like finding=reading, found 3"),
        (("=negative",), {}, "expected a change like ct_4d=negative"),
        (("scan=negative", "scan=diffuse"), {}, "scan is changed twice"),
        (("scan=negative",), {"scan": "diffuse"}, "scan is changed twice"),
        (("setting=first_time",), {"setting": "persistent"}, "the setting is changed twice"),
        (("setting=",), {}, "the setting cannot be taken back"),
        (("setting=persistant",), {}, "nearest valid name: 'persistent'"),
        (("scna=negative",), {}, "nearest valid name: 'scan'"),
        (("scan=negativ",), {}, "nearest valid name: 'negative'"),
        (("histology=",), {}, "nothing was entered for 'histology'"),
        ((), {"gene": True}, "gene: expected a reading as text, found True"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(changes: tuple[str, ...], named: dict[str, str], message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        entered().what_if(*changes, **named)  # type: ignore[arg-type]


def test_a_number_by_name_is_read_as_text() -> None:
    assert entered().what_if(age=45).after == entered().observe("age", 45).posterior()


def test_changed_findings_that_contradict_each_other_are_refused() -> None:
    copy = np.eye(2)
    network = foreign_network(Arrays((2, 2, 2), ((), (0,), (0,)), (np.array([0.5, 0.5]), copy, copy)))
    with pytest.raises(ImpossibleEvidence):
        Case(network).observe("v1", "s0").observe("v2", "s0").what_if(v2="s1")
