"""The commands that question an answer print what the case says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_model import small_network, write_small_model

from hpt_bayes.case import read_case
from hpt_bayes.cli import main

CASE = """\
case: Case 7
setting: persistent
findings:
- {finding: gene, result: vus}
- {finding: scan, result: focus, site: left_inferior}
- {finding: histology, result: normal_only}
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder: Path = tmp_path_factory.mktemp("cli")
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    return str(folder / "case.yaml"), str(write_small_model(folder / "small"))


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def unmarked(data: dict[str, object]) -> dict[str, object]:
    """Without the identity of the model, which holds its path."""
    return {key: value for key, value in data.items() if key not in ("model", "before", "after")} | {
        key: value for key, value in data.items() if isinstance(value, float)
    }


def test_explain(files: tuple[str, str]) -> None:
    path, model = files
    case = read_case(path, small_network())
    found = json.loads(run("explain", path, "--model", model, "--json"))
    assert unmarked(found) == unmarked(json.loads(json.dumps(case.explain().to_dict())))
    found = json.loads(run("explain", path, "fhh", "--against", "adenoma", "--model", model, "--json"))
    assert unmarked(found) == unmarked(json.loads(json.dumps(case.explain("fhh", "adenoma").to_dict())))
    assert "rests_on" not in found
    assert "What each finding weighs" in run("explain", path, "--model", model)
    assert "Where the doubt comes from" in run("explain", path, "--sources", "--model", model)


def test_what_if(files: tuple[str, str]) -> None:
    path, model = files
    case = read_case(path, small_network())
    found = json.loads(run("what-if", path, "gene=pathogenic", "scan=", "--model", model, "--json"))
    expected = case.what_if("gene=pathogenic", "scan=")
    assert found["difference"] == expected.to_dict()["difference"]
    assert "Gene: pathogenic (was vus)" in run("what-if", path, "gene=pathogenic", "--model", model)
    refused = CliRunner().invoke(main, ["what-if", path, "gene", "--model", model])
    assert refused.exit_code == 2
    assert refused.stderr.startswith("error: expected a change like")


def test_conflict(files: tuple[str, str]) -> None:
    path, model = files
    case = read_case(path, small_network())
    found = json.loads(run("conflict", path, "--model", model, "--json"))
    assert unmarked(found) == unmarked(json.loads(json.dumps(case.conflict().to_dict())))
    assert "Do the findings agree?" in run("conflict", path, "--model", model)
