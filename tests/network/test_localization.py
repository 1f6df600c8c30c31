from __future__ import annotations

import time
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from hpt_bayes.errors import EvidenceError, ModelFileError
from hpt_bayes.network.repeated import next_reading
from hpt_bayes.network.sites import Site
from hpt_bayes.network.tables.conspicuity import latent_weights
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.tables.localization import Spec, expand, field_table, numbers
from hpt_bayes.network.tables.places import kernels, reported_sites
from hpt_bayes.network.variables import Variable

JUDGED = {"basis": "judged", "why": "a test", "ess": 20}


def site(name: str, side: str, *neighbors: str) -> Site:
    where = {"label": name, "side": side, "region": "r", "approach": "a", "neighbors": neighbors}
    return Site.model_validate({"name": name, **where})


SITES = {
    each.name: each
    for each in (
        site("left_superior", "left", "left_inferior", "left_thyroid"),
        site("right_superior", "right", "right_inferior"),
        site("left_inferior", "left", "left_superior", "left_thymus"),
        site("right_inferior", "right", "right_superior", "right_thymus"),
        site("left_thyroid", "left", "left_superior"),
        site("left_thymus", "left", "left_inferior", "mediastinal_thymus"),
        site("right_thymus", "right", "right_inferior", "mediastinal_thymus"),
        site("mediastinal_thymus", "none", "left_thymus", "right_thymus", "anterior_mediastinum"),
        site("anterior_mediastinum", "none", "mediastinal_thymus"),
        site("distant", "none"),
        site("multiple", "none"),
        site("none", "none"),
    )
}
PLACES = tuple(SITES)
NECK = tuple(name for name in PLACES if SITES[name].side != "none")
GROUPS = {
    "orthotopic": ("left_superior", "right_superior", "left_inferior", "right_inferior"),
    "intrathyroidal": ("left_thyroid",),
    "neck": NECK,
    "mediastinum": ("mediastinal_thymus", "anterior_mediastinum"),
}
PLACE = Variable("gland_site", "Place", "anatomy", PLACES, groups=GROUPS)
LESION = Variable("lesion", "Lesion", "cause", ("none", "adenoma", "hyperplasia"), ("setting",))
NODULES = Variable("thyroid_nodules", "Nodules", "context", ("absent", "present"))
SCAR = Variable("scarred_neck", "Scar", "class", ("no", "yes"))
PHENOTYPE = Variable("phenotype", "Phenotype", "context", ("screen_detected", "late_presenting"))
SIZE = Variable("lesion_size", "Size", "latent", ("small", "large"), ("lesion", "phenotype"))
LEVELS = Variable("conspicuity", "Conspicuity", "latent", ("low", "medium", "high"), ("lesion_size",))
PARENTS = (PLACE, LESION, LEVELS, NODULES, SCAR)
P_SIZE = np.array([[[0.5, 0.5], [0.5, 0.5]], [[0.4, 0.6], [0.1, 0.9]], [[0.8, 0.2], [0.5, 0.5]]])
P_LEVEL = np.array([[0.35, 0.5, 0.15], [0.15, 0.5, 0.35]])
TABLES = {"lesion_size": P_SIZE, "conspicuity": P_LEVEL}
WEIGHTS = P_SIZE[:, 0] @ P_LEVEL
SENSITIVITY = [
    {"when": {"gland_site": "mediastinum"}, "p": 0.75, **JUDGED},
    {"when": {"gland_site": "distant"}, "p": 0.0, **JUDGED},
    {"when": {"gland_site": "multiple"}, "p": 0.55, **JUDGED},
    {"when": {"gland_site": "neck", "scarred_neck": "yes", "lesion": "adenoma"}, "p": 0.7, **JUDGED},
    {"otherwise": True, "p": 0.8, **JUDGED},
]


def row(p: float, **when: str) -> dict[str, Any]:
    return {"when": when, "p": p, **JUDGED} if when else {"otherwise": True, "p": p, **JUDGED}


def share(p: float) -> dict[str, Any]:
    return {"p": p, **JUDGED}


