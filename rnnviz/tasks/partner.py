"""A word opens, and many words later its partner is asked: how far apart may they stand?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation, Example, Figure
from rnnviz.contracts.model import NOTHING_ASKED, Batch, Model, Sizes
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import Baseline, CorpusSummary, TokenCount, Tokens
from rnnviz.contracts.task import Probe, Progress, evaluating, silent
from rnnviz.corpora import portrait
from rnnviz.corpora.drawn import EPOCH, VALIDATION, DrawnTask, lag_arrays
from rnnviz.corpora.nested import fillers_between, pairs_between
from rnnviz.corpora.partners import ASK, Partners, read_partners
from rnnviz.corpora.reader import Texts, open_texts

_EXAMPLES, _LONGEST_PROBE = 12, 500
_GUESSING = "guessing"

Ids = NDArray[np.int64]


class PartnerTask(DrawnTask):
    """An opening word, fillers, and at the end the sign that asks for the opening word's partner.
    As brackets, further pairs open and close in between and are asked for as well.
    """

    name = "partner"
    title = "Partner words"
    sentence = "Learns to close what a word opened many words before."
    formats = "a text with pairs such as either -> or, and words to stand between"
    default_corpus = "sample:partner/pairs.txt"
    default_model = "recurrent"
    shape = "aligned"
    ignores = ("look.temperature",)
    asks = "partners"
    suffixes = (".txt",)

    def __init__(self, config: RunConfig, partners: Partners, summary: CorpusSummary) -> None:
        super().__init__(config, summary)
        self._partners, self._words = partners, partners.words
        self._closes = np.array(partners.closes)

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> PartnerTask:
        """Read pairs and fillers; UserError when there are too few."""
        texts = open_texts(locate_corpus(config.task.corpus), config.task.encoding, progress)
        partners = read_partners(texts, progress)
        return cls(config, partners, _summary(config, texts, partners))

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> PartnerTask:
        """The same task; sequences are drawn, so nothing is missing."""
        openings, closings, closes, fillers = (tuple(words) for words in state["partners"])
        partners = Partners(openings, closings, closes, fillers)
        return cls(config, partners, CorpusSummary.from_data(state["summary"]))

    def state(self) -> dict[str, Any]:
        """The words and the summary."""
        known = self._partners
        return {
            "partners": [list(known.openings), list(known.closings), list(known.closes),
                         list(known.fillers)],
            "summary": self._summary.to_data(),
        }  # fmt: skip

    @property
    def sizes(self) -> Sizes:
        """All words in, closing words out."""
        once = self._config.task.test == "partner"
        return Sizes(len(self._words), len(self._partners.closings), answers_once=once)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The closing words."""
        return self._partners.closings

    def drawn(self, random: np.random.Generator, rows: int, distance: int) -> Batch:
        """`distance` + 1 words in each row; the first one's partner is asked at the last."""
        between = fillers_between if self._config.task.test == "partner" else pairs_between
        pairs, fillers = len(self._partners.openings), len(self._partners.fillers)
        return self._batch(*between(random, rows, distance, pairs, fillers))

    def _batch(self, read: Ids, wanted: Ids) -> Batch:
        """Words read and opening words that are asked for, (B, T)."""
        targets = np.where(wanted == NOTHING_ASKED, NOTHING_ASKED, self._closes[wanted.clip(0)])
        return Batch(torch.from_numpy(read), torch.from_numpy(targets))

    def right(self, said: NDArray[np.float32], batch: Batch) -> NDArray[np.bool_]:
        """Whether the likeliest closing word is the right one."""
        found: NDArray[np.bool_] = said.argmax(-1) == batch.targets[:, -1].numpy()
        return found

    def evaluate(self, model: Model) -> Evaluation | None:
        """How often the first word's partner is right, by how far back it stands."""
        distance, lags = self._config.task.distance, self.by_lag(model)
        chance = _chance(self._partners)
        figures = tuple(
            Figure(name, lags[lag], "", "higher", chance, _GUESSING)
            for name, lag in (("accuracy", distance), ("accuracy at distance 100", 100))
        )
        batch = self.examined(distance)
        said = self.said(model, batch).argmax(-1)
        examples = tuple(self._example(batch, k, int(said[k])) for k in range(_EXAMPLES))
        return Evaluation(figures, lag_arrays(lags, chance), examples=examples)

    def _example(self, batch: Batch, row: int, said: int) -> Example:
        words, true = self._spelt(batch.inputs[row].tolist()), int(batch.targets[row, -1])
        closings = self._partners.closings
        return Example(" ".join(words), closings[true], closings[said], true == said)

    def _spelt(self, ids: list[int]) -> tuple[str, ...]:
        return tuple(self._words[k] for k in ids)

    @property
    def default_probe(self) -> str:
        """A held-out sequence over the full distance."""
        batch = self.examined(self._config.task.distance, 0)
        return " ".join(self._spelt(batch.inputs[0].tolist()))

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """The words of `text`, `?` where a partner is asked, which is always at the end; UserError
        without an opening word.
        """
        read, wanted = self._nested(text.split()[:_LONGEST_PROBE])
        batch = self._batch(np.array([read]), np.array([wanted]))
        closings = self._partners.closings
        true = tuple("" if k < 0 else closings[k] for k in batch.targets[0].tolist())
        words = self._spelt(read)
        return Probe(" ".join(words), batch, Tokens(words, true, ()))

    def _nested(self, words: list[str]) -> tuple[list[int], list[int]]:
        """Ids read and opening words asked for; words that are not known are left out."""
        ids = {word: k for k, word in enumerate(self._words)}
        ids |= dict.fromkeys(self._partners.closings, ids[ASK]) | ids
        known = [ids[word] for word in words if word in ids]
        known += [] if known[-1:] == [ids[ASK]] else [ids[ASK]]
        asks, opened = [], list[int]()
        for k in known:
            asks.append(opened.pop() if k == ids[ASK] and opened else NOTHING_ASKED)
            opened += [k] if k < len(self._partners.openings) else []
        if max(asks) == NOTHING_ASKED:
            names = ", ".join(self._partners.openings[:20])
            raise UserError(f"Type a word that opens a pair, and others after it: {names}.")
        return known, asks

    def remark(self, text: str) -> str:
        """Which words are not known."""
        known = {*self._words, *self._partners.closings}
        strange = [word for word in dict.fromkeys(text.split()) if word not in known]
        return f"Not in this corpus and left out: {', '.join(strange[:8])}." if strange else ""

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """`prompt`, or a sequence drawn with `seed`, with what the network says where it is
        asked.
        """
        if prompt.strip():
            batch = self.probe(prompt).batch
        else:
            distance = self._config.task.distance
            batch = self.drawn(np.random.default_rng(seed), 1, distance)
        with evaluating(model) as device:
            logits = model(batch.to(device)).logits[0]
        words = self._spelt(batch.inputs[0].tolist())
        said = self.read(logits)
        return " ".join(f"→ {s}" if w == ASK else w for w, s in zip(words, said, strict=True))


