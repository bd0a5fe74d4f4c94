"""A stack of recurrent layers with two paths through one set of parameters.

`forward` runs PyTorch's fused kernel, `tapped` the cell's explicit steps with every quantity named.
Both give the same numbers, for ragged batches those of `pack_padded_sequence`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnviz.contracts.cell import Cell, Name, Own, State
from rnnviz.contracts.model import Tap
from rnnviz.recurrence.tap import IDENTITY


class _Weights(nn.Module):
    """The parameters of a cell without a kernel, under the names that PyTorch's kernels use."""

    def __init__(self, cell: Cell, input_size: int, hidden_size: int, layers: int) -> None:
        super().__init__()
        rows, bound = len(cell.info.blocks) * hidden_size, hidden_size**-0.5
        for layer in range(layers):
            width = input_size if layer == 0 else hidden_size
            shapes = {"weight_ih": (rows, width), "weight_hh": (rows, hidden_size)}
            for name, shape in {**shapes, "bias_ih": (rows,), "bias_hh": (rows,)}.items():
                values = torch.empty(shape).uniform_(-bound, bound)
                self.register_parameter(f"{name}_l{layer}", nn.Parameter(values))
            for name, values in cell.parameters(hidden_size).items():
                self.register_parameter(f"{name}_l{layer}", nn.Parameter(values))


