"""Reads folders of pictures with a file that tells what each shows: name, tab, caption."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from rnnviz.contracts.config import RunConfig, TaskConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.task import Progress, silent
from rnnviz.corpora import words
from rnnviz.corpora.caption_file import captions_file
from rnnviz.corpora.held_out import split
from rnnviz.corpora.image_files import Pixels, read_image
from rnnviz.corpora.pairs import numbered
from rnnviz.corpora.reader import Line, Texts, open_texts
from rnnviz.corpora.sentences import Buckets, Growing, Indices, Sentences, both
from rnnviz.corpora.vocabulary import Words

_FOLDERS = ("", "images", "Images", "pictures")
_MOST_BYTES = 1_000_000_000
_MOST_CAPTIONS = 1_000_000
_NAMED = 3
_NUMBER = re.compile(r"#\d+$")
_HEADINGS = {"image", "images", "image_name", "file", "file_name", "filename", "name", "picture"}


@dataclass(slots=True)
class LeftOut:
    """What could not be used: how often, and the first few with file and line."""

    counts: dict[str, int] = field(default_factory=dict)
    first: list[str] = field(default_factory=list)

    def note(self, why: str, sentence: str = "") -> None:
        """One more."""
        self.counts[why] = self.counts.get(why, 0) + 1
        if sentence and len(self.first) < _NAMED:
            self.first.append(sentence)

    def __str__(self) -> str:
        return ", ".join(f"{count:,} {why}" for why, count in self.counts.items()) or "nothing"


@dataclass(frozen=True, slots=True, eq=False)
class Captioned:
    """Captions with their pictures.

    pixels   (N, 3, S, S) the different files
    names    (N,) as the captions call them
    of       (C,) which picture each caption tells of
    train, held_out  indices of captions; no picture, and none that equals it, is in both
    duplicates  pictures that equal an earlier one
    """

    texts: Texts
    pixels: Pixels
    names: tuple[str, ...]
    of: Indices
    captions: Sentences
    vocabulary: Words
    train: Indices
    held_out: Indices
    duplicates: int
    left_out: LeftOut

    def caption(self, index: int) -> str:
        """The text of a caption; words outside the vocabulary are `<unk>`."""
        return self.vocabulary.decode(self.captions[index])

    def buckets(self, config: RunConfig) -> tuple[Buckets, Buckets]:
        """Batches of the training captions and of the held-out ones."""
        return both(config.training, self.train, self.held_out, self.captions.lengths)


def read_captioned(path: Path, config: RunConfig, progress: Progress = silent) -> Captioned:
    """The pictures of a folder (or beside a captions file) and what they show; UserError when there
    are no captions or fewer than two pictures can be read.
    """
    texts = open_texts(_captions_in(path), config.task.encoding, progress)
    album = _Album(texts.path.parent, config.task)
    for line in texts.lines():
        album.add(line, progress)
    album.check(texts.path)
    of = np.array(album.of, np.int64)
    # Pictures are set apart, not captions: all captions of one picture stay on one side.
    parts = split(album.keys, config.task.validation_fraction, config.training.seed)
    train, held_out = (np.flatnonzero(np.isin(of, side)) for side in (parts.train, parts.held_out))
    growing = album.captions
    sizes = config.task.vocabulary_size
    captions, vocabulary = numbered(growing.finished(), growing.words, train, sizes)
    return Captioned(
        texts, np.stack(album.pixels), tuple(album.names), of, captions, vocabulary, train,
        held_out, parts.duplicates, album.left_out,
    )  # fmt: skip


def find_picture(folder: Path, name: str) -> Path | None:
    """The file that a caption's name means, in the folder or a usual one below it."""
    inside = PurePosixPath(name.replace("\\", "/"))
    if inside.is_absolute() or ".." in inside.parts or "\0" in name:
        return None
    places = (folder / below / inside for below in _FOLDERS)
    return next((place for place in places if _is_file(place)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _captions_in(path: Path) -> Path:
    if path.is_file():
        return path
    if not path.is_dir():
        raise UserError(f"{path} does not exist (any more): choose a folder of pictures.")
    found = captions_file(path)
    if found is None:
        raise UserError(
            f"{path} has no captions: put a file captions.tsv into it, with the name of a picture, "
            "a tab and a caption in every line."
        )
    return found


class _Album:
    """The pictures and captions read so far."""

    def __init__(self, folder: Path, config: TaskConfig) -> None:
        self._folder, self._config = folder, config
        self._most = _MOST_BYTES // (3 * config.picture_size**2)
        self._known: dict[str, int] = {}
        self._lines = 0
        self.pixels: list[Pixels] = []
        self.names: list[str] = []
        self.keys: list[bytes] = []
        self.of: list[int] = []
        self.captions = Growing()
        self.left_out = LeftOut()

    def add(self, line: Line, progress: Progress) -> None:
        """Take in one line; blank ones and a heading are nothing."""
        cells = _cells(line)
        if not line.text.strip() or (self._lines == 0 and cells[0].lower() in _HEADINGS):
            return
        self._lines += 1
        name, tokens = _NUMBER.sub("", cells[0]), self._words(cells[1])
        where = f"{line.path}, line {line.number:,}"
        if not name or not tokens:
            self.left_out.note("without a caption", f"{where} has no name or no caption.")
        elif len(tokens) > self._config.max_length:
            self.left_out.note("too long")
        elif len(self.of) >= _MOST_CAPTIONS:
            self.left_out.note("beyond the first million")
        else:
            self._take(name, tokens, where, progress)

    def check(self, path: Path) -> None:
        """UserError when nothing can be learned from what is left."""
        if len(set(self.keys)) >= 2:
            return
        why = f" ({self.left_out})" if self.left_out.counts else ""
        first = f" {self.left_out.first[0]}" if self.left_out.first else ""
        raise UserError(
            f"{path} tells of fewer than two different pictures that can be read{why}: put the "
            f"name of a picture beside it, a tab and a caption in every line.{first}"
        )

    def _take(self, name: str, tokens: list[str], where: str, progress: Progress) -> None:
        if name not in self._known:
            progress("pictures", 1 - 1 / (1 + len(self._known) / 1000))
            self._known[name] = self._open(name, where)
        if (number := self._known[name]) >= 0:
            self.captions.add(tokens)
            self.of.append(number)

    def _open(self, name: str, where: str) -> int:
        """The number of a picture that is met for the first time, -1 where it cannot be used."""
        path = find_picture(self._folder, name)
        if path is None:
            self.left_out.note("missing pictures", f"{where}: there is no picture {name}.")
            return -1
        if len(self.pixels) >= self._most:
            self.left_out.note("pictures beyond what fits into memory")
            return -1
        try:
            pixels = read_image(path, self._config.picture_size)
        except UserError as error:
            self.left_out.note("damaged pictures", f"{where}: {error}")
            return -1
        self.pixels.append(pixels)
        self.names.append(name)
        self.keys.append(hashlib.sha256(pixels.tobytes()).digest())
        return len(self.pixels) - 1

    def _words(self, text: str) -> list[str]:
        return words.split_clitics(text.lower() if self._config.lowercase else text)


def _cells(line: Line) -> tuple[str, str]:
    """Name and caption: with a tab between, else as a row of a CSV file."""
    name, tab, caption = line.text.partition("\t")
    if tab:
        return name.strip(), caption.strip()
    return next(_comma_separated(line.text), ("", ""))


def _comma_separated(text: str) -> Iterator[tuple[str, str]]:
    try:
        for row in csv.reader([text]):
            if len(row) >= 2:
                yield row[0].strip(), ",".join(row[1:]).strip()
    except csv.Error:
        return
