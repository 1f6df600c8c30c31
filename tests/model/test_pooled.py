"""Every pool written in the model files, recomputed from the counts of evidence/*.csv with statsmodels.

Logits of k / n with variance 1/k + 1/(n - k); 0.5 is added to k and n - k where one of them is 0. Random effects with
the Paule-Mandel variance between sources, the fixed-effect pool where that variance is 0; normal 95 % interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
from packaged import network
from scipy.special import expit
from statsmodels.stats.meta_analysis import combine_effects

from hpt_bayes.network.counts import basis_counts, rows_of
from hpt_bayes.network.pooled import Pool, pools_in

LARGE = 49.5


class Recomputed(NamedTuple):
    value: float
    low: float
    high: float
    i2: float


def recomputed(pool: Pool) -> Recomputed:
    effects, variances = [], []
    for term in pool.terms:
        row = network().evidence_rows[term.key]
        assert row.events is not None
        assert row.n is not None
        yes, no = row.events, row.n - row.events
        if term.complement:
            yes, no = no, yes
        if yes == 0 or no == 0:
            yes, no = yes + 0.5, no + 0.5
        effects.append(np.log(yes / no))
        variances.append(1 / yes + 1 / no)
    result = combine_effects(np.array(effects), np.array(variances), method_re="iterated")
    line = result.summary_frame().loc["random effect" if result.tau2 > 0 else "fixed effect"]
    value, low, high = expit([line["eff"], line["ci_low"], line["ci_upp"]])
    return Recomputed(float(value), float(low), float(high), 100 * max(0.0, float(result.i2)))


def written() -> Iterator[tuple[str, Pool]]:
    for variable in network().variables.values():
        for row in rows_of(variable):
            known = row[0].provenance
            for text in (known.formula, known.why, known.note):
                for pool in pools_in(text):
                    yield f"{variable.name} {row[0].path}", pool


POOLS = list(written())


def decimals(text: str) -> int:
    return len(text.partition(".")[2])


@pytest.mark.parametrize(("where", "pool"), POOLS, ids=[where for where, _ in POOLS])
def test_a_pool_is_what_its_counts_give(where: str, pool: Pool) -> None:
    found = recomputed(pool)
    for text, number in ((pool.value, found.value), (pool.low, found.low), (pool.high, found.high)):
        assert f"{number:.{decimals(text)}f}" == text, f"{where}: {found}"
        assert decimals(text) >= 2


@pytest.mark.parametrize(("where", "pool"), POOLS, ids=[where for where, _ in POOLS])
def test_sources_that_disagree_are_said_to(where: str, pool: Pool) -> None:
    i2 = recomputed(pool).i2
    assert (pool.i2 is not None) == (i2 >= LARGE), f"{where}: {i2}"
    if pool.i2 is not None:
        assert pool.i2 == round(i2)


def test_pools_of_one_source_quantity_stay_apart() -> None:
    """A pool of a count with its own part would count patients twice."""
    for where, pool in POOLS:
        papers = [
            (row.citation, row.year, row.quantity) for term in pool.terms for row in [network().evidence_rows[term.key]]
        ]
        assert len(set(papers)) == len(papers), where


def test_the_model_has_pools() -> None:
    total = basis_counts(network())[-1]
    assert total.pooled >= 8
    assert total.from_pools >= 20


def test_a_pool_by_hand() -> None:
    """Two sources that agree: inverse-variance mean of the logits of 20/24 and 9/11."""
    weights = np.array([1 / (1 / 20 + 1 / 4), 1 / (1 / 9 + 1 / 2)])
    mean = float(weights @ np.log([20 / 4, 9 / 2]) / weights.sum())
    (pool,) = pools_in("pooled(cav10_sens, cav14_sens) = 0.83 (0.67 to 0.92)")
    assert recomputed(pool).value == pytest.approx(1 / (1 + np.exp(-mean)), abs=1e-12)
    assert recomputed(pool).low == pytest.approx(
        float(expit(mean - 1.959963984540054 / np.sqrt(weights.sum()))), abs=1e-9
    )
