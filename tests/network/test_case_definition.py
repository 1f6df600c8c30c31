from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpt_bayes.network.case_definition as case_definition
import hpt_bayes.network.simultaneous as simultaneous
from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.case_definition import (
    Derivation,
    Target,
    base_rows,
    confirmed_factors,
    derive,
    derive_unconditional,
)
from hpt_bayes.network.factors import plan
from hpt_bayes.network.manifest import CaseDefinition
from hpt_bayes.network.tables import odds, plain
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.variables import Variable

JUDGED = {"basis": "judged", "why": "a test", "ess": 20}
SIZES = {"setting": 3, "age": 2, "syndrome": 2, "fhh": 2, "lesion": 3, "extra": 2, "calcium": 3, "drug": 2, "met": 2}
PARENTS: dict[str, tuple[str, ...]] = {
    "setting": (),
    "age": (),
    "drug": ("setting",),
    "syndrome": ("setting", "age"),
    "fhh": ("setting",),
    "lesion": ("setting", "syndrome", "fhh"),
    "extra": ("lesion", "syndrome"),
    "calcium": ("lesion", "fhh", "drug"),
    "met": ("calcium", "setting"),
}
VARIABLES = {
    name: Variable(name, name, "cause", tuple(f"s{i}" for i in range(SIZES[name])), parents)
    for name, parents in PARENTS.items()
}
LISTED = (0, 2)
DEFINITION = CaseDefinition.model_validate(
    {"name": "case_definition", "settings": [f"s{i}" for i in LISTED], "enters": {"met": "s0"}}
)


def random_tables(rng: np.random.Generator) -> dict[str, np.ndarray]:
    tables = {}
    for name, parents in PARENTS.items():
        table = rng.gamma(1.0, size=(*(SIZES[p] for p in parents), SIZES[name])) + 0.02
        tables[name] = table / table.sum(-1, keepdims=True)
    met = np.broadcast_to(np.array([0.05, 0.9, 0.95])[:, None], (3, 3))
    return tables | {"met": np.stack([met, 1 - met], axis=-1)}


def joint(tables: Mapping[str, np.ndarray], confirmed: bool) -> np.ndarray:
    """P(every variable, confirmed) by enumeration, axes in the order of PARENTS."""
    names = list(PARENTS)
    operands: list[Any] = []
    for name, parents in PARENTS.items():
        operands += [tables[name], [names.index(x) for x in (*parents, name)]]
    whole = np.einsum(*operands, list(range(len(names))))
    if confirmed:
        for setting in LISTED:
            whole[setting, ..., 1] = 0.0
    return np.asarray(whole)


def given_confirmed(tables: Mapping[str, np.ndarray], over: tuple[str, ...], name: str, confirmed: bool) -> np.ndarray:
    names = list(PARENTS)
    axes = [names.index(x) for x in (*over, name)]
    table = np.einsum(joint(tables, confirmed), list(range(len(names))), axes)
    return np.asarray(table / table.sum(-1, keepdims=True))


def solve(tables: dict[str, np.ndarray], *targets: Target) -> Derivation:
    return derive_unconditional(VARIABLES, tables, DEFINITION, targets)


def written(tables: Mapping[str, np.ndarray], base: np.ndarray, confirmed: bool = True) -> list[Target]:
    return [
        Target("syndrome", ("setting", "age"), tables["syndrome"], True),
        Target("fhh", ("setting",), tables["fhh"], True),
        Target("lesion", ("setting",), base, confirmed),
        Target("extra", ("lesion", "syndrome"), tables["extra"], True),
    ]


