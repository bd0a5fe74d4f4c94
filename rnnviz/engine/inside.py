"""One probe sent through a network's explicit path, and what was found there as named arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite

import torch
from torch import Tensor

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.cell import READ
from rnnviz.contracts.model import Batch, Model
from rnnviz.contracts.task import Task
from rnnviz.engine import taken_apart
from rnnviz.recurrence.tap import NO_LAYER, Recorder, name_of

NEXT_TOKENS = 10
"""How many of the likeliest next tokens are kept."""

FEW_CLASSES = 64
"""Up to this many outputs the probability of each one is kept."""

_NEED_OF_KIND = {
    "state": "states",
    "memory": "states",
    "gate": "gates",
    "candidate": "gates",
    "preactivation": "preactivations",
}
_PARTS_OF_SUM = ("a_x", "a_h")
_OUTSIDE_LAYERS = {
    "attention": ("time", "source_time"),
    "context": ("time", "unit"),
    "memory": ("time", "slot", "unit"),
    "memory/read": ("time", "slot"),
    "memory/write": ("time", "slot"),
    "memory/erase": ("time", "unit"),
    "memory/add": ("time", "unit"),
}

Key = tuple[str, int, str]


class Inside:
    """A network's explicit pass over one sequence; `needs` says what will be asked of it.

    logits  (T, V)
    losses  (T,) nats
    """

    def __init__(self, model: Model, task: Task, batch: Batch, needs: frozenset[str]) -> None:
        self._model, self._structure, self._needs = model, model.structure, needs
        self._batch, self._threshold = batch, task.threshold
        self._recorder = Recorder()
        apart = "backpropagation" in needs
        with torch.set_grad_enabled("gradients" in needs or apart):
            output = model.tapped(batch, self._recorder)
            self.logits = output.logits[0]
            self.losses = task.losses(output, batch)[0]
        with torch.set_grad_enabled("parameters" in needs or apart):
            fused = model(batch)
            self.fused_logits = fused.logits[0]
            self._fused_losses = task.losses(fused, batch)[0]

    @property
    def asked(self) -> Tensor:
        """(T,) True where something is to be predicted."""
        return self._batch.asked[0]

    @property
    def mean_loss(self) -> float:
        """Over the positions where something is asked."""
        return float(self.losses.detach().sum() / self.asked.sum().clamp(min=1))

    @property
    def difference(self) -> float:
        """How far the path that trains is from the explicit one: the largest difference of a
        logit.
        """
        return float((self.fused_logits - self.logits).detach().abs().max())

    def arrays(self) -> dict[str, NamedArray]:
        """Everything that is needed, by address."""
        found = [
            *self._backpropagation(),  # first: those behind it give up the graphs
            *self._recorded(),
            *self._predictions(),
            *self._gradients(),
            *self._parameters(),
        ]
        return {array.name: array for array in found}

    def _recorded(self) -> Iterable[NamedArray]:
        for key in self._recorder.recorded():
            if self._need(key) in self._needs:
                yield _array(name_of(*key), self._dims(key), self._recorder.stacked(*key))

    def _need(self, key: Key) -> str:
        part, layer, quantity = key
        if layer == NO_LAYER:
            return "attention"
        if quantity == READ:
            return "nothing"
        if quantity in _PARTS_OF_SUM:
            return "preactivations"
        return _NEED_OF_KIND[self._structure.part(part).cell.quantity(quantity).kind]

    def _dims(self, key: Key) -> tuple[str, ...]:
        part, layer, quantity = key
        if layer == NO_LAYER:
            return _OUTSIDE_LAYERS[quantity]
        return self._structure.part(part).axis, "row" if quantity in _PARTS_OF_SUM else "unit"

    def _predictions(self) -> Iterable[NamedArray]:
        yield _array("loss", ("time",), self.losses)
        if self._batch.picture is not None and "attention" in self._needs:
            pixels = self._batch.picture[0].permute(1, 2, 0)
            yield _array("picture", ("row", "column", "slot"), pixels)
        if self._batch.inputs.is_floating_point():
            yield _array("value/input", ("time", "slot"), self._batch.inputs[0])
        if self._batch.targets.is_floating_point():
            yield _array("value/output", ("time", "slot"), self.logits)
            yield _array("value/target", ("time", "slot"), self._batch.targets[0])
        else:
            yield from self._probabilities()

    def _probabilities(self) -> Iterable[NamedArray]:
        true = (-self.losses.detach()).exp().masked_fill(~self.asked, torch.nan)
        yield _array("target/probability", ("time",), true)
        if "next" not in self._needs:
            return
        probabilities = self.logits.detach().softmax(-1)  # (T, V)
        best = probabilities.topk(min(NEXT_TOKENS, probabilities.shape[-1]))
        yield _array("next/probability", ("time", "slot"), best.values)
        yield _array("next/token", ("time", "slot"), best.indices)
        if probabilities.shape[-1] <= FEW_CLASSES:
            yield _array("probability", ("time", "vocab"), probabilities)
            if isfinite(self._threshold):
                yield _array("threshold", ("slot",), torch.tensor([self._threshold]))

    def _gradients(self) -> Iterable[NamedArray]:
        """Derivatives of the summed loss by every state, along the explicit path."""
        keys = self._differentiated() if "gradients" in self._needs else []
        states = [self._recorder.over_time(*key) for key in keys]
        sources = [h for over_time in states for h in over_time]
        gradients = iter(_total_derivatives(self.losses.sum(), sources))
        for key, over_time in zip(keys, states, strict=True):
            rows = torch.stack([next(gradients)[0] for _ in over_time])
            yield _array(f"gradient/{name_of(*key)}", self._dims(key), rows)

    def _parameters(self) -> Iterable[NamedArray]:
        """The parameters and the loss's derivatives by them, along the path that trains.

        The explicit path would add up one outer product per time step for each matrix.
        """
        if "parameters" not in self._needs:
            return
        named = list(self._model.named_parameters())
        loss = self._fused_losses.sum()
        gradients = _total_derivatives(loss, [parameter for _, parameter in named])
        for (name, parameter), gradient in zip(named, gradients, strict=True):
            dims = ("row", "column")[: parameter.ndim]
            yield _array(f"parameter/{name}", dims, parameter)
            yield _array(f"parameter_gradient/{name}", dims, gradient)

    @property
    def absent(self) -> dict[str, str]:
        """By group that was asked for: why it cannot be there."""
        obstacle = self._obstacle()
        return {"backpropagation": obstacle} if obstacle else {}

    def _obstacle(self) -> str:
        wanted = "backpropagation" in self._needs
        return taken_apart.obstacle(self._model, len(self.losses)) if wanted else ""

    def _backpropagation(self) -> Iterable[NamedArray]:
        if "backpropagation" in self._needs and not self._obstacle():
            whole = self._fused_losses.sum()
            yield from taken_apart.taken_apart(self._model, self._recorder, self.losses, whole)

    def _differentiated(self) -> list[Key]:
        """What the loss is differentiated by: every state (h, c) of every layer."""
        return [
            (part, layer, quantity)
            for part, layer, quantity in self._recorder.recorded()
            if layer != NO_LAYER and quantity in self._structure.part(part).cell.states
        ]


def _total_derivatives(loss: Tensor, sources: Sequence[Tensor]) -> Sequence[Tensor]:
    """d loss / d source along every path; zeros where the loss does not depend on it."""
    if not sources:
        return ()
    return torch.autograd.grad(loss, sources, allow_unused=True, materialize_grads=True)


def _array(name: str, dims: tuple[str, ...], values: Tensor) -> NamedArray:
    return NamedArray(name, dims, values.detach().numpy())
