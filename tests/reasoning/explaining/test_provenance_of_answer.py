"""Where the doubt comes from against drawn numbers, and what an answer rests on in the packaged network."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import packaged
import pytest
from numpy.typing import NDArray
from rewritten import same_entries
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.case import Case
from hpt_bayes.network.provenance import Number
from hpt_bayes.reasoning.basis import numbers_of
from hpt_bayes.reasoning.compiled import compile_model
from hpt_bayes.reasoning.explaining.doubt import DRAWS, SEED
from hpt_bayes.reasoning.varying.drawn_beliefs import drawn_beliefs
from hpt_bayes.reasoning.varying.draws import draw_numbers

NETWORK = small_network()
MODEL = compile_model(NETWORK, ("persistent",))
CASE = (
    Case(NETWORK, "persistent", name="A")
    .observe("scan", "focus", site="left_superior")
    .observe("gene", "negative")
    .observe("family_history", "none")
    .observe("histology", "normal_only")
    .observe("adjusted_calcium", 11.2, "mg/dL")
)


@cache
def trap() -> Case:
    """A patient of 31, entered in the packaged network."""
    return hpt.read_case("fhh-trap", packaged.network())


@cache
def explained() -> hpt.Explanation:
    return trap().explain(sources=True)


def cited(number: Number, variable: str) -> set[str]:
    """Names of the sources of a number, by the definition: its papers, or its basis and variable."""
    rows = [NETWORK.evidence_rows[key] for key in number.provenance.evidence]
    return {row.doi_or_pmid or row.citation or row.key for row in rows} or {f"{number.provenance.basis}: {variable}"}


@pytest.mark.parametrize("against", [None, "hyperplasia"])
def test_the_doubt_from_a_source_is_the_variance_when_its_numbers_alone_are_drawn(against: str | None) -> None:
    """Each source's numbers are drawn, a little around what is written, and the whole model is evaluated each time."""
    found = CASE.explain("adenoma", against, sources=True).provenance
    assert found is not None
    names = sorted({name for name in NETWORK.variables if numbers_of(NETWORK, name)})
    drawn = draw_numbers(NETWORK, names, DRAWS, SEED)
    at = [MODEL.targets.diagnosis_names.index(each) for each in ("adenoma", "hyperplasia")]
    little = 1e-3
    checked = 0
    for each in found.doubt_from:
        values: dict[str, NDArray[np.float64]] = {}
        for name in names:
            numbers = numbers_of(NETWORK, name)
            mine = np.array([each.source in cited(number, name) for number in numbers])
            if mine.any():
                written = np.array([number.value for number in numbers])
                moved = drawn[name] - drawn[name].mean(axis=0)
                values[name] = written + little * np.where(mine, moved, 0.0)
        p = drawn_beliefs(MODEL, CASE.evidence, values).diagnoses[:, at]
        score = np.log(p[:, 0]) - (np.log1p(-p[:, 0]) if against is None else np.log(p[:, 1]))
        assert each.variance == pytest.approx(score.var(ddof=1) / little**2, rel=0.02, abs=1e-6)
        checked += each.variance > 1e-3
    assert checked >= 5
    total = sum(each.variance for each in found.doubt_from)
    for each in found.doubt_from:
        assert each.share == pytest.approx(each.variance / total, abs=1e-12)


def test_what_the_packaged_answer_rests_on_is_lost_when_the_table_is_changed_by_hand() -> None:
    """Rows of the fall of PTH that cite no paper: each becomes the average over lesions, the case is asked again."""
    network, case, found = packaged.network(), trap(), explained()
    assert found.provenance is not None
    at = network.variables["iopth_fall"].parents.index("setting")
    assert (at, network.variables["iopth_fall"].parents) == (0, ("setting", "lesion"))
    setting = network.variables["setting"].states.index("persistent")
    table = network.tables["iopth_fall"].copy()
    numbers = numbers_of(network, "iopth_fall")
    judged = {number.row for number in numbers if not number.provenance.evidence}
    written = [np.array([number.value for number in numbers if number.row == row]) for row in sorted(judged)]
    rows = [any(np.abs(one - row).max() < 1e-3 for row in written) for one in table[setting]]
    assert 0 < sum(rows) < len(rows)
    context = case
    for finding in {entry.finding for entry in case.facts.observations} - set(found.context):
        context = context.retract(finding)
    lesion = np.array(list(context.posterior().variables["lesion"].values()))
    table[setting, rows] = lesion @ table[setting]
    asked = Case(replace(network, tables={**network.tables, "iopth_fall": table}), case.facts.settings)
    p = same_entries(asked, case).posterior().diagnoses[found.diagnosis]
    losses = {each.source: each.decibans for each in found.provenance.rests_on}
    expected = found.weights.after - 10 * math.log10(p / (1 - p))
    assert abs(expected) > 0.05
    assert losses["judged: iopth_fall"] == pytest.approx(expected, abs=1e-7)


def test_a_source_that_is_written_for_other_patients_carries_nothing() -> None:
    """A row for patients of 40 and over, derived together with all others of its table, in a patient of 31."""
    found = explained().provenance
    assert found is not None
    (name,) = (each.name for each in found.sources.values() if each.keys == ("fhhb_surg",))
    assert {each.source: each.decibans for each in found.rests_on}[name] == pytest.approx(0.0, abs=1e-9)
