"""The command line: every command answers, in words and in JSON, and refuses bad input with one line and status 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from small_model import small_network, write_small_model

import hpt_bayes as hpt
from hpt_bayes.case import Case, read_case
from hpt_bayes.cli import main

ROOT = Path(__file__).resolve().parents[1]
CASE = """\
case: Case 7
setting: persistent
notes: Café <b>
findings:
- {finding: adjusted_calcium, value: 2.85, unit: mmol/L, upper_limit: 2.6}
- {finding: scan, result: focus, site: left_inferior}
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_model(tmp_path_factory.mktemp("model") / "small")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def answer(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert "\x1b" not in result.stdout
    return result.stdout


def data(*arguments: object) -> Any:
    return json.loads(answer(*arguments, "--json"))


def refusal(*arguments: object) -> str:
    """The one line of a refusal."""
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


COMMANDS = ("demo", "posterior", "next", "findings", "studies", "settings", "constraints", "check", "sources", "export")


def test_the_promised_commands_are_there() -> None:
    assert set(COMMANDS) <= set(main.commands)
    text = answer("--help")
    for name in main.commands:
        assert f"\n  {name} " in text
    assert "hpt-bayes demo" in text
    assert "not a medical device" in text


@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize("name", main.commands)
def test_every_command_explains_itself(name: str, flag: str) -> None:
    text = answer(name, flag)
    assert "--model PATH" in text
    assert "--json" in text
    sentence = " ".join(line.strip() for line in text.splitlines()[2:4])
    assert len(sentence.split()) >= 5
    assert "." in sentence


def test_no_command_at_all_shows_the_help() -> None:
    assert answer() == answer("--help")


def test_the_version_is_that_of_the_package() -> None:
    assert answer("--version") == f"hpt-bayes, version {hpt.__version__}\n"


def test_posterior_prints_what_the_case_says(model: Path, case: Path) -> None:
    expected = read_case(case, hpt.load_network(model)).posterior()
    found = data("posterior", case, "--model", model)
    assert found == json.loads(json.dumps(expected.to_dict()))
    assert found["model"]["path"] == str(model)
    text = answer("posterior", case, "--model", model)
    for part in ("First question", "Missed adenoma", "Where it probably is, by approach", "Model small 0.1.0"):
        assert part in text
    assert "Left inferior" in answer("posterior", case, "--sites", "--model", model)


def test_next_prints_what_the_case_says(model: Path, case: Path) -> None:
    here = read_case(case, hpt.load_network(model))
    assert data("next", case, "--model", model) == json.loads(json.dumps(here.next_studies().to_dict()))
    about = data("next", case, "--target", "fhh", "--model", model)
    assert about == json.loads(json.dumps(here.next_studies("fhh").to_dict()))
    text = answer("next", case, "--model", model)
    assert text.startswith("Next study: ")
    assert "\nDone\n" not in text
    assert "\nDone\n" in answer("next", case, "--all", "--model", model)


@pytest.mark.parametrize("kind", ["findings", "studies", "settings", "constraints"])
def test_a_list_and_each_of_its_names_can_be_asked_for(kind: str, model: Path) -> None:
    listed = data(kind, "--model", model)
    text = answer(kind, "--model", model)
    assert listed[kind]
    for name, entry in listed[kind].items():
        assert name in text
        assert data(kind, name, "--model", model)[kind] == {name: entry}
        assert name in answer(kind, name, "--model", model)


def test_sources_name_numbers_and_papers(model: Path) -> None:
    assert data("sources", "--model", model)["variables"]["fhh"] == {"measured": 2}
    assert "Author B. Journal" in " ".join(answer("sources", "fhh", "--model", model).split())
    assert data("sources", "fhh", "--model", model)["variable"] == "fhh"


def test_check_counts_a_model_without_fault(model: Path) -> None:
    found = data("check", "--model", model)
    assert found["faults"] == []
    assert found["digest"] == hpt.load_network(model).digest
    assert answer("check", "--model", model).startswith("No fault\n")


@pytest.mark.parametrize("format", ["bif", "xmlbif", "net", "json"])
def test_export_writes_a_file(format: str, model: Path, tmp_path: Path) -> None:
    path = tmp_path / f"net.{format}"
    found = data("export", format, path, "--model", model)
    assert (found["format"], found["path"]) == (format, str(path))
    assert path.stat().st_size > 1000
    assert "variables of small" in answer("export", format, path, "--model", model)


def test_a_foreign_file_is_a_model(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "net.bif"
    answer("export", "bif", path, "--model", model)
    case = tmp_path / "case.yaml"
    case.write_text("findings:\n- {finding: gene, result: vus}\n", encoding="utf-8")
    assert data("posterior", case, "--model", path)["diagnoses"] == {}
    assert data("next", case, "--target", "lesion", "--model", path)["target"] == "lesion"
    assert refusal("next", case, "--model", path).startswith("net declares no diagnoses, so name what to learn about")


def test_the_model_comes_from_the_option_then_from_the_environment(model: Path, case: Path) -> None:
    runner = CliRunner(env={"HPT_BAYES_MODEL": str(model)})
    assert json.loads(runner.invoke(main, ["settings", "--json"]).stdout)["model"]["id"] == "small"
    tiny = str(ROOT / "tests" / "network" / "data" / "tiny")
    assert json.loads(runner.invoke(main, ["settings", "--json", "--model", tiny]).stdout)["model"]["id"] == "tiny"


@pytest.mark.parametrize("kind", ["findings", "studies", "settings", "constraints", "sources", "check"])
def test_the_packaged_model_answers(kind: str) -> None:
    assert "hyperparathyroidism" in answer(kind)


def test_the_demo_works_up_a_packaged_patient() -> None:
    text = answer("demo")
    heads = (
        "Patient: persistent-after-failed-exploration (persistent)",
        "First question",
        "Leading causes",
        "Next study",
    )
    places = [text.index(head) for head in heads]
    assert places == sorted(places)


FAULTY_CASES = {
    "finding: scna, result: negative": "unknown finding 'scna'; nearest valid name: 'scan'",
    "finding: scan, result: negativ": "scan: unknown result 'negativ'; nearest valid name: 'negative'",
    "finding: scan, result: focus, site: left_superor": "unknown site 'left_superor'; nearest valid name: 'left_super",
    "finding: adjusted_calcium, value: 11, unit: mg/L": "adjusted_calcium: unknown unit 'mg/L'",
    "finding: adjusted_calcium, value: 11": "adjusted_calcium",
    "finding: adjusted_calcium, value: 112, unit: mg/dL": "adjusted_calcium",
    "finding: pth, value: 95, unit: pg/mL": "upper_limit",
    "finding: pth, value: -5, unit: pg/mL, upper_limit: 65": "pth",
    "finding: pth, value: .nan, unit: pg/mL, upper_limit: 65": "pth",
    "finding: scan": "expected exactly one of value, result, any_of, likelihood, found none",
    "finding: scan, reslt: negative": "unknown key 'reslt' of a finding; nearest valid name: 'result'",
    "finding: lesion, result: adenoma": "lesion is inferred, it cannot be observed",
}


@pytest.mark.parametrize("command", ["posterior", "next"])
@pytest.mark.parametrize("entry", FAULTY_CASES)
def test_a_faulty_finding_is_refused_with_its_place(entry: str, command: str, model: Path, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(f"setting: persistent\nfindings:\n- {{{entry}}}\n", encoding="utf-8")
    line = refusal(command, path, "--model", model)
    assert line.startswith(f"{path}:3:")
    assert FAULTY_CASES[entry] in line


FAULTY_FILES = {
    "empty": b"",
    "only a comment": b"# nothing\n",
    "binary": bytes(range(256)),
    "a list": b"- a\n- b\n",
    "broken yaml": b"setting: [persistent\n",
    "no setting": b"findings: []\n",
    "unknown setting": b"setting: persistant\n",
    "unknown constraint": b"setting: persistent\nconstraints: [pregnant]\n",
    "two keys": b"setting: persistent\nsetting: first_time\n",
}


@pytest.mark.parametrize("content", FAULTY_FILES.values(), ids=FAULTY_FILES)
def test_a_faulty_file_is_refused(content: bytes, model: Path, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(content)
    assert refusal("posterior", path, "--model", model).startswith(str(path))


def test_a_missing_case_and_a_folder_are_refused(model: Path, tmp_path: Path) -> None:
    missing = refusal("posterior", tmp_path / "fhh-trp", "--model", model)
    assert missing.endswith("expected a case file, found none; or an example case, nearest valid name: 'fhh-trap'")
    assert refusal("next", tmp_path, "--model", model) == f"{tmp_path}: expected a case file, found a folder"


def test_an_example_case_of_another_model_is_refused(model: Path) -> None:
    assert "unknown" in refusal("demo", "--model", model)


def test_findings_that_contradict_each_other_are_refused(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    twin = "- {finding: thyroid_nodules, result: present}\n- {finding: thyroid_nodules, result: absent}\n"
    path.write_text(f"setting: persistent\nfindings:\n{twin}", encoding="utf-8")
    assert "values that exclude each other" in refusal("posterior", path, "--model", model)
    path.write_text("findings:\n- {finding: a, result: yes1}\n- {finding: b, result: no1}\n", encoding="utf-8")
    network = tmp_path / "copy.bif"
    network.write_text(
        "network copy {}\nvariable a { type discrete [ 2 ] { yes1, no1 }; }\n"
        "variable b { type discrete [ 2 ] { yes1, no1 }; }\nprobability ( a ) { table 0.5, 0.5; }\n"
        "probability ( b | a ) { (yes1) 1.0, 0.0; (no1) 0.0, 1.0; }\n",
        encoding="utf-8",
    )
    line = refusal("posterior", path, "--model", network)
    assert line.startswith("these findings cannot all be true in this model (smallest contradictory set): a: yes1; b:")


@pytest.fixture
def broken(model: Path, tmp_path: Path) -> Path:
    folder = write_small_model(tmp_path / "broken")
    causes = folder / "causes.yaml"
    causes.write_text(causes.read_text(encoding="utf-8").replace("present: 0.05", "presnt: 0.05"), encoding="utf-8")
    return folder


def test_a_broken_model_is_refused_with_file_and_line(broken: Path, case: Path, tmp_path: Path) -> None:
    for command in (("posterior", case), ("next", case), ("findings",), ("sources",), ("demo",)):
        line = refusal(*command, "--model", broken)
        assert line.startswith(f"{broken / 'causes.yaml'}:")
        assert "'presnt'" in line
    export = tmp_path / "net.bif"
    refusal("export", "bif", export, "--model", broken)
    assert not export.exists()


def test_check_prints_each_fault_and_one_line_of_error(broken: Path) -> None:
    result = run("check", "--model", broken)
    assert result.exit_code == 2
    assert "presnt" in " ".join(result.stdout.split())
    assert result.stderr == "error: the model has 1 fault\n"
    found = run("check", "--model", broken, "--json")
    assert (found.exit_code, len(json.loads(found.stdout)["faults"])) == (2, 1)


@pytest.mark.parametrize("command", ["findings", "sources"])
def test_a_model_that_is_none_is_refused(command: str, tmp_path: Path) -> None:
    assert "found nothing" in refusal(command, "--model", tmp_path / "missing")
    assert "network.yaml" in refusal(command, "--model", tmp_path)
    text = tmp_path / "model.txt"
    text.write_text("hello", encoding="utf-8")
    assert str(text) in refusal(command, "--model", text)
    garbage = tmp_path / "net.bif"
    garbage.write_text("hello", encoding="utf-8")
    assert str(garbage) in refusal(command, "--model", garbage)


def test_check_of_a_model_that_is_none_has_status_2(tmp_path: Path) -> None:
    result = run("check", "--model", tmp_path / "missing")
    assert (result.exit_code, result.stderr) == (2, "error: the model has 1 fault\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("findings", "scna"), "unknown finding 'scna'; nearest valid name: 'scan'"),
        (("studies", "gen"), "unknown study 'gen'; nearest valid name: 'gene'"),
        (("settings", "persistant"), "unknown setting 'persistant'; nearest valid name: 'persistent'"),
        (("constraints", "pregnant"), "unknown constraint 'pregnant'; nearest valid name: 'pregnancy'"),
        (("sources", "lesoin"), "unknown variable 'lesoin'; nearest valid name: 'lesion'"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(arguments: tuple[str, str], message: str, model: Path) -> None:
    assert refusal(*arguments, "--model", model) == message


def test_an_unknown_target_is_refused(model: Path, case: Path) -> None:
    line = refusal("next", case, "--target", "lesoin", "--model", model)
    assert line == "unknown variable 'lesoin' as target; nearest valid name: 'lesion'"


@pytest.mark.parametrize("format", ["bif", "json"])
def test_a_path_that_cannot_be_written_is_refused(format: str, model: Path, tmp_path: Path) -> None:
    assert refusal("export", format, tmp_path / "no" / "net", "--model", model).endswith("No such file or directory")
    assert refusal("export", format, tmp_path, "--model", model) == f"cannot write {tmp_path}: Is a directory"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("posteror",), "No such command 'posteror'"),
        (("posterior",), "Missing argument 'CASE'"),
        (("posterior", "a", "b"), "unexpected extra argument"),
        (("--bogus",), "No such option"),
        (("findings", "--bogus"), "No such option"),
        (("export", "pdf", "net.pdf"), "'pdf' is not one of"),
    ],
)
def test_wrong_usage_is_one_line_that_points_to_the_help(arguments: tuple[str, ...], message: str) -> None:
    line = refusal(*arguments)
    assert message in line
    assert line.endswith("--help")


def program(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line as its own process."""
    command = [sys.executable, "-m", "hpt_bayes", *map(str, arguments)]
    env = {**os.environ, "PYTHONUTF8": "1", **environment}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env, encoding="utf-8", check=False)


def test_the_program_answers_in_plain_text(model: Path, case: Path) -> None:
    done = program("posterior", case, "--model", model, FORCE_COLOR="1", TERM="xterm-256color")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert done.stdout == answer("posterior", case, "--model", model)
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_the_program_refuses_with_one_line_and_no_traceback(model: Path) -> None:
    done = program("posterior", "missing.yaml", "--model", model)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: missing.yaml: expected a case file, found none")
    assert done.stderr.count("\n") == 1


def test_the_program_survives_a_terminal_that_knows_few_letters(model: Path, case: Path) -> None:
    done = program("posterior", case, "--model", model, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Missed adenoma" in done.stdout


@pytest.mark.parametrize("arguments", [("findings", "--json"), ("settings",)])
def test_the_program_ends_quietly_when_nobody_reads_on(arguments: tuple[str, ...], model: Path) -> None:
    command = [sys.executable, "-m", "hpt_bayes", *arguments, "--model", str(model)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as started:
        assert started.stdout is not None and started.stderr is not None
        started.stdout.close()
        assert started.stderr.read() == b""
        assert started.wait() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("asked", ["settings", "--help"])
def test_an_answer_that_cannot_be_written_is_one_line(asked: str, model: Path) -> None:
    more = ["--model", str(model)] if asked == "settings" else []
    command = [sys.executable, "-m", "hpt_bayes", asked, *more]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "error: cannot read or write the answer (No space left on device)\n"


@pytest.mark.skipif(os.name != "posix", reason="closes the output by a shell")
def test_the_program_ends_quietly_when_its_output_is_closed(model: Path) -> None:
    command = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "hpt_bayes", "settings", "--model", str(model)]
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_printed_is_what_python_computes(model: Path, case: Path) -> None:
    """The same case entered in code gives the same numbers."""
    network = small_network()
    same = Case(network, "persistent", name="Case 7").observe("adjusted_calcium", 2.85, "mmol/L", upper_limit=2.6)
    same = same.observe("scan", "focus", site="left_inferior")
    assert data("posterior", case, "--model", model)["diagnoses"] == dict(same.posterior().diagnoses)
