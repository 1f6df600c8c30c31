"""Numbers as written, and the tables they make again, against the model loaded from rewritten files."""

from __future__ import annotations

import numpy as np
import pytest
from enumerated import foreign_network
from oracle import Arrays
from rewritten import rewritten, same_entries
from small_model import small_network

from hpt_bayes.case import Case
from hpt_bayes.engine import propagate
from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.variables import Variable
from hpt_bayes.reasoning.believing.posterior import posterior
from hpt_bayes.reasoning.compiled import compile_model
from hpt_bayes.reasoning.varying.drawn_models import drawn_models
from hpt_bayes.reasoning.varying.draws import draw_numbers
from hpt_bayes.reasoning.varying.narrowed import narrowed
from hpt_bayes.reasoning.varying.parameters import (
    Parameter,
    evidence_with,
    parameter_named,
    parameters,
    relevant,
    row_of,
    tables_with,
    with_number,
    written,
)

NETWORK = small_network()
OTHER = foreign_network(Arrays((2,), ((),), (np.array([0.5, 0.5]),)))

CASE = (
    Case(NETWORK, "persistent")
    .observe("scan", "negative")
    .observe("scan", "focus", site="left_superior")
    .observe("scan", "negative", field="neck")
    .observe("washout", "high", site="left_superior")
    .observe("washout", "low", site="left_inferior")
    .observe("gene", "negative")
    .observe("gene", "vus")
    .observe("adjusted_calcium", 11.2, "mg/dL")
    .observe("pth", 140, "pg/mL", upper_limit=65)
    .observe("family_history", "none")
)
MODEL = compile_model(NETWORK, ("persistent",))


def test_numbers_carry_where_and_how() -> None:
    every = parameters(NETWORK)
    assert {each.variable for each in every} <= set(NETWORK.variables)
    assert all(each.number.written and each.place.file and each.place.line for each in every)
    named = parameter_named(NETWORK, "lesion:modifiers[0].odds.hyperplasia")
    assert (named.value, named.number.range, named.number.family) == (12.0, (4.0, 36.0), "log_normal")
    assert parameter_named(NETWORK, named.name) == named


def test_relevant_variables_leave_barren_ones_out() -> None:
    few = relevant(MODEL, Case(NETWORK, "persistent").evidence)
    assert "scan" not in few
    assert {"lesion", "gland_site", "calcium_case_definition"} <= set(few)
    assert {"scan", "washout", "gene"} <= set(relevant(MODEL, CASE.evidence))


def test_unchanged_numbers_give_the_compiled_tables() -> None:
    values = {name: written(NETWORK, name)[None] for name in NETWORK.variables if len(written(NETWORK, name))}
    for axis, table in tables_with(MODEL, values).items():
        assert table[0] == pytest.approx(MODEL.core.tables[MODEL.names[axis]], abs=1e-10)


@pytest.mark.parametrize("settings", [("persistent",), ("first_time",), ("first_time", "persistent")])
def test_drawn_tables_equal_those_of_a_rewritten_model(settings: tuple[str, ...]) -> None:
    model = compile_model(NETWORK, settings)
    values = draw_numbers(NETWORK, NETWORK.variables, 3, 5)
    found = tables_with(model, values)
    for i in range(3):
        other = compile_model(rewritten(NETWORK, {name: each[i] for name, each in values.items()}), settings)
        for axis, table in found.items():
            assert table[i] == pytest.approx(other.core.tables[model.names[axis]], abs=1e-10), model.names[axis]


@pytest.mark.parametrize("name", ["lesion_size", "lesion", "syndrome", "usual_calcium", "scan"])
def test_one_changed_table_takes_its_dependents_along(name: str) -> None:
    values = draw_numbers(NETWORK, [name], 2, 1)
    found = tables_with(MODEL, values)
    for i in range(2):
        other = compile_model(rewritten(NETWORK, {name: values[name][i]}), ("persistent",))
        for axis, each in enumerate(MODEL.names):
            table = found[axis][i] if axis in found else MODEL.core.tables[each]
            assert table == pytest.approx(other.core.tables[each], abs=1e-10), each


