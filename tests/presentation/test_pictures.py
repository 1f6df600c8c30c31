"""Pictures show the numbers of the result they draw, say so in words, and need no screen."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.case import Case
from hpt_bayes.display.numbers import percent, percent_range
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.anatomy import AT
from hpt_bayes.presentation.style import described


def answer(*entries: tuple[str, str]) -> hpt.Posterior:
    case = Case(small_network(), "persistent", name="A")
    for finding, value in entries:
        case = case.observe(finding, value)
    return case.posterior()


def test_bars_are_as_long_as_the_probabilities() -> None:
    posterior = answer(("scan", "negative"))
    ax = hpt.plot(posterior)
    widths = [bar.get_width() for bar in ax.patches if bar.get_zorder() == 2]
    shown = sorted((p for p in posterior.diagnoses.values() if p >= 0.005), reverse=True)
    assert widths == pytest.approx([*shown, *posterior.gate.values()])
    assert percent(shown[0]) in described(ax)


def test_bars_carry_the_intervals_when_they_were_asked_for() -> None:
    posterior = Case(small_network(), "persistent").observe("scan", "negative").posterior(draws=20)
    drawn = posterior.uncertainty
    assert drawn is not None
    ax = hpt.plot(posterior)
    spans = [tuple(line.get_xdata()) for line in ax.lines if line.get_marker() == "|"]
    causes = sorted((p, name) for name, p in posterior.diagnoses.items() if p >= 0.005)[::-1]
    assert spans == [*(drawn.diagnoses[name] for _, name in causes), *drawn.gate.values()]
    low, high = drawn.diagnoses[causes[0][1]]
    assert f"{percent(causes[0][0])} ({percent_range(low, high)})" in [text.get_text() for text in ax.texts]


def test_discs_lie_where_the_places_are_and_grow_with_probability() -> None:
    posterior = answer(("scan", "focus@left_inferior"))
    ax = hpt.plot(posterior, kind="place")
    sizes = {tuple(line.get_xydata()[0]): line.get_markersize() for line in ax.lines if line.get_marker() == "o"}
    on_map = {name: p for name, p in posterior.gland_site.items() if name in AT and p > 0}
    assert on_map
    assert [sizes[AT[name]] ** 2 for name in on_map] == pytest.approx([34.0**2 * p for p in on_map.values()])
    assert "Not on the map" in " ".join(text.get_text() for text in ax.texts)


def test_every_place_of_the_packaged_model_is_on_the_map_or_named_beside_it() -> None:
    from packaged import network

    assert set(AT) <= set(network().sites)
    assert set(network().sites) - set(AT) == {"distant", "multiple", "none"}


def test_a_course_has_a_row_for_every_finding_and_a_column_for_every_cause() -> None:
    case = Case(small_network(), "persistent", name="A").observe("scan", "negative").observe("gene", "vus")
    course = case.course()
    assert course.answers[0].diagnoses == answer().diagnoses
    assert course.answers[1].diagnoses == answer(("scan", "negative")).diagnoses
    assert course.answers[2].diagnoses == case.posterior().diagnoses
    ax = hpt.plot(course)
    assert [label.get_text() for label in ax.get_yticklabels()] == list(course.steps)
    assert course.steps[0] == "before any finding"
    assert course.steps[1].endswith(": negative")
    drawn = {(round(bar.get_y() + 0.31), bar.get_x()): bar for bar in ax.patches if bar.get_zorder() == 2}
    names = {label: name for name, label in course.answers[0].labels.diagnoses.items()}
    heads = [text for text in ax.texts if text.get_position()[1] < -0.5]
    columns = {text.get_position()[0]: names[text.get_text().replace("\n", " ")] for text in heads}
    assert len(columns) == 5
    for row, step in enumerate(course.answers):
        for x, name in columns.items():
            assert drawn[row, x].get_width() == pytest.approx(step.diagnoses[name])
            assert bool(drawn[row, x].get_hatch()) == (name != step.leading_diagnosis)
    assert percent(max(course.answers[-1].diagnoses.values())) in described(ax)


def test_a_course_is_told_as_rows_and_values() -> None:
    course = Case(small_network(), "persistent", name="A").observe("scan", "negative").course()
    told = course.to_dict()
    assert isinstance(told["steps"], list)
    assert [step["diagnoses"] for step in told["steps"]] == [each.diagnoses for each in course.answers]
    assert list(course.to_frame()["step"]) == list(course.steps)
    leading = max(course.answers[1].diagnoses, key=lambda name: course.answers[1].diagnoses[name])
    row = course.blocks()[0].cells[1]
    assert row[1:3] == (course.answers[1].labels.diagnoses[leading], percent(course.answers[1].diagnoses[leading]))
    assert "before any finding" in course._repr_html_()


def test_a_picture_is_drawn_on_given_axes_and_saved_in_both_formats(tmp_path: Path) -> None:
    from matplotlib import pyplot

    figure, ax = pyplot.subplots()
    assert hpt.plot(answer(), ax) is ax
    for ending in ("png", "svg"):
        figure.savefig(tmp_path / f"case.{ending}")
        assert (tmp_path / f"case.{ending}").stat().st_size > 1000


def test_only_what_was_drawn_can_be_saved(tmp_path: Path) -> None:
    for wrong in (answer(), None, "case"):
        with pytest.raises(HptBayesError, match=r"expected axes, as plot\(...\) returns them, found a "):
            hpt.save_picture(wrong, tmp_path / "case.svg")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_drawn_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(HptBayesError, match="no picture of a str"):
        hpt.plot("a posterior")
    with pytest.raises(HptBayesError, match="unknown kind of picture 'palce'"):
        hpt.plot(answer(), kind="palce")
    (tmp_path / "rain.bif").write_text(
        "network w {}\nvariable rain { type discrete [ 2 ] { yes, no }; }\nprobability ( rain ) { table 0.2, 0.8; }\n"
    )
    rain = Case(hpt.load_network(tmp_path / "rain.bif"))
    foreign = rain.posterior()
    for result in (foreign, rain.course()):
        with pytest.raises(HptBayesError, match="declares no diagnoses"):
            hpt.plot(result)
    with pytest.raises(HptBayesError, match="declares no place"):
        hpt.plot(foreign, kind="place")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(HptBayesError, match=r"pip install 'hpt-bayes\[plot\]'"):
        hpt.plot(answer())
