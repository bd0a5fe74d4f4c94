# %% [markdown]
# # Looking into your own network
#
# Two networks in plain PyTorch, each trained by an ordinary loop. `rnnviz.record` looks inside
# them meanwhile; `rnnviz runs/letters` opens what it saw, also while this is still training.

# %%
import torch
from torch import nn
from torch.nn import functional as F

import rnnviz

STEPS = 300

TEXT = (
    "the rain came over the hill and the hill was grey. "
    "the wind came over the sea and the sea was loud. "
    "then the sun came over the hill and the sea was still. "
)

# %% [markdown]
# ## Letters
#
# An LSTM that foretells the next letter. The probe is one row of the data, `targets` are its true
# next letters: with them there are losses and gradients through time.

# %%
letters = sorted(set(TEXT))
ids = torch.tensor([letters.index(letter) for letter in TEXT])


class Letters(nn.Module):
    def __init__(self, units=48):
        super().__init__()
        self.embedding = nn.Embedding(len(letters), 16)
        self.lstm = nn.LSTM(16, units, num_layers=2, batch_first=True)
        self.readout = nn.Linear(units, len(letters))

    def forward(self, x):
        h, _ = self.lstm(self.embedding(x))
        return self.readout(h)


def batch(size=16, length=32):
    starts = torch.randint(0, len(ids) - length - 1, (size, 1))
    rows = ids[starts + torch.arange(length + 1)]
    return rows[:, :-1], rows[:, 1:]


torch.manual_seed(1)
net = Letters()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)

with rnnviz.record(
    "runs/letters",
    model=net,
    probe=ids[None, :40],
    targets=ids[None, 1:41],
    vocab=letters,
    optimizer=optimizer,
    config={"units": 48, "lr": 5e-3},
    overwrite=True,
) as rec:
    for _ in range(STEPS):
        x, y = batch()
        loss = F.cross_entropy(net(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        rec.step(loss, clip=1.0, tokens=y.numel())

print(f"letters: loss {loss.item():.3f} nats")

# %% [markdown]
# ## Numbers backwards, with attention
#
# An encoder, and a decoder that is a `GRUCell` in a loop. Its attention is found because the
# submodule is called so and returns weights that sum to 1.

# %%
DIGITS, LENGTH = 10, 6
BEGIN = DIGITS


class Attention(nn.Module):
    def __init__(self, units):
        super().__init__()
        self.query, self.key = nn.Linear(units, units), nn.Linear(units, units)
        self.score = nn.Linear(units, 1)

    def forward(self, state, memory):
        scores = self.score(torch.tanh(self.query(state)[:, None] + self.key(memory)))
        weights = scores.squeeze(-1).softmax(-1)
        return torch.einsum("bs,bsh->bh", weights, memory), weights


class Reversing(nn.Module):
    def __init__(self, units=32):
        super().__init__()
        self.embedding = nn.Embedding(DIGITS + 1, 12)
        self.encoder = nn.GRU(12, units, batch_first=True)
        self.attention = Attention(units)
        self.decoder = nn.GRUCell(12 + units, units)
        self.readout = nn.Linear(units, DIGITS)

    def forward(self, source, written):
        memory, last = self.encoder(self.embedding(source))
        state, answers = last[-1], []
        for word in self.embedding(written).unbind(1):
            context, _ = self.attention(state, memory)
            state = self.decoder(torch.cat((word, context), -1), state)
            answers.append(self.readout(state))
        return torch.stack(answers, 1)


def numbers(size=64):
    source = torch.randint(0, DIGITS, (size, LENGTH))
    target = source.flip(1)
    begin = torch.full((size, 1), BEGIN)
    return source, torch.cat((begin, target[:, :-1]), 1), target


torch.manual_seed(1)
net = Reversing()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
source, written, target = numbers(1)

with rnnviz.record(
    "runs/reversing",
    model=net,
    probe=(source, written),
    targets=target,
    vocab=[*"0123456789", "<s>"],
    optimizer=optimizer,
    overwrite=True,
) as rec:
    for _ in range(STEPS):
        source, written, target = numbers()
        logits = net(source, written)
        loss = F.cross_entropy(logits.flatten(0, 1), target.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rec.step(loss, metric=(logits.argmax(-1) == target).float().mean())

print(f"reversing: loss {loss.item():.3f} nats")

# %% [markdown]
# Now open them: `rnnviz runs/letters`, `rnnviz runs/reversing`, or without a window
# `rnnviz export runs/reversing --all pictures`.