class RecurrentLayers(nn.Module):
    """Layers of one cell that all read the same axis in the same direction.

    part     prefix of the recorded addresses
    reverse  reads each row from its own end; outputs stand where they were read
    """

    def __init__(
        self,
        cell: Cell,
        part: str,
        input_size: int,
        hidden_size: int,
        layers: int = 1,
        dropout: float = 0.0,
        reverse: bool = False,
    ) -> None:
        super().__init__()
        self.cell, self.part, self.reverse = cell, part, reverse
        self.hidden_size, self.layers = hidden_size, layers
        self.dropout = dropout if layers > 1 else 0.0
        kernel = cell.fused(input_size, hidden_size, layers, self.dropout, False)
        self.is_fused = kernel is not None
        self.kernel = kernel or _Weights(cell, input_size, hidden_size, layers)
        self._older = max(cell.info.reach - 1, 0)
        self._kept = len(cell.info.states) + self._older
        self._own = tuple(() if kernel is not None else cell.parameters(1))

    def weights(self, layer: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """weight_ih (G*H, I), weight_hh (G*H, H), bias_ih (G*H,), bias_hh (G*H,)."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        w_ih, w_hh, b_ih, b_hh = (getattr(self.kernel, f"{name}_l{layer}") for name in names)
        return w_ih, w_hh, b_ih, b_hh

    def own(self, layer: int) -> Own:
        """What the cell asked for besides, by name."""
        return {name: getattr(self.kernel, f"{name}_l{layer}") for name in self._own}

    def reset_own(self) -> None:
        """Let what the cell asked for start as the cell says."""
        for layer, name in ((k, n) for k in range(self.layers) for n in self._own):
            with torch.no_grad():
                self.own(layer)[name].copy_(self.cell.parameters(self.hidden_size)[name])

    def open_forget_gates(self, bias: float) -> None:
        """Let every forget gate start with this bias, where the cell has one (Gers et al. 2000)."""
        if not self.cell.opens:
            return
        begin = self.cell.info.blocks.index(self.cell.opens) * self.hidden_size
        forget = slice(begin, begin + self.hidden_size)
        for layer in range(self.layers):
            _, _, b_ih, b_hh = self.weights(layer)
            nn.init.constant_(b_ih[forget], bias)
            nn.init.zeros_(b_hh[forget])

    def zero_state(self, batch: int) -> State:
        """Zeros (L, B, H) for each of the cell's states and for the older h that it reaches."""
        like = self.weights(0)[1]
        shape = (self.layers, batch, self.hidden_size)
        return tuple(like.new_zeros(shape) for _ in range(self._kept))

    def forward(
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """The fast path. x (B, T, I) -> last layer's outputs (B, T, H), state ((L, B, H), ...).

        With `lengths` (B,), outputs after a row's end are 0 and its state is the one at its end.
        """
        if not self.is_fused:
            return self.tapped(x, IDENTITY, state, lengths)
        x = _reversed(x, lengths) if self.reverse else x
        state = self.zero_state(len(x)) if state is None else state
        outputs, final = self._run_kernel(x, state, lengths)
        return (_reversed(outputs, lengths) if self.reverse else outputs), final

    def _run_kernel(self, x: Tensor, state: State, lengths: Tensor | None) -> tuple[Tensor, State]:
        given = state if len(state) > 1 else state[0]
        if lengths is None:
            outputs, final = self.kernel(x, given)
        else:
            packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
            outputs, final = self.kernel(packed, given)
            outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=x.shape[1])
        return outputs, (final if isinstance(final, tuple) else (final,))

    def tapped(
        self, x: Tensor, tap: Tap, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """The explicit path: as `forward`, each quantity of each step passing through `tap`."""
        x = _reversed(x, lengths) if self.reverse else x
        state = self.zero_state(len(x)) if state is None else state
        running = None if lengths is None else _running(lengths, x.shape[1])
        finals = []
        for layer in range(self.layers):
            x = self._between(layer, x)
            names = self._names(tap, layer, x.shape[1], lengths)
            x, final = self._layer(layer, x, tuple(s[layer] for s in state), names, running)
            finals.append(final)
        return (_reversed(x, lengths) if self.reverse else x), _stack(finals)

    def _layer(
        self,
        layer: int,
        x: Tensor,
        state: State,
        names: list[Name],
        running: tuple[Tensor, ...] | None,
    ) -> tuple[Tensor, State]:
        """One layer over all times: x (B, T, I), state ((B, H), ...) -> (B, T, H), final state."""
        w_ih, w_hh, b_ih, b_hh = self.weights(layer)
        own, outputs = self.own(layer), []
        for k, a_x in enumerate(F.linear(x, w_ih, b_ih).unbind(1)):  # (B, G*H)
            name = names[k]
            a_h = name("a_h", self.cell.recur(state, w_hh, b_hh, name, own))
            new = self.cell.step(name("a_x", a_x), a_h, state, name, own)
            carried = self._carried(state, new)
            state = carried if running is None else _frozen(state, carried, running[k])
            outputs.append(new[0] if running is None else new[0] * running[k])
        return torch.stack(outputs, 1), state

    def _carried(self, old: State, new: State) -> State:
        """What the next step gets: behind the new state the h of as many steps as it reaches
        back.
        """
        if self._older == 0:
            return new
        return (*new, old[0], *old[len(new) : len(new) + self._older - 1])

    def _names(self, tap: Tap, layer: int, steps: int, lengths: Tensor | None) -> list[Name]:
        """Each step's naming function by where row 0 stands; silent after its end."""
        length = steps if lengths is None else int(lengths[0])
        times = range(length)[::-1] if self.reverse else range(length)
        silent = IDENTITY.at(self.part, layer, 0)
        return [tap.at(self.part, layer, t) for t in times] + [silent] * (steps - length)

    def _between(self, layer: int, x: Tensor) -> Tensor:
        """The dropout of PyTorch's kernels: on what enters every layer but the first."""
        return F.dropout(x, self.dropout, self.training) if layer > 0 and self.dropout else x

    def project(self, x: Tensor) -> Tensor:
        """The input part of the first layer's preactivations: x (..., I) -> (..., G*H)."""
        w_ih, _, b_ih, _ = self.weights(0)
        return F.linear(x, w_ih, b_ih)

    def one_step(self, x: Tensor, state: State, tap: Tap, time: int) -> tuple[Tensor, State]:
        """One step through all layers: x (B, I), state ((L, B, H), ...) -> (B, H), state."""
        return self.step_from(self.project(x), state, tap, time)

    def step_from(self, a_x: Tensor, state: State, tap: Tap, time: int) -> tuple[Tensor, State]:
        """`one_step` where `project` has been done already: a_x (B, G*H)."""
        news: list[State] = []
        for layer, before in enumerate(zip(*(s.unbind(0) for s in state), strict=True)):
            name = tap.at(self.part, layer, time)
            w_ih, w_hh, b_ih, b_hh = self.weights(layer)
            own = self.own(layer)
            if layer > 0:
                a_x = F.linear(self._between(layer, news[-1][0]), w_ih, b_ih)
            a_h = name("a_h", self.cell.recur(before, w_hh, b_hh, name, own))
            new = self.cell.step(name("a_x", a_x), a_h, before, name, own)
            news.append(self._carried(before, new))
        return news[-1][0], _stack(news)


def _stack(states: list[State]) -> State:
    """The states ((B, H), ...) of every layer as ((L, B, H), ...)."""
    return tuple(torch.stack(parts) for parts in zip(*states, strict=True))


def _frozen(old: State, new: State, running: Tensor) -> State:
    """The new state of rows that are running (B, 1), the old one of rows that have ended."""
    return tuple(torch.where(running, n, o) for n, o in zip(new, old, strict=True))


def _reversed(x: Tensor, lengths: Tensor | None) -> Tensor:
    """Each row (B, T, ...) read from its own end; what follows the end stays in place."""
    if lengths is None:
        return x.flip(1)
    positions = torch.arange(x.shape[1], device=x.device)
    mirrored = lengths.to(x.device)[:, None] - 1 - positions
    index = torch.where(mirrored >= 0, mirrored, positions)  # (B, T)
    return x.gather(1, index[:, :, None].expand_as(x))


def _running(lengths: Tensor, steps: int) -> tuple[Tensor, ...]:
    """For each step, which rows have not ended: (B, 1) booleans."""
    positions = torch.arange(steps, device=lengths.device)
    return (positions < lengths[:, None])[:, :, None].unbind(1)
