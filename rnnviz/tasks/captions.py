"""Say what a picture shows, learned from pictures with captions."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation, Figure
from rnnviz.contracts.model import Batch, Model, Sizes
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import CorpusSummary, Tokens
from rnnviz.contracts.task import Probe, Progress, silent
from rnnviz.corpora.image_files import Pixels, as_png, from_png, read_image
from rnnviz.corpora.opened import BucketedTask
from rnnviz.corpora.picture_portrait import ALWAYS, most_seen, of_pictures
from rnnviz.corpora.pictures import Captioned, find_picture, read_captioned
from rnnviz.corpora.sentences import Indices
from rnnviz.corpora.vocabulary import BEGIN, END, PADDING, Words, remark, shown
from rnnviz.corpora.writing import Choice, drawn, greedy, write
from rnnviz.corpora.written import Written, judged

_EXAMINED = 100
_BEYOND = 5  # words more than any caption that was read
_SEPARATOR = re.compile(r"\s*(?:=>|\t)\s*")


class Captions(BucketedTask[Captioned]):
    """A picture in, a caption out that begins with `<s>` and ends with `</s>`."""

    name = "captions"
    title = "Captions of pictures"
    sentence = "Learns to say what pictures show."
    formats = "a folder of pictures with a file captions.tsv: name of a picture, tab, caption"
    default_corpus = "sample:captions/shapes"
    default_model = "visual_attention"
    shape = "pictures"
    suffixes = ("",)
    shows = ("picture", "attention")

    def __init__(
        self,
        config: RunConfig,
        words: Words,
        summary: CorpusSummary,
        shown_pair: tuple[str, str],
        shown_pixels: Pixels,
        found: Captioned | None = None,
    ) -> None:
        super().__init__(config, summary, found)
        self._words = words
        self._shown_pair, self._shown_pixels = shown_pair, shown_pixels
        self._padding, self._begin, self._end = map(words.id, (PADDING, BEGIN, END))

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> Captions:
        """Read the pictures; UserError when there are no captions or hardly any pictures."""
        found = read_captioned(locate_corpus(config.task.corpus), config, progress)
        best = _example(found)
        pair = found.names[found.of[best]], found.caption(best)
        pixels = found.pixels[found.of[best]]
        return cls(config, found.vocabulary, of_pictures(config, found), pair, pixels, found)

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> Captions:
        """The task without its pictures but one: probes and captions work, batches do not."""
        words = Words(tuple(state["words"]), clitics=True)
        summary = CorpusSummary.from_data(state["summary"])
        name, caption = state["shown_pair"]
        pixels = from_png(base64.b64decode(state["shown_picture"]))
        return cls(config, words, summary, (name, caption), pixels)

    def state(self) -> dict[str, Any]:
        """Words, the summary, and the picture shown by default as a PNG file in Base64."""
        return {
            "words": list(self._words.tokens),
            "shown_pair": list(self._shown_pair),
            "shown_picture": base64.b64encode(as_png(self._shown_pixels)).decode(),
            **super().state(),
        }

    @property
    def sizes(self) -> Sizes:
        """Words written from a picture with three channels."""
        size, side = len(self._words.tokens), self._config.task.picture_size
        special = self._padding, self._begin, self._end
        return Sizes(size, size, 0, *special, picture=(3, side, side))

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The words."""
        return tuple(map(shown, self._words.tokens))

    def evaluate(self, model: Model) -> Evaluation | None:
        """What is written under up to 100 held-out pictures: whole captions and single words."""
        found = self._found
        if found is None or not len(found.held_out):
            return None
        asked = np.unique(found.of[found.held_out])[:_EXAMINED]
        true = {int(picture): list[str]() for picture in asked}
        for index in found.held_out.tolist():
            if (picture := int(found.of[index])) in true:
                true[picture].append(found.caption(index))
        ids = self._write(model, _tensor(found.pixels[asked]), self._longest)
        written = [
            Written(found.names[picture], tuple(captions), text, text in captions)
            for (picture, captions), text in zip(true.items(), map(self._text, ids), strict=True)
        ]
        seen = judged(written, most_seen(found), ALWAYS)
        words = Figure("right words", sum(map(_agreement, written)) / len(written))
        return replace(seen, figures=(*seen.figures, words))

    @property
    def default_probe(self) -> str:
        """A held-out picture; its probe reads the caption it came with, not the model's own."""
        return self._shown_pair[0]

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """A picture by name or path, whose caption the model writes greedily, or `picture =>
        caption` (or with a tab). Words that the corpus does not contain are read as `<unk>`.
        """
        name, caption = self._sides(text)
        pixels = _tensor(self._pixels(name)[None])
        if caption:
            target = [*self._words.encode(self._plain(caption)).tolist(), self._end]
        elif model is not None:
            target = self._write(model, pixels, self._longest)[0]
        else:
            raise UserError("The probe has no caption: write it as `picture => caption`.")
        row = torch.tensor([[self._begin, *target]])  # (1, T + 1)
        batch = Batch(row[:, :-1], row[:, 1:], picture=pixels)
        return Probe(text.strip(), batch, self.named(batch))

    def named(self, batch: Batch) -> Tokens:
        """The words, and the cells of the picture by row and column."""
        rows, columns = batch.grid
        cells = tuple(f"{r},{c}" for r in range(1, rows + 1) for c in range(1, columns + 1))
        read, true = (
            tuple(shown(self._words.tokens[i]) for i in ids[0].tolist())
            for ids in (batch.inputs, batch.targets)
        )
        return Tokens(read, true, (), cells, (rows, columns))

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """A caption drawn word by word for the picture `prompt`, else for the default one, and then
        with its name: `picture => caption`.
        """
        name = self._sides(prompt)[0] or self.default_probe
        pixels = _tensor(self._pixels(name)[None])
        written = self._write(model, pixels, length, drawn(temperature, seed))[0]
        text = self._text(written)
        return text if prompt.strip() else f"{name} => {text}"

    def remark(self, text: str) -> str:
        """Words of a caption that are read as `<unk>`."""
        return remark(self._words, self._plain(self._sides(text)[1]))

    @property
    def _longest(self) -> int:
        """Most words of a caption, `</s>` included."""
        return self._config.task.max_length + _BEYOND

    def batch(self, which: Indices) -> Batch:
        """Captions with their pictures."""
        found = self.opened
        framed = found.captions.padded(which, self._padding, self._begin, self._end)
        ids, lengths = map(torch.from_numpy, framed)  # (B, T + 1)
        pictures = _tensor(found.pixels[found.of[which]])
        return Batch(ids[:, :-1], ids[:, 1:], lengths - 1, picture=pictures)

    def _sides(self, text: str) -> tuple[str, str]:
        """Picture and caption of a probe's text; the default picture brings its caption."""
        name, *rest = _SEPARATOR.split(text.strip(), maxsplit=1)
        if not rest and name == self._shown_pair[0]:
            return self._shown_pair
        return name, rest[0] if rest else ""

    def _pixels(self, name: str) -> Pixels:
        """(3, S, S) of a picture: the one kept, one of the corpus, or any file."""
        if not name:
            raise UserError("The probe is empty: type the name of a picture or the path of one.")
        if name == self._shown_pair[0]:
            return self._shown_pixels
        if self._found is not None and name in self._found.names:
            return np.asarray(self._found.pixels[self._found.names.index(name)])
        path = find_picture(_folder(self._config.task.corpus), name) or Path(name).expanduser()
        if "\0" in name or not path.is_file():
            raise UserError(
                f"There is no picture {shown(name)[:200]}: type a name of the corpus, such as "
                f"{self._shown_pair[0]}, or the path of an image file."
            )
        return read_image(path, self._config.task.picture_size)

    def _plain(self, text: str) -> str:
        return text.lower() if self._config.task.lowercase else text

    def _write(
        self, model: Model, pictures: Tensor, most: int, choose: Choice = greedy
    ) -> list[list[int]]:
        """Ids for each picture (B, 3, S, S), `</s>` included where it came within `most`."""
        begin = torch.full((len(pictures), 1), self._begin)
        return write(model, Batch(begin, begin, picture=pictures), self.sizes, most, choose)

    def _text(self, ids: list[int]) -> str:
        return self._words.decode(i for i in ids if i != self._end)


def _tensor(pixels: Pixels) -> Tensor:
    """(B, 3, S, S) in [0, 1]."""
    return torch.from_numpy(pixels.astype(np.float32) / 255)


def _folder(corpus: str) -> Path:
    try:
        path = locate_corpus(corpus)
    except (FileNotFoundError, RuntimeError):
        return Path()
    return path if path.is_dir() else path.parent


def _example(found: Captioned) -> int:
    """A held-out caption (else one that is trained on), all of its words known, not short."""
    candidates = found.held_out if len(found.held_out) else found.train
    unknown = found.vocabulary.unknown

    def merit(index: int) -> tuple[bool, int]:
        caption = found.captions[index]
        return unknown not in caption, len(caption)

    return int(max(candidates[:1000].tolist(), key=merit))


def _agreement(written: Written) -> float:
    """Share of places with the word of the true caption that is most alike."""
    said = written.said.split()

    def with_(true: list[str]) -> float:
        same = sum(a == b for a, b in zip(true, said, strict=False))
        return same / max(len(true), len(said), 1)

    return max(with_(caption.split()) for caption in written.true)
