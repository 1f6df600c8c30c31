"""README and models/README keep their word: every command line and the Python example run as printed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from hpt_bayes.cli import main

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "models" / "README.md"]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


LINES = [
    line
    for page in PAGES
    for block in blocks(page, "sh")
    for line in block.splitlines()
    if line.startswith("hpt-bayes")
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nothing but the files that the README prints under their name."""
    printed = re.findall(r"`(\S+)`:\n\n```\w+\n(.*?)```", PAGES[0].read_text(encoding="utf-8"), re.DOTALL)
    for name, text in printed:
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("line", LINES)
def test_a_command_line_of_the_readme_works(line: str, folder: Path) -> None:
    result = CliRunner().invoke(main, shlex.split(line)[1:])
    assert result.exit_code == 0, result.output
    assert result.output.strip()


def test_the_readme_has_lines_to_run() -> None:
    assert len(LINES) >= 12


def test_the_python_examples_of_the_readme_work(folder: Path) -> None:
    names: dict[str, object] = {}
    for code in blocks(PAGES[0], "python"):
        exec(compile(code, "README.md", "exec"), names)
    assert names["answers"]["status"].tolist() == ["ok", "ok", "invalid"]  # type: ignore[index]
    answer = names["answer"]
    assert 0 < answer.diagnoses["ectopic_adenoma"] < 1  # type: ignore[attr-defined]


def test_the_case_file_of_the_readme_is_read() -> None:
    from hpt_bayes.evidence.case_file import parse_case
    from hpt_bayes.network.load import load_network

    text, _ = blocks(PAGES[0], "yaml")
    case = parse_case(load_network(), text, "README.md")
    assert case.name == "my-patient"
    assert len(case.observations) == 6


def test_the_two_install_lines_are_the_promised_ones() -> None:
    lines = [line for block in blocks(PAGES[0], "sh") for line in block.splitlines() if line.startswith("python3")]
    assert lines == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/hpt-bayes demo",
        "python3 -m venv .venv && .venv/bin/pip install '.[dev]' && .venv/bin/pytest",
    ]


def test_the_figures_of_the_validation_report_are_quoted_as_they_are() -> None:
    report = (ROOT / "models" / "hyperparathyroidism" / "VALIDATION.md").read_text(encoding="utf-8")
    found = re.search(r"(\d+) of (\d+) met, (\d+) missed by more than three tolerances", report)
    assert found is not None
    met, asked, far = found.groups()
    readme = " ".join(PAGES[0].read_text(encoding="utf-8").split())
    assert f"Of {asked} published figures the model can be asked for, it returns {met} within their tolerance" in readme
    count = ["no figures", "one", "two", "three", "four", "five"][int(far)]
    assert f"{count} are off by more than three tolerances" in readme
    expected = re.search(r"next study and the action: (\d+) of (\d+) met", report)
    assert expected is not None
    assert f"Of {expected[2]} expectations clinicians hold of the next step the model meets {expected[1]};" in readme
