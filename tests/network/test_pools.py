"""`pooled(...)` in a formula: what is read, what is refused, and how the rows are counted."""

# ruff: noqa: E501  (one fault a line, to be read as a table)

from __future__ import annotations

from pathlib import Path

import pytest

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.check import check_report
from hpt_bayes.network.counts import basis_counts
from hpt_bayes.network.load import load_network
from hpt_bayes.network.pooled import Pool, Term, pools_in
from hpt_bayes.network.row_names import figure_name, row_stem

GENE = "- {when: {syndrome: men1}, p: {pathogenic: 0.9, vus: 0.03}, ess: 30, basis: measured, evidence: [series_b]}"
POOLED = '- {when: {syndrome: men1}, p: {pathogenic: 0.9, vus: 0.03}, ess: 30, basis: derived, evidence: [series_a, series_c], formula: "FORMULA"}'
GOOD = "pathogenic = pooled(series_a, 1 - series_c) = 0.9 (0.7 to 0.96)"


@pytest.fixture
def pooled(tiny: Path) -> Path:
    """The tiny model with a second count, and a gene row that is a pool."""
    with (tiny / "evidence" / "series.csv").open("a", encoding="utf-8") as file:
        file.write(
            'series_c,labs,share,0.1,,,2,20,proportion,p,PHPT,cohort,"Author C. Journal",2011,10.1/c,https://example.org/c,abstract,\n'
        )
    return write(tiny, GOOD)


def write(folder: Path, formula: str, row: str = POOLED) -> Path:
    path = folder / "findings.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if "{when: {syndrome: men1}, p: {pathogenic" in line)
    indent = lines[at][: lines[at].index("-")]
    lines[at] = f"{indent}{row.replace('FORMULA', formula)}\n"
    path.write_text("".join(lines), encoding="utf-8")
    return folder


def test_a_pool_is_read() -> None:
    text = "a = pooled(x_1, 1 - y) = 0.83 (0.67 to 0.92); b is judged, from pooled(z, w) = .4 (.1 to .8, I2 76 %)"
    first, second = pools_in(text)
    assert first == Pool((Term("x_1", False), Term("y", True)), "0.83", "0.67", "0.92", None, "a", True)
    assert (second.name, second.begins, second.i2) == ("", False, 76)
    assert pools_in(None) == pools_in("the pool of six series") == ()


def test_a_pooled_row_loads_and_is_counted(pooled: Path) -> None:
    network = load_network(pooled)
    counts = {each.file: each for each in basis_counts(network)}
    assert counts["findings.yaml"].pooled == counts["all"].pooled == 1
    assert counts["all"].from_pools == 0
    assert sum(counts["all"].numbers) == check_report(pooled).numbers
    assert counts["all"].to_dict()["rows"] == dict(
        zip(("measured", "derived", "judged"), counts["all"].rows, strict=True)
    )
    write(pooled, "from pooled(series_a, series_c) = 0.4 (0.1 to 0.9), split in two")
    assert [(each.pooled, each.from_pools) for each in basis_counts(load_network(pooled))][-1] == (0, 1)


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("pathogenic = pooled(series_a, series_c)", "expected pooled(key, 1 - key, ...) = 0.83 (0.67 to 0.92)"),
        ("pathogenic = pooled(series_a and series_c) = 0.9 (0.7 to 0.96)", "found 'series_a and series_c' in it"),
        ("pathogenic = pooled(series_a) = 0.9 (0.7 to 0.96)", "expected several sources, each once"),
        ("pathogenic = pooled(series_a, 1 - series_a) = 0.9 (0.7 to 0.96)", "expected several sources, each once"),
        ("pathogenic = pooled(series_a, serie_c) = 0.9 (0.7 to 0.96)", "found 'serie_c'; nearest valid name: 'series_c'"),
        ("pathogenic = pooled(series_a, series_b) = 0.9 (0.7 to 0.96)", "expected keys in pooled() that evidence: lists, found 'series_b'"),
        ("pathogenic = pooled(series_a, series_c) = 0.9 (0.91 to 0.96)", "expected a pooled value inside its interval, found 0.9 (0.91 to 0.96)"),
        ("pathogenic = pooled(series_a, series_c) = 0.89 (0.7 to 0.96)", "expected the number its formula pools to, 0.89, found 0.9"),
        ("pathogen = pooled(series_a, series_c) = 0.9 (0.7 to 0.96)", "found 'pathogen'; nearest valid name: 'pathogenic'"),
        ("pooled(series_a, series_c) = 0.9 (0.7 to 0.96)", "as in pathogenic = pooled(...), found none of ['pathogenic', 'vus']"),
    ],
)  # fmt: skip
def test_a_wrong_pool_is_refused(pooled: Path, formula: str, says: str) -> None:
    write(pooled, formula)
    with pytest.raises(ModelFileError) as caught:
        load_network(pooled)
    assert says in str(caught.value)
    assert (caught.value.file or "").endswith("findings.yaml")
    assert says in str(check_report(pooled).faults[0])


