from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator
from scipy.stats import norm

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.tables.interval import Spec, expand, numbers
from hpt_bayes.network.variables import Variable

JUDGED = {"basis": "judged", "why": "a test", "ess": 20}
DISEASE = Variable("disease", "Disease", "cause", ("none", "adenoma", "carcinoma"))
PHENOTYPE = Variable("phenotype", "Phenotype", "context", ("early", "late"))
DRUG = Variable("drug", "Drug", "context", ("absent", "present"))
SIZE = Variable("size", "Size", "latent", ("small", "medium", "large"), ("disease", "phenotype"))
STEPS = (8.0, 8.5, 9.0, 9.5, 10.0, 10.5, 11.0, 11.5, 12.0, 12.5, 13.0, 13.5, 14.0, 14.5)
EDGES = (8.5, 10.5, 11.5, 12.0, 14.0)
SIZES = np.array(
    [
        [[0.25, 0.5, 0.25], [0.25, 0.5, 0.25]],
        [[0.4, 0.4, 0.2], [0.1, 0.3, 0.6]],
        [[0.05, 0.15, 0.8], [0.0, 0.1, 0.9]],
    ]
)
ROWS = [
    {"when": {"disease": "none"}, "p": [0.02, 0.95, 0.028, 0.0015, 0.0005, 0.0], **JUDGED},
    {
        "when": {"disease": "adenoma", "phenotype": "early"},
        "p": [0.003, 0.097, 0.57, 0.17, 0.148, 0.012],
        **JUDGED,
    },
    {"when": {"disease": "adenoma", "phenotype": "late"}, "p": [0.002, 0.05, 0.35, 0.2, 0.3, 0.098], **JUDGED},
    {"when": {"disease": "carcinoma"}, "p": [0.001, 0.02, 0.1, 0.1, 0.4, 0.379], **JUDGED},
]
LOADING = {
    "variable": "size",
    "scores": {"small": -1, "medium": 0, "large": 1},
    "slope": {"value": 0.6, "range": [0.3, 0.9], "basis": "judged", "why": "a test"},
    "weights": [
        {"when": {"disease": "adenoma"}, "given": {"disease": "adenoma"}},
        {"when": {"disease": "carcinoma"}, "given": {"disease": "carcinoma", "phenotype": "early"}},
    ],
}


def calcium(**changes: Any) -> Variable:
    states = tuple(str(i) for i in range(len(STEPS) + 1))
    known: dict[str, Any] = {"edges": STEPS, "support": (6.0, 18.0), "scale": "linear", "unit": "mg/dL"}
    return Variable("calcium", "Calcium", **({"role": "level", "states": states} | known | changes))


def context(
    *parents: Variable, variable: Variable | None = None, floor: float = 5e-4, sizes: np.ndarray = SIZES
) -> TableContext:
    every = {each.name: each for each in (DISEASE, PHENOTYPE, DRUG, SIZE)}
    return TableContext(variable or calcium(), parents, every, {"size": sizes}, floor=floor)


def spec(**parts: Any) -> Spec:
    return Spec.model_validate({"kind": "interval", "edges": list(EDGES), "rows": ROWS} | parts)


def floored(p: list[float]) -> np.ndarray:
    shares = np.where(np.array(p) == 0, 5e-4, p)
    return shares / shares.sum()


def at_edges(table: np.ndarray) -> np.ndarray:
    return np.cumsum(table, axis=-1)[..., [STEPS.index(edge) for edge in EDGES]]


def test_published_shares_come_back_and_zeros_are_floored() -> None:
    table = expand(spec(), context(DISEASE, PHENOTYPE))
    assert table.shape == (3, 2, 15)
    assert table.sum(-1) == pytest.approx(1.0, abs=1e-15)
    assert (table > 0).all()
    for disease, phenotype, row in [(0, 0, 0), (0, 1, 0), (1, 0, 1), (1, 1, 2), (2, 0, 3), (2, 1, 3)]:
        expected = np.cumsum(floored(ROWS[row]["p"]))[:-1]  # type: ignore[arg-type]
        assert np.abs(at_edges(table[disease, phenotype]) - expected).max() < 1e-12


