"""What a network consists of, as plain data: the views know a cell only through this.

Everything here can be written as JSON (`to_json`, `from_json`), so a recorded run carries it along.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

QuantityKind = Literal["state", "memory", "gate", "candidate", "preactivation"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One named vector that a cell computes at each time.

    name    as tapped, e.g. `f`
    title   in words, e.g. `forget gate`
    kind    state (h), memory (c), gate in [0, 1], candidate in [-1, 1], preactivation
    low, high  the range it can take; None where it is unbounded
    """

    name: str
    title: str
    kind: QuantityKind
    low: float | None = None
    high: float | None = None
    help: str = ""


@dataclass(frozen=True, slots=True)
class Equation:
    r"""The formula of one quantity, once in symbols and once for numbers.

    `symbols` is mathtext with placeholders for the notation: `{x}` input, `{h}` state, `{h-}` state
    one step earlier, `{h-5}` five, `{c}`, `{c-}`, `{W}` input-to-hidden, `{U}` hidden-to-hidden,
    `{b}` bias, and any other quantity by its name; `{W:f}` is the block of W that belongs to f.
    `numbers` is plain text with placeholders whose values are put in for one unit and time, ""
    where one unit's numbers do not suffice: `{f}` and `{c-}` are recorded values, `{x:f}` is the
    input part of f's preactivation (W x + b), `{h:f}` the recurrent part (U h + b).
    Example: Equation("c", r"{c} = {f} \odot {c-} + {i} \odot {g}", "{c} = {f}·{c-} + {i}·{g}")
    """

    result: str
    symbols: str
    numbers: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One element of a cell's drawing. Coordinates run over the unit square, y upwards.

    kind  port: where a value enters or leaves; gate: a layer with its own weights; operator:
          elementwise
    """

    id: str
    kind: Literal["port", "gate", "operator"]
    x: float
    y: float
    label: str
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class Wire:
    """A line of a cell's drawing from block to block through corner points, carrying `quantity`.

    `quantity` may end in `-` for the value one step earlier; "" where no number is shown.
    """

    source: str
    target: str
    quantity: str = ""
    through: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class CellInfo:
    """A cell as data.

    name       leaf name, e.g. `lstm`
    title      e.g. `LSTM`
    states     what is carried to the next step, e.g. ("h", "c")
    blocks     order of the row blocks of its weight matrices, e.g. ("i", "f", "g", "o")
    spans      through which matrix h comes from how many steps back; () for a layer that keeps
               nothing from step to step
    """

    name: str
    title: str
    states: tuple[str, ...]
    blocks: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    equations: tuple[Equation, ...]
    diagram: tuple[Block, ...] = ()
    wires: tuple[Wire, ...] = ()
    spans: tuple[tuple[str, int], ...] = (("weight_hh", 1),)

    @property
    def reach(self) -> int:
        """How many steps back it looks."""
        return max((span for _, span in self.spans), default=0)

    def quantity(self, name: str) -> Quantity:
        """The quantity called `name`; KeyError when the cell has none."""
        for quantity in self.quantities:
            if quantity.name == name:
                return quantity
        raise KeyError(name)

    @property
    def gates(self) -> tuple[str, ...]:
        """Names of the quantities that are gates, in the cell's order."""
        return tuple(q.name for q in self.quantities if q.kind == "gate")


@dataclass(frozen=True, slots=True)
class Part:
    """One recurrent stack of a model: all its layers run over the same axis in the same direction.

    name     prefix of its array addresses: `recurrent`, `encoder.forward`, `encoder.backward`,
             `decoder`
    axis     `time` or `source_time`
    reverse  True when it reads the sequence from the end
    """

    name: str
    title: str
    cell: CellInfo
    layers: int
    hidden_size: int
    axis: Literal["time", "source_time"] = "time"
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """One learned array. `role` is its meaning: embedding, input_hidden, hidden_hidden, bias,
    readout, attention, bridge (from an encoder's end to a decoder's start), skip (to a state some
    steps later), or in words what a cell learns besides.

    part, layer  where it belongs ("" and -1 when it belongs to no recurrent layer)
    """

    name: str
    role: str
    shape: tuple[int, ...]
    part: str = ""
    layer: int = -1
    bytes_each: int = 4

    @property
    def count(self) -> int:
        """Number of scalars."""
        product = 1
        for size in self.shape:
            product *= size
        return product


@dataclass(frozen=True, slots=True)
class Structure:
    """A model as data: its recurrent parts and all its parameters."""

    model: str
    title: str
    parts: tuple[Part, ...]
    parameters: tuple[ParameterInfo, ...]
    has_attention: bool = False

    @property
    def parameter_count(self) -> int:
        """Number of learned scalars."""
        return sum(parameter.count for parameter in self.parameters)

    def every_layer(self) -> Iterator[tuple[Part, int]]:
        """Each layer of each part, from the bottom."""
        for part in self.parts:
            for layer in range(part.layers):
                yield part, layer

    def part(self, name: str) -> Part:
        """The part called `name`; KeyError when there is none."""
        for part in self.parts:
            if part.name == name:
                return part
        raise KeyError(name)

    def to_json(self) -> bytes:
        """This structure as JSON."""
        return _ADAPTER.dump_json(self)

    @staticmethod
    def from_json(data: bytes | str) -> Structure:
        """The structure written by `to_json`; pydantic.ValidationError when it is none."""
        return _ADAPTER.validate_json(data)


_ADAPTER: TypeAdapter[Structure] = TypeAdapter(Structure)
