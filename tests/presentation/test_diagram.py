"""The drawing of a network holds the right nodes and arrows, marks what was entered, and becomes an image."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
from PIL import Image
from small_model import small_network

from hpt_bayes.case import Case
from hpt_bayes.display.numbers import percent
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.diagram import Diagram, between
from hpt_bayes.presentation.rendering import rendered


def case() -> Case:
    return Case(small_network(), "persistent").observe("scan", "focus@left_inferior").observe("histology", "adenoma")


def arrows(drawing: Diagram) -> set[tuple[str, str]]:
    pairs = (line.split(" -> ") for line in drawing.dot.splitlines() if " -> " in line)
    return {(parent.strip(' "'), child.strip(' ";')) for parent, child in pairs}


def test_arrows_are_those_of_the_network_between_what_is_drawn() -> None:
    graph, drawing = small_network().graph, case().diagram()
    nodes = {line.split('"')[1] for line in drawing.dot.splitlines() if "label=" in line}
    assert {"lesion", "scan", "histology"} <= nodes
    assert arrows(drawing) == {(a, b) for a, b in graph.edges if a in nodes and b in nodes}


@pytest.mark.parametrize("target", ["lesion", "gland_site"])
def test_a_target_leaves_the_directed_paths_to_the_findings(target: str) -> None:
    graph = small_network().graph
    shown = between(small_network(), [target], ["scan"])
    paths = {name for path in nx.all_simple_paths(graph, target, "scan") for name in path}
    assert shown == paths


def test_nodes_carry_the_posterior_and_what_was_entered() -> None:
    text = case().diagram().dot
    for state, p in case().posterior().variables["lesion"].items():
        if p >= 0.005:
            assert state in text and percent(p).replace("<", "&lt;").replace(">", "&gt;") in text
    assert "entered: focus: left inferior" in text
    assert "Thick frame: entered" in text
    assert "100 %" in text.split('"scan" [label=')[1].split("</TABLE>")[0], "what was entered is certain"


@pytest.mark.parametrize(
    ("ending", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("dot", b"di")]
)
def test_it_is_saved_as_its_ending_says(tmp_path: Path, ending: str, start: bytes) -> None:
    case().diagram().save(tmp_path / f"net.{ending}")
    assert (tmp_path / f"net.{ending}").read_bytes().startswith(start)


def test_the_image_carries_its_alt_text(tmp_path: Path) -> None:
    drawing = case().diagram("lesion")
    drawing.save(tmp_path / "net.svg")
    root = ElementTree.parse(tmp_path / "net.svg").getroot()
    assert root[0].text == root.get("aria-label") == drawing.alt
    entered = drawing.dot.count("entered: ")
    assert entered > 2, "setting and case definition are drawn too"
    assert f"from lesion to the {entered} entered findings" in drawing.alt
    drawing.save(tmp_path / "net.png")
    with Image.open(tmp_path / "net.png") as image:
        image.load()  # checks the sums of its parts
        assert image.info["Description"] == drawing.alt


def test_what_cannot_be_drawn_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HptBayesError, match="unknown variable 'leison'"):
        case().diagram("leison")
    with pytest.raises(HptBayesError, match=r"ending in \.dot, \.svg"):
        case().diagram().save(tmp_path / "net.gif")
    with pytest.raises(HptBayesError, match="unknown image format 'gif'"):
        rendered("digraph {}", "gif")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\necho no such engine >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HptBayesError, match="could not draw the network: no such engine"):
        rendered("digraph {}", "svg")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(HptBayesError, match="drawing a network needs Graphviz"):
        rendered("digraph {}", "svg")
