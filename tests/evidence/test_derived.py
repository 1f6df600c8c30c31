"""Adjusted calcium and clearance ratio: computed, paired by date, never counted twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.derived import Derived, derived
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.evidence.observation import Observation, observation
from hpt_bayes.network.network import Network

TOTAL = ("total_calcium", 11.2, "mg/dL")
ALBUMIN = ("albumin", 3.6, "g/dL")
URINE = (("urine_calcium", 100, "mg/24h"), ("urine_creatinine", 1000, "mg/24h"), ("serum_creatinine", 0.8, "mg/dL"))


def seen(network: Network, *entries: Any) -> list[Observation]:
    made = []
    for entry in entries:
        more = entry[-1] if isinstance(entry[-1], dict) else {}
        made.append(observation(network, *(entry[:-1] if more else entry), **more))
    return made


def of(network: Network, *entries: Any) -> Derived:
    return derived(network, seen(network, *entries))


def entered(network: Network, *entries: Any) -> EnteredEvidence:
    return interpret(network, ("persistent",), seen(network, *entries))


def on(day: str) -> dict[str, str]:
    return {"date": f"2026-03-{day}"}


def test_adjusted_calcium(network: Network) -> None:
    (reading,) = of(network, TOTAL, ALBUMIN).readings
    assert reading.analyte == "adjusted_calcium"
    assert reading.value == pytest.approx(11.52, abs=1e-12)
    assert reading.text == "11.52 mg/dL (from total_calcium 11.2 mg/dL and albumin 3.6 g/dL)"
    found = entered(network, TOTAL, ALBUMIN)
    assert "total_calcium" not in found.findings
    direct = entered(network, ("adjusted_calcium", 11.52, "mg/dL"))
    np.testing.assert_allclose(found.likelihoods[0].vector, direct.likelihoods[0].vector, rtol=1e-9, atol=1e-15)


def test_limit_and_bounds_travel_along(network: Network) -> None:
    total = ("total_calcium", 2.8, "mmol/L", {"upper_limit": 2.55})
    (reading,) = of(network, total, ("albumin", 40, "g/L")).readings
    assert reading.upper_limit == pytest.approx(2.55 * 4.008)
    (bound,) = of(network, ("total_calcium", ">12", "mg/dL"), ALBUMIN).readings
    assert (bound.value, bound.upper) == (None, None)
    assert bound.lower == pytest.approx(12.32)
    (span,) = of(network, ("total_calcium", [10, 11], "mg/dL"), ALBUMIN).readings
    assert (span.lower, span.upper) == (pytest.approx(10.32), pytest.approx(11.32))


def test_total_calcium_without_albumin_is_widened_and_said(network: Network) -> None:
    found = entered(network, TOTAL)
    assert "no albumin entered" in found.assumed["total_calcium"]
    narrow = entered(network, ("adjusted_calcium", 11.2, "mg/dL")).likelihoods[0].vector
    wide = found.likelihoods[0].vector
    assert found.likelihoods[0].variable == "usual_calcium"
    assert (wide > 0.01).sum() > (narrow > 0.01).sum()
    group = entered(network, ("total_calcium", "high"), ALBUMIN)
    assert group.likelihoods[0].variable == "total_calcium"
    assert group.notes == ("albumin 3.6 g/dL is no evidence by itself: it is used with total_calcium as a number",)


def test_entered_adjusted_calcium_beats_its_inputs(network: Network) -> None:
    found = entered(network, TOTAL, ALBUMIN, ("adjusted_calcium", 11.4, "mg/dL"))
    assert [each.finding for each in found.likelihoods] == ["adjusted_calcium"]
    assert found.not_counted_twice == (
        "total_calcium 11.2 mg/dL: adjusted_calcium is entered and already holds it",
        "albumin 3.6 g/dL: adjusted_calcium is entered and already holds it",
    )
    assert found.describe("adjusted_calcium") == "adjusted_calcium: 11.4 mg/dL"
    only = entered(network, ALBUMIN, ("adjusted_calcium", 11.4, "mg/dL"))
    assert len(only.not_counted_twice) == 1


def test_another_day_is_another_look(network: Network) -> None:
    found = entered(network, (*TOTAL, on("02")), (*ALBUMIN, on("02")), ("adjusted_calcium", 11.4, "mg/dL", on("09")))
    assert len(found.likelihoods) == 2
    assert found.not_counted_twice == ()


def test_pairing_by_date(network: Network) -> None:
    low, high = ("albumin", 3.0, "g/dL", on("02")), ("albumin", 4.0, "g/dL", on("20"))
    result = of(network, (*TOTAL, on("02")), (*TOTAL, on("20")), (*TOTAL, on("18")), low, high)
    assert [each.value for each in result.readings] == pytest.approx([12.0, 11.2, 11.2])
    assert result.assumed == [
        (
            "adjusted_calcium",
            "total_calcium 11.2 mg/dL of 2026-03-18 taken with albumin 4 g/dL of 2026-03-20, 2 days apart",
        )
    ]
    undated = of(network, TOTAL, ("albumin", 3.0, "g/dL"), ("albumin", 4.0, "g/dL"))
    assert undated.readings[0].value == pytest.approx(11.2)
    assert "taken with the last albumin entered (4 g/dL)" in undated.assumed[0][1]
    assert undated.notes == ["albumin 3 g/dL is not used: each total_calcium goes with another albumin"]
    assert of(network, TOTAL, (*ALBUMIN, on("02"))).assumed == []


def test_albumin_alone_is_no_evidence(network: Network) -> None:
    found = entered(network, ALBUMIN)
    assert found.findings == found.conditions
    assert "is no evidence by itself" in found.notes[0]


def test_adjusting_is_refused_when_it_makes_no_sense(network: Network) -> None:
    with pytest.raises(EvidenceError, match="one number is needed to adjust total_calcium"):
        of(network, TOTAL, ("albumin", "<3", "g/dL"))
    with pytest.raises(EvidenceError, match=r"adjusted_calcium 3.52 mg/dL, which is implausible \(expected 4 to 30\)"):
        of(network, ("total_calcium", 4.0, "mg/dL"), ("albumin", 4.6, "g/dL"))
    without = dict(network.analytes)
    without["albumin"] = without["albumin"].model_copy(update={"units": {"mg/mL": 1.0}, "unit": "mg/mL"})
    other = replace(network, analytes=without)
    with pytest.raises(EvidenceError, match="albumin is needed in g/dL, which the model does not list"):
        derived(other, [*seen(network, TOTAL), replace(seen(network, ALBUMIN)[0], unit="mg/mL")])
    loose = dict(network.analytes)
    loose["adjusted_calcium"] = loose["adjusted_calcium"].model_copy(update={"plausible": None})
    derived(replace(network, analytes=loose), seen(network, ("total_calcium", 4.0, "mg/dL"), ("albumin", 4.6, "g/dL")))


def test_clearance_ratio(network: Network) -> None:
    (reading,) = (each for each in of(network, TOTAL, *URINE).readings if each.analyte == "cccr")
    assert reading.value == pytest.approx(100 * 0.8 / (11.2 * 1000))
    found = entered(network, TOTAL, *URINE)
    assert found.by_finding()["cccr"].likelihoods[0].variable == "usual_urine_handling"
    assert "total_calcium" in found.findings
    assert not {"urine_calcium", "serum_creatinine"} & set(found.findings)


def test_clearance_ratio_in_other_units(network: Network) -> None:
    (reading,) = of(
        network,
        ("adjusted_calcium", 11, "mg/dL"),
        ("total_calcium", 11.2 / 4.008, "mmol/L"),
        ("urine_calcium", 100 / 40.08, "mmol/24h"),
        ("urine_creatinine", 1, "g/24h"),
        ("serum_creatinine", 0.8 * 88.4, "umol/L"),
    ).readings
    assert reading.value == pytest.approx(100 * 0.8 / (11.2 * 1000), rel=1e-12)


def test_clearance_ratio_pairs_by_date(network: Network) -> None:
    entries = [(*each, on("02")) for each in (TOTAL, *URINE)]
    later = ("serum_creatinine", 1.6, "mg/dL", on("20"))
    result = of(network, *entries, later)
    assert [each.value for each in result.readings if each.analyte == "cccr"] == pytest.approx([0.8 / 112])
    far = of(network, *entries[:-1], later)
    assert any("18 days apart" in text for _, text in far.assumed)


def test_what_the_ratio_lacks_is_named(network: Network) -> None:
    needs = " and ".join(f"{name} as a number" for name in ("urine_creatinine", "serum_creatinine", "total_calcium"))
    assert of(network, URINE[0]).notes == [f"urine_calcium: cccr is not computed, it needs {needs}"]
    assert of(network, URINE[1]).notes == ["urine_creatinine: no evidence without urine_calcium, so no cccr"]
    assert "cccr is not computed" in of(network, TOTAL, ("urine_calcium", "<2", "mg/dL"), *URINE[1:]).notes[0]
    assert of(network, ("pth", "high")).notes == []


def test_entered_ratio_beats_its_inputs(network: Network) -> None:
    found = entered(network, TOTAL, *URINE, ("cccr", 0.009))
    assert len(found.not_counted_twice) == 3
    assert found.describe("cccr") == "cccr: 0.009 ratio"
    assert "total_calcium" in found.findings


def test_concentration_and_total_do_not_mix(network: Network) -> None:
    with pytest.raises(EvidenceError, match="enter both as concentrations or both as 24 hour totals"):
        of(network, TOTAL, ("urine_calcium", 10, "mg/dL"), *URINE[1:])


def test_implausible_ratio_names_its_inputs(network: Network) -> None:
    with pytest.raises(EvidenceError, match=r"serum_creatinine 30 mg/dL.* give cccr 26.79 ratio, which is implausible"):
        of(network, TOTAL, URINE[0], ("urine_creatinine", 10, "mg/24h"), ("serum_creatinine", 30, "mg/dL"))


@pytest.mark.parametrize("screened", ["excluded", "not_done"])
def test_ratio_and_screening_are_the_same_evidence(network: Network, screened: str) -> None:
    with pytest.raises(EvidenceError, match=f"cccr and fhh_screened: {screened} are the same evidence twice"):
        of(network, ("cccr", 0.009), ("fhh_screened", screened))
    with pytest.raises(EvidenceError, match="cccr computed from urine_calcium"):
        of(network, TOTAL, *URINE, ("fhh_screened", screened))
    of(network, ("cccr", 0.009), ("fhh_screened", "not_documented"))
    of(network, TOTAL, ("fhh_screened", screened))
