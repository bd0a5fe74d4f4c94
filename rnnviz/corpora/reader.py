"""Finds the text files of a corpus and streams their text: a corpus may be larger than memory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.task import Progress, silent
from rnnviz.corpora.encodings import CHUNK, LATIN_1, decoded, detect, reading, title

_MOST_FILES = 100_000
_LONGEST_LINE = 1_000_000


@dataclass(frozen=True, slots=True)
class TextFile:
    """One file: its place, its size (bytes) and time of change (ns) when opened, its codec."""

    path: Path
    size: int
    modified: int
    codec: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line and where it stands; `number` counts from 1."""

    path: Path
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Texts:
    """An opened corpus: its files in reading order, all known to decode; `empty` has no byte."""

    path: Path
    files: tuple[TextFile, ...]
    empty: tuple[Path, ...] = ()

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(file.size for file in self.files)

    @property
    def encoding(self) -> str:
        """The encodings that occur, for people."""
        return ", ".join(sorted({title(file.codec) for file in self.files}))

    @property
    def guessed_latin_1(self) -> bool:
        """True when some file was not UTF-8, so that its encoding is a guess."""
        return any(file.codec == LATIN_1 for file in self.files)

    def chunks(
        self, progress: Progress = silent, what: str = "reading", chunk: int = CHUNK
    ) -> Iterator[str]:
        """The whole text in pieces, files separated by a line end; UserError when one changed."""
        done, last = 0, "\n"
        for file in self.files:
            if last != "\n":
                yield "\n"
            for text, position in _pieces(file, chunk):
                progress(what, min((done + position) / self.size, 1.0))
                if text:
                    last = text[-1]
                    yield text
            done += file.size
        self.check_unchanged()

    def lines(self, progress: Progress = silent, what: str = "reading") -> Iterator[Line]:
        """Every line without its end; UserError when one is too long to be a line of a table."""
        done = 0
        for file in self.files:
            number, rest = 0, ""
            for text, position in _pieces(file, CHUNK):
                progress(what, min((done + position) / self.size, 1.0))
                # Cut at line feeds only: the many other separators of `splitlines` are text here.
                *whole, rest = (rest + text).split("\n")
                for line in whole:
                    number += 1
                    yield Line(file.path, number, line)
                if len(rest) > _LONGEST_LINE:
                    raise _too_long(file, number + 1)
            if rest:
                yield Line(file.path, number + 1, rest)
            done += file.size

    def check_unchanged(self) -> None:
        """UserError when a file is no longer what it was when the corpus was opened."""
        for file in self.files:
            with reading(file.path):
                status = file.path.stat()
            if (status.st_size, status.st_mtime_ns) != (file.size, file.modified):
                raise _changed(file)

    def first_lines(self, limit: int, width: int = 200) -> tuple[str, ...]:
        """The first lines, at most `width` characters of each."""
        head = next(self.chunks(), "")
        return tuple(line[:width] for line in head.split("\n", limit)[:limit])


def open_texts(
    path: Path,
    encoding: str = "auto",
    progress: Progress = silent,
    suffixes: tuple[str, ...] = (".txt",),
) -> Texts:
    """The file `path`, or all files below the folder `path` that end in one of `suffixes`.

    Every byte is decoded once, so that a file that is not text is refused here; UserError says why.
    """
    everything = _find(path, suffixes)
    found = [file for file in everything if file.size]
    if not found:
        raise UserError(f"{path} is empty: choose a file with some text in it.")
    empty = tuple(file.path for file in everything if not file.size)
    texts = Texts(path, tuple(_with_codecs(found, encoding, progress)), empty)
    if not any(texts.chunks()):
        raise UserError(f"{path} is empty: choose a file with some text in it.")
    return texts


def _with_codecs(found: list[TextFile], encoding: str, progress: Progress) -> Iterator[TextFile]:
    total, before = sum(file.size for file in found), 0

    def advance(done: int) -> None:
        progress("checking", min((before + done) / total, 1.0))

    for file in found:
        yield replace(file, codec=detect(file.path, encoding, advance))
        before += file.size


def _find(path: Path, suffixes: tuple[str, ...]) -> list[TextFile]:
    with reading(path):
        mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        return [_described(path)]
    if not stat.S_ISDIR(mode):
        raise UserError(f"{path} is neither a file nor a folder: choose a text file.")
    return [_described(file) for file in _below(path, suffixes)]


def _below(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Files of the folder and its subfolders, sorted; hidden ones and READMEs are not corpus."""
    found: list[Path] = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(root, name) for name in sorted(names) if _belongs(name, suffixes)]
        if len(found) > _MOST_FILES:
            raise UserError(
                f"{folder} holds more than {_MOST_FILES:,} texts: choose a smaller one."
            )
    if not found:
        raise UserError(f"{folder} holds no {' or '.join(suffixes)} files: choose another folder.")
    return sorted(file for file in found if file.is_file())


def _belongs(name: str, suffixes: tuple[str, ...]) -> bool:
    hidden = name.startswith(".") or name.lower().startswith("readme")
    return name.lower().endswith(suffixes) and not hidden


def _described(path: Path) -> TextFile:
    with reading(path):
        status = path.stat()
    return TextFile(path, status.st_size, status.st_mtime_ns)


def _pieces(file: TextFile, chunk: int) -> Iterator[tuple[str, int]]:
    try:
        yield from decoded(file.path, file.codec, chunk)
    except UnicodeDecodeError:
        raise _changed(file) from None


def _changed(file: TextFile) -> UserError:
    return UserError(f"{file.path} changed while it was being read: open it again.")


def _too_long(file: TextFile, number: int) -> UserError:
    return UserError(
        f"{file.path}, line {number:,} has more than {_LONGEST_LINE:,} characters: "
        "choose a file with one short entry per line."
    )
