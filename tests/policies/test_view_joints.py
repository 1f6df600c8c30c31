"""What is summed out beside the engine is what the engine would have found."""

from __future__ import annotations

import numpy as np
import pytest
from packaged import network
from small_management import network_with_actions

from hpt_bayes.case import Case
from hpt_bayes.engine import propagate
from hpt_bayes.evidence.observation import observation
from hpt_bayes.network.network import Network
from hpt_bayes.policies.builtin import everything
from hpt_bayes.policies.joints import ViewJoints
from hpt_bayes.policies.simulate import simulate
from hpt_bayes.policies.view import View, Views
from hpt_bayes.reasoning.compiled import compile_model, engine_evidence
from hpt_bayes.reasoning.lookahead.observing import observed
from hpt_bayes.reasoning.studies.information import summed

TOLERANCE = 1e-10


def close_to_the_engine(joints: ViewJoints, views: list[View]) -> None:
    model = joints.model
    for view in views:
        calibrated = propagate(model.engine, engine_evidence(model, view.evidence))
        targets = calibrated.joint(model.axes(model.targets.variables))[0].reshape(-1)
        expected = np.bincount(joints.groups.of_target, targets, minlength=len(joints.groups.state))
        np.testing.assert_allclose(joints.believed(view.evidence), expected, rtol=0, atol=TOLERANCE)


def close_to_observing(view: View, names: tuple[str, ...] = ()) -> None:
    """What each look would show is what observing each of its results in the engine gives."""
    joints, model = view.joints, view.model
    found = joints.expected(view.evidence, "pair")
    told = {each.finding for each in view.observations}
    looks = [look for look in joints.looks if look.name in found and told.isdisjoint(look.study.reveals)]
    assert looks
    for look in [each for each in looks if not names or each.name in names]:
        every = np.arange(look.size)[:, None]
        for start, chance, targets in observed(model, view.evidence, (look,), every):
            joint = chance[:, None] * targets
            pair = joints.groups.pair
            grouped = summed(joint.T, pair[joints.groups.of_target], int(pair.max()) + 1)
            np.testing.assert_allclose(
                found[look.name][:, start : start + len(chance)], grouped, rtol=0, atol=TOLERANCE, err_msg=look.name
            )


def views_reached(chosen: Network, setting: str, studies: tuple[str, ...], count: int) -> list[View]:
    """Views of a few simulated patients after each of some studies."""
    patients = simulate(count, setting, 3, False, chosen)
    views = Views(patients.model, setting)
    found: list[View] = [views.root]
    for row in range(count):
        view = views.root
        for name in studies:
            study = chosen.studies[name]
            told = [
                views.results_of(patients.model, each)[
                    int(patients.reveal(each, np.array([row]), site=view.place_of(each))[0])
                ]
                for each in study.reveals
            ]
            view = views.after(view, study, tuple(told))
            found.append(view)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("setting", ["persistent", "first_time"])
def test_scans_records_and_laboratory_values_of_the_packaged_model(setting: str) -> None:
    studies = ("choline_pet", "pth", "ct_4d", "ultrasound", "urine_collection_24h", "venous_sampling", "fhh_panel")
    views = views_reached(network(), setting, (*studies, "palpable_neck_mass", "laryngoscopy", "ace"), 3)
    model = compile_model(network(), (setting,))
    close_to_the_engine(ViewJoints(model, setting), views)


def test_everything_the_small_model_can_show() -> None:
    model = compile_model(network_with_actions(), ("persistent",))
    view, views = View(model, "persistent"), []
    while (name := everything(view)) is not None:
        finding = model.network.studies[name].reveals[0]
        place = view.place_of(finding)
        state = model.network.variables[finding].states[-1]
        told = (*view.observations, observation(model.network, finding, state, site=place))
        view = View(model, "persistent", (*view.done, name), told)
        views.append(view)
    close_to_the_engine(ViewJoints(model, "persistent"), views)


def test_two_readings_of_a_scan_and_two_of_a_biopsy() -> None:
    model = compile_model(network(), ("persistent",))
    told = [observation(network(), "ct_4d", result) for result in ("focus@left_inferior", "negative")]
    told += [observation(network(), "fna_pth_washout", "low", site="left_inferior") for _ in range(2)]
    views = [View(model, "persistent", ("ct_4d",), tuple(told[:count])) for count in range(1, 5)]
    close_to_the_engine(ViewJoints(model, "persistent"), views)


def test_an_entry_that_replaces_what_was_assumed() -> None:
    model = compile_model(network(), ("persistent",))
    told = (observation(network(), "total_calcium", 11.4, "mg/dL"), observation(network(), "ct_4d", "negative"))
    close_to_the_engine(ViewJoints(model, "persistent"), [View(model, "persistent", ("ct_4d",), told)])


