"""PTH during an operation with the published criteria, and how PTH answers to calcium."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hpt_bayes.clinical.casr import PthCurve
from hpt_bayes.clinical.iopth_criteria import CRITERIA, FALL_PERCENT, HALLE_PG_ML, IopthSamples
from hpt_bayes.errors import EvidenceError, HptBayesError
from hpt_bayes.presentation.style import (
    BLACK,
    BLUE,
    GREY,
    MARKERS,
    PALE,
    SERIES,
    SMALL,
    axes,
    describe,
    footnote,
    quiet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHES = ("-", (0, (6, 2)), (0, (2, 2)), (0, (6, 2, 1, 2)))
_POINTS = 201


def draw_iopth(
    minutes: Sequence[float], levels_pg_ml: Sequence[float], ax: Axes | None = None, *,
    samples: IopthSamples | None = None,
) -> Axes:  # fmt: skip
    """A course of PTH, with measured samples and what the criteria say about them when given.

    Args:
        minutes: after the excision, rising.
        levels_pg_ml: PTH then, pg/mL, e.g. from `pth_course`; same length.
        ax: axes to draw on; new ones when None.
        samples: measured around the excision.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: fewer than two points, or other lengths.
    """
    if len(minutes) < 2 or len(minutes) != len(levels_pg_ml):
        raise HptBayesError(
            f"expected two or more minutes and a level for each, found {len(minutes)} and {len(levels_pg_ml)}"
        )
    ax = axes(ax, 7.4, 4.6)
    ax.plot(minutes, levels_pg_ml, color=BLUE, lw=1.8, zorder=2)
    said = [] if samples is None else _mark(ax, samples)
    ax.set_ylim(0.0, 1.12 * max(*levels_pg_ml, 0.0 if samples is None else samples.highest_pg_ml))
    ax.set_ylabel("PTH, pg/mL", fontsize=SMALL)
    ax.set_title("PTH around the excision", fontsize=10, loc="left")
    footnote(ax, "minutes after the excision", *said, width=104)
    quiet(ax)
    ax.grid(axis="y", color=PALE, lw=0.8)
    told = f" Criteria: {'; '.join(said)}." if said else ""
    describe(
        ax,
        f"Curve of PTH from {levels_pg_ml[0]:.0f} pg/mL at {minutes[0]:g} to {levels_pg_ml[-1]:.0f} pg/mL at "
        f"{minutes[-1]:g} minutes.{told}",
    )
    return ax


def draw_samples(samples: IopthSamples, ax: Axes | None = None) -> Axes:
    """Measured samples joined by lines, with what the criteria say about them.

    Args:
        samples: with one after the excision or more.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: when there is no sample after the excision.
    """
    if not samples.after_pg_ml:
        raise HptBayesError("expected a sample after the excision, found none, so there is no course to draw")
    at = sorted(samples.after_pg_ml)
    start = samples.pre_incision_pg_ml if samples.pre_excision_pg_ml is None else samples.pre_excision_pg_ml
    return draw_iopth([0, *at], [start, *(samples.after_pg_ml[minute] for minute in at)], ax, samples=samples)


def _mark(ax: Axes, samples: IopthSamples) -> list[str]:
    """Draw the samples and the levels the criteria ask for; what each criterion says, one sentence each."""
    at = sorted(samples.after_pg_ml)
    ax.plot(at, [samples.after_pg_ml[minute] for minute in at], "o", color=BLACK, ms=7, zorder=4)
    for minute in at:
        ax.annotate(
            f"{samples.after_pg_ml[minute]:.0f}", (minute, samples.after_pg_ml[minute]), (5, 7),
            textcoords="offset points", fontsize=SMALL, zorder=5,
        )  # fmt: skip
    before = [("pre-incision", samples.pre_incision_pg_ml, "s")]
    if samples.pre_excision_pg_ml is not None:
        before.append(("pre-excision", samples.pre_excision_pg_ml, "D"))
    last = max([1, *at])
    for _, value, marker in before:
        ax.plot(0.0, value, marker, mfc="white", mec=BLACK, ms=8, mew=1.5, zorder=4)
    room, ceiling = 0.055 * samples.highest_pg_ml, float("inf")
    for name, value, _ in sorted(before, key=lambda each: -each[1]):
        ceiling = min(value, ceiling - room)
        ax.annotate(
            f"{name} {value:.0f}", (0.0, ceiling), (-9, 0), textcoords="offset points", va="center", ha="right",
            fontsize=SMALL,
        )  # fmt: skip
    half = 1.0 - FALL_PERCENT / 100.0
    lines = {half * samples.highest_pg_ml: ["50 % of the highest"]}
    lines.setdefault(half * samples.pre_incision_pg_ml, []).append("50 % of pre-incision")
    lines.setdefault(HALLE_PG_ML, []).append("Halle")
    if samples.upper_limit_pg_ml is not None:
        lines.setdefault(samples.upper_limit_pg_ml, []).append("upper limit")
    names = [(level, f"{', '.join(labels)} {level:.0f}") for level, labels in sorted(lines.items(), reverse=True)]
    ceiling = float("inf")
    for number, (level, label) in enumerate(names):
        ax.axhline(level, color=GREY, lw=1.0, ls=_DASHES[1 + number % 3], zorder=1)
        ceiling = min(level, ceiling - room)
        ax.annotate(
            label, (1.0, level), (1.03, ceiling), xycoords=("axes fraction", "data"),
            textcoords=("axes fraction", "data"), va="center", fontsize=8, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": GREY, "lw": 0.5},
        )  # fmt: skip
    ax.set_xticks([0, *at])
    ax.set_xlim(-0.32 * last, 1.06 * last)
    said = []
    for name, criterion in CRITERIA.items():
        if name == "dialysis":
            continue
        try:
            found = criterion(samples)
        except EvidenceError as error:
            said.append(f"{name.capitalize()}: cannot be asked, {error}")
        else:
            verdict = "met" if found.met else "not met"
            said.append(
                f"{name.capitalize()}: {verdict} ({found.fall_percent:.0f} % below its baseline at {found.minute} min)"
            )
    return said


def draw_set_points(
    curve: PthCurve, ax: Axes | None = None, *, others: Mapping[str, PthCurve] | None = None, name: str = "now"
) -> Axes:
    """PTH as a function of ionized calcium, with the set point marked.

    Args:
        curve: to draw.
        ax: axes to draw on; new ones when None.
        others: further curves by name, e.g. `{"on cinacalcet": curve.on_calcimimetic(0.1)}`.
        name: of the first curve.

    Returns:
        The axes, with their alt text.
    """
    drawn = {name: curve, **(others or {})}
    points = [each.set_point_mmol_l for each in drawn.values()]
    calcium = np.linspace(0.75 * min(points), 1.3 * max(points), _POINTS)
    ax = axes(ax, 7.0, 4.2)
    told = []
    for number, (label, each) in enumerate(drawn.items()):
        colour, dashes = SERIES[number % len(SERIES)], _DASHES[number % len(_DASHES)]
        said = f"{label}: set point {each.set_point_mmol_l:.2f} mmol/L"
        ax.plot(
            calcium, [each.pth_pg_ml(float(x)) for x in calcium], color=colour, lw=1.9, ls=dashes,
            marker=MARKERS[number % len(MARKERS)], markevery=[int(np.abs(calcium - each.set_point_mmol_l).argmin())],
            ms=8, label=said,
        )  # fmt: skip
        told.append(said)
    ax.set_ylim(0.0, 1.08 * max(each.maximum_pg_ml for each in drawn.values()))
    ax.set_xlabel("ionized calcium, mmol/L", fontsize=SMALL)
    ax.set_ylabel("PTH, pg/mL", fontsize=SMALL)
    ax.set_title("How PTH answers to calcium; the mark is the set point", fontsize=10, loc="left")
    ax.legend(frameon=False, fontsize=SMALL, loc="upper right")
    quiet(ax)
    ax.grid(axis="y", color=PALE, lw=0.8)
    describe(ax, f"Falling S-shaped curves of PTH by ionized calcium; {'; '.join(told)}.")
    return ax
