"""How a network is trained."""

from __future__ import annotations

from typing import Literal

from rnnviz.contracts.fields import Section, option


class TrainingConfig(Section):
    """How it is trained."""

    epochs: int = option(
        0,
        "Passes over the corpus in all; 0: as many steps as are chosen instead.",
        unit="epochs",
        ge=0,
        le=1_000_000,
        advanced=True,
    )
    steps: int = option(
        2000, "Optimizer updates in all.", unit="steps", when="epochs=0", ge=1, le=100_000_000
    )
    batch_size: int = option(50, "Sequences side by side.", unit="rows", ge=1, le=4096)
    sequence_length: int = option(
        50,
        "Time steps of one chunk: gradients reach no further back.",
        unit="tokens",
        ge=1,
        le=5000,
    )
    optimizer: Literal["sgd", "momentum", "rmsprop", "adam"] = option(
        "rmsprop", "How a gradient becomes an update."
    )
    learning_rate: float = option(2e-3, "Size of an update.", gt=0.0, le=1000.0)
    momentum: float = option(
        0.9,
        "Share of the last update kept.",
        when="optimizer=momentum",
        ge=0.0,
        le=0.9999,
        advanced=True,
    )
    smoothing: float = option(
        0.95,
        "RMSprop's memory of squared gradients.",
        when="optimizer=rmsprop",
        ge=0.0,
        le=0.9999,
        advanced=True,
    )
    decay: float = option(
        0.97,
        "The learning rate is multiplied by this after every epoch.",
        gt=0.0,
        le=1.0,
        advanced=True,
    )
    decay_after: int = option(
        10, "Epochs before the decay begins.", unit="epochs", ge=0, le=1_000_000, advanced=True
    )
    clip: Literal["none", "norm", "value"] = option(
        "value", "Limits gradients: each entry (value) or all together (norm)."
    )
    clip_threshold: float = option(5.0, "The limit.", when="clip=norm|value", gt=0.0, le=1e6)
    teacher_forcing: Literal["always", "scheduled", "never"] = option(
        "always",
        "What a network that reads its own outputs is given while it is taught: the true ones, "
        "ever fewer of them, or none. Others have no use for it.",
        advanced=True,
    )
    carry_state: bool = option(
        True, "Begin each chunk with the state the chunk before it ended in.", advanced=True
    )
    validate_every: int = option(
        0,
        "Steps between validations; 0: once an epoch, but every 100 to 1000 steps.",
        unit="steps",
        ge=0,
        le=10_000_000,
        advanced=True,
    )
    checkpoint_every: float = option(
        30.0, "Seconds between checkpoints.", unit="s", gt=0.0, le=86_400.0, advanced=True
    )
    seed: int = option(
        1, "Start of all random numbers: the same seed gives the same run.", ge=0, le=2**31 - 1
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = option("auto", "Where the arithmetic is done.")
    threads: int = option(
        0,
        "Processor cores for arithmetic; 0 leaves one core to the window.",
        ge=0,
        le=256,
        advanced=True,
    )
