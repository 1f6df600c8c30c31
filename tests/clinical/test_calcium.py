"""Adjusted calcium against hand arithmetic; nonsense is refused."""

from __future__ import annotations

import math

import pytest

from hpt_bayes.clinical.calcium import albumin_adjusted_calcium_mg_dl, require_positive
from hpt_bayes.errors import EvidenceError


def test_hand_values() -> None:
    assert albumin_adjusted_calcium_mg_dl(11.2, 3.6) == pytest.approx(11.52, abs=1e-12)
    assert albumin_adjusted_calcium_mg_dl(10.0, 4.0) == 10.0
    assert albumin_adjusted_calcium_mg_dl(10.0, 5.0) == pytest.approx(9.2, abs=1e-12)


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf, True])
def test_nonsense_is_refused(wrong: float) -> None:
    with pytest.raises(EvidenceError, match="total calcium must be a positive number in mg/dL"):
        albumin_adjusted_calcium_mg_dl(wrong, 4.0)
    with pytest.raises(EvidenceError, match="albumin must be a positive number in g/dL"):
        albumin_adjusted_calcium_mg_dl(10.0, wrong)


def test_grams_per_litre_entered_as_per_decilitre_cannot_pass() -> None:
    with pytest.raises(EvidenceError, match="check both values and their units"):
        albumin_adjusted_calcium_mg_dl(10.0, 40.0)


@pytest.mark.parametrize("value", [10**400, float("nan"), float("inf"), "11", None, True])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(EvidenceError, match="the ratio must be a positive number, got "):
        require_positive("the ratio", value, "")  # type: ignore[arg-type]


def test_message_without_unit() -> None:
    with pytest.raises(EvidenceError, match=r"^the ratio must be a positive number, got -1$"):
        require_positive("the ratio", -1, "")
