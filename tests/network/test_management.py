"""management.yaml: every fault with its place, and the expansion of its parts against a plain loop."""

# ruff: noqa: E501  (one case a line, to be read as a table)

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from small_management import MANAGEMENT, network_with_actions, write_small_management
from small_model import small_network, write_small_model

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.check import check_network
from hpt_bayes.network.load import load_network
from hpt_bayes.network.management import Grades, Management, read_grades
from hpt_bayes.network.utilities import expand_utilities


class Case(NamedTuple):
    """Replace `old` by `new` in the file; the fault stands at `needle` (its first place in the new file)."""

    name: str
    old: str
    new: str
    needle: str
    says: str


GLAND = "- {name: gland, classes: [single, several], value: {met: 0.3, not_met: 0.1}, range: [0.2, 0.4]}"
CHEST = "relief: [{name: found, classes: [single], regions: [target], value: 0.9, range: [0.8, 0.95]}]"

CASES = [
    # records
    Case("unknown key", "label: Observe, kind", "label: Observe, requirs: [gene], kind", "requirs", "nearest valid name: 'requires'"),
    Case("no uncertainty", "- {name: fhh, classes: [fhh], value: 0.05, range: [0.01, 0.1]}", "- {name: fhh, classes: [fhh], value: 0.05}", "{name: fhh, classes", "add ess or range"),
    Case("number too large", "value: 0.05, range: [0.01", "value: 1.05, range: [0.01", "1.05", "expected a number between 0 and 1, found the number 1.05"),
    Case("number below zero", "{met: 0.3, not_met: 0.1}", "{met: 0.3, not_met: -0.1}", "-0.1", "expected a number between 0 and 1, found the number -0.1"),
    Case("text for number", "{met: 0.3, not_met: 0.1}", "{met: 0.3, not_met: low}", "low}", "expected a number, found the text 'low'"),
    Case("true for number", "value: 0.05, range: [0.01", "value: true, range: [0.01", "true, range", "expected a number"),
    Case("no numbers", "{met: 0.3, not_met: 0.1}", "{}", "{}, range", "found an empty mapping"),
    Case("kind", "kind: observation", "kind: observtion", "observtion", "nearest valid name: 'observation'"),
    Case("kind of a loss", "kinds: [operation], value: 0.1", "kinds: [opration], value: 0.1", "opration]", "nearest valid name: 'operation'"),
    Case("no times", "times: 2", "times: 0", "0, missing", "expected a number of at least 1 for times"),
    Case("no lines", "lines: [suppressed_pth]", "lines: []", "[], kinds", "expected at least 1 entries in lines"),
    # names
    *(
        Case(f"{what} twice", old, new, needle, f"expected each {what} once, found {name!r} again")
        for what, name, old, new, needle in (
            ("class", "fhh", "- {name: several, label: Several", "- {name: fhh, label: Several", "fhh, label: Several"),
            ("region", "left", "- {name: right, label: right", "- {name: left, label: right", "left, label: right"),
            ("indication", "met", "- name: not_met", "- name: met", "met\n  label: No criterion"),
            ("risk", "first", "- {name: again", "- {name: first", "first, label: Operated"),
            ("cost", "gland", "- {name: fhh, classes: [fhh]", "- {name: gland, classes: [fhh]", "gland, classes: [fhh]"),
            ("harm", "nothing", "- {name: neck, value", "- {name: nothing, value", "nothing, value: {first"),
            ("loss", "needless", "- name: wrong_side", "- name: needless", "needless\n  classes: [single]"),
            ("requirement", "calcium_twice", "- {name: gene, applies", "- {name: calcium_twice, applies", "calcium_twice, applies"),
            ("block", "suppressed", "- {name: child, lines", "- {name: suppressed, lines", "suppressed, lines: [young]"),
            ("action", "observe", "- name: ask_family", "- name: observe", "observe\n  label: Ask"),
            ("relief of focused", "found", "- {name: beside_it", "- {name: found", "found, classes: [single, several]"),
        )
    ),
    # classes and regions
    Case("state of a class", "when: [{lesion: hyperplasia}", "when: [{lesion: hyperplasie}", "hyperplasie", "nearest valid name: 'hyperplasia'"),
    Case("variable of a class", "{syndrome: men1, lesion: adenoma}", "{syndrom: men1, lesion: adenoma}", "syndrom: men1", "expected a variable in this event"),
    Case("a class beside the targets", "{syndrome: men1, lesion: adenoma}", "{lesion_size: large, lesion: adenoma}", "lesion_size: large", "expected a variable the diagnoses or the place are about, found 'lesion_size'"),
    Case("site group", "when: {gland_site: neck_left}", "when: {gland_site: nek_left}", "nek_left", "nearest valid name: 'neck_left'"),
    Case("classes that leave a gap", "- {name: none, label: No disease, when: {lesion: none}}", "- {name: none, label: No disease, when: {lesion: none, syndrome: none}}", "\n- {name: fhh, label: FHH", "expected classes that cover everything, found none for"),
    Case("regions that leave a gap", "[multiple, none]", "multiple", "\n- {name: left, label", "expected regions that cover everything, found none for {gland_site: none}"),
    # indications and risks
    Case("a hidden indication", "when: {age: child}", "when: {lesion: adenoma}", "lesion: adenoma}, share", "expected something that can be entered, found 'lesion'"),
    Case("shares", "share: {value: 0.7", "share: {value: 0.6", "\n- {name: met", "expected shares of the indications that sum to 1, found 0.9"),
    Case("no else", "label: Operated before}", "label: Operated before, when: {setting: persistent}}", "{setting: persistent}}\nuntreated", "expected a last risk without when"),
    Case("else too early", "label: First operation, when: {setting: first_time}}", "label: First operation}", "{name: first", "expected when for the risk first, found none"),
    # numbers
    Case("half the indications", "{met: 0.3, not_met: 0.1}", "{met: 0.3}", "{met: 0.3}", "expected a number for each of met, not_met or first, again, found met"),
    Case("a mixture of cases", "{first: 0.02, again: 0.06}", "{first: 0.02, met: 0.06}", "{first: 0.02", "found first, met"),
    Case("class of a cost", GLAND, GLAND.replace("several", "severl"), "[single, severl]", "expected a class, found 'severl'; nearest valid name: 'several'"),
    Case("a class without a cost", GLAND, GLAND.replace(", several", ""), "\n- {name: gland", "expected the untreated cost of every class, found none for 'several'"),
    Case("a class with two costs", "classes: [none], value: 0,", "classes: [none, fhh], value: 0,", "[none, fhh], value: 0,", "expected the untreated cost of each class once, found 'fhh' again; first in fhh"),
    Case("class of a loss", "classes: [none, fhh]", "classes: [nonne, fhh]", "[nonne, fhh]", "expected a class, found 'nonne'"),
    Case("region of a loss", "regions: [elsewhere]\n", "regions: [elswhere]\n", "[elswhere]", "expected a region, found 'elswhere'; nearest valid name: 'elsewhere'"),
    Case("spared", "spared: [bilateral]", "spared: [bilatral]", "[bilatral]", "expected an action, found 'bilatral'"),
    # actions
    Case("setting", "settings: [persistent]", "settings: [persistant]", "[persistant]", "expected a setting, found 'persistant'; nearest valid name: 'persistent'"),
    Case("target", "target: [left, right]", "target: [left, wright]", "[left, wright]", "expected a region, found 'wright'"),
    Case("harm", "kind: observation, harm: nothing", "kind: observation, harm: nothin", "nothin}", "expected a harm, found 'nothin'"),
    Case("requirement", "requires: [calcium_twice, gene]", "requires: [calcium_twise, gene]", "[calcium_twise", "expected a requirement, found 'calcium_twise'"),
    Case("class of a relief", "classes: [fhh], value: 0.9", "classes: [fh], value: 0.9", "[fh], value", "expected a class, found 'fh'"),
    Case("region of a relief", CHEST, CHEST.replace("[target]", "[cest]"), "[cest]", "expected a region, found 'cest'"),
    Case("target of an aimless action", "regions: [left, right, elsewhere_or_none]", "regions: [left, right, target]", "[left, right, target]", "expected a region, found 'target'"),
    Case("contraindication", "{family_history: known_syndrome}", "{family_history: known_sindrome}", "known_sindrome", "nearest valid name: 'known_syndrome'"),
    Case("a hidden contraindication", "{family_history: known_syndrome}", "{syndrome: men1}", "syndrome: men1}, reason", "expected something that can be entered, found 'syndrome'"),
    Case("source", "source: [series_a]}\n  - {when: [{setting", "source: [serie_a]}\n  - {when: [{setting", "[serie_a]", "expected an evidence key or a text, found 'serie_a'"),
    # requirements and blocks
    Case("nothing settles it", "shown: {gene: negative}, entered: [family_history], ", "", "{name: gene, applies", "expected shown or entered for gene, found neither"),
    Case("applies", "applies: {setting: persistent}", "applies: {setting: persistant}", "persistant}", "nearest valid name: 'persistent'"),
    Case("shown", "shown: {gene: negative}", "shown: {gene: negativ}", "negativ}", "nearest valid name: 'negative'"),
    Case("entered", "entered: [family_history]", "entered: [family_histry]", "[family_histry]", "expected a finding, found 'family_histry'; nearest valid name: 'family_history'"),
    Case("stop line", "lines: [young]", "lines: [yung]", "[yung]", "expected a stop line, found 'yung'; nearest valid name: 'young'"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fault(case: Case, tmp_path: Path) -> None:
    assert case.old in MANAGEMENT
    text = MANAGEMENT.replace(case.old, case.new, 1)
    folder = write_small_management(tmp_path / "small", text)
    needle = case.needle.removeprefix("\n")
    before = text[: text.index(needle)]
    with pytest.raises(ModelFileError) as caught:
        load_network(folder)
    assert case.says in caught.value.message
    assert caught.value.file == str(folder / "management.yaml")
    assert caught.value.line == before.count("\n") + 1
    assert str(caught.value) in {str(fault) for fault in check_network(folder)}


def test_provenance_is_asked_for(tmp_path: Path) -> None:
    folder = write_small_management(tmp_path / "small", MANAGEMENT.replace("why: for the test\n", "", 1))
    with pytest.raises(ModelFileError, match="add why"):
        load_network(folder)


def test_check_collects_the_faults(tmp_path: Path) -> None:
    text = MANAGEMENT.replace("harm: nothing}", "harm: nothin}", 1).replace("lines: [young]", "lines: [yung]", 1)
    found = check_network(write_small_management(tmp_path / "small", text))
    assert [fault.message.split(";")[0] for fault in found] == [
        "expected a stop line, found 'yung'",
        "expected a harm, found 'nothin'",
    ]


def test_a_fault_elsewhere_is_not_reported_twice(tmp_path: Path) -> None:
    folder = write_small_management(tmp_path / "small")
    path = folder / "findings.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("- name: gene\n  role: finding", "- name: gene\n  role: fnding")
    )
    assert {Path(str(fault.file)).name for fault in check_network(folder)} == {"findings.yaml"}


def test_a_folder_without_the_file_has_no_management(tmp_path: Path) -> None:
    assert load_network(write_small_model(tmp_path / "small")).management is None
    assert small_network().management is None


def test_a_useless_file(tmp_path: Path) -> None:
    folder = write_small_management(tmp_path / "small", "# nothing\n")
    with pytest.raises(ModelFileError, match="expected a mapping, found an empty file"):
        load_network(folder)


def test_grades_are_read_once() -> None:
    grades = Grades(None, (0.3,))
    assert read_grades(grades) is grades


def management() -> Management:
    found = network_with_actions().management
    assert found is not None
    return found


def test_an_action_at_each_of_its_targets() -> None:
    assert [(each.name, each.label, each.target) for each in management().aimed] == [
        ("observe", "Observe", None),
        ("ask_family", "Ask the family", None),
        ("focused@left", "Focused exploration: left neck", "left"),
        ("focused@right", "Focused exploration: right neck", "right"),
        ("chest", "Chest operation", "chest"),
        ("bilateral", "Bilateral exploration", None),
    ]


def test_numbers_by_dotted_name() -> None:
    numbers = management().numbers
    assert numbers["untreated.gland.met"] == 0.3
    assert numbers["harm.neck.again"] == 0.06
    assert numbers["loss.needless"] == 0.1
    assert numbers["relief.focused.found.first"] == 0.98
    assert numbers["share.not_met"] == 0.3
    assert len(numbers) == 4 + 3 + 4 + 6 + 2


def plain_loop(file: Management, numbers: dict[str, float]) -> np.ndarray:
    """The expansion one cell at a time, read off the description of the file."""
    shape = (len(file.aimed), len(file.classes), len(file.regions), len(file.indications), len(file.risks))
    table = np.empty(shape)

    def number(path: str, indication: str, risk: str) -> float:
        for key in (path, f"{path}.{indication}", f"{path}.{risk}"):
            if key in numbers:
                return numbers[key]
        raise KeyError(path)

    for cell in np.ndindex(*shape):
        aimed, region = file.aimed[cell[0]], file.regions[cell[2]].name
        cause, case = file.classes[cell[1]].name, (file.indications[cell[3]].name, file.risks[cell[4]].name)

        def fits(
            classes: tuple[str, ...],
            regions: tuple[str, ...],
            cause: str = cause,
            region: str = region,
            target: str | None = aimed.target,
        ) -> bool:
            if classes and cause not in classes:
                return False
            if not regions or region in regions:
                return True
            return target is not None and ("target" if region == target else "elsewhere") in regions

        cost = next(each.name for each in file.untreated if cause in each.classes)
        relief = 0.0
        for part in aimed.action.relief:
            if fits(part.classes, part.regions):
                relief = number(f"relief.{aimed.action.name}.{part.name}", *case)
                break
        value = 1 - number(f"untreated.{cost}", *case) * (1 - relief) - number(f"harm.{aimed.action.harm}", *case)
        for loss in file.losses:
            concerned = (not loss.kinds or aimed.action.kind in loss.kinds) and aimed.action.name not in loss.spared
            if concerned and fits(loss.classes, loss.regions):
                value -= number(f"loss.{loss.name}", *case)
        table[cell] = max(value, 0.0)
    return table


def test_the_expansion_is_the_plain_loop() -> None:
    file, rng = management(), np.random.default_rng(7)
    for _ in range(5):
        numbers = {name: float(rng.uniform()) for name in file.numbers}
        np.testing.assert_allclose(expand_utilities(file, numbers), plain_loop(file, numbers), rtol=0, atol=1e-12)
    written = dict(file.numbers)
    np.testing.assert_allclose(expand_utilities(file, written), plain_loop(file, written), rtol=0, atol=1e-12)


def test_nothing_is_worth_less_than_zero() -> None:
    numbers = dict.fromkeys(management().numbers, 1.0)
    table = expand_utilities(management(), numbers)
    assert table.min() == 0.0