WRITTEN: dict[str, Any] = {
    "kind": "localization",
    "place": "gland_site",
    "reports": ["neck", "mediastinum"],
    "conspicuity": {"loading2": {"value": 0.5, **JUDGED}, "scores": {"low": -1.27, "medium": 0, "high": 1.27}},
    "sensitivity": SENSITIVITY,
    "exact_given_side": share(0.93),
    "wrong_share": [row(0.16, scarred_neck="yes"), row(0.09)],
    "wrong_same_side": share(0.6),
    "false_positive": [row(0.10, thyroid_nodules="present"), row(0.05)],
    "several": [row(0.12, gland_site="multiple"), row(0.02)],
    "diffuse": [row(0.01)],
    "equivocal": {"given_positive": share(0.08), "given_negative": share(0.05)},
    "field": {"default": "neck_and_chest", "neck": {"hidden": ["mediastinum"], "sensitivity": share(0.05)}},
}
STATES = ("negative", "equivocal", *(f"focus@{name}" for name in PLACES[:9]), "several", "diffuse")
SCAN = Variable("scan", "Scan", "finding", STATES)


def spec(**changes: Any) -> Spec:
    return Spec.model_validate(WRITTEN | changes)


def context(*parents: Variable, variable: Variable = SCAN, floor: float = 5e-4, **tables: Any) -> TableContext:
    every = {each.name: each for each in (*PARENTS, PHENOTYPE, SIZE)}
    return TableContext(variable, parents or PARENTS, every, TABLES | tables, SITES, GROUPS, floor)


def published(place: str, lesion: int, scar: int) -> float:
    if place in GROUPS["mediastinum"]:
        return 0.75
    if place in ("multiple", "distant"):
        return 0.55 if place == "multiple" else 0.0
    return 0.7 if scar and lesion == 1 else 0.8


def right_places(name: str) -> list[int]:
    """Positions of the reports that show a gland of the neck at its side: its place and the neighbors there."""
    near = [n for n in SITES[name].neighbors if SITES[n].side in ("none", SITES[name].side)]
    return [PLACES.index(n) for n in (name, *near)]


def test_every_row_returns_its_published_sensitivity_and_share_of_wrong_reports() -> None:
    table = expand(spec(), context(floor=0.0))
    assert table.shape == (12, 3, 3, 2, 2, 13)
    assert np.abs(table.sum(-1) - 1.0).max() < 1e-14
    assert (expand(spec(), context()) > 0).all()
    for place, name in enumerate(NECK):
        for lesion in range(3):
            for scar in range(2):
                rows = np.tensordot(WEIGHTS[lesion], table[place, lesion, :, :, scar], 1)
                foci, shown = rows[:, 2:11], rows[:, 11] + rows[:, 12]
                definite = foci[:, right_places(name)].sum(-1) + shown
                assert np.abs(definite - published(name, lesion, scar)).max() < 1e-10
                wrong_share = 1.0 - definite / (foci.sum(-1) + shown)
                assert np.abs(wrong_share - (0.16 if scar else 0.09)).max() < 1e-10


@pytest.mark.parametrize("floor", [0.0, 5e-4])
def test_positives_are_as_many_as_published_whatever_the_kernel(floor: float) -> None:
    for elsewhere in ({}, {"wrong_elsewhere": share(0.05)}):
        table = expand(spec(**elsewhere), context(floor=floor))
        for place, name in enumerate(PLACES[:11]):
            if name == "distant":
                continue
            for lesion in range(3):
                for scar in range(2):
                    rows = np.tensordot(WEIGHTS[lesion], table[place, lesion, :, :, scar], 1)
                    f, s = (0.16 if scar else 0.09), published(name, lesion, scar)
                    assert np.abs(rows[:, 2:].sum(-1) - s / (1 - f)).max() < 1e-10


@pytest.mark.parametrize(("p", "wrong"), [(0.05, 0.1), (0.5, 0.09), (0.8, 0.09), (0.97, 0.02), (0.99, 0.3)])
def test_what_is_seen_in_doubt_comes_out_of_the_misses(p: float, wrong: float) -> None:
    """Definite reports are as published; of foci seen 8 % are doubted, of what is left at most half."""
    written = spec(sensitivity=[SENSITIVITY[1], row(p)], wrong_share=[row(wrong)], several=[row(0.02)])
    rows = WEIGHTS[1] @ expand(written, context(floor=0.0))[0, 1, :, 0, 0]
    shown = p + min(p * wrong / (1 - wrong), 0.9 * (1 - p))
    assert rows[2:].sum() == pytest.approx(shown, abs=1e-10)
    assert rows[12] == pytest.approx(rows[11] / 2, rel=1e-9)
    doubted = rows[1] - 0.05 / 0.95 * rows[0]
    room = (1 - shown) / 2
    if 0.08 / 0.92 * shown < room:
        assert doubted == pytest.approx(0.08 / 0.92 * rows[2:11].sum(), abs=1e-10)
    else:
        assert doubted == pytest.approx(room / shown * rows[2:11].sum(), abs=1e-10)
    assert 0.0 < doubted <= room + 1e-12
    none = expand(spec(), context(floor=0.0))[PLACES.index("none"), 0, 0, 0, 0]
    assert none[2:].sum() == pytest.approx(0.05, abs=1e-12)
    assert none[1] == pytest.approx(0.08 / 0.92 * 0.05 + 0.05 / 0.95 * none[0], abs=1e-12)


