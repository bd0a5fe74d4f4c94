"""A run's configuration. Range, unit and help of each field stand here once: the form, the TOML
file, the command line (`--set model.hidden_size=256`) and the tooltips follow from them.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import ValidationError, field_validator, model_validator

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.fields import Section, one_of, option


class TaskConfig(Section):
    """What is learned, from which text."""

    name: str = option(
        "language_model", "What the network learns to do.", leaf="tasks", label="task"
    )
    corpus: str = option(
        "sample:language_model/prose.txt",
        "A file or folder; `sample:` names one that ships with the program.",
    )
    encoding: str = option(
        "auto",
        "Text encoding; auto looks at byte order marks, then UTF-8, then Latin-1.",
        advanced=True,
    )
    tokens: Literal["characters", "words"] = option(
        "characters", "What one time step reads.", when="name=language_model"
    )
    vocabulary_size: int = option(
        10_000,
        "Most frequent words kept; the others become <unk>.",
        unit="words",
        when="tokens=words",
        ge=10,
        le=1_000_000,
    )
    lowercase: bool = option(False, "Read capital letters as small ones.", advanced=True)
    max_length: int = option(
        12,
        "Longer sentences are left out.",
        unit="tokens",
        when="name=translation",
        ge=2,
        le=200,
    )
    validation_fraction: float = option(
        0.05,
        "Share of the text kept aside to measure generalisation.",
        ge=0.0,
        le=0.5,
        advanced=True,
    )

    @field_validator("name")
    @classmethod
    def _known_task(cls, value: str) -> str:
        return one_of("tasks", value)


class ModelConfig(Section):
    """The network."""

    kind: str = option("recurrent", "The wiring.", leaf="models", label="network", advanced=True)
    cell: str = option("lstm", "The recurrence of each layer.", leaf="cells")
    nonlinearity: Literal["tanh", "relu", "sigmoid"] = option(
        "tanh", "Activation function of the simple cell.", when="cell=simple_rnn"
    )
    layers: int = option(2, "Recurrent layers on top of one another.", ge=1, le=8)
    hidden_size: int = option(128, "Units of each layer.", unit="units", ge=1, le=4096)
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


class TrainingConfig(Section):
    """How it is trained."""

    steps: int = option(2000, "Optimizer updates in all.", unit="steps", ge=1, le=100_000_000)
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


class LookConfig(Section):
    """How the run is looked at."""

    probe: str = option(
        "", "The text whose inside is shown; empty takes one from the held-out part."
    )
    budget_percent: float = option(
        5.0,
        "At most this share of the time goes into looking.",
        unit="%",
        ge=0.1,
        le=50.0,
        advanced=True,
    )
    snapshots_per_second: float = option(
        8.0, "At most this many looks a second.", unit="1/s", gt=0.0, le=60.0, advanced=True
    )
    sample_every: int = option(200, "Steps between samples.", unit="steps", ge=1, le=10_000_000)
    sample_length: int = option(
        200, "Length of a sample.", unit="tokens", ge=1, le=100_000, advanced=True
    )
    sample_prompts: tuple[str, ...] = option(("",), "Texts that samples begin with.", advanced=True)
    temperature: float = option(
        0.8, "Sharpness of sampling: low is careful, high is daring.", gt=0.0, le=10.0
    )
    record_megabytes: int = option(
        500, "Most disk space for recorded snapshots.", unit="MB", ge=1, le=1_000_000, advanced=True
    )


class RunConfig(Section):
    """Everything a run depends on."""

    title: str = ""
    task: TaskConfig = TaskConfig()
    model: ModelConfig = ModelConfig()
    training: TrainingConfig = TrainingConfig()
    look: LookConfig = LookConfig()

    @model_validator(mode="after")
    def _fits_together(self) -> RunConfig:
        translation = self.task.name == "translation"
        if translation and self.model.kind == "recurrent":
            raise ValueError("model.kind: translation needs the encoder_decoder network")
        if self.task.name == "language_model" and self.model.kind == "encoder_decoder":
            raise ValueError(
                "model.kind: encoder_decoder needs pairs of sentences (task.name = translation)"
            )
        return self

    def replaced(self, changes: dict[str, Any]) -> RunConfig:
        """A copy with dotted fields replaced, e.g. {"model.hidden_size": 256}; UserError names a
        bad one.
        """
        data = self.model_dump()
        for name, value in changes.items():
            *path, last = name.split(".")
            section: Any = data
            for key in path:
                section = section.get(key) if isinstance(section, dict) else None
            if not isinstance(section, dict) or last not in section:
                raise UserError(
                    f"There is no option {name!r}; see rnnviz train --help for the names."
                )
            section[last] = value
        return parse(data)

    def to_toml(self) -> str:
        """As TOML text that `parse_toml` reads back."""
        return tomli_w.dumps(self.model_dump(mode="json"))


def parse(data: dict[str, Any], origin: str = "") -> RunConfig:
    """A configuration from plain data; UserError lists every unknown key and value out of range."""
    try:
        return RunConfig.model_validate(data)
    except ValidationError as error:
        found = "; ".join(_complaint(item) for item in error.errors())
        where = f"{origin}: " if origin else ""
        raise UserError(f"{where}{found}.") from None


def parse_toml(text: str, origin: str) -> RunConfig:
    """The configuration in TOML text; UserError when it is none."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{origin} is not valid TOML: {error}.") from None
    # `[recipe]` describes the file to people; it configures nothing.
    data.pop("recipe", None)
    return parse(data, origin)


def load(path: Path) -> RunConfig:
    """The configuration in a TOML file; UserError when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UserError(f"Cannot read {path}: {reason}.") from None
    return parse_toml(text, str(path))


def _complaint(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{name} is not an option (misspelt?)"
    if error["type"] == "model_type":
        return f"{name} must be a section: write [{name}] and its options under it"
    if error["type"] == "tuple_type":
        return f'{name}: write a list like ["one", "two"] (given: {error["input"]!r})'
    message = str(error["msg"]).removeprefix("Value error, ")
    given = "" if error["type"] == "value_error" and not name else f" (given: {error['input']!r})"
    return f"{name}: {message}{given}" if name else message
