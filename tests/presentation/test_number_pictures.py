"""Pictures of how the answer moves with the numbers of the model show what was computed, and no finding."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.container import BarContainer
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.case import Case
from hpt_bayes.display.numbers import percent
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.style import described
from hpt_bayes.reasoning.varying.parameters import parameters


def test_a_number_is_said_in_the_words_of_its_row() -> None:
    said = {each.name: each.in_words(small_network()) for each in parameters(small_network())}
    label = small_network().variables
    assert said["lesion:base[0].p.none"] == f"{label['lesion'].label}: none, given setting: first time"
    assert said["fhh:rows[0].p.present"].startswith(f"{label['fhh'].label}: present")
    assert any(text.startswith(f"{label['scan'].label}: sensitivity, given ") for text in said.values())
    assert any(text.endswith(", otherwise") for text in said.values())


@cache
def case() -> Case:
    return Case(small_network(), "persistent", name="A").observe("gene", "vus").observe("histology", "normal_only")


def test_the_tornado_reaches_from_the_answer_to_the_ends_of_each_range() -> None:
    found = case().sensitivity()
    ax = hpt.plot(found)
    widths = [bar.get_width() for each in ax.containers if isinstance(each, BarContainer) for bar in each]
    expected = [end - found.probability for bar in found.bars for end in (bar.at_low, bar.at_high)]
    assert widths == pytest.approx(expected)
    names = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    assert names == [bar.means for bar in found.bars]
    assert percent(found.probability) in ax.get_title(loc="left")
    assert found.bars[0].number in described(ax)
    texts = [text.get_text() for text in ax.texts]
    assert all(f"{percent(bar.at_low)};  {bar.high:.2g}: {percent(bar.at_high)}" in text
               for bar, text in zip(found.bars, texts, strict=True))  # fmt: skip
    turned = replace(found.bars[0], overturns_below=0.1, overturns_above=0.5, then_leads="fhh")
    assert "another leads below 0.1 or above 0.5" in hpt.plot(replace(found, bars=(turned,))).texts[0].get_text()
    with pytest.raises(HptBayesError, match="no free number bears on this case"):
        hpt.plot(replace(found, bars=()))


def test_a_curve_passes_through_its_points_and_tells_what_leads_where() -> None:
    turning = next(bar for bar in case().sensitivity().bars if bar.decides)
    found = case().one_way(turning.number)
    ax = hpt.plot(found)
    curve = max(ax.lines, key=lambda line: len(line.get_xdata()))
    assert tuple(curve.get_xdata()) == found.values
    assert tuple(curve.get_ydata()) == found.probabilities
    assert found.changes, "the case was chosen so that the leader changes"
    verticals = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == ":"]
    assert verticals == pytest.approx(list(found.changes))
    leaders = list(dict.fromkeys(found.leading))
    said = ax.get_xlabel().replace("\n", " ")
    assert all(f"{found.labels.diagnoses[name]} leads" in said for name in leaders)
    assert any(text.get_text().startswith("as written 0.") for text in ax.texts)
    assert percent(found.probabilities[0]) in described(ax)


def test_a_surface_prints_every_figure_and_outlines_where_another_leads() -> None:
    found = case().two_way("fhh:rows[0].p.present", "lesion:base[0].p.none")
    leading = [list(row) for row in found.leading]
    leading[0][0] = "fhh" if leading[0][0] != "fhh" else "adenoma"
    ax = hpt.plot(replace(found, leading=tuple(tuple(row) for row in leading)))
    values = np.array(found.probabilities)
    assert [text.get_text() for text in ax.texts] == [
        percent(p).removesuffix(" %") for p in values.reshape(-1).tolist()
    ]
    np.testing.assert_array_equal(ax.collections[0].get_array(), values)
    changes = sum(a != b for row in leading for a, b in pairwise(row))
    changes += sum(a != b for one, two in pairwise(leading) for a, b in zip(one, two, strict=True))
    (ring,) = (line for line in ax.lines if line.get_marker() == "o")
    assert len(ax.lines) - 1 == changes > 0
    for value, ends, at in zip(found.written, (found.first, found.second), (ring.get_ydata(), ring.get_xdata()),
                               strict=True):  # fmt: skip
        assert np.interp(at[0], range(len(ends)), ends) == pytest.approx(value)
    assert (ax.get_ylabel().replace("\n", " "), ax.get_xlabel().replace("\n", " ")) == found.means
    assert percent(float(values.max())) in described(ax)
    uniform = replace(found, leading=tuple(("fhh",) * len(row) for row in leading))
    assert "leads everywhere" in hpt.plot(uniform).get_title(loc="left")


def test_numbers_and_findings_never_share_a_picture() -> None:
    answer = case()
    numbers = {bar.means for bar in answer.sensitivity().bars}
    findings = {f"{each.finding}: {each.text}" for each in answer.explain().weights.findings}
    for found, own, other in ((answer.sensitivity(), numbers, findings), (answer.explain(), findings, numbers)):
        rows = {label.get_text().replace("\n", " ").lower() for label in hpt.plot(found).get_yticklabels()}
        assert {name.lower().replace("_", " ") for name in own} <= {row.replace("_", " ") for row in rows}
        assert not {name.lower().replace("_", " ") for name in other} & {row.replace("_", " ") for row in rows}


def test_the_values_that_change_the_answer_stand_apart_from_those_that_do_not() -> None:
    turning = next(bar for bar in case().sensitivity().bars if bar.decides)
    found = case().inverse(turning.number)
    ax = hpt.plot(found)
    (parts,) = [[(bar.get_x(), bar.get_x() + bar.get_width()) for each in ax.containers for bar in each]]
    edges = sorted({edge for part in parts for edge in part})
    turns = [value for value in (found.below, found.above) if value is not None]
    assert turns
    assert all(any(edge == pytest.approx(value) for edge in edges) for value in turns)
    (now,) = [part for part in parts if part[0] <= found.value <= part[1]]
    assert now[0] == pytest.approx(found.below or 0.0)
    assert found.number in described(ax) and f"written as {found.value:.3g}" in described(ax)
    assert found.labels.diagnoses[found.now] in described(ax)
    far = replace(found, value=40.0, below=None, then_below=None, above=55.0, then_above="fhh")
    assert hpt.plot(far).get_xlim() == (17.5, 62.5)
