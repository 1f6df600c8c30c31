"""Where the gland probably is, on a front view of neck and chest; the patient's right is on the reader's left."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import percent
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.anatomy import AT, BELOW, HEIGHT, WIDTH, draw_body
from hpt_bayes.presentation.style import BLACK, ORANGE, SMALL, VERMILION, axes, describe
from hpt_bayes.reasoning.believing.posterior import Posterior

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABELLED = 0.02
LARGEST = 34.0


def draw_places(answer: Posterior, ax: Axes | None = None) -> Axes:
    """Discs on a map of neck and chest, their area the probability that the gland is there.

    Args:
        answer: a posterior with a place.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: for a posterior without a place.
    """
    if not answer.gland_site:
        raise HptBayesError(f"{answer.model.id} declares no place, so there is no map to draw")
    ax = axes(ax, 0.52 * WIDTH, 0.52 * HEIGHT, whole=True)
    draw_body(ax)
    on_map = {name: p for name, p in answer.gland_site.items() if name in AT}
    beside = [(name, p) for name, p in answer.gland_site.items() if name not in AT and p >= LABELLED]
    best = max(on_map, key=lambda name: on_map[name])
    for name, p in on_map.items():
        x, y = AT[name]
        ax.plot(x, y, ".", color=BLACK, ms=2, zorder=5)
        if p > 0:
            ax.plot(
                x, y, "o", ms=LARGEST * p**0.5, color=VERMILION if name == best else ORANGE, alpha=0.75, mec=BLACK,
                mew=0.8, zorder=6,
            )  # fmt: skip
    _label(ax, answer, {name: p for name, p in on_map.items() if p >= LABELLED})
    beside.sort(key=lambda item: -item[1])
    lines = [f"{answer.labels.sites.get(name, name)} {percent(p)}" for name, p in beside]
    below = ["The larger the disc, the more probable the place; the darkest is first."]
    below += ["Not on the map: " + "; ".join(lines)] if lines else []
    unlabelled = sum(p for p in on_map.values() if p < LABELLED)
    if unlabelled >= LABELLED:
        below.append(f"Places without a label, together {percent(unlabelled)}")
    ax.text(*BELOW, "\n".join(below), fontsize=SMALL, va="top", ha="left")
    told = sorted(((p, answer.labels.sites.get(name, name)) for name, p in answer.gland_site.items()), reverse=True)[:4]
    describe(
        ax,
        "Map of neck and chest with a disc at each possible place: "
        + ", ".join(f"{name} {percent(p)}" for p, name in told)
        + ".",
    )
    return ax


def _label(ax: Axes, answer: Posterior, places: dict[str, float]) -> None:
    """Names beside the map, right and left, each with a line to its disc and none over another."""
    for right in (True, False):
        side = sorted((name for name in places if (AT[name][0] > 0.0) == right), key=lambda name: -AT[name][1])
        ceiling = 9.8
        for name in side:
            x, y = AT[name]
            height = min(y, ceiling)
            ceiling = height - 0.8
            ax.annotate(
                textwrap.fill(f"{answer.labels.sites.get(name, name)} {percent(places[name])}", 27),
                (x, y), (3.85 if right else -3.85, height), ha="left" if right else "right", va="center",
                fontsize=SMALL, arrowprops={"arrowstyle": "-", "color": BLACK, "lw": 0.6}, annotation_clip=False,
                zorder=7,
            )  # fmt: skip
