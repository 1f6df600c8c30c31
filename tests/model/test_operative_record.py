"""What the record of the failed operation says about the place, and when it says nothing."""

from __future__ import annotations

from functools import cache

import pytest
from packaged import network

import hpt_bayes as hpt

GLANDS = ("left_superior", "right_superior", "left_inferior", "right_inferior")


@cache
def record(extent: str, not_seen: tuple[str, ...], rest: str | None = "seen_left_in_place") -> hpt.Posterior:
    case = hpt.Case(network(), "persistent").observe("operation_extent", extent).observe("thymectomy_done", "absent")
    for gland in GLANDS:
        if gland in not_seen:
            case = case.observe(f"{gland}_at_operation", "not_seen")
        elif rest is not None:
            case = case.observe(f"{gland}_at_operation", rest)
    return case.posterior()


def at(found: hpt.Posterior, *places: str) -> float:
    return sum(found.gland_site[place] for place in places)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_missing_superior_gland_is_behind(side: str) -> None:
    found = record("bilateral", (f"{side}_superior",))
    behind = at(found, f"{side}_tracheoesophageal", "posterior_mediastinum")
    assert max(found.gland_site, key=lambda place: found.gland_site[place]) == f"{side}_tracheoesophageal"
    assert behind > 0.3
    assert behind > found.gland_site[f"{side}_superior"]
    assert behind > 5 * at(found, f"{side}_cervical_thymus", "mediastinal_thymus", "anterior_mediastinum")


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_missing_inferior_gland_is_in_the_thymus(side: str) -> None:
    found = record("bilateral", (f"{side}_inferior",))
    thymus = at(found, f"{side}_cervical_thymus", "mediastinal_thymus")
    assert thymus > 0.25
    assert thymus > found.gland_site[f"{side}_inferior"]
    assert thymus > 5 * at(found, f"{side}_tracheoesophageal", "posterior_mediastinum")


def test_three_glands_not_seen_say_little_after_a_focused_operation_and_much_after_a_bilateral_one() -> None:
    moved = {}
    for extent in ("focused", "bilateral"):
        before, after = record(extent, (), None), record(extent, GLANDS[:3], None)
        moved[extent] = max(
            *(abs(after.gland_site[place] - before.gland_site[place]) for place in before.gland_site),
            *(abs(after.diagnoses[row] - before.diagnoses[row]) for row in before.diagnoses),
        )
    assert moved["focused"] < 0.03
    assert moved["bilateral"] > 0.10


def test_left_and_right_are_mirror_images() -> None:
    for part, other in (("left", "right"), ("right", "left")):
        mirrored = record("bilateral", (f"{other}_superior",)).gland_site[f"{other}_tracheoesophageal"]
        mine = record("bilateral", (f"{part}_superior",)).gland_site[f"{part}_tracheoesophageal"]
        assert mine == pytest.approx(mirrored, abs=0.01)
