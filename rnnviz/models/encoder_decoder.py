"""Sequence to sequence: a bidirectional encoder reads the source, a decoder writes the target.

With additive attention the decoder asks for a new context at every step (Bahdanau et al. 2015);
without, its context is the encoder's final state throughout (Cho et al. 2014).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts import discovery
from rnnviz.contracts.cell import Cell, State
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Edge, Graph
from rnnviz.contracts.model import Autoregressive, Batch, Output, Plan, Sizes, Tap
from rnnviz.contracts.structure import Structure
from rnnviz.recurrence import description
from rnnviz.recurrence.attending import Attending, alignment, from_context
from rnnviz.recurrence.attention import AdditiveAttention, Memory
from rnnviz.recurrence.bidirectional import Bidirectional
from rnnviz.recurrence.inputs import token_input
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.start import initialise
from rnnviz.recurrence.tap import IDENTITY, NO_LAYER


@dataclass(frozen=True, slots=True)
class _Decoding:
    """Where the decoder stands: its state, the last context (B, 2H), and what it attends to."""

    state: State
    context: Tensor
    memory: Memory | None = None


class EncoderDecoder(Autoregressive):
    """Source tokens -> annotations -> at each target step a context, a decoder state and logits."""

    name = "encoder_decoder"
    title = "encoder and decoder"
    shapes = ("pairs",)

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        cell = discovery.find("cells", config.cell, Cell)(config)
        size, stack = config.hidden_size, (config.hidden_size, config.layers, config.dropout)
        self.dropout = config.dropout
        self.source_embedding = token_input(config, sizes.source)
        self.embedding = token_input(config, sizes.inputs)
        self.encoder = Bidirectional(cell, "encoder", self.source_embedding.embedding_dim, *stack)
        self.bridge = nn.Linear(2 * size, config.layers * size)
        attends = config.attention == "additive"
        self.attention = AdditiveAttention(size, 2 * size, size) if attends else None
        width = self.embedding.embedding_dim + 2 * size
        self.decoder = RecurrentLayers(cell, "decoder", width, *stack)
        self.readout = nn.Linear(3 * size, sizes.outputs)
        initialise(self, config)

    def forward(self, batch: Batch, state: Any = None) -> Output:
        begin = self.start(batch)
        if begin.memory is not None:
            return self._decode_attending(batch, begin, begin.memory, IDENTITY)
        h, _ = self.decoder(self._with_context(batch, begin), begin.state)
        return Output(self._read(h, begin.context[:, None].expand(-1, h.shape[1], -1)))

    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        x = self.source_embedding(_source(batch))
        begin = self._begin(batch, *self.encoder.tapped(x, tap, batch.source_lengths))
        if begin.memory is not None:
            return self._decode_attending(batch, begin, begin.memory, tap)
        tap.at("decoder", NO_LAYER, 0)("context", begin.context)
        h, _ = self.decoder.tapped(self._with_context(batch, begin), tap, begin.state)
        return Output(self._read(h, begin.context[:, None].expand(-1, h.shape[1], -1)))

    def start(self, batch: Batch) -> _Decoding:
        x = self.source_embedding(_source(batch))  # (B, S, I)
        return self._begin(batch, *self.encoder(x, batch.source_lengths))

    def _begin(self, batch: Batch, annotations: Tensor, end: Tensor) -> _Decoding:
        """The decoder before its first step, from annotations (B, S, 2H) and end (B, 2H)."""
        first = torch.tanh(self.bridge(end)).view(len(end), self.decoder.layers, -1)
        zeros = self.decoder.zero_state(len(end))
        state = (first.transpose(0, 1).contiguous(), *zeros[1:])  # (L, B, H) each
        if self.attention is None:
            return _Decoding(state, end)
        memory = self.attention.remember(annotations, batch.source_lengths)
        return _Decoding(state, end, memory)

    def _with_context(self, batch: Batch, begin: _Decoding) -> Tensor:
        """Each target token's vector beside the one context: (B, T, E + 2H)."""
        x = self.embedding(batch.inputs)
        return torch.cat((x, begin.context[:, None].expand(-1, x.shape[1], -1)), -1)

    def _decode_attending(self, batch: Batch, begin: _Decoding, memory: Memory, tap: Tap) -> Output:
        made = self._attending.steps(batch.inputs, begin.state, memory, tap)
        return Output(self._read(made.hidden, made.context), None, made.weights)

    @property
    def _attending(self) -> Attending:
        assert self.attention is not None
        return Attending(self.embedding, self.attention, self.decoder)

    def _read(self, h: Tensor, context: Tensor) -> Tensor:
        """Logits from decoder outputs (..., H) and contexts (..., 2H)."""
        both = torch.cat((h, context), -1)
        logits: Tensor = self.readout(F.dropout(both, self.dropout, self.training))
        return logits

    def advance(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        here: _Decoding = state
        if here.memory is not None:
            a_token = self._attending.from_tokens(tokens)
            made = self._attending.step(a_token, here.state, here.memory, IDENTITY, 0)
            h, now, context = made.hidden, made.state, made.context
        else:
            context = here.context
            x = torch.cat((self.embedding(tokens), context), -1)
            h, now = self.decoder.one_step(x, here.state, IDENTITY, 0)
        return self._read(h, context), replace(here, state=now, context=context)

    @property
    def structure(self) -> Structure:
        parts = (
            description.part(self.encoder.forward_layers, "encoder, forward", "source_time"),
            description.part(self.encoder.backward_layers, "encoder, backward", "source_time"),
            description.part(self.decoder, "decoder"),
        )
        roles = {
            "source_embedding": "embedding",
            "embedding": "embedding",
            "bridge": "bridge",
            "attention": "attention",
            "readout": "readout",
        }
        title = (
            f"{parts[0].cell.title} encoder and decoder {parts[0].layers}×{parts[0].hidden_size}"
        )
        parameters = description.parameters(self, roles)
        return Structure(self.name, title, parts, parameters, self.attention is not None)

    def graph(self, plan: Plan) -> Graph:
        time, source_time = plan.time, plan.source_time
        sources = description.tokens("source", source_time, 0, "x")
        annotations, inward = description.both_directions(self.encoder, "encoder", sources, 1)
        row = 2 * self.decoder.layers + 1
        steps = time if self.attention is not None else min(time, 1)
        contexts = description.tokens("context", steps, row, "c", "context")
        inputs = description.tokens("input", time, row + 1, "y")
        states = description.states(self.decoder, time, row + 2)
        tops = description.tops(self.decoder, time)
        above, upward = description.prediction(tops, plan.asked, row + 2 + self.decoder.layers)
        enter = description.input_edges(self.decoder, "decoder", [node.id for node in inputs])
        through = description.state_edges(self.decoder, "decoder", time)
        between = self._context_edges(plan)
        return Graph(
            (*sources, *annotations, *contexts, *inputs, *states, *above),
            (*inward, *between, *enter, *through, *upward),
        )

    def _context_edges(self, plan: Plan) -> list[Edge]:
        """Everything between encoder and decoder: bridge, alignment, and where the contexts go."""
        time, source_time, asked = plan.time, plan.source_time, frozenset(plan.asked)
        if not time or not source_time:
            return []
        decoder, attends = self.decoder, self.attention is not None
        ends = [self._annotations(source_time - 1)[0], self._annotations(0)[1]]
        first = [description.state_id(decoder, layer, 0) for layer in range(decoder.layers)]
        edges = [Edge(end, state, "bridge.weight") for end in ends for state in first]
        annotations: list[tuple[str, ...]] = [self._annotations(j) for j in range(source_time)]
        if attends:
            edges += alignment(decoder, annotations, time)
        else:
            edges += [Edge(end, "context@0") for end in ends]
        return edges + from_context(decoder, time, asked, once=not attends)

    def _annotations(self, j: int) -> tuple[str, str]:
        """Ids of the top states of both directions at source position j."""
        stacks = self.encoder.forward_layers, self.encoder.backward_layers
        ahead, back = (description.state_id(layers, -1, j) for layers in stacks)
        return ahead, back


def _source(batch: Batch) -> Tensor:
    if batch.source is None:
        raise ValueError("the encoder needs batch.source")
    return batch.source
