"""The package offers its public names, and importing it loads nothing heavy."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import hpt_bayes as hpt

ROOT = Path(__file__).resolve().parents[1]
NEVER_NEEDED = (
    "pgmpy", "pandas", "matplotlib", "rich", "pyagrum", "pyarrow", "joblib", "dask", "distributed", "ipywidgets",
    "pygraphviz", "scipy.stats", "scipy.optimize", "scipy.integrate", "scipy.linalg", "scipy.sparse",
)  # fmt: skip
HEAVY = (*NEVER_NEEDED, "numpy", "networkx", "pydantic", "ruamel")
OTHER_QUESTIONS = ("decision", "explanation", "planning", "sensitivity", "uncertainty", "what_if")


@pytest.mark.parametrize("name", hpt.__all__)
def test_every_public_name_is_what_it_says(name: str) -> None:
    assert getattr(hpt, name).__name__ == name
    assert getattr(hpt, name).__doc__


def test_names_are_sorted_and_listed() -> None:
    assert list(hpt.__all__) == sorted(hpt.__all__)
    assert dir(hpt) == sorted([*hpt.__all__, "__version__"])
    promised = {"load_network", "Case", "read_case", "example_cases", "check_network", "HptBayesError", "EvidenceError",
                "ImpossibleEvidence", "ModelFileError"}  # fmt: skip
    assert promised <= set(hpt.__all__)


def test_errors_are_one_tree() -> None:
    for name in ("EvidenceError", "ImpossibleEvidence", "ModelFileError", "NetworkTooWide"):
        assert issubclass(getattr(hpt, name), hpt.HptBayesError)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'hpt_bayes' has no attribute 'Cse'"):
        _ = hpt.Cse


def test_the_version_is_the_one_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert hpt.__version__ == project["version"]


def loaded_after(code: str) -> set[str]:
    """Modules a fresh interpreter holds after running some code."""
    ask = f"import sys, json\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = loaded_after("import hpt_bayes")
    assert "hpt_bayes" in loaded
    assert not loaded & set(HEAVY)


def test_help_loads_nothing_heavy() -> None:
    loaded = loaded_after(
        "from hpt_bayes.cli import main\n"
        "for args in (['--help'], ['posterior', '--help']):\n"
        "    try: main(args)\n"
        "    except SystemExit: pass\n"
    )
    assert "hpt_bayes.cli" in loaded
    assert not loaded & set(HEAVY)


def test_answering_loads_no_program_that_is_not_needed() -> None:
    loaded = loaded_after(
        "sys.path[:0] = ['tests']\n"
        "from small_model import small_network\n"
        "from hpt_bayes.case import Case\n"
        "case = Case(small_network(), 'persistent').observe('adjusted_calcium', 11.2, 'mg/dL')\n"
        "case.posterior().to_dict(); case.next_studies().to_dict(); case.conflict().to_dict()\n"
    )
    assert "hpt_bayes.reasoning.believing.posterior" in loaded
    assert not loaded & set(NEVER_NEEDED)


def test_a_posterior_on_the_command_line_loads_no_other_question() -> None:
    loaded = loaded_after(
        "from hpt_bayes.cli import main\n"
        "main(['posterior', 'fhh-trap', '--model', 'models/hyperparathyroidism'], standalone_mode=False)\n"
    )
    assert "hpt_bayes.reasoning.believing.posterior" in loaded
    assert not loaded & set(NEVER_NEEDED)
    assert not loaded & {f"hpt_bayes.reasoning.{name}" for name in OTHER_QUESTIONS}


def test_an_answer_names_the_packaged_model_without_its_path(tmp_path: Path) -> None:
    packaged = hpt.load_network()
    copied = tmp_path / "mine"
    shutil.copytree(packaged.path, copied)
    assert "as packaged" in str(hpt.Case(packaged, setting="persistent").posterior().model)
    assert str(copied) in str(hpt.Case(hpt.load_network(copied), setting="persistent").posterior().model)
