"""The numbers behind a localisation study: detection at each conspicuity, and the row that its parts make."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from hpt_bayes.network.fields import Real, Record, Text, UncertainValue
from hpt_bayes.network.probit import mixture_intercept, normal_cdf
from hpt_bayes.network.tables.conspicuity import latent_weights
from hpt_bayes.network.tables.context import TableContext

Array = NDArray[np.float64]

WRONG_AT_MOST = 0.9
DOUBTED_AT_MOST = 0.5
_TINY = 1e-300


class Conspicuity(Record):
    """How detection depends on conspicuity.

    Args:
        loading2: lambda^2.
        scores: z_k of each conspicuity level.
        given: context at which published sensitivities are averages over conspicuity.
    """

    loading2: UncertainValue
    scores: Mapping[str, Real]
    given: Mapping[str, Text] = Field(default_factory=lambda: {"phenotype": "screen_detected"})


def detection(
    spec: Conspicuity,
    context: TableContext,
    latent: str,
    loading2: Array,
    sensitivity: Array,
    kind: NDArray[np.intp],
) -> Array:
    """D_k = Phi((a + lambda z_k) / sqrt(1 - lambda^2)) with a solved so that its average is the sensitivity.

    Args:
        spec: scores and the context the average is taken at.
        context: of the table; its `tables` hold those of the latent and its ancestors.
        latent: the variable averaged over; without it among the parents the sensitivity itself is returned.
        loading2: lambda^2, shape (D,).
        sensitivity: shape (D or 1, *parents), length one on the axis of the latent.
        kind: equal only where the sensitivity is, shape (*parents) likewise.

    Returns:
        shape (D, *parents).
    """
    names = [parent.name for parent in context.parents]
    if latent not in names:
        return sensitivity
    levels = context.variables[latent]
    known = [name for name in names if name != latent]
    given = {
        name: context.variables[name].positions[state][0]
        for name, state in spec.given.items()
        if name in context.variables and name not in known
    }
    weights = latent_weights(latent, known, given, context.variables, context.tables)
    axis = 1 + names.index(latent)
    weights = np.expand_dims(weights, axis)
    scores = np.array([spec.scores[state] for state in levels.states])
    # Few configurations differ in sensitivity or weights, so each kind is solved once.
    layout = tuple(1 if name == latent else each.size for name, each in zip(names, context.parents, strict=True))
    cells = int(np.prod(weights.shape[1:-1]))
    code = kind * cells + np.arange(cells).reshape(weights.shape[1:-1])
    code = np.broadcast_to(code, layout).ravel()
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    wanted = np.broadcast_to(sensitivity, (sensitivity.shape[0], *layout)).reshape(sensitivity.shape[0], -1)[:, first]
    mixed = np.broadcast_to(weights, (weights.shape[0], *layout, scores.size))
    mixed = mixed.reshape(weights.shape[0], -1, scores.size)[:, first]
    scale = np.sqrt(loading2 / (1.0 - loading2))
    intercept = mixture_intercept(wanted, mixed, scale[:, None, None] * scores)[:, inverse]
    shift = np.expand_dims(scale[:, None] * scores, tuple(range(1, len(names) + 1)))
    return normal_cdf(intercept.reshape(-1, *layout) + np.swapaxes(shift, -1, axis).squeeze(-1))


def of_detected(several: Array, diffuse: Array) -> tuple[Array, Array]:
    """Shares of detected glands, scaled down where drawn numbers exceed one together; never above one in sum."""
    excess = np.maximum(several + diffuse, 1.0)
    several = several / excess
    return several, np.minimum(diffuse / excess, 1.0 - several)


def wrong_reports(sensitivity: Array, share: Array) -> Array:
    """P(a wrong focus | active gland) that makes wrong ones the given share of positive reports.

    Args:
        sensitivity: shape (D or 1, *parents or 1).
        share: likewise.

    Returns:
        likewise; at most 0.9 of the misses.
    """
    return np.minimum(share * sensitivity / np.maximum(1.0 - share, _TINY), WRONG_AT_MOST * (1.0 - sensitivity))


def doubted(shown: Array, share: Array) -> Array:
    """The share of what is seen that is reported as equivocal, when reports without a doubt are as many as published.

    Args:
        shown: P(a positive report without a doubt), shape (D or 1, *parents or 1).
        share: as written, likewise.

    Returns:
        likewise; less than `share` where more than half of what is not shown would have to be seen in doubt.
    """
    room = DOUBTED_AT_MOST * (1.0 - shown)
    return np.minimum(share, room / np.maximum(room + shown, _TINY))


def assemble(
    *,
    focus: Array,
    right: Array,
    alarm: Array,
    astray: Array,
    many: Array,
    spread: Array,
    positive: Array,
    negative: Array,
    floor: float,
) -> Array:
    """Put the parts of a row together.

    Args:
        focus: P(one correct focus seen), shape (D, *parents).
        right: its places, shape (D, *parents, F).
        alarm: P(a wrong or false focus seen), shape (D, *parents).
        astray: its places, shape (D, *parents, F).
        many: P(several foci), shape (D, *parents).
        spread: P(diffuse), likewise.
        positive: share of foci reported as equivocal.
        negative: share of negatives reported as equivocal.
        floor: cells that would be zero get at most this much: a focus from the other wrong foci, so that the
            published shares stay, anything else from the negatives.

    Returns:
        shape (D, *parents, F + 4): negative, equivocal, foci, several, diffuse.
    """
    parts = (focus, alarm, many, spread, positive, negative, right[..., 0], astray[..., 0])
    shape = np.broadcast_shapes(*(part.shape for part in parts))
    table = np.empty((*shape, right.shape[-1] + 4))
    foci = table[..., 2:-2]
    np.multiply(focus[..., None], right, out=foci)
    stray = alarm[..., None] * astray
    empty = (foci == 0.0) & (stray == 0.0) if floor > 0.0 else None
    led = alarm * astray.sum(axis=-1)
    missed = 1.0 - focus - alarm - many - spread
    missed = np.where(missed < 1e-15, 0.0, missed)
    equivocal = positive * (focus * right.sum(axis=-1) + led) + negative * missed
    clear, kept = (1.0 - negative) * missed, 1.0 - positive
    foci *= kept[..., None]
    if empty is None:
        stray = stray * kept[..., None]
    else:
        count, loud = empty.sum(axis=-1), kept * led
        each = np.minimum(floor, 0.5 * np.where(loud > 0.0, loud, clear) / np.maximum(count, 1))
        taken = np.divide(count * each, loud, out=np.zeros(np.broadcast_shapes(each.shape, loud.shape)), where=loud > 0)
        stray = stray * (kept * (1.0 - taken))[..., None]
        np.copyto(foci, each[..., None], where=empty)
        clear = clear - np.where(loud > 0.0, 0.0, count * each)
        few = np.minimum(floor, 0.1 * clear)
        raised = []
        for part in (equivocal, many, spread):
            clear = clear - np.where(part == 0.0, few, 0.0)
            raised.append(np.where(part == 0.0, few, part))
        equivocal, many, spread = raised
    foci += stray
    table[..., 0], table[..., 1], table[..., -2], table[..., -1] = clear, equivocal, many, spread
    table /= table.sum(axis=-1, keepdims=True)
    return table