def _chance(partners: Partners) -> float:
    """Always the closing word that most opening words have."""
    return float(np.bincount(partners.closes).max() / len(partners.closes))


def _nats(partners: Partners) -> float:
    """The loss of knowing how often each closing word comes, and nothing else."""
    shares = np.bincount(partners.closes) / len(partners.closes)
    return float(-(shares * np.log(shares)).sum())


def _summary(config: RunConfig, texts: Texts, partners: Partners) -> CorpusSummary:
    task, nats = config.task, _nats(partners)
    pairs = zip(partners.openings, partners.closes, strict=True)
    named = [f"{opening} … {partners.closings[k]}" for opening, k in pairs]
    help = (
        f"Knows no opening word: e^{nats:.3f} = {math.exp(nats):.3g} closing words are as likely."
    )
    varied = f"1 to {task.distance:,}" if task.lengths == "varied" else f"{task.distance:,}"
    return CorpusSummary(
        **portrait.origin(task, texts),
        unit="words",
        token_count=len(partners.words) - 1,
        vocabulary_size=len(partners.closings),
        most_frequent=tuple(TokenCount(word, 1) for word in partners.fillers[:20]),
        first_lines=texts.first_lines(12),
        facts=(
            ("pairs", ", ".join(named[:12])),
            ("words between", f"{len(partners.fillers):,}"),
            ("words from opening to asking", varied),
            ("further pairs between", "none" if task.test == "partner" else "up to 3 at a time"),
            ("loss of guessing", f"{nats:.3f} nats"),
        ),
        rows=config.training.batch_size,
        chunks_train=EPOCH,
        chunks_validation=VALIDATION,
        chunk_length=task.distance + 1,
        metric="accuracy",
        baselines=(Baseline(_GUESSING, "loss", nats, help),),
    )
