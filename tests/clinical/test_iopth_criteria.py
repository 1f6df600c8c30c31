"""Each criterion on hand-made samples at and beside its own threshold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.clinical.iopth_criteria import (
    CRITERIA,
    IopthSamples,
    dialysis,
    dual,
    halle,
    miami,
    rome,
    sequential_removal,
    vienna,
)
from hpt_bayes.errors import EvidenceError

pth = st.floats(min_value=1.0, max_value=2000.0)


def samples(*after: float, incision: float = 200.0, excision: float | None = 300.0) -> IopthSamples:
    """Samples at 10, 15 and 20 minutes, as many as given."""
    return IopthSamples(incision, excision, dict(zip((10, 15, 20), after, strict=False)), 65.0)


@pytest.mark.parametrize(("at_10", "met"), [(150.0, True), (150.1, False), (20.0, True)])
def test_miami_takes_the_highest_sample(at_10: float, met: bool) -> None:
    assert miami(samples(at_10)).met is met


@pytest.mark.parametrize(("at_10", "met"), [(100.0, True), (100.1, False), (150.0, False)])
def test_vienna_takes_the_sample_before_the_incision(at_10: float, met: bool) -> None:
    result = vienna(samples(at_10))
    assert result.met is met
    assert result.fall_percent == pytest.approx(100.0 * (1.0 - at_10 / 200.0))


@pytest.mark.parametrize(("at_15", "met"), [(35.0, True), (35.1, False)])
def test_halle_is_a_level(at_15: float, met: bool) -> None:
    assert halle(samples(50.0, at_15)).met is met


@pytest.mark.parametrize(
    ("at_10", "at_20", "met"),
    [
        (100.0, 60.0, True),  # in range
        (100.0, 90.0, False),  # above the range and still falling
        (100.0, 92.5, True),  # above the range, settled
        (100.0, 92.4, False),
        (160.0, 150.0, False),  # exactly half
        (152.0, 149.0, True),
    ],
)
def test_rome(at_10: float, at_20: float, met: bool) -> None:
    assert rome(samples(at_10, 99.0, at_20)).met is met


@pytest.mark.parametrize(("at_10", "met"), [(65.0, True), (65.1, False), (140.0, False)])
def test_dual_is_miami_and_in_range(at_10: float, met: bool) -> None:
    assert dual(samples(at_10)).met is met
    assert miami(samples(at_10)).met


def test_dual_wants_the_fall_too() -> None:
    assert not dual(IopthSamples(100.0, None, {10: 60.0}, 65.0)).met


@pytest.mark.parametrize(("at_10", "met"), [(60.0, False), (59.9, True)])
def test_dialysis_wants_more_than_seventy_per_cent(at_10: float, met: bool) -> None:
    assert dialysis(samples(at_10)).met is met


@given(pth, pth, pth, pth, pth, pth)
def test_a_lower_sample_never_undoes_a_criterion_and_the_strict_imply_the_lax(
    incision: float, excision: float, a: float, b: float, c: float, d: float
) -> None:
    low, middle, high, highest = sorted((a, b, c, d))
    first = IopthSamples(incision, excision, {10: highest, 15: high, 20: middle}, 65.0)
    lower = IopthSamples(incision, excision, {10: low, 15: low, 20: low}, 65.0)
    for name, criterion in CRITERIA.items():
        if name != "rome" and criterion(first).met:
            assert criterion(lower).met, name
    assert miami(first).met or not vienna(first).met, "its baseline is never above Miami's"
    assert miami(first).met or not dual(first).met
    assert CRITERIA.keys() == {"miami", "vienna", "halle", "rome", "dual", "dialysis"}


def test_stairstep() -> None:
    first = IopthSamples(400.0, 420.0, {10: 260.0}, 65.0)
    second = IopthSamples(400.0, 270.0, {10: 60.0}, 65.0)
    found = sequential_removal([first, second])
    assert [each.met for each in found.results] == [False, True]
    assert found.met_after == 2
    assert found.stairstep
    at_once = sequential_removal([IopthSamples(400.0, 420.0, {10: 60.0}, 65.0)], dual)
    assert (at_once.met_after, at_once.stairstep) == (1, False)
    never = sequential_removal([first, IopthSamples(400.0, 270.0, {10: 265.0}, 65.0)])
    assert (never.met_after, never.stairstep) == (None, False)


def test_refusals() -> None:
    for criterion, minute in ((miami, 10), (vienna, 10), (halle, 15), (rome, 20), (dual, 10), (dialysis, 10)):
        with pytest.raises(
            EvidenceError, match=f"expected a sample {minute} minutes after the excision, found samples at 5"
        ):
            criterion(IopthSamples(200.0, None, {5: 100.0}, 65.0))
    with pytest.raises(EvidenceError, match="found samples at none"):
        miami(IopthSamples(200.0))
    with pytest.raises(EvidenceError, match="expected the laboratory's upper limit of PTH"):
        dual(IopthSamples(200.0, None, {10: 50.0}))
    with pytest.raises(EvidenceError, match="PTH before the incision must"):
        IopthSamples(0.0)
    with pytest.raises(EvidenceError, match="PTH before the excision must"):
        IopthSamples(100.0, -1.0)
    with pytest.raises(EvidenceError, match="the upper limit of PTH must"):
        IopthSamples(100.0, None, {}, 0.0)
    with pytest.raises(EvidenceError, match="minutes after the excision must"):
        IopthSamples(100.0, None, {0: 10.0})
    with pytest.raises(EvidenceError, match="PTH 10 minutes after the excision must"):
        IopthSamples(100.0, None, {10: float("nan")})
    with pytest.raises(EvidenceError, match="expected the samples of at least one removal"):
        sequential_removal([])
    with pytest.raises(EvidenceError, match="expected one pre-incision PTH"):
        sequential_removal([IopthSamples(100.0, None, {10: 20.0}), IopthSamples(110.0, None, {10: 20.0})])
