"""What is listed can be entered."""

from __future__ import annotations

import pytest

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.findings_list import findings
from hpt_bayes.evidence.observation import observation
from hpt_bayes.network.network import Network


def test_rows(network: Network) -> None:
    rows = {row.name: row for row in findings(network)}
    assert "setting" not in rows
    assert "lesion" not in rows
    assert rows["ct_4d"].states == ("negative", "focus", "equivocal", "several", "diffuse")
    assert rows["ct_4d"].sites[-1] == "anterior_mediastinum"
    assert rows["ct_4d"].groups.keys() == {"focus"}
    assert rows["pth"].units[0] == "pg/mL"
    assert rows["calcium"].units == ()
    assert rows["dialysis"].states == ("present", "absent")
    assert rows["albumin"].group == "input"


def test_one_row(network: Network) -> None:
    (row,) = findings(network, "corrected_calcium")
    assert row.name == "adjusted_calcium"
    assert row.aliases == ("corrected_calcium",)
    with pytest.raises(EvidenceError, match="unknown finding"):
        findings(network, "nothing")


def test_every_listed_state_and_unit_can_be_entered(network: Network) -> None:
    for row in findings(network):
        site = "left_inferior" if row.name == "fna_pth_washout" else None
        for state in (*row.states, *row.groups):
            if row.name != "calcium" or state in row.groups:
                observation(network, row.name, state, site=site)


def test_foreign(foreign: Network) -> None:
    assert [row.group for row in findings(foreign)] == ["variable", "variable"]
