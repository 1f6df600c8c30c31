"""Curves of PTH show the samples, the course and the set point they were given."""

from __future__ import annotations

import pytest

import hpt_bayes as hpt
from hpt_bayes.clinical.casr import PthCurve
from hpt_bayes.clinical.iopth import Removal, pth_course
from hpt_bayes.clinical.iopth_criteria import CRITERIA, IopthSamples
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.pth_curves import draw_iopth, draw_set_points
from hpt_bayes.presentation.style import described

SAMPLES = IopthSamples(310, 420, {5: 170, 10: 88, 15: 60}, 65)


def test_samples_and_what_each_criterion_says_are_drawn() -> None:
    ax = hpt.plot(SAMPLES)
    course, points, *_ = ax.lines
    assert list(zip(course.get_xdata(), course.get_ydata(), strict=True)) == [(0, 420), (5, 170), (10, 88), (15, 60)]
    assert list(points.get_ydata()) == [170, 88, 60]
    levels = [line.get_ydata()[0] for line in ax.lines if list(line.get_xdata()) == [0, 1]]
    assert levels == [210, 155, 65, 35]
    said = ax.get_xlabel()
    for name in ("miami", "vienna", "halle", "dual"):
        verdict = "met" if CRITERIA[name](SAMPLES).met else "not met"
        assert f"{name.capitalize()}: {verdict} (" in said
    assert "Rome: cannot be asked, expected a sample 20 minutes after the excision" in said
    assert "Miami: met" in described(ax)


def test_a_course_is_drawn_as_computed() -> None:
    minutes = list(range(31))
    levels = pth_course(minutes, 300, 4, [Removal(0, 0.5), Removal(12, 0.5)])
    ax = draw_iopth(minutes, levels.tolist())
    assert list(ax.lines[0].get_ydata()) == pytest.approx(levels.tolist())
    assert "from 300 pg/mL" in described(ax)


def test_set_points_are_marked_on_every_curve() -> None:
    curve = PthCurve(200, 20, 1.2, 60)
    ax = draw_set_points(curve, others={"on cinacalcet": curve.on_calcimimetic(0.1)})
    for line, each in zip(ax.lines, (curve, curve.on_calcimimetic(0.1)), strict=True):
        xs, ys = line.get_xdata(), line.get_ydata()
        assert list(ys) == pytest.approx([each.pth_pg_ml(float(x)) for x in xs])
        (marked,) = line.get_markevery()
        assert xs[marked] == pytest.approx(each.set_point_mmol_l, abs=xs[1] - xs[0])
    assert len({(line.get_linestyle(), line.get_marker()) for line in ax.lines}) == 2
    assert "on cinacalcet: set point 1.10 mmol/L" in described(ax)
    assert "set point 1.20" in described(hpt.plot(curve))


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(HptBayesError, match="two or more minutes and a level for each, found 1 and 1"):
        draw_iopth([0], [100])
    with pytest.raises(HptBayesError, match="expected a sample after the excision"):
        hpt.plot(IopthSamples(310))
