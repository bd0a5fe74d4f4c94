"""Copy what was read, after a pause: how long and how much a network can keep (Hochreiter and
Schmidhuber 1997; Graves et al. 2014).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
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
from rnnviz.contracts.task import Probe, Progress, Task, evaluating, silent
from rnnviz.corpora import portrait
from rnnviz.corpora.drawn import Lags, lag_arrays
from rnnviz.corpora.reader import Texts, open_texts

GO, BLANK = "▸", "·"
_EPOCH, _VALIDATION, _EXAMINED, _EXAMPLES = 500, 4, 64, 12
_HELD_OUT = 10**9
_SHORTER = (1, 2, 5)
_MOST_SYMBOLS = 1000

Ids = NDArray[np.int64]


class Copying(Task):
    """Symbols, a pause, a sign to begin, and then as many blanks, at which the symbols are asked
    for. Sequences are drawn anew for every step.
    """

    name = "copying"
    title = "Copying"
    sentence = "Learns to repeat a sequence of random symbols after a pause."
    formats = "a text whose distinct characters are the symbols"
    default_corpus = "sample:copying/eight-letters.txt"
    default_model = "neural_turing_machine"
    shape = "aligned"
    ignores = (
        "training.sequence_length",
        "training.carry_state",
        "task.lowercase",
        "task.validation_fraction",
        "look.temperature",
    )
    suffixes = (".txt",)

    def __init__(self, config: RunConfig, symbols: tuple[str, ...], summary: CorpusSummary) -> None:
        super().__init__(config, summary)
        self._symbols = symbols
        self._go, self._blank = len(symbols), len(symbols) + 1

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> Copying:
        """Read the symbols; UserError when there are fewer than two."""
        texts = open_texts(locate_corpus(config.task.corpus), config.task.encoding, progress)
        found: set[str] = set()
        for line in texts.lines(progress):
            found |= set(line.text)
        symbols = tuple(sorted(c for c in found if c.isprintable() and not c.isspace()))
        symbols = tuple(c for c in symbols if c not in (GO, BLANK))[:_MOST_SYMBOLS]
        if len(symbols) < 2:
            raise UserError(
                f"{texts.path} has fewer than two distinct characters: nothing could be copied."
            )
        return cls(config, symbols, _summary(config, texts, symbols))

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> Copying:
        """The same task; sequences are drawn, so nothing is missing."""
        return cls(config, tuple(state["symbols"]), CorpusSummary.from_data(state["summary"]))

    def state(self) -> dict[str, Any]:
        """The symbols and the summary."""
        summary = self._summary.to_data()
        return {"symbols": list(self._symbols), "summary": summary}

    @property
    def sizes(self) -> Sizes:
        """Symbols, the sign to begin and the blank in; symbols out."""
        return Sizes(inputs=len(self._symbols) + 2, outputs=len(self._symbols))

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The symbols."""
        return self._symbols

    @property
    def batches_per_epoch(self) -> int:
        """A number of steps: sequences never repeat."""
        return _EPOCH

    def train_batch(self, step: int) -> Batch:
        """Random symbols, as many in every row."""
        task, training = self._config.task, self._config.training
        random = np.random.default_rng((training.seed, step))
        varied = task.lengths == "varied"
        length = int(random.integers(1, task.length + 1)) if varied else task.length
        return self._batch(self._drawn(random, training.batch_size, length))

    def validation_batches(self) -> Iterator[Batch]:
        """Sequences of the full length that are not trained on."""
        for index in range(_VALIDATION):
            yield self._batch(self._examined(index, self._config.task.length))

    def evaluate(self, model: Model) -> Evaluation | None:
        """How many symbols are right at the full length and at twice it, never trained on."""
        once, twice = self._config.task.length, 2 * self._config.task.length
        asked, said = self._examined(99, once), self._answers(model, self._examined(99, once))
        further = self._examined(98, twice)
        right = asked == said
        chance, name = 1 / len(self._symbols), "guessing"
        figures = (
            Figure("accuracy", float(right.mean()), baseline=chance, baseline_name=name),
            Figure("whole sequences", float(right.all(1).mean())),
            Figure(
                f"accuracy at length {twice}",
                float((self._answers(model, further) == further).mean()),
                baseline=chance,
                baseline_name=name,
            ),
        )
        lags = self._by_lag(model, sorted({*_SHORTER, once, twice}))
        rows = zip(asked[:_EXAMPLES].tolist(), said[:_EXAMPLES].tolist(), strict=True)
        examples = tuple(
            Example(self._text(a), self._text(a), self._text(b), a == b) for a, b in rows
        )
        return Evaluation(figures, lag_arrays(lags, chance), examples=examples)

    def _by_lag(self, model: Model, lengths: list[int]) -> Lags:
        """The share that is right by the steps between a symbol and its copy."""
        found: Lags = {}
        for length in lengths:
            asked = self._examined(97, length)
            right = self._answers(model, asked) == asked
            found[length + self._config.task.lag + 1] = float(right.mean())
        return found

    def _answers(self, model: Model, asked: Ids) -> Ids:
        """What the network says at the places where the symbols (B, L) are asked for."""
        with evaluating(model) as device:
            logits = model(self._batch(asked).to(device)).logits
        answers: Ids = logits[:, -asked.shape[1] :].argmax(-1).cpu().numpy()
        return answers

    def _examined(self, index: int, length: int) -> Ids:
        random = np.random.default_rng((self._config.training.seed, _HELD_OUT + index))
        return self._drawn(random, _EXAMINED, length)

    def _drawn(self, random: np.random.Generator, rows: int, length: int) -> Ids:
        return random.integers(0, len(self._symbols), (rows, length), dtype=np.int64)

    def _batch(self, symbols: Ids) -> Batch:
        """symbols (B, L) -> inputs and targets (B, L + lag + 1 + L)."""
        rows, length = symbols.shape
        pause = np.full((rows, self._config.task.lag), self._blank)
        go, blanks = np.full((rows, 1), self._go), np.full((rows, length), self._blank)
        inputs = np.concatenate((symbols, pause, go, blanks), 1)
        targets = np.full_like(inputs, NOTHING_ASKED)
        targets[:, -length:] = symbols
        return Batch(torch.from_numpy(inputs), torch.from_numpy(targets))

    @property
    def default_probe(self) -> str:
        """A held-out sequence of the full length."""
        return self._text(self._examined(0, self._config.task.length)[0].tolist())

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """The symbols of `text`; other characters are left out, UserError when none remains."""
        known = [c for c in text if c in self._symbols][:200]
        if not known:
            names = " ".join(self._symbols[:20])
            raise UserError(f"Type at least one of the symbols that are copied: {names}.")
        batch = self._batch(np.array([[self._symbols.index(c) for c in known]]))
        names_in = (*self._symbols, GO, BLANK)
        read = tuple(names_in[i] for i in batch.inputs[0].tolist())
        wanted = tuple("" if i < 0 else self._symbols[i] for i in batch.targets[0].tolist())
        return Probe("".join(known), batch, Tokens(read, wanted, ()))

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """The copy of `prompt`, or of a sequence drawn with `seed`, behind what it copies."""
        drawn = self._drawn(np.random.default_rng(seed), 1, min(length, self._config.task.length))
        text = prompt if any(c in self._symbols for c in prompt) else self._text(drawn[0].tolist())
        asked = self.probe(text).batch.targets
        ids = asked[asked >= 0].numpy()[None]
        copy = self._text(self._answers(model, ids)[0].tolist())
        return f"{self._text(ids[0].tolist())} → {copy}"

    def _text(self, ids: list[int]) -> str:
        return "".join(self._symbols[i] for i in ids)


def _summary(config: RunConfig, texts: Texts, symbols: tuple[str, ...]) -> CorpusSummary:
    task = config.task
    nats = math.log(len(symbols))
    help = "Without memory every symbol is as likely as any other."
    return CorpusSummary(
        **portrait.origin(task, texts),
        unit="symbols",
        token_count=len(symbols),
        vocabulary_size=len(symbols),
        most_frequent=tuple(TokenCount(symbol, 1) for symbol in symbols[:20]),
        first_lines=("".join(symbols),),
        facts=(
            ("symbols", f"{len(symbols)}"),
            (
                "to be copied",
                f"1 to {task.length}" if task.lengths == "varied" else f"{task.length}",
            ),
            ("blank steps before", f"{task.lag:,}"),
            ("loss without memory", f"ln {len(symbols)} = {nats:.3f} nats per symbol"),
        ),
        rows=config.training.batch_size,
        chunks_train=_EPOCH,
        chunks_validation=_VALIDATION,
        chunk_length=2 * task.length + task.lag + 1,
        metric="accuracy",
        baselines=(Baseline("no memory", "loss", nats, help),),
    )
