"""A private copy of a user's network, so that looking can never change the one that trains."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

Memo = dict[int, Any]


def bare(model: nn.Module) -> nn.Module:
    """The network itself, out of what compiles it or trains it in parallel."""
    held = _WRAPPERS.get(type(model).__name__, "")
    inner = getattr(model, held, None) if held else None
    return bare(inner) if isinstance(inner, nn.Module) else model


# By name: importing them takes a second.
_WRAPPERS = {
    "OptimizedModule": "_orig_mod",
    "DataParallel": "module",
    "DistributedDataParallel": "module",
}


def private_copy(model: nn.Module) -> nn.Module:
    """A copy in evaluation mode on the same device, whose every parameter can be differentiated by.

    What cannot be copied as a whole (a network that holds a file, a lock or a generator) is copied
    module by module; such things are then shared.
    """
    model = bare(model)
    with torch.no_grad():
        try:
            twin = copy.deepcopy(model, _detached(model))
        except Exception:
            twin = _by_modules(model, _detached(model))
    twin.eval()
    for parameter in twin.parameters():
        parameter.grad = None
        if parameter.is_floating_point():
            parameter.requires_grad_(True)
    return twin


def _detached(model: nn.Module) -> Memo:
    """For every tensor that has a history, which `deepcopy` refuses: a copy without one."""
    memo: Memo = {}
    for module in model.modules():
        for tensor in _tensors(vars(module), depth=4):
            if not tensor.is_leaf:
                memo[id(tensor)] = tensor.detach().clone()
    return memo


def _tensors(value: Any, depth: int) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif depth and isinstance(value, dict):
        for part in value.values():
            yield from _tensors(part, depth - 1)
    elif depth and isinstance(value, (tuple, list)):
        for part in value:
            yield from _tensors(part, depth - 1)


def _by_modules(module: nn.Module, memo: Memo) -> nn.Module:
    if id(module) in memo:
        return memo[id(module)]  # type: ignore[no-any-return]
    twin: nn.Module = object.__new__(type(module))
    memo[id(module)] = twin
    for name, value in vars(module).items():
        twin.__dict__[name] = _copied(value, memo)
    if isinstance(twin, nn.RNNBase):
        twin._init_flat_weights()
    return twin


def _copied(value: Any, memo: Memo) -> Any:
    """Modules and tensors anew, the dictionaries that hold them too; all else shared."""
    if isinstance(value, nn.Module):
        return _by_modules(value, memo)
    if isinstance(value, Tensor):
        if id(value) not in memo:
            memo[id(value)] = copy.deepcopy(value)
        return memo[id(value)]
    if type(value) is dict:
        return {name: _copied(part, memo) for name, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_copied(part, memo) for part in value)
    return value
