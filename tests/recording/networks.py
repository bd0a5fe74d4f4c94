"""Networks as people write them, without anything of this project."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

SYMBOLS = 11


class Tagger(nn.Module):
    """Embedding, two bidirectional layers, a linear layer at each time."""

    def __init__(self, kind: type[Any] = nn.LSTM, **options: Any) -> None:
        super().__init__()
        self.embedding = nn.Embedding(SYMBOLS, 5)
        options = {"num_layers": 2, "bidirectional": True, "batch_first": True} | options
        self.rnn = kind(5, 6, **options)
        width = (self.rnn.proj_size or 6) * (2 if self.rnn.bidirectional else 1)
        self.out = nn.Linear(width, SYMBOLS)

    def forward(self, ids: Tensor) -> Tensor:
        hidden, _ = self.rnn(self.embedding(ids))
        return self.out(hidden)


class Classifier(nn.Module):
    """Packed sequences of unequal length, a class from the last state."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(SYMBOLS, 5)
        self.rnn = nn.GRU(5, 6, batch_first=True)
        self.dropout = nn.Dropout(0.5)
        self.out = nn.Linear(6, 3)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.embedding(ids), lengths, batch_first=True, enforce_sorted=False
        )
        _, last = self.rnn(packed)
        return self.out(self.dropout(last[-1]))


class Stepping(nn.Module):
    """A cell in a loop, numbers in and out."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(2, 6)
        self.out = nn.Linear(6, 1)

    def forward(self, x: Tensor) -> Tensor:
        state, answers = None, []
        for now in x.unbind(1):
            state = self.cell(now, state)
            answers.append(self.out(state[0]))
        return torch.stack(answers, 1)


class BahdanauAttention(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.w, self.u, self.v = nn.Linear(size, 4), nn.Linear(size, 4), nn.Linear(4, 1)

    def forward(self, query: Tensor, keys: Tensor) -> tuple[Tensor, Tensor]:
        scores = self.v(torch.tanh(self.w(query)[:, None] + self.u(keys)))  # (B, S, 1)
        weights = scores.softmax(1)
        return (weights * keys).sum(1), weights


class Translator(nn.Module):
    """An encoder, and a decoder that attends, step by step; sequences come first in time."""

    def __init__(self) -> None:
        super().__init__()
        self.source = nn.Embedding(SYMBOLS, 5)
        self.target = nn.Embedding(SYMBOLS, 5)
        self.encoder = nn.GRU(5, 6, batch_first=True)
        self.attend = BahdanauAttention(6)
        self.decoder = nn.GRUCell(5 + 6, 6)
        self.out = nn.Linear(6, SYMBOLS)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        keys, last = self.encoder(self.source(source))
        h, logits = last[0], []
        for word in self.target(target).unbind(1):
            context, _ = self.attend(h, keys)
            h = self.decoder(torch.cat((word, context), -1), h)
            logits.append(self.out(h))
        return torch.stack(logits, 1)


class Attending(nn.Module):
    """A recurrent layer under self-attention; returns the weights beside its answer."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(SYMBOLS, 8)
        self.rnn = nn.GRU(8, 8, batch_first=True)
        self.mixing = nn.MultiheadAttention(8, 2, batch_first=True)
        self.out = nn.Linear(8, SYMBOLS)

    def forward(self, ids: Tensor) -> Tensor:
        hidden, _ = self.rnn(self.embedding(ids))
        mixed, _ = self.mixing(hidden, hidden, hidden, need_weights=False)
        return self.out(hidden + mixed)


class Unpacking(nn.Module):
    """Packs and unpacks, as tutorials do, and keeps its state between calls."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(3, 4, num_layers=2, dropout=0.4, batch_first=True)
        self.out = nn.Linear(4, 2)
        self.hidden: Any = None

    def forward(self, x: Tensor, lengths: Tensor) -> dict[str, Tensor]:
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        output, self.hidden = self.rnn(packed)
        padded, _ = pad_packed_sequence(output, batch_first=True)
        return {"features": padded, "logits": self.out(padded)}


class AttendingTwice(Attending):
    """A second self-attention upon the first, to the first three positions only."""

    def __init__(self) -> None:
        super().__init__()
        self.again = nn.MultiheadAttention(8, 1, batch_first=True)

    def forward(self, ids: Tensor) -> Tensor:
        hidden, _ = self.rnn(self.embedding(ids))
        mixed, _ = self.mixing(hidden, hidden, hidden, need_weights=False)
        seen = mixed[:, :3]
        return self.out(mixed + self.again(mixed, seen, seen)[0])
