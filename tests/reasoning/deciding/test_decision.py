"""Decisions: expected utility against enumeration, thresholds against bisection, and what stands before an action."""

from __future__ import annotations

import json

import numpy as np
import pytest
from enumerated import Enumerated, foreign_network
from oracle import Arrays
from small_management import network_with_actions
from small_model import small_network
from small_worth import cause, region, worth

from hpt_bayes.case import Case
from hpt_bayes.display.rows import to_text
from hpt_bayes.errors import EvidenceError, ImpossibleEvidence
from hpt_bayes.reasoning.compiled import compile_model
from hpt_bayes.reasoning.deciding.decision import Decision
from hpt_bayes.reasoning.deciding.thresholds import threshold
from hpt_bayes.reasoning.deciding.utility import DecisionProblem, decision_problem, read_utilities
from hpt_bayes.reasoning.varying.decision_draws import with_draws

NETWORK = network_with_actions()
CASES = {
    "persistent": Case(NETWORK, "persistent"),
    "first time": Case(NETWORK, "first_time").observe("scan", "focus", site="neck_left"),
    "child": Case(NETWORK, "first_time").observe("age", 12).observe("pth", 120, "pg/mL", upper_limit=65),
    "either": Case(NETWORK, ["first_time", "persistent"]).observe("family_history", "hypercalcemia"),
    "normal calcium": Case(NETWORK, "persistent")
    .observe("age", 50)
    .observe("adjusted_calcium", "normal")
    .observe("scan", "focus", site="mediastinum"),
}


def problem_of(case: Case, utilities: dict[str, float] | None = None) -> DecisionProblem:
    facts = case.facts
    found = decision_problem(compile_model(facts.network, facts.settings), case.evidence, utilities)
    assert found is not None
    return found


@pytest.mark.parametrize("name", CASES)
def test_expected_utility_is_the_enumeration(name: str) -> None:
    case = CASES[name]
    decision = case.decide()
    risk = "first" if case.facts.settings == ("first_time",) else "again"
    shares = {"child": {"met": 1.0}, "normal calcium": {"not_met": 1.0}}.get(name, {"met": 0.7, "not_met": 0.3})
    assert decision.risk == risk
    assert decision.indication == (next(iter(shares)) if len(shares) == 1 else shares)
    expected: dict[str, float] = {row.action: 0.0 for row in decision.actions}
    posterior: dict[str, float] = {}
    enumerated = Enumerated.of(NETWORK, case.evidence)
    for states, p in enumerated.configurations("lesion", "fhh", "syndrome", "gland_site"):
        state = f"{cause(states)}@{region(states['gland_site'])}"
        posterior[state] = posterior.get(state, 0.0) + p
        for action in expected:
            expected[action] += p * sum(share * worth(action, state, each, risk) for each, share in shares.items())
    assert {row.action: row.expected_utility for row in decision.actions} == pytest.approx(expected, abs=1e-10)
    assert decision.states == pytest.approx({state: posterior[state] for state in decision.states}, abs=1e-10)
    assert sum(p for state, p in posterior.items() if state not in decision.states) == 0.0
    values = [row.expected_utility for row in decision.actions]
    assert values == sorted(values, reverse=True)
    assert decision.best == decision.actions[0].action
    assert decision.margin == pytest.approx(values[0] - values[1], abs=1e-15)


@pytest.mark.parametrize("name", CASES)
def test_the_problem_is_the_decision(name: str) -> None:
    problem, decision = problem_of(CASES[name]), CASES[name].decide()
    assert set(problem.actions) == {row.action for row in decision.actions}
    assert problem.utilities.shape == (len(problem.actions), len(problem.states))
    assert set(problem.of_target.tolist()) <= set(range(len(problem.states)))
    with pytest.raises(ValueError, match="read-only"):
        problem.utilities[0, 0] = 0.0
    with pytest.raises(ValueError, match="read-only"):
        problem.of_target[0] = 0


def test_actions_exist_in_their_settings_only() -> None:
    assert "chest" not in problem_of(CASES["first time"]).actions
    assert "chest" in problem_of(CASES["persistent"]).actions
    assert "chest" in problem_of(CASES["either"]).actions


