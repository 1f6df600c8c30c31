"""The benchmark compares before it times, and writes what it found."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.growth import Curve
from benchmarks.peers import PyAgrum
from benchmarks.plain import plain
from benchmarks.results import GROWTH, SIDE_BY_SIDE, side_by_side, time_text, write_section
from benchmarks.subjects import published
from benchmarks.timing import EXACT, Disagreement, Line, agree, in_turn
from benchmarks.trees import random_tree
from hpt_bayes.engine import EvidenceFactors, propagate


def test_a_small_run_compares_three_programs_and_writes_the_table(tmp_path: Path) -> None:
    out = tmp_path / "RESULTS.md"
    done = CliRunner().invoke(main, ["--quick", "--out", str(out)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    text = out.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if "| alarm |" in line]
    assert len(rows) == 4
    assert all(float(row.split("|")[-2]) <= EXACT for row in rows)
    assert "pyagrum 3" in text and "pgmpy 1" in text


def test_a_small_run_draws_how_cost_grows(tmp_path: Path) -> None:
    out = tmp_path / "RESULTS.md"
    write_section(SIDE_BY_SIDE, "kept", out)
    done = CliRunner().invoke(main, ["--quick", "--out", str(out), "growth"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    text = out.read_text(encoding="utf-8")
    assert text.index("## Side by side\n\nkept") < text.index("## How cost grows") < text.index("treewidth")
    assert (tmp_path / "growth.png").stat().st_size > 1000
    assert "processor time" in (tmp_path / "growth.svg").read_text(encoding="utf-8")


def test_programs_that_differ_are_not_timed() -> None:
    assert agree([0.25, 0.75], [0.25, 0.75 + 1e-12], "x") == pytest.approx(1e-12, rel=1e-3)
    for other in (0.25 + 2e-10, np.nan):
        with pytest.raises(Disagreement, match="posterior of x: the answers differ by"):
            agree([0.25], [other], "posterior of x")


def test_the_others_get_factors_and_repeated_or_certain_vectors_in_a_form_they_answer_exactly() -> None:
    subject = published("alarm")
    engine, hard = subject.model.engine, dict(subject.evidence.hard)
    a, b, c, d = [v for v in range(len(engine.cardinalities)) if v not in hard][:4]
    one = np.zeros(engine.cardinalities[c])
    one[0] = 0.4  # pyAgrum 3.3.1 gives a wrong P(e) for this vector
    child, parents = next((v, group) for v, group in enumerate(engine.parents) if len(group) >= 2)
    factor = np.random.default_rng(0).random([engine.cardinalities[v] for v in parents])
    evidence = EvidenceFactors(
        hard=hard,
        likelihoods=(
            (a, np.linspace(0.1, 0.9, engine.cardinalities[a])),
            (b, np.linspace(0.9, 0.2, engine.cardinalities[b])),
            (b, np.linspace(0.3, 0.4, engine.cardinalities[b])),
            (c, one),
        ),
        factors=((parents, factor),),
    )
    given = plain(subject.model, evidence)
    assert given.hard[c] == 0 and set(given.vectors) == {a, b}
    ours, theirs = propagate(engine, evidence), PyAgrum(given).enter(given)
    assert theirs.log_evidence() + given.log_scale == pytest.approx(ours.log_evidence[0], abs=EXACT)
    for v in (a, b, d, child):
        np.testing.assert_allclose(theirs.posterior(v), ours.marginal(v)[0], rtol=0, atol=EXACT)


def test_medians_are_of_calls_taken_in_turn() -> None:
    ticks = itertools.count()
    order: list[str] = []
    calls = {name: (lambda name=name: order.append(name)) for name in ("a", "b")}
    assert in_turn(calls, 3, lambda: float(next(ticks))) == {"a": 1.0, "b": 1.0}
    assert order == ["a", "b"] * 3


def test_a_missed_bar_is_listed_with_its_ratio() -> None:
    line = Line("q", "net", {"hpt_bayes": 1.0, "pyAgrum": 1.5, "pgmpy": 30.0}, {"pyAgrum": 2, "pgmpy": 20}, 0.0)
    text = side_by_side([line], {})
    assert "| q | net | 1 s | 1.5 s | 30 s | 1.5 (2) | 30 (20) | 0e+00 |" in text
    assert "- q, net: 1.5 times pyAgrum, the bar is 2." in text
    assert "pgmpy, the bar" not in text


def test_a_section_replaces_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "r.md"
    for title, text in ((GROWTH, "one"), ("By hand", "mine"), (SIDE_BY_SIDE, "two"), (GROWTH, "three")):
        write_section(title, text, path)
    text = path.read_text(encoding="utf-8")
    assert text.endswith("## Side by side\n\ntwo\n\n## How cost grows\n\nthree\n\n## By hand\n\nmine\n")
    assert "one" not in text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0000123, "12.3 µs"), (0.0456, "45.6 ms"), (2.0, "2 s"), (7071.6, "7,072 s")]
)
def test_times_have_three_digits_and_a_unit(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


def test_fits_find_the_exponent_and_the_base() -> None:
    power = Curve(
        "n",
        "q",
        (1, 10, 100, 1000),
        tuple(5.0 if n < 100 else 0.1 * n**1.5 for n in (1, 10, 100, 1000)),
        (10_000,),
    )
    assert power.slope == pytest.approx(1.5)
    assert power.extrapolated()[10_000] == pytest.approx(0.1 * 10_000**1.5)
    exponential = Curve("w", "q", (2, 4, 6), tuple(0.01 * 1.8**w for w in (2, 4, 6)), exponential=True)
    assert exponential.slope == pytest.approx(1.8)


@pytest.mark.parametrize("width", [2, 5, 9])
def test_a_random_tree_has_the_treewidth_it_says(width: int) -> None:
    tree = random_tree(width).tree
    assert max(len(clique) for clique in tree.cliques) - 1 <= width
    assert max(len(group) for group in random_tree(width).parents) == width
