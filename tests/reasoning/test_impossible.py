"""Findings that cannot be true together are refused with a smallest set of them, found here by trying all sets."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from enumerated import Enumerated, foreign_network
from hypothesis import assume, given
from hypothesis import strategies as st
from oracle import Arrays
from random_networks import networks
from small_model import small_network, write_small_model

import hpt_bayes as hpt
from hpt_bayes.case import Case
from hpt_bayes.errors import EvidenceError, ImpossibleEvidence
from hpt_bayes.network.network import Network

NETWORK = small_network()


def possible(case: Case, names: tuple[str, ...]) -> bool:
    """Whether some joint state agrees with the findings, decided on zeros alone."""
    network = case.facts.network
    support = {name: (table > 0).astype(float) for name, table in network.tables.items()}
    seen = Enumerated.of(network, case.evidence, names)
    vectors = [(name, (vector > 0).astype(float)) for name, vector in seen.vectors]
    factors = [(scope, (array > 0).astype(float)) for scope, array in seen.factors]
    return Enumerated(replace(network, tables=support), vectors, factors).probability() > 0


def all_of(count: int) -> Network:
    """A cause with `count` states and as many findings, each of which rules out one of them."""
    tables = [np.full(count, 1.0 / count)]
    for ruled_out in range(count):
        table = np.full((count, 2), 0.5)
        table[ruled_out] = [0.0, 1.0]
        tables.append(table)
    return foreign_network(Arrays((count, *[2] * count), ((), *[(0,)] * count), tuple(tables)))


@pytest.mark.parametrize(("count", "minimum"), [(2, True), (3, True), (4, True), (5, False)])
def test_as_many_findings_as_it_takes_are_named(count: int, minimum: bool) -> None:
    case = Case(all_of(count))
    for number in range(count):
        case = case.observe(f"v{number + 1}", "s0")
    with pytest.raises(ImpossibleEvidence) as refused:
        case.posterior()
    assert refused.value.findings == tuple(f"v{number + 1}: s0" for number in range(count))
    assert refused.value.minimum is minimum
    assert ("smallest contradictory set" in str(refused.value)) is minimum
    assert ("from which nothing can be left out" in str(refused.value)) is not minimum


@given(networks(max_variables=5), st.data())
def test_no_smaller_set_of_findings_is_contradictory(arrays: Arrays, data: st.DataObject) -> None:
    network = foreign_network(arrays)
    case = Case(network)
    names = data.draw(st.lists(st.sampled_from(sorted(network.variables)), min_size=1, max_size=5, unique=True))
    for name in names:
        case = case.observe(name, data.draw(st.sampled_from(network.variables[name].states)))
    assume(not possible(case, tuple(names)))
    smallest = next(
        size for size in range(1, len(names) + 1) if not all(possible(case, each) for each in combinations(names, size))
    )
    with pytest.raises(ImpossibleEvidence) as refused:
        case.posterior()
    named = tuple(text.split(":")[0] for text in refused.value.findings)
    assert not possible(case, named)
    assert all(possible(case, tuple(other for other in named if other != name)) for name in named)
    if refused.value.minimum:
        assert len(named) == smallest
    assert refused.value.minimum or smallest > 4


def lesion_free(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """The small model where a second reading of the slides rules the first one out."""
    folder = write_small_model(tmp_path_factory.mktemp("zeros") / "small")
    text = (folder / "more.yaml").read_text(encoding="utf-8")
    twin = text[text.index("- name: histology") : text.index("- name: years_to_recurrence")]
    twin = twin.replace("name: histology", "name: frozen_section").replace("[0.7, 0.1, 0.2]", "[1, 0, 0]")
    (folder / "more.yaml").write_text(text + twin, encoding="utf-8")
    return hpt.load_network(folder)


def test_the_message_names_the_findings_as_they_were_entered(tmp_path_factory: pytest.TempPathFactory) -> None:
    case = Case(lesion_free(tmp_path_factory), "persistent")
    case = case.observe("age", 40, "years").observe("histology", "adenoma").observe("gene", "vus")
    case = case.observe("frozen_section", "normal_only")
    for ask in (case.posterior, case.next_studies, case.conflict):
        with pytest.raises(ImpossibleEvidence) as refused:
            ask()
        assert {"histology: adenoma", "frozen_section: normal_only"} <= set(refused.value.findings)
        assert not any(text.startswith(("age", "gene", "case_definition")) for text in refused.value.findings)
        assert "these findings cannot all be true in this model" in str(refused.value)
        assert "Retract or correct one of them" in str(refused.value)


@pytest.mark.parametrize("entry", [{"value": 0}, {"any_of": ["0"]}, {"likelihood": [1.0, 0.0, 0.0]}])
def test_what_the_setting_rules_out_is_refused_with_the_setting(entry: dict[str, object]) -> None:
    case = Case(NETWORK, "persistent").observe("gene", "vus").observe("previous_operations", **entry)
    with pytest.raises(ImpossibleEvidence) as refused:
        case.posterior()
    assert refused.value.setting == "persistent"
    assert [text.split(":")[0] for text in refused.value.findings] == ["previous_operations"]
    assert str(refused.value).startswith("in the setting persistent these findings cannot all be true")


def test_very_improbable_findings_are_not_called_a_contradiction() -> None:
    copy = np.eye(2)
    chain = Arrays((2,) * 6, ((), *[(number,) for number in range(5)]), (np.array([0.5, 0.5]), *[copy] * 5))
    case = Case(foreign_network(chain))
    for number in range(6):
        case = case.observe(f"v{number}", likelihood=[1.0, 1e-300] if number > 1 else [1e-300, 1.0])
    assert possible(case, tuple(case.evidence.findings))
    with pytest.raises(EvidenceError, match="possible together, but too improbable for double precision: v0: ") as said:
        case.posterior()
    assert "cannot all be true" not in str(said.value)
