"""Sensitivity functions against brute re-evaluation, and the inverse question against bisection on it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from enumerated import foreign_network
from oracle import Arrays
from rewritten import rewritten, same_entries
from small_model import small_network

from hpt_bayes.case import Case
from hpt_bayes.errors import EvidenceError
from hpt_bayes.reasoning.compiled import compile_model
from hpt_bayes.reasoning.progress import STEPS
from hpt_bayes.reasoning.varying.gradients import slopes
from hpt_bayes.reasoning.varying.one_way import brute, curves, range_of
from hpt_bayes.reasoning.varying.parameters import parameter_named, with_number

NETWORK = small_network()
OTHER = foreign_network(Arrays((2,), ((),), (np.array([0.5, 0.5]),)))
MODEL = compile_model(NETWORK, ("persistent",))
CASE = (
    Case(NETWORK, "persistent", name="A")
    .observe("gene", "negative")
    .observe("family_history", "none")
    .observe("adjusted_calcium", 11.2, "mg/dL")
    .observe("washout", "low", site="left_superior")
    .observe("histology", "hyperplasia")
)
EXACT = ["gene:rows[0].p.pathogenic", "family_history:causes[1].p.known_syndrome", "histology:rows[2].p.1"]
NUMERICAL = [
    "fhh:rows[1].p.present",
    "lesion:modifiers[0].odds.hyperplasia",
    "usual_calcium:rows[1].p.2",
    "lesion:base[1].p.1",
]


@pytest.mark.parametrize(("name", "how"), [*((n, "exact") for n in EXACT), *((n, "numerical") for n in NUMERICAL)])
def test_one_way_functions_equal_brute_evaluation(name: str, how: str) -> None:
    number = parameter_named(NETWORK, name)
    low, high = range_of(MODEL, number)
    found = curves(MODEL, CASE.evidence, number, low, high)
    assert found.how == how
    x = np.linspace(low, high, 7)
    assert found.at(x) == pytest.approx(brute(MODEL, CASE.evidence, number, x), abs=1e-10)


def test_one_way_equals_models_loaded_from_rewritten_files() -> None:
    for name in (EXACT[0], NUMERICAL[1]):
        found = CASE.one_way(name, "adenoma")
        number = parameter_named(NETWORK, name)
        for i in (0, 40):
            values = with_number(NETWORK, number, np.array([found.values[i]]))[0]
            other = Case(rewritten(NETWORK, {number.variable: values}), "persistent")
            other = same_entries(other, CASE)
            assert found.probabilities[i] == pytest.approx(other.posterior().diagnoses["adenoma"], abs=1e-10)


def test_a_row_that_the_floor_touches_is_numerical() -> None:
    number = parameter_named(NETWORK, "gene:rows[1].p.vus")
    assert curves(MODEL, CASE.evidence, number, 0.01, 0.05).how == "numerical"  # its neighbour is written as 0


def test_repeated_readings_are_numerical() -> None:
    number = parameter_named(NETWORK, EXACT[0])
    twice = CASE.observe("gene", "vus")
    found = curves(MODEL, twice.evidence, number, *range_of(MODEL, number))
    assert found.how == "numerical"


def test_slopes_equal_differences_of_the_answer() -> None:
    at = MODEL.targets.diagnosis_names.index("adenoma")
    found = slopes(MODEL, CASE.evidence, MODEL.targets.indicators[at])
    for name in [*EXACT, "washout:rows[0].p.high"]:
        number = parameter_named(NETWORK, name)
        h = 1e-5
        both = brute(MODEL, CASE.evidence, number, np.array([number.value - h, number.value + h]))[:, at]
        assert found[name] == pytest.approx((both[1] - both[0]) / (2 * h), rel=1e-4, abs=1e-8)


def test_the_tornado_holds_the_ends_of_every_bar() -> None:
    found = CASE.sensitivity("hyperplasia", numbers=5)
    assert len(found.bars) == 5
    assert found.screened > 50
    swings = [bar.swing for bar in found.bars]
    assert swings == sorted(swings, reverse=True)
    at = MODEL.targets.diagnosis_names.index("hyperplasia")
    for bar in found.bars:
        number = parameter_named(NETWORK, bar.number)
        ends = brute(MODEL, CASE.evidence, number, np.array([bar.low, bar.high]))[:, at]
        assert (bar.at_low, bar.at_high) == pytest.approx(tuple(ends), abs=1e-10)


def test_the_inverse_question_equals_bisection_on_brute_evaluation() -> None:
    name = "histology:rows[2].p.1"
    found = CASE.inverse(name)
    number = parameter_named(NETWORK, name)
    names = MODEL.targets.diagnosis_names

    def leader(x: float) -> str:
        return names[
            int(np.where(MODEL.targets.leaders, brute(MODEL, CASE.evidence, number, np.array([x]))[0], -1).argmax())
        ]

    assert leader(found.value) == found.now
    assert found.below is not None and found.then_below is not None
    assert leader(found.below - 2e-6) == found.then_below
    assert leader(found.below + 2e-6) == found.now
    assert found.above is None


def test_the_inverse_question_about_the_advised_study() -> None:
    found = CASE.inverse("scan:sensitivity[1].p", study=True)
    assert found.what == "most telling study"
    assert found.now == CASE.next_studies().most_informative
    for value, then in ((found.below, found.then_below), (found.above, found.then_above)):
        assert (value is None) == (then is None)
    if found.below is not None:
        number = parameter_named(NETWORK, found.number)
        values = with_number(NETWORK, number, np.array([found.below - 2e-3]))[0]
        other = Case(rewritten(NETWORK, {"scan": values}), "persistent")
        other = same_entries(other, CASE)
        assert other.next_studies().most_informative == found.then_below


def test_the_inverse_question_tells_of_its_progress() -> None:
    told: list[int] = []
    found = CASE.inverse("scan:sensitivity[1].p", study=True, advance=told.append)
    assert found == CASE.inverse("scan:sensitivity[1].p", study=True)
    assert sum(told) == STEPS
    assert len(told) > 10
    assert min(told) > 0


def test_numbers_and_ranges_that_are_none() -> None:
    for name in (5, None, ["x"]):
        with pytest.raises(EvidenceError, match="expected the name of a number, variable:path, found"):
            CASE.one_way(name)  # type: ignore[arg-type]
    for between in (5, (0.1,), (0.2, 0.1), (0.1, float("nan")), (0.1, 10**400), ("0", "1"), (False, True)):
        with pytest.raises(EvidenceError, match=r"expected a range of values, \(low, high\), found"):
            CASE.one_way(EXACT[0], between=between)  # type: ignore[arg-type]
    with pytest.raises(EvidenceError, match="numbers: expected a whole number of 0 or more, found -1"):
        CASE.sensitivity(numbers=-1)


@pytest.mark.parametrize(
    ("first", "second", "how"),
    [
        (EXACT[0], EXACT[2], "exact"),
        (EXACT[0], NUMERICAL[0], "numerical"),
        (EXACT[2], "histology:rows[1].p.0", "numerical"),
    ],
)
def test_two_way_surfaces_equal_brute_evaluation(first: str, second: str, how: str) -> None:
    found = CASE.two_way(first, second, "adenoma")
    assert found.how == how
    one, other = parameter_named(NETWORK, first), parameter_named(NETWORK, second)
    x, y = found.first[3], found.second[8]
    values = {one.variable: with_number(NETWORK, one, np.array([x]))[0]}
    changed = with_number(NETWORK, other, np.array([y]))[0]
    if one.variable == other.variable:
        row = slice(0, 3)  # the row of adenoma's neighbour
        values[one.variable][3:6] = changed[3:6]
        del row
    else:
        values[other.variable] = changed
    case = Case(rewritten(NETWORK, values), "persistent")
    case = same_entries(case, CASE)
    assert found.probabilities[3][8] == pytest.approx(case.posterior().diagnoses["adenoma"], abs=1e-10)


def test_results_are_shown_and_saved() -> None:
    results = [
        CASE.sensitivity(numbers=2),
        CASE.one_way(EXACT[0]),
        CASE.two_way(EXACT[0], EXACT[2]),
        CASE.inverse(EXACT[0]),
    ]
    for result in results:
        json.dumps(result.to_dict(), allow_nan=False)
        assert len(result.to_frame()) >= 1
        assert result.blocks()
        assert "<" in result._repr_html_()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: CASE.sensitivity("adenomaa"), "unknown diagnosis 'adenomaa'"),
        (lambda: CASE.one_way("gene:rows[9].p.vus"), "has no number"),
        (lambda: CASE.one_way(EXACT[0], between=(0.5, 0.5)), "expected a range of values"),
        (lambda: CASE.two_way(EXACT[0], EXACT[0]), "two different numbers"),
        (lambda: CASE.two_way("gene:rows[0].p.pathogenic", "gene:rows[0].p.vus"), "parts of one row"),
        (lambda: Case(OTHER).sensitivity(), "comes from another program"),
        (lambda: Case(OTHER).one_way("a:b"), "comes from another program"),
    ],
)
def test_refusals(ask: object, said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        ask()  # type: ignore[operator]
