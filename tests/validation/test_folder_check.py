"""A deliberate error in each kind of file: `hpt-bayes check` names file, line and column, and says it once."""

# ruff: noqa: E501  (one case a line, to be read as a table)

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from packaged import network

from hpt_bayes.cli import main
from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.bibliography import check_bibliography
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.load import models_folder
from hpt_bayes.network.network import Network
from hpt_bayes.validation.card import check_card
from hpt_bayes.validation.cases_read import check_cases
from hpt_bayes.validation.expectations import check_expectations
from hpt_bayes.validation.folder_check import CHECKS
from hpt_bayes.validation.targets import check_targets

MODEL = "hyperparathyroidism"
OWN = {
    "targets.yaml": check_targets, "expectations.yaml": check_expectations, "references.bib": check_bibliography,
    "card.template.md": check_card,
}  # fmt: skip


class Error(NamedTuple):
    """Replace the first `old` by `new` in `file`; the one line about it says this, at the line of the edit."""

    file: str
    old: str
    new: str
    says: str


LOADED = [
    Error("network.yaml", "unless_shown: {prior_normal_calcium: present}", "unless_shown: {prior_normal_calcium: presnt}", "found 'presnt'; nearest valid name: 'present'"),
    Error("context.yaml", "role: context", "role: contex", "found the text 'contex'; nearest valid name: 'context'"),
    Error("etiology.yaml", "p: [0.22, 0.53, 0.235, 0.015]", "p: [0.22, 0.53, 0.235, 0.115]", "expected a row that sums to 1, found the sum 1.1"),
    Error("anatomy.yaml", "basis: judged", "basis: jugded", "found the text 'jugded'; nearest valid name: 'judged'"),
    Error("examination.yaml", "{hormone_class: [SA, MGD], phenotype: screen_detected}", "{hormone_class: [SA, MDG], phenotype: screen_detected}", "found 'MDG'; nearest valid name: 'MGD'"),
    Error("labs.yaml", "evidence: [bhan_alp]", "evidence: [bhan_lap]", "found 'bhan_lap'; nearest valid name: 'bhan_alp'"),
    Error("operation.yaml", "ess: ", "es: ", "expected a known key, found 'es'; nearest valid name: 'ess'"),
    Error("imaging.yaml", "p: 0.66, ess: 6", "p: 1.66, ess: 6", "expected a number of at most 1 for p"),
    Error("studies.yaml", "reveals: [vocal_cord_palsy]", "reveals: [vocal_cord_plasy]", "found 'vocal_cord_plasy'; nearest valid name: 'vocal_cord_palsy'"),
    Error("management.yaml", "classes: [drug], value", "classes: [drugs], value", "expected a class, found 'drugs'; nearest valid name: 'drug'"),
    Error("cautions.yaml", "unless: [fhh_panel]", "unless: [fhh_pannel]", "found 'fhh_pannel'; nearest valid name: 'fhh_panel'"),
    Error("evidence/labs.csv", "(sensitivity for FHH),0.81,", "(sensitivity for FHH),O.81,", "expected a number or nothing as value, found 'O.81' for 'chr_cccr010_fhh'"),
]  # fmt: skip
BESIDE = [
    Error("targets.yaml", "event: {lesion: carcinoma}", "event: {lesion: carcinom}", "found 'carcinom'; nearest valid name: 'carcinoma'"),
    Error("targets.yaml", "evidence: [kra_cccr010]", "evidence: [kra_cccr100]", "found 'kra_cccr100'; nearest valid name: 'kra_cccr010'"),
    Error("targets.yaml", "pth: 1100 pg/mL upper 65", "pth: 1100 pg/mmL upper 65", "unknown unit 'pg/mmL'"),
    Error("targets.yaml", "among: [ultrasound,", "among: [ultrasonud,", "found 'ultrasonud'; nearest valid name: 'ultrasound'"),
    Error("targets.yaml", "constraints: [tracheostomy]", "constraints: [tracheotomy]", "found 'tracheotomy'; nearest valid name: 'tracheostomy'"),
    Error("expectations.yaml", "leads: [urine_collection_24h]", "leads: [urine_colection_24h]", "nearest valid name: 'urine_collection_24h'"),
    Error("expectations.yaml", "advice: [workup_pth_independent]", "advice: [workup]", "expected a known name under advice, found 'workup'"),
    Error("expectations.yaml", "required: [laryngoscopy]", "required: [larnygoscopy]", "nearest valid name: 'laryngoscopy'"),
    Error("expectations.yaml", '"mri_contrast:sensitivity[7].p"', '"mri_contrast:sensitivty[7].p"', "expected a number of the model, found 'mri_contrast:sensitivty[7].p'"),
    Error("expectations.yaml", "after: [ct_4d, sestamibi_spect_ct]", "after: [ct_4d, mri_contrast]", "found 'mri_contrast'"),
    Error("references.bib", "evidence = {agha_time}", "evidence = {agha_tme}", "found 'agha_tme'; nearest valid name: 'agha_time'"),
    Error("references.bib", "@article{agha2012eur,", "@article{agarwal2013clin,", "expected each entry once, found 'agarwal2013clin' again"),
    Error("card.template.md", "{version}", "{verson}", "found 'verson'; nearest valid name: 'version'"),
    Error("card.template.md", "{made}", "{made", "expected a figure in braces, found a brace alone"),
    Error("../cases/fhh-trap.yaml", "value: 31, unit: years", "value: 31, unit: yeers", "age: unknown unit 'yeers'"),
    Error("../cases/published/fhh1_16f.yaml", "setting: first_time", "setting: frist_time", "unknown setting 'frist_time'; nearest valid name: 'first_time'"),
    Error("../cases/published/labels.yaml", "accept: [fhh]", "accept: [fhhh]", "unknown diagnosis 'fhhh'; nearest valid name: 'fhh'"),
    Error("../cases/published/labels.yaml", "misleading: [pth, cccr]", "misleading: [pht, cccr]", "expected a finding of fhh1_low_pth_high_feca_54f under misleading, found 'pht'"),
    Error("../cases/published/labels.yaml", "setting: first_time", "setting: recurrent", "expected the setting of fhh1_low_pth_high_feca_54f, first_time, found 'recurrent'"),
]  # fmt: skip


