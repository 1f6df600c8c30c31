"""The layers of the package as a test: every import, those inside functions too, points downwards."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "hpt_bayes"

# A layer may import the layers named here and nothing else of the package.
BASE = {"errors", "files", "clinical", "display"}
ALLOWED = {
    "errors": set(),
    "files": {"errors"},
    "clinical": {"errors"},
    "display": {"errors"},
    "engine": {"errors"},
    "network": BASE | {"engine"},
    "evidence": BASE | {"engine", "network"},
    "reasoning": BASE | {"engine", "network", "evidence"},
    "presentation": BASE | {"engine", "network", "evidence", "reasoning", "policies"},
    "cohort": BASE | {"engine", "network", "evidence", "reasoning", "__version__"},
    "validation": BASE | {"engine", "network", "evidence", "reasoning"},
    "policies": BASE | {"engine", "network", "evidence", "reasoning", "validation"},
    "teaching": BASE | {"engine", "network", "evidence", "reasoning", "policies", "validation"},
}
ALLOWED["case"] = set(ALLOWED)
ALLOWED["cli"] = set(ALLOWED) | {"__version__"}
ALLOWED["__init__"] = set(ALLOWED)
ALLOWED["__main__"] = {"cli"}

# The same inside reasoning: a room may import the files beside the rooms and the rooms named here.
ROOMS: dict[str, set[str]] = {"studies": set(), "deciding": set()}
ROOMS["lookahead"] = {"studies", "deciding"}
ROOMS["next_study"] = {"studies", "deciding", "lookahead"}
ROOMS["knowledge"] = {"studies"}
ROOMS["varying"] = {"deciding", "knowledge", "next_study"}
ROOMS["explaining"] = {"studies", "varying"}
ROOMS["believing"] = set(ROOMS)

# Where a third-party package may be imported.
HOMES = {
    "numpy": set(ALLOWED),
    "networkx": {"network", "engine"},
    "ruamel": {"network"},
    "pydantic": {"network"},
    "pydantic_core": {"network"},
    "scipy": {"clinical", "network", "evidence", "engine/sparse.py"},
    "pgmpy": {"network/pgmpy_bridge.py"},
    "pandas": {"cohort", "display"},
    "pyarrow": {"cohort"},
    "joblib": {"cohort"},
    "dask": {"cohort"},
    "rich": {"cli", "display"},
    "click": {"cli"},
    "matplotlib": {"presentation"},
    "pygraphviz": {"presentation"},
    "ipywidgets": {"presentation"},
}

FILES = sorted(PACKAGE.rglob("*.py"))


def layer_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported_modules(path: Path) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    parts = ("hpt_bayes", *path.relative_to(PACKAGE).with_suffix("").parts)
    package = parts if path.name == "__init__.py" else parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            if module == "hpt_bayes":
                found += [(node.lineno, f"hpt_bayes.{alias.name}") for alias in node.names]
            else:
                found.append((node.lineno, module))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path: Path) -> None:
    layer = layer_of(path)
    assert layer in ALLOWED, f"{layer} is not a layer of architecture.md"
    for line, module in imported_modules(path):
        place = f"{path.relative_to(ROOT)}:{line}"
        top = module.split(".")[0]
        if top == "hpt_bayes":
            target = module.split(".")[1] if "." in module else "__init__"
            assert target == layer or target in ALLOWED[layer], f"{place}: {layer} must not import {module}"
        elif top not in sys.stdlib_module_names:
            home = HOMES.get(top)
            assert home is not None, f"{place}: {top} has no home in the architecture"
            relative = path.relative_to(PACKAGE).as_posix()
            assert layer in home or relative in home, f"{place}: {top} does not belong in {relative}"


def test_rooms_of_reasoning_point_downwards() -> None:
    inside = PACKAGE / "reasoning"
    assert {path.name for path in inside.iterdir() if (path / "__init__.py").exists()} == set(ROOMS)
    for path in inside.rglob("*.py"):
        room = path.parent.name if path.parent != inside else ""
        allowed = {room, *ROOMS.get(room, set())}
        for line, module in imported_modules(path):
            parts = module.split(".")
            if parts[:2] == ["hpt_bayes", "reasoning"] and len(parts) > 2 and parts[2] in ROOMS:
                assert parts[2] in allowed, f"{path.relative_to(ROOT)}:{line}: must not import {module}"


def test_scipy_on_the_answer_path_is_special_only() -> None:
    for path in FILES:
        if layer_of(path) in {"network", "evidence", "reasoning"}:
            for line, module in imported_modules(path):
                assert not module.startswith("scipy") or module == "scipy.special", f"{path}:{line}"


def test_the_reader_of_imports_sees_function_level_imports() -> None:
    source = "def f():\n    import scipy.stats\n"
    names = [alias.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import) for alias in node.names]
    assert names == ["scipy.stats"]