def test_between_the_edges_the_probit_runs_along_a_pchip() -> None:
    table = expand(spec(), context(DISEASE, PHENOTYPE))
    published = np.cumsum(ROWS[1]["p"])[:-1]  # type: ignore[arg-type]
    inside = [step for step in STEPS if EDGES[0] <= step <= EDGES[-1]]
    theirs = norm.cdf(PchipInterpolator(EDGES, norm.ppf(published))(inside))
    ours = np.cumsum(table[1, 0])[[STEPS.index(step) for step in inside]]
    assert np.abs(ours - theirs).max() < 1e-12
    slope = (norm.ppf(published[1]) - norm.ppf(published[0])) / 2.0
    assert table[1, 0, 0] == pytest.approx(norm.cdf(norm.ppf(published[0]) - 0.5 * slope), abs=1e-12)


def test_every_published_cumulative_is_exact_after_averaging_over_the_loading() -> None:
    table = expand(spec(loading=LOADING), context(DISEASE, PHENOTYPE, SIZE))
    assert table.shape == (3, 2, 3, 15)
    for disease, phenotype, row in [(1, 0, 1), (1, 1, 2), (2, 0, 3), (2, 1, 3)]:
        weights = SIZES[disease, phenotype if disease == 1 else 0]
        average = at_edges(weights @ table[disease, phenotype])
        assert np.abs(average - np.cumsum(ROWS[row]["p"])[:-1]).max() < 1e-10  # type: ignore[arg-type]
        high = table[disease, phenotype, :, STEPS.index(12.0) + 1 :].sum(-1)
        assert (np.diff(high) > 0.03).all()
    assert (table[0, :, 0] == table[0, :, 2]).all()


def test_the_order_of_the_parents_does_not_matter() -> None:
    one = expand(spec(loading=LOADING), context(DISEASE, PHENOTYPE, SIZE))
    other = expand(spec(loading=LOADING), context(SIZE, PHENOTYPE, DISEASE))
    assert np.abs(other.transpose(2, 1, 0, 3) - one).max() < 1e-14


def test_a_row_may_have_its_own_slope() -> None:
    steep = {"value": 1.5, "range": [1, 2], "basis": "judged", "why": "a test"}
    rows = [*ROWS[:3], {**ROWS[3], "slope": steep}]
    changed = expand(spec(rows=rows, loading=LOADING), context(DISEASE, PHENOTYPE, SIZE))
    same = expand(spec(loading=LOADING), context(DISEASE, PHENOTYPE, SIZE))
    assert np.array_equal(changed[:2], same[:2])
    assert changed[2, 0, 2, -1] > same[2, 0, 2, -1]
    average = at_edges(SIZES[2, 0] @ changed[2, 0])
    assert np.abs(average - np.cumsum(ROWS[3]["p"])[:-1]).max() < 1e-10  # type: ignore[arg-type]


def test_shifts_move_values() -> None:
    add = {"when": {"drug": "present"}, "add": -1.0, **JUDGED}
    table = expand(spec(shifts=[add]), context(DISEASE, PHENOTYPE, DRUG))
    below = np.cumsum(table, axis=-1)
    plain = np.cumsum(expand(spec(), context(DISEASE, PHENOTYPE)), axis=-1)
    assert np.array_equal(below[:, :, 0], plain)
    assert np.abs(below[:, :, 1, :-3] - plain[:, :, 2:-1]).max() < 1e-12
    half = {"when": {"drug": "present"}, "multiply": 0.5, **JUDGED}
    twice = expand(spec(shifts=[half, {**half, "multiply": 2.0}]), context(DISEASE, PHENOTYPE, DRUG))
    assert np.abs(twice[:, :, 1] - twice[:, :, 0]).max() < 1e-14


