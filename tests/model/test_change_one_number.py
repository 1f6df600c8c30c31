"""The walkthrough of models/README.md, carried out as it stands there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import hpt_bayes as hpt
from hpt_bayes.display.numbers import percent
from hpt_bayes.network.check import check_network
from hpt_bayes.network.load import models_folder
from hpt_bayes.validation.folder_check import check_folder

CASE = "persistent-all-negative"
ROW = re.compile(r"(\{when: \{gland_site: mediastinum, [^}]*\}), (p: .*?)\}\n", re.DOTALL)


@pytest.fixture(scope="module")
def readme() -> str:
    return (models_folder() / "README.md").read_text(encoding="utf-8")


def found_in(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, pattern
    return found[1]


def test_a_clinician_changes_one_number_and_sees_the_effect(tmp_path: Path, readme: str) -> None:
    before = hpt.read_case(CASE).posterior()
    folder = tmp_path / "mine" / "hyperparathyroidism"
    shutil.copytree(models_folder(), tmp_path / "mine")
    imaging = folder / "imaging.yaml"
    text = imaging.read_text(encoding="utf-8")
    start = text.index("- name: ct_4d\n")
    row = ROW.search(text, start)
    assert row is not None
    assert row[2].startswith("p: 0.75")
    written = found_in(r"write `(p: 0.5[^`]*)`", readme)
    imaging.write_text(text[: row.start(2)] + written + text[row.end(2) :], encoding="utf-8")
    (fault,) = check_network(folder)
    assert found_in(r"line and column: `([^`]*)`", readme) in fault.message
    with (folder / "evidence" / "imaging.csv").open("a", encoding="utf-8") as file:
        file.write(found_in(r"`(our_ct4d_chest,[^`]*)`", readme) + "\n")
    (fault,) = check_folder(folder).faults
    assert fault.message == "expected the source of 'our_ct4d_chest' in references.bib, found none"
    entry = found_in(r"`(@misc\{own2026[^`]*)`", readme).replace(", note", ",\n  note").replace(", ", ",\n  ")
    with (folder / "references.bib").open("a", encoding="utf-8") as file:
        file.write(f"\n{entry}\n")
    assert check_folder(folder).faults == ()

    after = hpt.read_case(CASE, hpt.load_network(folder)).posterior()
    chest = (percent(before.approaches["chest"]), percent(after.approaches["chest"]))
    ectopic = (percent(before.diagnoses["ectopic_adenoma"]), percent(after.diagnoses["ectopic_adenoma"]))
    assert f"from {chest[0]} to {chest[1]}" in readme
    assert f"missed ectopic adenoma from {ectopic[0]} to {ectopic[1]}" in readme
    assert f"(chest {chest[0]}," in readme
    for name in ("supernumerary_gland", "orthotopic_adenoma"):
        assert percent(before.diagnoses[name]) == found_in(r"orthotopic adenoma (\d+ %) each", readme)
    assert after.model.digest != before.model.digest
