from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from hpt_bayes.errors import EvidenceError, ModelFileError
from hpt_bayes.network.analytes import Analyte
from hpt_bayes.network.measurement import Kernel, kernel_of, measurement_table, reading_likelihood
from hpt_bayes.network.probit import masses, share_curve
from hpt_bayes.network.variables import Variable

JUDGED = {"basis": "judged", "why": "a test"}
STEPS = tuple(np.arange(8.0, 14.51, 0.5).tolist())
LEVEL = Variable(
    "usual_calcium", "", "level", tuple(map(str, range(len(STEPS) + 1))),
    edges=STEPS, support=(6.0, 18.0), scale="linear", unit="mg/dL",
)  # fmt: skip
MULTIPLES = (0.2, 0.3, 0.45, 0.67, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 14.0, 20.0, 30.0)
PTH = Variable(
    "usual_pth", "", "level", tuple(map(str, range(len(MULTIPLES) + 1))),
    edges=MULTIPLES, support=(0.05, 100.0), scale="log", unit="x limit",
)  # fmt: skip
ASSAY = Variable("pth_assay", "", "cause", ("reliable", "falsely_high"))


def analyte(**changes: Any) -> Analyte:
    known: dict[str, Any] = {
        "name": "calcium",
        "label": "Calcium",
        "level": "usual_calcium",
        "unit": "mg/dL",
        "units": {"mg/dL": 1.0},
        "analytical_cv": {"value": 0.015, **JUDGED},
        "within_person_cv": {"value": 0.019, **JUDGED},
        "reference": {"low": 8.5, "high": 10.5, **JUDGED},
    }
    return Analyte.model_validate(known | changes)


def pth(**changes: Any) -> Analyte:
    known: dict[str, Any] = {
        "name": "pth",
        "level": "usual_pth",
        "unit": "pg/mL",
        "units": {"pg/mL": 1.0},
        "analytical_cv": {"value": 0.08, **JUDGED},
        "within_person_cv": {"value": 0.25, **JUDGED},
        "reference": {"low": 15.0, "high": 65.0, **JUDGED},
        "multiple_of_limit": True,
        "upper_limits": [{"value": 65.0, "weight": 3.0}, {"value": 88.0, "weight": 1.0}],
    }
    return analyte(**(known | changes))


CORRUPTED = {"variable": "pth_assay", "state": "falsely_high", "edges": [1.0, 3.0, 10.0], "p": [0.1, 0.6, 0.2, 0.1]}
BOUNDS = np.array([6.0, *STEPS, 18.0])


def spread(step: int) -> float:
    return float(np.hypot(0.015, 0.019) * (BOUNDS[step] + BOUNDS[step + 1]) / 2)


def average(step: int, function: Any) -> float:
    low, high = BOUNDS[step], BOUNDS[step + 1]
    return float(quad(function, low, high, epsabs=1e-13, epsrel=1e-12, limit=200)[0] / (high - low))


@pytest.mark.parametrize("x", [9.2, 10.4, 10.5, 13.0])
def test_a_number_is_the_average_of_the_kernel_over_each_step(x: float) -> None:
    likelihood = reading_likelihood(LEVEL, analyte(), x)
    assert likelihood.shape == (15,)
    for step in range(15):
        sd = spread(step)
        expected = average(step, lambda u, s=sd: norm.pdf(x, u, s))
        assert likelihood[step] == pytest.approx(expected, abs=1e-11)


def test_bounds_and_ranges_are_averaged_probabilities() -> None:
    between = reading_likelihood(LEVEL, analyte(), lower=10.0, upper=11.0)
    below = reading_likelihood(LEVEL, analyte(), upper=10.0)
    above = reading_likelihood(LEVEL, analyte(), lower=11.0)
    assert np.abs(below + between + above - 1.0).max() < 1e-12
    for step in range(15):
        s = spread(step)
        assert below[step] == pytest.approx(average(step, lambda u, s=s: norm.cdf((10.0 - u) / s)), abs=1e-11)
        assert above[step] == pytest.approx(average(step, lambda u, s=s: norm.sf((11.0 - u) / s)), abs=1e-11)
    tiny = reading_likelihood(LEVEL, analyte(), lower=14.0, upper=14.1)
    assert (tiny > 0.0).all()
    assert tiny[0] < 1e-60


def test_a_narrow_range_is_the_density_times_its_width() -> None:
    at, width = 10.4, 1e-4
    narrow = reading_likelihood(LEVEL, analyte(), lower=at - width / 2, upper=at + width / 2)
    assert narrow == pytest.approx(reading_likelihood(LEVEL, analyte(), at) * width, rel=1e-3)


