"""Policies compared: same seed, same result; both kinds of patients; what is shown; what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_management import network_with_actions, write_small_management

import hpt_bayes as hpt
from hpt_bayes.cli import main
from hpt_bayes.display.rows import to_text
from hpt_bayes.errors import EvidenceError
from hpt_bayes.policies.builtin import POLICIES, everything, nothing, two_step_plan
from hpt_bayes.policies.compare import compare_policies, progress_total
from hpt_bayes.policies.comparison import PolicyComparison
from hpt_bayes.policies.simulate import simulate
from hpt_bayes.policies.trial import Trial

NAMES = ("nothing", "everything", "greedy_information", "two_step_plan", "acr_workflow")


@pytest.fixture(scope="module")
def comparison() -> PolicyComparison:
    return compare_policies(NAMES, "persistent", 60, 4, network=network_with_actions(), versions=12, most=2)


def test_both_kinds_of_patients_are_side_by_side(comparison: PolicyComparison) -> None:
    assert {(each.policy, each.misspecified) for each in comparison.arms} == {
        (name, wrong) for name in NAMES for wrong in (False, True)
    }
    assert (comparison.versions, comparison.reference, comparison.most) == (12, "nothing", 2)
    assert {each.policy for each in comparison.differences} == set(NAMES[1:])
    only = compare_policies(["nothing"], "persistent", 10, 4, False, network_with_actions())
    assert [each.misspecified for each in only.arms] == [False]
    assert only.versions == 0
    assert only.differences == ()


def test_an_arm_is_what_the_trial_found(comparison: PolicyComparison) -> None:
    patients = simulate(60, "persistent", 4, True, network_with_actions(), versions=12)
    found = Trial(patients.model, "persistent", 2).run(everything, patients)
    arm = comparison.arm("everything", True)
    assert arm.patients == 60
    for name, values in found.measures.items():
        assert arm.measures[name].mean == pytest.approx(values.mean(), abs=1e-12)
    assert arm.ordered == found.ordered


def test_differences_are_paired_over_the_patients_both_were_given(comparison: PolicyComparison) -> None:
    few = POLICIES["two_step_plan"].patients
    assert few is not None
    assert comparison.arm("two_step_plan", False).patients == few
    patients = simulate(60, "persistent", 4, False, network_with_actions())
    trial = Trial(patients.model, "persistent", 2)
    one = trial.run(two_step_plan, patients.first(few), limited=True).measures["utility"]
    other = trial.run(nothing, patients).measures["utility"][:few]
    found = next(each for each in comparison.differences if each.policy == "two_step_plan" and not each.misspecified)
    assert found.patients == few
    assert found.measures["utility"].mean == pytest.approx((one - other).mean(), abs=1e-12)
    half = 1.959963984540054 * (one - other).std(ddof=1) / few**0.5
    low = found.measures["utility"].low
    assert low is not None
    assert found.measures["utility"].mean - low == pytest.approx(half, abs=1e-12)


def test_the_seed_decides(comparison: PolicyComparison) -> None:
    again = compare_policies(NAMES, "persistent", 60, 4, network=network_with_actions(), versions=12, most=2)
    other = compare_policies(NAMES, "persistent", 60, 5, network=network_with_actions(), versions=12, most=2)
    assert again.to_dict() == comparison.to_dict()
    assert other.to_dict()["policies"] != comparison.to_dict()["policies"]


def test_functions_of_your_own_can_be_compared() -> None:
    own = {"scan only": lambda view: "scan" if view.can_order("scan") else None, "none": nothing}
    found = compare_policies(own, "persistent", 20, network=network_with_actions(), versions=4, reference="none")
    assert found.reference == "none"
    assert found.arm("scan only", True).ordered == {"scan": pytest.approx(1)}
    assert found.arm("scan only", True).measures["studies"].mean == 1


def test_what_is_shown_fits_a_terminal_and_serialises(comparison: PolicyComparison) -> None:
    text = to_text(comparison.blocks(), 80)
    assert max(map(len, text.splitlines())) <= 80
    for word in ("No study", "model", "drawn", "net utility", "12 versions", "Scan of neck and chest"):
        assert word in text
    told = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))
    assert [each["policy"] for each in told["policies"]] == [*NAMES, *NAMES]
    frame = comparison.to_frame()
    assert set(frame["policy"]) == set(NAMES)
    assert frame.loc[frame["policy"] == "nothing", "difference"].isna().all()
    assert "<table" in comparison._repr_html_()


def test_one_patient_has_no_interval() -> None:
    found = compare_policies(["nothing", "everything"], "persistent", 1, network=network_with_actions())
    assert found.arm("nothing", True).measures["diagnosis"].low is None
    assert "±" not in to_text(found.blocks()[:3], 80)


def test_the_picture_says_what_it_shows(comparison: PolicyComparison) -> None:
    pytest.importorskip("matplotlib").use("Agg")
    ax = hpt.plot(comparison)
    text = ax.get_gid() or ""
    assert "No study: diagnosis" in text
    assert len(ax.get_yticklabels()) == len(NAMES)
    single = replace(comparison, arms=tuple(each for each in comparison.arms if not each.misspecified))
    assert "self-consistent simulated patients" in (hpt.plot(single).get_gid() or "")
    ax.figure.clear()


def test_progress_counts_what_the_bar_expects() -> None:
    seen: list[int] = []
    compare_policies(NAMES, "persistent", 60, network=network_with_actions(), versions=3, most=1, advance=seen.append)
    assert sum(seen) == 2 * progress_total(NAMES, 60, most=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"policies": ["greedy"]}, "unknown policy 'greedy'"),
        ({"policies": []}, "a policy or more, found none.*acr_workflow"),
        ({"reference": "everythin"}, "unknown reference 'everythin'"),
        ({"most": 0}, "one study or more, found 0"),
        ({"setting": "persistant"}, "unknown setting 'persistant'"),
        ({"n": 0}, "n: expected a whole number of 1 or more"),
    ],
)
def test_what_cannot_be_compared_is_refused(change: dict[str, object], message: str) -> None:
    asked = {"policies": ["nothing"], "n": 3, "network": network_with_actions(), **change}
    with pytest.raises(EvidenceError, match=message):
        compare_policies(**asked)  # type: ignore[arg-type]


def test_a_policy_that_is_not_part_of_it_has_no_arm(comparison: PolicyComparison) -> None:
    with pytest.raises(KeyError):
        comparison.arm("greedy_index", True)


def test_the_command_prints_tables_and_json(tmp_path: Path) -> None:
    model = str(write_small_management(tmp_path / "small"))
    options = [
        "compare-policies",
        "--model",
        model,
        "--patients",
        "12",
        "--policy",
        "nothing",
        "--policy",
        "everything",
    ]
    shown = CliRunner().invoke(main, options)
    assert shown.exit_code == 0, shown.output
    assert "Every study" in shown.output
    told = CliRunner().invoke(main, [*options, "--json", "--seed", "3"])
    assert json.loads(told.stdout)["seed"] == 3
    refused = CliRunner().invoke(main, [*options, "--policy", "none"])
    assert refused.exit_code == 2
    assert "unknown policy 'none'" in refused.stderr
