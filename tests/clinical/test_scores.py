"""CaPTHUS item by item, and the Wisconsin index with its categories."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.clinical.scores import capthus, wisconsin_index
from hpt_bayes.errors import EvidenceError

NOTHING: dict[str, Any] = {
    "calcium_mg_dl": 11.9, "pth_pg_ml": 129.0, "pth_upper_limit_pg_ml": 65.0, "glands_on_ultrasound": 0,
    "glands_on_sestamibi": 2, "concordant": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "score"),
    [
        ({}, 0),
        ({"calcium_mg_dl": 12.0}, 1),
        ({"pth_pg_ml": 130.0}, 1),
        ({"glands_on_ultrasound": 1}, 1),
        ({"glands_on_sestamibi": 1}, 1),
        ({"glands_on_ultrasound": 1, "glands_on_sestamibi": 1, "concordant": True}, 3),
        ({"calcium_mg_dl": 12.5, "pth_pg_ml": 200.0, "glands_on_ultrasound": 1, "glands_on_sestamibi": 1,
          "concordant": True}, 5),
    ],
)  # fmt: skip
def test_capthus(changes: dict[str, Any], score: int) -> None:
    found = capthus(**{**NOTHING, **changes})
    assert found.score == score == sum(found.items.values())
    assert found.single_gland is (score >= 3)
    assert len(found.items) == 5


def test_capthus_refuses_nonsense() -> None:
    for name, says in (
        ("calcium_mg_dl", "calcium must"), ("pth_pg_ml", "PTH must"), ("pth_upper_limit_pg_ml", "upper limit of PTH"),
    ):  # fmt: skip
        with pytest.raises(EvidenceError, match=says):
            capthus(**{**NOTHING, name: 0.0})
    for wrong in (-1, 1.5, True):
        with pytest.raises(EvidenceError, match="glands on ultrasound must be a whole number"):
            capthus(**{**NOTHING, "glands_on_ultrasound": wrong})
    with pytest.raises(EvidenceError, match="found 0 on ultrasound and 2 on sestamibi"):
        capthus(**{**NOTHING, "concordant": True})


@pytest.mark.parametrize(("calcium", "pth", "category"), [(10.0, 80.0, "low"), (10.0, 80.1, "middle"),
                                                          (10.0, 160.0, "middle"), (11.0, 150.0, "high")])  # fmt: skip
def test_wisconsin_categories(calcium: float, pth: float, category: str) -> None:
    found = wisconsin_index(calcium, pth)
    assert found.value == pytest.approx(calcium * pth)
    assert found.category == category


def test_the_mean_patient_of_the_derivation_cohort() -> None:
    assert wisconsin_index(11.0, 127.0).value == pytest.approx(1397.0)  # mean of products 1461: the two go together


@given(st.floats(5, 20), st.floats(1, 5000), st.floats(1, 2))
def test_wisconsin_rises(calcium: float, pth: float, times: float) -> None:
    assert wisconsin_index(calcium, pth * times).value >= wisconsin_index(calcium, pth).value


def test_wisconsin_refuses_nonsense() -> None:
    with pytest.raises(EvidenceError, match="calcium must"):
        wisconsin_index(-1.0, 100.0)
    with pytest.raises(EvidenceError, match="PTH must"):
        wisconsin_index(11.0, float("nan"))
