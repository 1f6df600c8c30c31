"""Which of several readings belong to one blood draw or urine collection."""

from __future__ import annotations

from collections.abc import Sequence

from hpt_bayes.evidence.observed import Observation


def partner(reading: Observation, candidates: Sequence[Observation]) -> tuple[Observation, str]:
    """Return the reading of another quantity that goes with a reading, and what has to be said about it.

    Args:
        reading: with or without a date.
        candidates: at least one, in order of entry.

    Returns:
        The candidate of the same date; else, where both are dated, the one nearest in time; else the last entered.
        The text says what was assumed, "" when nothing was.
    """
    last = candidates[-1]
    dated = [each for each in candidates if each.date is not None]
    if reading.date is None or not dated:
        if len(candidates) == 1:
            return last, ""
        return last, f"{shown(reading)} taken with the last {last.finding} entered ({last.text})"
    day = reading.date
    near = min(reversed(dated), key=lambda each: abs((each.date - day).days) if each.date else 0)
    apart = abs((near.date - day).days) if near.date else 0
    if apart == 0:
        return near, ""
    return near, f"{shown(reading)} taken with {near.finding} {near.text} of {near.date}, {apart} days apart"


def same_sample(first: Observation, second: Observation) -> bool:
    """Whether two readings may be of one sample: they are unless both are dated and the dates differ."""
    return first.date is None or second.date is None or first.date == second.date


def shown(reading: Observation) -> str:
    """Return a reading with its date, for people."""
    return f"{reading.finding} {reading.text}" + (f" of {reading.date}" if reading.date else "")
