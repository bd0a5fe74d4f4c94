"""Invent names of a class letter by letter: a class and perhaps first letters in, a name out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation, Example, Figure
from rnnviz.contracts.model import Autoregressive, Batch, Model, Sizes
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import Baseline, CorpusSummary, Tokens
from rnnviz.contracts.task import Probe, Progress, evaluating, silent
from rnnviz.corpora import names_portrait
from rnnviz.corpora.invented import Wish, write
from rnnviz.corpora.letter_pairs import LetterPairs
from rnnviz.corpora.named import LONGEST, Named, cleaned, read_names, spelled
from rnnviz.corpora.opened import BucketedTask
from rnnviz.corpora.reader import open_texts
from rnnviz.corpora.sentences import Indices
from rnnviz.corpora.vocabulary import BEGIN, END, PADDING, Words, shown

_EACH, _MOST_CLASSES = 4, 24
"""Names of each class in a sample; classes that it covers."""

_INVENTED, _EXAMPLES, _MEASURED = 180, 40, 600
_SEPARATOR = re.compile(r"\s*(?::|=>|\t)\s*")


class NameGeneration(BucketedTask[Named]):
    """Names in batches of about equal length, each with its class as the context."""

    name = "name_generation"
    title = "Inventing names"
    sentence = "Learns to invent names that sound like those of a given language."
    formats = "a folder with one .txt file of names per class"
    default_corpus = "sample:name_classes"
    default_model = "conditioned"
    shape = "conditioned"
    ignores = ("training.sequence_length", "training.carry_state")
    shows = ("samples",)
    suffixes = ("",)
    foretells = True

    def __init__(
        self,
        config: RunConfig,
        letters: Words,
        classes: tuple[str, ...],
        summary: CorpusSummary,
        shown_pair: tuple[str, str],
        named: Named | None = None,
    ) -> None:
        super().__init__(config, summary, named)
        self._letters, self._classes, self._shown_pair = letters, classes, shown_pair
        self._padding, self._begin, self._end = map(letters.id, (PADDING, BEGIN, END))
        if named:
            self._pairs = _pairs(named)
            self._known = {named.text(i).casefold() for i in named.split.train.tolist()}

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> NameGeneration:
        """Read the folder; UserError when it holds no two classes of names."""
        task = config.task
        texts = open_texts(locate_corpus(task.corpus), task.encoding, progress)
        named = read_names(texts, task, config.training.seed, progress)
        found = names_portrait.Measures("recognised", _baselines(named))
        summary = names_portrait.of_names(task, texts, named, named.buckets(config), found)
        example = named.example()
        pair = named.classes[named.labels[example]], named.text(example)
        return cls(config, named.letters, named.classes, summary, pair, named)

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> NameGeneration:
        """The task without its corpus: names can be invented, batches cannot be made."""
        summary = CorpusSummary.from_data(state["summary"])
        first, second = state["shown_pair"]
        letters, classes = Words(tuple(state["letters"])), tuple(state["classes"])
        return cls(config, letters, classes, summary, (first, second))

    def state(self) -> dict[str, Any]:
        """Letters, classes, the summary and the name shown by default."""
        return {
            "letters": list(self._letters.tokens),
            "classes": list(self._classes),
            "shown_pair": list(self._shown_pair),
            **super().state(),
        }

    @property
    def sizes(self) -> Sizes:
        """Letters in and out, a class as the context."""
        size, special = len(self._letters.tokens), (self._padding, self._begin, self._end)
        return Sizes(size, size, 0, *special, context=len(self._classes))

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The letters."""
        return tuple(map(shown, self._letters.tokens))

    def evaluate(self, model: Model) -> Evaluation | None:
        """Whether letter pairs take invented names for their class, how many of them are new, and
        the loss on held-out names beside that of letter pairs.
        """
        named = self._found
        if named is None:
            return None
        each = max(1, _INVENTED // len(self._classes))
        labels = np.repeat(np.arange(len(self._classes)), each)[:_INVENTED]
        written = self._write(model, labels, (), Wish(self._summary.chunk_length + 3, 0.8))
        right = self._pairs.classify(written) == labels
        texts = [spelled(self._letters, ids) for ids in written]
        new = float(np.mean([text.casefold() not in self._known for text in texts]))
        chance = 1 / len(self._classes)
        figures = [Figure("recognised", float(right.mean()), "", "higher", chance, "any class")]
        figures += [Figure("new", new), *self._loss_figure(model, named)]
        rows = zip(labels.tolist(), texts, right.tolist(), strict=True)
        examples = [Example(self.classes[k], "", text, ok) for k, text, ok in rows]
        return Evaluation(
            tuple(figures), examples=tuple(examples[:: max(1, each // _EACH)][:_EXAMPLES])
        )

    @property
    def classes(self) -> tuple[str, ...]:
        """The categories as views show them."""
        return tuple(map(shown, self._classes))

    @property
    def default_probe(self) -> str:
        """A held-out name with its class: `class: name`."""
        return ": ".join(self._shown_pair)

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """`class: name`, or `class:` alone, for which the model writes its likeliest name.

        UserError when there is no such class, or neither a name nor a model.
        """
        label, name = self._sides(text)
        if not label:
            raise UserError(f"The probe has no class: write it as `{self.default_probe}`.")
        ids = self._encode(name)
        if not ids and model is None:
            raise UserError(f"The probe has no name: write it as `{self.default_probe}`.")
        which = self._classes.index(label)
        if not ids and model is not None:
            ids = self._write(model, np.array([which]), (), Wish(LONGEST, 0.0))[0]
        row = torch.tensor([[self._begin, *ids, self._end]])
        names = [self.vocabulary[i] for i in row[0].tolist()]
        tokens = Tokens((f"<{shown(label)}>", *names[1:-1]), tuple(names[1:]), ())
        batch = Batch(row[:, :-1], row[:, 1:], context=torch.tensor([which]))
        return Probe(text.strip(), batch, tokens)

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """Some names of each class, one class a line. `class: Ab` asks for one class and for names
        that begin with Ab, `Ab` for such names of every class; `length` limits their letters.
        """
        label, begun = self._sides(prompt) if prompt.strip() else ("", "")
        chosen = [self._classes.index(label)] if label else range(len(self._classes))
        classes = list(chosen)[:_MOST_CLASSES]
        labels = np.repeat(np.array(classes, np.int64), _EACH)
        most = max(min(length, LONGEST), 1)
        written = self._write(model, labels, self._encode(begun), Wish(most, temperature, seed))
        texts = [spelled(self._letters, ids) for ids in written]
        rows = [texts[i : i + _EACH] for i in range(0, len(texts), _EACH)]
        wide = max(len(self.classes[k]) for k in classes)
        return "\n".join(
            f"{self.classes[k]:<{wide}}  {', '.join(row)}"
            for k, row in zip(classes, rows, strict=True)
        )

    def batch(self, which: Indices) -> Batch:
        """Names between a beginning and an end, each with its class as the context."""
        named = self.opened
        framed = named.names.padded(which, self._padding, self._begin, self._end)
        ids, lengths = map(torch.from_numpy, framed)  # (B, T + 1)
        context = torch.from_numpy(named.labels[which])
        return Batch(ids[:, :-1], ids[:, 1:], lengths - 1, context=context)

    def _loss_figure(self, model: Model, named: Named) -> list[Figure]:
        """Nats per letter of some held-out names, none where nothing is held out."""
        which = named.split.held_out[:_MEASURED]
        if not len(which):
            return []
        with evaluating(model) as device:
            batch = self.batch(which).to(device)
            loss = float(self.loss(model(batch), batch))
        simple = _simple_loss(self._pairs, named, which)
        return [Figure("loss", loss, "nats", "lower", simple, "letter pairs of the class")]

    def _write(
        self, model: Model, labels: Indices, begun: Sequence[int], wish: Wish
    ) -> list[list[int]]:
        """For each class of `labels` the letters of a name that begins with `begun`."""
        assert isinstance(model, Autoregressive)
        return write(model, torch.from_numpy(labels), begun, self._letters, wish)

    def _sides(self, text: str) -> tuple[str, str]:
        """Class ("" where none is named) and letters of a typed text."""
        known = {label.casefold(): label for label in self._classes}
        first, *rest = _SEPARATOR.split(text.strip(), maxsplit=1)
        if rest and first.casefold() not in known:
            listed = ", ".join(self._classes[:12]) + (" …" if len(self._classes) > 12 else "")
            raise UserError(f"There is no class “{first}”: choose one of {listed}.")
        if rest:
            return known[first.casefold()], rest[0]
        return (known[first.casefold()], "") if first.casefold() in known else ("", first)

    def _encode(self, name: str) -> list[int]:
        text = cleaned(name, self._config.task.lowercase)[: LONGEST - 1]
        found: list[int] = self._letters.encode_tokens(list(text)).tolist()
        return found


def _pairs(named: Named) -> LetterPairs:
    sizes = len(named.letters.tokens), len(named.classes)
    return LetterPairs(named.names, named.labels, named.split.train, sizes)


def _simple_loss(pairs: LetterPairs, named: Named, which: Indices) -> float:
    """Nats per letter, ends included, of the names `which`."""
    names = [named.names[i] for i in which.tolist()]
    return float(pairs.losses(names, named.labels[which]).mean())


def _baselines(named: Named) -> tuple[Baseline, ...]:
    which = named.split.held_out[:_MEASURED]
    if not len(which):
        return ()
    loss = _simple_loss(_pairs(named), named, which)
    return (Baseline("letter pairs", "loss", loss, "Counts of letter pairs in each class."),)
