"""Lets the recurrent submodules of a private copy run through the explicit equations.

PyTorch's kernels hide gates and inner states. The same weights go through `cells/` here, step by
step, with every layout that PyTorch knows, and what its own kernel gives is compared each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from rnnviz.contracts.cell import Name, State
from rnnviz.recording.ledger import Ledger, unnamed
from rnnviz.recording.stations import Station


def unroll(model: nn.Module, stations: Sequence[Station], ledger: Ledger) -> None:
    """Replace, for good, the forward of these submodules of `model`, which must be a copy."""
    for station in stations:
        module = model.get_submodule(station.path)
        forward = _sequence if station.is_sequence else _single
        module.__class__ = explicit_class(type(module), station, ledger, forward)


def explicit_class(
    kind: type[nn.Module], station: Station, ledger: Ledger, forward: Any
) -> type[nn.Module]:
    """`kind` with the explicit forward put right above PyTorch's own, so that the forward of a
    subclass still runs and finds it with `super()`.
    """
    base = station.base

    def explicit(self: Any, given: Any = None, hx: Any = None, **named: Any) -> Any:
        given = named.pop("input", given)
        return forward(self, station, ledger, given, hx)

    inner = type(base.__name__, (base,), {"forward": explicit})
    return inner if kind is base else type(kind.__name__, (kind, inner), {})


# ---- one step


@dataclass(frozen=True, slots=True)
class _Weights:
    w_ih: Tensor
    w_hh: Tensor
    b_ih: Tensor | None
    b_hh: Tensor | None
    w_hr: Tensor | None = None


def _step(station: Station, weights: _Weights, a_x: Tensor, state: State, name: Name) -> State:
    """(B, G*H) and the old state -> the new one; h is (B, width)."""
    a_h = name("a_h", F.linear(state[0], weights.w_hh, weights.b_hh))
    a_x = name("a_x", a_x)
    if weights.w_hr is None:
        return station.cell.step(a_x, a_h, state, name, {})
    m, c = station.cell.step(a_x, a_h, state, _renamed(name), {})
    return name("h", F.linear(m, weights.w_hr)), c


def _renamed(name: Name) -> Name:
    # The cell calls its output h; with a projection that is what is projected.
    return lambda quantity, value: name("m" if quantity == "h" else quantity, value)


# ---- nn.RNN, nn.LSTM, nn.GRU


@dataclass(frozen=True, slots=True)
class _Laid:
    """A call's input in one layout.

    x        (T, B, I)
    lengths  of each row, None where all are T
    order    of the rows of a packed sequence against those of the states
    row      where the item stands
    running  (T, B, 1) which rows have not ended, None where all run on
    """

    x: Tensor
    lengths: Tensor | None = None
    order: Tensor | None = None
    row: int = 0
    running: Tensor | None = None

    @property
    def own_length(self) -> int:
        return len(self.x) if self.lengths is None else int(self.lengths[self.row])


def _sequence(
    module: Any, station: Station, ledger: Ledger, given: Tensor | PackedSequence, hx: Any
) -> tuple[Any, Any]:
    laid = _laid_out(module, given, ledger.item)
    offset = ledger.enter(station.path, laid.own_length, laid.x.shape[1], len(laid.x))
    if laid.lengths is not None:
        ledger.ragged.add(station.path)
    outputs, finals = _layers(module, station, ledger, laid, _begun(station, laid, hx), offset)
    answer = _given_back(module, given, laid, outputs, finals)
    _compare(module, station, ledger, given, hx, answer)
    return answer


def _laid_out(module: Any, given: Tensor | PackedSequence, item: int) -> _Laid:
    if isinstance(given, PackedSequence):
        bare = PackedSequence(given.data, given.batch_sizes)
        x, lengths = pad_packed_sequence(bare)
        back = given.unsorted_indices
        item = min(item, x.shape[1] - 1)
        row = item if back is None else int(back[item])
        running = torch.arange(len(x))[:, None] < lengths
        return _Laid(x, lengths, given.sorted_indices, row, running[:, :, None].to(x.device))
    if given.dim() == 2:
        return _Laid(given[:, None])
    x = given.transpose(0, 1) if module.batch_first else given
    return _Laid(x, row=min(item, x.shape[1] - 1))


def _begun(station: Station, laid: _Laid, hx: Any) -> State:
    """The states ((L*D, B, units), ...) that a call begins with, rows ordered as in `laid`."""
    rows, batch = station.layers * len(station.parts), laid.x.shape[1]
    if hx is None:
        sizes = (station.width, station.hidden_size)[: len(station.info.states)]
        return tuple(laid.x.new_zeros(rows, batch, size) for size in sizes)
    states = tuple(hx) if isinstance(hx, (tuple, list)) else (hx,)
    states = tuple(state[:, None] if state.dim() == 2 else state for state in states)
    order = laid.order
    return states if order is None else tuple(s.index_select(1, order) for s in states)


def _layers(
    module: Any, station: Station, ledger: Ledger, laid: _Laid, begun: State, offset: int
) -> tuple[Tensor, list[State]]:
    x, finals, count = laid.x, [], len(station.parts)
    for layer in range(station.layers):
        if layer > 0 and module.dropout:
            x = F.dropout(x, module.dropout, module.training)
        outputs = []
        for direction in range(count):
            line = _Line(station, ledger, laid, layer, direction, offset)
            start = tuple(state[layer * count + direction] for state in begun)
            output, final = line.run(line.weights(module), x, start)
            outputs.append(output)
            finals.append(final)
        x = torch.cat(outputs, -1)  # (T, B, D * width)
    return x, finals


@dataclass(frozen=True, slots=True)
class _Line:
    """One layer in one direction."""

    station: Station
    ledger: Ledger
    laid: _Laid
    layer: int
    direction: int
    offset: int

    @property
    def part(self) -> str:
        return self.station.parts[self.direction]

    def weights(self, module: Any) -> _Weights:
        end = f"_l{self.layer}" + ("_reverse" if self.direction else "")
        names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"]
        return _Weights(*(getattr(module, name + end, None) for name in names))  # type: ignore[arg-type]

    def run(self, weights: _Weights, x: Tensor, state: State) -> tuple[Tensor, State]:
        """x (T, B, I) and a state -> outputs (T, B, width) and the state at each row's end."""
        steps = range(len(x))
        self._begin(state)
        outputs: list[Tensor] = [x] * len(x)
        for t, a_x in _ordered(F.linear(x, weights.w_ih, weights.b_ih), self.direction):
            new = _step(self.station, weights, a_x, state, self._name(t, x))
            state = self._running(t, new, state)
            outputs[t] = state[0]
        return torch.stack([outputs[t] for t in steps]), state

    def _begin(self, state: State) -> None:
        first = self.laid.own_length - 1 if self.direction else 0
        names, row = self.station.info.states, self.laid.row
        self.ledger.begin(self.part, self.layer, self.offset + first, names, state, row)

    def _name(self, t: int, x: Tensor) -> Name:
        if t >= self.laid.own_length:
            return unnamed
        time, row = self.offset + t, self.laid.row
        if self.layer == 0:
            self.ledger.feed(self.part, 0, time, "x", x[t], row)
        return self.ledger.at(self.part, self.layer, time, row)

    def _running(self, t: int, new: State, old: State) -> State:
        """The old state of rows that have ended, or, read from the end, have not begun."""
        if self.laid.running is None:
            return new
        on = self.laid.running[t]  # (B, 1)
        return tuple(torch.where(on, n, o) for n, o in zip(new, old, strict=True))


