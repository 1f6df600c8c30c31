"""Evidence that nothing cites, and what `sources` prints for every kind of table."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from packaged import network
from small_model import small_network

from hpt_bayes.cli import main
from hpt_bayes.display.rows import to_text
from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.provenance import EvidenceRow
from hpt_bayes.network.tables import KINDS
from hpt_bayes.reasoning.knowledge.published_shown import figure_text, paper_text
from hpt_bayes.reasoning.knowledge.sources import sources_of
from hpt_bayes.reasoning.knowledge.unused import unused_evidence

FOLDER = Path(__file__).parents[3] / "models" / "hyperparathyroidism"


def test_unused_rows_are_those_no_file_names() -> None:
    found = unused_evidence(network())
    texts = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yaml"))
    assert found.rows
    assert [row.key for row in found.rows if f"[{row.key}]" in texts or f", {row.key}," in texts] == []
    behind = {key for name in network().variables for row in sources_of(network(), name).rows for key in row.evidence}
    assert not behind & {row.key for row in found.rows}
    keys: set[str] = set()
    for path in (FOLDER / "evidence").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            keys |= {row["key"] for row in csv.DictReader(file)}
    assert found.published == len(keys)


def test_unused_rows_are_shown_with_their_paper_by_file() -> None:
    found = unused_evidence(network())
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert data["unused"] == len(data["rows"]) == len(found.rows)
    assert {"file", "topic", "quantity", "value", "citation"} <= set(data["rows"][0])
    text = " ".join(to_text(found.blocks(), 80).split())
    for row in (found.rows[0], found.rows[-1]):
        assert row.file in text
        assert " ".join(f"{row.topic}: {row.key}: {row.quantity}".split()) in text
    assert f"{len(found.rows):,} of {found.published:,} published numbers are cited by nothing." in text


def test_a_network_without_a_folder_has_no_unused_evidence() -> None:
    with pytest.raises(EvidenceError, match="expected a model folder with evidence"):
        unused_evidence(replace(small_network(), path=""))


def test_the_command_lists_unused_rows_or_one_variable() -> None:
    run = CliRunner().invoke(main, ["sources", "--unused", "--json"])
    assert run.exit_code == 0, run.output
    assert json.loads(run.output)["unused"] == len(unused_evidence(network()).rows)
    both = CliRunner().invoke(main, ["sources", "lesion", "--unused"])
    assert both.exit_code == 2
    assert "expected VARIABLE or --unused, found both" in both.output


def test_a_published_figure_in_words() -> None:
    row = EvidenceRow(
        "k", "t", "q", 0.8, 0.7, 0.9, 8, 10, "proportion", "Author A. Journal", 2001, "10.1/a", "", "abstract"
    )
    assert figure_text(row) == "0.8 (8/10), 95 % interval 0.7 to 0.9 proportion"
    assert paper_text(row) == "Author A. Journal, 2001, 10.1/a"
    bare = replace(row, value=None, events=None, lower=None, year=None, doi_or_pmid="", text="about half", unit="")
    assert figure_text(bare) == "about half (n 10)"
    assert paper_text(bare) == "Author A. Journal"
    assert figure_text(replace(bare, n=None, text="")) == "not stated"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_says_basis_size_and_paper_of_each_row(kind: str) -> None:
    names = [name for name, each in network().variables.items() if each.spec is not None and each.spec.kind == kind]
    assert names
    found = sources_of(network(), names[0])
    if kind == "deterministic":
        assert found.rows == ()
        return
    text = " ".join(to_text(found.blocks(), 200).split())
    for row in found.rows:
        assert row.ess is not None or row.range is not None or row.basis
        assert row.evidence or row.why
        for key in row.evidence:
            assert key in text
    for published in found.cited:
        assert published.citation.split()[0] in text