def test_the_table_is_a_proper_distribution_of_the_same_probabilities() -> None:
    table = measurement_table(LEVEL, analyte())
    assert table.shape == (15, 15)
    assert np.abs(table.sum(1) - 1.0).max() < 1e-14
    bounds = [None, *STEPS, None]
    for reading in range(15):
        column = reading_likelihood(LEVEL, analyte(), lower=bounds[reading], upper=bounds[reading + 1])
        assert np.abs(table[:, reading] - column).max() < 1e-12
    assert table.argmax(1).tolist() == list(range(15))


def test_neighbouring_numbers_say_nearly_the_same() -> None:
    one, other = (reading_likelihood(LEVEL, analyte(), x) for x in (10.49, 10.51))
    plausible = one > 0.01 * one.max()
    assert np.abs(one[plausible] / other[plausible] - 1.0).max() < 0.25
    assert np.abs(one - other).max() < 0.06 * one.max()


def test_several_numbers_multiply_and_narrow_the_level() -> None:
    first, second = (reading_likelihood(LEVEL, analyte(), x) for x in (10.9, 11.3))
    assert np.abs(reading_likelihood(LEVEL, analyte(), [10.9, 11.3]) - [first, second]).max() == 0.0
    both = first * second
    assert np.abs(both - second * first).max() == 0.0

    def entropy(vector: np.ndarray) -> float:
        p = vector / vector.sum()
        return float(-(p * np.log(p, where=p > 0, out=np.zeros_like(p))).sum())

    assert entropy(both) < min(entropy(first), entropy(second))


def rows() -> tuple[np.ndarray, np.ndarray]:
    adenoma = [0.003, 0.097, 0.57, 0.17, 0.148, 0.012]
    nothing = [0.02, 0.955, 0.022, 0.002, 0.0005, 0.0005]
    curves = (share_curve((8.5, 10.5, 11.5, 12.0, 14.0), np.array(p), False) for p in (adenoma, nothing))
    one, other = (masses(curve(np.array(STEPS))) for curve in curves)
    return one, other


def test_the_likelihood_ratio_of_a_lesion_rises_smoothly_with_calcium() -> None:
    adenoma, nothing = rows()
    x = np.arange(9.0, 12.01, 0.05)
    likelihood = reading_likelihood(LEVEL, analyte(), x)
    ratio = (likelihood @ adenoma) / (likelihood @ nothing)
    assert (np.diff(ratio) > 0.0).all()
    assert ratio[np.isclose(x, 9.2)][0] < 0.1
    assert 1.0 < ratio[np.isclose(x, 10.4)][0] < 6.0


def test_missing_albumin_widens_the_kernel() -> None:
    wide = analyte(extra_sd={"value": 0.4, **JUDGED})
    assert kernel_of(LEVEL, wide).sd[5] == pytest.approx(np.hypot(spread(5), 0.4))
    plain, widened = (reading_likelihood(LEVEL, each, 10.9) for each in (analyte(), wide))
    assert widened.max() / widened.sum() < plain.max() / plain.sum()


def test_a_laboratory_limit_scales_the_value() -> None:
    scaled = analyte(scaled_by_limit=True)
    assert reading_likelihood(LEVEL, scaled, 10.2, upper_limit=10.2) == pytest.approx(
        reading_likelihood(LEVEL, analyte(), 10.5) * 10.5 / 10.2, rel=1e-12
    )
    assert np.array_equal(reading_likelihood(LEVEL, scaled, 10.2), reading_likelihood(LEVEL, analyte(), 10.2))
    assert np.array_equal(
        reading_likelihood(LEVEL, scaled, 1.1, multiple=True),
        reading_likelihood(LEVEL, scaled, 1.1 * 10.5, upper_limit=10.5) * 10.5,
    )


def test_points_map_a_reading_to_the_level() -> None:
    points = {"pairs": [[1.10, 8.5], [1.33, 10.5], [1.6, 12.5]], **JUDGED}
    ionized = analyte(points=points, unit="mmol/L", units={"mmol/L": 1})
    assert reading_likelihood(LEVEL, ionized, 1.33).argmax() in (5, 6)
    assert reading_likelihood(LEVEL, ionized, 1.7).argmax() == reading_likelihood(LEVEL, analyte(), 13.24).argmax()
    slope = 2.0 / 0.23
    middle = 1.10 + (9.25 - 8.5) / slope
    assert kernel_of(LEVEL, ionized).sd[3 - 1 + 1] == pytest.approx(np.hypot(0.015, 0.019) * middle * slope)
    falling = analyte(points={"pairs": [[1.10, 8.5], [1.33, 8.0]], **JUDGED})
    with pytest.raises(ModelFileError, match="expected rising points"):
        reading_likelihood(LEVEL, falling, 1.2)


