"""The published cases: honest files, complete labels, and an answer for every one of them.

Only the files in the repository are read. Labels are compared, never fed.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import hpt_bayes as hpt

FOLDER = Path(__file__).parents[2] / "models" / "cases" / "published"
LABELS = "labels.yaml"
PATHS = sorted(path for path in FOLDER.glob("*.yaml") if path.name != LABELS)
NAMES = [path.stem for path in PATHS]

FILE_KEYS = {"case", "setting", "findings"}
ENTRY_KEYS = {
    "finding", "value", "result", "any_of", "likelihood", "unit", "upper_limit", "site",
    "field", "largest_mm", "glands_seen", "technique",
}  # fmt: skip
WAYS = {"value", "result", "any_of", "likelihood"}
LABEL_KEYS = {
    "accept", "core", "not_core", "ambiguity", "outside_model", "site", "setting",
    "citation", "doi", "pmid", "url", "misleading", "entered_as", "left_out",
}  # fmt: skip
NOT_CORE = {"ambiguous", "sparse", "proof", "outside_model"}
ROUNDING = 1e-12
GIVES_THE_ANSWER_AWAY = ("carcinoma", "parathyromatosis", "fhh", "pathogenic", "mislead", "hindsight", "diagnosis")


@cache
def document(name: str) -> dict[str, Any]:
    loaded = YAML(typ="safe").load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@cache
def labels() -> dict[str, dict[str, Any]]:
    return document(LABELS.removesuffix(".yaml"))


@cache
def network() -> hpt.Network:
    return hpt.load_network()


@cache
def case(name: str) -> hpt.Case:
    return hpt.read_case(FOLDER / f"{name}.yaml", network())


@cache
def posterior(name: str) -> hpt.Posterior:
    return case(name).posterior()


@cache
def without_misleading(name: str) -> hpt.Posterior:
    reduced = case(name)
    for finding in labels()[name]["misleading"]:
        reduced = reduced.retract(finding)
    return reduced.posterior()


def with_misleading() -> list[str]:
    return [name for name, label in labels().items() if label["misleading"]]


def words(value: object) -> list[str]:
    if isinstance(value, dict):
        return [word for each in value.items() for part in each for word in words(part)]
    if isinstance(value, list):
        return [word for each in value for word in words(each)]
    return [str(value)]


def assert_sound(found: hpt.Posterior) -> None:
    assert found.diagnoses
    assert math.isfinite(found.log_evidence)
    assert found.log_evidence < 1e-9
    for shares in (found.gate, found.gland_site):
        assert sum(shares.values()) == pytest.approx(1, abs=1e-9)
    for shares in (found.diagnoses, found.gate, found.gland_site, *found.variables.values()):
        assert all(-ROUNDING <= share <= 1 + ROUNDING for share in shares.values())


# ---------------------------------------------------------------- the files


def test_at_least_45_cases_are_encoded() -> None:
    assert len(NAMES) >= 45


def test_every_file_has_a_label_and_every_label_a_file() -> None:
    assert set(labels()) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_holds_a_setting_and_findings_and_nothing_else(name: str) -> None:
    file = document(name)
    assert set(file) == FILE_KEYS
    assert file["case"] == name
    assert file["findings"]
    for entry in file["findings"]:
        assert set(entry) <= ENTRY_KEYS
        assert len(WAYS & set(entry)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_file_says_in_a_comment_where_the_case_was_published(name: str) -> None:
    first = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# {labels()[name]['citation']}".replace('"', "'")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_gives_the_answer_away_is_fed(name: str) -> None:
    fed = " ".join(words(document(name)["findings"])).lower()
    assert [word for word in GIVES_THE_ANSWER_AWAY if word in fed] == []


@pytest.mark.parametrize("name", NAMES)
def test_only_names_of_the_network_are_used(name: str) -> None:
    known = {finding.name for finding in network().findings()}
    assert {entry["finding"] for entry in document(name)["findings"]} <= known
    assert document(name)["setting"] in network().settings


# ---------------------------------------------------------------- the labels


@pytest.mark.parametrize("name", NAMES)
def test_the_label_is_complete(name: str) -> None:
    label = labels()[name]
    assert set(label) <= LABEL_KEYS
    assert label["accept"]
    assert label["citation"]
    assert label["url"]
    assert label["setting"] == document(name)["setting"]
    assert set(label["misleading"]) <= {entry["finding"] for entry in document(name)["findings"]}
    for left in label["left_out"]:
        assert set(left) == {"what", "why"}
        assert left["what"]
        assert left["why"]


@pytest.mark.parametrize("name", NAMES)
def test_a_case_outside_the_core_says_why(name: str) -> None:
    label = labels()[name]
    reasons = set(label.get("not_core", []))
    assert reasons <= NOT_CORE
    assert label["core"] is not bool(reasons)
    assert ("ambiguity" in label) == ("ambiguous" in reasons)
    assert ("outside_model" in label) == ("outside_model" in reasons)


@pytest.mark.parametrize("name", NAMES)
def test_the_label_uses_the_diagnoses_and_sites_of_the_network(name: str) -> None:
    label = labels()[name]
    assert set(label["accept"]) <= {diagnosis.name for diagnosis in network().diagnoses}
    site = label["site"]
    places = set(network().variables["gland_site"].states) | set(network().site_groups)
    assert site is None or site in places


def test_no_published_case_is_an_example_case() -> None:
    assert not set(NAMES) & set(hpt.example_cases())


# ---------------------------------------------------------------- the answers


@pytest.mark.parametrize("name", NAMES)
def test_every_case_has_a_sound_posterior(name: str) -> None:
    assert_sound(posterior(name))


@pytest.mark.parametrize("name", NAMES)
def test_no_probability_leaves_the_unit_interval_even_by_rounding(name: str) -> None:
    found = posterior(name)
    outside = {
        (variable, state): share
        for variable, shares in {**found.variables, "diagnoses": found.diagnoses, "gate": found.gate}.items()
        for state, share in shares.items()
        if not 0 <= share <= 1
    }
    assert outside == {}


@pytest.mark.parametrize("name", NAMES)
def test_no_case_is_called_certain(name: str) -> None:
    found = posterior(name)
    assert max(found.diagnoses.values()) < 1
    assert max(found.gate.values()) < 1


@pytest.mark.parametrize("name", with_misleading())
def test_misleading_readings_move_the_answer(name: str) -> None:
    misled, plain = posterior(name), without_misleading(name)
    moved = [abs(misled.diagnoses[each] - plain.diagnoses[each]) for each in misled.diagnoses]
    moved += [abs(misled.gland_site[each] - plain.gland_site[each]) for each in misled.gland_site]
    assert max(moved) > 1e-4


@pytest.mark.parametrize("name", with_misleading())
def test_misleading_readings_rule_nothing_in_or_out(name: str) -> None:
    misled, plain = posterior(name), without_misleading(name)
    for diagnosis, share in plain.diagnoses.items():
        if share > 0:
            assert 0 < misled.diagnoses[diagnosis] < 1, diagnosis


@pytest.mark.parametrize("name", [name for name, label in labels().items() if not label.get("outside_model")])
def test_no_accepted_diagnosis_is_ruled_out(name: str) -> None:
    found = posterior(name)
    assert all(found.diagnoses[diagnosis] > 0 for diagnosis in labels()[name]["accept"])
