"""The network."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from rnnviz.contracts.fields import Section, one_of, option


class ModelConfig(Section):
    """The network."""

    kind: str = option("recurrent", "The wiring.", leaf="models", label="network")
    cell: str = option("lstm", "The recurrence of each layer.", leaf="cells")
    nonlinearity: Literal["tanh", "relu", "sigmoid"] = option(
        "tanh", "Activation function of the simple cell.", when="cell=simple_rnn"
    )
    leak: Literal["learned", "fixed"] = option(
        "learned", "Whether the units learn how much they keep.", when="cell=leaky"
    )
    time_constant: float = option(
        50.0,
        "Longest time constant at the start; the units' lie between 1 and it.",
        unit="steps",
        when="cell=leaky",
        ge=1.0,
        le=100_000.0,
    )
    skip: int = option(
        5, "Steps that the long connections skip.", unit="steps", when="cell=skip_rnn", ge=2, le=100
    )
    short_connections: Literal["kept", "half removed", "removed"] = option(
        "kept",
        "Whether connections of length one stay beside the long ones, for all units, half or none.",
        when="cell=skip_rnn",
    )
    layers: int = option(2, "Recurrent layers on top of one another.", ge=1, le=8)
    hidden_size: int = option(128, "Units of each layer.", unit="units", ge=1, le=4096)
    skips: bool = option(
        False,
        "Let the old state also pass beside the perceptron between two times.",
        when="kind=deep",
    )
    window: int = option(
        3,
        "Steps that are seen at once.",
        unit="steps",
        when="kind=window|convolution",
        ge=1,
        le=64,
    )
    dropout: float = option(
        0.0, "Share of a layer's outputs dropped while training.", ge=0.0, le=0.95
    )
    input: Literal["one_hot", "embedding"] = option(
        "one_hot", "How a token enters: as a unit vector or as a learned vector."
    )
    embedding_size: int = option(
        64, "Length of the learned input vectors.", when="input=embedding", ge=1, le=4096
    )
    attention: Literal["additive", "none"] = option(
        "additive",
        "Whether the decoder looks back at every source word or only at the last encoder state.",
        when="kind=encoder_decoder",
    )
    hops: int = option(
        3, "How often the question looks into memory.", when="kind=memory_network", ge=1, le=20
    )
    memory_facts: int = option(
        20,
        "Facts that fit into memory, the newest ones.",
        unit="facts",
        when="kind=memory_network",
        ge=1,
        le=500,
    )
    features: int = option(
        32,
        "Numbers that describe each cell of the picture.",
        when="kind=visual_attention",
        ge=1,
        le=512,
    )
    memory_slots: int = option(
        24,
        "Rows of the external memory.",
        unit="slots",
        when="kind=neural_turing_machine",
        ge=2,
        le=4096,
    )
    memory_width: int = option(
        12, "Numbers in one slot.", when="kind=neural_turing_machine", ge=1, le=1024
    )
    conditioning: Literal["every_step", "start", "both"] = option(
        "every_step",
        "Where the category enters: as a further input at each step, as the first state, or both.",
        when="kind=conditioned",
    )
    init_range: float = option(
        0.08,
        "Weights start uniformly within plus or minus this; 0 keeps PyTorch's own start.",
        ge=0.0,
        le=2.0,
        advanced=True,
    )
    forget_bias: float = option(
        1.0,
        "Start of the LSTM's forget gate bias.",
        when="cell=lstm",
        ge=-5.0,
        le=5.0,
        advanced=True,
    )

    @field_validator("cell")
    @classmethod
    def _known_cell(cls, value: str) -> str:
        return one_of("cells", value)

    @field_validator("kind")
    @classmethod
    def _known_model(cls, value: str) -> str:
        return one_of("models", value)
