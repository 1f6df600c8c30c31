"""Pictures show the numbers of the result they draw, say so in words, and need no screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import pytest
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.case import Case
from hpt_bayes.display.numbers import percent
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.anatomy import AT
from hpt_bayes.presentation.bars import draw_course
from hpt_bayes.presentation.style import described

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    from matplotlib import pyplot

    pyplot.close("all")


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


def test_a_course_ends_at_the_last_posterior() -> None:
    course = [answer(), answer(("scan", "negative"))]
    ax = draw_course(course, ["referral", "scan negative"])
    lines = [line for line in ax.lines if len(line.get_xdata()) == 2]
    followed = sorted(course[1].diagnoses.values(), reverse=True)[: len(lines)]
    assert sorted((line.get_ydata()[-1] for line in lines), reverse=True) == pytest.approx(followed)
    assert [text.get_text() for text in ax.get_xticklabels()] == ["referral", "scan negative"]


def test_a_picture_is_drawn_on_given_axes_and_saved_in_both_formats(tmp_path: Path) -> None:
    from matplotlib import pyplot

    figure, ax = pyplot.subplots()
    assert hpt.plot(answer(), ax) is ax
    for ending in ("png", "svg"):
        figure.savefig(tmp_path / f"case.{ending}")
        assert (tmp_path / f"case.{ending}").stat().st_size > 1000


def test_what_cannot_be_drawn_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(HptBayesError, match="no picture of a str"):
        hpt.plot("a posterior")
    with pytest.raises(HptBayesError, match="unknown kind of picture 'palce'"):
        hpt.plot(answer(), kind="palce")
    with pytest.raises(HptBayesError, match="two or more posteriors and a step for each, found 1 and 1"):
        draw_course([answer()], ["one"])
    (tmp_path / "rain.bif").write_text(
        "network w {}\nvariable rain { type discrete [ 2 ] { yes, no }; }\nprobability ( rain ) { table 0.2, 0.8; }\n"
    )
    foreign = Case(hpt.load_network(tmp_path / "rain.bif")).posterior()
    with pytest.raises(HptBayesError, match="declares no diagnoses"):
        hpt.plot(foreign)
    with pytest.raises(HptBayesError, match="declares no place"):
        hpt.plot(foreign, kind="place")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(HptBayesError, match=r"pip install 'hpt-bayes\[plot\]'"):
        hpt.plot(answer())