def test_a_source_without_counts_is_refused(pooled: Path) -> None:
    row = POOLED.replace("series_a,", "series_b,")
    write(pooled, "pathogenic = pooled(series_b, series_c) = 0.9 (0.7 to 0.96)", row)
    with pytest.raises(
        ModelFileError, match=r"counts \(events and n\) in pooled\(\), found 'series_b' with a value only"
    ):
        load_network(pooled)


def test_a_pooled_number_is_derived(pooled: Path) -> None:
    write(pooled, GOOD, POOLED.replace("basis: derived", "basis: measured"))
    with pytest.raises(ModelFileError, match="expected basis: derived for a pooled number, found measured"):
        load_network(pooled)


def test_a_single_number_needs_no_name(tiny: Path) -> None:
    path = tiny / "findings.yaml"
    text = path.read_text(encoding="utf-8")
    with (tiny / "evidence" / "series.csv").open("a", encoding="utf-8") as file:
        file.write(
            'series_c,labs,share,0.1,,,2,20,proportion,p,PHPT,cohort,"Author C. Journal",2011,10.1/c,https://example.org/c,abstract,\n'
        )
    old = "rows: [{otherwise: true, p: {present: 0.3}, ess: 50, basis: judged, why: common}]"
    assert old in text
    new = 'rows: [{otherwise: true, p: {present: 0.3}, ess: 50, basis: derived, evidence: [series_a, series_c], formula: "x = pooled(series_a, series_c) = 0.3 (0.1 to 0.9)"}]'
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ModelFileError, match="expected a number of this row before pooled"):
        load_network(tiny)
    path.write_text(text.replace(old, new.replace("x = ", "")), encoding="utf-8")
    assert basis_counts(load_network(tiny))[-1].pooled == 1


def test_names_inside_a_row(tiny: Path) -> None:
    network = load_network(tiny)
    level = network.variables["usual_calcium"]
    edges = level.spec.edges  # type: ignore[union-attr]
    assert figure_name(level, "rows[0].p.0") == f"<{edges[0]:g}"
    assert figure_name(level, "rows[0].p.1") == f"{edges[0]:g}-{edges[1]:g}"
    assert figure_name(level, f"rows[0].p.{len(edges)}") == f">={edges[-1]:g}"
    assert figure_name(network.variables["gene"], "rows[0].p.1") == network.variables["gene"].states[1]
    assert figure_name(level, "rows[1].slope") == "slope"
    assert figure_name(level, "sensitivity[2].p") == ""
    assert row_stem("sensitivity[2].p") == "sensitivity[2]"
    assert row_stem("equivocal.given_positive.p") == "equivocal.given_positive"


def test_a_file_that_cannot_be_read_is_the_only_thing_said(tiny: Path) -> None:
    path = tiny / "causes.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("role: cause", "role: [cause", 1), encoding="utf-8")
    (fault,) = check_report(tiny).faults
    assert "causes.yaml" in str(fault)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (",,,two,20,", "expected a number or nothing as events, found 'two' for 'series_c'"),
        (",,,21,20,", "expected events from 0 to n, found 21 of 20 for 'series_c'"),
        (",0.3,0.2,2,20,", "expected lower below upper, found 0.3 and 0.2 for 'series_c'"),
    ],
)
def test_a_wrong_figure_of_the_evidence_is_refused(pooled: Path, cells: str, says: str) -> None:
    path = pooled / "evidence" / "series.csv"
    text = path.read_text(encoding="utf-8")
    assert "share,0.1,,,2,20," in text
    path.write_text(text.replace("share,0.1,,,2,20,", f"share,0.1{cells}"), encoding="utf-8")
    with pytest.raises(ModelFileError) as caught:
        load_network(pooled)
    assert says in str(caught.value)
    assert "series.csv:4" in str(caught.value)
