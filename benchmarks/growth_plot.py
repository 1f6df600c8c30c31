"""One panel a size: measured points joined, extrapolated ones hollow on a dashed line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.growth import Curve

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
_MARKERS = ("o", "s", "^", "D", "v")


def draw(curves: Sequence[Curve], folder: Path) -> None:
    """Write growth.png and growth.svg.

    Args:
        curves: what was measured.
        folder: to write to.
    """
    import matplotlib
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.2 * len(curves), 3.2), layout="constrained")
    panels = figure.subplots(1, len(curves), squeeze=False)[0]
    for curve, axes, colour, marker in zip(curves, panels, _COLOURS, _MARKERS, strict=False):
        axes.plot(curve.at, curve.seconds, color=colour, marker=marker, label="measured")
        if curve.beyond:
            further = curve.extrapolated()
            sizes, times = (curve.at[-1], *further), (curve.seconds[-1], *further.values())
            axes.plot(sizes, times, color=colour, linestyle="--")
            axes.plot(list(further), list(further.values()), color=colour, linestyle="", marker=marker,
                      markerfacecolor="white", label="extrapolated")  # fmt: skip
            axes.legend(frameon=False, fontsize=8)
        if max(curve.seconds) / min(curve.seconds) >= 10:
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
        if curve.at[-1] / curve.at[0] >= 100:
            axes.set_xscale("log")
        else:
            axes.set_xticks(curve.at)
        growth = f"{curve.slope:.2f}^{curve.size}" if curve.exponential else f"{curve.size}^{curve.slope:.2f}"
        axes.set_title(f"{curve.of}\n{'time ~ ' + growth if curve.fitted else ''}", fontsize=8)
        axes.set_xlabel(curve.size)
    panels[0].set_ylabel("processor time, s")
    for kind in ("png", "svg"):
        with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "growth"}):
            figure.savefig(folder / f"growth.{kind}", dpi=150, metadata={"Date": None} if kind == "svg" else None)