def test_exact_beside_and_wrong_places() -> None:
    """A wrong focus lies neither at the place nor beside it: at the other lobe, or far from the lobes on this side."""
    rows = WEIGHTS[1] @ expand(spec(), context(floor=0.0))[0, 1, :, 0, 0]
    foci, wrong, detected = rows[2:11], 0.8 * 0.09 / 0.91, 0.8 - rows[11] - rows[12]
    assert foci[0] == pytest.approx(detected * 0.93, abs=1e-12)
    assert foci[2] == foci[4] == pytest.approx(detected * 0.035, abs=1e-12)
    assert foci[5] == pytest.approx(wrong * 0.6, abs=1e-12)
    assert foci[[1, 3]] == pytest.approx([wrong * 0.4 / 2] * 2, abs=1e-12)
    assert foci[6:].tolist() == [0.0, 0.0, 0.0]
    elsewhere = expand(spec(wrong_elsewhere=share(0.2)), context(floor=0.0))
    far = (WEIGHTS[1] @ elsewhere[0, 1, :, 0, 0])[2:11]
    assert far[6:] == pytest.approx([wrong * 0.2 / 3] * 3, abs=1e-12)
    assert far[5] == pytest.approx(wrong * 0.8 * 0.6, abs=1e-12)


def test_several_glands_show_at_the_orthotopic_sites() -> None:
    rows = WEIGHTS[2] @ expand(spec(), context(floor=0.0))[PLACES.index("multiple"), 2, :, 0, 0]
    seen = 0.55 / (1 - 0.08 * 0.87)
    assert rows[2:6] == pytest.approx([0.92 * seen * 0.87 / 4] * 4, abs=1e-12)
    assert rows[11:] == pytest.approx([seen * 0.12, seen * 0.01], abs=1e-12)
    assert rows[6:9] == pytest.approx([0.55 * 0.09 / 0.91, 0.0, 0.0], abs=1e-12)


def test_without_a_gland_only_false_positives_show_and_more_with_thyroid_nodules() -> None:
    table = expand(spec(), context(floor=0.0))[PLACES.index("none")]
    assert np.ptp(table, axis=(0, 1, 3)).max() == 0.0
    assert table[0, 0, 0, 0, 2:7] == pytest.approx([0.05 / 5] * 5)
    assert table[0, 0, 1, 0, 2:7] == pytest.approx([0.10 / 5] * 5)
    assert table[0, 0, 0, 0, 7:].tolist() == [0.0] * 6
    assert table[0, 0, 0, 0, 0] == pytest.approx(0.95 * (1 - 0.05 / 0.92))
    elsewhere = expand(spec(wrong_elsewhere=share(0.2)), context(floor=0.0))[PLACES.index("none")]
    assert elsewhere[0, 0, 0, 0, 7:11] == pytest.approx([0.05 * 0.2 / 4] * 4)


@pytest.mark.parametrize("floor", [0.0, 5e-4])
def test_a_false_positive_without_a_gland_may_show_several_foci_or_be_diffuse(floor: float) -> None:
    written = spec(false_several=share(0.3), false_diffuse=share(0.1))
    table = expand(written, context(floor=floor))
    none = table[PLACES.index("none"), 0, 0, 0, 0]
    seen = 0.05 / (1 - 0.08 * 0.6)
    assert none[2:].sum() == pytest.approx(0.05, abs=1e-12)
    assert none[11:] == pytest.approx([seen * 0.3, seen * 0.1], abs=1e-12)
    assert np.abs(table[:11] - expand(spec(), context(floor=floor))[:11]).max() < 1e-14


def test_detection_rises_with_conspicuity() -> None:
    table = expand(spec(), context())
    assert (np.diff(np.log(table[0, 1, :, 0, 0, 0])) < -1).all()