def _ordered(a_x: Tensor, backwards: int) -> list[tuple[int, Tensor]]:
    steps = list(enumerate(a_x.unbind(0)))
    return steps[::-1] if backwards else steps


def _given_back(
    module: Any, given: Tensor | PackedSequence, laid: _Laid, outputs: Tensor, finals: list[State]
) -> tuple[Any, Any]:
    """Outputs and final states as PyTorch's own forward returns them."""
    hidden = tuple(torch.stack(parts) for parts in zip(*finals, strict=True))  # (L*D, B, units)
    if isinstance(given, PackedSequence):
        assert laid.lengths is not None
        packed = pack_padded_sequence(outputs, laid.lengths)
        back = given.unsorted_indices
        hidden = hidden if back is None else tuple(s.index_select(1, back) for s in hidden)
        output: Any = PackedSequence(packed.data, given.batch_sizes, given.sorted_indices, back)
    elif given.dim() == 2:
        output, hidden = outputs[:, 0], tuple(state[:, 0] for state in hidden)
    else:
        output = outputs.transpose(0, 1) if module.batch_first else outputs
    return output, hidden if len(hidden) > 1 else hidden[0]


# ---- nn.RNNCell, nn.LSTMCell, nn.GRUCell


def _single(module: Any, station: Station, ledger: Ledger, given: Tensor, hx: Any) -> Any:
    x = given[None] if given.dim() == 1 else given
    row = min(ledger.item, len(x) - 1)
    time = ledger.enter(station.path, 1, len(x), 1)
    state = _cell_state(station, x, hx)
    part = station.parts[0]
    ledger.feed(part, 0, time, "x", x, row)
    ledger.begin(part, 0, time, station.info.states, state, row)
    weights = _Weights(module.weight_ih, module.weight_hh, module.bias_ih, module.bias_hh)
    a_x = F.linear(x, weights.w_ih, weights.b_ih)
    new = _step(station, weights, a_x, state, ledger.at(part, 0, time, row))
    # The network may change what it gets in place; what is recorded must stay.
    new = tuple(s[0].clone() if given.dim() == 1 else s.clone() for s in new)
    answer = new if len(new) > 1 else new[0]
    _compare(module, station, ledger, given, hx, answer)
    return answer


def _cell_state(station: Station, x: Tensor, hx: Any) -> State:
    if hx is None:
        return tuple(x.new_zeros(len(x), station.hidden_size) for _ in station.info.states)
    states = tuple(hx) if isinstance(hx, (tuple, list)) else (hx,)
    return tuple(state[None] if state.dim() == 1 else state for state in states)


# ---- against PyTorch's own


def _compare(
    module: Any, station: Station, ledger: Ledger, given: Any, hx: Any, answer: Any
) -> None:
    if module.training and getattr(module, "dropout", 0):
        return  # its kernel draws other random numbers
    forward: Any = station.base.forward
    with torch.no_grad():
        fused = forward(module, given, hx)
    for one, other in zip(tensors_in(fused), tensors_in(answer), strict=True):
        ledger.agree(one, other)


def tensors_in(nest: Any) -> list[Tensor]:
    """All tensors of a nest of tuples, lists and mappings, in order."""
    if isinstance(nest, Tensor):
        return [nest]
    if isinstance(nest, PackedSequence):
        return [nest.data]
    if isinstance(nest, dict):
        nest = list(nest.values())
    if isinstance(nest, (tuple, list)):
        return [tensor for part in nest for tensor in tensors_in(part)]
    return []
