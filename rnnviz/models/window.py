"""The window model: a perceptron over the last few inputs, the baseline that has no memory
(Bengio et al. 2003).
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.graph import Graph
from rnnviz.contracts.model import Autoregressive, Batch, Output, Plan, Sizes, Tap
from rnnviz.contracts.structure import Structure
from rnnviz.recurrence import description
from rnnviz.recurrence.inputs import step_input
from rnnviz.recurrence.start import initialise
from rnnviz.recurrence.tap import IDENTITY
from rnnviz.recurrence.windows import WindowLayers


class Window(Autoregressive):
    """x_{t-k+1} … x_t -> hidden layers -> logits."""

    name = "window"
    title = "window of inputs"
    shapes = ("aligned",)
    ignores = ("cell", "nonlinearity", "forget_bias")

    def __init__(self, config: ModelConfig, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        widths = (config.window, *(1 for _ in range(config.layers - 1)))
        self.embedding = step_input(config, sizes)
        self.hidden = WindowLayers(
            "hidden", self.embedding.embedding_dim, config.hidden_size, widths, "tanh"
        )
        self.width, self.dropout = config.window, config.dropout
        self.readout = nn.Linear(config.hidden_size, sizes.outputs)
        initialise(self, config)

    def forward(self, batch: Batch, state: Any = None) -> Output:
        h, state = self.hidden(self.embedding(batch.inputs), self._before(batch, state))
        return self._output(h, state)

    def tapped(self, batch: Batch, tap: Tap, state: Any = None) -> Output:
        x, before = self.embedding(batch.inputs), self._before(batch, state)
        return self._output(*self.hidden.tapped(x, tap, before))

    def _before(self, batch: Batch, state: Any) -> tuple[Tensor, ...]:
        carried: tuple[Tensor, ...] | None = state if batch.continues else None
        return self.hidden.before(len(batch.inputs)) if carried is None else carried

    def _output(self, h: Tensor, state: tuple[Tensor, ...]) -> Output:
        logits = self.readout(F.dropout(h, self.dropout, self.training))  # (B, T, V)
        return Output(logits, tuple(s.detach() for s in state))

    def start(self, batch: Batch) -> Any:
        return self.hidden.before(len(batch.inputs))

    def advance(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        h, state = self.hidden.one_step(self.embedding(tokens), state, IDENTITY, 0)
        return self.readout(F.dropout(h, self.dropout, self.training)), state

    @property
    def structure(self) -> Structure:
        part = self.hidden.described("hidden layers")
        roles = {"embedding": "embedding", "hidden": "input_hidden", "readout": "readout"}
        return Structure(
            self.name,
            f"window of {self.width}, {part.layers}×{part.hidden_size}",
            (part,),
            self.hidden.placed(description.parameters(self, roles)),
        )

    def graph(self, plan: Plan) -> Graph:
        inputs = description.tokens("input", plan.time, 0, "x")
        hidden = self.hidden.nodes(plan.time, 1)
        top = 1 + len(self.hidden.layers)
        above, upward = description.prediction(self.hidden.tops(plan.time), plan.asked, top)
        enter = self.hidden.edges([node.id for node in inputs])
        return Graph((*inputs, *hidden, *above), (*enter, *upward))
