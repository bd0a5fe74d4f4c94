"""A decoder that asks for a new context at every step: what encoders of sentences and of pictures
share (Bahdanau et al. 2015, Xu et al. 2015).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts.cell import State
from rnnviz.contracts.graph import Edge
from rnnviz.contracts.model import Tap
from rnnviz.recurrence import description
from rnnviz.recurrence.attention import AdditiveAttention, Memory
from rnnviz.recurrence.inputs import OneHot
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.tap import NO_LAYER


@dataclass(frozen=True, slots=True)
class Attended:
    """What one step, or all of them side by side, makes.

    hidden   (B, H) or (B, T, H)
    context  (B, M) or (B, T, M)
    weights  (B, S) or (B, T, S)
    """

    hidden: Tensor
    context: Tensor
    weights: Tensor
    state: State


@dataclass(frozen=True, slots=True, eq=False)
class Attending:
    """The steps of such a decoder over modules that its model owns."""

    embedding: OneHot | nn.Embedding
    attention: AdditiveAttention
    decoder: RecurrentLayers

    def steps(self, tokens: Tensor, state: State, memory: Memory, tap: Tap) -> Attended:
        """All steps of tokens (B, T); what does not depend on the state is computed at once."""
        found: list[Attended] = []
        for time, a_token in enumerate(self.from_tokens(tokens).unbind(1)):
            found.append(self.step(a_token, state, memory, tap, time))
            state = found[-1].state
        hidden = torch.stack([one.hidden for one in found], 1)
        context = torch.stack([one.context for one in found], 1)
        return Attended(hidden, context, torch.stack([one.weights for one in found], 1), state)

    def step(self, a_token: Tensor, state: State, memory: Memory, tap: Tap, time: int) -> Attended:
        """One step from the token's share a_token (B, G*H) of the preactivation."""
        name = tap.at(self.decoder.part, NO_LAYER, time)
        context, weights = self.attention(state[0][-1], memory)  # s_{i-1} of the top layer
        context, weights = name("context", context), name("attention", weights)
        a_x = a_token + F.linear(context, self._weight_halves()[1])
        h, state = self.decoder.step_from(a_x, state, tap, time)
        return Attended(h, context, weights, state)

    def from_tokens(self, tokens: Tensor) -> Tensor:
        """The tokens' share of the decoder's preactivations: (B, ...) -> (B, ..., G*H)."""
        bias = self.decoder.weights(0)[2]
        return F.linear(self.embedding(tokens), self._weight_halves()[0], bias)

    def _weight_halves(self) -> tuple[Tensor, Tensor]:
        """The columns of the decoder's input weights for the token and for the context."""
        w_ih = self.decoder.weights(0)[0]
        size = self.embedding.embedding_dim
        return w_ih[:, :size], w_ih[:, size:]


def alignment(
    decoder: RecurrentLayers, annotations: list[tuple[str, ...]], time: int
) -> list[Edge]:
    """Every annotation into every context, and the decoder's question one step before.

    annotations  ids of the nodes that make up each annotation
    """
    edges = [
        Edge(node, f"context@{t}", weights="attention")
        for t in range(time)
        for annotation in annotations
        for node in annotation
    ]
    for t in range(1, time):
        before = description.state_id(decoder, -1, t - 1)
        edges.append(Edge(before, f"context@{t}", "attention.query.weight", 1))
    return edges


def from_context(
    decoder: RecurrentLayers, time: int, asked: frozenset[int], once: bool = False
) -> list[Edge]:
    """Where the contexts go: into the first layer, and into the outputs that are asked for.

    once  True where one context serves all steps
    """
    edges = []
    for t in range(time):
        context, span = f"context@{0 if once else t}", t if once else 0
        state = description.state_id(decoder, 0, t)
        edges.append(Edge(context, state, "decoder.kernel.weight_ih_l0", span))
        if t in asked:
            edges.append(Edge(context, f"output@{t}", "readout.weight", span))
    return edges
