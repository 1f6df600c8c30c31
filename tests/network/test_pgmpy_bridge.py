"""Networks of other programs: read, written, and never silently changed."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network import pgmpy_bridge
from hpt_bayes.network.check import check_network
from hpt_bayes.network.load import load_network
from hpt_bayes.network.pgmpy_bridge import FORMATS, to_pgmpy, write_foreign

SPRINKLER = """network unknown {
}
variable rain {
  type discrete [ 2 ] { yes, no };
}
variable size {
  type discrete [ 3 ] { <5, 5-12, 12+ };
}
probability ( rain ) {
  table 0.2, 0.8;
}
probability ( size | rain ) {
  (yes) 0.1, 0.2, 0.7;
  (no) 0.5, 0.25, 0.25;
}
"""


def _example(name: str) -> Path:
    spec = importlib.util.find_spec("pgmpy")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "utils" / "example_models" / f"{name}.bif.gz"


def test_reads_bif_with_clinical_state_names(tmp_path: Path) -> None:
    path = tmp_path / "sprinkler.bif"
    path.write_text(SPRINKLER)
    network = load_network(path)
    assert network.foreign
    assert network.id == "sprinkler"
    assert network.variables["size"].states == ("<5", "5-12", "12+")
    assert network.tables["size"].tolist() == [[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]]
    assert network.settings == {}
    assert network.diagnoses == ()
    assert [each.name for each in network.findings()] == ["rain", "size"]
    assert check_network(path) == []


def test_reads_a_packed_example() -> None:
    network = load_network(_example("asia"))
    assert network.tables["either"].shape == (2, 2, 2)
    assert list(network.variables).index("lung") < list(network.variables).index("either")


@pytest.mark.parametrize("kind", FORMATS)
def test_round_trip(tmp_path: Path, tiny_folder: Path, kind: str) -> None:
    network = load_network(tiny_folder)
    path = tmp_path / f"tiny.{kind}"
    names = write_foreign(network, path, kind)
    assert names.changed["scan=focus@left_superior"] == "focus_at_left_superior"
    again = load_network(path)
    for name, variable in network.variables.items():
        other = again.variables[names.variables[name]]
        assert other.states == tuple(names.states[name][state] for state in variable.states)
        assert other.parents == tuple(names.variables[parent] for parent in variable.parents)
        np.testing.assert_allclose(again.tables[other.name], network.tables[name], atol=1e-6)


def test_to_pgmpy_agrees(tmp_path: Path) -> None:
    path = tmp_path / "sprinkler.bif"
    path.write_text(SPRINKLER)
    model, names = to_pgmpy(load_network(path))
    assert list(names.states["size"].values()) == ["lt_5", "s_5_12", "s_12_or_more"]
    assert model.check_model()


def test_same_safe_name_twice(tmp_path: Path) -> None:
    path = tmp_path / "x.bif"
    path.write_text(SPRINKLER.replace("<5, 5-12, 12+", "a-b, a+b, a_b").replace("a+b", "a.b"))
    names = to_pgmpy(load_network(path))[1]
    assert list(names.states["size"].values()) == ["a_b", "a_b_2", "a_b_3"]


def test_unknown_format(tmp_path: Path, tiny_folder: Path) -> None:
    with pytest.raises(ModelFileError, match="expected a format, found 'biff'; nearest valid name: 'bif'"):
        write_foreign(load_network(tiny_folder), tmp_path / "x", "biff")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.bif", b"nonsense", "expected a .bif file pgmpy can read"),
        ("a.xdsl", b"<nonsense", "expected a .xdsl file pgmpy can read"),
        ("a.bif", b"\xff\xfe", "expected UTF-8 text"),
        ("a.bif.gz", b"not packed", "expected a gzip file, found: Not a gzipped file"),
        ("a.bif.gz", gzip.compress(b"", mtime=0)[:10] + b"\xff" * 20, "expected a gzip file, found: Error -3"),
        ("a.bif", b" \n", "expected a network, found an empty file"),
        (
            "a.bif",
            SPRINKLER.replace("0.5, 0.25, 0.25", "0.5, 0.25, 0.5").encode(),
            "expected rows of size that sum to 1",
        ),
        ("a.bif", SPRINKLER.replace("<5, 5-12", "5-12, 5-12").encode(), "expected"),
        ("a.bif", SPRINKLER.replace("<5", "no {x}").encode(), "expected"),
    ],
)
def test_unusable_file(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=says) as caught:
        load_network(path)
    assert caught.value.file == str(path)
    assert [str(fault) for fault in check_network(path)] == [str(caught.value)]


def test_line_ends_and_byte_order_mark_of_windows(tmp_path: Path) -> None:
    plain, windows = tmp_path / "plain.bif", tmp_path / "windows.bif"
    plain.write_text(SPRINKLER)
    windows.write_bytes(b"\xef\xbb\xbf" + SPRINKLER.replace("\n", "\r\n").encode())
    found, expected = load_network(windows), load_network(plain)
    assert {name: each.states for name, each in found.variables.items()} == {
        name: each.states for name, each in expected.variables.items()
    }
    assert all((found.tables[name] == table).all() for name, table in expected.tables.items())


def test_truncated_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.bif.gz"
    path.write_bytes(gzip.compress(SPRINKLER.encode())[:40])
    with pytest.raises(ModelFileError, match="expected a gzip file, found: Compressed file ended"):
        load_network(path)


def test_cycle(tmp_path: Path) -> None:
    path = tmp_path / "a.xdsl"
    first = '<cpt id="a"><state id="x"/><state id="y"/><parents>b</parents><probabilities>1 0 0 1</probabilities></cpt>'
    second = first.replace('id="a"', 'id="b"').replace(">b<", ">a<")
    path.write_text(f'<smile version="1.0" id="n"><nodes>{first}{second}</nodes></smile>')
    with pytest.raises(ModelFileError, match="expected"):
        load_network(path)


XML = """<?xml version="1.0"?>
<BIF VERSION="0.3"><NETWORK><NAME>n</NAME>
<VARIABLE TYPE="nature"><NAME>size</NAME>{outcomes}</VARIABLE>
<DEFINITION><FOR>size</FOR><TABLE>0.25 0.75</TABLE></DEFINITION>
</NETWORK></BIF>
"""


def _xml(path: Path, *states: str) -> Path:
    path.write_text(XML.format(outcomes="".join(f"<OUTCOME>{state}</OUTCOME>" for state in states)))
    return path


def test_xmlbif_state_names_are_those_of_the_file(tmp_path: Path) -> None:
    network = load_network(_xml(tmp_path / "a.xmlbif", "2.6-2.8", "2.8-3.0"))
    assert network.variables["size"].states == ("2.6-2.8", "2.8-3.0")
    assert network.tables["size"].tolist() == [0.25, 0.75]


@pytest.mark.parametrize("states", [("&gt;=10 mm", "&lt;10 mm"), ("\u226510 mm", "&lt;10 mm")])
def test_xmlbif_names_that_collide_are_kept_or_refused(tmp_path: Path, states: tuple[str, str]) -> None:
    path = _xml(tmp_path / "a.xmlbif", *states)
    try:
        network = load_network(path)
    except ModelFileError as refused:
        assert refused.file == str(path)
    else:
        assert network.variables["size"].states[1] == "<10 mm"
        assert network.tables["size"].tolist() == [0.25, 0.75]


def test_state_twice(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="found: Repeated state names for variable: size"):
        load_network(_xml(tmp_path / "a.xmlbif", "a", "a"))


def test_names_changed_by_the_reader_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pgmpy_bridge, "_written_states", lambda kind, text: {"size": ["a", "c"]})
    with pytest.raises(
        ModelFileError, match=r"expected state names of size that survive reading .* found a, c read as a, b"
    ):
        load_network(_xml(tmp_path / "a.xmlbif", "a", "b"))


def test_variable_without_table(tmp_path: Path) -> None:
    path = tmp_path / "a.bif"
    path.write_text(SPRINKLER[: SPRINKLER.index("probability ( size")])
    with pytest.raises(ModelFileError, match="expected"):
        load_network(path)
