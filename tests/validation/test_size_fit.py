"""Rows that depend on the size of the lesion, beside what the network returns by another path."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import pytest
from packaged import network
from small_model import small_network

from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.patterns import Condition, Pattern
from hpt_bayes.validation.query import Population, probability
from hpt_bayes.validation.size_fit import size_fit


class Report(Protocol):
    data: dict[str, Any]


def test_shares_returned_are_those_the_network_is_asked_for(report: Report) -> None:
    """P(state | lesion, class, phenotype) over all settings, one at a time, for the variables without readings."""
    rows = [each for each in report.data["size_fit"]["rows"] if each["variable"] in ("bone_disease", "nephrolithiasis")]
    assert len(rows) >= 20
    prior = network().tables["setting"].ravel()
    for row in rows[:2]:
        known = Pattern(tuple(Condition(name, (state,)) for name, state in [("lesion", row["lesion"]), *row["given"]]))
        event = Pattern((Condition(row["variable"], ("present",)),))
        total = both = 0.0
        for position, setting in enumerate(network().variables["setting"].states):
            share = prior[position] * probability(network(), Population((setting,), False), [known])
            if share > 0.0:
                total += share
                both += share * probability(network(), Population((setting,), False, known), [event])
        assert row["returned"][1] == pytest.approx(both / total, abs=1e-10), row


def test_rows_are_distributions_worst_first(report: Report) -> None:
    rows = report.data["size_fit"]["rows"]
    assert {each["variable"] for each in rows} >= {"usual_calcium", "usual_pth", "usual_alkaline_phosphatase"}
    residuals = [each["residual"] for each in rows]
    assert residuals == sorted(residuals, reverse=True)
    for each in rows:
        for shares in (each["written"], each["returned"]):
            assert sum(shares) == pytest.approx(1.0, abs=1e-9)
        assert each["residual"] == pytest.approx(np.abs(np.subtract(each["written"], each["returned"])).max())
    assert residuals[0] < 0.06, "a row written for a class is what each of its lesions shows"


def test_a_network_without_sizes_has_nothing_to_compare() -> None:
    with pytest.raises(EvidenceError, match="expected tables that load on the size of a lesion"):
        size_fit(replace(small_network(), variables={}))
