"""How one time step enters a network: a token as a unit vector or a learned one, values as they
are.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.model import Sizes


class OneHot(nn.Module):
    """Token ids (...) -> unit vectors (..., V). It learns nothing: a matrix behind it looks up."""

    one: Tensor

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.embedding_dim = vocabulary
        self.register_buffer("one", torch.ones(()), persistent=False)  # knows device and dtype

    def forward(self, tokens: Tensor) -> Tensor:
        zeros = self.one.new_zeros((*tokens.shape, self.embedding_dim))
        return zeros.scatter_(-1, tokens[..., None], 1.0)


def token_input(config: ModelConfig, vocabulary: int) -> OneHot | nn.Embedding:
    """What `config.input` asks for; `embedding_dim` is the length of its vectors."""
    if config.input == "embedding":
        return nn.Embedding(vocabulary, config.embedding_size)
    return OneHot(vocabulary)


class Values(nn.Module):
    """Numbers (..., I) enter as they are."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.embedding_dim = size

    def forward(self, values: Tensor) -> Tensor:
        return values


def step_input(config: ModelConfig, sizes: Sizes) -> OneHot | nn.Embedding | Values:
    """How the inputs of these sizes enter."""
    if sizes.input_kind == "values":
        return Values(sizes.inputs)
    return token_input(config, sizes.inputs)
