"""The processes that train one network together, as a trainer sees them. Here there is only one;
`distributed` has the other case and is loaded only where there are several.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from torch import Tensor

from rnnviz.contracts import torchrun
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.model import Batch, Model, Output
from rnnviz.contracts.share import WHOLE, Share
from rnnviz.contracts.task import Progress

if TYPE_CHECKING:
    from rnnviz.engine.trainer import TrainerState

Network = Callable[[Batch, Any], Output]
Order = Literal["step", "validate", "state", "load", "end"]


class Team:
    """A process that trains alone: it has all rows, and nobody has to be told or waited for."""

    share: Share = WHOLE
    leads = True
    processes_here = 1
    """Processes of the team on this machine; they share its processor cores."""

    def prepare(self, config: RunConfig, device: str) -> None:
        """Before anything is on the device; UserError when these processes cannot train that."""

    def assemble(self, progress: Progress) -> None:
        """Wait until all processes have a corpus and a network."""

    def network(self, model: Model) -> Network:
        """What computes the training path."""
        return model

    def order(self, what: Order, *numbers: float) -> None:
        """Have the other processes do the same now."""

    def total(self, *numbers: float) -> tuple[float, ...]:
        """Each number summed over all processes."""
        return numbers

    def backward(self, loss: Tensor, part: float) -> Tensor:
        """Gradients of the loss over all rows, and that loss.

        loss  the mean over the positions of this process's rows
        part  how many of all positions these are, 0..1
        """
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    def joined(self, carried: Any) -> Any:
        """The carried state of all rows, from that of this process's."""
        return carried

    def dealt(self, state: TrainerState) -> TrainerState:
        """This process's part of a state of all rows, handed to the others too."""
        return state

    def close(self, trouble: str = "") -> None:
        """End together; `trouble` is what this process ended with, if it was not meant to."""

    def follow(self) -> int:
        """Do what the first process orders until it ends; the exit code. Alone, nobody orders."""
        return 0


ALONE = Team()


def find() -> Team:
    """The team this process belongs to; UserError when the others cannot be reached."""
    if torchrun.processes() == 1:
        return ALONE
    from rnnviz.engine import distributed

    return distributed.join()
