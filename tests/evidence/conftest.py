"""A small network made in code: every kind of finding once, tables random but fixed."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hpt_bayes.network.analytes import Analyte
from hpt_bayes.network.manifest import AliasFinding, CaseDefinition, Setting
from hpt_bayes.network.network import Network
from hpt_bayes.network.sites import Site
from hpt_bayes.network.studies import Constraint
from hpt_bayes.network.variables import Variable

JUDGED: dict[str, Any] = {"basis": "judged", "why": "for tests"}
SITES = (
    ("left_superior", "left", ("left upper",)),
    ("right_superior", "right", ("right upper",)),
    ("left_inferior", "left", ("left lower",)),
    ("right_inferior", "right", ()),
    ("left_intrathyroidal", "left", ("intrathyroid",)),
    ("right_intrathyroidal", "right", ("intrathyroid",)),
    ("anterior_mediastinum", "none", ()),
    ("multiple", "none", ()),
    ("none", "none", ()),
)
GROUPS = {
    "neck_left": ("left_superior", "left_inferior", "left_intrathyroidal"),
    "neck": tuple(name for name, side, _ in SITES if side != "none"),
    "mediastinum": ("anterior_mediastinum",),
    "intrathyroidal": ("left_intrathyroidal", "right_intrathyroidal"),
}


def steps(edges: list[float]) -> tuple[str, ...]:
    texts = [f"{edge:g}" for edge in edges]
    inner = [f"{low}_to_{high}" for low, high in pairwise(texts)]
    return (f"below_{texts[0]}", *inner, f"{texts[-1]}_or_over")


def numeric(
    name: str, edges: list[float], support: tuple[float, float], unit: str, scale: str = "linear", **more: Any
) -> Variable:
    states = steps(edges)
    more.setdefault("role", "level")
    return Variable(
        name, name, more.pop("role"), states, edges=tuple(edges), support=support, scale=scale, unit=unit, **more
    )


def number(value: float) -> dict[str, Any]:
    return {"value": value, **JUDGED}


def localisation(name: str, sites: list[str], **more: Any) -> Variable:
    foci = tuple(f"focus@{site}" for site in sites)
    groups = {"focus": foci} | {
        f"focus@{group}": inside
        for group, members in GROUPS.items()
        if (inside := tuple(f"focus@{site}" for site in members if site in sites))
    }
    states = ("negative", "equivocal", *foci, "several", "diffuse")
    return Variable(name, name, "finding", states, ("gland_site", "lesion"), groups, **more)


def analyte(name: str, **more: Any) -> Analyte:
    return Analyte(name=name, label=name, **JUDGED, **more)


CALCIUM_EDGES = [8.0 + 0.5 * step for step in range(14)]
PTH_EDGES = [0.2, 0.3, 0.45, 0.67, 1, 1.5, 2, 3, 4, 5, 7, 10, 14, 20, 30]
RATIO_EDGES = [0.004, 0.006, 0.010, 0.013, 0.020, 0.03]
PHOSPHATE_EDGES = [1.5, 2.0, 2.5, 3.0, 3.5, 4.5, 5.5]
NECK = [name for name, side, _ in SITES if side != "none"]
SPREAD: dict[str, Any] = {"analytical_cv": number(0.015), "within_person_cv": number(0.019)}
CALCIUM_UNITS = {"mg/dL": 1.0, "mmol/L": 4.008}


def levels() -> list[Variable]:
    calcium_groups = {
        "low": steps(CALCIUM_EDGES)[:2],
        "normal": steps(CALCIUM_EDGES)[2:6],
        "high": steps(CALCIUM_EDGES)[6:],
    }
    pth_groups = {"suppressed": steps(PTH_EDGES)[:2], "normal": steps(PTH_EDGES)[2:5], "high": steps(PTH_EDGES)[5:]}
    ratio_groups = {"low": steps(RATIO_EDGES)[:3], "normal": steps(RATIO_EDGES)[3:]}
    return [
        numeric("usual_calcium", CALCIUM_EDGES, (6.0, 18.0), "mg/dL", parents=("lesion",), groups=calcium_groups),
        numeric("usual_pth", PTH_EDGES, (0.1, 60.0), "xULN", "log", parents=("lesion",), groups=pth_groups),
        numeric("usual_urine_handling", RATIO_EDGES, (0.001, 0.06), "ratio", "log", parents=("lesion",),
                groups=ratio_groups),
        numeric("usual_phosphate", PHOSPHATE_EDGES, (0.8, 9.0), "mg/dL", parents=("lesion",)),
    ]  # fmt: skip


def analytes() -> list[Analyte]:
    reference = {"low": 8.5, "high": 10.5, **JUDGED}
    calcium: dict[str, Any] = {
        "level": "usual_calcium",
        "unit": "mg/dL",
        "units": CALCIUM_UNITS,
        "plausible": (4.0, 30.0),
    }
    calcium |= {"reference": reference, "scaled_by_limit": True, **SPREAD}
    limits = ({"value": 65.0, "weight": 0.6}, {"value": 85.0, "weight": 0.4})
    wrong = {"variable": "pth_assay", "state": "falsely_high", "edges": (1.0, 5.0), "p": (0.2, 0.6, 0.2), **JUDGED}
    return [
        analyte("adjusted_calcium", also=("corrected_calcium",), **calcium),
        analyte("total_calcium", extra_sd=number(0.4), **calcium),
        analyte("calcium", level="usual_calcium", unit="mg/dL", states_only=True),
        analyte("pth", level="usual_pth", unit="pg/mL", units={"pg/mL": 1.0, "ng/L": 1.0, "pmol/L": 9.43},
                plausible=(1.0, 6000.0), multiple_of_limit=True, upper_limits=limits, corrupted_by=wrong, **SPREAD),
        analyte("phosphate", level="usual_phosphate", unit="mg/dL", units={"mg/dL": 1.0, "mmol/L": 3.097},
                plausible=(0.5, 15.0), **SPREAD),
        analyte("cccr", level="usual_urine_handling", unit="ratio", units={"ratio": 1.0, "percent": 0.01},
                plausible=(0.0005, 1.0), also=("feca",), **SPREAD),
        analyte("albumin", unit="g/dL", units={"g/dL": 1.0, "g/L": 0.1}, plausible=(1.0, 6.5), input_only=True),
        analyte("urine_calcium", unit="mg/dL", units={"mg/dL": 1.0, "mg/24h": 1.0, "mmol/L": 4.008, "mmol/24h": 40.08},
                plausible=(0.1, 1500.0), input_only=True),
        analyte("urine_creatinine", unit="mg/dL", units={"mg/dL": 1.0, "mg/24h": 1.0, "g/24h": 1000.0},
                plausible=(1.0, 6000.0), input_only=True),
        analyte("serum_creatinine", unit="mg/dL", units={"mg/dL": 1.0, "umol/L": 1 / 88.4}, plausible=(0.1, 30.0),
                input_only=True),
    ]  # fmt: skip


def build_network(**changes: Any) -> Network:
    """The small network; `changes` replace fields of Network."""
    settings = ("first_time", "postoperative_unclear", "persistent", "recurrent")
    spec = SimpleNamespace(reading_correlation=SimpleNamespace(value=0.1), field=None)
    rare = SimpleNamespace(reading_correlation=SimpleNamespace(value=0.3))
    names = tuple(name for name, _, _ in SITES)
    variables = [
        Variable("setting", "Setting", "context", settings),
        numeric("age", [18, 40, 60], (0, 100), "years", role="context", state_aliases={"under_18": "below_18"}),
        Variable("kidney_status", "Kidneys", "context", ("native", "hemodialysis", "peritoneal")),
        Variable("previous_operations", "Operations", "context", ("0", "1", "2", "3+")),
        Variable("fhh_screened", "Screened", "context", ("excluded", "not_documented", "not_done")),
        Variable("lesion", "Lesion", "cause", ("none", "adenoma"), ("setting",)),
        Variable("pth_assay", "Assay", "cause", ("reliable", "falsely_high")),
        Variable("gland_site", "Place", "anatomy", names, ("lesion",), GROUPS),
        *levels(),
        Variable("calcium_case_definition", "Met", "finding", ("met", "not_met"), ("usual_calcium", "setting")),
        localisation("ultrasound", NECK, spec=spec, state_aliases={"thyroid nodule only": "negative"}),
        localisation("ct_4d", [*NECK, "anterior_mediastinum"], spec=spec, also=("4D-CT",)),
        Variable("fna_pth_washout", "Washout", "finding", ("high", "intermediate", "low", "nondiagnostic"),
                 ("gland_site",), spec=rare, target_of="gland_site"),
        Variable("nephrolithiasis", "Stones", "finding", ("absent", "present"), ("lesion",)),
        Variable("cytology", "Cytology", "finding", ("parathyroid", "thyroid", "lymphoid"), ("lesion",), spec=rare),
        numeric("years_to_recurrence", [2, 5, 10], (0, 30), "years", role="finding", parents=("lesion",)),
        numeric("iopth_final_level", [40, 60], (5, 500), "pg/mL", role="finding", parents=("lesion",)),
    ]  # fmt: skip
    by_name = {each.name: each for each in variables}
    known = analytes()
    for each in known:
        if each.level is not None:
            level = by_name[each.level]
            parents = (each.level, *((each.corrupted_by.variable,) if each.corrupted_by else ()))
            by_name[each.name] = Variable(
                each.name, each.label, "measurement", level.states, parents, level.groups, level.edges, level.support,
                level.scale, level.unit, each.also,
            )  # fmt: skip
    draw = np.random.default_rng(20260321)
    tables = {}
    for each in by_name.values():
        shape = tuple(by_name[parent].size for parent in each.parents)
        tables[each.name] = draw.dirichlet(np.ones(each.size), size=shape)
    target = draw.dirichlet(np.ones(4), size=(len(names), len(names)))
    fields: dict[str, Any] = {
        "id": "small",
        "version": "1",
        "title": "",
        "scope": "",
        "path": "",
        "digest": "",
        "variables": by_name,
        "tables": tables,
        "settings": {
            name: Setting(name=name, label=name, entry="-", reoperative=False, disease="primary") for name in settings
        },
        "case_definition": CaseDefinition(
            name="case_definition",
            settings=("first_time", "persistent", "recurrent"),
            enters={"calcium_case_definition": "met"},
        ),
        "sites": {
            name: Site(name=name, label=name, side=side, region=side, approach="neck", also=also)
            for name, side, also in SITES
        },
        "site_groups": GROUPS,
        "analytes": {each.name: each for each in known},
        "studies": {"ct_4d": None, "choline_pet": None},
        "constraints": {"pregnancy": Constraint(name="pregnancy", label="Pregnancy")},
        "alias_findings": {
            "dialysis": AliasFinding(
                name="dialysis",
                label="Dialysis",
                variable="kidney_status",
                states={"present": ("hemodialysis", "peritoneal"), "absent": ("native",)},
                also=("on dialysis",),
            )
        },
        "target_tables": {"fna_pth_washout": target},
    }
    return Network(**(fields | changes))


@pytest.fixture(scope="session")
def network() -> Network:
    return build_network()


@pytest.fixture(scope="session")
def foreign() -> Network:
    variables = {
        "cause": Variable("cause", "cause", "latent", ("no", "yes")),
        "effect": Variable("effect", "effect", "latent", ("<10 mm", "a|b", "yes"), ("cause",)),
    }
    tables = {"cause": np.array([0.9, 0.1]), "effect": np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]])}
    return Network("foreign", "1", "", "", "net.bif", "", variables, tables, foreign=True)
