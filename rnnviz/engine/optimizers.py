"""From a configuration to PyTorch's optimizer, and its memory as plain named tensors."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor
from torch.nn import Parameter
from torch.optim import SGD, Adam, Optimizer, RMSprop

from rnnviz.contracts.config import TrainingConfig


def make(config: TrainingConfig, parameters: Iterable[Parameter]) -> Optimizer:
    """The configured optimizer; fused kernels where PyTorch has them."""
    rate = config.learning_rate
    if config.optimizer == "sgd":
        return SGD(parameters, lr=rate, fused=True)
    if config.optimizer == "momentum":
        return SGD(parameters, lr=rate, momentum=config.momentum, fused=True)
    if config.optimizer == "rmsprop":
        return RMSprop(parameters, lr=rate, alpha=config.smoothing, foreach=True)
    return Adam(parameters, lr=rate, fused=True)


def memory(optimizer: Optimizer) -> dict[str, Tensor]:
    """Copies of what the optimizer remembers, as `3.square_avg`: parameter number, quantity."""
    return {
        f"{index}.{name}": value.detach().to("cpu", copy=True)
        for index, quantities in optimizer.state_dict()["state"].items()
        for name, value in quantities.items()
        if isinstance(value, Tensor)
    }


def remember(optimizer: Optimizer, tensors: dict[str, Tensor]) -> None:
    """Put back what `memory` gave."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = value.clone()
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})
