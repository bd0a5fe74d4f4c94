"""Predict the next character or word of one long text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import Autoregressive, Batch, Model, Sizes
from rnnviz.contracts.share import WHOLE, Share
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import CorpusSummary, Tokens
from rnnviz.contracts.task import Probe, Progress, draw, evaluating, silent
from rnnviz.corpora import ngrams, portrait
from rnnviz.corpora.encoded import encode
from rnnviz.corpora.opened import OpenedTask
from rnnviz.corpora.reader import open_texts
from rnnviz.corpora.rows import Rows, cut
from rnnviz.corpora.vocabulary import Characters, Vocabulary, Words, remark, shown

_LONGEST_PROBE = 500
_DEFAULT_PROBE = 64
_SEARCHED = 20_000


class LanguageModel(OpenedTask[Rows]):
    """Characters or words of one text, cut into rows and chunks; the target is the next token."""

    name = "language_model"
    title = "Language model"
    sentence = "Learns to continue a text, one character or word at a time."
    formats = "any text file, or a folder of .txt files"
    default_corpus = "sample:language_model/prose.txt"
    default_model = "recurrent"
    shape = "aligned"
    suffixes = (".txt", "")
    foretells = True

    def __init__(
        self,
        config: RunConfig,
        vocabulary: Vocabulary,
        summary: CorpusSummary,
        default_probe: str,
        rows: Rows | None = None,
    ) -> None:
        super().__init__(config, summary, rows)
        self._vocabulary, self._default_probe = vocabulary, default_probe

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> LanguageModel:
        """Read and cut the corpus; UserError when it is no text or too short."""
        task, training = config.task, config.training
        texts = open_texts(locate_corpus(task.corpus), task.encoding, progress)
        encoded = encode(texts, task, progress)
        if np.count_nonzero(encoded.counts) < 2:
            raise UserError(
                f"{texts.path} has only one distinct token: choose a text with more to predict."
            )
        rows = cut(
            encoded.tokens,
            training.batch_size,
            training.sequence_length,
            task.validation_fraction,
        )
        counted = ngrams.of_rows(rows, len(encoded.vocabulary.tokens))
        summary = replace(portrait.of_text(task, texts, encoded, rows), baselines=counted)
        probe = _first_probe(encoded.vocabulary, rows)
        return cls(config, encoded.vocabulary, summary, probe, rows)

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> LanguageModel:
        """The task without its corpus: probes, samples and the summary work, batches do not."""
        tokens = tuple(state["tokens"])
        vocabulary = Words(tokens) if config.task.tokens == "words" else Characters(tokens)
        summary = CorpusSummary.from_data(state["summary"])
        return cls(config, vocabulary, summary, state["default_probe"])

    def state(self) -> dict[str, Any]:
        """The vocabulary, the summary and the default probe."""
        return {
            "tokens": list(self._vocabulary.tokens),
            "default_probe": self._default_probe,
            **super().state(),
        }

    @property
    def sizes(self) -> Sizes:
        """Inputs and outputs share one vocabulary."""
        size = len(self._vocabulary.tokens)
        return Sizes(inputs=size, outputs=size)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Tokens as views show them, by id."""
        return tuple(map(shown, self._vocabulary.tokens))

    def train_batch(self, step: int) -> Batch:
        """Chunk `step` modulo the training chunks; the first of an epoch starts afresh."""
        return self.train_share(step, WHOLE)

    def train_share(self, step: int, share: Share) -> Batch:
        """Reads no other rows: the corpus may be larger than memory."""
        chunk = step % self.opened.train
        return self._batch(chunk, chunk > 0, share)

    def validation_batches(self) -> Iterator[Batch]:
        """The held-out chunks in order; the first starts afresh."""
        return self.validation_share(WHOLE)

    def validation_share(self, share: Share) -> Iterator[Batch]:
        """Reads no other rows."""
        rows = self.opened
        for chunk in range(rows.train, rows.train + rows.validation):
            yield self._batch(chunk, chunk > rows.train, share)

    @property
    def default_probe(self) -> str:
        """The beginning of a line (or word) of the held-out part."""
        return self._default_probe

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """At most 500 tokens of `text`: inputs are all but the last, targets all but the first.

        Characters that the corpus does not contain are left out, also from the probe's `text`;
        UserError where fewer than two tokens remain.
        """
        ids = self._encode(text)[:_LONGEST_PROBE].astype(np.int64)
        if len(ids) < 2:
            raise UserError(self._too_short(text))
        row = torch.from_numpy(ids)[None]  # (1, n)
        names = [shown(self._vocabulary.tokens[i]) for i in ids]
        tokens = Tokens(tuple(names[:-1]), tuple(names[1:]), output=())
        kept = self._vocabulary.decode(ids.tolist())
        return Probe(kept, Batch(row[:, :-1], row[:, 1:]), tokens)

    def running(self, text: str) -> Tensor:
        """(T,) ids; what the corpus does not contain is left out, or `<unk>` among words."""
        return torch.from_numpy(self._encode(text).astype(np.int64))

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """`length` tokens that follow `prompt`, without the prompt; an empty one begins a line."""
        assert isinstance(model, Autoregressive)
        generator = torch.Generator().manual_seed(seed)
        read = self._encode(prompt).tolist() or [self._line_start]
        with evaluating(model) as device:
            state = model.start(_single(read[:1], device))
            for token in read:
                logits, state = model.advance(torch.tensor([token], device=device), state)
            written = [draw(logits[0], temperature, generator)]
            while len(written) < length:
                last = torch.tensor(written[-1:], device=device)
                logits, state = model.advance(last, state)
                written.append(draw(logits[0], temperature, generator))
        return self._vocabulary.decode(written)

    def remark(self, text: str) -> str:
        """Characters that are left out, or words that are read as `<unk>`."""
        return remark(self._vocabulary, self._plain(text))

    def _batch(self, chunk: int, continues: bool, share: Share) -> Batch:
        rows = self.opened
        read = rows.chunk(chunk, share.rows(rows.batch_size))
        ids = torch.from_numpy(read)  # (B, T + 1)
        carried = continues and self._config.training.carry_state
        return Batch(ids[:, :-1], ids[:, 1:], continues=carried)

    def _encode(self, text: str) -> NDArray[np.integer]:
        return self._vocabulary.encode(self._plain(text))

    def _plain(self, text: str) -> str:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.lower() if self._config.task.lowercase else text

    @property
    def _line_start(self) -> int:
        """The id of the line end, where a new line begins; else of the most frequent token."""
        shown_first = self._summary.most_frequent[0].token
        names = self.vocabulary
        return names.index("↵" if "↵" in names else shown_first)

    def _too_short(self, text: str) -> str:
        foreign = sorted(set(text) - set(self._vocabulary.tokens))
        if self._vocabulary.kind == "words" or not foreign:
            return "The probe needs at least two tokens: type a longer text."
        names = " ".join(map(shown, foreign[:20]))
        return (
            f"The corpus does not contain {names}: type at least two characters that it contains."
        )


def _single(ids: list[int], device: torch.device) -> Batch:
    row = torch.tensor([ids], device=device)
    return Batch(row, row)


def _first_probe(vocabulary: Vocabulary, rows: Rows) -> str:
    """From the middle row's held-out part, beginning with a line or else with a word."""
    part = rows.held_out(rows.batch_size // 2)[:_SEARCHED].tolist()
    length = min(rows.length + 1, _DEFAULT_PROBE, len(part))
    text = [vocabulary.tokens[i] for i in part]
    for mark in ("\n", " "):
        for begin in range(1, len(part) - length + 1):
            if text[begin - 1] == mark and not text[begin].isspace():
                return vocabulary.decode(part[begin : begin + length])
    return vocabulary.decode(part[:length])