def test_contraindicated_actions_are_left_out_and_named() -> None:
    case = Case(NETWORK, "persistent").observe("family_history", "known_syndrome").observe("gene", "pathogenic")
    decision = case.decide()
    assert "bilateral" not in {row.action for row in decision.actions}
    assert [each.to_dict() for each in decision.contraindicated] == [
        {
            "action": "bilateral",
            "label": "Bilateral exploration",
            "reasons": ["the syndrome is known", "it would come back"],
        }
    ]
    with pytest.raises(KeyError):
        decision.row("bilateral")


def test_what_is_missing_before_an_action() -> None:
    case = Case(NETWORK, "persistent")
    assert case.decide().row("focused@left").missing == ("Calcium confirmed.", "Gene test.")
    assert case.decide().row("observe").missing == ()
    once = case.observe("adjusted_calcium", 11.0, "mg/dL", date="2026-01-02")
    same_day = once.observe("adjusted_calcium", 11.2, "mg/dL", date="2026-01-02")
    twice = once.observe("adjusted_calcium", 11.2, "mg/dL", date="2026-02-02")
    assert "Calcium confirmed." in once.decide().row("focused@left").missing
    assert "Calcium confirmed." in same_day.decide().row("focused@left").missing
    assert "Calcium confirmed." not in twice.decide().row("focused@left").missing
    undated = case.observe("adjusted_calcium", 11.0, "mg/dL").observe("adjusted_calcium", 11.1, "mg/dL")
    assert undated.decide().row("bilateral").missing == ()


@pytest.mark.parametrize(
    ("finding", "state", "settled"),
    [("gene", "negative", True), ("gene", "vus", False), ("family_history", "none", True)],
)
def test_a_requirement_is_settled_by_what_it_names(finding: str, state: str, settled: bool) -> None:
    missing = Case(NETWORK, "persistent").observe(finding, state).decide().row("focused@right").missing
    assert ("Gene test." not in missing) is settled


def test_a_requirement_that_does_not_apply_is_not_missing() -> None:
    assert "Gene test." not in CASES["first time"].decide().row("focused@left").missing


def test_a_stop_line_keeps_an_operation_from_being_advised() -> None:
    sharp = Case(NETWORK, "first_time").observe("scan", "focus", site="left_inferior").observe("pth", "high")
    best = str(sharp.decide().best)
    assert sharp.decide().row(best).kind == "operation"
    assert sharp.decide().advice == best
    child = sharp.observe("age", 12)
    decision = child.decide()
    stopped = decision.row(str(decision.best))
    assert stopped.kind == "operation"
    assert decision.advice == "observe"
    assert stopped.not_yet == ("test the gene first",)
    assert decision.row("ask_family").not_yet == ("test the gene first",)
    assert decision.row("observe").not_yet == ()
    assert decision.best not in decision.ties
    text = to_text(decision.blocks(), 200)
    assert f"{stopped.label} would be worth more" in text
    assert "but not yet: test the gene first" in text
    assert "Before that: Calcium confirmed." in text
    settled = child.observe("gene", "negative").decide()
    assert settled.advice == settled.best
    assert settled.row(str(settled.best)).kind == "operation"


def test_near_ties_are_named() -> None:
    case = CASES["persistent"]
    decision = case.decide()
    best = decision.row(str(decision.advice)).expected_utility
    near = [row.action for row in decision.actions if best - row.expected_utility <= 0.01 and not row.not_yet]
    assert list(decision.ties) == near
    wide = case.decide({"untreated.gland": 0.0})
    assert set(wide.ties) == {"ask_family", "observe"}
    assert wide.ties[0] == wide.advice
    assert "Too close to call, within 0.010: Observe." in to_text(wide.blocks())


