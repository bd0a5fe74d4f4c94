"""Label the nodes of parse trees: what a phrase means follows from its parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation, Example, Figure
from rnnviz.contracts.model import NOTHING_ASKED, Batch, Model, Sizes
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import CorpusSummary, TokenCount, Tokens
from rnnviz.contracts.task import Probe, Progress, evaluating, silent
from rnnviz.corpora import judged, portrait
from rnnviz.corpora.counting import ranked
from rnnviz.corpora.held_out import Split, split
from rnnviz.corpora.opened import BucketedTask
from rnnviz.corpora.reader import Line, Texts, open_texts
from rnnviz.corpora.sentences import Buckets, Indices, both
from rnnviz.corpora.trees import Tree, chain, parsed, read_trees
from rnnviz.corpora.words import UNKNOWN

_EXAMINED, _EXAMPLES, _LINES = 300, 12, 12
_MOST_LABELS = 200
_PIECES = str.maketrans({"(": " ( ", ")": " ) "})


@dataclass(frozen=True, slots=True, eq=False)
class Treebank:
    """The trees of a corpus, and which of them are kept aside."""

    trees: Sequence[Tree]
    cut: Split

    def buckets(self, config: RunConfig) -> tuple[Buckets, Buckets]:
        """Batches of trees of about equal size, to train on and kept aside."""
        sizes = np.array([len(tree) for tree in self.trees], np.int64)
        return both(config.training, self.cut.train, self.cut.held_out, sizes)


class TreeSentiment(BucketedTask[Treebank]):
    """Trees of words with a label at some or all nodes, in batches of about equal size."""

    name = "tree_sentiment"
    title = "Sentiment of trees"
    sentence = "Learns the label of every phrase of a sentence from its parts."
    formats = "bracketed trees, one a line: (good (not) (bad))"
    default_corpus = "sample:tree_sentiment/opinions.ptb"
    default_model = "recursive_tree"
    shape = "trees"
    ignores = ("training.sequence_length", "training.carry_state", "look.temperature")
    asks = "nodes"
    shows = ("graph", "confusion")
    suffixes = (".ptb", ".mrg", ".trees")

    def __init__(
        self,
        config: RunConfig,
        words: tuple[str, ...],
        labels: tuple[str, ...],
        summary: CorpusSummary,
        default_probe: str,
        bank: Treebank | None = None,
    ) -> None:
        super().__init__(config, summary, bank)
        self._words, self._labels, self._default_probe = words, labels, default_probe
        self._ids = {word: k for k, word in enumerate(words)}
        self._label_ids = {label: k for k, label in enumerate(labels)}

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> TreeSentiment:
        """Read the trees; UserError when they are none or have fewer than two labels."""
        task, training = config.task, config.training
        suffixes = (*cls.suffixes, ".txt")
        texts = open_texts(locate_corpus(task.corpus), task.encoding, progress, suffixes)
        trees = [_lowered(tree, task.lowercase) for tree in read_trees(texts, progress)]
        labels = Counter(label for tree in trees for label in tree.labels if label)
        if len(labels) < 2:
            raise UserError(f"{texts.path} has fewer than two labels: there is nothing to learn.")
        if len(labels) > _MOST_LABELS:
            raise UserError(f"{texts.path} has {len(labels):,} different labels: too many.")
        cut = split((tree.brackets() for tree in trees), task.validation_fraction, training.seed)
        counts = Counter(word for k in cut.train.tolist() for word in trees[k].sentence)
        words = (UNKNOWN, *ranked(counts, task.vocabulary_size, counts.total()))
        names = tuple(sorted(labels))
        shown = trees[int((cut.held_out if len(cut.held_out) else cut.train)[0])]
        bank = Treebank(trees, cut)
        summary = _summary(config, texts, bank, labels, counts)
        return cls(config, words, names, summary, shown.brackets(), bank)

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> TreeSentiment:
        """The task without its corpus: probes work, batches do not."""
        summary = CorpusSummary.from_data(state["summary"])
        words, labels = tuple(state["words"]), tuple(state["labels"])
        return cls(config, words, labels, summary, state["default_probe"])

    def state(self) -> dict[str, Any]:
        """Words, labels, the summary and the default probe."""
        return {
            "words": list(self._words),
            "labels": list(self._labels),
            "default_probe": self._default_probe,
            **super().state(),
        }

    @property
    def sizes(self) -> Sizes:
        """Words at the leaves, labels at the nodes."""
        return Sizes(inputs=len(self._words), outputs=len(self._labels))

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The labels."""
        return self._labels

    def batch(self, which: Indices) -> Batch:
        """Trees with the labels of their nodes."""
        return self._batch([self.opened.trees[k] for k in which.tolist()])

    def evaluate(self, model: Model) -> Evaluation | None:
        """Right labels at all nodes and at the roots of held-out trees, beside always the most
        frequent one.
        """
        bank = self._found
        if bank is None or not len(bank.cut.held_out):
            return None
        trees = [bank.trees[k] for k in bank.cut.held_out[:_EXAMINED].tolist()]
        true, said, roots = self._answers(model, trees)
        table = judged.confusion(true, said, len(self._labels))
        largest = float(table.sum(1).max() / table.sum())
        figures = (
            Figure("accuracy", judged.accuracy(table), "", "higher", largest, "most frequent"),
            Figure("accuracy at roots", float((true == said)[roots].mean())),
            Figure("balanced accuracy", judged.balanced(table)),
        )
        examples = [
            Example(" ".join(tree.sentence), self._labels[t], self._labels[s], bool(t == s))
            for tree, t, s in zip(trees, true[roots], said[roots], strict=False)
        ]
        arrays = {"confusion": judged.as_array(table)}
        return Evaluation(figures, arrays, self._labels, tuple(examples[:_EXAMPLES]))

    def _answers(self, model: Model, trees: list[Tree]) -> tuple[Indices, Indices, Indices]:
        """True and given label of every labelled node, and which of them are roots."""
        batch = self._batch(trees)
        with evaluating(model) as device:
            said = model(batch.to(device)).logits.argmax(-1).cpu()
        asked = batch.asked
        root = torch.zeros_like(asked)
        root[torch.arange(len(trees)), torch.tensor([len(tree) - 1 for tree in trees])] = True
        return batch.targets[asked].numpy(), said[asked].numpy(), root[asked].numpy()

    @property
    def default_probe(self) -> str:
        """A held-out tree with its labels."""
        return self._default_probe

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """A bracketed tree, or plain words, which are joined from the left and have no labels.
        UserError when there is no word.
        """
        tree = self._typed(text)
        batch = self._batch([tree])
        wanted = tuple(label if label in self._label_ids else "" for label in tree.labels)
        return Probe(text.strip(), batch, Tokens(tree.phrases(), wanted, ()))

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """`prompt` (or the default probe) with the labels that the network gives to its nodes."""
        tree = self._typed(prompt if prompt.strip() else self._default_probe)
        batch = self._batch([tree])
        with evaluating(model) as device:
            said = self.read(model(batch.to(device)).logits[0])
        return Tree(tree.words, tree.children, said).brackets()

    def _typed(self, text: str) -> Tree:
        text = text.lower() if self._config.task.lowercase else text
        if "(" not in text:
            words = text.split()
            if not words:
                raise UserError("Type a sentence, or a tree like (good (not) (bad)).")
            return chain(words)
        pieces = text.translate(_PIECES).split()
        depth = np.cumsum([(p == "(") - (p == ")") for p in pieces])
        if pieces[0] != "(" or depth[-1] != 0 or (depth[:-1] <= 0).any():
            raise UserError(
                "The brackets of the tree do not fit: write it like (good (not) (bad))."
            )
        return parsed(pieces, Line(locate_corpus("probe"), 1, text))

    def _batch(self, trees: Sequence[Tree]) -> Batch:
        """Padded to the largest tree with leaves that nothing is made of."""
        shape = len(trees), max(map(len, trees))
        words = np.zeros(shape, np.int64)
        children = np.full((*shape, 2), -1, np.int64)
        targets = np.full(shape, NOTHING_ASKED, np.int64)
        for row, tree in enumerate(trees):
            count = len(tree)
            words[row, :count] = [self._ids.get(word, 0) for word in tree.words]
            children[row, :count] = tree.children
            targets[row, :count] = [self._label_ids.get(x, NOTHING_ASKED) for x in tree.labels]
        lengths = torch.tensor([len(tree) for tree in trees])
        return Batch(
            torch.from_numpy(words),
            torch.from_numpy(targets),
            lengths if len(trees) > 1 else None,
            children=torch.from_numpy(children),
        )


