"""The page of a case holds the whole reasoning in its order, needs nothing from elsewhere and runs nothing."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from small_management import network_with_actions
from small_model import small_network

import hpt_bayes as hpt
from hpt_bayes.case import Case
from hpt_bayes.display.numbers import decibans, percent, percent_range
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation import report
from hpt_bayes.presentation.report import page
from hpt_bayes.presentation.saving import inline_svg, save_picture
from hpt_bayes.presentation.style import described


class Read(HTMLParser):
    """Headings, words, elements and identifiers of a page; every element must be closed in its order."""

    EMPTY = frozenset({"meta", "br", "!doctype"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.addresses: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in self.EMPTY:
            self._open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "aria-label":
                self.labels.append(value or "")
            if name in ("src", "href", "xlink:href", "action", "data"):
                self.addresses.append(value or "")
            assert not name.startswith("on")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.EMPTY:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "h2":
            self.headings.append(data)


def case(name: str = "A", notes: str = "") -> Case:
    empty = Case(network_with_actions(), "persistent", name=name, notes=notes)
    return empty.observe("gene", "vus").observe("scan", "focus@left_inferior").observe("histology", "normal_only")


@cache
def text(folder: Path) -> str:
    case().report(folder / "case.html", draws=20, numbers=4)
    return (folder / "case.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    return text(tmp_path_factory.mktemp("page"))


def test_the_page_stands_alone(written: str) -> None:
    read = Read(written)
    assert not {"script", "link", "img", "iframe", "object", "embed", "image"} & set(read.tags)
    assert "http:" not in written
    assert "https:" not in written
    assert "@import" not in written
    assert all(address.startswith("#") for address in read.addresses)
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", written))
    assert "default-src 'none'" in written
    assert "@page" in written


def test_names_inside_the_pictures_do_not_collide(written: str) -> None:
    read = Read(written)
    used = {address[1:] for address in read.addresses} | set(re.findall(r"url\(#([^)]*)\)", written))
    assert len(read.ids) == len(set(read.ids))
    assert set(read.ids) == used


def test_every_picture_tells_what_it_shows(written: str) -> None:
    read = Read(written)
    assert read.tags.count("svg") == len(read.labels) == read.tags.count("figure") > 5
    assert all(len(label) > 40 for label in read.labels)
    assert written.count('role="img"') == len(read.labels)
    answer = case().posterior()
    assert any(percent(answer.diagnoses[answer.leading_diagnosis or ""]) in label for label in read.labels)


def test_the_order_is_that_in_which_people_should_read(written: str) -> None:
    assert Read(written).headings == [
        "What was entered", "What is believed", "Where it probably is", "Next step", "What to do", "Why",
        "What would change the answer: the findings", "What would change the answer: the numbers of the model",
        "How sure this is", "Agreement of the findings", "Assumed, and to mind", "Sources behind the answer", "Limits",
    ]  # fmt: skip


def test_the_page_opens_with_what_to_settle_and_the_answer_in_short() -> None:
    asked = case()
    answer = asked.posterior(draws=10)
    stopped = replace(answer, stop_lines=("Control calcium first",))
    ranking, decision = asked.next_studies(), asked.decide()
    found = page(report.Reasoning(asked.evidence, "", stopped, ranking, decision, None, "", asked.conflict()))
    assert answer.uncertainty is not None
    leader = answer.leading_diagnosis or ""
    place = max(answer.gland_site, key=lambda name: answer.gland_site[name])
    between = percent_range(*answer.uncertainty.diagnoses[leader])
    for line in (
        f"Leading cause: {answer.labels.diagnoses[leader]}, {percent(answer.diagnoses[leader])} "
        f"(90 % interval {between}).",
        f"Most probable place: {answer.labels.sites[place]}, {percent(answer.gland_site[place])}",
        f"Advice: {decision.row(decision.advice or '').label}.",
    ):
        assert html.escape(line) in found
    order = ["Stop and settle first", "Control calcium first", "In short", "What was entered", "What is believed"]
    assert [found.index(text) for text in order] == sorted(found.index(text) for text in order)


def test_a_page_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(HptBayesError, match=r"cannot write .*missing.*No such file"):
        case().report(tmp_path / "missing" / "case.html")


def test_it_says_what_the_answers_say(written: str) -> None:
    explanation, model = case().explain(), case().posterior().model
    assert all(decibans(each.share) in written for each in explanation.weights.findings)
    assert "20 draws" in written
    assert model.digest in written
    assert model.path not in written
    assert "--all" not in written
    assert written == text.__wrapped__(Path(_again()))


def _again() -> str:
    from tempfile import mkdtemp

    return mkdtemp()


def test_what_was_not_asked_is_left_out(tmp_path: Path) -> None:
    case().report(tmp_path / "case.html")
    headings = Read((tmp_path / "case.html").read_text(encoding="utf-8")).headings
    assert "How sure this is" not in headings
    assert "What would change the answer: the numbers of the model" not in headings


def test_nothing_a_user_wrote_becomes_markup(tmp_path: Path) -> None:
    attack = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    case(attack, f"notes {attack}").report(tmp_path / "case.html")
    found = (tmp_path / "case.html").read_text(encoding="utf-8")
    read = Read(found)
    assert not {"script", "img"} & set(read.tags)
    assert found.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3


def test_a_diagnosis_that_is_certain_is_said_to_need_no_weights(tmp_path: Path) -> None:
    sure = Case(small_network(), "persistent").observe("histology", "adenoma")
    sure.report(tmp_path / "case.html")
    found = (tmp_path / "case.html").read_text(encoding="utf-8")
    assert "Case without a name" in found
    assert "adenoma is certain, so no finding can be weighed" in found
    assert "What to do" not in Read(found).headings


def test_a_network_of_another_program_gets_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "rain.bif").write_text(
        "network w {}\nvariable rain { type discrete [ 2 ] { yes, no }; }\nprobability ( rain ) { table 0.2, 0.8; }\n"
    )
    Case(hpt.load_network(tmp_path / "rain.bif"), name="R").observe("rain", "yes").report(tmp_path / "case.html")
    read = Read((tmp_path / "case.html").read_text(encoding="utf-8"))
    assert "svg" not in read.tags
    assert read.headings[:2] == ["What was entered", "What is believed"]
    assert "declares no diagnoses" in (tmp_path / "case.html").read_text(encoding="utf-8")


def test_without_matplotlib_the_page_has_no_pictures_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "find_spec", lambda name: None)
    case().report(tmp_path / "case.html")
    found = (tmp_path / "case.html").read_text(encoding="utf-8")
    assert "svg" not in Read(found).tags
    assert "they need matplotlib, pip install &#x27;hpt-bayes[plot]&#x27;" in found


def test_findings_that_disagree_are_drawn(tmp_path: Path) -> None:
    asked = case()
    conflict = asked.conflict()
    found = report.Reasoning(
        asked.evidence, "", asked.posterior(), asked.next_studies(), asked.decide(), None, "", conflict
    )
    agreeing = page(replace(found, conflict=replace(conflict, total=-1.0)))
    disagreeing = page(replace(found, conflict=replace(conflict, total=1.0)))
    assert "Bar chart of the conflict" in disagreeing
    assert "Bar chart of the conflict" not in agreeing
    assert "Why" not in Read(agreeing).headings


def test_no_figure_stays_open(tmp_path: Path) -> None:
    from matplotlib import pyplot

    case().report(tmp_path / "case.html")
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize(("ending", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_picture_is_saved_with_what_it_shows(tmp_path: Path, ending: str, start: bytes) -> None:
    ax = hpt.plot(case().posterior())
    save_picture(ax, tmp_path / f"case.{ending}")
    found = (tmp_path / f"case.{ending}").read_bytes()
    assert found.startswith(start)
    if ending != "pdf":  # a PDF keeps it in its own encoding
        assert b"Bar chart of the probability of each cause" in found


def test_an_svg_file_is_well_formed_and_titled(tmp_path: Path) -> None:
    from xml.etree import ElementTree

    ax = hpt.plot(case().explain())
    save_picture(ax, tmp_path / "why.svg")
    root = ElementTree.parse(tmp_path / "why.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[0].text == described(ax)
    assert "xmlns" not in inline_svg(ax, "why")
    with pytest.raises(HptBayesError, match=r"expected a name ending in \.svg, \.png, \.pdf"):
        save_picture(ax, tmp_path / "why.gif")
