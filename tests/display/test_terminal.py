"""Plain text when the output is not a terminal, the same words in tables when it is."""

from __future__ import annotations

import io
import sys

import pytest

from hpt_bayes.display.rows import Rows, lines_block, to_text
from hpt_bayes.display.terminal import show

BLOCKS = (
    lines_block("Stop [now]", ["a [bold] sentence"], urgent=True),
    Rows("Table", ("name", "n"), (("left [x]", "5 %"),), ("a note [y]",), frozenset({1})),
    Rows("Empty"),
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_file_gets_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    show(BLOCKS)
    out = capsys.readouterr().out
    assert out == to_text(BLOCKS, 100)
    assert "\x1b" not in out


def test_nothing_steers_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("TERM", "dumb")
    show([Rows("\x1b]0;title\x07", ("name",), (("\x1b[2J",),), ("\x9b1m",))])
    assert not set("\x1b\x07\x9b") & set(screen.getvalue())
    assert screen.getvalue().count("\ufffd") == 4


def test_a_terminal_gets_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("TERM", "xterm-256color")
    show(BLOCKS)
    text = screen.getvalue()
    for part in ("Stop [now]", "a [bold] sentence", "left [x]", "5 %", "a note [y]"):
        assert part in text
    assert "Empty" not in text
