"""Bytes become the same text whatever their encoding, their line ends and the size of a read."""

from __future__ import annotations

import codecs
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.contracts.errors import UserError
from rnnviz.corpora import encodings

TEXT = "Größe “naïve” 世界 😀\nzweite Zeile\n"


def _text(path: Path, declared: str = "auto", chunk: int = 7) -> tuple[str, str]:
    codec = encodings.detect(path, declared)
    return codec, "".join(text for text, _ in encodings.decoded(path, codec, chunk))


@pytest.mark.parametrize(
    ("mark", "encoding", "codec"),
    [
        (b"", "utf-8", "utf-8"),
        (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    ],
)
def test_marks_decide(tmp_path: Path, mark: bytes, encoding: str, codec: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(mark + TEXT.encode(encoding))
    assert _text(path) == (codec, TEXT)


def test_latin_1_is_the_last_resort(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("déjà vu – 5 €".encode("cp1252"))
    assert _text(path) == ("cp1252", "déjà vu – 5 €")


@pytest.mark.parametrize(
    "declared", ["utf-8", "utf-16", "utf-16-le", "utf-32", "latin-1", "gb18030"]
)
def test_declared(tmp_path: Path, declared: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("é = ü\n".encode(declared))
    assert _text(path, declared)[1] == "é = ü\n"


@pytest.mark.parametrize("declared", ["utf-16", "utf-32"])
def test_declared_without_mark_is_little_endian(tmp_path: Path, declared: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("hé\n".encode(f"{declared}-le"))
    assert _text(path, declared)[1] == "hé\n"


def test_declared_utf8_loses_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(codecs.BOM_UTF8 + b"abc")
    assert _text(path, "utf-8", chunk=1)[1] == "abc"


def test_only_a_leading_mark_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffa\ufeffb".encode())
    assert _text(path, chunk=1)[1] == "a\ufeffb"


@pytest.mark.parametrize("position", [0, 5, encodings.CHUNK - 1, encodings.CHUNK + 3])
def test_wrong_declaration_names_the_byte(tmp_path: Path, position: int) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a" * position + b"\xff" + b"b" * 9)
    with pytest.raises(UserError, match=rf"is not utf-8 text \(byte {position:,} does"):
        encodings.detect(path, "utf-8")


def test_cut_off_character_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc" + "é".encode()[:1])
    with pytest.raises(UserError, match="byte 3 does not fit"):
        encodings.detect(path, "utf-8")


def test_false_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    # A lone surrogate half, which UTF-16 forbids.
    path.write_bytes(codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"\x00\xd8" + b"a\0")
    with pytest.raises(UserError, match=r"begins as UTF-16, but is not \(byte 6"):
        encodings.detect(path)


@pytest.mark.parametrize("data", [b"ab\0cd", b"\xff\x00\x12", b"x" * encodings.CHUNK + b"\xe9\0"])
def test_zeros_are_binary(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(UserError, match=rf"byte {data.index(0):,} is zero"):
        encodings.detect(path)


def test_neither_utf8_nor_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc\xe9 \x81 def")
    with pytest.raises(UserError, match=r"neither UTF-8 nor Latin-1 text \(byte 5"):
        encodings.detect(path)


@pytest.mark.parametrize("name", ["klingon", "rot13", "idna", "unicode_escape", "", "utf\0"])
def test_unknown_encoding(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text("abc")
    with pytest.raises(UserError, match="There is no text encoding called"):
        encodings.detect(path, name)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff\0")),
    st.sampled_from(["utf-8", "utf-16", "utf-32", "utf-8-sig"]),
    st.integers(1, 9),
)
def test_chunk_size_changes_nothing(text: str, codec: str, chunk: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.txt")
        path.write_bytes(text.encode(codec))
        found = "".join(piece for piece, _ in encodings.decoded(path, codec, chunk))
    assert found == text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text("a\r\n\u2028\u0085\x0b\x0c"), st.integers(1, 4))
def test_only_carriage_returns_and_line_feeds_end_lines(text: str, chunk: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.txt")
        path.write_bytes(text.encode())
        found = "".join(piece for piece, _ in encodings.decoded(path, "utf-8", chunk))
    assert found == text.replace("\r\n", "\n").replace("\r", "\n")
