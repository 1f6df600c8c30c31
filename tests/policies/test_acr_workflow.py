"""The decisions of the published workflows, by hand."""

from __future__ import annotations

import pytest
from packaged import network

from hpt_bayes.evidence.observation import observation
from hpt_bayes.policies.view import View
from hpt_bayes.policies.workflow import acr_workflow, localised
from hpt_bayes.reasoning.compiled import compile_model

FIRST = ("records_review", "urine_collection_24h")
BOTH = (*FIRST, "sestamibi_spect_ct", "ct_4d")


def view(setting: str, done: tuple[str, ...] = (), **shown: str) -> View:
    told = tuple(observation(network(), name, result) for name, result in shown.items())
    return View(compile_model(network(), (setting,)), setting, done, told)


@pytest.mark.parametrize("setting", ["persistent", "recurrent"])
@pytest.mark.parametrize(
    ("done", "shown", "orders"),
    [
        ((), {}, "records_review"),
        (FIRST[:1], {}, "urine_collection_24h"),
        (FIRST, {}, "sestamibi_spect_ct"),
        (BOTH[:3], {"sestamibi_spect_ct": "negative"}, "ct_4d"),
        (BOTH, {"sestamibi_spect_ct": "focus@left_inferior", "ct_4d": "focus@left_inferior"}, None),
        (BOTH, {"sestamibi_spect_ct": "focus@left_inferior", "ct_4d": "focus@right_inferior"}, "mri_contrast"),
        (BOTH, {"sestamibi_spect_ct": "negative", "ct_4d": "focus@right_inferior"}, "mri_contrast"),
        (BOTH, {"sestamibi_spect_ct": "several", "ct_4d": "several"}, "mri_contrast"),
        (BOTH, {"sestamibi_spect_ct": "negative", "ct_4d": "equivocal"}, "venous_sampling"),
        ((*BOTH, "venous_sampling"), {"sestamibi_spect_ct": "negative", "ct_4d": "negative"}, None),
        ((*BOTH, "mri_contrast"), {"sestamibi_spect_ct": "negative", "ct_4d": "focus@right_inferior"}, None),
    ],
)
def test_after_a_failed_operation(
    setting: str, done: tuple[str, ...], shown: dict[str, str], orders: str | None
) -> None:
    assert acr_workflow(view(setting, done, **shown)) == orders


@pytest.mark.parametrize(
    ("setting", "done", "shown", "orders"),
    [
        ("renal_secondary", (), {}, "ultrasound"),
        ("renal_secondary", ("ultrasound",), {"ultrasound": "several"}, None),
        ("renal_secondary", ("ultrasound",), {"ultrasound": "negative"}, "sestamibi_spect_ct"),
        ("renal_secondary", ("ultrasound",), {"ultrasound": "equivocal"}, "sestamibi_spect_ct"),
        ("renal_secondary", ("ultrasound", "sestamibi_spect_ct"), {"ultrasound": "negative"}, None),
        ("first_time", (), {}, "ultrasound"),
        ("first_time", ("ultrasound",), {"ultrasound": "focus@left_inferior"}, None),
        ("first_time", ("ultrasound",), {"ultrasound": "negative"}, None),
        ("renal_persistent", (), {}, None),
        ("postoperative_unclear", (), {}, None),
    ],
)
def test_other_settings(setting: str, done: tuple[str, ...], shown: dict[str, str], orders: str | None) -> None:
    assert acr_workflow(view(setting, done, **shown)) == orders


def test_a_scan_that_was_not_done_shows_nothing() -> None:
    assert not localised(view("persistent"), "ct_4d")


def test_only_rated_scans_are_ordered() -> None:
    for setting in network().settings:
        ordered = acr_workflow(view(setting, FIRST))
        assert ordered is None or setting in network().studies[ordered].acr
