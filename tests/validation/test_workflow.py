"""Decision points: the model's most informative feasible study among those the source names."""

from __future__ import annotations

import pytest
from small_model import small_network

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import interpret
from hpt_bayes.evidence.observation import observation
from hpt_bayes.reasoning.compiled import compile_model
from hpt_bayes.reasoning.next_study.ranking_of_studies import next_studies
from hpt_bayes.validation.targets import Decision
from hpt_bayes.validation.workflow import workflow_results

KNOWN = {"adjusted_calcium": "12.5 mg/dL", "pth": "300 pg/mL upper 65", "gene": "negative"}


def decision(**changes: object) -> Decision:
    fields: dict[str, object] = {
        "name": "first scan", "source": "article", "setting": "persistent", "findings": KNOWN,
        "among": ("scan", "cytology"), "expects": ("scan",), "why": "it costs less",
    }  # fmt: skip
    return Decision.model_validate(fields | changes)


def test_the_first_choice_is_that_of_the_ranking() -> None:
    network = small_network()
    readings = [observation(network, name, value) for name, value in KNOWN.items()]
    ranking = next_studies(compile_model(network, ("persistent",)), interpret(network, ("persistent",), readings))
    bits = {row.study: row.information_bits for row in ranking.studies if row.feasible}
    found = workflow_results(network, [decision()]).results[0]
    assert "scan" in bits
    assert found.first == "scan"
    assert found.bits == pytest.approx(bits["scan"], abs=1e-12)
    assert found.agrees
    assert found.why == ""


def test_a_disagreement_keeps_its_reason_and_an_agreement_none() -> None:
    found = workflow_results(small_network(), [decision(), decision(expects=("gene",))])
    assert [each.agrees for each in found.results] == [True, False]
    assert [each.why for each in found.results] == ["", "it costs less"]
    assert found.agreed == 1
    assert [len(block.cells) for block in found.blocks()] == [2, 1]


def test_where_nothing_is_feasible_nothing_agrees() -> None:
    found = workflow_results(small_network(), [decision(constraints=("pregnancy",), among=("scan",))]).results[0]
    assert (found.first, found.bits, found.expected_bits, found.agrees) == (None, None, None, False)


def test_a_reading_that_cannot_be_accepted_is_refused() -> None:
    with pytest.raises(EvidenceError, match="gene"):
        workflow_results(small_network(), [decision(findings={"gene": "blue"})])
