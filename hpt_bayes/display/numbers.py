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


def share(value: float | None) -> str:
    """A utility or another number between 0 and 1 that is no probability: three decimals, `-` for none."""
    return "-" if value is None else f"{value:.3f}".replace("-0.000", "0.000")


def gained(value: float | None) -> str:
    """A gain or a burden in utility: four decimals, small beside utilities; `-` for none."""
    return "-" if value is None else f"{value:z.4f}"


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


def points(difference: float) -> str:
    """A difference of two probabilities in signed percentage points; `0` when it rounds to none."""
    return f"{100 * difference:+.0f}" if abs(difference) >= 0.005 else "0"


def decibans(value: float) -> str:
    """A weight of evidence with its sign and one decimal."""
    return f"{value:+z.1f}"


def times(factor: float) -> str:
    """A factor with two digits: `3.4`, `120`, `1.2e+05`."""
    return f"{factor:.2g}" if factor < 10 else f"{float(f'{factor:.2g}'):,.0f}" if factor < 1e5 else f"{factor:.1e}"


def ratio(value: float | None) -> str:
    """A ratio that is compared with one: two decimals, whole from ten on, `-` for none."""
    return "-" if value is None else f"{value:.2f}" if value < 9.995 else f"{value:,.0f}"


def of_people(probability: float) -> str:
    """A probability as a natural frequency: `about 62 of 100`, `about 3 of 1,000`, `fewer than 1 of 10,000`."""
    if probability <= 0.0 or probability >= 1.0:
        return "none" if probability <= 0.0 else "all"
    for people in (100, 1_000, 10_000):
        if probability * people >= 0.995:
            rounded = round(probability * people)
            return f"more than {people - 1} of {people:,}" if rounded == people else f"about {rounded} of {people:,}"
    return "fewer than 1 of 10,000"


def people(probability: float, of: int) -> str:
    """How many of a number of people, as a whole number; `<1` for fewer than one but not none."""
    count = round(probability * of)
    return "<1" if count == 0 and probability > 0.0 else f"{count:,}"


def words(name: str) -> str:
    """A model name as words: `focus@left_inferior` becomes `focus: left inferior`."""
    return name.replace("@", ": ").replace("_", " ")


def count_of(number: int, noun: str) -> str:
    """How many of something: `1 rarer result`, `2 rarer results`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def in_sentence(label: str) -> str:
    """A label inside a sentence: its first letter small, unless it starts with an acronym."""
    return label if label[1:2].isupper() or label[1:2].isdigit() else label[:1].lower() + label[1:]


def percent_range(low: float, high: float) -> str:
    """An interval of a probability: `62 to 91 %`, `<1 to 4 %`; one figure where both ends read the same."""
    first, last = percent(low), percent(high)
    return last if first == last else f"{first.removesuffix(' %')} to {last}"