def test_a_gland_that_cannot_be_reported_shows_at_the_nearest_place() -> None:
    states = ("negative", "equivocal", *(f"focus@{name}" for name in NECK), "several", "diffuse")
    narrow = Variable("scan", "Scan", "finding", states)
    table = expand(spec(reports=["neck"], field=None), context(variable=narrow, floor=0.0))
    rows = WEIGHTS[1] @ table[PLACES.index("anterior_mediastinum"), 1, :, 0, 0]
    s, wrong = 0.75, 0.75 * 0.09 / 0.91
    assert rows[2:-2] == pytest.approx([wrong / 5] * 5 + [(s - rows[-2:].sum()) / 2] * 2, abs=1e-12)


def test_a_reading_of_the_neck_alone_hides_the_mediastinum() -> None:
    table, neck = expand(spec(), context()), field_table(spec(), context(), "neck")
    assert neck.shape == table.shape
    assert np.abs(neck.sum(-1) - 1.0).max() < 1e-14
    assert np.array_equal(field_table(spec(), context(), "neck_and_chest"), table)
    assert np.abs(neck[:5] - table[:5]).max() < 1e-12
    hidden = WEIGHTS[1] @ neck[PLACES.index("mediastinal_thymus"), 1, :, 0, 0]
    assert hidden[2:].sum() == pytest.approx(0.05 / 0.91, abs=1e-10)
    assert (hidden[9:11] < 5.001e-4).all()
    for field, written in (("chest", spec()), ("neck", spec(field=None))):
        with pytest.raises(EvidenceError, match="expected a field of view of scan"):
            field_table(written, context(), field)


def test_parents_may_be_fewer_and_in_any_order() -> None:
    whole = expand(spec(), context())
    for order in list(permutations(range(5)))[::17]:
        table = expand(spec(), context(*(PARENTS[i] for i in order)))
        assert np.abs(table.transpose(*np.argsort(order), 5) - whole).max() < 1e-14
    everywhere = [SENSITIVITY[0], SENSITIVITY[1], row(0.8)]
    plain = spec(sensitivity=everywhere, wrong_share=[row(0.09)], false_positive=[row(0.05)])
    fewer = expand(plain, context(LEVELS, PLACE, LESION, floor=0.0))
    average = np.einsum("lk,kplx->plx", WEIGHTS, fewer)
    unaware = expand(plain, context(PLACE, floor=0.0))
    assert np.abs(average - unaware[:, None]).max() < 1e-10


def test_draws_give_the_same_tables_one_by_one() -> None:
    written = spec(wrong_elsewhere=share(0.05), false_several=share(0.3), false_diffuse=share(0.1))
    found = numbers(written)
    assert len({number.row for number in found}) == len(found)
    assert {n.path: n.family for n in found}["conspicuity.loading2"] == "logit_normal"
    assert {n.path: n.family for n in found}["exact_given_side.p"] == "logit_normal"
    assert {n.path: n.family for n in found}["sensitivity[0].p"] == "beta"
    rng = np.random.default_rng(3)
    values = np.array([n.value for n in found]) * rng.uniform(0.7, 1.0, size=(3, len(found)))
    values[0] = [n.value for n in found]
    for build in (expand, lambda *args: field_table(args[0], args[1], "neck", *args[2:])):
        drawn = build(written, context(), values)
        assert np.abs(drawn[0] - build(written, context())).max() < 1e-14
        for d in range(3):
            assert np.abs(drawn[d] - build(written, context(), values[d : d + 1])[0]).max() < 1e-13
    both = expand(written, context(lesion_size=np.stack([P_SIZE] * 3)), values)
    assert np.abs(both - expand(written, context(), values)).max() < 1e-13


def test_sure_sensitivities_stay_below_one_and_zero_shares_of_wrong_reports_leave_floored_cells() -> None:
    table = expand(spec(sensitivity=[SENSITIVITY[1], row(1.0)], wrong_share=[row(0.0)]), context())
    assert (table > 0).all()
    certain = expand(spec(sensitivity=[SENSITIVITY[1], row(1.0)], wrong_share=[row(1.0)]), context())
    assert np.isfinite(certain).all()
    declared = expand(spec(wrong_share=[row(0.0)], structural_zeros="a test"), context())
    assert (declared == 0).any()


