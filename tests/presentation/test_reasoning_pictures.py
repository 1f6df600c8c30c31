"""Pictures of explanation, ranking, decision, what-if, conflict and uncertainty show the numbers of the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from small_management import network_with_actions

import hpt_bayes as hpt
from hpt_bayes.case import Case
from hpt_bayes.display.numbers import bits, decibans, percent, percent_range, share
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import described
from hpt_bayes.reasoning.explaining.weights_of_evidence import FindingWeight
from hpt_bayes.reasoning.identity import ModelIdentity
from hpt_bayes.reasoning.next_study.leading import NOTHING, Leading
from hpt_bayes.reasoning.next_study.plan import Branch, Plan, PlanNode
from hpt_bayes.reasoning.next_study.stopping import Stopping


@cache
def case() -> Case:
    empty = Case(network_with_actions(), "persistent", name="A")
    return empty.observe("gene", "vus").observe("scan", "focus@left_inferior").observe("histology", "normal_only")


@cache
def foreign(folder: Path) -> Case:
    (folder / "rain.bif").write_text(
        "network w {}\nvariable rain { type discrete [ 2 ] { yes, no }; }\nprobability ( rain ) { table 0.2, 0.8; }\n"
    )
    return Case(hpt.load_network(folder / "rain.bif"))


def bars(ax: Axes) -> list[float]:
    return [bar.get_width() for each in ax.containers if isinstance(each, BarContainer) for bar in each]


def marks(ax: Axes, *shapes: str) -> list[float]:
    """Where marks of these shapes are, from the top row down."""
    found = [line for line in ax.lines if line.get_marker() in shapes and len(line.get_xdata()) == 1]
    return [float(line.get_xdata()[0]) for line in sorted(found, key=lambda line: line.get_ydata()[0])]


def written(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def row_names(ax: Axes) -> list[str]:
    return [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]


def test_the_waterfall_steps_by_the_shares_and_ends_at_the_sum() -> None:
    found = case().explain()
    ax = hpt.plot(found)
    order = sorted(found.weights.findings, key=lambda each: -abs(each.share))
    assert bars(ax) == pytest.approx([each.share for each in order])
    assert marks(ax, "D") == pytest.approx([found.weights.before, found.weights.after])
    starts = [bar.get_x() for each in ax.containers if isinstance(each, BarContainer) for bar in each]
    lines = [line.get_xdata() for line in ax.lines if line.get_marker() == "|"]
    for each, start, ends in zip(order, starts, lines, strict=True):
        assert list(ends) == pytest.approx([start + each.lowest, start + each.highest])
        assert f"{decibans(each.share)}  ({decibans(each.lowest)} to {decibans(each.highest)})" in written(ax)
    assert row_names(ax)[0] == f"Before any finding: {percent(found.before)}"
    assert row_names(ax)[-1] == f"With all findings: {percent(found.after)}"
    assert "hatched bar: against it" in ax.get_xlabel().replace("\n", " ")
    against = [bar for each in ax.containers if isinstance(each, BarContainer) for bar in each if bar.get_width() < 0]
    assert against
    assert all(bar.get_hatch() for bar in against)
    assert decibans(order[0].share) in described(ax)


def test_findings_that_weigh_next_to_nothing_share_one_step() -> None:
    found = case().explain()
    shares = [2.0, -1.0, 0.04, 0.03, -0.02]
    many = tuple(FindingWeight(f"f{i}", "present", s, s, s, 0.0, s, s) for i, s in enumerate(shares))
    ax = hpt.plot(replace(found, weights=replace(found.weights, before=0.0, after=sum(shares), findings=many)))
    assert bars(ax) == pytest.approx([2.0, -1.0, 0.05])
    assert row_names(ax)[-2] == "3 further findings together"
    alone = hpt.plot(replace(found, weights=replace(found.weights, before=0.0, after=1.04, findings=many[:3])))
    assert bars(alone) == pytest.approx([2.0, -1.0, 0.04])


def test_a_waterfall_of_many_findings_sums_up_the_smallest() -> None:
    found = case().explain()
    shares = [2.0 - 0.1 * i for i in range(15)]
    many = tuple(FindingWeight(f"f{i}", "present", s, s, s, 0.0, s, s) for i, s in enumerate(shares))
    weights = replace(found.weights, before=0.0, after=sum(shares), findings=many)
    ax = hpt.plot(replace(found, weights=weights))
    assert bars(ax) == pytest.approx([*shares[:12], sum(shares[12:])])
    assert row_names(ax)[-2] == "3 further findings together"
    with pytest.raises(HptBayesError, match="no finding was weighed"):
        hpt.plot(replace(found, weights=replace(weights, findings=())))


def test_studies_are_drawn_by_their_bits_with_burden_and_what_is_premature_hatched() -> None:
    ranking = case().next_studies()
    offered = [row for row in ranking.studies if row.status in ("available", "premature")]
    ax = hpt.plot(ranking)
    assert bars(ax) == [row.information_bits for row in offered]
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [row.status == "premature" for row in offered]
    assert marks(ax, "o") == [row.information["etiology"] for row in offered]
    assert all(bits(row.information_bits) in written(ax) for row in offered)
    assert bits(offered[0].information_bits) in described(ax)
    done = tuple(replace(row, status="done") for row in ranking.studies)
    with pytest.raises(HptBayesError, match="every study is done or excluded"):
        hpt.plot(replace(ranking, studies=done))


def test_studies_of_a_network_without_burden_name_the_variable_asked_about(tmp_path: Path) -> None:
    (tmp_path / "two.bif").write_text(
        "network w {}\nvariable rain { type discrete [ 2 ] { yes, no }; }\n"
        "variable wet { type discrete [ 2 ] { yes, no }; }\nprobability ( rain ) { table 0.2, 0.8; }\n"
        "probability ( wet | rain ) { (yes) 0.9, 0.1; (no) 0.2, 0.8; }\n"
    )
    ranking = Case(hpt.load_network(tmp_path / "two.bif")).next_studies("rain")
    ax = hpt.plot(ranking)
    assert "about rain" in ax.get_title(loc="left")
    assert bars(ax) == [row.information_bits for row in ranking.studies]


def test_bundles_lie_at_their_gain_and_burden_with_the_efficient_ones_numbered() -> None:
    found = case().bundles()
    ax = hpt.plot(found)
    points = {(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "o"}
    front = [each for each in found.front if each.studies]
    assert points == {(each.burden, each.gain) for each in front}
    grey = next(line for line in ax.lines if line.get_marker() == ".")
    assert list(grey.get_ydata()) == [each.gain for each in found.bundles if not each.efficient]
    numbers = [text for text in written(ax) if text.isdigit()]
    assert numbers == [str(number) for number in range(1, len(front) + 1)]
    assert share(front[0].net) in described(ax)
    with pytest.raises(HptBayesError, match="no study can be valued here"):
        hpt.plot(replace(found, bundles=()))


def test_actions_lie_at_their_utility_with_interval_advice_and_what_waits(tmp_path: Path) -> None:
    decision = case().decide()
    *others, last = decision.actions
    decision = replace(decision, actions=(*others, replace(last, not_yet=("FHH has not been excluded",))))
    ax = hpt.plot(decision)
    assert marks(ax, "D", "o", "X") == [each.expected_utility for each in decision.actions]
    assert marks(ax, "X") == [last.expected_utility]
    assert marks(ax, "D") == [decision.row(decision.advice or "").expected_utility]
    assert any(text.startswith(share(decision.actions[0].expected_utility)) for text in written(ax))
    first, *others = decision.actions
    ax = hpt.plot(replace(decision, actions=(replace(first, interval=(0.25, 0.75)), *others)))
    assert [list(line.get_xdata()) for line in ax.lines if line.get_marker() == "|"] == [[0.25, 0.75]]
    assert any("(0.250 to 0.750)" in text for text in written(ax))
    ax = hpt.plot(replace(decision, advice=None))
    assert "nothing may be done yet" in described(ax)
    with pytest.raises(HptBayesError, match="declares no actions"):
        hpt.plot(foreign(tmp_path).decide())


@pytest.mark.parametrize("kind", ["causes", "place"])
def test_what_if_draws_both_answers_row_by_row(kind: str, tmp_path: Path) -> None:
    found = case().what_if("scan=negative")
    before, after = (
        (found.before.diagnoses, found.after.diagnoses)
        if kind == "causes"
        else (found.before.gland_site, found.after.gland_site)
    )
    ax = hpt.plot(found, kind=kind)
    kept = [name for name in before if max(before[name], after[name]) >= 0.005]
    shown = sorted(kept, key=lambda name: -max(before[name], after[name]))[:12]
    assert marks(ax, "o") == [before[name] for name in shown]
    assert marks(ax, "s") == [after[name] for name in shown]
    assert any(f"{percent(before[shown[0]])} → {percent(after[shown[0]])}" in text for text in written(ax))
    assert "scan: negative" in ax.get_title(loc="left").lower()
    assert percent(after[shown[0]]) in described(ax)
    with pytest.raises(HptBayesError, match="so there is nothing to compare"):
        hpt.plot(foreign(tmp_path).what_if("rain=yes"), kind=kind)


def test_conflict_is_drawn_for_all_findings_and_without_each(tmp_path: Path) -> None:
    found = case().conflict()
    ax = hpt.plot(found)
    order = sorted(found.without, key=lambda name: -abs(found.without[name] - found.total))
    assert bars(ax) == [found.total, *(found.without[name] for name in order)]
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [width > 0 for width in bars(ax)]
    assert f"{found.total:+.2f}" in written(ax)
    assert found.sentence in described(ax)
    for kind in ("without", "pairs"):
        with pytest.raises(HptBayesError, match="two or more findings"):
            hpt.plot(foreign(tmp_path).conflict(), kind=kind)


def test_pairs_that_disagree_are_framed() -> None:
    found = case().conflict()
    names = list(found.without)
    pairs = {(a, b): 0.3 * (i - 1) for i, (a, b) in enumerate(found.pairs)}
    ax = hpt.plot(replace(found, pairs=pairs), kind="pairs")
    expected = sorted(f"{value:+.1f}" if round(value, 1) else "0" for value in pairs.values())
    assert sorted(written(ax)) == expected
    framed = {(round(float(line.get_ydata().mean())), float(line.get_xdata().min())) for line in ax.lines}
    assert len(framed) == sum(round(value, 1) > 0 for value in pairs.values()) > 0
    assert row_names(ax)[0].startswith("1 ")
    assert len(row_names(ax)) == len(names)
    assert "+0.3" in described(ax)


def _pairs(ends: Mapping[str, tuple[float, float]], names: list[str]) -> list[list[float]]:
    return [list(ends[name]) for name in names]


@pytest.mark.parametrize("kind", ["causes", "place"])
def test_intervals_are_drawn_as_they_were_computed(kind: str, tmp_path: Path) -> None:
    drawn = case().uncertainty(20)
    ends, point = (
        (drawn.diagnoses, drawn.point["diagnosis"]) if kind == "causes" else (drawn.gland_site, drawn.point["site"])
    )
    ax = hpt.plot(drawn, kind=kind)
    names = sorted((name for name in ends if ends[name][1] >= 0.005), key=lambda name: -point[name])[:14]
    lines = [list(line.get_xdata()) for line in ax.lines if line.get_marker() == "|"]
    assert lines == _pairs(ends, names)
    assert marks(ax, "D") == [point[name] for name in names]
    assert f"{percent(point[names[0]])} ({percent_range(*ends[names[0]])})" in written(ax)
    assert percent_range(*ends[names[0]]) in described(ax)
    bare = replace(drawn, diagnoses={}, gland_site={})
    with pytest.raises(HptBayesError, match="there are no intervals to draw"):
        hpt.plot(bare, kind=kind)


def test_shares_of_the_draws_are_drawn_by_study() -> None:
    drawn = case().uncertainty(10, study_draws=10)
    assert drawn.studies
    ax = hpt.plot(drawn, kind="studies")
    assert bars(ax) == sorted((p for p in drawn.studies.values() if p > 0), reverse=True)
    assert percent(max(drawn.studies.values())) in described(ax)
    with pytest.raises(HptBayesError, match="were not ranked on the draws"):
        hpt.plot(case().uncertainty(5), kind="studies")


def test_long_names_take_two_lines_at_most() -> None:
    found = case().explain()
    first, *others = found.weights.findings
    long = replace(first, text="a very long reading " * 12)
    ax = hpt.plot(replace(found, weights=replace(found.weights, findings=(long, *others))))
    assert max(label.get_text().count("\n") for label in ax.get_yticklabels()) == 1
    assert any(label.get_text().endswith("…") for label in ax.get_yticklabels())


def plan() -> Plan:
    """Two studies: a scan, and a puncture after one of its results."""
    alone = PlanNode("scan", None, 0.01, 100.0, 1.0, ())
    after = PlanNode("puncture", "left_inferior", 0.02, 50.0, 0.0, (
        Branch("high@left_inferior", 0.75, Leading("adenoma", 0.9, "left_inferior", 0.8), "operate", 0.91),
        Branch("low@left_inferior", 0.25, Leading("fhh", 0.6, "none", 0.6), "observe", 0.7),
    ))  # fmt: skip
    rare = tuple(Branch(f"result_{i}", 0.02, NOTHING, "observe", 0.8) for i in range(6))
    first = (
        Branch("focus@left_inferior", 0.6, Leading("adenoma", 0.7, "left_inferior", 0.7), "operate", 0.85, after),
        Branch("negative", 0.28, Leading("adenoma", 0.5, "none", 0.4), "observe", 0.8),
    )
    labels = {
        "study": {"scan": "Scan <neck>", "puncture": "Puncture"},
        "action": {"operate": "Operate", "observe": "Observe"},
        "diagnosis": {"adenoma": "Adenoma", "fhh": "FHH"}, "site": {"left_inferior": "Left inferior"},
    }  # fmt: skip
    return Plan("A", ModelIdentity("m", "1", "m", "0" * 64), 2, replace(alone, branches=(*first, *rare)), "observe",
                0.06, 0.02, 0.0, 1.6, 130.0, 1.0, (), None, labels, "")  # fmt: skip


def test_a_plan_is_a_tree_of_studies_results_and_actions() -> None:
    ax = hpt.plot(plan())
    texts = written(ax)
    for told in ("Scan <neck>", "focus: left inferior  60 %", "Puncture, Left inferior", "high: left inferior  75 %",
                 "operate (0.910)", "Adenoma 90 %", "observe (0.800)", "go on with the next study",
                 "2 rarer results  4 %"):  # fmt: skip
        assert told in texts
    at = {text.get_text(): text.get_position() for text in ax.texts}
    assert at["Puncture, Left inferior"][0] > at["focus: left inferior  60 %"][0] > at["Scan <neck>"][0]
    assert len(marks(ax, "s")) == 2
    assert len(marks(ax, "D")) == 7
    assert "begins with Scan <neck>" in described(ax)


def test_a_plan_to_act_now_has_no_tree() -> None:
    with pytest.raises(HptBayesError, match="the plan is to act now"):
        hpt.plot(replace(plan(), root=None))


def test_whether_to_stop_is_a_bar_against_its_threshold() -> None:
    found = Stopping(
        case="A", model=case().posterior().model, action="refer", studies=("scan",), left_out=(), same_decision=0.72,
        same_decision_interval=(0.7, 0.74), regret=0.0123, regret_interval=(0.01, 0.015), results=9, draws=4000,
        best_net=0.01, least_same_decision=0.9, most_regret=0.005, stop=False, may_act=True, not_yet=(),
        labels={"action": {"refer": "Refer"}}, scope="",
    )  # fmt: skip
    ax = hpt.plot(found)
    assert bars(ax) == [pytest.approx(0.72)]
    lines = [tuple(map(float, line.get_xdata())) for line in ax.lines]
    assert (0.7, 0.74) in lines and (0.9, 0.9) in lines
    assert "not done yet" in described(ax) and "72 %" in described(ax) and "Refer" in described(ax)
    assert "0.0123" in ax.get_xlabel()
    done = hpt.plot(replace(found, stop=True, same_decision_interval=None))
    assert "further studies may stop" in described(done)
    assert (0.7, 0.74) not in [tuple(map(float, line.get_xdata())) for line in done.lines]
