"""A front view of neck and chest drawn from simple shapes, and where on it each place lies.

Coordinates are of the drawing only; the patient's right is at negative x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpt_bayes.presentation.style import BLUE, GREY, PALE, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIDED = {
    "undescended": (1.15, 9.1),
    "superior": (0.95, 7.05),
    "inferior": (0.72, 5.65),
    "intrathyroidal": (0.62, 6.45),
    "tracheoesophageal": (0.27, 6.1),
    "carotid_sheath": (1.5, 6.9),
    "cervical_thymus": (0.5, 4.95),
}
AT: dict[str, tuple[float, float]] = {
    **{f"left_{name}": (x, y) for name, (x, y) in _SIDED.items()},
    **{f"right_{name}": (-x, y) for name, (x, y) in _SIDED.items()},
    "mediastinal_thymus": (-0.12, 3.9),
    "anterior_mediastinum": (-0.55, 2.9),
    "posterior_mediastinum": (0.12, 3.25),
    "aortopulmonary_window": (0.72, 2.55),
    "operative_bed": (0.0, 5.35),
}
"""Drawing coordinates of each place; the patient's left is at positive x."""

WIDTH, HEIGHT, LOWEST = 15.6, 10.8, -0.4
BELOW = (-3.6, 0.45)
_FILL = "#F6F1EA"


def draw_body(ax: Axes) -> None:
    """Draw the outline with thyroid, airway, great vessels, thymus and heart, and set the limits of the axes.

    Args:
        ax: axes to draw on.
    """
    from matplotlib.patches import Ellipse, PathPatch, Polygon
    from matplotlib.path import Path

    half = [(3.6, 0.7), (3.6, 4.2), (3.6, 5.4), (1.75, 4.9), (1.75, 7.4), (1.75, 10.2)]
    corners = [*half, *((-x, y) for x, y in reversed(half)), half[0]]
    shape = Path(corners, [1, 2, 4, 4, 4, 2, 2, 2, 4, 4, 4, 2, 79])
    body = ax.add_patch(PathPatch(shape, fc=_FILL, ec=GREY, lw=1.0, zorder=0))
    for side in (-1, 1):
        vessel = Path([(side * 0.75, 3.0), (side * 1.05, 5.0), (side * 1.5, 6.4), (side * 1.45, 9.6)], [1, 4, 4, 4])
        ax.add_patch(PathPatch(vessel, fc="none", ec="#C9A9A6", lw=6, capstyle="round", zorder=1))
        ax.add_patch(Ellipse((side * 0.68, 6.4), 0.82, 2.1, angle=-side * 12, fc="#E9D3C8", ec=GREY, lw=0.8, zorder=3))
        horn = [
            (side * 0.2, 4.6),
            (side * 0.5, 5.3),
            (side * 0.68, 5.2),
            (side * 0.6, 4.4),
            (side * 0.55, 3.3),
            (0, 3.2),
        ]
        ax.add_patch(Polygon(horn, closed=True, fc="#EFE6CF", ec=GREY, lw=0.6, zorder=2))
    ax.add_patch(Polygon([(-0.28, 8.3), (0.28, 8.3), (0.26, 3.2), (-0.26, 3.2)], fc=PALE, ec=GREY, lw=0.8, zorder=2.5))
    for rung in range(11):
        ax.plot([-0.24, 0.24], [7.4 - 0.36 * rung] * 2, color="#BFBFBF", lw=0.8, zorder=2.6)
    larynx = [(-0.5, 8.9), (0.5, 8.9), (0.42, 8.1), (0.0, 7.75), (-0.42, 8.1)]
    ax.add_patch(Polygon(larynx, fc=PALE, ec=GREY, lw=0.8, zorder=2.7))
    ax.add_patch(Ellipse((0, 6.05), 0.7, 0.38, fc="#E9D3C8", ec=GREY, lw=0.8, zorder=3.1))
    arch = Path([(-0.55, 1.6), (-0.75, 3.3), (0.85, 3.4), (0.95, 1.2)], [1, 4, 4, 4])
    ax.add_patch(PathPatch(arch, fc="none", ec="#C9A9A6", lw=11, capstyle="round", zorder=1.5))
    heart = ax.add_patch(Ellipse((0.35, 1.35), 2.3, 1.5, angle=-18, fc="#E3C4BF", ec=GREY, lw=0.8, zorder=1.6))
    heart.set_clip_path(body)
    ax.plot([-3.2, -0.5], [4.75, 4.45], color=GREY, lw=1.2, zorder=2)
    ax.plot([0.5, 3.2], [4.45, 4.75], color=GREY, lw=1.2, zorder=2)
    ax.plot([-3.5, 3.5], [4.2, 4.2], color=BLUE, lw=0.8, ls=(0, (4, 3)), zorder=2)
    ax.text(3.4, 4.28, "neck", fontsize=SMALL - 1, color=BLUE, ha="right", va="bottom")
    ax.text(3.4, 4.12, "chest", fontsize=SMALL - 1, color=BLUE, ha="right", va="top")
    ax.text(-3.4, 0.85, "patient's right", fontsize=SMALL - 1, color=GREY, ha="left")
    ax.text(3.4, 0.85, "patient's left", fontsize=SMALL - 1, color=GREY, ha="right")
    ax.set_xlim(-WIDTH / 2, WIDTH / 2)
    ax.set_ylim(LOWEST, LOWEST + HEIGHT)
    ax.set_aspect("equal")
    ax.axis("off")