@pytest.mark.parametrize("sensitivity", [0.55, 0.6, 0.65, 0.7])
def test_a_repeat_of_a_scan_that_missed_finds_about_half(sensitivity: float) -> None:
    table = expand(spec(sensitivity=[SENSITIVITY[1], row(sensitivity)]), context())
    missed = np.array([1.0, *[0.0] * 12])
    again = np.einsum("k,kx->x", WEIGHTS[1], next_reading(table, [missed], 0.10)[0, 1, :, 0, 0])
    assert 0.36 < 1.0 - again[0] / again.sum() < 0.64


@pytest.mark.parametrize(
    ("changes", "parents", "message"),
    [
        ({"place": "gland_sites"}, PARENTS, "expected a parent as place, found 'gland_sites'"),
        ({"place": "lesion"}, (Variable("lesion", "", "cause", ("a", "b")), LEVELS), "expected a state 'none'"),
        ({"reports": ["nek"]}, PARENTS, "expected a site or site group, found 'nek'"),
        ({"reports": []}, PARENTS, "to report, found none"),
        ({"field": WRITTEN["field"] | {"neck": {"hidden": ["x"], "sensitivity": share(0)}}}, PARENTS, "found 'x'"),
        ({"several": [row(0.9)], "diffuse": [row(0.2)]}, PARENTS, "sum to at most 1, found 1.1"),
        (
            {"false_several": share(0.9), "false_diffuse": share(0.2)},
            PARENTS,
            "false_diffuse to sum to at most 1, found 1.1",
        ),
        ({"sensitivity": [row(0.8)]}, PARENTS, "expected sensitivity 0 for distant"),
        ({"sensitivity": SENSITIVITY[:2]}, PARENTS, "expected a sensitivity row for every parent configuration"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], parents: tuple[Variable, ...], message: str) -> None:
    around = context(*parents)
    if changes.get("place") == "lesion":
        around = TableContext(SCAN, parents, {each.name: each for each in parents}, TABLES, SITES, GROUPS)
    with pytest.raises(ModelFileError, match=message):
        expand(spec(**changes), around)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loading2": {"value": 1.0, **JUDGED}}, "expected loading2 from 0 to below 1, found 1"),
        ({"scores": {"low": -1}}, "expected scores for low, medium, high, found them for low"),
        ({"given": {"phenotype": "screen"}}, "expected a state of phenotype in given, found 'screen'"),
    ],
)
def test_conspicuity_that_does_not_fit_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        expand(spec(conspicuity=WRITTEN["conspicuity"] | changes), context())


def test_the_weights_sum_out_what_lies_between() -> None:
    variables = {each.name: each for each in (LESION, PHENOTYPE, SIZE, LEVELS)}
    weights = latent_weights("conspicuity", ["lesion", "setting"], {"phenotype": 1}, variables, TABLES)
    assert weights.shape == (1, 3, 1, 3)
    assert np.abs(weights[0, :, 0] - P_SIZE[:, 1] @ P_LEVEL).max() < 1e-15
    prior = TABLES | {"phenotype": np.array([0.75, 0.25])}
    mixed = latent_weights("conspicuity", ["lesion"], {}, variables, prior)
    assert np.abs(mixed[0] - (0.75 * P_SIZE[:, 0] + 0.25 * P_SIZE[:, 1]) @ P_LEVEL).max() < 1e-15


def test_a_study_that_can_report_one_place_only_has_nowhere_wrong_to_point() -> None:
    assert reported_sites(["distant", "left_superior"], SITES, GROUPS) == ("left_superior", "distant")
    only = kernels(("left_superior", "none"), ("left_superior",), (), SITES, GROUPS)
    assert only.same.sum() == only.other.sum() == 0.0
    states = ("negative", "equivocal", "focus@left_superior", "several", "diffuse")
    place = Variable("gland_site", "Place", "anatomy", ("left_superior", "none"))
    every = {"gland_site": place}
    around = TableContext(Variable("scan", "", "finding", states), (place,), every, {}, SITES, GROUPS, 5e-4)
    simple = {"sensitivity": [row(0.6)], "wrong_share": [row(0.2)], "several": [row(0.0)], "diffuse": [row(0.0)]}
    table = expand(spec(reports=["left_superior"], field=None, false_positive=[row(0.1)], **simple), around)
    assert table[0, 2] == pytest.approx(0.6)


def test_it_is_fast() -> None:
    written, around = spec(), context()
    times = []
    for _ in range(10):
        start = time.perf_counter()
        expand(written, around)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.05
