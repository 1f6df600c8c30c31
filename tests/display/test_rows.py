"""Rows as text that fits the page, as HTML that survives anything, as a frame."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_model import small_network

from hpt_bayes.case import Case
from hpt_bayes.display.rows import Rows, lines_block, to_frame, to_html, to_text
from hpt_bayes.reasoning.believing.worked_up import worked_up

WIDTH = 80
LONG = "a sentence of words " * 20
EVIL = '<script>alert("x")</script><style>*{}</style><svg onload=x>&amp;'
CASE = Case(small_network(), "persistent", name=EVIL, notes=EVIL).observe("adjusted_calcium", 11.8, "mg/dL")

CELL = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=120)


@st.composite
def blocks(draw: st.DrawFn) -> Rows:
    columns = tuple(draw(st.lists(CELL, max_size=6)))
    size = len(columns) or 1
    rows = draw(st.lists(st.lists(CELL, min_size=size, max_size=size).map(tuple), max_size=5))
    notes = tuple(draw(st.lists(CELL, max_size=2)))
    return Rows(draw(CELL), columns, tuple(rows), notes, frozenset({0}), draw(st.booleans()))


@given(st.lists(blocks(), max_size=3), st.sampled_from([60, 80, 100]))
def test_text_is_never_wider_than_the_page(found: list[Rows], width: int) -> None:
    assert all(len(line) <= width for line in to_text(found, width).splitlines())


@given(st.lists(blocks(), max_size=3))
def test_no_word_is_lost_in_wrapping(found: list[Rows]) -> None:
    shown = [block for block in found if block.cells or block.notes]
    wanted = [text for b in shown for text in (b.title, *b.columns, *(c for row in b.cells for c in row), *b.notes)]
    letters = sorted(re.sub(r"\s|-", "", "".join(wanted)) + "!" * sum(block.urgent for block in shown))
    assert sorted(re.sub(r"\s|-", "", to_text(found, WIDTH))) == letters


def test_whole_pages_fit() -> None:
    pages = [
        CASE.posterior().blocks(exact_sites=True),
        CASE.next_studies().blocks(everything=True),
        CASE.conflict().blocks(),
        worked_up(LONG, CASE.evidence, CASE.posterior(), CASE.next_studies()).blocks(),
    ]
    for page in pages:
        assert max(map(len, to_text(page, WIDTH).splitlines())) <= WIDTH


def test_sentences_wrap_under_their_dash() -> None:
    text = to_text([lines_block("Title", [LONG])], 40)
    _, underline, first, second, *_ = text.splitlines()
    assert underline == "-----"
    assert first.startswith("- a sentence")
    assert second.startswith("  ")


def test_columns_line_up_and_numbers_stand_right() -> None:
    block = Rows("T", ("name", "n"), (("a", "5 %"), ("bb", "100 %")), right=frozenset({1}))
    assert to_text([block], WIDTH).splitlines()[2:] == ["name      n", "a       5 %", "bb    100 %"]


def test_a_figure_stays_with_its_per_cent_sign() -> None:
    block = Rows("T", ("name", "b"), (("Missed adenoma of the neck 42 %", "x" * 60),))
    assert not any(line.startswith("% ") or line.strip() == "%" for line in to_text([block], WIDTH).splitlines())


def test_a_warning_is_marked() -> None:
    assert to_text([lines_block("Stop", ["now"], urgent=True)], WIDTH).startswith("! Stop\n------\n")
    assert "border-left" in to_html([lines_block("Stop", ["now"], urgent=True)])


def test_empty_blocks_are_left_out() -> None:
    assert to_text([Rows("Nothing"), lines_block("Nothing", [])], WIDTH) == "\n"
    assert to_html([Rows("Nothing")]) == ""


def test_the_page_is_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for terminal, widest in (("50", 50), ("300", 100)):
        monkeypatch.setenv("COLUMNS", terminal)
        lines = to_text([lines_block("Title", [LONG])]).splitlines()
        assert widest - 12 < max(map(len, lines)) <= widest


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        self.closed.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


SAFE = {"div", "p", "b", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}


@given(st.lists(blocks(), max_size=3))
def test_html_holds_tables_and_text_only(found: list[Rows]) -> None:
    tags = Tags(to_html(found))
    assert set(tags.opened) <= SAFE
    assert sorted(tags.opened) == sorted(tags.closed)
    assert tags.attributes <= {"style"}


def test_html_shows_hostile_text_as_text() -> None:
    for part in (Rows(EVIL, (EVIL,), ((EVIL,),), (EVIL,)), lines_block(EVIL, [EVIL])):
        tags = Tags(to_html([part]))
        assert set(tags.opened) <= SAFE
        assert EVIL in tags.texts
    story = worked_up(EVIL, CASE.evidence, CASE.posterior(), CASE.next_studies())
    for page in (CASE.posterior()._repr_html_(), CASE.next_studies()._repr_html_(), to_html(story.blocks())):
        assert not re.search(r"<(script|style|svg|link|iframe|img)", page)


def test_a_frame_keeps_every_digit() -> None:
    frame = to_frame([{"a": 0.1 + 0.2, "b": None}, {"a": 1.0, "b": "x"}])
    assert frame["a"].tolist() == [0.1 + 0.2, 1.0]
    assert list(frame.columns) == ["a", "b"]


def test_nothing_steers_the_terminal() -> None:
    hostile = Rows("\x1b[31mred", ("name",), (("a\x07b\x9bc",),), ("back\x08 \x00, tab\tkept",))
    assert to_text([hostile]).splitlines() == [
        "\ufffd[31mred",
        "--------",
        "name",
        "a\ufffdb\ufffdc",
        "back\ufffd \ufffd, tab    kept",
    ]
    assert to_text([lines_block("t", ["\x1b]0;title\x07"])]).splitlines()[-1] == "- \ufffd]0;title\ufffd"
