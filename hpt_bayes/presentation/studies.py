"""Which study tells most: bits about cause and place, with what the study costs the patient beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import amount, bits, gained
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import BLACK, BLUE, HATCHES, SKY, axes, beside, finish, told
from hpt_bayes.reasoning.next_study.ranking import Ranking, StudyRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROWS = 12
_COLUMNS = (8.0, 44.0, 104.0)
"""Where bits, value and burden are written, points to the right of the chart."""
_PARTS = {"etiology": ("o", "white"), "site": ("^", BLACK)}


def draw_studies(ranking: Ranking, ax: Axes | None = None) -> Axes:
    """Bars of the bits each study is expected to tell, in the order of the ranking, the premature hatched.

    Args:
        ranking: with a study that can be done, now or later.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.

    Raises:
        HptBayesError: when every study is done or excluded.
    """
    offered = [row for row in ranking.studies if row.status in ("available", "premature")]
    if not offered:
        raise HptBayesError("every study is done or excluded, so there is none to draw")
    shown = offered[:_ROWS]
    worth = "net value" if any(row.net_value is not None for row in shown) else "value"
    ax = axes(ax, 9.2, 1.4 + 0.4 * len(shown))
    for position, row in enumerate(shown):
        now = row.status == "available"
        ax.barh(
            position, row.information_bits, height=0.6, color=BLUE if now else SKY, hatch="" if now else HATCHES[1],
            edgecolor="white", zorder=1,
        )  # fmt: skip
        for part, (marker, face) in _PARTS.items():
            if part in row.information and len(row.information) > 1:
                ax.plot(
                    row.information[part], position, marker, mfc=face, mec=BLACK, ms=6, mew=1.2, zorder=3, clip_on=False
                )
        for at, text in zip(_COLUMNS, (bits(row.information_bits), _value(row, worth), _burden(row)), strict=True):
            beside(ax, position, text, at)
    for at, heading in zip(_COLUMNS, ("bits", worth, "burden"), strict=True):
        beside(ax, -0.75, heading, at)
    ax.set_xlim(0.0, max(0.05, 1.06 * max(row.information_bits for row in shown)))
    names = [ranking.labels.studies.get(row.study, row.study) for row in shown]
    left = f"; {len(offered) - len(shown)} ranked lower left out" if len(offered) > len(shown) else ""
    figures = told(names, (bits(row.information_bits) for row in shown))
    return finish(
        ax, f"What each study is expected to tell about {_asked(ranking)}",
        f"Bar: bits (hatched: premature); ring: about the cause alone; triangle: about the place alone{left}.",
        names=names, width=34,
        alt=f"Bar chart of the bits each study is expected to tell about {_asked(ranking)}: {figures}.",
    )  # fmt: skip


def _asked(ranking: Ranking) -> str:
    if ranking.target == "both":
        return "cause and place"
    return ranking.labels.variables.get(ranking.target, ranking.target)


def _value(row: StudyRow, worth: str) -> str:
    """Utility expected to be gained, by the study alone or net of burden by the best two steps; empty when unknown."""
    value = row.net_value if worth == "net value" else row.decision_value
    return "" if value is None else gained(value)


def _burden(row: StudyRow) -> str:
    """Cost and dose where known; invasiveness from 2 on."""
    if row.burden is None:
        return ""
    parts = [] if row.burden.cost_usd is None else [amount(row.burden.cost_usd, "USD")]
    parts += [amount(row.burden.dose_msv, "mSv")] if row.burden.dose_msv else []
    return ", ".join(parts) or "none known"
