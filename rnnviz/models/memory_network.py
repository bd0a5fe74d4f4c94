"""A memory network: a question looks facts up by similarity, and with what it found looks again
(Sukhbaatar et al. 2015, with the weights of all hops tied; Weston et al. 2014).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Edge, Graph, Node
from rnnviz.contracts.model import Batch, Model, Output, Plan, Sizes, Tap
from rnnviz.contracts.structure import CellInfo, Equation, Part, Quantity, Structure
from rnnviz.recurrence import description
from rnnviz.recurrence.start import initialise
from rnnviz.recurrence.tap import IDENTITY, NO_LAYER

PADDING = 0
"""Id of the word that fills facts and questions up."""

_SOURCE = "Sukhbaatar et al. 2015, eq. 1–3 and section 2.2"
_INFO = CellInfo(
    "hop",
    "memory hop",
    ("h",),
    ("h",),
    (Quantity("h", "question so far", "state", None, None,
              "The question's vector (u) after this hop: what it was, and what it found."),),
    (Equation("h", r"{h} = H {h-} + \sum_i p_i\, c_i, \quad p_i = softmax(m_i \cdot {h-})", "",
              _SOURCE),),
    spans=(),
)  # fmt: skip


class MemoryNetwork(Model):
    """Facts -> keys m_i and values c_i; u_0 from the question; u_k = H u_{k-1} + Σ p_i c_i. Time
    counts the hops.
    """

    name = "memory_network"
    title = "memory network"
    shapes = ("questions",)
    shows = ("attention",)
    looks_ahead = True
    ignores = ("cell", "layers", "input", "embedding_size", "nonlinearity")

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        size = config.hidden_size
        self.size, self.facts, self.dropout = size, config.memory_facts, config.dropout
        self.question = nn.Embedding(sizes.inputs, size)  # B
        self.key = nn.Embedding(sizes.inputs, size)  # A
        self.value = nn.Embedding(sizes.inputs, size)  # C
        self.key_age = nn.Embedding(self.facts, size)  # T_A: how long ago a fact was told
        self.value_age = nn.Embedding(self.facts, size)  # T_C
        self.hop = nn.Linear(size, size, bias=False)  # H
        self.readout = nn.Linear(size, sizes.outputs)
        for embedding in (self.question, self.key, self.value, self.key_age, self.value_age):
            nn.init.normal_(embedding.weight, std=0.1)
        initialise(self, config)

    def forward(self, batch: Batch, state: Any = None) -> Output:
        return self.tapped(batch, IDENTITY, state)

    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        keys, values, mask = self._memory(batch)
        u = self._sentence(self.question, _given(batch.context))  # (B, H)
        logits, weights = [], []
        for k in range(batch.inputs.shape[1]):
            outside, name = tap.at("", NO_LAYER, k), tap.at("controller", 0, k)
            scores = torch.einsum("bsh,bh->bs", keys, u) + mask
            p = outside("attention", torch.softmax(scores, -1))  # (B, S)
            found = outside("context", torch.einsum("bs,bsh->bh", p, values))
            u = name("h", self.hop(u) + name("a_x", found))  # (B, H)
            logits.append(self.readout(F.dropout(u, self.dropout, self.training)))
            weights.append(p)
        return Output(torch.stack(logits, 1), None, torch.stack(weights, 1))

    def _memory(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Keys and values (B, S, H) of the facts, and -inf (B, S) where there is none."""
        facts = _given(batch.facts)  # (B, S, W)
        there = (facts != PADDING).any(-1)  # (B, S)
        # The newest fact has age 0, whatever is filled up behind it.
        after = there.flip(1).cumsum(1).flip(1) - 1
        age = after.clamp(0, self.facts - 1)
        keys = self._sentence(self.key, facts) + self.key_age(age)
        values = self._sentence(self.value, facts) + self.value_age(age)
        mask = torch.zeros_like(there, dtype=keys.dtype).masked_fill(~there, -1e9)
        return keys, values, mask

    def _sentence(self, embedding: nn.Embedding, words: Tensor) -> Tensor:
        """Words (..., W) as one vector (..., H): a sum that knows their places (section 4.1)."""
        there = (words != PADDING)[..., None]
        vectors = embedding(words) * there  # (..., W, H)
        length = there.sum(-2, keepdim=True).clamp(min=1)
        like: dict[str, Any] = {"dtype": vectors.dtype, "device": vectors.device}
        j = torch.arange(1, words.shape[-1] + 1, **like)[:, None] / length  # (..., W, 1)
        d = torch.arange(1, self.size + 1, **like) / self.size  # (H,)
        summed: Tensor = (vectors * ((1 - j) - d * (1 - 2 * j))).sum(-2)
        return summed

    @property
    def structure(self) -> Structure:
        roles = {
            "question": "embedding",
            "key_age": "age of a key",
            "value_age": "age of a value",
            "key": "key",
            "value": "value",
            "hop": "hop",
            "readout": "readout",
        }
        part = Part("controller", "hops", _INFO, 1, self.size)
        parameters = description.parameters(self, roles)
        return Structure(self.name, f"memory network {self.size}", (part,), parameters, True)

    def graph(self, plan: Plan) -> Graph:
        hops, facts = plan.time, plan.source_time
        sources = description.tokens("source", facts, 0, "m")
        asked = Node("question@0", "input", 0, "time", 1, "q")
        contexts = description.tokens("context", hops, 2, "o", "context")
        states = [
            Node(f"controller/0/h@{k}", "state", k, "time", 3, "h", "controller/0/h")
            for k in range(hops)
        ]
        above, upward = description.prediction([node.id for node in states], plan.asked, 4)
        edges = [edge for k in range(hops) for edge in _around(k, facts)]
        return Graph((*sources, asked, *contexts, *states, *above), (*edges, *upward))


def _around(k: int, facts: int) -> list[Edge]:
    """Every fact into what hop k finds, weighted; the question so far asks and is added to."""
    here, found = f"controller/0/h@{k}", f"context@{k}"
    before, span = (f"controller/0/h@{k - 1}", 1) if k else ("question@0", 0)
    return [
        *(Edge(f"source@{i}", found, weights="attention") for i in range(facts)),
        Edge(before, found, "", span),
        Edge(before, here, "hop.weight", span),
        Edge(found, here),
    ]


def _given(values: Tensor | None) -> Tensor:
    if values is None:
        raise ValueError("a memory network needs batch.facts and batch.context")
    return values
