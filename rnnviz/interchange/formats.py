"""The formats of other tools that a run can be written in, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnviz.engine.run_store import Run
    from rnnviz.interchange.passages import Text, Told

    Write = Callable[[Run, Path, Text, Told], str]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    name   as on the command line, equal to the module's name
    reads  True where a text goes through the network for it
    """

    name: str
    title: str
    sentence: str
    reads: bool = False

    @property
    def write(self) -> Write:
        """Writes a run into a new folder; what was written, as a sentence."""
        # PyTorch is only loaded when something is written.
        return import_module(f"rnnviz.interchange.{self.name}").write  # type: ignore[no-any-return]


FORMATS = (
    Format("lstmvis", "LSTMVis project", "States and gates over a text, for LSTMVis.", reads=True),
    Format("neurox", "NeuroX activations", "Hidden states by sentence, for NeuroX.", reads=True),
    Format("tensorboard", "TensorBoard events", "Every scalar of every step, for TensorBoard."),
    Format("pytorch", "PyTorch weights", "A state_dict and the lines that load it."),
)
