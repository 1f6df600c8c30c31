"""Three digits, Markdown, and the command."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from hpt_bayes.cli import main
from hpt_bayes.cli.shared import progress
from hpt_bayes.display.rows import Rows, lines_block
from hpt_bayes.validation.shown import digits, to_markdown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.81234, "0.812"), (0.0127, "0.013"), (0.00042, "0.0004"), (7.5e-15, "0"), (0.0, "0"), (1.0, "1.00"),
        (11.417, "11.4"), (165.65, "166"), (-0.0385, "-0.038"), (None, "-"), (float("nan"), "-"), (1234.5, "1234"),
    ],
)  # fmt: skip
def test_three_digits(value: float | None, text: str) -> None:
    assert digits(value) == text


def test_markdown_has_tables_lists_and_notes() -> None:
    blocks = [
        Rows("Table", ("name", "p"), (("a|b", "0.1"),), ("A note.",), right=frozenset({1})),
        lines_block("Lines", ["one", "two"]),
    ]
    assert to_markdown("Title", blocks) == (
        "# Title\n\n## Table\n\n| name | p |\n| --- | ---: |\n| a\\|b | 0.1 |\n\nA note.\n\n## Lines\n\n- one\n- two\n"
    )


class Short:
    """A report that is quick to make."""

    def to_dict(self) -> dict[str, object]:
        return {"targets": {"met": 1}}

    def to_markdown(self) -> str:
        return "# short\n"

    def blocks(self) -> tuple[Rows, ...]:
        return (lines_block("Targets", ["1 of 1 met"]),)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hpt_bayes.validation.report.validate", lambda *_: Short())


@pytest.mark.usefixtures("quick")
def test_the_command_prints_or_writes(tmp_path: Path) -> None:
    printed = CliRunner().invoke(main, ["validate"])
    assert printed.exit_code == 0
    assert "1 of 1 met" in printed.output
    assert json.loads(CliRunner().invoke(main, ["validate", "--json"]).output) == {"targets": {"met": 1}}
    path = tmp_path / "VALIDATION.md"
    written = CliRunner().invoke(main, ["validate", "--write", str(path)])
    assert (written.exit_code, written.output, path.read_text()) == (0, "", "# short\n")


@pytest.mark.usefixtures("quick")
def test_a_path_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    refused = CliRunner().invoke(main, ["validate", "--write", str(tmp_path)])
    assert refused.exit_code == 2
    assert "cannot write" in refused.output


def test_the_progress_bar_waits_a_second(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress("Targets", 3) as advance:
        advance(1)
    assert "Targets" not in capsys.readouterr().err
    with progress("Targets", 2) as advance:
        time.sleep(1.05)
        advance(1)
    assert "Targets" in capsys.readouterr().err
