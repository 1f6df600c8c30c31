"""Where lessons begin: simulated patients by setting, seed, trap or record; published cases with nothing given away."""

from __future__ import annotations

from dataclasses import replace

import packaged
import pytest

import hpt_bayes as hpt
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.case_file import load_case_file
from hpt_bayes.network.network import Network
from hpt_bayes.policies.simulate import simulate
from hpt_bayes.teaching.patient import Origin
from hpt_bayes.teaching.progress import Placed
from hpt_bayes.validation.cases_read import published_folder, read_published_cases


def network() -> Network:
    return packaged.network()


def test_the_same_seed_gives_the_same_patient_who_meets_the_trap() -> None:
    first, again = (hpt.teach("persistent", seed=5, trap="negative_ultrasound", network=network()) for _ in range(2))
    assert first == again
    patient = first.patient
    assert patient.origin == Origin("simulated", "persistent", 5, "negative_ultrasound")
    assert "negative_ultrasound" in first.faced
    shown = {each.finding for each in patient.opening}
    assert "ultrasound" in shown
    assert shown.isdisjoint(each.finding for each in patient.hidden)
    places = [each.sites for each in patient.hidden if each.finding == "fna_pth_washout"]
    assert len(places) == len(set(places)) > 10


def test_patients_and_their_truth_are_those_of_the_simulator() -> None:
    patient = hpt.teach("recurrent", seed=8, network=network()).patient
    drawn = simulate(1, "recurrent", 8, False, network())
    names = drawn.model.targets.diagnosis_names
    assert patient.truth.diagnoses == {name for name, true in zip(names, drawn.diagnoses[0], strict=True) if true}
    assert patient.truth.region == network().sites[drawn.site[0]].region
    read = {each.finding: each.result for each in (*patient.opening, *patient.hidden)}
    core = drawn.model.core.variables
    for name in ("pth", "ultrasound", "nephrolithiasis", "urine_calcium_24h"):
        assert read[name] == core[name].states[int(drawn.reveal(name)[0])]


def test_settings_take_turns_and_the_learner_may_choose_one() -> None:
    names = list(network().settings)
    assert hpt.teach(seed=2, network=network()).patient.settings == (names[2 % len(names)],)
    assert hpt.teach("recurrent", seed=2, network=network()).patient.settings == ("recurrent",)


def test_the_trap_that_is_due_comes_where_a_patient_can_show_it() -> None:
    def first(**boxes: Placed) -> str:
        lesson = hpt.teach("persistent", seed=3, record=hpt.Record(boxes=boxes), network=network())
        return lesson.patient.origin.trap

    assert first(negative_ultrasound=Placed(1, 1)) == "negative_ultrasound"
    assert first(negative_ultrasound=Placed(1, 2)) == "", "not due yet"
    assert first(wrong_ct=Placed(1, 1)) == "", "every patient will do"
    assert first(wrong_ct=Placed(1, 1), negative_ultrasound=Placed(2, 1)) == "negative_ultrasound"
    assert first(too_soon_after_operation=Placed(1, 1), negative_ultrasound=Placed(2, 1)) == "negative_ultrasound"


@pytest.mark.parametrize(
    ("setting", "trap", "said"),
    [
        ("persistant", "", "unknown setting 'persistant'; nearest valid name: 'persistent'"),
        ("persistent", "fh", "unknown trap 'fh'"),
        ("first_time", "too_soon_after_operation", "no patient drawn in the setting first_time shows the trap"),
    ],
)
def test_refusals(setting: str, trap: str, said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        hpt.teach(setting, seed=1, trap=trap, network=network())


def test_a_seed_below_zero_is_refused() -> None:
    with pytest.raises(EvidenceError, match="seed: expected a whole number of 0 or more, found -1"):
        hpt.teach("persistent", seed=-1, network=network())


def test_a_network_without_settings_has_nobody_to_work_up() -> None:
    with pytest.raises(EvidenceError, match="has no settings"):
        hpt.teach(network=replace(network(), settings={}))


def test_a_trap_without_a_setting_is_sought_in_all_of_them() -> None:
    lesson = hpt.teach(seed=0, trap="too_soon_after_operation", network=network())
    assert "too_soon_after_operation" in lesson.faced


def test_a_published_case_hides_what_has_to_be_ordered_and_gives_nothing_away() -> None:
    name = "fhh1_almost_operated_38m"
    session = hpt.teach_published(name, network())
    patient = session.patient
    file = load_case_file(network(), published_folder() / f"{name}.yaml")
    assert {"sestamibi_planar", "ultrasound"} <= {each.finding for each in patient.hidden}
    assert "pth" in {each.finding for each in patient.opening}
    assert sorted(patient.opening + patient.hidden, key=str) == sorted(file.observations, key=str)
    assert (patient.truth.diagnoses, patient.truth.region) == ({"fhh"}, "none")
    assert "AACE" in patient.truth.note
    shown = " ".join(f"{block.title} {block.cells}" for block in session.blocks())
    assert "published case" in shown
    assert "fhh1" not in shown
    assert hpt.teach_published("graft_men1_40f", network()).patient.truth.region is None


def test_published_cases_are_those_with_something_to_find() -> None:
    labels = {case.file.name: case.label for case in read_published_cases(network())}
    every = hpt.published_cases(network=network())
    assert set(every) < set(labels)
    assert "ect_mediast_brown_tumour_mandible" not in every, "it reports nothing that could be ordered"
    first = hpt.published_cases("first_time", network=network())
    assert 0 < len(first) < len(every)
    showing = hpt.published_cases("first_time", trap="fhh", network=network())
    assert 0 < len(showing) <= len(first)
    for name in showing[:3]:
        patient = hpt.teach_published(name, network()).patient
        assert patient.truth.diagnoses == frozenset(labels[name].accept)
        assert patient.hidden


def test_refusals_of_published_cases() -> None:
    with pytest.raises(EvidenceError, match="unknown setting 'first'; nearest valid name: 'first_time'"):
        hpt.published_cases("first", network=network())
    with pytest.raises(EvidenceError, match="unknown trap"):
        hpt.published_cases(trap="fh", network=network())
    with pytest.raises(EvidenceError, match="unknown published case 'fhh1_16'; nearest valid name: 'fhh1_16f'"):
        hpt.teach_published("fhh1_16", network())
