"""What is sent through the network in every look, in whichever form a script calls its network."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """One fixed input.

    call     runs a network on it
    given    what the script gave, on the network's device
    """

    call: Callable[[nn.Module], Any]
    given: Any


def make_probe(given: Any, model: nn.Module, device: torch.device) -> Probe:
    """A tensor is the network's one argument, a tuple all of them, a dict its keyword arguments
    where it takes such names; a function is called with the network.
    """
    if callable(given) and not isinstance(given, (Tensor, nn.Module)):
        return Probe(given, given)
    given = kept(given, device)
    if isinstance(given, tuple) and not isinstance(given, PackedSequence):
        return Probe(lambda net: net(*given), given)
    if isinstance(given, dict) and _takes(model, given):
        return Probe(lambda net: net(**given), given)
    return Probe(lambda net: net(given), given)


def kept(nest: Any, device: torch.device) -> Any:
    """The same nest with its own copies of all tensors: the script may use its batch again."""
    if isinstance(nest, Tensor):
        # Lengths of packed sequences have to stay on the CPU; so do integers of one dimension.
        stays = nest.dim() <= 1 and not nest.is_floating_point() and nest.device.type == "cpu"
        return nest.detach().to(nest.device if stays else device, copy=True)
    if isinstance(nest, PackedSequence):
        packed: Any = nest
        return packed.to(device)._replace(data=nest.data.detach().to(device, copy=True))
    if isinstance(nest, dict):
        return {name: kept(part, device) for name, part in nest.items()}
    if type(nest) in (list, tuple):
        return type(nest)(kept(part, device) for part in nest)
    if isinstance(nest, tuple) and hasattr(nest, "_fields"):
        return type(nest)(*(kept(part, device) for part in nest))
    if type(nest).__module__ == "numpy" and hasattr(nest, "dtype"):
        return kept(torch.as_tensor(nest), device)
    return nest


def _takes(model: nn.Module, named: dict[Any, Any]) -> bool:
    try:
        inspect.signature(model.forward).bind(**named)
    except TypeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Layout:
    """How the tensors of one probe are laid out, so that the item's row can be found in any.

    steps    time steps of the item
    longest  time steps of the whole batch, padding included
    batch    rows
    first    the batch comes first
    ragged   rows were packed: tensors may be padded further than the longest of them
    """

    steps: int
    longest: int
    batch: int
    item: int
    first: bool
    ragged: bool = False

    def over_time(self, tensor: Tensor) -> Tensor | None:
        """(time, ...) of the item, None where the tensor has no such axes."""
        if tensor.dim() == 0:
            return None
        sizes = tuple(tensor.shape)
        ours, theirs = (self.batch, self.longest), (self.longest, self.batch)
        if self.ragged and sizes[:2] not in (ours, theirs) and len(sizes) > 1:
            return self._padded_further(tensor)
        if sizes[:2] == ours and (self.first or ours != theirs):
            return tensor[self.item, : self.steps]
        if sizes[:2] == theirs:
            return tensor[: self.steps, self.item]
        if sizes[0] == self.longest and self.batch == 1:
            return tensor[: self.steps]
        if sizes[0] == self.batch * self.longest:
            split = ours if self.first else theirs
            return self.over_time(tensor.reshape(*split, *sizes[1:]))
        return None

    def _padded_further(self, tensor: Tensor) -> Tensor | None:
        rows, columns = tensor.shape[:2]
        if rows == self.batch and columns > self.longest:
            return tensor[self.item, : self.steps]
        if columns == self.batch and rows > self.longest:
            return tensor[: self.steps, self.item]
        return None

    def of_item(self, tensor: Tensor) -> Tensor | None:
        """The item's one row of something without a time axis."""
        if tensor.dim() == 0 or tensor.shape[0] != self.batch:
            return tensor if self.batch == 1 and tensor.dim() <= 1 else None
        return tensor[self.item]


def padded(value: Tensor | PackedSequence, first: bool) -> Tensor:
    """A packed sequence as a tensor in the script's order of rows."""
    if isinstance(value, PackedSequence):
        return pad_packed_sequence(value, batch_first=first)[0]
    return value