def test_on_a_log_scale_the_spread_is_relative() -> None:
    kernel = kernel_of(PTH, pth())
    assert np.ptp(kernel.sd) < 1e-12
    assert kernel.sd[0] == pytest.approx(np.sqrt(np.log1p(0.08**2 + 0.25**2)))
    likelihood = reading_likelihood(PTH, pth(), 130.0, upper_limit=65.0)
    low, high = np.log(MULTIPLES[6]), np.log(MULTIPLES[7])
    z = (np.log(2.0) - np.array([low, high])) / kernel.sd[0]
    expected = (norm.cdf(z[0]) - norm.cdf(z[1])) / (high - low)
    assert likelihood[7] == pytest.approx(expected, abs=1e-12)
    assert np.array_equal(likelihood, reading_likelihood(PTH, pth(), 2.0, multiple=True))
    assert np.array_equal(likelihood, reading_likelihood(PTH, pth(), 260.0, upper_limit=130.0))
    assert reading_likelihood(PTH, pth(), upper=0.0, multiple=True).tolist() == [0.0] * 16


def test_an_unknown_limit_is_averaged_over() -> None:
    known = [reading_likelihood(PTH, pth(), 95.0, upper_limit=limit) for limit in (65.0, 88.0)]
    unknown = reading_likelihood(PTH, pth(), 95.0, upper_limit="unknown")
    assert unknown == pytest.approx(0.75 * known[0] + 0.25 * known[1], abs=1e-14)
    for limit in (None, "unknown"):
        with pytest.raises(EvidenceError, match="expected upper_limit"):
            reading_likelihood(PTH, pth(upper_limits=[]), 95.0, upper_limit=limit)
    with pytest.raises(EvidenceError, match="multiple of the upper limit"):
        reading_likelihood(LEVEL, analyte(reference=None), 1.2, multiple=True)


def test_a_corrupted_reading_says_nothing_of_the_level() -> None:
    doubtful = pth(corrupted_by={**CORRUPTED, **JUDGED})
    table = measurement_table(PTH, doubtful, ASSAY)
    assert table.shape == (16, 2, 16)
    assert np.abs(table.sum(-1) - 1.0).max() < 1e-12
    assert np.ptp(table[:, 1], axis=0).max() == 0.0
    below = np.cumsum(table[0, 1])
    assert below[[MULTIPLES.index(edge) for edge in (1.0, 3.0, 10.0)]] == pytest.approx([0.1, 0.7, 0.9], abs=1e-12)
    assert np.array_equal(table[:, 0], measurement_table(PTH, pth()))
    narrow = reading_likelihood(PTH, doubtful, lower=2.0, upper=2.0002, multiple=True, corrupting=ASSAY)
    point = reading_likelihood(PTH, doubtful, 2.0001, multiple=True, corrupting=ASSAY)
    assert narrow.shape == point.shape == (16, 2)
    assert point * np.log(2.0002 / 2.0) == pytest.approx(narrow, rel=1e-3, abs=1e-12)
    for at in range(16):
        ends = [None, *MULTIPLES, None]
        column = reading_likelihood(PTH, doubtful, lower=ends[at], upper=ends[at + 1], multiple=True, corrupting=ASSAY)
        assert np.abs(column - table[..., at]).max() < 1e-12
    several = reading_likelihood(PTH, doubtful, [95.0, 130.0], upper_limit=65.0, corrupting=ASSAY)
    assert several.shape == (2, 16, 2)
    bad = pth(corrupted_by={**CORRUPTED, "edges": [1.0], "p": [0.1, 0.9], **JUDGED})
    with pytest.raises(ModelFileError, match="at least two rising edges"):
        measurement_table(PTH, bad, ASSAY)


@given(st.floats(-30, 30), st.floats(0.05, 3))
def test_the_kernel_keeps_its_digits_in_both_tails(y: float, sd: float) -> None:
    one = Kernel(np.array([0.0]), np.array([1.0]), np.array([sd]))
    mirrored = one.density(1.0 - y)
    assert one.density(y) == pytest.approx(mirrored, rel=1e-9, abs=1e-300)
    assert one.below(y) == pytest.approx(one.above(1.0 - y), rel=1e-9, abs=1e-300)
    assert one.below(y) + one.above(y) == pytest.approx(1.0, abs=1e-12)


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(EvidenceError, match="expected a number, a bound or a range"):
        reading_likelihood(LEVEL, analyte())
    open_level = Variable("level", "", "level", ("a", "b"), edges=(1.0,), scale="linear")
    with pytest.raises(ModelFileError, match="expected support"):
        kernel_of(open_level, analyte())
    with pytest.raises(ModelFileError, match="expected support above 0"):
        kernel_of(Variable("level", "", "level", ("a", "b"), edges=(1.0,), support=(0.0, 2.0), scale="log"), analyte())
    with pytest.raises(ModelFileError, match="above 0, found none"):
        kernel_of(LEVEL, analyte(analytical_cv=None, within_person_cv=None))
