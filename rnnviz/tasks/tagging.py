"""Say the part of speech of every word of a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation, Example
from rnnviz.contracts.model import NOTHING_ASKED, Batch, Model, Sizes
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import CorpusSummary, Tokens
from rnnviz.contracts.task import Probe, Progress, evaluating, silent
from rnnviz.corpora import judged, words
from rnnviz.corpora.lexicon import Lexicon
from rnnviz.corpora.opened import OpenedTask
from rnnviz.corpora.reader import open_texts
from rnnviz.corpora.sentence_portrait import About, of_sentences
from rnnviz.corpora.sentences import Indices
from rnnviz.corpora.tagged import LONGEST, NO_TAG, Tagged, read_tagged
from rnnviz.corpora.vocabulary import shown
from rnnviz.corpora.word_rows import WordRows, word_rows

_ENDINGS, _EXAMPLES = 60, 24
_SIMPLE = "most frequent tag"
_HELP = "The tag that the word, or an unknown word's ending, mostly has in training."


@dataclass(frozen=True, slots=True, eq=False)
class TaggedRows:
    """The sentences of a corpus, and the index of each of their words' tags.

    simple  the confusion matrix of each word's most frequent tag
    """

    rows: WordRows
    targets: Indices
    simple: judged.Table


class Tagging(OpenedTask[TaggedRows]):
    """Words in, a tag asked for at each of them."""

    name = "tagging"
    title = "Part-of-speech tagging"
    sentence = "Learns the part of speech of every word from tagged sentences."
    formats = "CoNLL-U: a word a line with its tag in the fourth column"
    default_corpus = "sample:tagging/tagged.conllu"
    default_model = "recurrent"
    shape = "aligned"
    ignores = ("training.sequence_length", "training.carry_state", "look.temperature")
    shows = ("tags", "confusion")
    suffixes = (".conllu", ".conll")

    def __init__(
        self,
        config: RunConfig,
        lexicon: Lexicon,
        tags: tuple[str, ...],
        summary: CorpusSummary,
        default_probe: str,
        tagged: TaggedRows | None = None,
    ) -> None:
        super().__init__(config, summary, tagged)
        self._lexicon, self._tags, self._default_probe = lexicon, tags, default_probe

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> Tagging:
        """Read the sentences; UserError when they have no tags."""
        task, suffixes = config.task, (".conllu", ".conll")
        texts = open_texts(locate_corpus(task.corpus), task.encoding, progress, suffixes)
        found = read_tagged(texts, task, progress)
        rows = word_rows(config, found.growing, found.keys, _ENDINGS)
        targets = np.where(found.tags == NO_TAG, NOTHING_ASKED, found.tags)
        simple = _simple(rows, found)
        counts = np.bincount(found.tags[found.tags != NO_TAG], minlength=len(found.names)).tolist()
        about = About(
            tuple(zip(found.names, counts, strict=True)), "tag", found.ragged, found.shortened,
            LONGEST, judged.baselines(simple, _SIMPLE, _HELP),
        )  # fmt: skip
        summary = of_sentences(task, texts, rows, about)
        probe = _marked(rows, found, rows.example())
        tagged = TaggedRows(rows, targets, simple)
        return cls(config, rows.lexicon, found.names, summary, probe, tagged)

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> Tagging:
        """The task without its corpus: probes work, batches do not."""
        lexicon, tags = Lexicon(tuple(state["words"])), tuple(state["tags"])
        summary = CorpusSummary.from_data(state["summary"])
        return cls(config, lexicon, tags, summary, state["default_probe"])

    def state(self) -> dict[str, Any]:
        """Words, tags, the summary and the default probe."""
        return {
            "words": list(self._lexicon.tokens),
            "tags": list(self._tags),
            "default_probe": self._default_probe,
            **super().state(),
        }

    @property
    def sizes(self) -> Sizes:
        """Words in, tags out."""
        words, tags = len(self._lexicon.tokens), len(self._tags)
        return Sizes(words, tags, padding=self._lexicon.padding)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The tags."""
        return tuple(map(shown, self._tags))

    def train_batch(self, step: int) -> Batch:
        """Sentences of about equal length, in an order drawn anew for each epoch."""
        return self._batch(*self.opened.rows.train_batch(step))

    def validation_batches(self) -> Iterator[Batch]:
        """The held-out sentences, shortest first."""
        return starmap(self._batch, self.opened.rows.validation_batches())

    def evaluate(self, model: Model) -> Evaluation | None:
        """Which tag was taken for which, in up to 1,000 held-out sentences."""
        found = self._found
        if found is None or not len(found.rows.examined):
            return None
        table = np.zeros_like(found.simple)
        examples: list[Example] = []
        for batch, said in self._answers(model, found.rows):
            asked = batch.targets != NOTHING_ASKED
            table += judged.confusion(
                batch.targets[asked].numpy(), said[asked].numpy(), len(self._tags)
            )
            examples += self._examples(batch, said)
        examples.sort(key=lambda example: example.right)
        return Evaluation(
            judged.figures(table, found.simple, _SIMPLE),
            {"confusion": judged.as_array(table)},
            self.vocabulary,
            tuple(examples[:_EXAMPLES]),
        )

    @property
    def default_probe(self) -> str:
        """A held-out sentence with its tags: `The/DET dog/NOUN runs/VERB`."""
        return self._default_probe

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """A sentence, or one with tags as in `default_probe`. Without tags the model's own answers
        stand in for them, so that there is a loss to look back from.
        """
        typed, tags = self._sides(text)
        if not typed:
            raise UserError("The probe is empty: type a sentence.")
        ids = self._lexicon.encode(typed)
        row = torch.from_numpy(ids)[None]
        targets = self._answer(row, model)
        if tags:
            targets = torch.tensor([[self._tags.index(tag) for tag in tags]])
        read = tuple(shown(self._lexicon.tokens[i]) for i in ids)
        true = tuple(map(shown, tags)) or ("",) * len(typed)
        return Probe(text.strip(), Batch(row, targets), Tokens(read, true, output=()))

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """`prompt`, or the default probe, with the tags the network gives; nothing is drawn by
        chance.
        """
        typed, _ = self._sides(prompt or self.default_probe)
        row = torch.from_numpy(self._lexicon.encode(typed))[None]
        said = self._answer(row, model)[0].tolist()
        return " ".join(f"{word}/{self._tags[k]}" for word, k in zip(typed, said, strict=True))

    def _batch(self, which: Indices, ids: Indices, lengths: Indices) -> Batch:
        """The tags at each row's words, nothing after its end."""
        tags = self.opened.targets
        targets = np.full(ids.shape, NOTHING_ASKED)
        starts = self.opened.rows.sentences.starts
        for row, (index, length) in enumerate(zip(which.tolist(), lengths.tolist(), strict=True)):
            targets[row, :length] = tags[starts[index] : starts[index] + length]
        inputs, asked, ends = map(torch.from_numpy, (ids, targets, lengths))
        return Batch(inputs, asked, ends)

    def _answers(self, model: Model, rows: WordRows) -> Iterator[tuple[Batch, Tensor]]:
        """Each examined batch and (B, T) the tags that the network gives."""
        with evaluating(model) as device:
            for found in rows.examined_batches():
                batch = self._batch(*found)
                yield batch, model(batch.to(device)).logits.argmax(-1).cpu()

    def _answer(self, row: Tensor, model: Model | None) -> Tensor:
        """(1, T) the tags that the network gives, `NOTHING_ASKED` without one."""
        if model is None:
            return torch.full_like(row, NOTHING_ASKED)
        with evaluating(model) as device:
            row = row.to(device)
            said: Tensor = model(Batch(row, row)).logits.argmax(-1)
        return said.cpu()

    def _examples(self, batch: Batch, said: Tensor) -> Iterator[Example]:
        """One row of the batch: a wrong one if there is any."""
        asked = batch.targets != NOTHING_ASKED
        wrong = ((said != batch.targets) & asked).any(1)
        row = int(wrong.to(torch.uint8).argmax())
        there = asked[row]
        given = words.join(self._lexicon.tokens[i] for i in batch.inputs[row][there].tolist())
        true, got = (
            " ".join(self._tags[i] for i in tags[row][there].tolist())
            for tags in (batch.targets, said)
        )
        yield Example(given, true, got, right=true == got)

    def _sides(self, text: str) -> tuple[list[str], list[str]]:
        """The words, and their tags where every piece of the text ends in a known one."""
        text = text.lower() if self._config.task.lowercase else text
        names = {tag.lower() if self._config.task.lowercase else tag: tag for tag in self._tags}
        pieces = [piece.rpartition("/") for piece in text.split()][:LONGEST]
        if pieces and all(word and tag in names for word, _, tag in pieces):
            return [word for word, _, _ in pieces], [names[tag] for _, _, tag in pieces]
        return words.split(" ".join(text.split()))[:LONGEST], []


