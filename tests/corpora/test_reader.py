"""Files and folders are found, read in order, and refused with a sentence when not text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rnnviz.contracts.errors import Cancelled, UserError
from rnnviz.corpora.encodings import CHUNK
from rnnviz.corpora.reader import open_texts


def _read(path: Path, encoding: str = "auto") -> str:
    return "".join(open_texts(path, encoding).chunks())


def test_folder_in_order_without_other_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.TXT", "a/c.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    for name in ("README.txt", "readme.txt", ".hidden.txt", "gen.py", ".git/x.txt", "empty.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("" if name == "empty.txt" else "no")
    texts = open_texts(tmp_path)
    assert [file.path.name for file in texts.files] == ["c.txt", "z.TXT", "b.txt"]
    assert "".join(texts.chunks()) == "a/c.txt\na/z.TXT\nb.txt"
    assert texts.size == 19


def test_files_that_end_their_line_get_no_second_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n")
    (tmp_path / "b.txt").write_bytes("zwö".encode("cp1252"))
    texts = open_texts(tmp_path)
    assert "".join(texts.chunks()) == "one\nzwö"
    assert texts.encoding == "Latin-1 (Windows-1252), UTF-8"
    assert texts.guessed_latin_1


def test_line_end_torn_between_two_reads(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * (CHUNK - 1) + b"\r\n" + "é".encode())
    assert _read(path) == "x" * (CHUNK - 1) + "\né"


def test_lines_are_numbered_per_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("eins\u2028noch\r\n\r\ndrei".encode())
    (tmp_path / "b.txt").write_text("vier\n")
    found = [(line.path.name, line.number, line.text) for line in open_texts(tmp_path).lines()]
    assert found == [
        ("a.txt", 1, "eins\u2028noch"),
        ("a.txt", 2, ""),
        ("a.txt", 3, "drei"),
        ("b.txt", 1, "vier"),
    ]


def test_endless_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\n" + b"x" * 2_000_000)
    with pytest.raises(UserError, match="line 2 has more than 1,000,000 characters"):
        list(open_texts(path).lines())


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_empty(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(UserError, match="is empty"):
        open_texts(path)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        open_texts(tmp_path / "no.txt")


def test_broken_link(tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "gone.txt")
    with pytest.raises(UserError, match="does not exist"):
        open_texts(link)


def test_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="Cannot read"):
        open_texts(tmp_path / "file" / "a.txt")


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(UserError, match="neither a file nor a folder"):
        open_texts(tmp_path / "pipe.txt")
    with pytest.raises(UserError, match="is empty"):
        open_texts(tmp_path)


def test_folder_without_texts(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")
    with pytest.raises(UserError, match=r"holds no \.txt files"):
        open_texts(tmp_path)


def test_vanishes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("abc")
    texts = open_texts(path)
    path.unlink()
    with pytest.raises(UserError, match="does not exist"):
        list(texts.chunks())


@pytest.mark.parametrize("data", [b"abcd", b"\xff\xff\xff"])
def test_changes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_text("abc")
    texts = open_texts(path)
    path.write_bytes(data)
    os.utime(path, ns=(0, 0))
    with pytest.raises(UserError, match="changed while it was being read"):
        list(texts.chunks())


def test_progress_rises_and_cancels(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * (2 * CHUNK))
    (tmp_path / "b.txt").write_bytes(b"y" * CHUNK)
    seen: list[float] = []
    texts = open_texts(tmp_path, progress=lambda what, fraction: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    seen.clear()
    for _ in texts.chunks(lambda what, fraction: seen.append(fraction)):
        pass
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    def cancel(what: str, fraction: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        open_texts(tmp_path, progress=cancel)
    with pytest.raises(Cancelled):
        list(texts.chunks(cancel))
