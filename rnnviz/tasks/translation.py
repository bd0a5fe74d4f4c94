"""Translate sentences, learned from a table of sentence pairs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.model import Batch, Model, Sizes
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import CorpusSummary, Tokens
from rnnviz.contracts.task import Probe, Progress, silent
from rnnviz.corpora.opened import BucketedTask
from rnnviz.corpora.pair_portrait import of_pairs
from rnnviz.corpora.pairs import Pairs, read_pairs
from rnnviz.corpora.reader import open_texts
from rnnviz.corpora.sentences import Indices
from rnnviz.corpora.vocabulary import BEGIN, END, PADDING, Words, remark, shown
from rnnviz.corpora.writing import Choice, drawn, greedy, write
from rnnviz.corpora.written import Written, judged

_LONGEST_SOURCE = 200
_EXAMINED = 100
_SEPARATOR = re.compile(r"\s*(?:=>|\t)\s*")


class Translation(BucketedTask[Pairs]):
    """Pairs of sentences in padded batches; the target begins with `<s>` and ends with `</s>`."""

    name = "translation"
    title = "Translation"
    sentence = "Learns to translate sentences from pairs of them."
    formats = "a table with one pair a line: source, tab, target"
    default_corpus = "sample:translation/eng-fra.tsv"
    default_model = "encoder_decoder"
    shape = "pairs"
    ignores = ("training.sequence_length", "training.carry_state")
    suffixes = (".tsv",)

    def __init__(
        self,
        config: RunConfig,
        source: Words,
        target: Words,
        summary: CorpusSummary,
        shown_pair: tuple[str, str],
        pairs: Pairs | None = None,
    ) -> None:
        super().__init__(config, summary, pairs)
        self._source, self._target = source, target
        self._shown_pair = shown_pair
        self._padding, self._begin, self._end = map(target.id, (PADDING, BEGIN, END))

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> Translation:
        """Read the table; UserError when it is none or nothing is left of it."""
        task = config.task
        texts = open_texts(locate_corpus(task.corpus), task.encoding, progress, (".tsv", ".txt"))
        pairs = read_pairs(texts, task, config.training.seed, progress)
        summary = of_pairs(task, texts, pairs, pairs.buckets(config))
        shown_pair = pairs.example()
        return cls(config, pairs.source_words, pairs.target_words, summary, shown_pair, pairs)

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> Translation:
        """The task without its corpus: probes and translations work, batches do not."""
        source, target = (Words(tuple(state[side]), clitics=True) for side in ("source", "target"))
        summary = CorpusSummary.from_data(state["summary"])
        first, second = state["shown_pair"]
        return cls(config, source, target, summary, (first, second))

    def state(self) -> dict[str, Any]:
        """Both vocabularies, the summary and the pair shown by default."""
        return {
            "source": list(self._source.tokens),
            "target": list(self._target.tokens),
            "shown_pair": list(self._shown_pair),
            **super().state(),
        }

    @property
    def sizes(self) -> Sizes:
        """Both vocabularies begin with the same special tokens."""
        size = len(self._target.tokens)
        special = self._padding, self._begin, self._end
        return Sizes(size, size, len(self._source.tokens), *special)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The target words."""
        return tuple(map(shown, self._target.tokens))

    def evaluate(self, model: Model) -> Evaluation | None:
        """Exact matches and BLEU of the greedy translations of up to 100 held-out sentences."""
        pairs = self._found
        if pairs is None or not len(pairs.held_out):
            return None
        references = pairs.references()
        asked = pairs.asked(_EXAMINED)
        source, lengths = map(torch.from_numpy, pairs.source.padded(asked, self._padding))
        written = self._write(model, source, lengths, self._longest)
        found = []
        for index, ids in zip(asked.tolist(), written, strict=True):
            true = references[int(pairs.group[index])]
            given = self._source.decode(pairs.source[index])
            texts = tuple(map(self._text, true))
            found.append(Written(given, texts, self._text(ids), self._exact(ids, true)))
        return judged(found)

    @property
    def default_probe(self) -> str:
        """A held-out source sentence; its probe shows the reference, not the model's own words."""
        return self._shown_pair[0]

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """`source`, whose target the model writes greedily, or `source => target` (or with a tab).

        Words that the corpus does not contain are read as `<unk>`. UserError when the source is
        empty, or when there is neither a target nor a model to write one.
        """
        source_text, target_text = self._sides(text)
        source = self._encode(self._source, source_text, "source")
        if target_text:
            target = [*self._encode(self._target, target_text, "target")[0].tolist(), self._end]
        elif model is not None:
            target = self._write(model, source, None, self._longest)[0]
        else:
            raise UserError("The probe has no target: write it as `source => target`.")
        row = torch.tensor([[self._begin, *target]])  # (1, T + 1)
        lengths = torch.tensor([row.shape[1] - 1]), torch.tensor([source.shape[1]])
        batch = Batch(row[:, :-1], row[:, 1:], lengths[0], source, lengths[1])
        names = [shown(self._target.tokens[i]) for i in row[0].tolist()]
        read = tuple(shown(self._source.tokens[i]) for i in source[0].tolist())
        return Probe(text.strip(), batch, Tokens(tuple(names[:-1]), tuple(names[1:]), (), read))

    def named(self, batch: Batch) -> Tokens:
        """The words of both sides."""
        rows = (batch.inputs, self._target), (batch.source, self._source)
        read, source = (
            tuple(shown(words.tokens[i]) for i in ids[0].tolist()) if ids is not None else ()
            for ids, words in rows
        )
        return Tokens(read, (), (), source)

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """A translation of `prompt` drawn word by word; an empty prompt stands for `default_probe`,
        and then the answer repeats it: `source => translation`."""
        source_text = self._sides(prompt)[0] or self.default_probe
        source = self._encode(self._source, source_text, "source")
        written = self._write(model, source, None, length, drawn(temperature, seed))[0]
        text = self._text(written)
        return text if prompt.strip() else f"{source_text} => {text}"

    def remark(self, text: str) -> str:
        """Words of either side that are read as `<unk>`."""
        sides = zip((self._source, self._target), self._sides(text), strict=True)
        found = [remark(words, self._plain(side)) for words, side in sides]
        return " ".join(filter(None, found))

    def translate(self, model: Model, text: str) -> str:
        """The greedy translation of `text`."""
        source = self._encode(self._source, text, "source")
        return self._text(self._write(model, source, None, self._longest)[0])

    @property
    def _longest(self) -> int:
        """Most words of a translation, `</s>` included."""
        return self._config.task.max_length + 5

    def batch(self, which: Indices) -> Batch:
        """Sources and targets, `<s>` and `</s>` around the latter."""
        pairs = self.opened
        source, source_lengths = map(torch.from_numpy, pairs.source.padded(which, self._padding))
        framed = pairs.target.padded(which, self._padding, self._begin, self._end)
        target, lengths = map(torch.from_numpy, framed)  # (B, T + 1)
        return Batch(target[:, :-1], target[:, 1:], lengths - 1, source, source_lengths)

    def _sides(self, text: str) -> tuple[str, str]:
        """Source and target of a probe's text; the default probe brings its reference."""
        source, *rest = _SEPARATOR.split(text.strip(), maxsplit=1)
        if not rest and source == self._shown_pair[0]:
            return self._shown_pair
        return source, rest[0] if rest else ""

    def _encode(self, side: Words, text: str, name: str) -> Tensor:
        """(1, S) ids of a typed sentence."""
        ids = side.encode(self._plain(text))
        if not len(ids):
            raise UserError(f"The {name} sentence is empty: type at least one word.")
        return torch.from_numpy(ids[:_LONGEST_SOURCE].astype(np.int64))[None]

    def _plain(self, text: str) -> str:
        return text.lower() if self._config.task.lowercase else text

    def _write(
        self,
        model: Model,
        source: Tensor,
        lengths: Tensor | None,
        most: int,
        choose: Choice = greedy,
    ) -> list[list[int]]:
        """Target ids for each row of source (B, S), `</s>` included where it came within `most`."""
        lengths = torch.tensor([source.shape[1]]) if lengths is None else lengths
        given = Batch(source, source, source=source, source_lengths=lengths)
        return write(model, given, self.sizes, most, choose)

    def _exact(self, written: list[int], references: list[tuple[int, ...]]) -> bool:
        # A reference with an unknown word cannot be met: `<unk>` is no word.
        words = tuple(written[:-1])
        complete = written[-1] == self._end and self._target.unknown not in words
        return complete and words in references

    def _text(self, ids: Iterable[int]) -> str:
        return self._target.decode(i for i in ids if i != self._end)
