"""The honest reference: what a good engineer writes with `nn.LSTM`, on the same data, and nothing
else.

Same order of batches, same optimizer and numbers, same clipping, same threads as the program's own
run; no observation, no recording, no window. The loss is read once a step, as everybody does who
prints it.
"""

from __future__ import annotations

import time
from pathlib import Path

import torch
from torch import Tensor, nn

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.engine.session import use_threads


class BareLoop:
    """A character language model in plain PyTorch."""

    def __init__(self, config: RunConfig) -> None:
        model, training = config.model, config.training
        # PyTorch counts threads per calling thread, and the run has another one than this loop.
        use_threads(training.threads)
        text = Path(locate_corpus(config.task.corpus)).read_text(encoding="utf-8")
        letters = sorted(set(text))
        index = {letter: number for number, letter in enumerate(letters)}
        ids = torch.tensor([index[letter] for letter in text])
        self.rows, self.length = training.batch_size, training.sequence_length
        usable = (len(ids) - 1) // self.rows * self.rows
        self.inputs = ids[:usable].view(self.rows, -1)
        self.targets = ids[1 : usable + 1].view(self.rows, -1)
        self.vocabulary = len(letters)
        self.lstm = nn.LSTM(self.vocabulary, model.hidden_size, model.layers, batch_first=True)
        self.readout = nn.Linear(model.hidden_size, self.vocabulary)
        self.parameters = [*self.lstm.parameters(), *self.readout.parameters()]
        self.optimizer = torch.optim.RMSprop(
            self.parameters, training.learning_rate, alpha=training.smoothing
        )
        self.clip = training.clip_threshold
        self.chunk = 0
        self.state: tuple[Tensor, Tensor] | None = None

    def step(self) -> float:
        """One update; the loss in nats."""
        if (self.chunk + 1) * self.length > self.inputs.shape[1]:
            self.chunk, self.state = 0, None
        here = slice(self.chunk * self.length, (self.chunk + 1) * self.length)
        inputs = nn.functional.one_hot(self.inputs[:, here], self.vocabulary).float()
        output, state = self.lstm(inputs, self.state)
        logits = self.readout(output)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), self.targets[:, here].flatten())
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_value_(self.parameters, self.clip)
        self.optimizer.step()
        self.state = state[0].detach(), state[1].detach()
        self.chunk += 1
        return loss.item()

    def rate(self, seconds: float) -> float:
        """Steps per second over about that time."""
        begun, steps = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds:
            self.step()
            steps += 1
        return steps / (time.perf_counter() - begun)