@given(st.integers(0, 2**32 - 1))
def test_the_tables_return_what_is_written_given_a_confirmed_case(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tables, base = random_tables(rng), rng.dirichlet(np.ones(3) * 2, size=3)
    found = solve(tables, *written(tables, base))
    assert found.residual < 1e-10
    after = tables | dict(found.tables)
    for target in written(tables, base):
        table = after[target.name]
        assert np.abs(table.sum(-1) - 1.0).max() < 1e-12
        assert np.abs(given_confirmed(after, target.over, target.name, True) - target.rows).max() < 1e-10
    assert np.array_equal(after["extra"], tables["extra"])
    ratio = np.log(after["lesion"] / tables["lesion"])
    ratio -= ratio[..., :1]
    assert np.ptp(ratio, axis=(1, 2)).max() < 1e-9


def test_settings_that_are_not_listed_keep_their_rows() -> None:
    rng = np.random.default_rng(5)
    tables, base = random_tables(rng), rng.dirichlet(np.ones(3), size=3)
    after = tables | dict(solve(tables, *written(tables, base)).tables)
    assert np.abs(after["syndrome"][1] - tables["syndrome"][1]).max() < 1e-12
    assert np.abs(after["fhh"][1] - tables["fhh"][1]).max() < 1e-12
    assert np.abs(after["syndrome"][0] - tables["syndrome"][0]).max() > 1e-3
    assert np.abs(given_confirmed(after, ("setting",), "lesion", False)[1] - base[1]).max() < 1e-10


def test_an_odds_table_that_is_not_flagged_is_solved_without_the_case_definition() -> None:
    rng = np.random.default_rng(6)
    tables, base = random_tables(rng), rng.dirichlet(np.ones(3), size=3)
    after = tables | dict(solve(tables, *written(tables, base, confirmed=False)).tables)
    assert np.abs(given_confirmed(after, ("setting",), "lesion", False) - base).max() < 1e-10
    assert np.abs(given_confirmed(after, ("setting", "age"), "syndrome", True) - tables["syndrome"]).max() < 1e-10


def test_structural_zeros_stay() -> None:
    rng = np.random.default_rng(7)
    tables, base = random_tables(rng), rng.dirichlet(np.ones(3), size=3)
    base[:] = [0.4, 0.6, 0.0]
    tables["lesion"][..., 2] = 0.0
    tables["lesion"][:, 1, 1, 1] = 0.0
    tables["syndrome"] = np.broadcast_to([0.9, 0.1], (3, 2, 2)).copy()
    tables["lesion"] /= tables["lesion"].sum(-1, keepdims=True)
    tables["fhh"][2] = [1.0, 0.0]
    after = tables | dict(solve(tables, *written(tables, base)).tables)
    assert (after["lesion"][tables["lesion"] == 0] == 0).all()
    assert np.abs(given_confirmed(after, ("setting",), "lesion", True) - base).max() < 1e-10
    assert after["fhh"][2].tolist() == [1.0, 0.0]
    assert np.isfinite(after["lesion"]).all()


def test_rows_that_no_tables_can_return_are_refused() -> None:
    rng = np.random.default_rng(7)
    tables = random_tables(rng)
    tables["syndrome"][:] = [0.5, 0.5]
    tables["lesion"][:, 1] = [1.0, 0.0, 0.0]
    with pytest.raises(
        ModelFileError, match=r"found none in 200 sweeps \(off by 0\.\d+ at lesion: s\d, setting: s\d\)"
    ):
        solve(tables, *written(tables, np.tile([0.1, 0.5, 0.4], (3, 1))))


def test_draws_give_the_same_tables_one_by_one() -> None:
    rng = np.random.default_rng(8)
    versions = [random_tables(rng) for _ in range(3)]
    base = rng.dirichlet(np.ones(3), size=(3, 3))
    together = {name: np.stack([tables[name] for tables in versions]) for name in PARENTS}
    together["age"] = versions[0]["age"]
    versions = [tables | {"age": versions[0]["age"]} for tables in versions]
    drawn = derive_unconditional(VARIABLES, together, DEFINITION, written(together, base)).tables
    for d, tables in enumerate(versions):
        one = solve(tables, *written(tables, base[d])).tables
        for name, table in one.items():
            assert np.abs(drawn[name][d] - table).max() < 1e-9


def test_a_finding_without_the_setting_as_parent_is_entered_in_listed_settings_only() -> None:
    tables = random_tables(np.random.default_rng(9))
    met = Variable("met", "met", "finding", ("s0", "s1"), ("calcium",))
    found = confirmed_factors(VARIABLES | {"met": met}, tables | {"met": tables["met"][:, 0]}, DEFINITION)
    assert found[0][0] == ("calcium", "setting")
    assert found[0][1][:, 0].tolist() == pytest.approx([0.05, 0.9, 0.95])
    assert found[0][1][:, 1].tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"settings": ["s9"]}, "expected settings of the case definition, found 's9'"),
        ({"enters": {"mets": "s0"}}, "expected a finding and its state in enters, found mets: s0"),
        ({"enters": {"met": "yes"}}, "found met: yes"),
    ],
)
def test_a_definition_of_unknown_things_is_refused(changes: dict[str, Any], message: str) -> None:
    definition = CaseDefinition.model_validate({"name": "cd", "settings": ["s0"], "enters": {"met": "s0"}} | changes)
    with pytest.raises(ModelFileError, match=message):
        confirmed_factors(VARIABLES, random_tables(np.random.default_rng(1)), definition)
    without = {name: each for name, each in VARIABLES.items() if name != "setting"}
    with pytest.raises(ModelFileError, match="expected a variable 'setting'"):
        confirmed_factors(without, {}, definition)


