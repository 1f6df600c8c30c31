"""Intervals and shares of draws against a loop over models that are written to disk and loaded one by one."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from enumerated import foreign_network
from oracle import Arrays
from packaged import network as packaged
from rewritten import rewritten, same_entries
from small_model import small_network

from hpt_bayes.case import Case, read_case
from hpt_bayes.errors import EvidenceError, ImpossibleEvidence
from hpt_bayes.network.provenance import Number, Provenance
from hpt_bayes.reasoning.beliefs import target_beliefs
from hpt_bayes.reasoning.compiled import calibrate, compile_model
from hpt_bayes.reasoning.relevant import relevant
from hpt_bayes.reasoning.varying.drawn_beliefs import drawn_beliefs
from hpt_bayes.reasoning.varying.draws import _logit_normal, _size, draw_numbers, rows_of, share_key
from hpt_bayes.reasoning.varying.study_draws import study_shares

NETWORK = small_network()
OTHER = foreign_network(Arrays((2,), ((),), (np.array([0.5, 0.5]),)))
MODEL = compile_model(NETWORK, ("persistent",))
CASE = (
    Case(NETWORK, "persistent", name="A")
    .observe("scan", "negative")
    .observe("scan", "focus", site="left_superior")
    .observe("scan", "negative", field="neck")
    .observe("washout", "high", site="left_superior")
    .observe("gene", "negative")
    .observe("adjusted_calcium", 11.2, "mg/dL")
)


def test_draws_equal_a_loop_of_separately_loaded_models() -> None:
    values = draw_numbers(NETWORK, relevant(MODEL, CASE.evidence), 5, 3)
    found = drawn_beliefs(MODEL, CASE.evidence, values)
    for i in range(5):
        network = rewritten(NETWORK, {name: each[i] for name, each in values.items()})
        answer = Case(network, "persistent")
        answer = same_entries(answer, CASE)
        one = answer.posterior()
        assert found.diagnoses[i] == pytest.approx(list(one.diagnoses.values()), abs=1e-10)
        assert found.gate[i] == pytest.approx(list(one.gate.values()), abs=1e-10)
        assert found.site[i] == pytest.approx([one.gland_site[s] for s in _places()], abs=1e-10)


def _places() -> tuple[str, ...]:
    return MODEL.core.variables["gland_site"].states


@pytest.mark.parametrize("name", ["persistent-after-failed-exploration", "fhh-trap", "graft-recurrence"])
def test_numbers_as_written_give_the_posterior_of_the_packaged_model(name: str) -> None:
    case = read_case(name, packaged())
    model = compile_model(packaged(), case.facts.settings)
    values = draw_numbers(packaged(), relevant(model, case.evidence), 2, 0)
    for variable in values:
        values[variable][:] = [number.value for row in rows_of(_numbers(packaged(), variable)) for number in row]
    found = drawn_beliefs(model, case.evidence, values)
    calibrated = calibrate(model, case.evidence)
    expected = target_beliefs(model, calibrated)
    assert found.diagnoses[1] == pytest.approx(list(expected.diagnoses.values()), abs=1e-10)
    assert found.log_evidence == pytest.approx(calibrated.log_evidence[0], abs=1e-9)


def _numbers(network: object, name: str) -> tuple[Number, ...]:
    from hpt_bayes.reasoning.basis import numbers_of

    return numbers_of(network, name)  # type: ignore[arg-type]


def test_intervals_are_quantiles_of_the_draws() -> None:
    found = CASE.uncertainty(60, seed=4)
    values = draw_numbers(NETWORK, relevant(MODEL, CASE.evidence), 60, 4)
    drawn = drawn_beliefs(MODEL, CASE.evidence, values)
    for position, name in enumerate(MODEL.targets.diagnosis_names):
        assert found.diagnoses[name] == pytest.approx(tuple(np.quantile(drawn.diagnoses[:, position], (0.05, 0.95))))
    assert sum(found.leads.values()) == pytest.approx(1.0)
    assert set(found.gland_site) == set(_places())


def test_a_seed_gives_the_same_answer_and_another_seed_another() -> None:
    first, again, other = (CASE.uncertainty(40, seed=seed).to_dict() for seed in (1, 1, 2))
    assert first == again
    assert first["diagnoses"] != other["diagnoses"]


def test_draws_do_not_depend_on_what_else_is_drawn() -> None:
    alone = draw_numbers(NETWORK, ["scan"], 5, 9)["scan"]
    assert (alone == draw_numbers(NETWORK, NETWORK.variables, 5, 9)["scan"]).all()


def test_study_shares_equal_a_loop_of_separately_loaded_models() -> None:
    values = draw_numbers(NETWORK, NETWORK.variables, 4, 8)
    wins: dict[str, float] = {}
    for i in range(4):
        network = rewritten(NETWORK, {name: each[i] for name, each in values.items()})
        case = Case(network, "persistent")
        case = same_entries(case, CASE)
        best = case.next_studies().most_informative
        assert best is not None
        wins[best] = wins.get(best, 0.0) + 0.25
    assert CASE.study_shares(4, 8) == wins
    assert CASE.next_studies(draws=4, seed=8).draw_shares == wins


def test_what_ranks_the_studies_can_be_replaced() -> None:
    shares = study_shares(MODEL, CASE.evidence, draws=3, quantity=lambda model, entered: {"a": 1.0, "b": 2.0})
    assert shares == {"b": 1.0}
    assert study_shares(MODEL, CASE.evidence, draws=3, quantity=lambda model, entered: {}) == {}


def test_progress_counts_every_draw() -> None:
    seen: list[int] = []
    CASE.uncertainty(50, study_draws=2, advance=seen.append)
    assert sum(seen) == 52


def test_results_are_shown_and_saved() -> None:
    found = CASE.uncertainty(20, study_draws=2)
    json.dumps(found.to_dict(), allow_nan=False)
    assert {"quantity", "name", "point", "low", "high"} == set(found.to_frame().columns)
    assert "interval" in found._repr_html_()
    answer = CASE.posterior(draws=20)
    assert any("90 % interval" in block.columns for block in answer.blocks())
    assert answer.to_dict()["uncertainty"] == CASE.uncertainty(20).to_dict()
    assert "uncertainty" not in CASE.posterior().to_dict()
    json.dumps(CASE.next_studies(draws=2).to_dict(), allow_nan=False)
    assert any("share of the draws" in block.title for block in CASE.next_studies(draws=2).blocks())


def test_more_draws_than_can_be_held_are_refused() -> None:
    for ask in (CASE.uncertainty, CASE.study_shares):
        with pytest.raises(EvidenceError, match=r"draws: expected at most 100,000, found 1000000000$"):
            ask(10**9)
    with pytest.raises(EvidenceError, match=r"draws: expected at most 100,000, found 1000000"):
        CASE.posterior(draws=10**400)


@pytest.mark.parametrize("draws", [0, -3])
def test_no_draws_are_refused(draws: int) -> None:
    with pytest.raises(EvidenceError, match="draws: expected a whole number of 1 or more"):
        CASE.uncertainty(draws)
    with pytest.raises(EvidenceError, match="draws: expected a whole number of 1 or more"):
        CASE.study_shares(draws)


@pytest.mark.parametrize(
    ("draws", "seed", "wrong"), [("5", 0, "draws"), (True, 0, "draws"), (2, -1, "seed"), (2, 1.5, "seed")]
)
def test_what_is_no_count_or_seed_is_refused(draws: Any, seed: Any, wrong: str) -> None:
    with pytest.raises(EvidenceError, match=f"{wrong}: expected a whole number"):
        CASE.uncertainty(draws, seed)


def test_a_network_of_another_program_is_refused() -> None:
    with pytest.raises(EvidenceError, match="comes from another program"):
        Case(OTHER).uncertainty(5)


def test_impossible_findings_are_refused() -> None:
    case = Case(NETWORK, "persistent").observe("lesion", "none") if NETWORK.variables["lesion"].enterable else None
    case = case or Case(NETWORK, "first_time").observe("previous_operations", "1")
    with pytest.raises(ImpossibleEvidence):
        case.uncertainty(5)


def _number(value: float, **known: object) -> Number:
    return Number("p", value, "beta", 0, Provenance("judged", why="a test"), **known)  # type: ignore[arg-type]


def test_a_size_is_that_of_the_range() -> None:
    assert _size(_number(0.3, ess=12.0)) == 12.0
    assert _size(_number(0.5, range=(0.5 - 1.6448536, 0.5 + 1.6448536))) == 1.0
    assert _size(_number(0.5, range=(0.4, 0.6))) == pytest.approx(0.25 / (0.2 / 3.2897073) ** 2 - 1.0)
    assert _size(_number(0.5, range=(0.5, 0.5))) == 1e6


def test_spread_of_the_draws_is_what_the_file_says() -> None:
    drawn = draw_numbers(NETWORK, ["lesion", "thyroid_nodules", "scan", "usual_calcium"], 20_000, 0)
    nodules = drawn["thyroid_nodules"][:, 0]
    assert nodules.mean() == pytest.approx(0.3, abs=0.003)
    assert nodules.var() == pytest.approx(0.3 * 0.7 / 51, rel=0.05)
    odds = drawn["lesion"][:, -1]
    assert np.quantile(odds, (0.05, 0.5, 0.95)) == pytest.approx([4.0, 12.0, 36.0], rel=0.05)
    loading = drawn["scan"][:, 0]
    assert np.median(loading) == pytest.approx(0.5, abs=0.01)
    assert drawn["usual_calcium"][:, :4].sum(axis=1) == pytest.approx(1.0)


def test_certain_shares_stay() -> None:
    assert (draw_numbers(NETWORK, ["gland_site"], 50, 0)["gland_site"][:, :6] == 0.0).all()
    assert (_logit_normal(_number(1.0, ess=5.0), np.zeros((3, 1))) == 1.0).all()
    by_size = _logit_normal(_number(0.5, ess=16.0), np.ones((1, 1)))
    assert by_size[0, 0] == pytest.approx(1.0 / (1.0 + np.exp(-0.5)))


def test_rows_of_one_source_and_quantity_share_their_draw() -> None:
    network = packaged()
    keys: dict[str, list[tuple[str, int, tuple[float, ...]]]] = {}
    for name in network.variables:
        at = 0
        for row in rows_of(_numbers(network, name)):
            figures = tuple(number.value for number in row)
            keys.setdefault(share_key(name, row), []).append((name, at, figures))
            at += len(row)
    shared = [rows for rows in keys.values() if len(rows) > 1 and len({figures for _, _, figures in rows}) == 1]
    assert shared
    (one, first, figures), (other, second, _) = shared[0][:2]
    drawn = draw_numbers(network, [one, other], 7, 0)
    size = len(figures)
    assert (drawn[one][:, first : first + size] == drawn[other][:, second : second + size]).all()
