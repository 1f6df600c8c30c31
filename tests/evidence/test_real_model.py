"""The packaged model: every finding, site name and case file goes through the same door."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.case_file import load_case_file, parse_case
from hpt_bayes.evidence.case_text import case_text
from hpt_bayes.evidence.field_of_view import fields_of_view, table_in_field
from hpt_bayes.evidence.finding import Finding, finding_named
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.evidence.observation import observation
from hpt_bayes.evidence.site import sites_named
from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network
from hpt_bayes.network.repeated import repeated_message

MODELS = Path(__file__).parents[2] / "models"
CASES = sorted(path for path in (MODELS / "cases").rglob("*.yaml") if path.name != "labels.yaml")


@pytest.fixture(scope="module")
def model() -> Network:
    return load_network(MODELS / "hyperparathyroidism")


def entered(model: Network, *entries: tuple[str, Any, dict[str, Any]]) -> EnteredEvidence:
    made = [observation(model, finding, value, **more) for finding, value, more in entries]
    return interpret(model, ("persistent",), made)


def findings(model: Network) -> list[Finding]:
    return [finding_named(model, each.name) for each in model.findings() if each.name != "setting"]


def test_every_word_of_every_finding_can_be_entered(model: Network) -> None:
    rows = findings(model)
    assert len(rows) > 70
    for row in rows:
        analyte = model.analytes.get(row.name)
        states = () if analyte is not None and analyte.states_only else row.states
        site = "left_inferior" if row.name == "fna_pth_washout" else None
        for word in (*states, *row.groups):
            seen = observation(model, row.name, word, site=site)
            assert row.name in interpret(model, ("persistent",), [seen]).findings


def test_every_study_reports_its_sites(model: Network) -> None:
    for row in findings(model):
        for site in row.sites:
            assert observation(model, row.name, "focus", site=site).states == (f"focus@{site}",)
        outside = [site for site in model.sites if site not in row.sites]
        for site in outside if row.sites else ():
            with pytest.raises(EvidenceError, match="outside its field"):
                observation(model, row.name, "focus", site=site)


def test_every_site_name_is_read_or_said_to_be_ambiguous(model: Network) -> None:
    for site in model.sites.values():
        assert sites_named(model, "ct_4d", site.name).members == (site.name,)
        for other in site.also:
            try:
                assert site.name in sites_named(model, "ct_4d", other).members
            except EvidenceError as error:
                assert "fits several" in str(error)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_case_file_is_read_and_written_back(model: Network, path: Path) -> None:
    case = load_case_file(model, path)
    assert interpret(model, case.settings, case.observations, case.constraints, case.unavailable).findings
    text = case_text(
        case.name, case.settings, case.constraints, case.unavailable, case.notes, case.observations, case.retracted
    )
    again = parse_case(model, text)
    assert [replace(each, notes=()) for each in again.observations] == [
        replace(each, notes=()) for each in case.observations
    ]
    assert replace(again, observations=()) == replace(case, observations=())


def test_a_scan_of_the_neck_alone_says_less_about_the_chest(model: Network) -> None:
    variable = model.variables["sestamibi_spect_ct"]
    assert fields_of_view(variable)[1:] == ("neck",)
    usual = entered(model, ("sestamibi_spect_ct", "negative", {"field": fields_of_view(variable)[0]}))
    assert usual.hard["sestamibi_spect_ct"] == 0
    neck = entered(model, ("sestamibi_spect_ct", "negative", {"field": "neck"}))
    (factor,) = neck.factors
    assert factor.scope == variable.parents
    assert factor.text == "negative (field neck)"
    expected = table_in_field(model, variable, "neck")[..., 0]
    np.testing.assert_allclose(factor.array, expected, rtol=1e-12)
    usual_negative = table_in_field(model, variable, None)[..., 0]
    chest = model.variables["gland_site"].states.index("anterior_mediastinum")
    assert (expected[chest] > usual_negative[chest]).all()


def test_repeats_are_correlated_within_one_field_of_view(model: Network) -> None:
    variable = model.variables["sestamibi_spect_ct"]
    found = entered(
        model,
        ("sestamibi_spect_ct", "negative", {"field": "neck"}),
        ("sestamibi_spect_ct", "equivocal", {"field": "neck"}),
        ("sestamibi_spect_ct", "negative", {}),
    )
    assert found.hard["sestamibi_spect_ct"] == 0
    (factor,) = found.factors
    vectors = np.eye(variable.size)[:2]
    assert variable.spec is not None
    assert variable.spec.reading_correlation is not None
    expected = repeated_message(
        table_in_field(model, variable, "neck"), vectors, variable.spec.reading_correlation.value
    )
    np.testing.assert_allclose(factor.array, expected, rtol=1e-12)


def test_unstated_field_is_recorded_only(model: Network) -> None:
    seen = observation(model, "arteriography", "negative", field="neck")
    views = fields_of_view(model.variables["arteriography"])
    assert ("neck" in views) != any("field" in note for note in seen.notes)


def test_every_unit_of_every_analyte_gives_the_same_evidence(model: Network) -> None:
    compared = 0
    for name, analyte in model.analytes.items():
        if analyte.level is None or analyte.states_only:
            continue
        low, high = model.variables[name].bounds[[1, -2]]
        middle = float(np.sqrt(low * high))
        middle = middle * 65 if analyte.multiple_of_limit else 1.4 if analyte.points is not None else middle
        limit = 65.0 if analyte.multiple_of_limit else None
        arrays = []
        for unit, factor in analyte.units.items():
            more = {"unit": unit, "upper_limit": None if limit is None else limit / factor}
            found = entered(model, (name, middle / factor, more)).by_finding()[name]
            arrays.append(found.factors[0].array if found.factors else found.likelihoods[0].vector)
        for other in arrays[1:]:
            np.testing.assert_allclose(other, arrays[0], rtol=1e-11, atol=1e-12)
            compared += 1
    assert compared > 15


def test_published_sentences_of_the_interface(model: Network) -> None:
    for finding, value, more in (
        ("total_calcium", "11.2 mg/dL", {}),
        ("albumin", "3.6 g/dL", {}),
        ("pth", "95 pg/mL upper 65", {}),
        ("ct_4d", "focus", {"site": "anterior_mediastinum"}),
        ("sestamibi_spect_ct", "negative|equivocal", {}),
        ("cccr", "<0.01", {}),
        ("calcium", "high", {}),
        ("ct_4d", "focus", {"site": "neck_left", "field": "neck_and_chest"}),
        ("fna_pth_washout", "high", {"site": "left_intrathyroidal"}),
        ("dialysis", "present", {}),
        ("pth", "suppressed", {}),
    ):
        observation(model, finding, value, **more)
    with pytest.raises(EvidenceError, match="is it in mmol/L"):
        observation(model, "total_calcium", 2.8, "mg/dL")
    with pytest.raises(EvidenceError, match=r"upper_limit.*result: high"):
        observation(model, "pth", 95, "pg/mL")
