from __future__ import annotations

import numpy as np

from hpt_bayes.network.tables.distinct import distinct


def test_configurations_are_one_kind_exactly_when_every_array_agrees_in_every_draw() -> None:
    rng = np.random.default_rng(0)
    one = rng.integers(0, 2, size=(2, 40)).astype(float)
    other = rng.integers(0, 2, size=(1, 40, 2))
    first, kind = distinct(one, other)
    same = (one[:, :, None] == one[:, None, :]).all(axis=0) & (other[0][:, None] == other[0][None]).all(axis=-1)
    assert np.array_equal(kind[:, None] == kind, same)
    assert np.array_equal(kind[first], np.arange(len(first)))
    assert 1 < len(first) < 40


def test_a_difference_in_the_last_bit_is_a_difference() -> None:
    first, kind = distinct(np.array([[0.1 + 0.2, 0.3, 0.3]]))
    assert first.tolist() == [0, 1]
    assert kind.tolist() == [0, 1, 1]