def copied(folder: Path) -> Path:
    """The model with the cases beside it."""
    for name in (MODEL, "cases"):
        shutil.copytree(models_folder() / name, folder / name)
    return folder / MODEL


def broken(folder: Path, error: Error) -> str:
    """Write one error; return its file:line."""
    path = (folder / error.file).resolve()
    text = path.read_text(encoding="utf-8")
    assert error.old in text, error
    path.write_text(text.replace(error.old, error.new, 1), encoding="utf-8")
    return f"{path}:{text.count(chr(10), 0, text.index(error.old)) + 1}:"


def checked(folder: Path) -> list[str]:
    """The faults that `hpt-bayes check` finds, as it prints them but for the line breaks."""
    result = CliRunner().invoke(main, ["check", "--model", str(folder), "--json"])
    assert result.exit_code == 2
    found = json.loads(result.stdout)["faults"]
    return [f"{each['file']}:{each['line']}:{each['column']}: {each['message']}" for each in found]


@pytest.fixture(scope="module")
def of_loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[Error, str]]:
    """One error in every file that is loaded, all at once: what is said, and where each error is."""
    folder = copied(tmp_path_factory.mktemp("loaded").resolve())
    places = {error: broken(folder, error) for error in LOADED}
    return checked(folder), places


@pytest.mark.parametrize("error", LOADED, ids=[each.file for each in LOADED])
def test_an_error_in_a_model_file_is_one_line(of_loaded: tuple[list[str], dict[Error, str]], error: Error) -> None:
    said, places = of_loaded
    about = [line for line in said if line.startswith(places[error])]
    assert len(about) == 1
    assert error.says in about[0]
    assert len(said) == len(LOADED), "no fault is said of what is right"


@pytest.mark.parametrize("error", BESIDE, ids=[f"{each.file}: {each.new}" for each in BESIDE])
def test_an_error_beside_the_model_is_one_line(tmp_path: Path, error: Error) -> None:
    folder = copied(tmp_path.resolve())
    place = broken(folder, error)
    said = faults_of(folder, OWN.get(error.file, check_cases))
    assert [line.startswith(place) for line in said] == [True], said
    assert error.says in said[0]


