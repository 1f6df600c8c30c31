"""Ranks, leading diagnoses and scores of published cases, on answers whose truth is known."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from enumerated import DIAGNOSES, Enumerated
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.engine import EvidenceFactors, propagate
from hpt_bayes.errors import EvidenceError, ModelFileError
from hpt_bayes.network.patterns import pattern
from hpt_bayes.reasoning.compiled import calibrate, compile_model, engine_evidence
from hpt_bayes.validation.answers import Answer, answer, group_of, in_order
from hpt_bayes.validation.cases_read import PublishedCase, entered, read_published_cases
from hpt_bayes.validation.prior_sensitivity import prior_sensitivity
from hpt_bayes.validation.published_cases import CaseResult, CaseResults, case_results
from hpt_bayes.validation.targets import PriorChange

LABELS = """\
first:
  accept: [adenoma]
  core: true
  setting: persistent
  misleading: [gene]
second:
  accept: [known_men1, hyperplasia]
  core: false
  setting: first_time
"""
FIRST = """\
setting: persistent
findings:
- {finding: gene, result: pathogenic}
- {finding: scan, result: focus@left_superior}
"""
SECOND = "setting: first_time\nfindings:\n- {finding: gene, result: pathogenic}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "labels.yaml").write_text(LABELS)
    (tmp_path / "first.yaml").write_text(FIRST)
    (tmp_path / "second.yaml").write_text(SECOND)
    return tmp_path


@pytest.fixture
def cases(folder: Path) -> tuple[PublishedCase, ...]:
    return read_published_cases(small_network(), folder)


def case_answer(case: PublishedCase) -> Answer:
    model = compile_model(small_network(), case.file.settings)
    return answer(model, calibrate(model, entered(small_network(), case.file)))


def test_diagnoses_are_those_of_the_full_joint(cases: tuple[PublishedCase, ...]) -> None:
    for case in cases:
        found = case_answer(case)
        oracle = Enumerated.of(small_network(), entered(small_network(), case.file))
        assert found.diagnoses == pytest.approx(oracle.events(DIAGNOSES), abs=1e-12)
        both = sum(
            p
            for states, p in oracle.configurations("lesion", "syndrome")
            if states["lesion"] == "hyperplasia" or states["syndrome"] == "men1"
        )
        assert found.any_of(["known_men1", "hyperplasia"]) == pytest.approx(both, abs=1e-12)


def test_a_qualifier_never_leads_and_takes_no_rank(cases: tuple[PublishedCase, ...]) -> None:
    found = case_answer(cases[1])
    shares = found.diagnoses
    assert max(shares, key=lambda name: shares[name]) == "known_men1"
    leaders = {name: p for name, p in shares.items() if name != "known_men1"}
    order = sorted(leaders, key=lambda name: -leaders[name])
    assert found.leading == order[0]
    assert [found.rank(name) for name in order] == [1, 2, 3, 4]
    assert found.rank("known_men1") == 1


def test_case_results(cases: tuple[PublishedCase, ...]) -> None:
    results = case_results(small_network(), cases)
    first, second = results.cases
    assert (first.group, second.group) == ("persistent or recurrent", "first time")
    assert first.without is not None
    assert first.without > first.any_accepted
    assert second.without is None
    names = [(score.group, score.subset, score.diagnosis, score.cases) for score in results.scores]
    assert names == [
        ("persistent or recurrent", "core", "adenoma", 1),
        ("persistent or recurrent", "all", "adenoma", 1),
        ("first time", "all", "hyperplasia", 1),
        ("first time", "all", "known_men1", 1),
    ]
    assert results.scores[0].log_score == pytest.approx(-math.log(first.probabilities[0]))
    assert results.to_dict()["cases"]


def test_scores_over_several_cases() -> None:
    def case(name: str, rank: int, p: float) -> CaseResult:
        return CaseResult(name, "first time", True, ("fhh",), (p,), (rank,), p, "fhh", (), None, None)

    results = CaseResults((case("a", 1, 0.5), case("b", 3, 0.25), case("c", 6, 0.01)))
    score = results.scores[0]
    assert (score.first, score.first_three, score.median_rank) == (pytest.approx(1 / 3), pytest.approx(2 / 3), 3)
    assert score.log_score == pytest.approx(-(math.log(0.5) + math.log(0.25) + math.log(0.01)) / 3)
    assert [row[0] for row in results.blocks()[1].cells] == ["c"]


def test_an_unknown_diagnosis_in_a_label_is_refused(folder: Path) -> None:
    (folder / "labels.yaml").write_text(LABELS.replace("[adenoma]", "[adenom]"))
    with pytest.raises(
        ModelFileError, match=r"labels\.yaml:2:\d+: unknown diagnosis 'adenom'; nearest valid name: 'adenoma'"
    ):
        read_published_cases(small_network(), folder)


def test_a_missing_case_file_is_refused(folder: Path) -> None:
    (folder / "second.yaml").unlink()
    with pytest.raises(EvidenceError, match="expected a case file, found none"):
        read_published_cases(small_network(), folder)


def test_groups_of_the_real_settings() -> None:
    network = hpt.load_network()
    groups = {name: group_of(network, (name,)) for name in network.settings}
    assert groups["first_time"] == "first time"
    assert groups["persistent"] == groups["recurrent"] == "persistent or recurrent"
    assert groups["renal_persistent"] == groups["renal_secondary"] == "renal"
    assert groups["postoperative_unclear"] == group_of(network, ("first_time", "persistent")) == "other settings"
    assert group_of(network, ("persistent", "recurrent")) == "persistent or recurrent"
    assert in_order(["renal", "first time", "renal"]) == ["first time", "renal"]


@pytest.mark.parametrize(("name", "state"), [("lesion", "adenoma"), ("fhh", "present")])
@pytest.mark.parametrize("factor", [0.1, 30.0])
def test_a_changed_base_share_is_a_changed_table(
    cases: tuple[PublishedCase, ...], name: str, state: str, factor: float
) -> None:
    """The reweighted joint gives the leader that a propagation with the changed table gives."""
    network = small_network()
    found = prior_sensitivity(network, cases, PriorChange(shares=pattern(**{name: state}), factors=(factor,)))
    changed = {each.case: each.changed for each in found.changed}
    for case in cases:
        model = compile_model(network, case.file.settings)
        column = model.core.variables[name].states.index(state)
        table = np.array(model.core.tables[name])
        table[..., column] *= factor
        table /= table.sum(axis=-1, keepdims=True)
        evidence = engine_evidence(model, entered(network, case.file))
        calibrated = propagate(model.engine, evidence, tables={model.axis[name]: table[None]})
        before = case_answer(case).leading
        assert changed.get(case.file.name, before) == answer(model, calibrated).leading
    assert found.cases == (("first_time", 1), ("persistent", 1))
    assert found.blocks()[0].cells


def test_the_answer_sums_to_one() -> None:
    model = compile_model(small_network(), ("persistent",))
    assert answer(model, propagate(model.engine, EvidenceFactors())).joint.sum() == pytest.approx(1)
