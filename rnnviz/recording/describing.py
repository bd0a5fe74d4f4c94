"""A user's network as the views know networks: parts with their axes, parameters with their
roles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from torch import nn

from rnnviz.contracts.structure import ParameterInfo, Part, Structure
from rnnviz.recording.ledger import Ledger
from rnnviz.recording.stations import Station
from rnnviz.recording.wiring import Wiring

Axis = Literal["time", "source_time"]

_ROLES = {"weight_ih": "input_hidden", "weight_hh": "hidden_hidden", "weight_hr": "projection"}


# ---- axes


def axes_of(
    ledger: Ledger, stations: Sequence[Station], wiring: Wiring, sources: Sequence[str]
) -> dict[str, Axis]:
    """The axis of every submodule that was called, by its path.

    Those that read step by step what another wrote stand on its axis; what the last one called
    reads stands on `time`, all else on `source_time`. `sources` are names chosen by the user.
    """
    by_path = {station.path: station for station in stations}
    called = [by_path[path] for path in ledger.called]
    groups = _grouped(called, ledger, wiring)
    last = groups[called[-1].path] if called else 0
    axes: dict[str, Axis] = {}
    for station in called:
        chosen = any(_named(station.path, name) for name in sources)
        own = groups[station.path] == last if not sources else not chosen
        axes[station.path] = "time" if own else "source_time"
    return axes


def _named(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}.")


def _grouped(called: Sequence[Station], ledger: Ledger, wiring: Wiring) -> dict[str, int]:
    groups = {station.path: index for index, station in enumerate(called)}
    for index, station in enumerate(called):
        for other in called[:index]:
            if _together(station, other, ledger, wiring):
                old, new = groups[station.path], groups[other.path]
                groups = {path: new if group == old else group for path, group in groups.items()}
    return groups


def _together(later: Station, earlier: Station, ledger: Ledger, wiring: Wiring) -> bool:
    """Whether both run over the same positions."""
    if ledger.steps(later.path) != ledger.steps(earlier.path):
        return False
    steps = [
        (time, state[2])
        for (part, _, time, _), states in wiring.into.items()
        if part in later.parts
        for state in states
        if state[0] in earlier.parts
    ]
    return all(abs(time - source) <= 1 for time, source in steps)


# ---- structure


def structure(
    model: nn.Module,
    stations: Sequence[Station],
    axes: dict[str, Axis],
    classes: int,
    attends: bool,
) -> Structure:
    """Parts and parameters; submodules that the probe never reached are left out."""
    parts = tuple(
        part for station in stations if station.path in axes for part in _parts(station, axes)
    )
    kinds = " and ".join(dict.fromkeys(f"{p.cell.title} {p.layers}×{p.hidden_size}" for p in parts))
    title = f"{type(model).__name__}: {kinds}" if kinds else type(model).__name__
    infos = tuple(_parameters(model, stations, classes))
    return Structure("recorded", title, parts, infos, attends)


def _parts(station: Station, axes: dict[str, Axis]) -> Iterator[Part]:
    title = station.path or "recurrent layers"
    for direction, name in enumerate(station.parts):
        way = "" if len(station.parts) == 1 else (", forward", ", backward")[direction]
        yield Part(
            name, title + way, station.info, station.layers, station.hidden_size,
            axes[station.path], direction == 1,
        )  # fmt: skip


def _parameters(
    model: nn.Module, stations: Sequence[Station], classes: int
) -> Iterator[ParameterInfo]:
    by_path = {station.path: station for station in stations}
    modules = dict(model.named_modules())
    readout = _readout(modules, classes)
    for name, values in model.named_parameters():
        path, _, own = name.rpartition(".")
        path, own = _plain(path, own)
        shape, size = tuple(values.shape), values.element_size()
        if path in by_path:
            part, layer, role = _recurrent(by_path[path], own)
            yield ParameterInfo(name, role, shape, part, layer, size)
        else:
            role = "readout" if path == readout and values.dim() == 2 else _role(modules, path, own)
            yield ParameterInfo(name, role, shape, bytes_each=size)


def _plain(path: str, own: str) -> tuple[str, str]:
    """A parameter that is computed from others counts as the one it stands for."""
    module, marker, name = path.partition("parametrizations.")
    return (module.rstrip("."), name) if marker else (path, own)


def _recurrent(station: Station, own: str) -> tuple[str, int, str]:
    backward = own.endswith("_reverse")
    kind, _, layer = own.removesuffix("_reverse").rpartition("_l")
    kind = kind if layer.isdigit() else own
    role = next((role for key, role in _ROLES.items() if kind.startswith(key)), "bias")
    part = station.parts[-1 if backward else 0]
    return part, int(layer) if layer.isdigit() else 0, role


def _readout(modules: dict[str, nn.Module], classes: int) -> str | None:
    """The path of the last linear layer that has an output per class."""
    fitting = [
        path
        for path, m in modules.items()
        if isinstance(m, nn.Linear) and m.out_features == classes
    ]
    return fitting[-1] if fitting and classes else None


def _role(modules: dict[str, nn.Module], path: str, own: str) -> str:
    if "bias" in own:
        return "bias"
    module = modules.get(path)
    if isinstance(module, nn.Embedding):
        return "embedding"
    if "att" in path.lower() or isinstance(module, nn.MultiheadAttention):
        return "attention"
    return type(module).__name__.lower() if module is not None and path else "other"