def faults_of(folder: Path, *checks: Callable[[Network, Faults], None]) -> Sequence[str]:
    """What some of the checks beside the model find, all by default, without loading it again."""
    faults = Faults(collect=True)
    for check in checks or CHECKS:
        with faults.caught():
            check(replace(network(), path=str(folder)), faults)
    return [str(each) for each in faults.found]


def test_errors_beside_the_model_are_said_together(tmp_path: Path) -> None:
    folder = copied(tmp_path.resolve())
    chosen = {error.file: error for error in BESIDE}
    places = [broken(folder, error) for error in chosen.values()]
    said = checked(folder)
    assert sorted(re.match(r".*?:\d+:", line)[0] for line in said) == sorted(places)  # type: ignore[index]


def test_labels_and_case_files_belong_together(tmp_path: Path) -> None:
    folder = copied(tmp_path.resolve())
    published = folder.parent / "cases" / "published"
    (published / "fhh1_16f.yaml").rename(published / "fhh1_17f.yaml")
    said = faults_of(folder, check_cases)
    assert len(said) == 2
    assert any("labels.yaml" in line and "expected the case file fhh1_16f.yaml" in line for line in said)
    assert any("expected a label of 'fhh1_17f' in labels.yaml" in line for line in said)


def test_an_expectation_needs_something_expected(tmp_path: Path) -> None:
    folder = copied(tmp_path.resolve())
    text = "expectations:\n- {name: a, setting: first_time, findings: {pth: high}}\n"
    text += "- {name: b, setting: first_time, rises: [fhh]}\n"
    text += '- {name: c, setting: first_time, advice: [observe], numbers: ["fhh:rows[2].p.present"]}\n'
    text += "- {name: d, setting: renal_secondary, advice: [observe], findings: {adjusted_calcium: 9.6}}\n"
    (folder / "expectations.yaml").write_text(text, encoding="utf-8")
    said = faults_of(folder, check_expectations)
    assert len(said) == 4
    for line, words in zip(
        said, ("found nothing", "rises and after together", "why beside numbers", "unit"), strict=True
    ):
        assert words in line


def test_a_bibliography_lists_every_cited_number_once_and_nothing_else(tmp_path: Path) -> None:
    folder = copied(tmp_path.resolve())
    path = folder / "references.bib"
    entries = path.read_text(encoding="utf-8")
    path.write_text(entries.replace("evidence = {agha_time}", "evidence = {aga_vdd}"), encoding="utf-8")
    assert any(
        "expected one source of 'aga_vdd', found it again" in line for line in faults_of(folder, check_bibliography)
    )
    path.write_text(entries.replace("evidence = {agha_time},", ""), encoding="utf-8")
    assert any(
        "expected evidence = {keys} in 'agha2012eur', found none" in line
        for line in faults_of(folder, check_bibliography)
    )
    path.write_text(
        entries.replace("evidence = {agha_time},", "evidence = {agha_time},\n  note = {open,"), encoding="utf-8"
    )
    assert any("expected every brace of 'agha2012eur' closed" in line for line in faults_of(folder, check_bibliography))
    path.write_text(entries.replace("evidence = {agha_time}", "evidence = {jsr_failure}"), encoding="utf-8")
    said = faults_of(folder, check_bibliography)
    assert any("operation.yaml" in line and "expected the source of 'agha_time'" in line for line in said)
    assert any("expected a source that some file of the model cites, found 'agha2012eur'" in line for line in said)
    path.write_bytes(entries.encode().replace(b"agha_time", b"\xff"))
    assert any("expected UTF-8 text, found the byte 0xff" in line for line in faults_of(folder, check_bibliography))


def test_a_folder_without_these_files_has_nothing_to_check(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == []


def test_a_file_beside_the_model_that_says_nothing_or_is_no_text(tmp_path: Path) -> None:
    beside = replace(network(), path=str(tmp_path))
    (tmp_path / "network.yaml").write_text("id: empty\n")
    (tmp_path / "references.bib").write_text("")
    (tmp_path / "card.template.md").write_bytes(b"# Card\n\xe9\n")
    with pytest.raises(ModelFileError, match=r"references.bib: expected entries like @article{name, ...}, found none"):
        check_bibliography(beside, Faults())
    with pytest.raises(ModelFileError, match=r"card.template.md:2:1: expected UTF-8 text, found the byte 0xe9"):
        check_card(beside, Faults())
