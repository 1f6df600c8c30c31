"""Unit factors against pint, wherever pint knows the unit."""

from __future__ import annotations

from pathlib import Path

import pint
import pytest

from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network

GRAMS_PER_MOL = {"calcium": 40.078, "phosphate": 30.974, "creatinine": 113.12, "pth": 9425.0, "magnesium": 24.305}
GRAMS_PER_MOL |= {"vitamin_d_25": 400.64, "vitamin_d_125": 416.64}
REGISTRY = pint.UnitRegistry()


def substance(name: str) -> str | None:
    return next((each for each in GRAMS_PER_MOL if each in name), None)


def pint_factor(name: str, unit: str, own: str) -> float | None:
    """How many of `own` one `unit` is, or None when pint does not know."""
    try:
        first = REGISTRY.Quantity(1, unit.replace("24h", "day"))
        second = REGISTRY.Quantity(1, own.replace("24h", "day"))
    except (pint.UndefinedUnitError, pint.errors.DefinitionSyntaxError, ValueError, TypeError, AssertionError):
        return None
    if first.dimensionality == second.dimensionality:
        return float((first / second).to_base_units().magnitude)
    kind = substance(name)
    if kind is None or "mol" not in unit:
        return None
    as_mass = first * REGISTRY.Quantity(GRAMS_PER_MOL[kind], "g/mol")
    if as_mass.dimensionality != second.dimensionality:
        return None
    return float((as_mass / second).to_base_units().magnitude)


def check(network: Network) -> int:
    compared = 0
    for analyte in network.analytes.values():
        for unit, factor in analyte.units.items():
            expected = pint_factor(analyte.name, unit, analyte.unit)
            if expected is not None and analyte.name != "egfr":
                assert factor == pytest.approx(expected, rel=0.02), (analyte.name, unit)
                compared += 1
    return compared


def test_factors_of_the_small_network(network: Network) -> None:
    assert check(network) >= 15


def test_factors_of_the_packaged_model() -> None:
    assert check(load_network(Path(__file__).parents[2] / "models" / "hyperparathyroidism")) >= 30
