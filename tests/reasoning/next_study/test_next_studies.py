"""What a study tells equals what really entering each of its results would change, weighed by enumeration."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pytest
from enumerated import DIAGNOSES, Enumerated, Reading, States, bits, foreign_network, with_readings
from hypothesis import given
from hypothesis import strategies as st
from oracle import Arrays
from random_networks import networks
from small_model import small_network

from hpt_bayes.case import Case
from hpt_bayes.errors import EvidenceError, ImpossibleEvidence
from hpt_bayes.reasoning.next_study.ranking import Ranking, StudyRow
from hpt_bayes.reasoning.studies.information import ResultModel, joint_with_results, mutual_information, summed

NETWORK = small_network()
CLOSE = pytest.approx
Outcomes = dict[str, tuple[Reading, ...]]

PTH = {"suppressed": ("below_0.3",), "normal": ("0.3_to_1",), "high": ("1_to_2", "2_to_5", "5_or_over")}
CALCIUM = {"low": ("below_9.0",), "normal": ("9.0_to_10.5",), "high": ("10.5_to_12.0", "12.0_or_over")}
YEARS = {"early": ("below_1", "1_to_2"), "late": ("2_to_5", "5_or_over")}
AGE = {"child": ("below_18",), "adult": ("18_to_40", "40_or_over")}


def states(finding: str) -> Outcomes:
    return {state: (Reading(finding, (state,)),) for state in NETWORK.variables[finding].states}


def cells(finding: str, groups: dict[str, tuple[str, ...]]) -> Outcomes:
    return {name: (Reading(finding, steps),) for name, steps in groups.items()}


def punctured(finding: str, place: str) -> Outcomes:
    return {f"{state}@{place}": (Reading(finding, (state,), place),) for state in NETWORK.variables[finding].states}


def together(*findings: Outcomes) -> Outcomes:
    return {" + ".join(names): tuple(reading for i, name in enumerate(names) for reading in findings[i][name])
            for names in product(*findings)}  # fmt: skip


def outcomes(place: str) -> dict[str, Outcomes]:
    """Each study with each of its results as readings."""
    return {
        "scan": states("scan"),
        "gene": states("gene"),
        "blood_panel": together(cells("adjusted_calcium", CALCIUM), cells("pth", PTH), states("family_history")),
        "washout": punctured("washout", place),
        "cytology": punctured("cytology", place),
        "records": together(states("thyroid_nodules"), cells("age", AGE)),
        "slides": together(states("histology"), cells("years_to_recurrence", YEARS)),
    }


def enter(case: Case, reading: Reading) -> Case:
    """Observe one reading."""
    where = {"site": reading.where} if NETWORK.variables[reading.finding].target_of else {}
    if reading.where and not where:
        where = {"field": reading.where}
    if len(reading.states) == 1:
        return case.observe(reading.finding, reading.states[0], **where)
    return case.observe(reading.finding, any_of=reading.states, **where)


@dataclass(frozen=True)
class Patient:
    """What was entered, as readings and as a case; `place` is where a needle would go next."""

    readings: tuple[Reading, ...] = ()
    calcium: float | None = None
    place: str = "left_superior"

    @property
    def case(self) -> Case:
        case = Case(NETWORK, "persistent")
        if self.calcium is not None:
            case = case.observe("adjusted_calcium", self.calcium, "mg/dL", upper_limit=10.5)
        for reading in self.readings:
            case = enter(case, reading)
        return case

    def joint(self, *more: Reading) -> Enumerated:
        """The full joint of the patient and further readings."""
        case = Case(NETWORK, "persistent")
        if self.calcium is not None:
            case = case.observe("adjusted_calcium", self.calcium, "mg/dL", upper_limit=10.5)
        plain = Enumerated.of(NETWORK, case.evidence)
        return with_readings(NETWORK, plain.vectors, plain.factors, (*self.readings, *more))

    def after(self, study: str, *names: str) -> dict[str, list[tuple[States, float]]]:
        """P(names, result | e) for each possible result of a study, configuration by configuration."""
        before = self.joint().probability()
        found = {}
        for result, seen in outcomes(self.place)[study].items():
            masses = self.joint(*seen).masses(*names)
            if sum(p for _, p in masses) > 0:
                found[result] = [(states, p / before) for states, p in masses]
        return found


def row(ranking: Ranking, name: str) -> StudyRow:
    return next(each for each in ranking.studies if each.study == name)


FOCUS = Reading("scan", ("focus@left_inferior",))
PATIENTS = {
    "nothing entered": Patient(),
    "scanned once": Patient((FOCUS,), 11.2, "left_inferior"),
    "scanned twice": Patient((FOCUS, Reading("scan", ("negative", "equivocal"))), 11.2, "left_inferior"),
    "gene unclear": Patient((Reading("gene", ("vus", "negative")),)),
    "gene twice": Patient((Reading("gene", ("vus",)), Reading("gene", ("negative",)))),
    "family known": Patient((Reading("family_history", ("hypercalcemia",)),)),
    "family in doubt": Patient((Reading("family_history", ("none", "hypercalcemia")), Reading("age", ("18_to_40",)))),
    "punctured": Patient((FOCUS, Reading("cytology", ("thyroid",), "left_inferior")), 10.9, "left_inferior"),
    "punctured elsewhere": Patient((FOCUS, Reading("cytology", ("thyroid",), "right_superior")), 10.9, "left_inferior"),
    "washed out": Patient((FOCUS, Reading("washout", ("low",), "left_inferior")), None, "left_inferior"),
    "slides read": Patient((Reading("histology", ("normal_only",)),), 12.5),
    "years known": Patient((Reading("years_to_recurrence", ("1_to_2",)),)),
    "scanned in part": Patient((Reading("scan", ("negative",), "neck"),)),
    "nodules known": Patient((Reading("thyroid_nodules", ("present",)),)),
}  # fmt: skip
STUDIES = tuple(outcomes("left_superior"))
WHOLE_PANEL = ("family in doubt",)


@cache
def ranked(name: str, target: str | None = None) -> Ranking:
    return PATIENTS[name].case.next_studies(target)


@pytest.mark.parametrize(
    ("name", "study"),
    [(name, study) for name, study in product(PATIENTS, STUDIES) if study != "blood_panel" or name in WHOLE_PANEL],
)
def test_bits_and_results_are_those_of_the_full_joint(name: str, study: str) -> None:
    found = row(ranked(name), study)
    joints: dict[str, dict[tuple[object, object], float]] = {"etiology": {}, "site": {}, "both": {}}
    probabilities, expected = {}, {}
    for result, masses in PATIENTS[name].after(study, "lesion", "fhh", "syndrome", "gland_site").items():
        probabilities[result] = sum(p for _, p in masses)
        diagnoses: dict[str, float] = dict.fromkeys(DIAGNOSES, 0.0)
        site: dict[str, float] = {}
        for each, p in masses:
            true, place = tuple(name for name, holds in DIAGNOSES.items() if holds(each)), each["gland_site"]
            for about, key in {"etiology": true, "site": place, "both": (true, place)}.items():
                joints[about][key, result] = joints[about].get((key, result), 0.0) + p
            for diagnosis in true:
                diagnoses[diagnosis] += p / probabilities[result]
            site[place] = site.get(place, 0.0) + p / probabilities[result]
        del diagnoses["known_men1"]
        expected[result] = diagnoses, site
    assert {each.result: each.probability for each in found.results} == CLOSE(probabilities, abs=1e-10)
    assert dict(found.information) == CLOSE({about: bits(table) for about, table in joints.items()}, abs=1e-9)
    assert found.information_bits == found.information["both"]
    for each in found.results:
        diagnoses, site = expected[each.result]
        assert each.diagnosis_probability == CLOSE(max(diagnoses.values()), abs=1e-10)
        assert diagnoses[each.leading_diagnosis or ""] == CLOSE(max(diagnoses.values()), abs=1e-10)
        assert each.site_probability == CLOSE(max(site.values()), abs=1e-10)
        assert site[each.leading_site or ""] == CLOSE(max(site.values()), abs=1e-10)


@pytest.mark.parametrize("name", PATIENTS)
def test_the_posterior_after_entering_a_result_is_the_one_announced(name: str) -> None:
    patient = PATIENTS[name]
    for study, seen in outcomes(patient.place).items():
        for result in row(ranked(name), study).results:
            case = patient.case
            for reading in seen[result.result]:
                case = enter(case, reading)
            after = case.posterior()
            assert after.diagnoses[result.leading_diagnosis or ""] == CLOSE(result.diagnosis_probability, abs=1e-10)
            assert after.gland_site[result.leading_site or ""] == CLOSE(result.site_probability, abs=1e-10)


@pytest.mark.parametrize("name", PATIENTS)
@pytest.mark.parametrize("target", [None, "fhh", "gene", "scan", "thyroid_nodules"])
def test_results_are_most_probable_first_and_sum_to_one(name: str, target: str | None) -> None:
    for each in ranked(name, target).studies:
        probabilities = [result.probability for result in each.results]
        assert sum(probabilities) == CLOSE(1.0, abs=1e-12)
        assert probabilities == sorted(probabilities, reverse=True)


@pytest.mark.parametrize("target", ["fhh", "lesion_size", "gland_site", "thyroid_nodules", "usual_calcium", "gene"])
@pytest.mark.parametrize("name", ["nothing entered", "scanned once", "family known"])
def test_a_variable_as_target(name: str, target: str) -> None:
    ranking = ranked(name, target)
    assert ranking.target == target
    for study in STUDIES:
        if study == "blood_panel":
            continue
        table = {
            (states[target], result): p
            for result, masses in PATIENTS[name].after(study, target).items()
            for states, p in masses
        }
        found = row(ranking, study)
        assert dict(found.information) == {target: CLOSE(bits(table), abs=1e-9)}, study
        assert all(result.leading_diagnosis is None and result.leading_site is None for result in found.results)


PERSISTENT = Case(NETWORK, "persistent")


def test_a_finding_tells_everything_about_itself() -> None:
    entropy = -sum(p * np.log2(p) for p in PERSISTENT.posterior().variables["gene"].values() if p > 0)
    assert row(PERSISTENT.next_studies("gene"), "gene").information_bits == CLOSE(entropy, abs=1e-10)


def test_a_fact_that_was_entered_tells_nothing_more() -> None:
    known = PERSISTENT.observe("histology", "adenoma").observe("years_to_recurrence", 3, "years")
    slides = row(known.next_studies(), "slides")
    assert (slides.status, slides.information_bits) == ("done", CLOSE(0.0, abs=1e-12))


def test_a_repeated_scan_tells_less_than_the_first() -> None:
    first = row(PERSISTENT.next_studies(), "scan").information_bits
    again = row(PERSISTENT.observe("scan", "negative").next_studies(), "scan")
    assert 0.0 < again.information_bits < first
    assert again.status == "done"


@given(networks(max_variables=6), st.data())
def test_bits_of_any_network_equal_enumeration(arrays: Arrays, data: st.DataObject) -> None:
    network = foreign_network(arrays)
    case = Case(network)
    vectors = []
    names = sorted(network.variables)
    for name in data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
        state = data.draw(st.sampled_from(network.variables[name].states))
        case = case.observe(name, state)
        vectors.append((name, np.eye(network.variables[name].size)[network.variables[name].states.index(state)]))
    target = data.draw(st.sampled_from(names))
    oracle = Enumerated(network, vectors)
    if oracle.probability() == 0.0:
        with pytest.raises(ImpossibleEvidence):
            case.next_studies(target)
        return
    ranking = case.next_studies(target)
    seen = {name for name, _ in vectors}
    assert {each.study for each in ranking.studies} == set(names) - seen - {target}
    for each in ranking.studies:
        cells = {(s[target], s[each.study]): p for s, p in oracle.configurations(target, each.study)}
        assert each.information_bits == CLOSE(bits(cells), abs=1e-10)
        assert {r.result: r.probability for r in each.results} == CLOSE(
            {state: p for state, p in oracle.state(each.study).items() if p > 0}, abs=1e-10
        )
        assert (each.burden, each.acr_rating, each.status, each.reasons) == (None, None, "available", ())
    told = [each.information_bits for each in ranking.studies]
    assert told == sorted(told, reverse=True)
    assert ranking.most_informative == (ranking.studies[0].study if ranking.studies else None)
    json.dumps(ranking.to_dict(), allow_nan=False)


def test_a_target_must_exist() -> None:
    with pytest.raises(EvidenceError, match=r"^unknown variable 'fhhh' as target; nearest valid name: 'fhh'$"):
        PERSISTENT.next_studies("fhhh")


def test_a_network_without_diagnoses_needs_a_target() -> None:
    network = foreign_network(Arrays((2,), ((),), (np.array([0.5, 0.5]),)))
    with pytest.raises(EvidenceError, match="random declares no diagnoses, so name what to learn about"):
        Case(network).next_studies()


def test_a_study_has_at_most_512_joint_results() -> None:
    finding = ResultModel((), tuple(str(i) for i in range(23)), np.full(23, 1 / 23))
    weights = np.ones((1, 1))
    with pytest.raises(EvidenceError, match="a study with 529 joint results is too large; 512 at most"):
        joint_with_results(("t",), np.zeros((1, 1), dtype=np.int64), weights, (), [finding, finding])


def test_mutual_information_of_copies_is_their_entropy_and_of_strangers_zero() -> None:
    assert mutual_information(np.diag([0.5, 0.25, 0.25])) == CLOSE(1.5, abs=1e-15)
    assert mutual_information(np.outer([0.3, 0.7], [0.1, 0.9])) == CLOSE(0.0, abs=1e-15)


def test_rows_of_one_group_are_added_up() -> None:
    table = np.array([[0.1, 0.2], [0.3, 0.1], [0.2, 0.1]])
    assert summed(table, np.array([1, 0, 1]), 2).tolist() == [[0.3, 0.1], CLOSE([0.3, 0.3])]
