"""Evidence too far apart for double precision is refused, never answered with a certainty that is none."""

from __future__ import annotations

import numpy as np
import pytest

from hpt_bayes.engine import EvidenceFactors, compile_network, propagate
from hpt_bayes.errors import EvidenceError

LEAF = np.array([[1.0, 0.0], [0.0, 1.0]])


def star(leaves: int):  # type: ignore[no-untyped-def]
    root = np.array([0.5, 0.5])
    return compile_network([2] * (leaves + 1), [(), *[(0,)] * leaves], [root, *[LEAF] * leaves])


def evidence(*ratios: float) -> EvidenceFactors:
    """P(seen | first state) / P(seen | second state) of each leaf."""
    vectors = [np.array([r, 1.0] if r < 1 else [1.0, 1 / r]) for r in ratios]
    return EvidenceFactors(likelihoods=tuple((leaf + 1, vector) for leaf, vector in enumerate(vectors)))


@pytest.mark.parametrize("ratios", [(1e200, 1e200, 1e-300, 1e-300), (1e-200, 1e-200, 1e300, 1e300)])
def test_a_term_that_was_lost_is_refused(ratios: tuple[float, ...]) -> None:
    with pytest.raises(EvidenceError, match="too improbable for double precision"):
        propagate(star(4), evidence(*ratios))


@pytest.mark.parametrize(
    ("ratios", "expected"), [((1e-200,), 1e-200), ((1e-100, 1e-100, 1e-50), 1e-250), ((1e-120, 1e120), 0.5)]
)
def test_small_likelihoods_that_fit_are_answered(ratios: tuple[float, ...], expected: float) -> None:
    found = propagate(star(len(ratios)), evidence(*ratios)).marginal(0)[0, 0]
    assert found == pytest.approx(expected, rel=1e-10)


def test_much_ordinary_evidence_is_answered_however_improbable_it_is_together() -> None:
    leaf = np.array([[1e-3, 1 - 1e-3], [2e-3, 1 - 2e-3]])
    network = compile_network([2] * 201, [(), *[(0,)] * 200], [np.array([0.5, 0.5]), *[leaf] * 200])
    hard = dict.fromkeys(range(1, 201), 0)
    found = propagate(network, EvidenceFactors(hard=hard))
    assert found.log_evidence[0] == pytest.approx(np.log(0.5) + 200 * np.log(2e-3), rel=1e-10)
    assert found.marginal(0)[0, 1] == pytest.approx(1.0, abs=1e-12)
