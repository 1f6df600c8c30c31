"""The second slice against the joint distribution written out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.evidence.intervention import intervened
from hpt_bayes.evidence.observation import observation
from hpt_bayes.network.analytes import Analyte
from hpt_bayes.network.manifest import Intervention
from hpt_bayes.network.network import Network
from hpt_bayes.network.twin import with_second_slice
from hpt_bayes.network.variables import Variable
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, compile_model

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ROLES = {
    "drug": ("context", 2, ()),
    "vitamin": ("level", 3, ()),
    "prone": ("cause", 2, ()),
    "lesion": ("cause", 3, ("drug",)),
    "size": ("latent", 2, ("lesion",)),
    "background": ("class", 3, ("vitamin", "drug", "prone")),
    "hormone": ("class", 3, ("lesion", "background")),
    "calcium_level": ("level", 4, ("hormone", "size")),
    "pth_level": ("level", 3, ("hormone", "vitamin")),
    "other_level": ("level", 2, ("lesion",)),
    "stones": ("finding", 2, ("calcium_level", "lesion")),
    "calcium": ("measurement", 4, ("calcium_level",)),
    "pth": ("measurement", 3, ("pth_level", "prone")),
    "other": ("measurement", 2, ("other_level",)),
    "unread": ("level", 2, ("hormone",)),
}
"""Name -> role, number of states, parents; `lesion` hangs on the drug and is shared all the same."""


def analyte(name: str) -> Analyte:
    return Analyte(name=name, label=name, level=f"{name}_level", unit="1", states_only=True, places={})


def network_of(tables: Mapping[str, Array], roles: Mapping[str, tuple[str, int, tuple[str, ...]]] = ROLES) -> Network:
    variables = {
        name: Variable(
            name,
            name,
            role,
            tuple(f"s{state}" for state in range(size)),
            parents,
            {f"is_s{state}": (f"s{state}",) for state in range(size)} if role == "measurement" else {},
        )
        for name, (role, size, parents) in roles.items()
    }
    return Network(
        "by_hand", "1", "", "", "", "0" * 64, variables, dict(tables),
        analytes={name: analyte(name) for name, (role, _, _) in roles.items() if role == "measurement"},
        interventions={name: Intervention(finding=name, text="change it", places={}) for name in ("drug", "other")
                       if name in roles},
    )  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> dict[str, Array]:
    rng = np.random.default_rng(20260)
    return {
        name: rng.dirichlet(np.ones(size), size=tuple(ROLES[parent][1] for parent in parents))
        if parents
        else rng.dirichlet(np.ones(size))
        for name, (_, size, parents) in ROLES.items()
    }


def model_of(network: Network, *entries: tuple[str, str]) -> tuple[CompiledModel, EnteredEvidence]:
    """Compile, and enter states; measurements are entered in groups."""
    lab = {name for name, each in network.variables.items() if each.role == "measurement"}
    observations = [
        observation(network, finding, f"is_{state}" if finding in lab else state) for finding, state in entries
    ]
    return compile_model(network), interpret(network, (), observations)


def after_by_hand(tables: Mapping[str, Array], drug: Array, vitamin: Array | None = None) -> Array:
    """P(drug, vitamin, prone, lesion, both slices' calcium, pth and other), the second slice's drug set.

    Axes: drug d, vitamin v, prone p, lesion l, before: calcium c, pth t, other o, after: calcium C, pth T, other O.
    """
    shared = np.einsum("d,v,p,dl,ls,lq->dvplsq", *(tables[x] for x in ("drug", "vitamin", "prone", "lesion", "size",
                                                                      "other_level")))  # fmt: skip
    labs = np.einsum(
        "vdpb,lbh,hsi,ic,hvj,jpt->dvplsct",
        *(tables[x] for x in ("background", "hormone", "calcium_level", "calcium", "pth_level", "pth")),
    )
    again = np.einsum("d,dvpls...->vpls...", drug, labs)
    if vitamin is not None:
        again = np.broadcast_to(np.einsum("w,wpls...->pls...", vitamin, again), again.shape)
    other = tables["other"]
    return np.einsum("dvplsq,dvplsct,qo,vplsCT,qO->dvplctoCTO", shared, labs, other, again, other)


def test_the_second_slice_against_the_joint_written_out(tables: dict[str, Array]) -> None:
    network = intervened(network_of(tables), {"drug": "s1"})
    entries = (("drug", "s0"), ("calcium", "s2"), ("pth", "s1"), ("after.calcium", "s0"), ("after.pth", "s2"),
               ("after.other", "s1"))  # fmt: skip
    model, entered = model_of(network, *entries)
    calibrated = calibrate(model, entered)
    joint = after_by_hand(tables, np.array([0.0, 1.0]))
    seen = joint[0, :, :, :, 2, 1, :, 0, 2, 1]
    assert float(calibrated.log_evidence[0]) == pytest.approx(np.log(seen.sum()), abs=1e-10)
    np.testing.assert_allclose(model.marginal(calibrated, "lesion"), seen.sum((0, 1, 3)) / seen.sum(), atol=1e-10)
    np.testing.assert_allclose(model.marginal(calibrated, "vitamin"), seen.sum((1, 2, 3)) / seen.sum(), atol=1e-10)
    np.testing.assert_allclose(model.marginal(calibrated, "prone"), seen.sum((0, 2, 3)) / seen.sum(), atol=1e-10)


def test_what_a_reading_after_will_show(tables: dict[str, Array]) -> None:
    network = intervened(network_of(tables), {"drug": "s1"})
    model, entered = model_of(network, ("calcium", "s3"), ("other", "s0"))
    calibrated = calibrate(model, entered)
    seen = after_by_hand(tables, np.array([0.0, 1.0]))[:, :, :, :, 3, :, 0]
    for name, axes in (("after.calcium", (0, 1, 2, 3, 4, 6, 7)), ("after.pth", (0, 1, 2, 3, 4, 5, 7))):
        np.testing.assert_allclose(model.marginal(calibrated, name), seen.sum(axes) / seen.sum(), atol=1e-10)


def test_a_level_set_to_several_states_keeps_their_proportions(tables: dict[str, Array]) -> None:
    network = with_second_slice(network_of(tables), {"vitamin": "x"}, {"vitamin": ("s1", "s2"), "drug": ("s0",)})
    model, entered = model_of(network, ("calcium", "s1"), ("after.calcium", "s3"), ("after.pth", "s0"))
    vitamin = tables["vitamin"] * np.array([0.0, 1.0, 1.0])
    seen = after_by_hand(tables, np.array([1.0, 0.0]), vitamin / vitamin.sum())[:, :, :, :, 1, :, :, 3, 0]
    calibrated = calibrate(model, entered)
    np.testing.assert_allclose(
        model.marginal(calibrated, "lesion"), seen.sum((0, 1, 2, 4, 5, 6)) / seen.sum(), atol=1e-10
    )
    assert float(calibrated.log_evidence[0]) == pytest.approx(np.log(seen.sum()), abs=1e-10)


def test_a_slice_without_a_reading_says_nothing(tables: dict[str, Array]) -> None:
    network = network_of(tables)
    alone, entered = model_of(network, ("calcium", "s3"), ("stones", "s1"))
    both, entered_both = model_of(intervened(network, {"drug": "s0"}), ("calcium", "s3"), ("stones", "s1"))
    before, after = calibrate(alone, entered), calibrate(both, entered_both)
    for name in network.variables:
        np.testing.assert_allclose(alone.marginal(before, name), both.marginal(after, name), atol=1e-12)


def test_what_gets_a_twin(tables: dict[str, Array]) -> None:
    network = intervened(network_of(tables), {"drug": "s1"})
    second = network.second_slice
    assert second is not None
    assert set(second.twins.values()) == {
        "drug", "background", "hormone", "calcium_level", "pth_level", "calcium", "pth", "other"
    }  # fmt: skip
    assert network.variables["after.hormone"].parents == ("lesion", "after.background")
    assert network.variables["after.calcium_level"].parents == ("after.hormone", "size")
    assert network.variables["after.other"].parents == ("other_level",), "a level that does not move is looked at again"
    assert network.variables["after.drug"].role == "class", "what was set is not entered"
    assert list(network.graph) == list(network.variables), "parents before children"
    assert network.original("after.calcium") == "calcium"
    assert network.original("calcium") == "calcium"
    assert network.twins_of("pth") == ("after.pth",)
    assert network_of(tables).twins_of("pth") == ()
    assert network_of(tables).original("pth") == "pth"


def test_a_row_without_the_state_is_set_all_the_same(tables: dict[str, Array]) -> None:
    lesion = tables["lesion"].copy()
    lesion[0] = [1.0, 0.0, 0.0]
    network = with_second_slice(network_of({**tables, "lesion": lesion}), {"x": "y"}, {"lesion": ("s1", "s2")})
    np.testing.assert_allclose(network.tables["after.lesion"][0], [0.0, 0.5, 0.5])
    assert network.tables["after.lesion"].sum(axis=-1) == pytest.approx([1.0, 1.0])


def test_the_same_change_is_built_once(tables: dict[str, Array]) -> None:
    network = network_of(tables)
    assert intervened(network, {"drug": "s1"}) is intervened(network, {"drug": "s1"})
    assert intervened(network, {"drug": "s1"}) is not intervened(network, {"drug": "s0"})


def test_drawn_tables_reach_the_twins(tables: dict[str, Array]) -> None:
    network = intervened(network_of(tables), {"drug": "s1"})
    second = network.second_slice
    assert second is not None
    drawn = {**tables, "hormone": tables["hormone"][..., ::-1], "drug": np.array([0.9, 0.1])}
    found = second.tables(network.variables, drawn)
    np.testing.assert_array_equal(found["after.hormone"], drawn["hormone"])
    np.testing.assert_array_equal(found["after.drug"], [0.0, 1.0])
    assert list(found) == list(second.twins)


def test_a_normal_calcium_off_the_thiazide(tables: dict[str, Array]) -> None:
    """Mild hypercalcemia on a thiazide, normal off it, prior .3: about .03; in one slice, off the drug, about .72."""
    del tables
    mild_with_lesion, mild_on_drug, mild_without = 0.94, 0.80, 0.0095
    rises = {(0, 0): mild_without, (0, 1): mild_on_drug, (1, 0): mild_with_lesion, (1, 1): mild_with_lesion}
    calcium = np.array([[[1 - rises[lesion, drug], rises[lesion, drug]] for drug in (0, 1)] for lesion in (0, 1)])
    network = network_of(
        {"lesion": np.array([0.7, 0.3]), "drug": np.array([0.5, 0.5]), "calcium": calcium},
        {"lesion": ("cause", 2, ()), "drug": ("context", 2, ()), "calcium": ("measurement", 2, ("lesion", "drug"))},
    )
    model, entered = model_of(
        intervened(network, {"drug": "s0"}), ("drug", "s1"), ("calcium", "s1"), ("after.calcium", "s0")
    )
    answer = model.marginal(calibrate(model, entered), "lesion")[1]
    sick, well = 0.3 * mild_with_lesion * (1 - mild_with_lesion), 0.7 * mild_on_drug * (1 - mild_without)
    assert answer == pytest.approx(sick / (sick + well), abs=1e-12)
    assert answer == pytest.approx(0.03, abs=0.005)
    model, entered = model_of(network, ("drug", "s0"), ("calcium", "s1"), ("calcium", "s0"))
    answer = model.marginal(calibrate(model, entered), "lesion")[1]
    well = 0.7 * mild_without * (1 - mild_without)
    assert answer == pytest.approx(sick / (sick + well), abs=1e-12)
    assert answer == pytest.approx(0.72, abs=0.005)


def test_studies_reveal_the_twins(tables: dict[str, Array]) -> None:
    from hpt_bayes.network.studies import Burden, Study

    burden = Burden(places={})
    draw = Study(
        name="draw", label="Blood", reveals=("calcium", "stones"), kind="biochemistry", burden=burden, places={}
    )
    network = intervened(replace(network_of(tables), studies={"draw": draw}), {"drug": "s1"})
    assert network.studies["draw"].reveals == ("after.calcium", "stones")
