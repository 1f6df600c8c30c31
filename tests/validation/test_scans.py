"""Two scans agree when they point to one side, or to one region of the midline."""

from __future__ import annotations

import pytest

import hpt_bayes as hpt
from hpt_bayes.validation.scans import concordant, is_scan, localised


@pytest.fixture(scope="module")
def network() -> hpt.Network:
    return hpt.load_network()


@pytest.mark.parametrize(
    ("first", "second", "agree"),
    [
        ("focus@left_superior", "focus@left_superior", True),
        ("focus@left_superior", "focus@left_carotid_sheath", True),
        ("focus@left_superior", "focus@right_superior", False),
        ("focus@left_inferior", "focus@anterior_mediastinum", False),
        ("focus@anterior_mediastinum", "focus@posterior_mediastinum", True),
        ("focus@anterior_mediastinum", "focus@operative_bed", False),
        ("negative", "negative", False),
        ("several", "several", False),
    ],
)
def test_two_scans_agree(network: hpt.Network, first: str, second: str, agree: bool) -> None:
    names, holds = concordant(network, ("sestamibi_spect_ct", "ct_4d"))
    assert names == ("sestamibi_spect_ct", "ct_4d")
    states = [network.variables[name].states for name in names]
    assert holds[states[0].index(first), states[1].index(second)] == agree


@pytest.mark.parametrize(
    ("place", "first", "second", "agree"),
    [
        ("left_superior", "focus@left_superior", "focus@left_inferior", True),
        ("left_superior", "focus@left_superior", "negative", False),
        ("left_superior", "focus@right_superior", "focus@left_superior", False),
        ("mediastinal_thymus", "several", "focus@mediastinal_thymus", True),
        ("none", "several", "diffuse", False),
    ],
)
def test_both_scans_must_be_right(network: hpt.Network, place: str, first: str, second: str, agree: bool) -> None:
    names, holds = localised(network, ("sestamibi_spect_ct", "ct_4d"))
    at = [
        network.variables[name].states.index(state) for name, state in zip(names, (place, first, second), strict=True)
    ]
    assert holds[tuple(at)] == agree


def test_the_share_localised_is_the_sensitivity_of_the_table(network: hpt.Network) -> None:
    """Detected and not equivocal: the row's 0.80 less 5 % equivocal of an orthotopic gland without nodules."""
    _, holds = localised(network, ("ultrasound",))
    variable, table = network.variables["ultrasound"], network.tables["ultrasound"]
    at = {
        "gland_site": "left_superior",
        "lesion": "orthotopic_adenoma",
        "thyroid_nodules": "absent",
        "scarred_neck": "no",
    }
    levels = network.variables["conspicuity"].size
    shares = []
    for level in range(levels):
        index = [
            level if parent == "conspicuity" else network.variables[parent].states.index(at[parent])
            for parent in variable.parents
        ]
        row = table[tuple(index)]
        shares.append(float(row @ holds[network.variables["gland_site"].states.index("left_superior")]))
    assert shares == sorted(shares)
    assert shares[0] < 0.76 < shares[-1]


def test_only_studies_that_show_places_are_scans(network: hpt.Network) -> None:
    assert is_scan(network.variables["ct_4d"])
    assert not is_scan(network.variables["venous_sampling"])
    assert not is_scan(network.variables["pth"])
