"""Rows published for single readings: a reading of the level found behind them returns them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from packaged import network
from scipy.stats import norm

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.analytes import Analyte
from hpt_bayes.network.measurement import kernel_of, measurement_table
from hpt_bayes.network.tables import interval
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.tables.interval import Spec, expand
from hpt_bayes.network.tables.readings import bins_of_readings, usual_masses
from hpt_bayes.network.variables import Variable

JUDGED: dict[str, Any] = {"basis": "judged", "why": "a test", "ess": 20}
STEPS = tuple(float(step) for step in np.arange(8.0, 13.01, 0.25))
LEVEL = Variable(
    "usual", "Usual", "level", tuple(map(str, range(len(STEPS) + 1))), unit="mg/dL", edges=STEPS, support=(6.0, 15.0)
)
DISEASE = Variable("disease", "Disease", "cause", ("none", "adenoma"))
EDGES = (9.0, 9.5, 10.0, 10.5, 11.0, 11.5)
CALCIUM = Analyte.model_validate(
    {
        "name": "calcium", "label": "Calcium", "level": "usual", "unit": "mg/dL", "units": {"mg/dL": 1.0},
        "analytical_cv": {"value": 0.015, "range": (0.01, 0.02), "basis": "judged", "why": "a test"},
        "within_person_cv": {"value": 0.02, "range": (0.01, 0.03), "basis": "judged", "why": "a test"},
    }
)  # fmt: skip


def normal_bins(mean: float, sd: float) -> list[float]:
    return np.diff(norm.cdf([-np.inf, *EDGES, np.inf], mean, sd)).tolist()


ROWS = [
    {"when": {"disease": "none"}, "p": normal_bins(9.6, 0.5), **JUDGED},
    {"when": {"disease": "adenoma"}, "p": normal_bins(10.8, 0.7), **JUDGED},
]


def context(**analytes: Analyte) -> TableContext:
    return TableContext(LEVEL, (DISEASE,), {"disease": DISEASE}, {}, analytes=analytes or {"calcium": CALCIUM})


def spec(**parts: Any) -> Spec:
    return Spec.model_validate({"kind": "interval", "edges": EDGES, "rows": ROWS, "readings_of": "calcium"} | parts)


def middle_spread(masses: np.ndarray) -> float:
    middles = 0.5 * (LEVEL.bounds[:-1] + LEVEL.bounds[1:])
    mean = masses @ middles
    return float(np.sqrt(masses @ (middles - mean) ** 2))


def test_a_single_reading_returns_the_written_row_and_the_level_is_narrower() -> None:
    table = expand(spec(), context())
    as_levels = expand(spec(readings_of=None), context())
    read = table @ measurement_table(LEVEL, CALCIUM)
    at = [STEPS.index(edge) for edge in EDGES]
    for row, each in enumerate(ROWS):
        written = np.cumsum(each["p"])[:-1]
        assert np.abs(np.cumsum(read[row])[at] - written).max() < 0.005
        plain = np.cumsum((as_levels @ measurement_table(LEVEL, CALCIUM))[row])[at]
        assert np.abs(plain - written).max() > 0.01
        assert middle_spread(table[row]) < 0.97 * middle_spread(as_levels[row])


def test_the_rounds_go_on_towards_a_level_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readings of a known level, put back through: more rounds come as near as is asked."""
    kernel = kernel_of(LEVEL, CALCIUM)
    known = np.diff(norm.cdf([-np.inf, *STEPS, np.inf], 10.2, 0.6))
    bins = bins_of_readings(kernel, EDGES, False)
    shares = known @ bins
    wide = np.diff(norm.cdf([-np.inf, *STEPS, np.inf], 10.2, 0.7))
    off = []
    for rounds in (0, 5, 2000):
        monkeypatch.setattr("hpt_bayes.network.tables.readings.ROUNDS", rounds)
        found = usual_masses(shares, wide, bins)
        assert found.sum() == pytest.approx(1.0, abs=1e-14)
        off.append(np.abs(found @ bins - shares).max())
    assert off[0] > 5 * off[1] > 25 * off[2]
    assert off[2] < 1e-4


def test_bins_of_readings_are_the_kernel_between_the_cuts() -> None:
    kernel = kernel_of(LEVEL, CALCIUM)
    bins = bins_of_readings(kernel, EDGES, False)
    assert bins.shape == (LEVEL.size, len(EDGES) + 1)
    assert np.abs(np.cumsum(bins, axis=1)[:, :-1] - kernel.below(EDGES).T).max() < 1e-12


def test_drawn_rows_are_each_brought_back_to_their_own_level() -> None:
    numbers = np.array([[number.value for number in interval.numbers(spec())]])
    other = np.concatenate([normal_bins(9.4, 0.55), normal_bins(11.0, 0.65)])[None]
    drawn = expand(spec(), context(), np.concatenate([numbers, other]))
    assert drawn.shape == (2, 2, LEVEL.size)
    assert np.abs(drawn[0] - expand(spec(), context())).max() < 1e-14
    rows = [{**row, "p": other[0][at : at + 7].tolist()} for row, at in zip(ROWS, (0, 7), strict=True)]
    assert np.abs(drawn[1] - expand(spec(rows=rows), context())).max() < 1e-14


def test_a_row_of_usual_levels_stays_as_written() -> None:
    rows = [{**ROWS[0], "usual": True}, ROWS[1]]
    table = expand(spec(rows=rows), context())
    assert np.abs(table[0] - expand(spec(readings_of=None), context())[0]).max() < 1e-14
    assert np.abs(table[1] - expand(spec(), context())[1]).max() < 1e-14


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            {"readings_of": "calzium"},
            "expected an analyte that reads usual, found 'calzium'; nearest valid name",
        ),
        (
            {"readings_of": None, "rows": [{**ROWS[0], "usual": True}, ROWS[1]]},
            "expected readings_of at the top of the table for usual, found none",
        ),
    ],
)
def test_what_does_not_fit_is_a_fault(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        expand(spec(**parts), context())


READ = (
    "usual_calcium", "usual_pth", "usual_phosphate", "usual_alkaline_phosphatase",
    "usual_vitamin_d_125", "usual_magnesium", "usual_urine_handling", "usual_urine_calcium_24h",
)  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_the_packaged_rows_come_back_from_single_readings(name: str) -> None:
    """Largest difference of a cumulative share: in the median row below .005, everywhere below .05.

    The worst are rows that end at a cut: calcium on a thiazide (10.7 sd 0.3, hardly wider than readings scatter) and
    of primary disease just above the limit that selected the patients.
    """
    net = network()
    variable = net.variables[name]
    written = variable.spec
    assert isinstance(written, Spec) and written.readings_of is not None
    kernel = kernel_of(variable, net.analytes[written.readings_of])
    assert variable.edges is not None and written.edges is not None
    log = variable.scale == "log"
    bins = bins_of_readings(kernel, written.edges, log)
    off = []
    for row in written.rows:
        if row.usual:
            continue
        shares = np.maximum(np.array(row.p.values), net.floor)
        shares = shares / shares.sum()
        curve = interval.Curve.through(
            np.log(written.edges) if log else np.array(written.edges), interval.cumulative_probits(shares)
        )
        start = interval.masses(curve(np.log(variable.edges) if log else np.array(variable.edges)))
        found = usual_masses(shares, start, bins)
        off.append(np.abs(np.cumsum(found @ bins - shares)).max())
    assert np.median(off) < 0.005
    assert max(off) < 0.05
