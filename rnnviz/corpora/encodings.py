"""Finds out how a file's bytes become text, and decodes them piece by piece.

Without a declaration a byte order mark decides, then UTF-8, then Windows-1252: Latin-1 with the
printable characters that such files really contain. Every line end becomes a single newline.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rnnviz.contracts.errors import UserError
from rnnviz.corpora.breath import Breath

CHUNK = 256 * 1024
LATIN_1 = "cp1252"

# UTF-32's little-endian mark begins with UTF-16's, so it has to be asked for first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TITLES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with byte order mark",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
    LATIN_1: "Latin-1 (Windows-1252)",
}
_ASCII_COMPATIBLE = {"utf-8", "utf-8-sig", LATIN_1, "iso8859-1", "ascii"}
_FOR_NAMES_AND_SOURCE = {"idna", "punycode", "unicode-escape", "raw-unicode-escape"}

Advance = Callable[[int], None]


def title(codec: str) -> str:
    """The name of an encoding as people write it."""
    return _TITLES.get(codec, codec)


def detect(path: Path, declared: str = "auto", advance: Advance | None = None) -> str:
    """The codec that decodes the whole file; UserError names the first byte that does not fit.

    advance  called with the number of bytes done so far
    """
    marked = _marked(path)
    if declared != "auto":
        codec = _codec(declared, marked)
        _check(path, codec, advance, f"is not {declared} text")
        return codec
    if marked:
        _check(path, marked, advance, f"begins as {title(marked)}, but is not")
        return marked
    return _unmarked(path, advance)


def decoded(path: Path, codec: str, chunk: int = CHUNK) -> Iterator[tuple[str, int]]:
    """The file's text in pieces, each with the bytes read so far; `chunk` changes the cuts only.

    UnicodeDecodeError where the bytes do not fit; UserError where the file cannot be read.
    """
    decoder = _decoder(codec)
    first, done, breath = True, 0, Breath()
    with reading(path), path.open("rb") as file:
        while True:
            data = file.read(chunk)
            done += len(data)
            breath.take()
            text = _decode(decoder, data, done)
            if first and text:
                # A mark that the codec itself leaves in (UTF-8 or UTF-16-LE declared by name).
                text, first = text.removeprefix("\ufeff"), False
            yield text, done
            if not data:
                return


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Says what to do when the system refuses to read `path`."""
    try:
        yield
    except FileNotFoundError:
        raise UserError(f"{path} does not exist (any more): choose another file.") from None
    except OSError as error:
        raise UserError(
            f"Cannot read {path} ({error.strerror}): check its permissions or choose another file."
        ) from None


def _codec(declared: str, marked: str) -> str:
    try:
        "".encode(declared)
        codec = codecs.getincrementaldecoder(declared) and codecs.lookup(declared).name
    except (LookupError, UnicodeError, ValueError):
        codec = ""
    if not codec or codec in _FOR_NAMES_AND_SOURCE:
        raise UserError(
            f"There is no text encoding called {declared!r}: try utf-8, latin-1 or utf-16."
        )
    # These two refuse a file without a mark; little-endian is what nearly all such files are.
    return f"{codec}-le" if codec in ("utf-16", "utf-32") and marked != codec else codec


def _marked(path: Path) -> str:
    with reading(path), path.open("rb") as file:
        head = file.read(4)
    return next((codec for mark, codec in _MARKS if head.startswith(mark)), "")


def _unmarked(path: Path, advance: Advance | None) -> str:
    try:
        _scan(path, "utf-8", advance, refuse_zeros=True)
        return "utf-8"
    except UnicodeDecodeError:
        _check(path, LATIN_1, advance, "is neither UTF-8 nor Latin-1 text", refuse_zeros=True)
        return LATIN_1


def _check(
    path: Path, codec: str, advance: Advance | None, complaint: str, refuse_zeros: bool = False
) -> None:
    try:
        _scan(path, codec, advance, refuse_zeros)
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path} {complaint} (byte {error.start:,} does not fit): "
            "set its encoding, or choose a text file."
        ) from None


def _scan(path: Path, codec: str, advance: Advance | None, refuse_zeros: bool) -> None:
    """Decode everything and keep nothing; bytes that are plain ASCII need no decoding."""
    decoder, skip, done = _decoder(codec), codec in _ASCII_COMPATIBLE, 0
    breath = Breath()
    with reading(path), path.open("rb") as file:
        while data := file.read(CHUNK):
            done += len(data)
            if refuse_zeros:
                _refuse_binary(path, data, done)
            if not (skip and data.isascii() and not decoder.getstate()[0]):
                _decode(decoder, data, done)
            breath.take()
            if advance:
                advance(done)
        _decode(decoder, b"", done)


def _refuse_binary(path: Path, data: bytes, done: int) -> None:
    if b"\0" in data:
        position = done - len(data) + data.index(b"\0")
        raise UserError(
            f"{path} is not plain text (byte {position:,} is zero): choose a text file, "
            "or set its encoding if it is UTF-16 or UTF-32."
        )


def _decoder(codec: str) -> io.IncrementalNewlineDecoder:
    return io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)(), translate=True)


def _decode(decoder: io.IncrementalNewlineDecoder, data: bytes, done: int) -> str:
    """Decode the next bytes; a failure's `start` counts from the beginning of the file."""
    try:
        return decoder.decode(data, final=not data)
    except UnicodeDecodeError as error:
        before = done - len(error.object)
        raise UnicodeDecodeError(
            error.encoding, b"", before + error.start, before + error.end, error.reason
        ) from None
