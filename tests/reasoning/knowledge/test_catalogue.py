"""What the model knows by name, and where its numbers come from."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from enumerated import foreign_network
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.display.rows import to_text
from hpt_bayes.errors import EvidenceError, ModelFileError
from hpt_bayes.reasoning.basis import numbers_of
from hpt_bayes.reasoning.knowledge.catalogue import KINDS, catalogue
from hpt_bayes.reasoning.knowledge.exported import export_network
from hpt_bayes.reasoning.knowledge.sources import sources_of

NETWORK = small_network()


def text_of(kind: str, name: str | None = None) -> str:
    return " ".join(to_text(catalogue(NETWORK, kind, name).blocks(), 100).split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_is_listed_and_can_be_asked_for(kind: str) -> None:
    listing = catalogue(NETWORK, kind)
    assert listing.entries
    for name in listing.entries:
        one = catalogue(NETWORK, kind, name)
        assert dict(one.entries) == {name: listing.entries[name]}
        data = json.loads(json.dumps(one.to_dict(), allow_nan=False))
        assert set(data) == {"model", kind}
        assert name in text_of(kind, name)


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("findings", "scna", "unknown finding 'scna'; nearest valid name: 'scan'"),
        ("studies", "gen", "unknown study 'gen'; nearest valid name: 'gene'"),
        ("settings", "persistant", "unknown setting 'persistant'; nearest valid name: 'persistent'"),
        ("constraints", "pregnant", "unknown constraint 'pregnant'; nearest valid name: 'pregnancy'"),
        ("constraints", "xyz", "unknown constraint 'xyz'; valid names: pregnancy, anticoagulation"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(kind: str, name: str, message: str) -> None:
    with pytest.raises(EvidenceError) as refused:
        catalogue(NETWORK, kind, name)
    assert str(refused.value) == message


def test_findings_list_what_can_be_entered_and_nothing_else() -> None:
    entries = catalogue(NETWORK, "findings").entries
    assert set(entries) == {info.name for info in NETWORK.findings()}
    assert {"scan", "adjusted_calcium", "albumin", "operated", "age"} <= set(entries)
    assert not {"lesion", "usual_calcium", "gland_site", "conspicuity"} & set(entries)


def test_a_finding_is_found_under_its_other_names() -> None:
    assert list(catalogue(NETWORK, "findings", "corrected_calcium").entries) == ["adjusted_calcium"]
    assert "A number in mg/dL, mmol/L." in text_of("findings", "corrected_calcium")
    assert "Does anybody in the family have high calcium?" in text_of("findings", "family_history")


def test_a_study_shows_burden_ratings_and_rules() -> None:
    text = text_of("studies", "scan")
    assert "500 USD" in text
    assert "ACR rating, persistent: usually appropriate." in text
    assert "Excluded when pregnancy: radiation." in text
    assert "Scintigraphy first." in text


def test_a_constraint_names_the_studies_it_rules_out() -> None:
    assert "scan (excluded)" in text_of("constraints", "pregnancy")
    assert "no study" in text_of("constraints", "anticoagulation")


def test_sources_count_every_number_once() -> None:
    overview = sources_of(NETWORK)
    counts = dict(overview.counts)
    assert counts["age"] == {"measured": 3}
    assert counts["syndrome"] == {"judged": 3, "derived": 1}
    assert "scarred_neck" not in counts
    data = json.loads(json.dumps(overview.to_dict(), allow_nan=False))
    assert data["variables"]["fhh"] == {"measured": 2}
    judged, derived = (sum(count.get(kind, 0) for count in counts.values()) for kind in ("judged", "derived"))
    (line,) = [line for line in to_text(overview.blocks(), 80).splitlines() if line.startswith("all ")]
    assert line.split()[2:] == [str(derived), str(judged)]


def test_sources_of_a_variable_show_rows_and_papers() -> None:
    found = sources_of(NETWORK, "syndrome")
    text = " ".join(to_text(found.blocks(), 100).split())
    for part in ("half of series_b", "younger patients more often", "Author B. Journal, 2010, 10.1/b", "0.9"):
        assert part in text
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert data["variable"] == "syndrome"
    assert set(data["evidence"]) == {"series_a", "series_b"}


def test_sources_show_published_rows_before_and_after_the_case_is_confirmed() -> None:
    found = sources_of(NETWORK, "fhh")
    (persistent,) = found.conditioned
    assert persistent.setting == "persistent"
    assert persistent.given["present"] == pytest.approx(0.05, abs=1e-10), "as published, given a confirmed case"
    without = hpt.Case(NETWORK, "persistent").retract("case_definition").posterior()
    assert dict(persistent.free) == pytest.approx(dict(without.variables["fhh"]), abs=1e-12)


@pytest.mark.parametrize("name", NETWORK.variables)
def test_sources_of_a_variable_show_each_of_its_numbers(name: str) -> None:
    found = sources_of(NETWORK, name)
    written = sorted(number.value for number in numbers_of(NETWORK, name) if number.written)
    assert sorted(value for row in found.rows for _, value in row.figures) == written
    assert all(row.basis in ("measured", "derived", "judged") for row in found.rows)
    assert name in to_text(found.blocks(), 100)
    json.dumps(found.to_dict(), allow_nan=False)


def test_sources_of_a_measurement_are_empty() -> None:
    assert sources_of(NETWORK, "pth").rows == ()


def test_sources_of_an_unknown_variable_are_refused() -> None:
    with pytest.raises(EvidenceError, match="unknown variable 'lesoin'; nearest valid name: 'lesion'"):
        sources_of(NETWORK, "lesoin")


def test_a_foreign_network_has_findings_and_no_settings() -> None:
    from oracle import Arrays

    network = foreign_network(Arrays((2,), ((),), (NETWORK.tables["setting"],)))
    assert list(catalogue(network, "findings").entries) == ["v0"]
    assert catalogue(network, "settings").entries == {}
    assert sources_of(network).counts == ()


def test_export_as_json_holds_the_tables_unrounded(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    done = export_network(NETWORK, "json", path)
    assert (done.format, done.path, done.variables) == ("json", str(path), len(NETWORK.variables))
    data = json.loads(path.read_text(encoding="utf-8"))
    for each in data["variables"]:
        variable = NETWORK.variables[each["name"]]
        assert (tuple(each["states"]), tuple(each["parents"])) == (variable.states, variable.parents)
        assert each["table"] == NETWORK.tables[each["name"]].tolist()
    assert str(path) in to_text(done.blocks(), 200)


def test_an_exported_network_answers_as_before(tmp_path: Path) -> None:
    """The whole way out and in: another program's file, with the same evidence by hand."""
    path = tmp_path / "net.bif"
    export_network(NETWORK, "bif", path)
    foreign = hpt.load_network(path)
    mine = hpt.Case(NETWORK, "persistent").observe("gene", "vus").observe("histology", "normal_only")
    theirs = hpt.Case(foreign)
    for name, state in (("setting", "persistent"), ("calcium_case_definition", "met"), ("gene", "vus"),
                        ("histology", "normal_only")):  # fmt: skip
        theirs = theirs.observe(name, state)
    one, other = mine.posterior(), theirs.posterior()
    assert other.variables["lesion"] == pytest.approx(dict(one.variables["lesion"]), abs=1e-6)
    assert math.isclose(one.log_evidence, other.log_evidence, abs_tol=1e-5)


@pytest.mark.parametrize("format", ["json", "bif", "xmlbif", "net"])
def test_a_file_that_cannot_be_written_is_refused(format: str, tmp_path: Path) -> None:
    missing = tmp_path / "no" / "net.file"
    with pytest.raises(EvidenceError, match=r"^cannot write .*net\.file: No such file or directory$"):
        export_network(NETWORK, format, missing)
    with pytest.raises(EvidenceError, match=r"^cannot write .*: Is a directory$"):
        export_network(NETWORK, format, tmp_path)


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="expected a format, found 'pdf'"):
        export_network(NETWORK, "pdf", tmp_path / "net.pdf")


def test_sources_as_a_frame_hold_every_number_once() -> None:
    found = sources_of(NETWORK, "lesion")
    frame = found.to_frame()
    assert len(frame) == sum(len(row.figures) for row in found.rows) > 0
    assert set(frame["basis"]) <= {"measured", "derived", "judged"}
    assert list(frame["value"]) == [value for row in found.rows for _, value in row.figures]
    assert "as written" in found._repr_html_()
    counted = sources_of(NETWORK).to_frame().set_index("variable")
    assert counted.loc["lesion"].sum() == len(frame)
