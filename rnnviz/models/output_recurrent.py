"""The output-recurrent network (Jordan 1986): its only memory is what it said one step before. As
the targets take that place while it is taught, all its steps are then independent of one another
and run side by side: teacher forcing (Goodfellow et al. 10.2.1).
"""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor, nn

from rnnviz.contracts import discovery
from rnnviz.contracts.cell import Cell, State
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Edge, Graph, Node
from rnnviz.contracts.model import Plan, Sizes, Tap
from rnnviz.contracts.structure import Block, CellInfo, Part, Structure
from rnnviz.recurrence import description
from rnnviz.recurrence.feedback import OutputFeedback
from rnnviz.recurrence.start import initialise
from rnnviz.recurrence.tap import IDENTITY


class OutputRecurrent(OutputFeedback):
    """h_t = φ(W x_t + U y_{t-1} + b) -> logits; nothing else is carried from step to step."""

    name = "output_recurrent"
    title = "output recurrence (Jordan)"
    shapes = ("aligned",)
    ignores = ("cell", "layers", "forget_bias")

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        # Its unit is the simple cell's, with the output in the place of the state.
        self.cell = discovery.find("cells", "simple_rnn", Cell)(config)
        self.size = config.hidden_size
        self.entering = nn.Linear(self.embedding.embedding_dim, self.size)
        self.returning = nn.Linear(sizes.outputs, self.size, bias=False)
        initialise(self, config)

    def rest(self, rows: int) -> State:
        return ()

    def step(self, x: Tensor, y: Tensor, state: State, tap: Tap, time: int) -> tuple[Tensor, State]:
        name = tap.at("recurrent", 0, time)
        a_x, a_h = name("a_x", self.entering(x)), name("a_h", self.returning(y))  # (B, H)
        return self.cell.step(a_x, a_h, (), name, {})[0], ()

    def steps(
        self, x: Tensor, y: Tensor, state: State, lengths: Tensor | None
    ) -> tuple[Tensor, State]:
        # The cell's equations hold elementwise, so (B, T, H) goes through them at once.
        return self.step(x, y, state, IDENTITY, 0)

    @property
    def structure(self) -> Structure:
        info = _info(self.cell.info)
        part = Part("recurrent", "output recurrence", info, 1, self.size)
        roles = {
            "embedding": "embedding",
            "entering": "input_hidden",
            "returning": "output_hidden",
            "readout": "readout",
        }
        title = f"{info.title} {self.size}"
        return Structure(self.name, title, (part,), description.parameters(self, roles))

    def graph(self, plan: Plan) -> Graph:
        steps = range(plan.time)
        inputs = description.tokens("input", plan.time, 0, "x")
        ids = [f"recurrent/0/h@{t}" for t in steps]
        states = [Node(ids[t], "state", t, "time", 1, "h", "recurrent/0/h") for t in steps]
        above, upward = description.prediction(ids, plan.asked, 2)
        enter = [Edge(f"input@{t}", ids[t], "entering.weight") for t in steps]
        back = self.fed_back(plan.asked, ids, "returning.weight")
        return Graph((*inputs, *states, *above), (*enter, *upward, *back))


def _info(simple: CellInfo) -> CellInfo:
    """The simple cell with the last output where its last state is."""
    equations = tuple(
        replace(e, symbols=e.symbols.replace("{h-}", "{y-}"), source="Goodfellow et al. 10.2.1")
        for e in simple.equations
    )
    blocks = tuple(map(_renamed, simple.diagram))
    wires = tuple(
        replace(wire, quantity="") if wire.quantity == "h-" else wire for wire in simple.wires
    )
    title = simple.title.replace("simple RNN", "output-recurrent RNN")
    return replace(
        simple,
        name="output_recurrent",
        title=title,
        equations=equations,
        diagram=blocks,
        wires=wires,
    )


def _renamed(block: Block) -> Block:
    new = {"h-": ("y_{t-1}", ""), "recur": ("U y", block.quantity)}
    if block.id not in new:
        return block
    label, quantity = new[block.id]
    return replace(block, label=label, quantity=quantity)
