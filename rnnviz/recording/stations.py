"""Finds the recurrent submodules of a network and says what each of them computes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from torch import nn

from rnnviz.contracts import discovery
from rnnviz.contracts.cell import Cell
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.structure import Block, CellInfo, Equation, Quantity, Wire

CELLS: dict[type[nn.Module], str] = {
    nn.RNN: "simple_rnn",
    nn.LSTM: "lstm",
    nn.GRU: "gru",
    nn.RNNCell: "simple_rnn",
    nn.LSTMCell: "lstm",
    nn.GRUCell: "gru",
}
"""Which leaf of `cells/` has the equations of which module of PyTorch."""

ROOT = "recurrent"
"""The part's name where the network itself is the recurrent module."""


@dataclass(frozen=True, slots=True, eq=False)
class Station:
    """One recurrent submodule.

    path         its name in the network, "" for the network itself
    parts        a name per direction
    hidden_size  units of gates and memory
    width        units of h: `proj_size` where there is one
    is_sequence  False for the Cell forms, which do one step per call
    """

    path: str
    base: type[nn.Module]
    parts: tuple[str, ...]
    cell: Cell
    info: CellInfo
    layers: int
    hidden_size: int
    width: int
    is_sequence: bool


def stations(model: nn.Module) -> tuple[Station, ...]:
    """Every recurrent submodule, in the order in which the network registers them."""
    return tuple(_stations(model))


def _stations(model: nn.Module) -> Iterator[Station]:
    for path, module in model.named_modules():
        base = next((base for base in CELLS if isinstance(module, base)), None)
        if base is not None:
            yield _station(path, module, base)


def _station(path: str, module: nn.Module, base: type[nn.Module]) -> Station:
    name = path.replace("/", "_") or ROOT
    cell = _cell(module, CELLS[base])
    hidden = int(module.hidden_size)  # type: ignore[arg-type]
    projection = int(getattr(module, "proj_size", 0))
    both = bool(getattr(module, "bidirectional", False))
    return Station(
        path,
        base,
        (f"{name}.forward", f"{name}.backward") if both else (name,),
        cell,
        _projected(cell.info) if projection else cell.info,
        int(getattr(module, "num_layers", 1)),
        hidden,
        projection or hidden,
        isinstance(module, nn.RNNBase),
    )


def _cell(module: nn.Module, leaf: str) -> Cell:
    nonlinearity = str(getattr(module, "nonlinearity", "tanh")).lower()
    config = ModelConfig(cell=leaf).model_copy(update={"nonlinearity": nonlinearity})
    return discovery.find("cells", leaf, Cell)(config)


def _projected(lstm: CellInfo) -> CellInfo:
    """The LSTM whose h is a projection of o ⊙ tanh(c), as `proj_size` makes it."""
    source = "Sak et al. 2014, in the convention of torch.nn.LSTM(proj_size=…)"
    shown = Quantity("m", "shown memory", "candidate", -1, 1, "The LSTM's output before W_hr.")
    h = Quantity("h", "hidden state", "state", None, None, "W_hr m: fewer units than the memory.")
    equations = (
        *(equation for equation in lstm.equations if equation.result != "h"),
        Equation("m", r"{m} = {o} \odot \tanh({c})", "{m} = {o}·tanh({c})", source),
        Equation("h", r"{h} = W_{hr} {m}", "{h} = W_hr m, over all units of m", source),
    )
    quantities = tuple(q for q in lstm.quantities if q.name != "h")
    project = Block("project", "gate", 0.84, 0.30, "W m")
    wires = (
        *(wire for wire in lstm.wires if wire.target != "h"),
        Wire("show", "project", "m"),
        Wire("project", "h", "h", ((0.84, 0.14),)),
    )
    return replace(
        lstm,
        name="lstm_projected",
        title="LSTM with projection",
        quantities=(*quantities, shown, h),
        equations=equations,
        diagram=(*lstm.diagram, project),
        wires=wires,
    )