def test_evidence_computed_from_tables_follows_them() -> None:
    values = draw_numbers(NETWORK, NETWORK.variables, 3, 2)
    tables = tables_with(MODEL, values)
    found = propagate(MODEL.engine, evidence_with(MODEL, CASE.evidence, values, tables), tables=tables)
    singles = list(drawn_models(MODEL, CASE.evidence, values))
    for i in range(3):
        network = rewritten(NETWORK, {name: each[i] for name, each in values.items()})
        case = Case(network, "persistent")
        case = same_entries(case, CASE)
        answer = case.posterior()
        site = found.marginal(MODEL.axis["gland_site"])[i]
        assert site == pytest.approx(list(answer.gland_site.values()), abs=1e-10)
        drawn, read = singles[i]
        again = posterior(drawn, read)
        assert again.diagnoses == pytest.approx(answer.diagnoses, abs=1e-10)
        assert again.log_evidence - drawn.log_settings == pytest.approx(
            answer.log_evidence - compile_model(network, ("persistent",)).log_settings, abs=1e-9
        )


def test_the_rest_of_a_row_moves_in_proportion() -> None:
    number = parameter_named(NETWORK, "lesion:base[1].p.1")
    values = with_number(NETWORK, number, np.array([0.2, 0.6]))
    row = row_of(NETWORK, number)
    assert values[:, row].sum(axis=1) == pytest.approx([1.0, 1.0])
    others = [position for position in row if position != number.position]
    base = written(NETWORK, "lesion")
    assert values[0, others] / base[others] == pytest.approx([0.8 / 0.4] * 2)
    assert values[1] == pytest.approx(base)


def test_a_rest_that_is_implied_needs_no_number() -> None:
    number = parameter_named(NETWORK, "scan:sensitivity[0].p")
    assert with_number(NETWORK, number, np.array([0.3]))[0, number.position] == 0.3


def test_structural_numbers_are_not_free() -> None:
    rows = {each.name: each.free for each in parameters(NETWORK, ["gland_site", "lesion"])}
    assert not rows["gland_site:rows[0].p.0"]
    assert rows["lesion:modifiers[0].odds.hyperplasia"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: parameters(NETWORK, ["lesio"]), "unknown variable 'lesio'"),
        (lambda: parameter_named(NETWORK, "lesion:base[9].p.none"), "has no number 'base\\[9\\].p.none'"),
        (lambda: parameter_named(NETWORK, "scarred_neck:p"), "no numbers of its own"),
        (lambda: tables_with(MODEL, {"lesio": np.zeros((1, 1))}), "unknown variable"),
        (lambda: tables_with(MODEL, {"lesion": np.zeros((1, 1))}), "expected numbers of shape"),
        (
            lambda: tables_with(
                MODEL,
                {"lesion": written(NETWORK, "lesion")[None], "fhh": np.repeat(written(NETWORK, "fhh")[None], 2, 0)},
            ),
            "same number of versions",
        ),
        (
            lambda: with_number(NETWORK, parameter_named(NETWORK, "lesion:base[1].p.1"), np.array([1.2])),
            "between 0 and 1, found 1.2",
        ),
        (
            lambda: with_number(
                NETWORK, parameter_named(NETWORK, "lesion:modifiers[0].odds.hyperplasia"), np.array([-1.0])
            ),
            "of 0 or more",
        ),
        (
            lambda: with_number(NETWORK, parameter_named(NETWORK, "usual_calcium:loading.slope"), np.array([np.inf])),
            "that is finite",
        ),
        (lambda: with_number(NETWORK, _certain(), np.array([0.5])), "the rest of its row 0"),
    ],
)
def test_refusals(call: object, said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        call()  # type: ignore[operator]


def _certain() -> Parameter:
    return parameter_named(NETWORK, "gland_site:rows[0].p.6")


def test_a_network_of_another_program_is_refused() -> None:
    other = OTHER
    for call in (lambda: parameters(other), lambda: draw_numbers(other, other.variables, 2, 0)):
        with pytest.raises(EvidenceError, match="comes from another program"):
            call()
    with pytest.raises(EvidenceError, match="comes from another program"):
        tables_with(compile_model(other), {})


def test_narrowing_keeps_the_names_of_what_is_gone() -> None:
    variable = Variable("x", "X", "cause", ("a", "b", "c"), groups={"ab": ("a", "b")}, state_aliases={"see": "c"})
    few = narrowed(variable, np.array([1]))
    assert few.states == ("b",)
    assert few.positions == {"ab": (0,), "a": (), "c": (), "see": (), "b": (0,)}
