"""Say what a sentence is about or how it is meant: one label for a sequence of words."""

from __future__ import annotations

import re
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
from rnnviz.corpora.labelled import LONGEST, read_labelled
from rnnviz.corpora.lexicon import Lexicon
from rnnviz.corpora.opened import OpenedTask
from rnnviz.corpora.reader import open_texts
from rnnviz.corpora.sentence_portrait import About, of_sentences
from rnnviz.corpora.sentences import Indices
from rnnviz.corpora.vocabulary import shown
from rnnviz.corpora.word_rows import WordRows, word_rows

_EXAMPLES = 24
_SEPARATOR = re.compile(r"\s*(?:=>|\t)\s*")
_SIMPLE = "bag of words"


@dataclass(frozen=True, slots=True, eq=False)
class Opinions:
    """The sentences of a corpus, each with the index of its label.

    simple  the confusion matrix of a bag of words
    """

    rows: WordRows
    labels: Indices
    simple: judged.Table


class Sentiment(OpenedTask[Opinions]):
    """Words in, a label asked for at the last one; the network's running opinion is free."""

    name = "sentiment"
    title = "Sentiment of a sentence"
    sentence = "Learns to say how a sentence is meant, from labelled ones."
    formats = (
        "a table with a label, a tab and a sentence a line, or a folder with a text file per label"
    )
    default_corpus = "sample:sentiment/reviews.tsv"
    default_model = "recurrent"
    shape = "aligned"
    ignores = ("training.sequence_length", "training.carry_state", "look.temperature")
    asks = "sentences"
    shows = ("trace", "confusion")
    suffixes = (".tsv", "")

    def __init__(
        self,
        config: RunConfig,
        lexicon: Lexicon,
        classes: tuple[str, ...],
        summary: CorpusSummary,
        default_probe: str,
        opinions: Opinions | None = None,
    ) -> None:
        super().__init__(config, summary, opinions)
        self._lexicon, self._classes, self._default_probe = lexicon, classes, default_probe

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> Sentiment:
        """Read the sentences; UserError when there are no labels or only one."""
        task, suffixes = config.task, (".tsv", ".txt")
        texts = open_texts(locate_corpus(task.corpus), task.encoding, progress, suffixes)
        found = read_labelled(texts, task, progress)
        rows = word_rows(config, found.growing, found.keys)
        sizes = len(rows.lexicon.tokens), len(found.classes)
        said = judged.bag_of_words(rows.sentences, found.labels, rows.train, rows.examined, sizes)
        simple = judged.confusion(found.labels[rows.examined], said, len(found.classes))
        counts = np.bincount(found.labels, minlength=len(found.classes)).tolist()
        about = About(
            tuple(zip(found.classes, counts, strict=True)), "label", found.ragged, found.shortened,
            LONGEST, judged.baselines(simple, _SIMPLE, "Naive Bayes: order plays no part."),
        )  # fmt: skip
        summary = of_sentences(task, texts, rows, about)
        first = rows.example()
        probe = f"{_text(rows, first)} => {found.classes[found.labels[first]]}"
        opinions = Opinions(rows, found.labels, simple)
        return cls(config, rows.lexicon, found.classes, summary, probe, opinions)

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> Sentiment:
        """The task without its corpus: probes work, batches do not."""
        lexicon, classes = Lexicon(tuple(state["words"])), tuple(state["classes"])
        summary = CorpusSummary.from_data(state["summary"])
        return cls(config, lexicon, classes, summary, state["default_probe"])

    def state(self) -> dict[str, Any]:
        """Words, labels, the summary and the default probe."""
        return {
            "words": list(self._lexicon.tokens),
            "classes": list(self._classes),
            "default_probe": self._default_probe,
            **super().state(),
        }

    @property
    def sizes(self) -> Sizes:
        """Words in, one answer at the end."""
        return Sizes(
            len(self._lexicon.tokens), len(self._classes), padding=self._lexicon.padding,
            answers_once=True,
        )  # fmt: skip

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The labels."""
        return tuple(map(shown, self._classes))

    def train_batch(self, step: int) -> Batch:
        """Sentences of about equal length, in an order drawn anew for each epoch."""
        return self._batch(*self.opened.rows.train_batch(step))

    def validation_batches(self) -> Iterator[Batch]:
        """The held-out sentences, shortest first."""
        return starmap(self._batch, self.opened.rows.validation_batches())

    def evaluate(self, model: Model) -> Evaluation | None:
        """Which label was taken for which, on up to 1,000 held-out sentences."""
        found = self._found
        if found is None or not len(found.rows.examined):
            return None
        which, chances = self._answers(model, found.rows)
        said, true = chances.argmax(1), found.labels[which]
        table = judged.confusion(true, said, len(self._classes))
        return Evaluation(
            judged.figures(table, found.simple, _SIMPLE),
            {"confusion": judged.as_array(table)},
            self.vocabulary,
            tuple(self._examples(which, true, said)),
        )

    @property
    def default_probe(self) -> str:
        """A held-out sentence and its label."""
        return self._default_probe

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """`sentence`, or `sentence => label` (or with a tab). Without a label the model's own
        answer stands in for it, so that there is a loss to look back from.
        """
        sentence, label = self._sides(text)
        typed = words.split(sentence.lower() if self._config.task.lowercase else sentence)
        if not typed:
            raise UserError("The probe is empty: type a sentence.")
        ids = self._lexicon.encode(typed[:LONGEST])
        target = self._classes.index(label) if label else self._answer(ids, model)
        targets = np.full(len(ids), NOTHING_ASKED)
        targets[-1] = target
        true = ("",) * (len(ids) - 1) + (shown(label),)
        read = tuple(shown(self._lexicon.tokens[i]) for i in ids)
        batch = Batch(torch.from_numpy(ids)[None], torch.from_numpy(targets)[None])
        return Probe(text.strip(), batch, Tokens(read, true, output=()))

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """The label of `prompt`, or of the default probe, with its probability; nothing is drawn
        by chance.
        """
        probe = self.probe(prompt or self.default_probe)
        with evaluating(model) as device:
            logits = model(probe.batch.to(device)).logits
        chances = logits[0, -1].softmax(-1)
        best = int(chances.argmax())
        text = self._sides(prompt or self.default_probe)[0]
        return f"{text} => {self._classes[best]} (p = {float(chances[best]):.2f})"

    def _batch(self, which: Indices, ids: Indices, lengths: Indices) -> Batch:
        """The label is asked for at each row's own last word, never after its end."""
        targets = np.full(ids.shape, NOTHING_ASKED)
        targets[np.arange(len(ids)), lengths - 1] = self.opened.labels[which]
        inputs, asked, ends = map(torch.from_numpy, (ids, targets, lengths))
        return Batch(inputs, asked, ends)

    def _answers(self, model: Model, rows: WordRows) -> tuple[Indices, np.ndarray]:
        """Which sentences were examined, and (N, K) the network's scores at their ends."""
        found = []
        with evaluating(model) as device:
            for batch in rows.examined_batches():
                asked = self._batch(*batch)
                assert asked.lengths is not None
                logits = model(asked.to(device)).logits
                ends = torch.arange(len(logits)), asked.lengths - 1
                found.append((batch[0], logits.cpu()[ends].numpy()))
        which, chances = zip(*found, strict=True)
        return np.concatenate(which), np.concatenate(chances)

    def _answer(self, ids: Indices, model: Model | None) -> int:
        if model is None:
            return NOTHING_ASKED
        with evaluating(model) as device:
            row: Tensor = torch.from_numpy(ids)[None].to(device)
            return int(model(Batch(row, row)).logits[0, -1].argmax())

    def _examples(self, which: Indices, true: Indices, said: Indices) -> Iterator[Example]:
        """Wrong ones first."""
        for index in np.argsort(true == said, kind="stable")[:_EXAMPLES].tolist():
            names = self._classes[true[index]], self._classes[said[index]]
            text = _text(self.opened.rows, int(which[index]))
            yield Example(text, *names, right=bool(true[index] == said[index]))

    def _sides(self, text: str) -> tuple[str, str]:
        """Sentence and label, "" where it is not known."""
        sentence, *rest = _SEPARATOR.split(text.strip(), maxsplit=1)
        sentence = " ".join(sentence.split())
        label = rest[0].strip() if rest else ""
        if label and label not in self._classes:
            names = ", ".join(self._classes)
            raise UserError(f"“{label}” is no label: write one of {names}, or only a sentence.")
        return sentence, label


def _text(rows: WordRows, index: int) -> str:
    return words.join(rows.lexicon.tokens[i] for i in rows.sentences[index])
