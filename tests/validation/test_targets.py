"""targets.yaml: what it may say, and that every fault is named with file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.faults import Faults
from hpt_bayes.validation.target_results import asked, target_results
from hpt_bayes.validation.targets import TargetsFile, read_targets
from hpt_bayes.validation.tolerance import Published, interval_of, published_of, wilson

REST = """
simulation: {settings: [persistent], patients: 3, seed: 1, findings: [gene]}
prior_change: {shares: {lesion: adenoma}, factors: [0.5, 2.0]}
"""
TARGET = """\
- {number: list 1, asks: adenoma, setting: persistent, event: {lesion: adenoma}, published: 0.5, tolerance: 0.1,
   evidence: [series_a]}"""
EVENT, AGAINST = "event: {lesion: adenoma}", "against: {given: {fhh: absent}}, published:"


def written(tmp_path: Path, targets: str, rest: str = REST) -> Path:
    path = tmp_path / "targets.yaml"
    path.write_text(f"targets:\n{targets}\n{rest}", encoding="utf-8")
    return path


def read(tmp_path: Path, targets: str, rest: str = REST) -> TargetsFile:
    found = read_targets(small_network(), written(tmp_path, targets, rest))
    assert found is not None
    return found


def test_the_real_file_is_read() -> None:
    found = read_targets(hpt.load_network())
    assert found is not None
    assert len({each.number for each in found.targets}) == len(found.targets)


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        (
            EVENT,
            "event: {lesion: adenom}",
            "2:",
            "expected a state or group of lesion, found 'adenom'; nearest valid name",
        ),
        (EVENT, "event: {lesio: none}", "2:", "expected a variable, found 'lesio'; nearest valid name: 'lesion'"),
        (EVENT, "event: {localised: gene}", "2:", "expected a scan under localised, found 'gene'"),
        (EVENT, "event: {concordant: scan}", "2:", "expected two scans under concordant, found 1"),
        (EVENT, "event: {gene@mediastinum: vus}", "2:", "expected a finding about a punctured place, found 'gene'"),
        (EVENT, "event: {washout@chest: high}", "2:", "expected a site after @, found 'chest'"),
        (EVENT, 'event: {lesion: "<3"}', "2:", "expected a state of lesion, which has no numbers, found '<3'"),
        (EVENT, 'event: {usual_pth: "<x"}', "2:", "expected a state"),
        (EVENT, 'event: {usual_pth: "<3 pg/mL"}', "2:", "expected a range in xULN"),
        (EVENT, "mean_of: lesion", "2:", "expected a known name under mean_of, found 'lesion'"),
        (f"{EVENT}, ", "", "2:3", "expected either event or mean_of, found neither"),
        (EVENT, f"mean_of: usual_pth, {EVENT}", "2:3", "expected either event or mean_of, found both"),
        (
            "setting: persistent",
            "setting: persist",
            "2:",
            "expected a known name under setting, found 'persist'; nearest",
        ),
        ("[series_a]", "[series_x]", "3:", "expected a key of evidence/*.csv, found 'series_x'"),
        ("asks:", "ask:", "2:", "expected a known key, found 'ask'; nearest valid name: 'asks'"),
        ("published:", "measure: ratio, published:", "2:", "expected against for the measure 'ratio'"),
        ("published:", AGAINST, "2:", "expected no against for the measure 'value'"),
        ("published:", f"measure: predictive_value, {AGAINST}", "2:", "expected prevalence with the measure"),
        ("published:", "measure: rati, published:", "2:", "expected one of value, ratio"),
        ("patients: 3", "patients: many", "5:", "expected"),
        ("settings: [persistent]", "settings: [late]", "5:", "expected a known name under settings, found 'late'"),
        ("findings: [gene]", "findings: [genes]", "5:", "expected a known name under findings, found 'genes'"),
        ("lesion: adenoma}, factors", "lesion: tumour}, factors", "6:", "expected a state or group of lesion"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, old: str, new: str, place: str, message: str) -> None:
    text = f"targets:\n{TARGET}\n{REST}"
    assert old in text
    path = tmp_path / "targets.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ModelFileError) as error:
        read_targets(small_network(), path)
    assert str(error.value).startswith(f"{path}:{place}")
    assert message in str(error.value)


DECISION = """\
workflow:
- {name: d, source: s, setting: persistent, constraints: [pregnancy], among: [scan, gene], expects: [scan]}
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[scan, gene]", "[scan, genes]", "expected a known name under among, found 'genes'"),
        ("expects: [scan]", "expects: [skan]", "expected a known name under expects, found 'skan'"),
        ("[pregnancy]", "[pregnant]", "expected a known name under constraints, found 'pregnant'"),
        ("setting: persistent", "setting: later", "expected a known name under setting, found 'later'"),
    ],
)
def test_a_fault_of_a_decision_point_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        read(tmp_path, TARGET, DECISION.replace(old, new, 1) + REST)