def test_on_a_log_scale_the_curve_runs_over_logarithms() -> None:
    steps = (0.5, 1.0, 2.0, 4.0)
    pth = calcium(states=("a", "b", "c", "d", "e"), edges=steps, support=(0.1, 10.0), scale="log")
    rows = [{"otherwise": True, "p": [0.1, 0.6, 0.3], **JUDGED}]
    half = {"when": {"drug": "present"}, "multiply": 2.0, **JUDGED}
    table = expand(spec(edges=[1.0, 4.0], rows=rows, shifts=[half]), context(DRUG, variable=pth))
    below = np.cumsum(table, axis=-1)[:, :-1]
    assert below[0, 2] == pytest.approx(norm.cdf((norm.ppf(0.1) + norm.ppf(0.7)) / 2), abs=1e-12)
    assert below[1, 1:] == pytest.approx(below[0, :-1], abs=1e-12)


def test_the_bins_of_an_ordinal_variable_are_its_states() -> None:
    grade = Variable("grade", "Grade", "finding", ("none", "mild", "severe"))
    rows = [
        {"when": {"disease": "none"}, "p": {"none": 0.9, "mild": 0.1}, **JUDGED},
        {"when": {"disease": ["adenoma", "carcinoma"]}, "p": [0.2, 0.5, 0.3], **JUDGED},
    ]
    loading = LOADING | {"weights": [{"given": {"disease": "adenoma", "phenotype": "late"}}]}
    table = expand(spec(edges=None, rows=rows, loading=loading), context(DISEASE, SIZE, variable=grade))
    assert np.abs(SIZES[1, 1] @ table[1] - [0.2, 0.5, 0.3]).max() < 1e-12
    assert np.abs(SIZES[1, 1] @ table[0] - floored([0.9, 0.1, 0.0])).max() < 1e-12
    left_out = [rows[0] | {"p": {"mild": 0.1, "severe": 0.05}}, rows[1]]
    table = expand(spec(edges=None, rows=left_out), context(DISEASE, variable=grade))
    assert table[0] == pytest.approx([0.85, 0.1, 0.05], abs=1e-12)


def test_draws_give_the_same_tables_one_by_one() -> None:
    add = {"when": {"drug": "present"}, "add": -1.0, **JUDGED}
    half = {"when": {"drug": "present", "disease": "none"}, "multiply": 0.9, **JUDGED}
    steep = {"value": 1.5, "range": [1, 2], "basis": "judged", "why": "a test"}
    written = spec(loading=LOADING, shifts=[add, half], rows=[*ROWS[:3], {**ROWS[3], "slope": steep}])
    around = context(DISEASE, PHENOTYPE, SIZE, DRUG)
    found = numbers(written)
    assert [n.path for n in found[-4:]] == ["loading.slope", "rows[3].slope", "shifts[0].add", "shifts[1].multiply"]
    assert [n.family for n in found[-3:]] == ["normal", "normal", "log_normal"]
    assert {n.family for n in found[:-4]} == {"ordinal"}
    assert len({n.row for n in found}) == 4 + 4
    rng = np.random.default_rng(1)
    values = np.array([n.value for n in found]) * rng.uniform(0.8, 1.2, size=(3, len(found)))
    values[0] = [n.value for n in found]
    drawn = expand(written, around, values)
    assert drawn.shape == (3, 3, 2, 3, 2, 15)
    assert np.array_equal(drawn[0], expand(written, around))
    for d in range(3):
        assert np.abs(drawn[d] - expand(written, around, values[d : d + 1])[0]).max() < 1e-14
    several = expand(written, context(DISEASE, PHENOTYPE, SIZE, DRUG, sizes=np.stack([SIZES] * 3)), values)
    assert np.abs(several - drawn).max() < 1e-14
    assert expand(written, context(DISEASE, PHENOTYPE, SIZE, DRUG, sizes=np.stack([SIZES] * 2))).shape[0] == 2


def test_steps_equal_to_the_edges_need_no_curve() -> None:
    fever = calcium(states=("no", "yes"), edges=(1.0,))
    rows = [{"otherwise": True, "p": [0.25, 0.75], **JUDGED}]
    assert expand(spec(edges=[1.0], rows=rows), context(variable=fever)) == pytest.approx([0.25, 0.75])
    assert expand(spec(edges=None, rows=rows), context(variable=fever)) == pytest.approx([0.25, 0.75])


