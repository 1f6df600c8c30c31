"""How numbers look to people: whole per cent, few digits, never a false certainty."""

from __future__ import annotations

import math


def percent(probability: float | None) -> str:
    """A probability as people read it: whole per cent, `<1 %` and `>99 %` at the ends, `-` for none.

    Args:
        probability: 0 to 1, or None when it was not computed.

    Returns:
        Text such as `42 %`; exactly 0 and 1 read `0 %` and `100 %`.
    """
    if probability is None or math.isnan(probability):
        return "-"
    if probability <= 0.0:
        return "0 %"
    if probability >= 1.0:
        return "100 %"
    if probability < 0.01:
        return "<1 %"
    if probability > 0.99:
        return ">99 %"
    return f"{100 * probability:.0f} %"


def bits(value: float | None) -> str:
    """Information in bits with two digits, `-` for none."""
    return "-" if value is None else f"{max(0.0, value):.2f}"


def amount(value: float | None, unit: str = "") -> str:
    """A burden figure without needless digits, `-` for none.

    Args:
        value: in the unit named.
        unit: text put behind the figure.
    """
    if value is None:
        return "-"
    text = f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.2g}"
    return f"{text} {unit}".strip()


def words(name: str) -> str:
    """A model name as words: `focus@left_inferior` becomes `focus: left inferior`."""
    return name.replace("@", ": ").replace("_", " ")


def in_sentence(label: str) -> str:
    """A label inside a sentence: its first letter small, unless it starts with an acronym."""
    return label if label[1:2].isupper() or label[1:2].isdigit() else label[:1].lower() + label[1:]
