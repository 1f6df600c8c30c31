"""The explorer: its pure state, then its widgets by setting values and clicking."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import packaged
import pytest
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.presentation.explorer import Explorer
from hpt_bayes.presentation.explorer_inputs import findings_like, inputs
from hpt_bayes.presentation.explorer_state import (
    Entry,
    ExplorerState,
    compared,
    enter,
    opened,
    pin,
    retract,
    saved,
    undo,
    unpin,
)


def case() -> hpt.Case:
    return hpt.Case(packaged.network(), "persistent", name="mine").observe("adjusted_calcium", 11.2, "mg/dL")


@cache
def start() -> ExplorerState:
    return opened(case())


def small() -> hpt.Case:
    return hpt.Case(small_network(), "persistent").observe("adjusted_calcium", "high")


def explorer() -> Explorer:
    return small().explore()


def test_entering_gives_a_new_state_with_the_answer_of_the_case() -> None:
    after = enter(start(), Entry("ultrasound", "focus", site="left_inferior", field=""))
    direct = case().observe("ultrasound", "focus", site="left_inferior")
    assert not after.refused
    assert after.view.posterior.to_dict() == direct.posterior().to_dict()
    assert start().case.facts == case().facts, "the state before is as it was"


@pytest.mark.parametrize(
    ("entry", "reading"),
    [
        (Entry("pth", "95", "pg/mL", "65"), {"value": 95, "unit": "pg/mL", "upper_limit": 65}),
        (Entry("pth", " 95 ", "pg/mL", "unknown", date="2026-03-01"), {"value": 95, "upper_limit": "unknown"}),
        (Entry("pth", "high"), {"result": "high"}),
        (Entry("cccr", "<0.01", ""), {"upper": 0.01}),
        (Entry("albumin", "36", "g/L"), {"value": 36, "unit": "g/L"}),
        (Entry("ct_4d", "negative", field="neck_and_chest"), {"result": "negative"}),
    ],
)
def test_readings_as_typed(entry: Entry, reading: dict[str, object]) -> None:
    after = enter(start(), entry)
    assert not after.refused, after.message
    found = after.case.facts.observations[-1]
    assert {name: getattr(found, name) for name in reading} == reading
    assert (found.date is not None) == bool(entry.date)
    assert found.attribute("field") == (entry.field or None)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Entry("pth", "95", "pg/mL"), "upper_limit"),
        (Entry("pth", "95", "furlong", "65"), "furlong"),
        (Entry("ultrasound", "focal"), "focal"),
        (Entry("ultrasound", ""), "found nothing"),
        (Entry("adjusted_calcium", "11.2", "mg/dL", date="yesterday"), "yesterday"),
        (Entry("secondary_cause", "kidney"), "cannot all be true"),
    ],
)
def test_a_refused_entry_loses_nothing(entry: Entry, said: str) -> None:
    after = enter(start(), entry)
    assert after.refused
    assert said in after.message
    assert after.view is start().view
    assert after.earlier == ()


def test_taking_back_and_undoing() -> None:
    entered = enter(start(), Entry("ultrasound", "negative"))
    back = retract(entered, "ultrasound")
    assert back.case.facts == start().case.facts
    assert undo(back).view is entered.view
    assert undo(undo(back)).view is start().view
    nothing = undo(start())
    assert nothing.refused and "nothing to undo" in nothing.message
    assert retract(start(), "ultrasound").refused


def test_the_difference_from_the_pinned_case_is_that_of_what_if() -> None:
    begun = opened(small())
    pinned = pin(begun)
    assert compared(begun) is None
    after = enter(pinned, Entry("scan", "negative"))
    difference = compared(after)
    assert difference is not None
    assert difference.to_dict() == small().what_if("scan=negative").to_dict()
    assert compared(unpin(after)) is None
    assert undo(after).pinned is pinned.pinned, "undoing keeps the pin"


def test_saving_writes_a_case_file_or_says_why_not(tmp_path: Path) -> None:
    after = enter(start(), Entry("ultrasound", "negative"))
    path = tmp_path / "mine.yaml"
    assert not saved(after, f" {path} ").refused
    assert hpt.read_case(path, packaged.network()).facts.observations == after.case.facts.observations
    assert saved(after, " ").refused
    lost = saved(after, str(tmp_path / "nowhere" / "mine.yaml"))
    assert lost.refused and "Not saved" in lost.message
    assert lost.view is after.view


def test_searching_findings() -> None:
    network = packaged.network()
    assert findings_like(network, "pth")[0].name == "pth"
    assert findings_like(network, "4d")[0].name == "ct_4d"
    assert findings_like(network, "calcium urine 24")[0].name == "urine_calcium_24h"
    assert findings_like(network, "no such thing") == ()
    everything = {info.name for info in findings_like(network, "")}
    assert everything == {info.name for info in network.findings()} - {"setting"}


def test_every_finding_has_inputs() -> None:
    network = packaged.network()
    known = {info.name: inputs(network, info) for info in findings_like(network, "")}
    assert all(each.numeric or each.states for each in known.values())
    assert known["pth"].limit and known["pth"].units == ("pg/mL", "ng/L", "pmol/L")
    assert "left_inferior" in known["ct_4d"].sites and "neck" in known["ct_4d"].fields
    assert known["fna_pth_washout"].sites
    assert not known["thiazide_now"].numeric and not known["thiazide_now"].sites


def test_foreign_networks_have_no_ranking_and_no_comparison(tmp_path: Path) -> None:
    path = tmp_path / "two.bif"
    path.write_text(
        'network "two" {\n}\nvariable a {\n type discrete [ 2 ] { yes, no };\n}\n'
        "variable b {\n type discrete [ 2 ] { yes, no };\n}\n"
        "probability ( a ) {\n table 0.2, 0.8;\n}\n"
        "probability ( b | a ) {\n (yes) 0.9, 0.1;\n (no) 0.3, 0.7;\n}\n",
        encoding="utf-8",
    )
    state = pin(opened(hpt.Case(hpt.load_network(str(path)))))
    after = enter(state, Entry("b", "yes"))
    assert after.view.ranking is None
    assert compared(after) is None
    assert after.view.posterior.variables["a"]["yes"] == pytest.approx(0.18 / 0.42, abs=1e-12)


def test_a_finding_is_chosen_and_entered_on_click() -> None:
    shown = case().explore()
    shown.search.value = "4d"
    assert shown.found.value == "ct_4d"
    assert shown.number.layout.display == "none"
    assert shown.site.layout.display is None
    shown.result.value, shown.site.value = "focus", "anterior_mediastinum"
    shown.enter_button.click()
    assert shown.case.facts.observations[-1].result == "focus@anterior_mediastinum"
    assert "ct_4d" in [value for _, value in shown.entered.options]
    assert "Next study" in shown.studies.value


def test_a_number_is_entered_with_its_unit_on_the_enter_key() -> None:
    shown = explorer()
    shown.search.value = "pth"
    shown.number.value, shown.unit.value, shown.limit.value = "10.1", "pmol/L", "6.9"
    press_enter(shown.number)
    assert shown.case.facts.observations[-1].text == "10.1 pmol/L upper 6.9"
    assert shown.number.value == "", "ready for the next one"


def test_each_input_is_hidden_by_itself() -> None:
    shown = explorer()
    shown.search.value = "gene"
    hidden = {box.description for box in (shown.number, shown.unit, shown.limit, shown.site, shown.field)}
    boxes = shown.widget.children[0].children
    assert {box.description for box in boxes if box.layout.display == "none"} == hidden


def test_a_refusal_is_shown_in_place_and_what_was_typed_stays() -> None:
    shown = explorer()
    before = shown.case
    shown.search.value = "pth"
    shown.number.value = "95"
    press_enter(shown.limit)
    assert "Refused" in shown.message.value
    assert "upper_limit" in shown.message.value
    assert shown.number.value == "95"
    assert shown.case is before
    shown.limit.value = "65"
    press_enter(shown.date)
    assert "Done" in shown.message.value


def test_undo_pin_and_take_back_by_button() -> None:
    shown = explorer()
    assert shown.undo_button.disabled
    assert shown.unpin_button.disabled
    shown.pin_button.click()
    shown.search.value = "scan"
    shown.result.value = "negative"
    answer, studies = shown.answer.value, shown.studies.value
    shown.enter_button.click()
    assert shown.answer.value != answer
    assert shown.studies.value != studies
    assert "What if" in shown.comparison.value
    shown.entered.value = "scan"
    shown.retract_button.click()
    assert (shown.answer.value, shown.studies.value) == (answer, studies)
    shown.undo_button.click()
    assert shown.state.case.facts.observations[-1].finding == "scan"
    shown.unpin_button.click()
    assert shown.comparison.value == ""


def test_saving_by_key(tmp_path: Path) -> None:
    shown = explorer()
    shown.file.value = str(tmp_path / "mine.yaml")
    press_enter(shown.file)
    assert (tmp_path / "mine.yaml").exists()
    shown.file.value = ""
    shown.save_button.click()
    assert "Give a file name" in shown.message.value


def test_nothing_chosen_and_nothing_entered_is_no_step() -> None:
    shown = Explorer(hpt.Case(small_network(), "persistent"))
    shown.search.value = "no such thing"
    assert shown.found.value is None
    before = shown.state
    shown.enter_button.click()
    shown.retract_button.click()
    assert shown.state is before
    assert all(box.layout.display == "none" for box in (shown.result, shown.number, shown.unit, shown.site))


def test_the_tab_order_is_the_order_of_work_and_a_notebook_shows_it() -> None:
    shown = explorer()
    left = shown.widget.children[0].children
    order = [left.index(each) for each in (shown.search, shown.found, shown.result, shown.number, shown.enter_button)]
    assert order == sorted(order)
    bundle = shown._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"] == shown.answer.value + shown.studies.value, "a page without a kernel shows the answer"


def test_without_ipywidgets_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(hpt.HptBayesError, match=r"pip install 'hpt-bayes\[notebook\]'"):
        explorer()


def press_enter(box: object) -> None:
    """What the browser sends when Enter is pressed in a text box."""
    box._handle_custom_msg({"event": "submit"}, [])  # type: ignore[attr-defined]
