"""Results of numbers have names of their own, and a word that means a whole group names nothing less."""

from __future__ import annotations

import pytest
from packaged import network

from hpt_bayes.reasoning.studies.outcomes import distinguished

NUMERIC = sorted(
    {name for study in network().studies.values() for name in study.reveals if network().variables[name].edges}
)


@pytest.mark.parametrize("finding", NUMERIC)
def test_every_result_has_its_name_and_its_steps(finding: str) -> None:
    variable = network().variables[finding]
    names, members = distinguished(variable)
    assert len(set(names)) == len(names) == len(members)
    assert sorted(step for steps in members for step in steps) == list(range(variable.size))
    for name, steps in zip(names, members, strict=True):
        states = tuple(variable.states[step] for step in steps)
        word = name.split(", ")[0]
        if name in variable.groups:
            assert variable.groups[name] == states
        elif word in variable.groups:
            assert set(states) < set(variable.groups[word])


def test_parts_of_a_group_are_named_with_their_range() -> None:
    assert distinguished(network().variables["vitamin_d_25"])[0] == (
        "severe",
        "low, 10 to 20",
        "normal, 20 to 30",
        "normal, 30 or over",
    )
    assert "high, 1 to 5" in distinguished(network().variables["pth"])[0]
    assert distinguished(network().variables["years_to_recurrence"])[0] == ("any",)
