"""A file is written whole or not at all, wherever the product writes one; what cannot be a file is one clear error."""

from __future__ import annotations

import ast
import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import packaged
import pytest

import hpt_bayes as hpt
from hpt_bayes.cohort.units import read_units
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.case_file import CaseFile, write_case
from hpt_bayes.files import path_of, write_whole
from hpt_bayes.presentation.files import require_ending
from hpt_bayes.reasoning.knowledge.exported import export_network
from hpt_bayes.teaching.record import Record, read_record

PACKAGE = Path(hpt.__file__).parent
OLD = "what was there\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file.txt"
    path.write_text(OLD)
    return path


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_whole(tmp_path / "text", "a\nä\r\n")
    assert (tmp_path / "text").read_bytes() == b"a\n\xc3\xa4\r\n"
    write_whole(str(tmp_path / "bytes"), b"\x00\xff")
    assert (tmp_path / "bytes").read_bytes() == b"\x00\xff"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["bytes", "text"]


@pytest.mark.parametrize(
    "stopped", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt(), ValueError()]
)
def test_what_stops_halfway_leaves_the_old_file(path: Path, stopped: BaseException) -> None:
    def half(scratch: Path) -> None:
        scratch.write_text("ha")
        raise stopped

    full = isinstance(stopped, OSError)
    with pytest.raises(EvidenceError if full else type(stopped), match="No space left on device$" if full else None):
        write_whole(path, half)
    assert path.read_text() == OLD
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_reader_never_sees_half_a_file(path: Path) -> None:
    def slowly(scratch: Path) -> None:
        scratch.write_text("ha")
        assert path.read_text() == OLD
        scratch.write_text("half and half")

    write_whole(path, slowly)
    assert path.read_text() == "half and half"


def test_a_link_is_followed_and_permissions_stay(path: Path) -> None:
    path.chmod(0o640)
    link = path.with_name("link")
    link.symlink_to(path)
    write_whole(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_file_that_must_not_be_written_is_not_replaced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write to every file
    with pytest.raises(EvidenceError, match=r"^cannot write .*file\.txt: Permission denied$"):
        write_whole(path, "new")
    assert path.read_text() == OLD


def test_what_is_no_file_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_whole(pipe, "through")
    reader.join()
    assert read == ["through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_pipe_without_a_name_of_its_own_is_written_to() -> None:
    read, write = os.pipe()
    write_whole(f"/dev/fd/{write}", "as to /dev/stdout")
    os.close(write)
    with os.fdopen(read) as pipe:
        assert pipe.read() == "as to /dev/stdout"


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("ä" * 127)
    write_whole(path, "long")
    assert path.read_text() == "long"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("", "Is a directory"), ("no/file", "No such file or directory"), ("n" * 300, "File name too long")],
)
def test_a_place_that_cannot_be_written_to(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(EvidenceError, match=f"^cannot write .*: {reason}$"):
        write_whole(tmp_path / name, "text")
    assert list(tmp_path.iterdir()) == []


def test_half_a_character_is_no_text(path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"^cannot write .*: half a character in its text$"):
        write_whole(path, "\ud800")
    assert path.read_text() == OLD


NO_NAMES = (5, None, b"file", 3.5, ["file"], True)
NEVER = ("a\0b", Path("a\0b"), "\ud800")


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_of_a_file(name: object) -> None:
    with pytest.raises(EvidenceError, match=r"^expected the name of a file, found "):
        path_of(name)


@pytest.mark.parametrize("name", NEVER)
def test_names_no_file_can_have(name: str | Path) -> None:
    with pytest.raises(EvidenceError, match=r"^expected the name of a file, found '.*', which none can have$"):
        path_of(name)


def test_names_with_bytes_that_are_no_text_are_names() -> None:
    assert path_of(os.fsdecode(b"\xff.yaml")) == Path(os.fsdecode(b"\xff.yaml"))


ASKED: dict[str, Callable[..., object]] = {
    "load_network": lambda name: hpt.load_network(name),
    "read_case": lambda name: hpt.read_case(name, packaged.network()),
    "write_case": lambda name: write_case(CaseFile("x"), name),
    "read_record": read_record,
    "save_record": lambda name: Record().save(name),
    "export": lambda name: export_network(packaged.network(), "json", name),
    "picture": lambda name: require_ending(name, ["svg"]),
    "units": read_units,
    "score": lambda name: hpt.score_file(name, "answers.parquet", network=packaged.network()),
    "answers": lambda name: hpt.score_file("patients.csv", name, network=packaged.network()),
}


@pytest.mark.parametrize("name", [5, "a\0b"])
@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_every_door_refuses_what_is_no_name(ask: Callable[[object], object], name: object) -> None:
    with pytest.raises(EvidenceError, match=r"^expected the name of a file, found "):
        ask(name)


def test_no_other_file_of_the_package_writes_one() -> None:
    for source in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if source == PACKAGE / "files.py" or not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            said = ast.unparse(node)
            assert name not in ("write_text", "write_bytes", "mkstemp", "NamedTemporaryFile"), f"{source}: {said}"
            modes = [each.value for each in node.args if isinstance(each, ast.Constant)] if name == "open" else []
            assert "os.devnull" in said or not set("wax") & set("".join(map(str, modes))), f"{source}: {said}"
