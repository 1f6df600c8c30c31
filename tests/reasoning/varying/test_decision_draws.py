"""Intervals on expected utility against a loop over models that are written to disk and loaded one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rewritten import rewritten, same_entries
from small_management import network_with_actions
from small_model import small_network

from hpt_bayes.case import Case
from hpt_bayes.display.rows import to_text
from hpt_bayes.errors import EvidenceError
from hpt_bayes.reasoning.compiled import compile_model
from hpt_bayes.reasoning.relevant import relevant
from hpt_bayes.reasoning.varying.draws import draw_numbers

NETWORK = network_with_actions()
CASE = Case(NETWORK, "persistent", name="A").observe("scan", "focus", site="left_superior").observe("gene", "negative")


def test_intervals_are_quantiles_of_separately_loaded_models() -> None:
    found = CASE.decide(draws=5, seed=3)
    values = draw_numbers(NETWORK, relevant(compile_model(NETWORK, ("persistent",)), CASE.evidence), 5, 3)
    worth: dict[str, list[float]] = {row.action: [] for row in found.actions}
    for i in range(5):
        network = rewritten(NETWORK, {name: each[i] for name, each in values.items()})
        network = replace(network, management=NETWORK.management)
        one = same_entries(Case(network, "persistent"), CASE)
        for row in one.decide().actions:
            worth[row.action].append(row.expected_utility)
    best = np.array(list(worth.values())).argmax(axis=0)
    for position, row in enumerate(found.actions):
        assert row.interval == pytest.approx(tuple(np.quantile(worth[row.action], (0.05, 0.95))), abs=1e-10)
        assert row.best_share == pytest.approx(float((best == position).mean()), abs=1e-12)
    assert "utilities are not drawn" in " ".join(to_text(found.blocks(), 80).split())


def test_the_utilities_of_the_user_are_those_drawn_with() -> None:
    changed = CASE.decide({"harm.neck": 0.9}, draws=20)
    assert changed.changed == {"harm.neck": 0.9}
    for row in changed.actions:
        assert row.interval is not None
        assert row.interval[0] - 0.05 < row.expected_utility < row.interval[1] + 0.05


def test_without_actions_or_draws_there_is_no_interval() -> None:
    assert not Case(small_network(), "persistent").decide(draws=5).actions
    assert all(row.interval is None for row in CASE.decide().actions)
    with pytest.raises(EvidenceError, match="draws: expected a whole number of 1 or more, found -1"):
        CASE.decide(draws=-1)
