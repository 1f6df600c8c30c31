"""Loading: what a network is, where models are looked for, and that nothing can be changed."""

from __future__ import annotations

import gc
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network import locations
from hpt_bayes.network.assemble import context_of
from hpt_bayes.network.check import check_report
from hpt_bayes.network.joint import joint_of
from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network
from hpt_bayes.network.tables import kind_of, plain
from hpt_bayes.network.variables import NOWHERE, Variable


@pytest.fixture(scope="module")
def network(tiny_folder: Path) -> Network:
    return load_network(tiny_folder)


def test_parents_before_children(network: Network) -> None:
    seen: set[str] = set()
    for name, variable in network.variables.items():
        assert set(variable.parents) <= seen
        seen.add(name)
    assert list(network.graph) == list(network.variables)
    assert network.graph.number_of_edges() == sum(len(each.parents) for each in network.variables.values())


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(tiny: Path, enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        load_network(tiny)
        assert gc.isenabled() is enabled
        (tiny / "network.yaml").write_text("id: [", encoding="utf-8")
        with pytest.raises(ModelFileError):
            load_network(tiny)
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


def test_tables(network: Network) -> None:
    for name, variable in network.variables.items():
        table = network.tables[name]
        assert table.shape == (*(network.variables[each].size for each in variable.parents), variable.size)
        np.testing.assert_allclose(table.sum(axis=-1), 1.0, atol=1e-12)
        with pytest.raises(ValueError, match="read-only"):
            table[...] = 0.0


def test_drawn_numbers_as_written_give_the_table(network: Network) -> None:
    for name, variable in network.variables.items():
        if variable.spec is None:
            continue
        kind = kind_of(variable.spec.kind)
        values = np.array([[number.value for number in kind.numbers(variable.spec)]] * 2)
        published = network.published.get(name, network.tables[name])
        drawn = kind.expand(variable.spec, context_of(network, name), values)
        np.testing.assert_allclose(drawn, [published] * 2, atol=1e-9)


def test_rows_given_the_case_definition_come_back(network: Network) -> None:
    names = ["setting", "fhh", "lesion", "calcium_case_definition"]
    joint = joint_of(names, network.variables, network.tables)
    confirmed = joint[1, ..., 0]
    np.testing.assert_allclose(confirmed.sum(axis=1) / confirmed.sum(), [0.95, 0.05], atol=1e-9)
    np.testing.assert_allclose(network.published["fhh"], [[0.98, 0.02], [0.95, 0.05]])
    assert network.tables["fhh"][1, 1] != pytest.approx(0.05, abs=1e-4)
    everybody = joint.sum(axis=(1, 3))
    everybody /= everybody.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(everybody, [[0.1, 0.8, 0.1], [0.1, 0.6, 0.3]], atol=1e-9)


def test_names(network: Network) -> None:
    assert network.site_variable == "gland_site"
    scan = network.variables["scan"]
    assert scan.states[:3] == ("negative", "equivocal", "focus@left_superior")
    assert scan.states[-3:] == ("focus@mediastinum", "several", "diffuse")
    assert scan.groups["focus@neck_left"] == ("focus@left_superior", "focus@left_inferior")
    assert "focus@intrathyroidal" not in scan.groups
    site = network.variables["gland_site"]
    assert site.groups["neck_right"] == ("right_superior", "right_inferior")
    assert site.members("left lower") == ("left_inferior",)
    assert site.members("nowhere") is None
    assert network.variables["age"].states == ("below_18", "18_to_40", "40_or_over")
    assert network.variables["age"].bounds.tolist() == [0, 18, 40, 90]
    calcium = network.variables["adjusted_calcium"]
    assert (calcium.role, calcium.parents) == ("measurement", ("usual_calcium",))
    assert calcium.groups["high"] == ("10.5_to_12.0", "12.0_or_over")
    assert network.variables["washout"].parents == ("gland_site",)
    assert network.target_tables["washout"].shape == (7, 7, 2)
    assert network.variables["gene"].spec.reading_correlation.value == 0.3  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="scan has no steps"):
        _ = scan.bounds


def test_findings(network: Network) -> None:
    found = {each.name: each for each in network.findings()}
    assert found["adjusted_calcium"].units == ("mg/dL", "mmol/L")
    assert found["age"].units == ("years",)
    assert found["albumin"].kind == "input"
    assert found["operated"].groups == {"present": ("persistent",), "absent": ("first_time",)}
    assert found["family_history"].question.startswith("Does anybody")
    assert "lesion" not in found


def test_provenance_of_defaults(network: Network) -> None:
    spec = network.variables["syndrome"].spec
    assert spec is not None
    numbers = kind_of("table").numbers(spec)
    assert [(each.provenance.basis, each.provenance.evidence, each.ess) for each in numbers if each.written] == [
        ("judged", (), 20), ("judged", ("series_a",), 20), ("judged", ("series_a",), 20),
        ("derived", ("series_a", "series_b"), 20),
    ]  # fmt: skip
    assert numbers[-1].provenance.why == "younger patients more often"
    assert numbers[0].place.line is not None
    assert network.evidence_rows["series_b"].lower == 0.8
    assert network.evidence_rows["series_a"].year == 2001


def test_pickle(network: Network) -> None:
    again = pickle.loads(pickle.dumps(network))
    assert again.digest == network.digest
    assert list(again.variables) == list(network.variables)


