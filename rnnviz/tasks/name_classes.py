"""Tell from its letters to which class a name belongs: many letters in, one answer at the end."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation, Example
from rnnviz.contracts.model import NOTHING_ASKED, Batch, Model, Output, Sizes
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import CorpusSummary, Tokens
from rnnviz.contracts.task import Probe, Progress, evaluating, silent
from rnnviz.corpora import balance, judged, names_judged, names_portrait
from rnnviz.corpora.named import LONGEST, Named, cleaned, read_names
from rnnviz.corpora.opened import BucketedTask
from rnnviz.corpora.reader import open_texts
from rnnviz.corpora.sentences import Buckets, Indices
from rnnviz.corpora.vocabulary import PADDING, Words, shown

_AT_ONCE, _EXAMPLES, _FIRST = 500, 20, 3
_SEPARATOR = re.compile(r"\s*(?:=>|\t)\s*")
_SIMPLE = "letter pairs (naive Bayes)"


class NameClasses(BucketedTask[Named]):
    """Names in batches of about equal length; something is asked at a name's last letter only."""

    name = "name_classes"
    title = "Names to classes"
    sentence = "Learns to tell from its letters which language a name comes from."
    formats = "a folder with one .txt file of names per class"
    default_corpus = "sample:name_classes"
    default_model = "recurrent"
    shape = "aligned"
    ignores = ("training.sequence_length", "training.carry_state", "look.temperature")
    asks = "names"
    shows = ("confusion", "trace")
    suffixes = ("",)

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
        self._padding = letters.id(PADDING)
        self._weights: Tensor | None = None
        if named:
            self._examined = names_judged.examined(named)
            self._simple = names_judged.by_pairs(named, self._examined)
            if config.task.balance == "weights":
                trained = named.labels[named.split.train]
                self._weights = torch.from_numpy(balance.weights(trained, len(classes))).float()

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> NameClasses:
        """Read the folder; UserError when it holds no two classes of names."""
        task = config.task
        texts = open_texts(locate_corpus(task.corpus), task.encoding, progress)
        named = read_names(texts, task, config.training.seed, progress)
        found = names_portrait.Measures("accuracy", names_judged.baselines(named))
        summary = names_portrait.of_names(task, texts, named, _buckets(config, named), found)
        example = named.example()
        pair = named.text(example), named.classes[named.labels[example]]
        return cls(config, named.letters, named.classes, summary, pair, named)

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> NameClasses:
        """The task without its corpus: names can be typed, batches cannot be made."""
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
        """Letters in, classes out."""
        return Sizes(
            len(self._letters.tokens),
            len(self._classes),
            padding=self._padding,
            answers_once=True,
        )

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The classes."""
        return tuple(map(shown, self._classes))

    def loss(self, output: Output, batch: Batch) -> Tensor:
        """Mean over the names; with `balance` weights, each weighs by how rare its class is."""
        if self._weights is None:
            return super().loss(output, batch)
        asked = batch.asked
        each = self._weights.to(output.logits.device)[batch.targets[asked]]
        return (self.losses(output, batch)[asked] * each).mean()

    def evaluate(self, model: Model) -> Evaluation | None:
        """Accuracy, plain and balanced, and the confusion matrix, over up to 4,000 names."""
        named = self._found
        if named is None or not len(self._examined):
            return None
        chances = self._chances(model, named, self._examined)  # (N, K)
        true, said = named.labels[self._examined], chances.argmax(1)
        table, simple = (
            judged.confusion(true, g, len(self._classes)) for g in (said, self._simple)
        )
        figures = (
            *judged.figures(table, simple, _SIMPLE),
            names_judged.among_first(chances, true, _FIRST),
        )
        arrays = {"confusion": judged.as_array(table)}
        examples = self._examples(named, chances, true == said)
        return Evaluation(figures, arrays, self.vocabulary, examples)

    @property
    def default_probe(self) -> str:
        """A held-out name; its probe knows its class."""
        return self._shown_pair[0]

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """`name`, or `name => class`. Without a class the network's own answer stands for it, and
        no truth is shown.

        UserError when the name is empty, or when there is neither a class nor a model.
        """
        name, label = self._sides(text)
        row = self._encode(name)
        truth = label or self._answer(model, row)
        targets = torch.full_like(row, NOTHING_ASKED)
        targets[0, -1] = self._classes.index(truth)
        names = tuple(shown(letter) for letter in cleaned(name, self._lower)[: row.shape[1]])
        said = ("",) * (len(names) - 1) + (shown(label),)
        return Probe(text.strip(), Batch(row, targets), Tokens(names, said, ()))

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """The three likeliest classes of the name `prompt`; "" stands for the default probe."""
        name = self._sides(prompt)[0] if prompt.strip() else self.default_probe
        with evaluating(model) as device:
            row = self._encode(name).to(device)
            chances = model(Batch(row, row)).logits[0, -1].softmax(-1).cpu().numpy()
        return f"{name} => {self._listed(chances)}"

    @property
    def _lower(self) -> bool:
        return self._config.task.lowercase

    @cached_property
    def buckets(self) -> tuple[Buckets, Buckets]:
        """With `balance` sampling, of all classes equally many to train on."""
        return _buckets(self._config, self.opened)

    def batch(self, which: Indices) -> Batch:
        """Names, each with its class wanted at the last letter."""
        named = self.opened
        ids, lengths = map(torch.from_numpy, named.names.padded(which, self._padding))
        targets = torch.full_like(ids, NOTHING_ASKED)
        targets[torch.arange(len(ids)), lengths - 1] = torch.from_numpy(named.labels[which])
        return Batch(ids, targets, lengths)

    def _chances(self, model: Model, named: Named, which: Indices) -> np.ndarray:
        """(N, K) probabilities of the classes."""
        found = np.zeros((len(which), len(self._classes)))
        order = np.argsort(named.names.lengths[which], kind="stable")
        with evaluating(model) as device:
            for start in range(0, len(order), _AT_ONCE):
                places = order[start : start + _AT_ONCE]
                batch = self.batch(which[places])
                assert batch.lengths is not None
                ends = torch.arange(len(places)), batch.lengths - 1
                chances = model(batch.to(device)).logits.softmax(-1)
                found[places] = chances.cpu()[ends].numpy()
        return found

    def _examples(
        self, named: Named, chances: np.ndarray, right: np.ndarray
    ) -> tuple[Example, ...]:
        """As many wrong as right ones, where there are."""
        wrong = np.flatnonzero(~right)[:_EXAMPLES]
        chosen = [*wrong.tolist(), *np.flatnonzero(right)[:_EXAMPLES].tolist()]
        found = []
        for place in chosen:
            index = int(self._examined[place])
            true = self.vocabulary[named.labels[index]]
            said = self._listed(chances[place])
            found.append(Example(named.text(index), true, said, bool(right[place])))
        return tuple(found)

    def _listed(self, chances: np.ndarray) -> str:
        """`Velish 0.91 · Norrish 0.06 · Tashir 0.01`."""
        if not np.isfinite(chances).all():
            return "nothing: the network's output is not a number"
        best = np.argsort(-chances, kind="stable")[:_FIRST].tolist()
        return " · ".join(f"{self._classes[k]} {chances[k]:.2f}" for k in best)

    def _sides(self, text: str) -> tuple[str, str]:
        """Name and class of a probe's text; UserError when there is no such class."""
        name, *rest = _SEPARATOR.split(text.strip(), maxsplit=1)
        if not rest:
            return self._shown_pair if name == self._shown_pair[0] else (name, "")
        known = {label.casefold(): label for label in self._classes}
        if rest[0].casefold() not in known:
            listed = ", ".join(self._classes[:12]) + (" …" if len(self._classes) > 12 else "")
            raise UserError(f"There is no class “{rest[0]}”: choose one of {listed}.")
        return name, known[rest[0].casefold()]

    def _encode(self, name: str) -> Tensor:
        """(1, T) ids of a typed name, at most its first letters."""
        ids = self._letters.encode_tokens(list(cleaned(name, self._lower)))[:LONGEST]
        if not len(ids):
            raise UserError("The name is empty: type at least one letter.")
        return torch.from_numpy(ids.astype(np.int64))[None]

    def _answer(self, model: Model | None, row: Tensor) -> str:
        if model is None:
            raise UserError("The probe has no class: write it as `name => class`.")
        with evaluating(model) as device:
            logits = model(Batch(row.to(device), row.to(device))).logits[0, -1]
        return self._classes[int(logits.argmax())]


def _buckets(config: RunConfig, named: Named) -> tuple[Buckets, Buckets]:
    training, validation = named.buckets(config)
    if config.task.balance == "sampling":
        train, lengths = named.split.train, named.names.lengths
        size, seed = config.training.batch_size, config.training.seed
        training = balance.Even(train, [lengths[train]], size, seed, named.labels[train])
    return training, validation
