"""How the parameters of a network start."""

from __future__ import annotations

from torch import nn

from rnnviz.contracts.config import ModelConfig
from rnnviz.recurrence.layers import RecurrentLayers


def initialise(model: nn.Module, config: ModelConfig) -> None:
    """Uniform within plus or minus `init_range` (0: as PyTorch does), forget gates open; what a
    cell learns besides starts as the cell says.
    """
    for parameter in model.parameters() if config.init_range > 0 else ():
        nn.init.uniform_(parameter, -config.init_range, config.init_range)
    for module in model.modules():
        if isinstance(module, RecurrentLayers):
            module.open_forget_gates(config.forget_bias)
            module.reset_own()
