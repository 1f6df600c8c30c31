"""How much a study would tell: mutual information between its results and the target, exactly.

Given the target T and a set S of further variables that its findings hang on, the findings of a study are
independent, so P(t, x) = sum_s P(t, s | e) prod_f P(x_f | t, s). P(t, s | e) of all studies comes from one pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import EvidenceError

LARGEST_STUDY = 512


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
    """P(t, x | e) of one study over the target configurations that are still possible.

    Args:
        target_names: target variables.
        target_states: (n, target variables) their states in each kept configuration.
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
    rows = weights.shape[0]
    flat = weights.reshape(rows, -1)
    letters = {name: i + 1 for i, name in enumerate(others)}
    shape = weights.shape[1:]
    joint = flat
    for finding in findings:
        table = _gathered(target_names, target_states, finding, letters, shape)
        joint = joint[..., None] * table.reshape(rows, flat.shape[1], *([1] * (joint.ndim - 2)), -1)
    return np.asarray(joint.sum(axis=1))


def _gathered(
    target_names: Sequence[str],
    target_states: NDArray[np.int64],
    finding: ResultModel,
    letters: dict[str, int],
    shape: tuple[int, ...],
) -> NDArray[np.float64]:
    """The finding's table for each kept target configuration, (n or 1, *cards of others, results)."""
    known = [name for name in finding.parents if name in target_names]
    free = [name for name in finding.parents if name not in target_names]
    order = [finding.parents.index(name) for name in (*known, *free)]
    table = np.transpose(finding.table, (*order, len(order)))
    columns = tuple(target_states[:, target_names.index(name)] for name in known)
    picked = table[columns] if columns else np.broadcast_to(table, (target_states.shape[0], *table.shape))
    axes = sorted(range(len(free)), key=lambda i: letters[free[i]])
    picked = np.transpose(picked, (0, *(1 + i for i in axes), picked.ndim - 1))
    wide = [size if name in free else 1 for name, size in zip(letters, shape, strict=True)]
    full = (picked.shape[0], *shape, picked.shape[-1])
    return np.ascontiguousarray(np.broadcast_to(picked.reshape(picked.shape[0], *wide, -1), full))


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
    np.add.at(total, groups, joint)
    return total
