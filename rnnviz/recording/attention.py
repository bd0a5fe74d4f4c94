"""Finds attention weights: inside `nn.MultiheadAttention`, in what named submodules return, in what
the network itself returns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from rnnviz.recording.ledger import Ledger
from rnnviz.recording.unrolling import tensors_in

TOLERANCE = 1e-2
"""Half precision keeps rows of weights to about this sum."""

OUTPUT = "output"
"""The name of weights that the network itself returned."""

_WORDS = ("attn", "attention", "align")


def watch(model: nn.Module, named: Sequence[str], ledger: Ledger) -> None:
    """Let `model`, which must be a copy, tell the ledger its attention weights."""
    for path, module in model.named_modules():
        if isinstance(module, nn.MultiheadAttention):
            module.__class__ = _telling(type(module), path, ledger)  # type: ignore[assignment]
        elif path in named or (path and _sounds_like_it(path, module)):
            module.register_forward_hook(_hook(path, ledger))


def from_output(output: Any, ledger: Ledger) -> None:
    """Weights that the network returns beside its first output."""
    for tensor in tensors_in(output)[1:]:
        if tensor.dim() >= 3 and (found := weights_in(tensor, ledger)) is not None:
            ledger.attention.setdefault(OUTPUT, []).append(found)
            return


def watched(model: nn.Module, named: Sequence[str]) -> bool:
    """Whether the network has any submodule that could attend."""
    return bool(named) or any(
        isinstance(module, nn.MultiheadAttention) or (path and _sounds_like_it(path, module))
        for path, module in model.named_modules()
    )


def gathered(ledger: Ledger) -> Iterator[tuple[str, Tensor]]:
    """(name, weights (heads, T, S)) of everything that attended; calls stand one below another."""
    for name, calls in ledger.attention.items():
        heads, width = max(len(call) for call in calls), max(call.shape[-1] for call in calls)
        rows = [_widened(call, heads, width) for call in calls]
        yield name, torch.cat(rows, 1)


def weights_in(tensor: Tensor, ledger: Ledger) -> Tensor | None:
    """(heads, T, S) of the item, None where the tensor is no set of weights.

    Weights are not negative and sum to 1 along one axis, the source's; one of the others may be
    the batch, the last of what is left is time, further ones are heads.
    """
    tensor = tensor.detach()
    if not tensor.is_floating_point() or tensor.dim() == 0 or tensor.numel() == 0:
        return None
    axis = _normalised(tensor)
    if axis is None or tensor.shape[axis] < 2:
        return None
    tensor = tensor.movedim(axis, -1)
    batch = next((d for d in range(tensor.dim() - 1) if tensor.shape[d] == ledger.batch), None)
    if batch is not None:
        tensor = tensor.select(batch, min(ledger.item, ledger.batch - 1))
    return tensor.reshape(-1, *_last_two(tensor))


def _last_two(tensor: Tensor) -> tuple[int, int]:
    return (tensor.shape[-2] if tensor.dim() > 1 else 1), tensor.shape[-1]


def _normalised(tensor: Tensor) -> int | None:
    if bool((tensor < 0).any()) or not bool(tensor.isfinite().all()):
        return None
    for axis in reversed(range(tensor.dim())):
        if float((tensor.sum(axis) - 1).abs().max()) < TOLERANCE:
            return axis
    return None


def _widened(weights: Tensor, heads: int, width: int) -> Tensor:
    """Zeros where a call had fewer heads or a shorter source."""
    whole = weights.new_zeros(heads, weights.shape[1], width)
    whole[: len(weights), :, : weights.shape[-1]] = weights
    return whole


def _sounds_like_it(path: str, module: nn.Module) -> bool:
    name = f"{path.rpartition('.')[2]} {type(module).__name__}".lower()
    inside = any(isinstance(part, nn.MultiheadAttention) for part in module.modules())
    return any(word in name for word in _WORDS) and not inside


def _hook(path: str, ledger: Ledger) -> Any:
    def look(module: nn.Module, given: Any, output: Any) -> None:
        for tensor in reversed(tensors_in(output)):
            found = weights_in(tensor, ledger)
            if found is not None:
                ledger.attention.setdefault(path, []).append(found)
                return

    return look


def _telling(kind: type[nn.Module], path: str, ledger: Ledger) -> type[nn.Module]:
    base = nn.MultiheadAttention

    def forward(self: Any, *given: Any, **named: Any) -> tuple[Tensor, Tensor | None]:
        names = ("query", "key", "value", "key_padding_mask", "need_weights")
        named |= dict(
            zip((*names, "attn_mask", "average_attn_weights", "is_causal"), given, strict=False)
        )
        wanted, mean = named.get("need_weights", True), named.get("average_attn_weights", True)
        asked = named | {"need_weights": True, "average_attn_weights": False}
        output, weights = base.forward(self, **asked)  # (B, heads, T, S) or (heads, T, S)
        assert weights is not None
        row = weights if weights.dim() == 3 else weights[min(ledger.item, len(weights) - 1)]
        ledger.attention.setdefault(path, []).append(row.detach())
        answer = weights.mean(-3) if mean else weights
        return output, answer if wanted else None

    inner = type(base.__name__, (base,), {"forward": forward})
    return inner if kind is base else type(kind.__name__, (kind, inner), {})