def _simple(rows: WordRows, found: Tagged) -> judged.Table:
    """What the most frequent tag of each word reaches on the examined sentences."""
    of = np.repeat(np.arange(len(rows.sentences)), rows.sentences.lengths)
    tagged = found.tags != NO_TAG
    ids = rows.sentences.ids.astype(np.int64)
    train, asked = (np.isin(of, which) & tagged for which in (rows.train, rows.examined))
    sizes = len(rows.lexicon.tokens), len(found.names)
    coarse = rows.lexicon.coarse()[ids[train]]
    # Endings are counted over all words: those of unknown words stand for words of any kind.
    seen = np.concatenate((ids[train], coarse))
    tags = np.concatenate((found.tags[train], found.tags[train]))
    said = judged.most_frequent_tags(seen, tags, ids[asked], sizes)
    return judged.confusion(found.tags[asked], said, len(found.names))


def _marked(rows: WordRows, found: Tagged, index: int) -> str:
    """A sentence with its tags, as a probe is written; without them where some are missing."""
    begin, end = rows.sentences.starts[index : index + 2].tolist()
    words = [rows.lexicon.tokens[i] for i in rows.sentences[index]]
    tags = found.tags[begin:end].tolist()
    if NO_TAG in tags:
        return " ".join(words)
    return " ".join(f"{word}/{found.names[tag]}" for word, tag in zip(words, tags, strict=True))