def test_all_faults_can_be_collected(tmp_path: Path) -> None:
    faults = Faults(collect=True)
    wrong = TARGET.replace(EVENT, "event: {lesion: adenom}").replace("setting: persistent", "setting: late")
    assert read_targets(small_network(), written(tmp_path, wrong), faults) is None
    assert len(faults.found) == 2
    assert (
        read_targets(small_network(), written(tmp_path, TARGET.replace("asks:", "ask:")), Faults(collect=True)) is None
    )


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        ("ratio", 0.4 / 0.2),
        ("difference", 0.2),
        ("odds_ratio", (0.4 / 0.6) / (0.2 / 0.8)),
        ("predictive_value", 0.12 / (0.12 + 0.14)),
    ],
)
def test_comparisons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measure: str, wanted: float) -> None:
    answers = {"(always)": 0.4, "fhh: absent": 0.2}
    monkeypatch.setattr(
        "hpt_bayes.validation.target_results.probability", lambda _, population, __: answers[str(population.given)]
    )
    more = f"against: {{given: {{fhh: absent}}}}, measure: {measure}, "
    more += "prevalence: 0.3, " if measure == "predictive_value" else ""
    target = read(tmp_path, TARGET.replace("published:", f"{more}multiply: 10, published:")).targets[0]
    assert asked(small_network(), target) == pytest.approx(10 * wanted)


def test_a_comparison_with_nothing_has_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hpt_bayes.validation.target_results.probability", lambda *_: 0.0)
    more = "against: {event: {lesion: none}}, measure: ratio, "
    file = read(tmp_path, TARGET.replace("published:", f"{more}published:"))
    results = target_results(small_network(), file.targets)
    assert results.results[0].to_dict()["model"] is None
    assert not results.results[0].met
    assert results.far == results.results


def test_what_was_published() -> None:
    single, interval = Published(0.5, 0.5, 0.1, 0.1, 0.5), Published(0.2, 0.4, 0.0, 0.1)
    assert single.met_by(0.6)
    assert not single.met_by(0.61)
    assert single.tolerances(0.8) == pytest.approx(3)
    assert interval.met_by(0.4)
    assert not interval.met_by(0.401)
    assert interval.tolerances(0.1) == pytest.approx(1)
    assert interval.tolerances(0.3) == 0


@pytest.mark.parametrize(
    ("published", "message"),
    [
        ("published: [0.4, 0.2]", "with low below high"),
        ("published: [0.4]", "with low below high"),
        ("published: [a, b]", "with low below high"),
        ("published: much", "expected a number or [low, high] as published, found the text 'much'"),
    ],
)
def test_a_published_figure_that_is_none(tmp_path: Path, published: str, message: str) -> None:
    target = read(tmp_path, TARGET.replace("published: 0.5", published)).targets[0]
    with pytest.raises(ModelFileError) as error:
        published_of(target, small_network().evidence_rows)
    assert message in str(error.value)
    assert ":2:" in str(error.value)


def test_without_tolerance_the_interval_of_the_source_counts() -> None:
    network = hpt.load_network()
    rows = network.evidence_rows
    assert interval_of(rows["cheung_us_sens"]) == (0.704, 0.814)
    found = interval_of(rows["hamidi_us_lat"])
    assert found == wilson(20, 52)
    assert interval_of(rows["win_ca"]) is None
    file = read_targets(network)
    assert file is not None
    target = next(each for each in file.targets if each.tolerance is None and each.evidence == ("cheung_us_sens",))
    assert published_of(target, rows).value == 0.761
    bare = target.model_copy(update={"evidence": ("win_ca",), "published": 11.0})
    with pytest.raises(ModelFileError, match="win_ca has neither interval nor counts"):
        published_of(bare, rows)


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [(20, 52, 0.26470464, 0.52040126), (0, 14, 0.0, 0.21531080), (7, 7, 0.64566957, 1.0)],
)
def test_wilson_by_the_book(events: int, n: int, low: float, high: float) -> None:
    """Figures of scipy.stats.binomtest(events, n).proportion_ci(method="wilson")."""
    assert wilson(events, n) == pytest.approx((low, high), abs=1e-8)
