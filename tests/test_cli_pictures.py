"""The commands that draw write the picture or page that was asked for, and refuse what they cannot."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import pytest
from click.testing import CliRunner, Result
from small_model import write_small_model

from hpt_bayes.case import Case, read_case
from hpt_bayes.cli import main
from hpt_bayes.cli.shared import working
from hpt_bayes.display.numbers import percent
from hpt_bayes.network.load import load_network

matplotlib.use("Agg")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder: Path = tmp_path_factory.mktemp("cli")
    model = str(write_small_model(folder / "small"))
    case = Case(load_network(model), "persistent", name="Case 7").observe("gene", "vus")
    case.observe("scan", "focus@left_inferior").observe("histology", "normal_only").save(folder / "case.yaml")
    return str(folder / "case.yaml"), model


def run(command: str, files: tuple[str, str], path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, [command, files[0], str(path), "--model", files[1], *options])


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("causes", "Bar chart of the probability"), ("place", "Map of neck"), ("course", "over 4 steps"),
     ("weights", "Waterfall"), ("studies", "bits each study"), ("pairs", "Triangle"), ("tornado", "Tornado")],
)  # fmt: skip
def test_plot_draws_the_kind_that_was_asked_for(files: tuple[str, str], tmp_path: Path, kind: str, shown: str) -> None:
    result = run("plot", files, tmp_path / "picture.svg", "--kind", kind)
    assert result.exit_code == 0, result.output
    title = (tmp_path / "picture.svg").read_text(encoding="utf-8").split("<title>")[1].split("</title>")[0]
    assert shown in title


def test_diagram_marks_what_was_entered(files: tuple[str, str], tmp_path: Path) -> None:
    assert run("diagram", files, tmp_path / "net.dot", "--weigh", "leading").exit_code == 0
    text = (tmp_path / "net.dot").read_text(encoding="utf-8")
    assert "entered: focus: left inferior" in text
    assert " dB]" in text


def test_report_writes_the_page_of_the_case(files: tuple[str, str], tmp_path: Path) -> None:
    assert run("report", files, tmp_path / "case.html", "--draws", "10", "--numbers", "2").exit_code == 0
    text = (tmp_path / "case.html").read_text(encoding="utf-8")
    answer = read_case(files[0], load_network(files[1])).posterior()
    leader = answer.leading_diagnosis or ""
    assert f"Leading cause: {answer.labels.diagnoses[leader]}, {percent(answer.diagnoses[leader])}" in text
    assert "10 draws" in text


@pytest.mark.parametrize(
    ("command", "name", "options", "said"),
    [("plot", "picture.gif", (), "expected a name ending in .svg, .png, .pdf"),
     ("plot", "picture.svg", ("--kind", "actions"), "declares no actions"),
     ("plot", "missing/picture.svg", (), "cannot write"),
     ("diagram", "missing/net.dot", (), "cannot write"),
     ("report", "missing/case.html", (), "cannot write")],
)  # fmt: skip
def test_what_cannot_be_drawn_is_one_line(
    files: tuple[str, str], tmp_path: Path, command: str, name: str, options: tuple[str, ...], said: str
) -> None:
    result = run(command, files, tmp_path / name, *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(("terminal", "shown"), [("1", True), ("", False)])
def test_work_of_unknown_length_gives_a_sign_of_life_on_a_terminal_only(
    terminal: str, shown: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", terminal)
    done = False
    with working("Answering"):
        done = True
    assert done
    assert ("Answering" in capsys.readouterr().err) == shown
