"""Tables solved for all targets and draws at once, against roots found one draw at a time by enumeration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import root

import hpt_bayes.network.simultaneous as simultaneous
from hpt_bayes.network.case_definition import derive_unconditional
from hpt_bayes.network.factors import plan
from hpt_bayes.network.manifest import CaseDefinition
from hpt_bayes.network.targeted import Target
from hpt_bayes.network.variables import Variable

Tables = Mapping[str, np.ndarray]

SIZES = {"unit": 2, "gene": 2, "cause": 3, "drug": 2, "level": 3, "met": 2}
PARENTS: dict[str, tuple[str, ...]] = {
    "unit": (),
    "gene": ("unit",),
    "cause": ("unit", "gene"),
    "drug": ("cause",),
    "level": ("cause", "drug", "gene"),
    "met": ("level",),
}
VARIABLES = {
    name: Variable(name, name, "cause", tuple(f"s{i}" for i in range(SIZES[name])), parents)
    for name, parents in PARENTS.items()
}
VARIABLES["setting"] = Variable("setting", "setting", "context", ("all",))
VARIABLES["met"] = replace(VARIABLES["met"], parents=("level", "setting"))
DEFINITION = CaseDefinition.model_validate({"name": "met", "settings": ["all"], "enters": {"met": "s0"}})
DRAWS = 4


def random_tables(rng: np.random.Generator) -> dict[str, np.ndarray]:
    tables = {"setting": np.ones(1)}
    for name, parents in PARENTS.items():
        tables[name] = rng.dirichlet(np.ones(SIZES[name]) * 2, size=tuple(SIZES[parent] for parent in parents))
    tables["met"] = np.stack([chance := np.array([0.1, 0.6, 0.9])[:, None], 1.0 - chance], axis=-1)
    return tables


def given_met(tables: Tables) -> np.ndarray:
    """P(unit, gene, cause, drug | met) by enumeration."""
    joint = np.einsum(
        "u,ug,ugc,cd,cdgl,l->ugcd",
        *(tables[name] for name in ("unit", "gene", "cause", "drug", "level")),
        tables["met"][:, 0, 0],
    )
    return np.asarray(joint / joint.sum())


def shares(joint: np.ndarray, *axes: str) -> np.ndarray:
    found = np.einsum(joint, [0, 1, 2, 3], ["ugcd".index(axis) for axis in axes])
    return np.asarray(found / found.sum(axis=-1, keepdims=True))


def softmax(logits: np.ndarray) -> np.ndarray:
    full = np.exp(np.concatenate([np.zeros((*logits.shape[:-1], 1)), logits], axis=-1))
    return np.asarray(full / full.sum(axis=-1, keepdims=True))


def one_by_one(tables: Tables, base: np.ndarray) -> dict[str, np.ndarray]:
    """The tables of one draw: a root in the log odds of every row that is free."""

    def tables_at(x: np.ndarray) -> dict[str, np.ndarray]:
        weights = tables["cause"] * softmax(x[2:6].reshape(2, 1, 2))
        return {
            **tables,
            "gene": softmax(x[:2, None]),
            "cause": weights / weights.sum(axis=-1, keepdims=True),
            "drug": softmax(x[6:9, None]),
        }

    def off(x: np.ndarray) -> np.ndarray:
        joint = given_met(tables_at(x))
        pairs = (("ug", tables["gene"]), ("uc", base), ("cd", tables["drug"]))
        return np.concatenate([(np.log(shares(joint, *axes)) - np.log(rows))[..., 1:].ravel() for axes, rows in pairs])

    solved = root(off, np.zeros(9), tol=1e-14)
    assert np.abs(off(solved.x)).max() < 1e-12
    return tables_at(solved.x)


def case(seed: int) -> tuple[list[dict[str, np.ndarray]], np.ndarray, dict[str, np.ndarray], list[Target]]:
    rng = np.random.default_rng(seed)
    versions = [random_tables(rng) for _ in range(DRAWS)]
    base = rng.dirichlet(np.ones(3) * 2, size=(DRAWS, 2))
    together = {name: np.stack([tables[name] for tables in versions]) for name in VARIABLES}
    targets = [
        Target("gene", ("unit",), together["gene"], True),
        Target("cause", ("unit",), base, True),
        Target("drug", ("cause",), together["drug"], True),
    ]
    return versions, base, together, targets


@pytest.mark.parametrize("seed", range(6))
def test_every_draw_is_the_root_found_for_it_alone(seed: int) -> None:
    versions, base, together, targets = case(seed)
    found = derive_unconditional(VARIABLES, together, DEFINITION, targets)
    for d, tables in enumerate(versions):
        alone = one_by_one(tables, base[d])
        for name in ("gene", "cause", "drug"):
            assert np.abs(found.tables[name][d] - alone[name]).max() < 1e-10


def test_steps_of_all_tables_end_where_sweeps_over_them_end(monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, together, targets = case(11)
    steps = derive_unconditional(VARIABLES, together, DEFINITION, targets)
    monkeypatch.setattr(simultaneous, "_STEPS", 0)
    sweeps = derive_unconditional(VARIABLES, together, DEFINITION, targets)
    assert sweeps.sweeps > 1
    assert 1 < steps.sweeps <= 30
    for name, table in steps.tables.items():
        assert np.abs(table - sweeps.tables[name]).max() < 1e-10


def test_where_it_begins_does_not_change_where_it_ends() -> None:
    versions, _, together, targets = case(12)
    written = derive_unconditional(VARIABLES, together, DEFINITION, targets)
    near = derive_unconditional(VARIABLES, together, DEFINITION, targets, near=versions[1])
    for name, table in written.tables.items():
        assert np.abs(table - near.tables[name]).max() < 1e-10


SCOPES = (("a",), ("a", "b"), ("b", "c", "d"), ("c", "e"), ("a", "d", "f"), ("f", "(draws)"))


def test_gradients_are_the_product_of_all_other_factors() -> None:
    rng = np.random.default_rng(1)
    sizes = dict(zip("abcdef", (2, 3, 2, 4, 3, 2), strict=True)) | {"(draws)": 5}
    letters = {name: letter for letter, name in zip("abcdefz", sizes, strict=True)}
    arrays = [rng.random([sizes[name] for name in scope]) for scope in SCOPES]
    drawn = rng.random((5, 3, 4))
    scopes = [*SCOPES, ("(draws)", "b", "d")]
    steps = plan(scopes, sizes, {"(draws)"}, one=True)
    terms = ["".join(letters[name] for name in scope) for scope in scopes]
    whole = np.einsum(f"{','.join(terms)}->z", *arrays, drawn)
    ((_, found),) = steps.run([*arrays, drawn])
    assert np.abs(found - whole).max() < 1e-12
    laid, same = steps.laid_out(arrays)
    for each, factors in ((steps, [*arrays, drawn]), (same, [*laid, drawn])):
        gradients = each.gradients(factors, [5, 6])
        for number, gradient in zip((5, 6), gradients, strict=True):
            others = [at for at in range(len(terms)) if at != number]
            given = [([*arrays, drawn])[at] for at in others]
            out = "".join(letters[name] for name in each.scopes[number])
            want = np.einsum(f"{','.join(terms[at] for at in others)},z->{out}", *given, np.ones(5))
            assert np.abs(gradient - want).max() < 1e-12
