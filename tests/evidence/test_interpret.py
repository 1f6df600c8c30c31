"""From observations to evidence: what enters where, what is assumed, what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.evidence.observation import Observation, observation
from hpt_bayes.network.fields import SourcedValue
from hpt_bayes.network.measurement import reading_likelihood
from hpt_bayes.network.network import Network
from hpt_bayes.network.repeated import repeated_message

SETTING = ("persistent",)
JUDGED = {"basis": "judged", "why": "for tests"}


def seen(network: Network, *entries: Any) -> list[Observation]:
    made = []
    for entry in entries:
        more = entry[-1] if isinstance(entry[-1], dict) else {}
        made.append(observation(network, *(entry[:-1] if more else entry), **more))
    return made


def entered(network: Network, *entries: Any, **more: Any) -> EnteredEvidence:
    return interpret(network, SETTING, seen(network, *entries), **more)


def refused(network: Network, *entries: Any, **more: Any) -> str:
    with pytest.raises(EvidenceError) as caught:
        entered(network, *entries, **more)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def level(evidence: EnteredEvidence, variable: str) -> np.ndarray:
    """Product of everything said about one variable."""
    vectors = [each.vector for each in evidence.likelihoods if each.variable == variable]
    product = np.prod(vectors, axis=0)
    return product / product.max()


# setting and case definition


def test_setting_and_case_definition(network: Network) -> None:
    found = entered(network)
    assert found.hard == {"setting": 2, "calcium_case_definition": 0}
    assert found.hard_finding("calcium_case_definition") == "case_definition"
    assert found.findings == found.conditions == ("setting", "case_definition")
    assert found.describe("setting") == "setting: persistent"
    assert entered(network, retracted=("case_definition",)).hard == {"setting": 2}
    assert interpret(network, ("postoperative_unclear",)).conditions == ("setting",)
    assert interpret(network, "persistent").settings == SETTING


def test_several_settings(network: Network) -> None:
    found = interpret(network, ("persistent", "recurrent", "persistent"))
    assert found.settings == ("persistent", "recurrent")
    assert found.likelihoods[0].vector.tolist() == [0, 0, 1, 1]
    assert "case_definition" in found.findings
    assert found.describe("setting") == "setting: persistent or recurrent"


def test_an_observed_case_definition_replaces_the_default(network: Network) -> None:
    found = entered(network, ("calcium_case_definition", "not_met"))
    assert found.hard["calcium_case_definition"] == 1
    assert found.hard_finding("calcium_case_definition") == "calcium_case_definition"
    assert "case_definition" not in found.findings
    assert "replaces what the setting implies" in found.assumed["case_definition"]


def test_names_are_checked(network: Network, foreign: Network) -> None:
    for arguments, message in (
        ({"settings": ()}, "a setting is needed: one of first_time"),
        ({"settings": ("persistant",)}, "unknown setting 'persistant'; nearest valid name: 'persistent'"),
        ({"settings": SETTING, "constraints": ("pregnant",)}, "unknown constraint 'pregnant'; nearest"),
        ({"settings": SETTING, "unavailable": "ct4d"}, "unknown study 'ct4d'; nearest valid name: 'ct_4d'"),
        ({"settings": SETTING, "retracted": ("setting",)}, "the setting cannot be retracted"),
        ({"settings": SETTING, "retracted": ("pth",)}, "'pth' cannot be retracted, it was not entered"),
    ):
        with pytest.raises(EvidenceError, match=message):
            interpret(network, **arguments)  # type: ignore[arg-type]
    with pytest.raises(EvidenceError, match="foreign has no settings, found setting 'persistent'"):
        interpret(foreign, SETTING)
    found = interpret(network, SETTING, (), ("pregnancy",), ("choline_pet",))
    assert (found.constraints, found.unavailable) == (("pregnancy",), ("choline_pet",))


def test_foreign_network(foreign: Network) -> None:
    found = interpret(foreign, (), [observation(foreign, "effect", "yes")])
    assert found.hard == {"effect": 2}
    assert found.conditions == ()
    with pytest.raises(EvidenceError, match=r"exclude each other: yes; a\|b; retract one"):
        interpret(foreign, (), [observation(foreign, "effect", "yes"), observation(foreign, "effect", "a|b")])


def test_retracted_findings_are_left_out(network: Network) -> None:
    found = interpret(network, SETTING, seen(network, ("age", 30), ("dialysis", "present")), retracted=("age",))
    assert "age" not in found.findings
    assert [each.finding for each in found.observations] == ["dialysis"]


# states


def test_states_sets_and_likelihoods(network: Network) -> None:
    found = entered(
        network,
        ("age", 58),
        ("dialysis", "present"),
        ("previous_operations", {"any_of": ["1", "2"]}),
        ("ct_4d", "focus@neck_left"),
        ("ultrasound", "negative"),
        ("nephrolithiasis", {"likelihood": [1, 4]}),
        ("calcium", "high"),
    )
    assert found.hard["age"] == 2
    assert found.hard["ultrasound"] == 0
    vectors = {each.variable: each.vector for each in found.likelihoods}
    assert vectors["kidney_status"].tolist() == [0, 1, 1]
    assert vectors["previous_operations"].tolist() == [0, 1, 1, 0]
    assert vectors["ct_4d"].sum() == 3
    assert vectors["nephrolithiasis"].tolist() == [0.25, 1]
    assert vectors["calcium"].sum() == 9
    by_finding = found.by_finding()
    assert by_finding["dialysis"].likelihoods[0].variable == "kidney_status"
    assert by_finding["age"].hard == {"age": 2}
    assert list(by_finding) == list(found.findings)
    with pytest.raises(ValueError, match="read-only"):
        found.likelihoods[0].vector[0] = 1
    with pytest.raises(TypeError):
        found.hard["age"] = 1  # type: ignore[index]


def test_a_nondiagnostic_study_is_no_evidence(network: Network) -> None:
    found = entered(network, ("ct_4d", "nondiagnostic"))
    assert "ct_4d" not in found.findings
    assert "no evidence" in found.notes[0]


def test_assumptions_and_notes_are_carried(network: Network) -> None:
    found = entered(network, ("ct_4d", "focus", {"largest_mm": 9}), ("pth", 95, "pg/mL", {"upper_limit": "unknown"}))
    assert "no site given" in found.assumed["ct_4d"]
    assert "upper limit unknown" in found.assumed["pth"]
    assert "ct_4d: largest_mm (9.0) is recorded, not used as evidence" in found.notes


def test_repeated_scans_are_correlated_draws_over_their_parents(network: Network) -> None:
    found = entered(network, ("ct_4d", "negative"), ("ct_4d", "focus@left_inferior"))
    (factor,) = found.factors
    states = network.variables["ct_4d"].states
    vectors = np.eye(len(states))[[0, states.index("focus@left_inferior")]]
    expected = repeated_message(network.tables["ct_4d"], vectors, 0.1)
    assert factor.scope == ("gland_site", "lesion")
    assert factor.finding == "ct_4d"
    np.testing.assert_allclose(factor.array, expected, rtol=1e-12)
    assert factor.array.min() > 0
    assert found.describe("ct_4d") == "ct_4d: negative; focus@left_inferior"
    one_parent = entered(network, ("cytology", "thyroid"), ("cytology", "parathyroid"))
    assert one_parent.likelihoods[0].variable == "lesion"


def test_order_of_readings_does_not_matter(network: Network) -> None:
    pair = [("ct_4d", "negative"), ("ct_4d", "focus@left_inferior")]
    first, second = entered(network, *pair), entered(network, *reversed(pair))
    np.testing.assert_allclose(first.factors[0].array, second.factors[0].array, rtol=1e-14)


def test_facts_told_twice(network: Network) -> None:
    assert entered(network, ("nephrolithiasis", "present"), ("nephrolithiasis", "present")).hard["nephrolithiasis"] == 1
    told = entered(network, ("nephrolithiasis", "present"), ("nephrolithiasis", "absent"))
    assert told.likelihoods[0].vector.tolist() == [1, 1]
    assert "exclude each other" in told.assumed["nephrolithiasis"]
    narrowed = entered(network, ("age", ">30"), ("age", "<60"))
    assert narrowed.likelihoods[0].vector.tolist() == [0, 1, 1, 0]
    assert "age was entered with values that exclude each other: 30 years; 70 years" in refused(
        network, ("age", 30), ("age", 70)
    )


def test_washout_is_evidence_on_the_place(network: Network) -> None:
    found = entered(network, ("fna_pth_washout", "high@left_inferior"), ("fna_pth_washout", "low@right_inferior"))
    sites = network.variables["gland_site"].states
    tables = network.target_tables["fna_pth_washout"]
    assert [each.variable for each in found.likelihoods] == ["gland_site", "gland_site"]
    expected = tables[sites.index("left_inferior")][:, 0]
    np.testing.assert_allclose(found.likelihoods[0].vector, expected, rtol=1e-12)
    expected = tables[sites.index("right_inferior")][:, 2]
    np.testing.assert_allclose(found.likelihoods[1].vector, expected, rtol=1e-12)
    twice = entered(network, ("fna_pth_washout", "high@left_inferior"), ("fna_pth_washout", "low@left_inferior"))
    expected = repeated_message(tables[sites.index("left_inferior")], np.eye(4)[[0, 2]], 0.3)
    np.testing.assert_allclose(twice.likelihoods[0].vector, expected, rtol=1e-12)


# numbers


def test_numbers_are_evidence_on_the_level(network: Network) -> None:
    found = entered(network, ("phosphate", 2.4, "mg/dL"), ("phosphate", 2.6, "mg/dL"))
    variable, analyte = network.variables["usual_phosphate"], network.analytes["phosphate"]
    expected = reading_likelihood(variable, analyte, 2.4) * reading_likelihood(variable, analyte, 2.6)
    np.testing.assert_allclose(level(found, "usual_phosphate"), expected / expected.max(), rtol=1e-12, atol=1e-12)
    assert {each.finding for each in found.likelihoods} == {"phosphate"}
    assert found.describe("phosphate") == "phosphate: 2.4 mg/dL; 2.6 mg/dL"


def test_corrupted_readings_are_a_factor_with_the_assay(network: Network) -> None:
    found = entered(network, ("pth", "95 pg/mL upper 65"))
    (factor,) = found.factors
    assert factor.scope == ("usual_pth", "pth_assay")
    assert np.ptp(factor.array[:, 1]) == pytest.approx(0, abs=1e-15)
    multiple = entered(network, ("pth", 95 / 65, "xULN"))
    np.testing.assert_allclose(multiple.factors[0].array, factor.array, rtol=1e-12)


def test_groups_of_a_measurement(network: Network) -> None:
    once = entered(network, ("pth", "high"))
    assert once.likelihoods[0].variable == "pth"
    twice = entered(network, ("pth", "high"), ("pth", "normal"))
    table = network.tables["pth"]
    states = network.variables["pth"].states
    for factor, group in zip(twice.factors, ("high", "normal"), strict=True):
        inside = np.array([state in network.variables["pth"].groups[group] for state in states], dtype=float)
        expected = table @ inside
        np.testing.assert_allclose(factor.array, expected, rtol=1e-12)
    mixed = entered(network, ("calcium", "high"), ("adjusted_calcium", 11, "mg/dL"))
    assert {each.variable for each in mixed.likelihoods} == {"calcium", "usual_calcium"}


def test_numbers_far_apart_are_improbable_not_impossible(network: Network) -> None:
    found = entered(network, ("adjusted_calcium", 5, "mg/dL"), ("adjusted_calcium", 29.5, "mg/dL"))
    low, high = (each.vector for each in found.likelihoods)
    assert (low.argmax(), high.argmax()) == (0, low.size - 1)
    assert min(low.min(), high.min()) == 1e-12


def test_a_number_beyond_every_step_takes_the_outer_step(network: Network) -> None:
    sharp = {**JUDGED, "value": 0.001}
    analytes = {
        name: each.model_copy(
            update={"analytical_cv": SourcedValue(**sharp), "within_person_cv": None, "plausible": (1e-3, 1e6)}
        )
        for name, each in network.analytes.items()
    }
    exact = replace(network, analytes=analytes)
    high = entered(exact, ("adjusted_calcium", 500, "mg/dL"))
    assert high.likelihoods[0].vector.argmax() == high.likelihoods[0].vector.size - 1
    said = "500 mg/dL lies beyond the steps of usual_calcium and is read as 14.5_or_over"
    assert high.assumed["adjusted_calcium"] == said
    low = entered(exact, ("adjusted_calcium", 0.1, "mg/dL"))
    assert low.likelihoods[0].vector.argmax() == 0
    array = entered(exact, ("pth", "900000 pg/mL upper 65")).factors[0].array
    assert array[-1].tolist() == [1, 1]
    assert array[0].max() == 1e-12


# exact conversions: the same patient in two unit systems

calcium = st.floats(min_value=7, max_value=16)
pth = st.floats(min_value=5, max_value=2000)
limits = st.floats(min_value=40, max_value=100)
albumins = st.floats(min_value=2, max_value=5)
phosphates = st.floats(min_value=1.2, max_value=9)


@given(calcium, albumins, pth, limits, phosphates)
def test_conventional_and_si_units_agree(
    network: Network, calcium: float, albumin: float, pth: float, limit: float, phosphate: float
) -> None:
    units = {name: each.units for name, each in network.analytes.items()}
    conventional = entered(
        network,
        ("total_calcium", calcium, "mg/dL"),
        ("albumin", albumin, "g/dL"),
        ("pth", pth, "pg/mL", {"upper_limit": limit}),
        ("phosphate", phosphate, "mg/dL"),
    )
    pmol = units["pth"]["pmol/L"]
    si = entered(
        network,
        ("total_calcium", calcium / units["total_calcium"]["mmol/L"], "mmol/L"),
        ("albumin", albumin / units["albumin"]["g/L"], "g/L"),
        ("pth", pth / pmol, "pmol/L", {"upper_limit": limit / pmol}),
        ("phosphate", phosphate / units["phosphate"]["mmol/L"], "mmol/L"),
    )
    for first, second in zip(conventional.likelihoods, si.likelihoods, strict=True):
        assert first.variable == second.variable
        np.testing.assert_allclose(first.vector, second.vector, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(conventional.factors[0].array, si.factors[0].array, rtol=1e-9, atol=1e-12)


def test_child_needs_the_laboratory_s_limit(network: Network) -> None:
    child = ("age", 12)
    message = refused(network, child, ("adjusted_calcium", 11.2, "mg/dL"))
    assert message.startswith(
        "adjusted_calcium 11.2 mg/dL: under 18 years the limits of adults do not hold; give upper"
    )
    assert "under 18 years" in refused(network, child, ("pth", 95, "pg/mL", {"upper_limit": "unknown"}))
    assert "under 18 years" in refused(network, child, ("total_calcium", 11.2, "mg/dL"), ("albumin", 4, "g/dL"))
    entered(
        network,
        child,
        ("total_calcium", 11.2, "mg/dL", {"upper_limit": 10.8}),
        ("albumin", 4, "g/dL"),
        ("pth", 2.1, "xULN"),
        ("calcium", "high"),
        ("phosphate", 4.5, "mg/dL"),
    )
    entered(network, ("age", {"any_of": ["below_18", "18_to_40"]}), ("adjusted_calcium", 11.2, "mg/dL"))
    entered(network, ("age", 40), ("adjusted_calcium", 11.2, "mg/dL"))
    no_age = replace(network, variables={k: v for k, v in network.variables.items() if k != "age"})
    entered(no_age, ("adjusted_calcium", 11.2, "mg/dL"))


def test_limit_of_the_laboratory_moves_calcium(network: Network) -> None:
    usual = entered(network, ("adjusted_calcium", 10.8, "mg/dL"))
    same = entered(network, ("adjusted_calcium", 10.8, "mg/dL", {"upper_limit": 10.5}))
    np.testing.assert_allclose(level(usual, "usual_calcium"), level(same, "usual_calcium"), rtol=1e-12)
    lower = entered(network, ("adjusted_calcium", 10.8, "mg/dL", {"upper_limit": 10.0}))
    scaled = entered(network, ("adjusted_calcium", 10.8 * 10.5 / 10.0, "mg/dL"))
    np.testing.assert_allclose(level(lower, "usual_calcium"), level(scaled, "usual_calcium"), rtol=1e-9)
