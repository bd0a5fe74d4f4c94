"""A run's configuration. Range, unit and help of each field stand once, in `sections/`: the form,
the TOML file, the command line (`--set model.hidden_size=256`) and the tooltips follow from them.
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError, model_validator

from rnnviz.contracts import fitting
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.fields import Section
from rnnviz.contracts.sections.look import LookConfig
from rnnviz.contracts.sections.model import ModelConfig
from rnnviz.contracts.sections.task import TaskConfig
from rnnviz.contracts.sections.training import TrainingConfig

__all__ = [
    "LookConfig",
    "ModelConfig",
    "RunConfig",
    "TaskConfig",
    "TrainingConfig",
    "load",
    "parse",
    "parse_toml",
]


class RunConfig(Section):
    """Everything a run depends on."""

    title: str = ""
    task: TaskConfig = TaskConfig()
    model: ModelConfig = ModelConfig()
    training: TrainingConfig = TrainingConfig()
    look: LookConfig = LookConfig()

    @model_validator(mode="after")
    def _fits_together(self) -> RunConfig:
        fitting.require(self.task.name, self.model.kind)
        return self

    def replaced(self, changes: dict[str, Any]) -> RunConfig:
        """A copy with dotted fields replaced, e.g. {"model.hidden_size": 256}; UserError names a
        bad one. Whoever names a number of steps no longer counts in epochs.
        """
        data = self.model_dump()
        if "training.steps" in changes:
            changes = {"training.epochs": 0, **changes}
        for name, value in changes.items():
            *path, last = name.split(".")
            section: Any = data
            for key in path:
                section = section.get(key) if isinstance(section, dict) else None
            if not isinstance(section, dict) or last not in section:
                raise UserError(_unknown(name, data))
            section[last] = value
        return parse(data)

    def settled(self, batches_per_epoch: int) -> RunConfig:
        """With as many steps as its epochs have, where it counts in epochs."""
        epochs = self.training.epochs
        if not epochs:
            return self
        steps = epochs * batches_per_epoch
        return self.replaced({"training.steps": steps, "training.epochs": epochs})

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
    # `[recipe]` describes the file to people; it configures nothing but the run's name.
    about = data.pop("recipe", None)
    if isinstance(about, dict) and isinstance(title := about.get("title"), str):
        data.setdefault("title", title)
    return parse(data, origin)


def load(path: Path) -> RunConfig:
    """The configuration in a TOML file; UserError when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UserError(f"Cannot read {path}: {reason}.") from None
    return parse_toml(text, str(path))


def _unknown(name: str, data: dict[str, Any]) -> str:
    full = [f"{section}.{field}" for section, fields in data.items() for field in fields]
    short = [each for each in full if each.partition(".")[2] == name]
    near = short or get_close_matches(name, full, n=1, cutoff=0.75)
    meant = f"did you mean {near[0]}?" if near else "see rnnviz train --help for the names."
    return f"There is no option {name!r}; {meant}"


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
