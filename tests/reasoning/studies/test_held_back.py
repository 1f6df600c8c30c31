"""Pitfalls that hold localisation back: in the ranking, and after each result when looking ahead."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaged import network as packaged
from small_management import write_small_management

import hpt_bayes as hpt
from hpt_bayes.case import Case
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import calibrate, compile_model
from hpt_bayes.reasoning.lookahead.looks import open_looks
from hpt_bayes.reasoning.lookahead.openings import Openings
from hpt_bayes.reasoning.next_study.ranking import StudyRow

CAUTION = """\
cautions:
- name: family_open
  when: {family_history: hypercalcemia}
  unless: [gene]
  text: The family has it.
  source: common_practice
  premature: first test the gene
"""
HELD = ("imaging does not make the diagnosis: first test the gene",)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    folder: Path = write_small_management(tmp_path_factory.mktemp("held") / "small")
    (folder / "cautions.yaml").write_text(CAUTION, encoding="utf-8")
    return hpt.load_network(folder)


def row(case: Case, study: str) -> StudyRow:
    return next(each for each in case.next_studies().studies if each.study == study)


def test_a_pitfall_holds_localisation_back_whatever_leads(network: Network) -> None:
    case = Case(network, "persistent").observe("adjusted_calcium", 11.8, "mg/dL", upper_limit=10.4)
    assert row(case, "scan").status == "available"
    open_family = case.observe("family_history", "hypercalcemia")
    assert (row(open_family, "scan").status, row(open_family, "scan").reasons) == ("premature", HELD)
    assert row(open_family, "gene").status == "available"
    assert row(open_family.observe("gene", "negative"), "scan").reasons != HELD


@pytest.mark.parametrize("family", [None, "hypercalcemia"])
def test_looking_ahead_it_is_what_it_would_be_with_the_result_entered(network: Network, family: str | None) -> None:
    case = Case(network, "persistent").observe("adjusted_calcium", 11.8, "mg/dL", upper_limit=10.4)
    case = case if family is None else case.observe("family_history", family)
    model, entered = compile_model(network, ("persistent",)), case.evidence
    looks = open_looks(model, entered, calibrate(model, entered), None if family is None else HELD[0])
    scan = next(number for number, look in enumerate(looks) if look.study.name == "scan")
    openings = Openings(model, entered, looks)
    seen = set()
    for first in looks:
        if len(first.study.reveals) > 1 or first.place is not None or first.study.name == "scan":
            continue
        for number, result in enumerate(first.result_names()):
            after = case.observe(first.study.reveals[0], result)
            held = row(after, "scan").reasons == HELD
            assert bool(openings.after(first, number, True)[scan]) is not held, (first.study.name, result)
            seen.add((first.study.name, held))
    assert ("gene", False) in seen


FIRST = (
    Case(packaged(), "first_time")
    .observe("adjusted_calcium", 11.4, "mg/dL")
    .observe("pth", 140, "pg/mL", upper_limit=65)
)


def test_a_low_clearance_ratio_holds_scans_back_until_the_genes_are_known() -> None:
    low = FIRST.observe("cccr", "0.008")
    assert low.posterior().gate["gland_disease_without_fhh"] > 0.95
    assert row(low, "sestamibi_spect_ct").reasons[0] == "imaging does not make the diagnosis: first settle FHH"
    assert row(low, "fhh_panel").status == "available"
    for settled in (FIRST.observe("cccr", "0.02"), low.observe("fhh_panel", "negative")):
        assert row(settled, "sestamibi_spect_ct").status == "available"


def test_no_localisation_before_it_is_clear_that_disease_persists() -> None:
    """The setting holds it back even where calcium and PTH are high."""
    early = (
        Case(packaged(), "postoperative_unclear")
        .observe("adjusted_calcium", 11.4, "mg/dL")
        .observe("pth", 140, "pg/mL", upper_limit=65)
    )
    assert early.posterior().gate["gland_disease_without_fhh"] > 0.85
    local = {name for name, study in packaged().studies.items() if study.kind == "localisation"}
    status = {each.study: each.status for each in early.next_studies().studies}
    assert {status[name] for name in local} <= {"premature", "excluded"}