ORDINAL = Variable("grade", "Grade", "finding", ("none", "mild", "severe"))
GRADES = [{"otherwise": True, "p": [0.2, 0.5, 0.3], **JUDGED}]
ONE = [{"otherwise": True, "p": [0.2, 0.8], **JUDGED}]
ADD = {"when": {"drug": "present"}, "add": 1.0, **JUDGED}


@pytest.mark.parametrize(
    ("parts", "variable", "message"),
    [
        ({"structural_zeros": "why"}, None, "expected no structural_zeros"),
        ({"edges": None, "rows": GRADES, "shifts": [ADD]}, ORDINAL, "expected no shifts"),
        ({"rows": GRADES}, ORDINAL, "expected no edges"),
        ({"edges": [8.5, 8.5, 9, 10, 11]}, None, "expected rising edges"),
        ({"edges": [-1, 8.5, 9, 10, 11]}, calcium(scale="log"), "expected edges above 0"),
        ({"edges": [9.0], "rows": ONE}, None, "expected at least two edges"),
        ({"shifts": [ADD]}, calcium(scale="log"), "expected multiply on a log scale"),
        ({"rows": [{**ROWS[0], "slope": LOADING["slope"]}]}, None, "expected a loading at the top"),
        ({"rows": ONE}, None, "expected 6 probabilities, one per bin, found 2"),
        ({"rows": [{"otherwise": True, "p": {"0": 1.0}, **JUDGED}]}, None, "expected a list of probabilities"),
        ({"edges": None, "rows": [{"otherwise": True, "p": {"mil": 1.0}, **JUDGED}]}, ORDINAL, "'mild'"),
        ({"edges": None, "rows": [{"otherwise": True, "p": {"mild": 1.0}, **JUDGED}]}, ORDINAL, "at most one state"),
        ({"rows": [{"otherwise": True, "p": [0.1] * 6, **JUDGED}]}, None, "sums to 1, found the sum 0.6"),
        ({}, calcium(role="context"), "expected probabilities above 0"),
        ({"loading": LOADING | {"variable": "sizes"}}, None, "expected a parent as loading variable, found 'sizes'"),
        ({"loading": LOADING | {"scores": {"smal": 1}}}, None, "expected scores for the states of size, found 'smal'"),
        ({"loading": LOADING | {"scores": {"small": 1}}}, None, "found none for medium, large"),
        ({"rows": [{**ROWS[0], "when": {"size": "small"}}], "loading": LOADING}, None, "rows that are averages"),
        (
            {"loading": LOADING | {"weights": [{"given": {"drug": "absent"}}]}},
            None,
            "expected a parent of size in given, found 'drug'",
        ),
        (
            {"loading": LOADING | {"weights": [{"given": {"disease": ["none", "adenoma"]}}]}},
            None,
            "expected one state of disease in given",
        ),
        (
            {"loading": LOADING | {"weights": [{"given": {"disease": "none"}}, {"given": {"disease": "none"}}]}},
            None,
            "expected weights once for each row",
        ),
    ],
)
def test_what_does_not_fit_is_refused(parts: dict[str, Any], variable: Variable | None, message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        expand(spec(**parts), context(DISEASE, PHENOTYPE, SIZE, DRUG, variable=variable))


def test_a_parent_of_the_loading_variable_must_be_given_or_followed() -> None:
    loading = LOADING | {"weights": [{"given": {"phenotype": "late"}}]}
    rows = [{"otherwise": True, "p": [0.003, 0.097, 0.57, 0.17, 0.148, 0.012], **JUDGED}]
    with pytest.raises(ModelFileError, match="expected a state of disease in given, found none"):
        expand(spec(rows=rows, loading=loading), context(SIZE, DRUG))


@pytest.mark.parametrize("figures", [{}, {"add": 1.0, "multiply": 2.0}])
def test_a_shift_is_either_added_or_multiplied(figures: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected either add or multiply"):
        spec(shifts=[{"when": {"drug": "present"}, **JUDGED, **figures}])