def test_a_cause_that_can_never_be_confirmed_is_refused() -> None:
    tables = random_tables(np.random.default_rng(2))
    tables["met"] = np.broadcast_to(np.array([[0.0, 1.0], [0.5, 0.5], [0.5, 0.5]])[:, None], (3, 3, 2)).copy()
    tables["calcium"][1] = [1.0, 0.0, 0.0]
    base = np.full((3, 3), 1 / 3)
    with pytest.raises(ModelFileError, match="a state of lesion above 0 given the case definition"):
        solve(tables, Target("lesion", ("setting",), base, True))


def test_too_few_sweeps_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simultaneous, "_STEPS", 0)
    monkeypatch.setattr(case_definition, "SWEEPS", 0)
    rng = np.random.default_rng(3)
    tables, base = random_tables(rng), rng.dirichlet(np.ones(3), size=3)
    with pytest.raises(ModelFileError, match="found none in 0 sweeps"):
        solve(tables, *written(tables, base))
    monkeypatch.setattr(case_definition, "_ACCEPTED", 1.0)
    assert solve(tables, *written(tables, base)).residual < 1.0


def test_nothing_flagged_needs_no_sweep() -> None:
    tables = random_tables(np.random.default_rng(4))
    found = solve(tables, Target("extra", ("lesion", "syndrome"), tables["extra"], True))
    assert found.sweeps == 0
    assert np.array_equal(found.tables["extra"], tables["extra"])


def test_tables_of_a_model_file() -> None:
    rng = np.random.default_rng(10)
    tables = random_tables(rng)
    base = [
        {"when": {"setting": ["s0", "s1"]}, "p": {"s0": 0.1, "s1": 0.7}, **JUDGED},
        {"when": {"setting": "s2"}, "p": [0.2, 0.3, 0.5], **JUDGED},
    ]
    modifiers = [{"when": {"syndrome": "s1"}, "odds": {"s2": 12}, **JUDGED}]
    parts = {"kind": "odds", "marginal": True, "base": base, "modifiers": modifiers, "given": "case_definition"}
    lesion = odds.Spec.model_validate(parts)
    rows = [{"when": {"setting": f"s{i}"}, "p": tables["fhh"][i].tolist(), **JUDGED} for i in range(3)]
    fhh = plain.Spec.model_validate({"kind": "table", "rows": rows, "given": "case_definition"})
    variables = dict(VARIABLES)
    for name, spec in (("lesion", lesion), ("fhh", fhh)):
        old = VARIABLES[name]
        variables[name] = Variable(name, name, "cause", old.states, old.parents, spec=spec)
    parents = tuple(variables[name] for name in PARENTS["lesion"])
    tables["lesion"] = odds.expand(lesion, TableContext(variables["lesion"], parents, variables, tables))
    over, published = base_rows(variables["lesion"], lesion, variables, tables)
    assert over == ("setting",)
    assert published == pytest.approx(np.array([[0.1, 0.7, 0.2], [0.1, 0.7, 0.2], [0.2, 0.3, 0.5]]))
    after = tables | derive(variables, tables, DEFINITION, ["lesion", "fhh"])
    assert np.abs(given_confirmed(after, over, "lesion", True) - published).max() < 1e-10
    assert np.abs(given_confirmed(after, ("setting",), "fhh", True) - tables["fhh"]).max() < 1e-10
    odds_ratio = after["lesion"][:, 1, :, 2] / after["lesion"][:, 1, :, 0]
    odds_ratio = odds_ratio / (after["lesion"][:, 0, :, 2] / after["lesion"][:, 0, :, 0])
    assert odds_ratio == pytest.approx(np.full((3, 2), 12.0), rel=1e-9)
    unflagged = tables | derive(variables, tables, DEFINITION, ["fhh"])
    assert np.abs(given_confirmed(unflagged, over, "lesion", False) - published).max() < 1e-10


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_plans_sum_products_exactly(seed: int, one: bool) -> None:
    rng = np.random.default_rng(seed)
    names = "abcdefg"
    sizes = {name: int(rng.integers(1, 4)) for name in names}
    scopes = [tuple(rng.permutation(list(names))[: rng.integers(0, 4)].tolist()) for _ in range(rng.integers(1, 7))]
    arrays = [rng.random([sizes[x] for x in scope]) for scope in scopes]
    used = sorted({x for scope in scopes for x in scope})
    keep = [x for x in used if rng.random() < 0.4]
    operands: list[Any] = []
    for scope, array in zip(scopes, arrays, strict=True):
        operands += [array, [names.index(x) for x in scope]]
    expected = np.einsum(*operands, [names.index(x) for x in keep])
    left = plan([*scopes, ()], sizes, keep, one=one).run([*arrays, np.ones(())])
    assert len(left) == 1 or not one
    again: list[Any] = []
    for scope, array in left:
        again += [array, [names.index(x) for x in scope]]
    assert np.einsum(*again, [names.index(x) for x in keep]) == pytest.approx(expected, rel=1e-12)