def test_overrides() -> None:
    case = CASES["first time"]
    problem, changed = problem_of(case), problem_of(case, {"harm.neck.first": 0.12})
    rows = [problem.actions.index(name) for name in ("focused@left", "focused@right", "bilateral")]
    lowered = problem.utilities[rows] - changed.utilities[rows]
    np.testing.assert_allclose(lowered, 0.1, rtol=0, atol=1e-12)
    whole = problem_of(case, {"harm.neck": 0.12})
    np.testing.assert_array_equal(whole.utilities, changed.utilities)
    assert dict(case.decide({"harm.neck.first": 0.12}).changed) == {"harm.neck.first": 0.12}
    assert "harm.neck.first: 0.120" in to_text(case.decide({"harm.neck.first": 0.12}).blocks())


def test_overridden_shares_are_scaled() -> None:
    assert problem_of(CASES["persistent"], {"share.met": 0.1}).indication == pytest.approx(
        {"met": 0.25, "not_met": 0.75}, abs=1e-12
    )


@pytest.mark.parametrize(
    ("utilities", "says"),
    [
        ({"harm.nek.first": 0.1}, "unknown utility 'harm.nek.first'; nearest valid name: 'harm.neck.first'"),
        ({"harm": 0.1}, "unknown utility 'harm'"),
        ({"harm.neck.first": 1.1}, "expected a number between 0 and 1 for the utility harm.neck.first, found 1.1"),
        ({"harm.neck.first": -0.1}, "expected a number between 0 and 1"),
        (
            {"harm.neck.first": float("nan")},
            "expected a number between 0 and 1 for the utility harm.neck.first, found nan",
        ),
        (
            {"harm.neck.first": 10**400},
            "expected a number between 0 and 1 for the utility harm.neck.first, found 1000000",
        ),
        ([("harm.neck.first", 0.1)], "expected utilities by name, like {'share.met': 0.5}, found [("),
        ({"harm.neck.first": True}, "expected a number between 0 and 1 for the utility harm.neck.first, found True"),
        ({"harm.neck.first": "0.1"}, "expected a number between 0 and 1 for the utility harm.neck.first, found '0.1'"),
        ({"share.met": 0.0, "share.not_met": 0.0}, "expected shares that are not all zero"),
    ],
)
def test_an_override_that_cannot_be_used(utilities: dict[str, float], says: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        CASES["first time"].decide(utilities)
    assert says in str(caught.value)


def test_utilities_as_text() -> None:
    assert read_utilities(["loss.needless=0.2", "harm.neck.first = 0.1"]) == {
        "loss.needless": 0.2,
        "harm.neck.first": 0.1,
    }
    for text in ("loss.needless", "loss.needless=", "loss.needless=high"):
        with pytest.raises(EvidenceError, match="expected a utility as NAME=VALUE"):
            read_utilities([text])


def best_at(problem: DecisionProblem, posterior: np.ndarray, inside: np.ndarray, q: float, now: str) -> str:
    """The best action at q; the one that is best now where nothing is better by more than rounding."""
    moved = np.where(inside, posterior / posterior[inside].sum() * q, posterior / posterior[~inside].sum() * (1 - q))
    worth = problem.utilities @ moved
    found = int(np.argmax(worth))
    return problem.actions[found] if worth[found] > worth[problem.actions.index(now)] + 1e-13 else now


@pytest.mark.parametrize("name", CASES)
def test_thresholds_are_where_bisection_finds_them(name: str) -> None:
    problem, decision = problem_of(CASES[name]), CASES[name].decide()
    posterior = np.array([decision.states[state] for state in problem.states])
    parts = np.array([state.split("@") for state in problem.states])
    now = str(decision.best)
    assert decision.thresholds
    for each in decision.thresholds:
        inside = parts[:, 0 if each.kind == "cause" else 1] == each.of
        assert each.probability == pytest.approx(posterior[inside].sum(), abs=1e-12)
        for crossing, end in ((each.below, 0.0), (each.above, 1.0)):
            grid = np.linspace(each.probability, end, 1001)
            changed = [q for q in grid if best_at(problem, posterior, inside, q, now) != now]
            if crossing is None:
                assert not changed
                continue
            near, far = each.probability, changed[0]
            for _ in range(60):
                middle = (near + far) / 2
                if best_at(problem, posterior, inside, middle, now) == now:
                    near = middle
                else:
                    far = middle
            assert crossing.probability == pytest.approx(far, abs=1e-10)
            beyond = crossing.probability + (1e-7 if end else -1e-7)
            assert best_at(problem, posterior, inside, beyond, now) == crossing.action


def test_a_class_that_is_certain_or_impossible_has_no_threshold() -> None:
    utilities, inside = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([True, False])
    for posterior in (np.array([1.0, 0.0]), np.array([0.0, 1.0])):
        assert threshold("a", "cause", ("x", "y"), utilities, posterior, inside) is None


def test_an_action_that_is_always_best_has_no_crossing() -> None:
    utilities = np.array([[1.0, 1.0], [0.0, 0.5]])
    found = threshold("a", "cause", ("x", "y"), utilities, np.array([0.3, 0.7]), np.array([True, False]))
    assert found is not None
    assert found.below is None
    assert found.above is None


def test_draws_give_intervals() -> None:
    case = CASES["persistent"]
    problem, decision = problem_of(case), case.decide()
    rng = np.random.default_rng(3)
    posteriors = rng.dirichlet(np.ones(len(problem.states)), size=400)
    drawn = with_draws(decision, problem, posteriors)
    assert decision.row("observe").interval is None
    shares = []
    for row in drawn.actions:
        values = np.sort([float(problem.utilities[problem.actions.index(row.action)] @ p) for p in posteriors])
        assert row.interval == pytest.approx((np.quantile(values, 0.05), np.quantile(values, 0.95)), abs=1e-12)
        assert row.best_share is not None
        shares.append(row.best_share)
    assert sum(shares) == pytest.approx(1.0, abs=1e-12)
    assert "best in" in to_text(drawn.blocks())


@pytest.mark.parametrize("shape", [(0, 5), (3, 2), (7,)])
def test_draws_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    case = CASES["persistent"]
    with pytest.raises(EvidenceError, match=r"expected posteriors of shape \(draws, "):
        with_draws(case.decide(), problem_of(case), np.zeros(shape))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_shown(case: Case) -> None:
    decision = case.decide()
    found = json.loads(json.dumps(decision.to_dict(), allow_nan=False))
    assert list(found)[:5] == ["case", "model", "setting", "indication", "risk"]
    assert [row["action"] for row in found["actions"]] == [row.action for row in decision.actions]
    text = to_text(decision.blocks(everything=True), 80)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert text.startswith(f"Advice: {decision.row(str(decision.advice)).label}")
    assert "Actions by expected utility" in text
    assert list(decision.to_frame()["action"]) == [row.action for row in decision.actions]
    assert "<table>" in decision._repr_html_()
    assert decision.opening_blocks()[0] == decision.blocks()[0]


def test_nothing_to_advise_is_said() -> None:
    decision = CASES["child"].decide()
    rows = tuple(row for row in decision.actions if row.not_yet)
    blocked = Decision(**{**vars(decision), "actions": rows, "advice": None, "ties": ()})
    assert "Nothing may be done yet: test the gene first." in to_text(blocked.blocks())


def test_impossible_findings_are_refused() -> None:
    case = Case(NETWORK, "first_time").observe("previous_operations", "1")
    with pytest.raises(ImpossibleEvidence):
        case.decide()


FOREIGN = foreign_network(Arrays((2, 2), ((), (0,)), (np.array([0.3, 0.7]), np.array([[0.9, 0.1], [0.2, 0.8]]))))


@pytest.mark.parametrize("case", [Case(FOREIGN), Case(small_network(), "persistent")], ids=["foreign", "no file"])
def test_a_network_without_actions_says_so(case: Case) -> None:
    decision = case.decide()
    assert decision.best is decision.advice is decision.margin is None
    assert decision.actions == ()
    assert f"{decision.model.id} has no actions." in to_text(decision.blocks())
    json.dumps(decision.to_dict(), allow_nan=False)
    with pytest.raises(EvidenceError, match="has no actions, so it has no utilities to change"):
        case.decide({"harm.neck.first": 0.1})