def test_digest_changes_with_any_file(tiny: Path, network: Network) -> None:
    assert load_network(tiny).digest == network.digest
    path = tiny / "evidence" / "series.csv"
    path.write_text(path.read_text().replace("2001", "2002"))
    assert load_network(tiny).digest != network.digest


def test_look_up(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_network(tiny / "network.yaml").path == str(tiny)
    monkeypatch.setenv("HPT_BAYES_MODEL", str(tiny))
    assert load_network().path == str(tiny)
    monkeypatch.setenv("HPT_BAYES_MODEL", str(tiny / "no"))
    with pytest.raises(ModelFileError, match=r"found nothing \(from HPT_BAYES_MODEL\)"):
        load_network()
    with pytest.raises(ModelFileError, match=r"found nothing$"):
        load_network(tiny / "no")
    with pytest.raises(ModelFileError, match=r"expected a model folder with network\.yaml"):
        load_network(tiny / "evidence")
    with pytest.raises(ModelFileError, match=r"found '\.csv'"):
        load_network(tiny / "evidence" / "series.csv")


def test_packaged_copy_before_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HPT_BAYES_MODEL", raising=False)
    package = tmp_path / "site-packages" / "hpt_bayes"
    package.mkdir(parents=True)
    (package.parent / "models" / "hyperparathyroidism").mkdir(parents=True)
    monkeypatch.setattr(locations.resources, "files", lambda _: package)
    with pytest.raises(ModelFileError, match="expected the packaged model"):
        locations.models_folder()
    (package / "_models" / "hyperparathyroidism").mkdir(parents=True)
    assert locations.models_folder() == package / "_models"
    assert locations.model_path(None) == package / "_models" / "hyperparathyroidism"
    checkout = tmp_path / "checkout" / "hpt_bayes"
    (checkout.parent / "models" / "hyperparathyroidism").mkdir(parents=True)
    monkeypatch.setattr(locations.resources, "files", lambda _: checkout)
    assert locations.models_folder() == checkout.parent / "models"


def test_a_model_of_variables_alone(tiny: Path) -> None:
    for name in ("analytes.yaml", "studies.yaml"):
        (tiny / name).unlink()
    text = (tiny / "network.yaml").read_text().splitlines()
    keep = [line for line in text if line.split(":")[0] in ("id", "version", "title", "scope", "floor")]
    (tiny / "network.yaml").write_text("\n".join([*keep, "files: [few.yaml]"]))
    (tiny / "few.yaml").write_text(
        "variables:\n- name: a\n  role: cause\n  states: [x, y]\n"
        "  table: {kind: table, rows: [{otherwise: true, p: {x: 0.3}, ess: 3, basis: judged, why: t}]}\n"
    )
    network = load_network(tiny)
    assert network.tables["a"].tolist() == pytest.approx([0.3, 0.7])
    assert network.site_variable is None
    assert network.settings == {}


def test_corrupted_reading(tiny: Path) -> None:
    path = tiny / "analytes.yaml"
    entry = "corrupted_by: {variable: gene, state: vus, edges: [9, 10.5], p: [0.1, 0.1, 0.8], basis: judged, why: t}"
    path.write_text(path.read_text().replace("scaled_by_limit: true", f"groups: {{normal: [9, 12]}}\n  {entry}"))
    network = load_network(tiny)
    calcium = network.variables["adjusted_calcium"]
    assert calcium.parents == ("usual_calcium", "gene")
    assert calcium.groups == {"normal": ("9.0_to_10.5", "10.5_to_12.0")}
    table = network.tables["adjusted_calcium"]
    np.testing.assert_allclose(table[:, 1], table[:1, 1].repeat(4, axis=0))
    np.testing.assert_allclose(table[0, 1, :2].sum(), 0.2, atol=1e-6)


def test_table_of_a_kind_is_checked(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = plain.expand
    monkeypatch.setattr(plain, "expand", lambda spec, context, values=None: original(spec, context, values) * 0.5)
    with pytest.raises(ModelFileError, match=r"expected rows of setting that sum to 1, found the sum 0\.5"):
        load_network(tiny_folder)
    monkeypatch.setattr(plain, "expand", lambda spec, context, values=None: np.ones((3,)) / 3)
    with pytest.raises(ModelFileError, match=r"expected a table of shape \(2,\) for setting, found \(3,\)"):
        load_network(tiny_folder)


def test_report(tiny_folder: Path, tmp_path: Path) -> None:
    report = check_report(tiny_folder)
    assert report.faults == ()
    assert [each.variable for each in report.structural_zeros] == ["gland_site"]
    assert report.structural_zeros[0].cells == 9
    assert report.to_dict()["variables"] == report.variables > 10
    assert report.numbers > 50
    titles = [block.title for block in report.blocks()]
    assert titles == ["No fault", "How the numbers are known", "Declared impossible"]
    shutil.copytree(tiny_folder, tmp_path / "bad")
    (tmp_path / "bad" / "analytes.yaml").write_text("")
    report = check_report(tmp_path / "bad")
    assert report.to_dict()["faults"][0]["line"] == 1
    assert report.blocks()[0].urgent
    assert check_report(tmp_path / "nothing").faults[0].file == str(tmp_path / "nothing")


def test_place() -> None:
    assert str(NOWHERE) == "(no file)"
    assert Variable("x", "X", "context", ("a",)).enterable