def _lowered(tree: Tree, lowercase: bool) -> Tree:
    words = tuple(word.lower() for word in tree.words) if lowercase else tree.words
    return Tree(words, tree.children, tree.labels)


def _summary(
    config: RunConfig,
    texts: Texts,
    bank: Treebank,
    labels: Counter[str],
    words: Counter[str],
) -> CorpusSummary:
    training, validation = bank.buckets(config)
    trees, cut = bank.trees, bank.cut
    leaves = sum(len(tree.sentence) for tree in trees)
    facts = (
        ("trees", f"{len(trees):,}"),
        ("words", f"{leaves:,}"),
        ("labels", ", ".join(f"{name} {count:,}" for name, count in labels.most_common(8))),
        ("held out", f"{len(cut.held_out):,} trees"),
        ("twins, kept on one side", f"{cut.duplicates:,}"),
        ("padding", f"{training.padding():.1%} of the computed nodes"),
    )
    return CorpusSummary(
        **portrait.origin(config.task, texts),
        unit="words",
        token_count=leaves,
        vocabulary_size=len(words) + 1,
        most_frequent=tuple(TokenCount(w, n) for w, n in words.most_common(20)),
        first_lines=texts.first_lines(_LINES),
        facts=facts,
        warnings=() if len(cut.held_out) else ("Nothing is held out.",),
        **portrait.batching(training, validation),
        chunk_length=max(map(len, trees)),
        metric="accuracy" if len(cut.held_out) else "",
    )
