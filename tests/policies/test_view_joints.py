"""What is summed out beside the engine is what the engine would have found."""

from __future__ import annotations

import numpy as np
import pytest
from packaged import network
from small_management import network_with_actions

from hpt_bayes.engine import propagate
from hpt_bayes.evidence.observation import observation
from hpt_bayes.network.network import Network
from hpt_bayes.policies.builtin import everything
from hpt_bayes.policies.joints import ViewJoints
from hpt_bayes.policies.simulate import simulate
from hpt_bayes.policies.view import View, Views
from hpt_bayes.reasoning.compiled import compile_model, engine_evidence

TOLERANCE = 1e-10


def close_to_the_engine(joints: ViewJoints, views: list[View]) -> None:
    model = joints.model
    found = dict(joints.of(views))
    assert set(found) == set(views)
    for view in views:
        calibrated = propagate(model.engine, engine_evidence(model, view.evidence))
        expected = calibrated.joint(model.axes(model.targets.variables))[0].reshape(-1)
        np.testing.assert_allclose(found[view], expected, rtol=0, atol=TOLERANCE)


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
    close_to_the_engine(ViewJoints(model, View(model, setting).evidence), views)


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
    close_to_the_engine(ViewJoints(model, View(model, "persistent").evidence), views)


def test_two_readings_of_a_scan_and_two_of_a_biopsy() -> None:
    model = compile_model(network(), ("persistent",))
    told = [observation(network(), "ct_4d", result) for result in ("focus@left_inferior", "negative")]
    told += [observation(network(), "fna_pth_washout", "low", site="left_inferior") for _ in range(2)]
    views = [View(model, "persistent", ("ct_4d",), tuple(told[:count])) for count in range(1, 5)]
    close_to_the_engine(ViewJoints(model, View(model, "persistent").evidence), views)


def test_an_entry_that_replaces_what_was_assumed() -> None:
    model = compile_model(network(), ("persistent",))
    told = (observation(network(), "total_calcium", 11.4, "mg/dL"), observation(network(), "ct_4d", "negative"))
    close_to_the_engine(
        ViewJoints(model, View(model, "persistent").evidence), [View(model, "persistent", ("ct_4d",), told)]
    )


def test_views_that_differ_in_scans_alone_ask_the_engine_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = compile_model(network(), ("persistent",))
    joints = ViewJoints(model, View(model, "persistent").evidence)
    asked: list[object] = []

    def counted(*args: object) -> object:
        asked.append(args)
        return propagate(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("hpt_bayes.policies.joints.propagate", counted)
    results = ("negative", "equivocal", "several", "focus@left_inferior", "focus@right_inferior")
    views = [View(model, "persistent", (), (observation(network(), "ct_4d", each),)) for each in results]
    assert len(list(joints.of(views))) == len(results)
    assert len(asked) == 1
