"""How much a study would tell: mutual information between its results and the target, exactly.

Given the variables S that its findings hang on, the findings of a study are independent of the rest, so for a group t
of target configurations P(t, x) = sum_s P(t, s | e) prod_f P(x_f | s). P(t, s | e) of all studies comes from one pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import EvidenceError

LARGEST_STUDY = 512
_ROUNDING = 1e-12
_SMALLEST = 1e-40
"""Added before a logarithm is taken: zero times it is zero, and no sum is changed."""


@dataclass(frozen=True)
class ResultModel:
    """How one finding of a study will come out.

    Attributes:
        parents: the variables it depends on.
        results: names of the results it can show.
        table: P(result | parents), shape (*parent cards, results).
    """

    parents: tuple[str, ...]
    results: tuple[str, ...]
    table: NDArray[np.float64]


def joint_with_results(
    target_names: Sequence[str],
    target_states: NDArray[np.int64],
    weights: NDArray[np.float64],
    others: Sequence[str],
    findings: Sequence[ResultModel],
) -> NDArray[np.float64]:
    """P(t, x | e) of one study over groups of target configurations.

    Args:
        target_names: variables whose state each group tells.
        target_states: (n, target variables) their states in each group.
        weights: P(t, s | e), (n, *cards of `others`).
        others: further variables the findings depend on.
        findings: the study's findings.

    Returns:
        (n, *results of each finding).

    Raises:
        EvidenceError: when the study has more than LARGEST_STUDY joint results.
    """
    results = tuple(len(finding.results) for finding in findings)
    if int(np.prod(results)) > LARGEST_STUDY:
        raise EvidenceError(f"a study with {int(np.prod(results))} joint results is too large; {LARGEST_STUDY} at most")
    told = [name for name in target_names if any(name in finding.parents for finding in findings)]
    states, kind = np.unique(target_states[:, [target_names.index(name) for name in told]], axis=0, return_inverse=True)
    flat = weights.reshape(weights.shape[0], -1)
    joint = np.empty((weights.shape[0], int(np.prod(results))))
    for number, row in enumerate(states):
        table = results_given(dict(zip(told, row.tolist(), strict=True)), others, weights.shape[1:], findings)
        same = kind.reshape(-1) == number
        joint[same] = flat[same] @ table
    return joint.reshape(-1, *results)


def results_given(
    told: Mapping[str, int], others: Sequence[str], shape: tuple[int, ...], findings: Sequence[ResultModel]
) -> NDArray[np.float64]:
    """P(x | s) of all findings together where some parents are known.

    Args:
        told: state of each known parent; other names are ignored.
        others: the variables the findings may hang on besides, in the order of the axes of `shape`.
        shape: number of states of each of `others`.
        findings: of one study.

    Returns:
        (configurations of others, joint results), the last of each varying fastest.
    """
    product = np.ones((int(np.prod(shape)), 1))
    for finding in findings:
        table = finding.table[tuple(told.get(name, slice(None)) for name in finding.parents)]
        free = [name for name in finding.parents if name not in told]
        order = sorted(range(len(free)), key=lambda i: others.index(free[i]))
        table = table.transpose([*order, len(order)])
        table = table.reshape([*(n if name in free else 1 for name, n in zip(others, shape, strict=True)), -1])
        spread = np.broadcast_to(table, (*shape, table.shape[-1])).reshape(len(product), 1, -1)
        product = (product[:, :, None] * spread).reshape(len(product), -1)
    return product


def mutual_information(joint: NDArray[np.float64]) -> float:
    """I(T; X) in bits.

    Args:
        joint: P(t, x), (targets, results).

    Returns:
        Bits, not negative.

    Source:
        Cover & Thomas, Elements of Information Theory, eq. 2.28.
    """
    rows = joint.sum(axis=1, keepdims=True)
    columns = joint.sum(axis=0, keepdims=True)
    independent = rows * columns
    seen = joint > 0
    return max(float(np.sum(joint[seen] * np.log2(joint[seen] / independent[seen]))), 0.0)


def information_of_each(joints: Sequence[NDArray[np.float64]]) -> list[float]:
    """I(T; X) in bits of several studies about the same target, as H(T) + H(X) - H(T, X).

    Args:
        joints: P(t, x) of each, (targets, results).

    Returns:
        Bits of each, not negative; exactly zero where the difference is rounding.
    """
    whole = np.concatenate(joints, axis=1)
    both, single = _times_log(whole).sum(axis=0), _times_log(whole.sum(axis=0))
    target = float(_times_log(joints[0].sum(axis=1)).sum())
    starts = np.cumsum([0, *(joint.shape[1] for joint in joints)])[:-1]
    bits = np.add.reduceat(both - single, starts) - target
    return [float(each) if each > _ROUNDING else 0.0 for each in bits]


def _times_log(p: NDArray[np.float64]) -> NDArray[np.float64]:
    terms = p + _SMALLEST
    np.log2(terms, out=terms)
    terms *= p
    return terms


def summed(joint: NDArray[np.float64], groups: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """Add up the rows of a joint that belong to one group.

    Args:
        joint: (n, results).
        groups: group of each row, (n,).
        size: number of groups.

    Returns:
        (size, results).
    """
    total = np.zeros((size, joint.shape[1]))
    order = np.argsort(groups, kind="stable")
    found, starts = np.unique(groups[order], return_index=True)
    total[found] = np.add.reduceat(joint[order], starts)
    return total
