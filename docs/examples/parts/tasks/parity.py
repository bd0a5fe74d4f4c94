"""Parity: whether the ones read so far are odd in number, asked at the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import NOTHING_ASKED, Batch, Model, Sizes
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import CorpusSummary, Tokens
from rnnviz.contracts.task import Probe, Progress, silent
from rnnviz.corpora import portrait
from rnnviz.corpora.drawn import EPOCH, VALIDATION, DrawnTask
from rnnviz.corpora.reader import open_texts


class Parity(DrawnTask):
    """Bits are drawn anew for every step: nothing is read of the corpus but its name."""

    name = "parity"
    title = "Parity"
    sentence = "Learns whether the ones among some bits are odd in number."
    formats = "any text: bits are drawn"
    default_corpus = "sample:adding/numbers.txt"
    default_model = "recurrent"
    shape = "aligned"
    suffixes = (".txt",)

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> Parity:
        """Nothing can be wrong with a corpus that is not read."""
        texts = open_texts(locate_corpus(config.task.corpus), config.task.encoding, progress)
        summary = CorpusSummary(
            **portrait.origin(config.task, texts),
            unit="bits",
            token_count=2,
            vocabulary_size=2,
            most_frequent=(),
            first_lines=("0110100",),
            facts=(("bits", "drawn anew at each step"),),
            rows=config.training.batch_size,
            chunks_train=EPOCH,
            chunks_validation=VALIDATION,
            chunk_length=config.task.distance,
        )
        return cls(config, summary)

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> Parity:
        """The same task: bits are drawn, so nothing is missing."""
        return cls(config, CorpusSummary.from_data(state["summary"]))

    def state(self) -> dict[str, Any]:
        """The summary."""
        return {"summary": self._summary.to_data()}

    @property
    def sizes(self) -> Sizes:
        """Two bits in, two answers out, one of them at the end."""
        return Sizes(inputs=2, outputs=2, answers_once=True)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The answers."""
        return ("even", "odd")

    def drawn(self, random: np.random.Generator, rows: int, distance: int) -> Batch:
        """`distance` bits in each row."""
        return _batch(random.integers(0, 2, (rows, distance)))

    def right(self, said: NDArray[np.float32], batch: Batch) -> NDArray[np.bool_]:
        """Whether the likelier answer is the true one."""
        found: NDArray[np.bool_] = said.argmax(-1) == batch.targets[:, -1].numpy()
        return found

    @property
    def default_probe(self) -> str:
        """Seven bits."""
        return "0110100"

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """Zeros and ones; UserError where there is none."""
        bits = [int(c) for c in text if c in "01"]
        if not bits:
            raise UserError("The probe has no bits: type zeros and ones.")
        batch = _batch(np.array([bits]))
        truth = self.vocabulary[int(batch.targets[0, -1])]
        read = tuple(map(str, bits))
        return Probe("".join(read), batch, Tokens(read, ("",) * (len(read) - 1) + (truth,), ()))

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """What the network answers to the bits of `prompt`, or of the default probe."""
        probe = self.probe(prompt or self.default_probe)
        return f"{probe.text}: {self.vocabulary[int(self.said(model, probe.batch)[0].argmax())]}"


def _batch(bits: NDArray[np.int64]) -> Batch:
    """(B, T) bits, asked for at the last of them."""
    targets = np.full_like(bits, NOTHING_ASKED)
    targets[:, -1] = bits.sum(1) % 2
    return Batch(torch.from_numpy(bits), torch.from_numpy(targets))