def test_the_same_laboratory_value_found_twice_counts_twice() -> None:
    model = compile_model(network(), ("persistent",))
    low = observation(network(), "phosphate", "low")
    views = [View(model, "persistent", ("phosphate",), told) for told in ((low,), (low, low))]
    joints = ViewJoints(model, "persistent")
    close_to_the_engine(joints, views)
    once, twice = (joints.believed(view.evidence) for view in views)
    assert np.abs(once - twice).max() > 1e-3


@pytest.mark.parametrize(("name", "result"), [("autograft_site", "left_forearm"), ("graft_imaging", "focus")])
def test_an_entry_that_no_study_shows(name: str, result: str) -> None:
    model = compile_model(network(), ("persistent",))
    told = (observation(network(), name, result), observation(network(), "phosphate", "low"))
    close_to_the_engine(ViewJoints(model, "persistent"), [View(model, "persistent", ("phosphate",), told)])


def test_views_share_one_propagation_unless_an_assumption_was_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    model = compile_model(network(), ("persistent",))
    joints = ViewJoints(model, "persistent")
    asked: list[object] = []

    def counted(*args: object) -> object:
        asked.append(args)
        return propagate(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("hpt_bayes.policies.shared_rows.propagate", counted)
    told = [observation(network(), "ct_4d", each) for each in ("negative", "several", "focus@left_inferior")]
    told += [observation(network(), "phosphate", "low"), observation(network(), "fhh_panel", "negative")]
    for each in told:
        view = View(model, "persistent", (), (each,), shared=joints)
        assert joints.believed(view.evidence).sum() == pytest.approx(1.0, abs=TOLERANCE)
    assert not asked
    joints._before.add(("an assumption that is gone", b""))
    close_to_the_engine(joints, [View(model, "persistent", (), (told[0], told[3]))])
    assert len(asked) == 1


@pytest.mark.parametrize("shown", [{}, {"scan": "negative"}, {"scan": "negative", "pth": "high"}], ids=str)
def test_everything_the_small_model_would_show_next(shown: dict[str, str]) -> None:
    model = compile_model(network_with_actions(), ("persistent",))
    told = tuple(observation(model.network, name, result) for name, result in shown.items())
    close_to_observing(View(model, "persistent", (), told))


SHOWN = {
    "nothing": {},
    "a scan": {"choline_pet": "focus@left_inferior"},
    "two scans and the records": {
        "choline_pet": "negative", "ct_4d": "focus@anterior_mediastinum", "left_superior_at_operation": "seen_normal"
    },
    "a laboratory value and a scan": {"phosphate": "low", "ultrasound": "negative"},
    "two laboratory values and a gene": {"phosphate": "low", "magnesium": "low", "men1_gene": "negative"},
    "a gene": {"fhh_panel": "negative", "men1_gene": "negative"},
}  # fmt: skip
NEXT = ("ct_4d", "palpable_neck_mass", "pth", "hereditary_panel", "records_review", "symptoms", "fhh_panel", "egfr",
        "operative_record_superior_glands", "fna_pth_washout@left_inferior", "laryngoscopy")  # fmt: skip


@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_what_the_packaged_model_would_show_next(shown: dict[str, str]) -> None:
    model = compile_model(network(), ("persistent",))
    told = tuple(observation(network(), name, result) for name, result in shown.items())
    view = View(model, "persistent", (), told)
    assert {look.name for look in view.joints.looks} == view.joints.expected(view.evidence, "state").keys()
    close_to_observing(view, NEXT)


@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_bits_and_worth_are_those_of_the_ranking(shown: dict[str, str]) -> None:
    case = Case(network(), "persistent")
    for name, result in shown.items():
        case = case.observe(name, result)
    told = tuple(observation(network(), name, result) for name, result in shown.items())
    view = View(compile_model(network(), ("persistent",)), "persistent", (), told)
    rows = {row.study: row for row in case.next_studies(steps=1).studies if row.feasible}
    assert set(view.available) == set(rows) - {"fna_pth_washout", "fna_cytology"} | {
        name for name in ("fna_pth_washout", "fna_cytology") if name in view.available
    }
    for name in view.available:
        assert view.bits[name] == pytest.approx(rows[name].information_bits, abs=1e-9), name
        assert view.worth[name].net_value == pytest.approx(rows[name].net_value, abs=1e-9), name
        assert view.worth[name].index == pytest.approx(rows[name].index, abs=1e-6), name


def test_studies_whose_findings_hang_on_several_cliques_are_ranked_too() -> None:
    chosen = network_with_actions()
    view = View(compile_model(chosen, ("persistent",)), "persistent")
    apart = {look.name for look in view.joints.looks} - view.joints.expected(view.evidence, "state").keys()
    assert {"records", "blood_panel"} <= apart
    rows = {row.study: row for row in Case(chosen, "persistent").next_studies(steps=1).studies if row.feasible}
    assert set(view.bits) == set(view.worth) == set(rows)
    for name, row in rows.items():
        assert view.bits[name] == pytest.approx(row.information_bits, abs=TOLERANCE)
        assert view.worth[name].net_value == pytest.approx(row.net_value, abs=TOLERANCE)
