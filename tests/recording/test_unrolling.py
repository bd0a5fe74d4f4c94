"""The explicit steps against PyTorch's own kernels, in every layout that these know."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pack_sequence

from rnnviz.recording.unrolling import tensors_in
from tests.recording.looking import unrolled

KINDS = {"rnn": nn.RNN, "relu": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
INPUTS, UNITS = 3, 4


@st.composite
def layouts(draw: st.DrawFn) -> dict[str, Any]:
    """A module's options and how it is called."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    options: dict[str, Any] = {
        "num_layers": draw(st.integers(1, 3)),
        "bidirectional": draw(st.booleans()),
        "batch_first": draw(st.booleans()),
        "bias": draw(st.booleans()),
    }
    if kind == "lstm":
        options["proj_size"] = draw(st.sampled_from([0, 2]))
    if kind == "relu":
        options["nonlinearity"] = "relu"
    form = draw(st.sampled_from(["batch", "single", "packed", "sorted"]))
    lengths = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    return {
        "kind": kind, "options": options, "form": form, "lengths": lengths,
        "started": draw(st.booleans()), "item": draw(st.integers(0, 3)),
    }  # fmt: skip


def made(layout: dict[str, Any], dtype: torch.dtype) -> tuple[nn.RNNBase, Any, Any]:
    """Module, input and initial state."""
    torch.manual_seed(len(layout["lengths"]))
    module: nn.RNNBase = KINDS[layout["kind"]](INPUTS, UNITS, **layout["options"])
    module = module.to(dtype).eval()
    lengths, form = layout["lengths"], layout["form"]
    if form == "sorted":
        lengths = sorted(lengths, reverse=True)
    rows = [torch.randn(length, INPUTS, dtype=dtype) for length in lengths]
    x: Any = rows[0]
    if form == "batch":
        x = torch.randn(len(lengths), max(lengths), INPUTS, dtype=dtype)
        x = x if module.batch_first else x.transpose(0, 1)
    elif form in ("packed", "sorted"):
        x = pack_sequence(rows, enforce_sorted=form == "sorted")
    hx = start(module, None if form == "single" else len(lengths), dtype)
    return module, x, hx if layout["started"] else None


def start(module: nn.RNNBase, batch: int | None, dtype: torch.dtype) -> Any:
    rows = module.num_layers * (2 if module.bidirectional else 1)
    middle = () if batch is None else (batch,)
    h = torch.randn(rows, *middle, module.proj_size or UNITS, dtype=dtype)
    return (h, torch.randn(rows, *middle, UNITS, dtype=dtype)) if module.mode == "LSTM" else h


@settings(max_examples=60, deadline=None)
@given(layouts())
def test_equals_the_kernel_in_values_and_gradients(layout: dict[str, Any]) -> None:
    module, x, hx = made(layout, torch.float64)
    twin = copy.deepcopy(module)
    ledger, _ = unrolled(twin, layout["item"])
    ours, theirs = twin(x, hx), module(x, hx)
    same_form(ours, theirs)
    for one, other in zip(tensors_in(ours), tensors_in(theirs), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-10)
    assert ledger.difference < 1e-10
    for one, other in zip(slopes(twin, ours), slopes(module, theirs), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-10)


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@settings(max_examples=25, deadline=None)
@given(layouts())
def test_equals_the_kernel_in_single_precision(layout: dict[str, Any]) -> None:
    module, x, hx = made(layout, torch.float32)
    twin = copy.deepcopy(module)
    ledger, _ = unrolled(twin, layout["item"])
    for one, other in zip(tensors_in(twin(x, hx)), tensors_in(module(x, hx)), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-5)
    assert ledger.difference < 1e-5


