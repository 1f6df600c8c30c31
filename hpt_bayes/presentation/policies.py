"""A policy trial as points with intervals: how often each policy is right, in both kinds of patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import percent
from hpt_bayes.policies.comparison import PolicyComparison
from hpt_bayes.policies.comparison_display import RIGHT, kind_of
from hpt_bayes.presentation.style import MARKERS, PALE, SERIES, SMALL, axes, beside, describe, percents, quiet, rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_APART = 0.17


def draw_policies(comparison: PolicyComparison, ax: Axes | None = None) -> Axes:
    """Share of patients concluded rightly under each policy, a marker for each question.

    Misspecified patients where there are any, filled; self-consistent ones as the same marker, open.

    Args:
        comparison: of policies.
        ax: axes to draw on; new ones when None.

    Returns:
        The axes, with their alt text.
    """
    policies = list(dict.fromkeys(each.policy for each in comparison.arms))
    asked = [(name, title) for name, title in RIGHT if name in comparison.arms[0].measures]
    ax = axes(ax, 7.6, 1.5 + 0.85 * len(policies))
    wrong = any(each.misspecified for each in comparison.arms)
    for arm in comparison.arms:
        row = policies.index(arm.policy)
        main = arm.misspecified == wrong
        for number, (name, title) in enumerate(asked):
            found, at = arm.measures[name], row + (number - (len(asked) - 1) / 2) * _APART
            colour = SERIES[number]
            if main and found.low is not None and found.high is not None:
                ax.plot([found.low, found.high], [at, at], color=colour, lw=2, zorder=2)
            ax.plot(
                found.mean, at, marker=MARKERS[number], color=colour, ms=7, ls="", zorder=3 if main else 4,
                markerfacecolor=colour if main else "white",
                label=f"{title} right" if main and row == 0 else None,
            )  # fmt: skip
        if main:
            net = arm.measures["studies"].mean
            beside(ax, row, f"{net:.1f} studies, {arm.measures['cost_usd'].mean:,.0f} USD\n{arm.patients:,} patients")
    rows(ax, [next(each.label for each in comparison.arms if each.policy == name) for name in policies], width=20)
    percents(ax)
    for row in range(len(policies) - 1):
        ax.axhline(row + 0.5, color=PALE, lw=0.8)
    ax.grid(axis="x", color=PALE, lw=0.8)
    quiet(ax)
    kinds = kind_of(wrong) if len({each.misspecified for each in comparison.arms}) == 1 else (
        "filled: misspecified with 95 % interval; open: self-consistent"
    )  # fmt: skip
    ax.set_title(
        f"Simulated patients concluded rightly, {comparison.setting_label}\n({kinds})", fontsize=10, loc="left"
    )
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncol=len(asked), frameon=False, fontsize=SMALL)
    told = []
    for arm in comparison.arms:
        if arm.misspecified == wrong:
            figures = ", ".join(f"{title} {percent(arm.measures[name].mean)}" for name, title in asked)
            told.append(f"{arm.label}: {figures}, {arm.measures['studies'].mean:.1f} studies")
    describe(ax, f"Share of {kind_of(wrong)} simulated patients concluded rightly by policy. {'; '.join(told)}.")
    return ax