def test_a_network_of_the_size_of_the_real_one_is_solved() -> None:
    rng = np.random.default_rng(0)
    sizes = {
        "setting": 8, "age": 4, "screened": 3, "malignancy": 2, "granuloma": 2, "unit": 2, "hereditary": 5, "fhh": 2,
        "independent": 5, "lesion": 8, "lithium": 3, "graft_site": 5, "extent": 9, "graft": 2, "phenotype": 2,
        "size": 4, "secondary": 4, "kidney": 5, "function": 5, "vitamin": 4, "malabsorption": 2, "thiazide": 2,
        "gland": 9, "background": 5, "hormone": 17, "calcium": 15, "pth": 16, "by_calcium": 2, "by_pth": 2,
    }  # fmt: skip
    parents: dict[str, tuple[str, ...]] = dict.fromkeys(sizes, ()) | {
        "extent": ("setting",),
        "graft_site": ("extent",),
        "secondary": ("setting",),
        "kidney": ("setting", "secondary"),
        "function": ("kidney",),
        "vitamin": ("phenotype", "secondary"),
        "malabsorption": ("secondary",),
        "hereditary": ("setting", "age"),
        "fhh": ("setting", "screened", "age"),
        "independent": ("setting", "malignancy", "granuloma"),
        "lesion": ("setting", "unit", "hereditary", "fhh", "independent", "lithium"),
        "graft": ("graft_site", "setting"),
        "size": ("lesion", "phenotype"),
        "gland": ("lesion", "hereditary", "graft"),
        "background": ("vitamin", "malabsorption", "function", "thiazide", "lithium"),
        "hormone": ("gland", "fhh", "independent", "background", "kidney", "setting"),
        "calcium": ("hormone", "phenotype", "size"),
        "pth": ("hormone", "phenotype", "size", "vitamin", "function"),
        "by_calcium": ("calcium", "setting"),
        "by_pth": ("pth", "setting"),
    }
    variables = {n: Variable(n, n, "cause", tuple(f"s{i}" for i in range(k)), parents[n]) for n, k in sizes.items()}
    tables = {}
    for name in sizes:
        table = rng.gamma(0.5, size=(*(sizes[p] for p in parents[name]), sizes[name])) + 0.01
        tables[name] = table / table.sum(-1, keepdims=True)
    for name, level in (("by_calcium", 15), ("by_pth", 16)):
        met = np.where(np.arange(level) >= 5, 0.95, 0.05)[:, None] * np.ones(8)
        tables[name] = np.stack([met, 1 - met], axis=-1)
    settings = [f"s{i}" for i in range(8) if i != 1]
    definition = CaseDefinition.model_validate(
        {"name": "cd", "settings": settings, "enters": {"by_calcium": "s0", "by_pth": "s0"}}
    )
    targets = [Target(n, parents[n], tables[n], True) for n in ("hereditary", "fhh", "independent")]
    targets.append(Target("lesion", ("setting",), rng.dirichlet(np.ones(8), size=8), True))
    targets.append(Target("graft", parents["graft"], tables["graft"], True))
    found = derive_unconditional(variables, tables, definition, targets)
    assert found.residual < 1e-10