def same_form(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    if isinstance(one, PackedSequence):
        assert torch.equal(one.batch_sizes, other.batch_sizes)
        assert (one.sorted_indices is None) == (other.sorted_indices is None)
    elif isinstance(one, tuple):
        for a, b in zip(one, other, strict=True):
            same_form(a, b)
    else:
        assert one.shape == other.shape
        assert one.dtype == other.dtype


def slopes(module: nn.Module, output: Any) -> tuple[Tensor, ...]:
    loss = sum((tensor**2).sum() for tensor in tensors_in(output))
    assert isinstance(loss, Tensor)
    return torch.autograd.grad(loss, list(module.parameters()))


@settings(max_examples=25, deadline=None)
@given(layouts())
def test_gates_make_the_states(layout: dict[str, Any]) -> None:
    """c_t = f c + i g and h_t = o tanh c, or their like, from what was recorded of one row."""
    module, x, hx = made(layout, torch.float64)
    ledger, (station,) = unrolled(module, layout["item"])
    module(x, hx)
    for direction, part in enumerate(station.parts):
        for layer in range(station.layers):
            got = {
                quantity: ledger.stacked(part, layer, quantity)
                for where, level, quantity in ledger.recorded()
                if (where, level) == (part, layer)
            }
            before = {
                state: old(ledger, part, layer, state, direction == 1)
                for state in station.info.states
            }
            for name, expected in identities(layout["kind"], got, before).items():
                torch.testing.assert_close(got[name], expected, rtol=0, atol=1e-10)


def old(ledger: Any, part: str, layer: int, state: str, reverse: bool) -> Tensor:
    exact = ledger.before(part, layer, state, reverse)
    if exact is not None:
        return exact  # type: ignore[no-any-return]
    values = ledger.stacked(part, layer, state)
    zero = torch.zeros_like(values[:1])
    return torch.cat((values[1:], zero) if reverse else (zero, values[:-1]))


def identities(kind: str, got: dict[str, Tensor], before: dict[str, Tensor]) -> dict[str, Tensor]:
    if kind == "lstm":
        shown = "m" if "m" in got else "h"
        c = got["f"] * before["c"] + got["i"] * got["g"]
        gates = (got["a_x"] + got["a_h"]).chunk(4, -1)
        return {"c": c, shown: got["o"] * got["c"].tanh(), "i": gates[0].sigmoid()}
    if kind == "gru":
        return {"h": (1 - got["z"]) * got["n"] + got["z"] * before["h"]}
    a = got["a_x"] + got["a_h"]
    return {"a": a, "h": a.relu() if kind == "relu" else a.tanh()}


@settings(max_examples=25, deadline=None)
@given(layouts())
def test_the_item_is_the_scripts_row(layout: dict[str, Any]) -> None:
    """The top layer's h of the recorded row is that row of the module's own output."""
    module, x, hx = made(layout, torch.float64)
    ledger, (station,) = unrolled(module, layout["item"])
    output, _ = module(x, hx)
    rows = len(layout["lengths"]) if layout["form"] != "single" else 1
    item = min(layout["item"], rows - 1)
    if isinstance(output, PackedSequence):
        output, lengths = nn.utils.rnn.pad_packed_sequence(output, batch_first=True)
        row = output[item, : lengths[item]]
    elif output.dim() == 3:
        row = output[item] if module.batch_first else output[:, item]
    else:
        row = output
    top = [ledger.stacked(part, station.layers - 1, "h") for part in station.parts]
    torch.testing.assert_close(torch.cat(top, -1), row, rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", [nn.RNNCell, nn.LSTMCell, nn.GRUCell])
@pytest.mark.parametrize("batch", [None, 1, 3])
@pytest.mark.parametrize("bias", [True, False])
def test_cells_equal_their_kernel(kind: type[Any], batch: int | None, bias: bool) -> None:
    cell = kind(INPUTS, UNITS, bias).double()
    twin = copy.deepcopy(cell)
    ledger, (station,) = unrolled(twin)
    shape = (INPUTS,) if batch is None else (batch, INPUTS)
    ours = theirs = None
    for _ in range(4):
        x = torch.randn(shape, dtype=torch.float64)
        ours, theirs = twin(x, ours), cell(x, theirs)
        same_form(ours, theirs)
        for one, other in zip(tensors_in(ours), tensors_in(theirs), strict=True):
            torch.testing.assert_close(one, other, rtol=0, atol=1e-12)
    assert ledger.steps("") == 4
    assert ledger.stacked(station.parts[0], 0, "h").shape == (4, UNITS)


def test_the_forward_of_a_subclass_still_runs() -> None:
    class Doubling(nn.GRU):
        def forward(self, input: Tensor, hx: Any = None) -> Any:
            output, last = super().forward(2 * input, hx)
            return 3 * output, last

    module = Doubling(INPUTS, UNITS).double()
    twin = copy.deepcopy(module)
    ledger, _ = unrolled(twin)
    x = torch.randn(5, 2, INPUTS, dtype=torch.float64)
    torch.testing.assert_close(twin(x)[0], module(x)[0], rtol=0, atol=1e-12)
    assert ledger.steps("") == 5


def test_calls_one_after_another_stand_one_after_another() -> None:
    module = nn.LSTM(INPUTS, UNITS, batch_first=True).double()
    ledger, (station,) = unrolled(module)
    state, x = None, torch.randn(2, 6, INPUTS, dtype=torch.float64)
    for t in range(6):
        _, state = module(x[:, t : t + 1], state)
    assert ledger.steps("") == 6
    # The state was carried on: nothing begins anew but the first step, with zeros.
    assert ledger.before(station.parts[0], 0, "c", False) is None


def test_a_given_state_is_what_the_first_step_began_with() -> None:
    module = nn.GRU(INPUTS, UNITS).double()
    ledger, (station,) = unrolled(module, item=1)
    h0 = torch.randn(1, 2, UNITS, dtype=torch.float64)
    module(torch.randn(3, 2, INPUTS, dtype=torch.float64), h0)
    before = ledger.before(station.parts[0], 0, "h", False)
    assert before is not None
    assert torch.equal(before[0], h0[0, 1])
    assert torch.equal(before[1:], ledger.stacked(station.parts[0], 0, "h")[:-1])


def test_ragged_rows_by_padding_and_packing() -> None:
    """Rows shorter than the longest are looked at to their own end."""
    module = nn.LSTM(INPUTS, UNITS, bidirectional=True, batch_first=True).double()
    x = torch.randn(3, 5, INPUTS, dtype=torch.float64)
    packed = pack_padded_sequence(x, [2, 5, 3], batch_first=True, enforce_sorted=False)
    ledger, (station,) = unrolled(module, item=2)
    module(packed)
    assert [ledger.stacked(part, 0, "h").shape[0] for part in station.parts] == [3, 3]
