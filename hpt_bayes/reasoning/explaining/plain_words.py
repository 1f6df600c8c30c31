"""An explanation as a paragraph: natural frequencies, what carries the answer, what opposes it, what would turn it.

Source: Gigerenzer & Hoffrage 1995, How to improve Bayesian reasoning without instruction: frequency formats.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hpt_bayes.display.numbers import in_sentence, of_people, percent, words

if TYPE_CHECKING:
    from hpt_bayes.reasoning.explaining.explanation import Explanation
    from hpt_bayes.reasoning.explaining.overturning import Overturning

_NAMED = 3


def paragraph(explanation: Explanation) -> str:
    """The explanation in a few plain sentences."""
    names = explanation.labels.diagnoses
    what = in_sentence(names[explanation.diagnosis])
    said = [
        f"Of patients with this setting and history, before any finding, {of_people(explanation.before)} have "
        f"{what}; of those with these findings too, {of_people(explanation.after)}."
    ]
    if explanation.against is not None:
        other = in_sentence(names[explanation.against])
        said.append(
            f"For {other} it is {of_people(explanation.against_before)} before and "
            f"{of_people(explanation.against_after)} with the findings."
        )
    for verdict, sentence in (("supporting", "It is carried mostly by"), ("conflicting", "Against it speak")):
        found = [each for each in explanation.weights.findings if each.verdict == verdict]
        found.sort(key=lambda each: -abs(each.share))
        if found:
            said.append(
                f"{sentence} {_listed([_named(explanation, each.finding, each.text) for each in found[:_NAMED]])}."
            )
        elif verdict == "supporting":
            said.append("No finding speaks clearly for it.")
    said.append(_turning(explanation))
    return " ".join(said)


def _turning(explanation: Explanation) -> str:
    """The most plausible single change that would give another leading diagnosis."""
    leading = in_sentence(explanation.labels.diagnoses[explanation.leading])
    if not explanation.overturning:
        return f"No other result of any one finding would take the lead from {leading}."
    each = likeliest(explanation.overturning)
    name = in_sentence(explanation.labels.variables.get(each.finding, words(each.finding)))
    new = in_sentence(explanation.labels.diagnoses[each.leading])
    if each.result is None:
        return f"Without {name}, {new} would lead with {percent(each.probability)}."
    return f"Had {name} been {words(each.result)}, {new} would lead with {percent(each.probability)}."


def likeliest(changes: Sequence[Overturning]) -> Overturning:
    """The change with the most probable result; a withdrawal only when no result does it."""
    return max(changes, key=lambda each: -1.0 if each.chance is None else each.chance)


def _named(explanation: Explanation, finding: str, text: str) -> str:
    label = in_sentence(explanation.labels.variables.get(finding, words(finding)))
    return f"{label} ({words(text)})"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
